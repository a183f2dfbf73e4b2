/* The result statement of one team's round: exactly what its page can show, as canonical text, so that a
 * published record holds the figures and a reader can compute them again where cells are open.
 *
 *     hecht-result-v1
 *     rid HEX
 *     item ID counts N N ...       answers per option, lowest first: the cells of this question are open
 *     item ID closed               it counts in a figure below; its cells stay closed
 *     item ID hidden REASON
 *                                  one line for each item of D, in its order
 *     construct ID mean X.XXXXXX n N|withheld from ITEM -ITEM ...
 *                                  mean of the means of these items; with - in front: reversed, N + 1 - mean,
 *                                  for N options. n: the most answers that one of them has
 *     construct ID hidden REASON */
#ifndef HECHT_PRIVACY_RESULT_STATEMENT_H
#define HECHT_PRIVACY_RESULT_STATEMENT_H

#include "privacy/protocol.h"

enum {
    RESULT_MAXIMUM = 1 << 17,
    RESULT_CONSTRUCTS_MAXIMUM = 64,
    RESULT_ID_MAXIMUM = 32,   /* of a construct: an item id and "-scale" fit */
    RESULT_MILLION = 1000000, /* means are kept as whole millionths */
};

enum result_kind { RESULT_HIDDEN = 1, RESULT_CLOSED, RESULT_COUNTS, RESULT_MEAN };

struct result_item {
    struct slice id;
    enum result_kind kind; /* hidden, closed or counts */
    struct slice reason;   /* hidden */
    int64_t counts[PROTOCOL_VALUE_MAXIMUM];
    int64_t options; /* 2..9; counts */
};

struct result_construct {
    struct slice id;
    enum result_kind kind; /* hidden or mean */
    struct slice reason;
    int64_t millionths;
    struct slice items[PROTOCOL_ITEMS_MAXIMUM];
    bool reversed[PROTOCOL_ITEMS_MAXIMUM];
    size_t item_count;
    int64_t n; /* -1: withheld */
};

struct result_statement {
    uint8_t rid[32];
    struct result_item items[PROTOCOL_ITEMS_MAXIMUM];
    size_t item_count;
    struct result_construct constructs[RESULT_CONSTRUCTS_MAXIMUM];
    size_t construct_count;
};

/* Canonical bytes; ERROR_INPUT when a value does not fit the format. */
enum error_code result_statement_write(const struct result_statement *statement, struct region *region,
                                       struct error *error, struct slice *ret_bytes) MUST_CHECK;
/* The strict inverse; ERROR_INPUT, reason "statement". Slices point into bytes. */
enum error_code result_statement_read(struct slice bytes, struct region *region, struct error *error,
                                      struct result_statement *ret_statement) MUST_CHECK;

/* Mean of the options as answered; NAN without answers. */
double result_counts_mean(const struct result_item *item);
int64_t result_millionths(double mean); /* rounded */

#endif

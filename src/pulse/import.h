/* Existing anonymous answers from a file, through the same close as a real round: what is too small is not
 * kept. The organisation and its rounds are marked imported; exact numbers stay. Uses: org, people, close. */
#ifndef HECHT_PULSE_IMPORT_H
#define HECHT_PULSE_IMPORT_H

#include "pulse/close.h"
#include "pulse/round.h"

enum { IMPORT_CONSTRUCT_MAXIMUM = 60, IMPORT_ROWS_MAXIMUM = 10000000 };

struct import_item {
    struct slice column, construct;
    bool reversed;
};

struct import_options {
    struct slice org;   /* made when it does not exist */
    struct slice owner; /* address of a person who may look at it; empty: nobody */
    struct slice group_column;
    struct import_item items[CLOSE_ITEMS_MAXIMUM];
    size_t item_count;
    int low, high;
    char separator;                                /* 0: find out */
    void (*progress)(int64_t rows, void *context); /* may be NULL; called now and then */
    void *context;
};

struct import_summary {
    int64_t round_number, rows, groups, groups_shown;
};

/* "AF06:trust" or "AF06:trust:reversed". ERROR_INPUT, reason "import-item". */
enum error_code import_item_parse(struct slice text, struct error *error,
                                  struct import_item *ret_item) MUST_CHECK;
/* path: as table_open takes it, "-" is standard input. All or nothing. Errors of the file name row and column. ERROR_CONFLICT, reason "org-not-imported", for an
 * organisation with real rounds. */
enum error_code answers_import(struct application *application, const char *path,
                               const struct import_options *options, struct region *region,
                               struct error *error, struct import_summary *ret_summary) MUST_CHECK;

#endif

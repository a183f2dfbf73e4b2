/* Reading a published record (docs/ledger.md) from anywhere: its shape only; whether it is true is for
 * verify.h. Uses: team_log. */
#ifndef HECHT_PULSE_RECORD_H
#define HECHT_PULSE_RECORD_H

#include "pulse/team_log.h"

enum { RECORD_JSON_MAXIMUM = 64 << 20, RECORD_LEAVES_MAXIMUM = 100000 };

struct record_cell {
    bool pad;
    int value;
    uint8_t bytes[PROTOCOL_SALT_BYTES]; /* salt, or the random bytes of a pad */
};

struct record_token {
    bool pad;
    uint8_t pad_bytes[32];
    struct answer_token token;
};

/* Leaf hashes as the record lists them, or, of an open tree, as they follow from what it lists; in its
 * order. */
struct record_tree {
    bool open;
    size_t count;
    struct merkle_hash *leaves;
    struct record_cell *cells;   /* open trees of cells */
    struct record_token *tokens; /* the open eligibility tree */
};

struct record_cells {
    struct slice item;
    struct record_tree tree;
};

struct record {
    struct team_log log;
    struct slice descriptor, result; /* canonical texts, not yet looked into */
    uint8_t rid[32];                 /* SHA-256 of the descriptor */
    struct record_tree eligibility, issuance;
    struct record_cells cells[PROTOCOL_ITEMS_MAXIMUM];
    size_t cells_count;
};

/* Refuses unknown, missing and repeated members, wrong types and whatever passes a limit: ERROR_INPUT, reason
 * "record", with the place in the detail. */
enum error_code record_read(struct slice json, struct region *region, struct error *error,
                            struct record *ret_record) MUST_CHECK;
/* The object that /api/rounds/RID/log gives. */
enum error_code record_log_read(struct slice json, struct region *region, struct error *error,
                                struct team_log *ret_log) MUST_CHECK;

#endif

/* Entries of a team's log: canonical texts whose RFC 6962 leaf hash is in the log. docs/ledger.md has the
 * same in words.
 *
 *     hecht-log-round-v1           the opening, before anybody may fetch a token
 *     rid HEX
 *     key-from INDEX|none          the close entry that fixed the key of this round; none: nobody did
 *
 *     hecht-log-close-v1
 *     rid HEX
 *     roster N
 *     answers N | at-least-K | fewer-than-K
 *     issued N | withheld
 *     eligibility ROOT             trees of docs/ledger.md, hex
 *     issuance ROOT
 *     cells ITEM ROOT              for each item of D, in its order
 *     result HASH                  SHA-256 of the result statement
 *     next-key HASH                SHA-256 of the SubjectPublicKeyInfo of the team's next round */
#ifndef HECHT_PRIVACY_LOG_ENTRY_H
#define HECHT_PRIVACY_LOG_ENTRY_H

#include "privacy/protocol.h"

enum { LOG_ENTRY_MAXIMUM = 8192, LOG_ENTRIES_MAXIMUM = 1 << 16 };

enum log_entry_kind { LOG_ENTRY_ROUND = 1, LOG_ENTRY_CLOSE };

enum log_answers { LOG_ANSWERS_EXACT = 1, LOG_ANSWERS_AT_LEAST, LOG_ANSWERS_FEWER };

struct log_entry {
    enum log_entry_kind kind;
    uint8_t rid[32];  /* round, close */
    int64_t key_from; /* round; -1: none */
    int64_t roster;   /* close; all below too */
    enum log_answers answers_known;
    int64_t answers; /* the number, or k */
    int64_t issued;  /* -1: withheld */
    struct merkle_hash eligibility, issuance;
    struct slice items[PROTOCOL_ITEMS_MAXIMUM];
    struct merkle_hash cells[PROTOCOL_ITEMS_MAXIMUM];
    size_t item_count;
    uint8_t result[32], next_key[32];
};

/* Canonical bytes; ERROR_INPUT when a value does not fit the format. */
enum error_code log_entry_write(const struct log_entry *entry, struct region *region, struct error *error,
                                struct slice *ret_bytes) MUST_CHECK;
/* The strict inverse. Slices point into bytes. ERROR_INPUT, reason "log-entry". */
enum error_code log_entry_read(struct slice bytes, struct region *region, struct error *error,
                               struct log_entry *ret_entry) MUST_CHECK;

#endif

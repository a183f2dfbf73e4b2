/* The messages of a round, byte for byte; final since version 1. docs/privacy.md has the same in words.
 *
 * Descriptor D: UTF-8 text, one "name value" line each, every line ends in LF, in exactly this order:
 *     hecht-round-v1
 *     org ID                       decimal
 *     organisation NAME            free text, no control characters
 *     team ID
 *     team-name NAME
 *     leader NAME                  only when the round asks about a leader
 *     round NUMBER                 counts from 1 in an organisation
 *     form pulse|full
 *     opens 2026-11-23T08:00:00Z
 *     closes 2026-11-30T08:00:00Z
 *     extended 2026-12-04T08:00:00Z   closes then instead, once, when fewer than k have answered
 *     instrument NAME VERSION HASH hash: SHA-256 of the questionnaire file, hex
 *     items ID ID ...              in the order in which they are asked
 *     promise TEXT                 only when the round asks after one; then the item "promise" is the first
 *     k NUMBER
 *     roster COUNT ROOT            members at the opening; Merkle root of their salted leaves, hex
 *     purpose TEXT                 the purpose clause, whole
 *     key SPKI                     base64url of the RSA public key
 *     comment-key SPKI             only when the round takes comments: another RSA key, for their tokens
 * rid = SHA-256(D).
 *
 * Prepared message m = random 32 bytes || "hecht-answer-v1" || rid || SHA-256(opk); opk: 65 bytes,
 * uncompressed.
 *
 * Answer text, signed by osk as osig: UTF-8 lines
 *     hecht-body-v1
 *     rid HEX
 *     version N                    from 1; a change of answer counts up
 *     cell ITEM VALUE SALT         one for each item of D, in its order; VALUE 0 = no answer; SALT 32 bytes,
 * hex
 *
 * Cell hash = SHA-256(0x00 || "hecht-cell-v1 " ITEM " " VALUE " " SALT), text without LF, a Merkle leaf.
 *
 * Receipt text, signed by the organisation's log key, without a time:
 *     hecht-receipt-v1
 *     rid HEX
 *     answer HEX                   SHA-256(opk)
 *     version N
 *     cell HASH                    hex, in the order of D
 */
#ifndef HECHT_PRIVACY_PROTOCOL_H
#define HECHT_PRIVACY_PROTOCOL_H

#include "base/base.h"
#include "privacy/merkle.h"

enum {
    PROTOCOL_ITEMS_MAXIMUM = 64,
    PROTOCOL_ITEM_ID_MAXIMUM = 24, /* [a-z0-9_-]+ */
    PROTOCOL_NAME_MAXIMUM = 200,   /* bytes */
    PROTOCOL_PROMISE_MAXIMUM = 400,
    PROTOCOL_PURPOSE_MAXIMUM = 1000,
    PROTOCOL_DESCRIPTOR_MAXIMUM = 8192,
    PROTOCOL_VERSION_MAXIMUM = 1000000,
    PROTOCOL_VALUE_MAXIMUM = 9,
    PROTOCOL_SALT_BYTES = 32,
};

/* [a-z0-9_-]{1,maximum}, the alphabet of item ids and instrument names. */
bool protocol_is_identifier(struct slice s, size_t maximum);

struct descriptor {
    int64_t org;
    struct slice organisation;
    int64_t team;
    struct slice team_name;
    struct slice leader; /* empty: no leader is asked about */
    int64_t round_number;
    struct slice form;               /* "pulse" or "full" */
    int64_t opens, closes, extended; /* seconds; opens < closes <= extended */
    struct slice instrument;
    int64_t instrument_version;
    uint8_t instrument_hash[32];
    struct slice items[PROTOCOL_ITEMS_MAXIMUM];
    size_t item_count;
    struct slice promise; /* empty: none */
    int64_t k;
    int64_t roster_count;
    struct merkle_hash roster_root;
    struct slice purpose;
    struct slice spki;
    struct slice comment_spki; /* empty: the round takes no comments */
};

/* Canonical bytes; ERROR_INPUT when a value does not fit the format above. */
enum error_code descriptor_write(const struct descriptor *descriptor, struct region *region,
                                 struct error *error, struct slice *ret_bytes) MUST_CHECK;
/* The strict inverse: accepts exactly what descriptor_write can make. Slices point into bytes or the region.
 */
enum error_code descriptor_read(struct slice bytes, struct region *region, struct error *error,
                                struct descriptor *ret_descriptor) MUST_CHECK;
void descriptor_rid(struct slice bytes, uint8_t ret_rid[static 32]);
/* The hash of the questionnaire it asks; a slice into it. */
static inline struct slice descriptor_instrument(const struct descriptor *descriptor)
{
    return slice_from_bytes(descriptor->instrument_hash, sizeof descriptor->instrument_hash);
}
/* Leaf of a member in the roster tree: salt (32) || "hecht-member-v1" || 0x00 || person id in decimal. */
void roster_leaf(const uint8_t salt[static 32], int64_t person, struct merkle_hash *ret_leaf);

/* "hecht-answer-v1" || rid || SHA-256(opk): 79 bytes. */
enum { ANSWER_MESSAGE_BYTES = 15 + 32 + 32, PREPARED_MESSAGE_BYTES = 32 + ANSWER_MESSAGE_BYTES };
void answer_message(const uint8_t rid[static 32], const uint8_t opk[static 65],
                    uint8_t ret_message[static ANSWER_MESSAGE_BYTES]);
/* True when m is 32 bytes and then exactly the message of rid and opk. */
bool answer_message_matches(struct slice prepared, const uint8_t rid[static 32],
                            const uint8_t opk[static 65]);

struct answer_cell {
    struct slice item;
    int value; /* 0..PROTOCOL_VALUE_MAXIMUM */
    uint8_t salt[PROTOCOL_SALT_BYTES];
};

enum error_code answer_text(const uint8_t rid[static 32], int64_t version, const struct answer_cell *cells,
                            size_t count, struct region *region, struct error *error,
                            struct slice *ret_text) MUST_CHECK;
enum error_code receipt_text(const uint8_t rid[static 32], const uint8_t answer_id[static 32],
                             int64_t version, const struct answer_cell *cells, size_t count,
                             struct region *region, struct error *error, struct slice *ret_text) MUST_CHECK;
void cell_hash(const struct answer_cell *cell, struct merkle_hash *ret_hash);

/* The body as it is sealed: all bodies of a round have the same size.
 * byte 0: 1 (format); 1..8: version, big endian; then for each item of D: value (1 byte), salt (32 bytes). */
size_t answer_body_size(size_t item_count);
enum error_code answer_body_write(int64_t version, const struct answer_cell *cells, size_t count,
                                  struct region *region, struct error *error,
                                  struct slice *ret_body) MUST_CHECK;
/* ret_cells has room for count; items are not filled in. */
enum error_code answer_body_read(struct slice body, size_t count, struct error *error, int64_t *ret_version,
                                 struct answer_cell *ret_cells) MUST_CHECK;

/* What the close needs of an answer for the eligibility tree. */
struct answer_token {
    uint8_t prefix[32]; /* the random part of m */
    uint8_t opk[65];
    uint8_t signature[256];
};
/* A body with its token, as it is sealed since there are logs: byte 0: 2; token; body. Token NULL: the body
 * alone. Rounds that were opened before have bodies alone, and keep them, so that all have the same size. */
enum error_code answer_record_write(const struct answer_token *token, struct slice body,
                                    struct region *region, struct error *error,
                                    struct slice *ret_record) MUST_CHECK;
/* with_token: what the round's records have; anything else is ERROR_INPUT. ret_body points into record. */
enum error_code answer_record_read(struct slice record, bool with_token, struct error *error,
                                   struct answer_token *ret_token, struct slice *ret_body) MUST_CHECK;

#endif

/* Signed notes and checkpoints, as C2SP has them (signed-note, tlog-checkpoint, tlog-cosignature).
 *
 * A note is a text whose last line ends in LF, an empty line, and signature lines
 *     EM-DASH NAME BASE64(key id, 4 bytes big endian || signature)
 * A checkpoint is the text "ORIGIN\nSIZE\nBASE64(root)\n". Its origin is the name of the key that signs
 * it. */
#ifndef HECHT_PRIVACY_NOTE_H
#define HECHT_PRIVACY_NOTE_H

#include "privacy/merkle.h"
#include "privacy/signature.h"

enum {
    NOTE_TEXT_MAXIMUM = 4096,
    NOTE_NAME_MAXIMUM = 200,
    NOTE_SIGNATURES_MAXIMUM = 16,
    NOTE_LINE_MAXIMUM = 6000, /* other signatures than ours may be long */
    NOTE_MAXIMUM = NOTE_TEXT_MAXIMUM + NOTE_SIGNATURES_MAXIMUM * NOTE_LINE_MAXIMUM,
    NOTE_ED25519 = 0x01,
    NOTE_COSIGNATURE = 0x04,
};

struct note_signature {
    struct slice name;
    uint8_t key_id[4];
    struct slice bytes; /* the signature; of a cosignature with its time in front */
};

struct note {
    struct slice text; /* with its last LF */
    struct note_signature signatures[NOTE_SIGNATURES_MAXIMUM];
    size_t signature_count;
};

/* SHA-256(name || LF || type || public key)[:4]; type is NOTE_ED25519 or NOTE_COSIGNATURE. */
void note_key_id(struct slice name, uint8_t type, const uint8_t public_key[static 32],
                 uint8_t ret_id[static 4]);
/* The text with one signature. ERROR_INPUT for a text or name that a note cannot hold. */
enum error_code note_sign(struct slice text, struct slice name, const uint8_t seed[static 32],
                          const uint8_t public_key[static 32], struct region *region, struct error *error,
                          struct slice *ret_note) MUST_CHECK;
/* Takes a note apart; checks no signature. Slices point into bytes or the region. */
enum error_code note_read(struct slice bytes, struct region *region, struct error *error,
                          struct note *ret_note) MUST_CHECK;
/* ERROR_CRYPTO unless the note is signed by this key, and each signature under its name and id holds. */
enum error_code note_verify(const struct note *note, struct slice name, const uint8_t public_key[static 32],
                            struct error *error) MUST_CHECK;

struct checkpoint {
    struct slice origin;
    uint64_t size;
    struct merkle_hash root;
};

/* The text of the note. */
enum error_code checkpoint_write(const struct checkpoint *checkpoint, struct region *region,
                                 struct error *error, struct slice *ret_text) MUST_CHECK;
/* Extension lines are allowed, as C2SP has it, and ignored. */
enum error_code checkpoint_read(struct slice text, struct error *error,
                                struct checkpoint *ret_checkpoint) MUST_CHECK;
/* A whole checkpoint, signed by the key of its origin: taken apart and verified. */
enum error_code checkpoint_open(struct slice note, struct slice origin, const uint8_t public_key[static 32],
                                struct region *region, struct error *error,
                                struct checkpoint *ret_checkpoint) MUST_CHECK;

/* A witness' signature line for a note that it has seen at a time (seconds). */
enum error_code cosignature_make(struct slice text, int64_t time, struct slice name,
                                 const uint8_t seed[static 32], const uint8_t public_key[static 32],
                                 struct region *region, struct error *error,
                                 struct slice *ret_line) MUST_CHECK;
/* The latest time at which this witness signed the note. ERROR_NOT_FOUND, reason "not-cosigned", when it did
 * not; ERROR_CRYPTO when a signature of it does not hold. */
enum error_code cosignature_verify(const struct note *note, struct slice name,
                                   const uint8_t public_key[static 32], struct region *region,
                                   struct error *error, int64_t *ret_time) MUST_CHECK;

/* Origin of a team's log and name of its key: "hecht-HHHHHHHHHHHHHHHH/team/TEAM", H: first 8 bytes of SHA-256
 * of the organisation's log key, in hexadecimal. */
struct slice log_origin(const uint8_t public_key[static 32], int64_t team, struct region *region);

#endif

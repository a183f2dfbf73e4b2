/* What `hecht answer --json` gives and a member may keep: the signed receipt, and what finds the own token in the record later.
 *     {"receipt": TEXT, "signature": b64, "token": HEX, "counts": true|false}
 * token: hash of the leaf in the eligibility tree. counts: false when nothing was answered or all was taken back; then no leaf
 * may be there. It holds no answer, but where cells are published open, their hashes tell which are one's own: keep it like one.
 * Uses: verify, answer_client. */
#ifndef HECHT_PULSE_OWN_ANSWER_H
#define HECHT_PULSE_OWN_ANSWER_H

#include "pulse/answer_client.h"
#include "pulse/verify.h"

enum { OWN_ANSWER_MAXIMUM = 64 << 10 };

struct own_answer {
    struct slice receipt, signature_text; /* as the server gave them */
    struct merkle_hash token;
    bool counts;
};

/* ERROR_INPUT "own-answer" for what is no such file. */
enum error_code own_answer_read(struct slice json, struct region *region, struct error *error,
                                struct own_answer *ret_own) MUST_CHECK;
void own_answer_write(const struct own_answer *own, struct json_writer *json);
/* The leaf of this client's token. */
void own_answer_token(const struct answer_client *client, struct merkle_hash *ret_leaf);

/* Adds the checks "receipt", "own-token" and "own-cells" to those of a record that was verified; nothing when the receipt is of
 * another round. Returns whether it was of this one. */
bool own_answer_verify(const struct own_answer *own, const struct record *record, struct region *region,
                       struct verification *verification);

#endif

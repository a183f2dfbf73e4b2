/* The member's side of the protocol in C: for `hecht answer` and for the demo's invented members. Knows no
 * server: the caller carries the messages. Uses: org, answer. */
#ifndef HECHT_PULSE_ANSWER_CLIENT_H
#define HECHT_PULSE_ANSWER_CLIENT_H

#include "privacy/blind.h"
#include "pulse/answer.h"

struct answer_client {
    uint8_t rid[32];
    struct descriptor descriptor;
    struct one_time_key *key;
    struct blind_public_key *round_key;
    uint8_t opk[ONE_TIME_PUBLIC_BYTES];
    struct blinded_message blinded; /* blinded.blinded goes to the server */
    struct slice signature;         /* after answer_client_finish */
};

/* The first step of every beginning: checks that the descriptor is the one of rid and that its key is acceptable.
 * ERROR_CRYPTO, reason "round-not-as-said". On failure there is nothing to end. */
enum error_code answer_client_take_round(struct slice descriptor_bytes, const uint8_t rid[32],
                                         struct region *region, struct error *error,
                                         struct answer_client *ret_client) MUST_CHECK;
/* Checks that the descriptor is the one of rid and that its key is acceptable, makes the one-time key and
 * blinds its message. ERROR_CRYPTO, reason "round-not-as-said". */
enum error_code answer_client_begin(struct slice descriptor_bytes, const uint8_t rid[32],
                                    struct region *region, struct error *error,
                                    struct answer_client *ret_client) MUST_CHECK;
/* Takes the server's blind signature. ERROR_CRYPTO when it cheated: then everything must be given up. */
enum error_code answer_client_finish(struct answer_client *client, struct slice blind_signature,
                                     struct region *region, struct error *error) MUST_CHECK;
/* Makes the signed answer. values: one per item of the descriptor, 0 = no answer. */
enum error_code answer_client_submission(const struct answer_client *client, const int *values,
                                         int64_t version, struct random *random, struct region *region,
                                         struct error *error,
                                         struct answer_submission *ret_submission) MUST_CHECK;
void answer_client_end(struct answer_client *client); /* frees the keys; also for CLEANUP */

#endif

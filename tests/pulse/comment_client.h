/* The member's side of a comment in C: for tests. The browser's is assets/comment.js.
 * Knows no server: the caller carries the messages. */
#ifndef HECHT_TESTS_PULSE_COMMENT_CLIENT_H
#define HECHT_TESTS_PULSE_COMMENT_CLIENT_H

#include "world.h"

#include "pulse/comment.h"

struct comment_client {
    uint8_t rid[32];
    struct one_time_key *key;
    struct blind_public_key *round_key;
    uint8_t opk[ONE_TIME_PUBLIC_BYTES];
    struct blinded_message blinded; /* blinded.blinded goes to the server */
    struct slice signature;         /* after comment_client_finish */
};

/* ERROR_NOT_FOUND, reason "no-comments", when the round takes none. On failure there is nothing to end. */
enum error_code comment_client_begin(const struct descriptor *descriptor, const uint8_t rid[static 32],
                                     struct region *region, struct error *error,
                                     struct comment_client *ret_client) MUST_CHECK;
enum error_code comment_client_finish(struct comment_client *client, struct slice blind_signature,
                                      struct region *region, struct error *error) MUST_CHECK;
enum error_code comment_client_submission(const struct comment_client *client, struct slice text,
                                          int64_t version, struct region *region, struct error *error,
                                          struct comment_submission *ret_submission) MUST_CHECK;
void comment_client_end(struct comment_client *client); /* frees the keys; also for CLEANUP */

/* From the next round on. */
void world_takes_comments(struct world *w);
/* All of that for one person; ret_id (may be NULL): SHA-256(opk). */
void world_comment(struct world *w, int64_t team, const char *address, const char *text, uint8_t ret_id[32]);

#endif

/* Where `hecht answer` keeps a member's secrets of an open round: one private file for each round and member, so that
 * after a crash the same message is sent again and an answer can be changed until the close. */
#ifndef HECHT_CLI_ANSWER_STATE_H
#define HECHT_CLI_ANSWER_STATE_H

#include "pulse/answer_kept.h"

#define ANSWER_DEVICE_ENDING ".device" /* of files with a key of this machine: answer_device.h */

struct answer_state {
    const char *folder; /* NULL: nothing is kept */
    const char *path;   /* of the round at hand */
    bool resumed;       /* the file was there */
};

/* The folder: `given`, or $XDG_STATE_HOME/hecht, or ~/.local/state/hecht; made with mode 0700. Removes files of rounds
 * that ended more than a day ago. */
enum error_code answer_state_open(const char *given, struct region *region, struct error *error,
                                  struct answer_state *ret_state) MUST_CHECK;
/* Goes on with what is kept of this round and person, or begins and stores that durably. */
enum error_code answer_state_begin(struct answer_state *state, struct slice person,
                                   struct slice descriptor_bytes, const uint8_t rid[32],
                                   struct region *region, struct error *error,
                                   struct answer_client *ret_client) MUST_CHECK;
/* The version for the answer that is sent next; durably noted before it is returned. 1 when nothing is kept. */
enum error_code answer_state_next_version(const struct answer_state *state,
                                          const struct answer_client *client, struct slice descriptor_bytes,
                                          struct region *region, struct error *error,
                                          int64_t *ret_version) MUST_CHECK;
/* The round is over, or the server cheated: nothing of it may be used again. */
void answer_state_remove(const struct answer_state *state);
/* hecht answer --forget: removes all, keys of this machine included; ret_count tells of how many rounds. */
enum error_code answer_state_forget(const struct answer_state *state, struct region *region,
                                    struct error *error, size_t *ret_count) MUST_CHECK;

#endif

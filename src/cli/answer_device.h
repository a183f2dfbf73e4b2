/* The key with which this machine signs a member's requests for a token (docs/privacy.md): one private file for each
 * member beside the secrets of the rounds, kept until `hecht answer --forget`. */
#ifndef HECHT_CLI_ANSWER_DEVICE_H
#define HECHT_CLI_ANSWER_DEVICE_H

#include "cli/answer_state.h"

/* Makes it when there is none yet, or when the file is damaged. NULL when nothing is kept (--no-state). The caller
 * frees it. */
enum error_code answer_device_key(const struct answer_state *state, struct slice person,
                                  struct region *region, struct error *error,
                                  struct one_time_key **ret_key) MUST_CHECK;

#endif

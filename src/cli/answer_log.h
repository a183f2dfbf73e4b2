/* The log of the team, as `hecht answer` checks it before it asks for a token. */
#ifndef HECHT_CLI_ANSWER_LOG_H
#define HECHT_CLI_ANSWER_LOG_H

#include "cli/answer_state.h"

/* json: what /api/rounds/RID/log gave. Compares it with what was kept of this team of this server, and
 * keeps it now (not without a folder). ERROR_CRYPTO: the round must not be answered. ret_key: that of the log, which signs
 * receipts as well. */
enum error_code answer_log_check(const struct answer_state *state, struct slice origin, struct slice json,
                                 struct slice descriptor_bytes, const uint8_t rid[static 32],
                                 struct region *region, struct error *error,
                                 uint8_t ret_key[static LOG_PUBLIC_BYTES]) MUST_CHECK;

#endif

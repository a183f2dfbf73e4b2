/* The questionnaire that a round asks, for clients that trust no word of it without its hash. Uses: web_client, instrument. */
#ifndef HECHT_CLI_QUESTIONNAIRE_FETCH_H
#define HECHT_CLI_QUESTIONNAIRE_FETCH_H

#include "cli/web_client.h"
#include "privacy/protocol.h"
#include "pulse/instrument.h"

/* The one of this program, or the file that the server at `base` ("https://host") has under the hash in D; asked for without a
 * name. The result lives in the region. ERROR_NOT_FOUND "questionnaire-unread": the server gave none. ERROR_CRYPTO
 * "questionnaire-other": what it gave has another hash, or is none. */
enum error_code questionnaire_fetch(struct web_client *web, struct slice base,
                                    const struct descriptor *descriptor, struct region *region,
                                    struct error *error, const struct instrument **ret_instrument) MUST_CHECK;

#endif

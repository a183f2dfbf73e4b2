/* The questions that a server sends against those that a round fixed. Uses: client_api, instrument. */
#ifndef HECHT_CLI_ANSWER_QUESTIONS_H
#define HECHT_CLI_ANSWER_QUESTIONS_H

#include "privacy/protocol.h"
#include "pulse/instrument.h"

#include <jansson.h>

/* instrument: the one whose hash the descriptor has. questions: an array of {"q", "text", "options"} as /api/rounds gives it. ERROR_CRYPTO "round-not-as-said" unless they are those
 * of the descriptor in its order, and in the words of the questionnaire, in one of its languages. */
enum error_code answer_questions_check(const struct descriptor *descriptor,
                                       const struct instrument *instrument, const json_t *questions,
                                       struct region *region, struct error *error) MUST_CHECK;

#endif

/* The questions that a server sends against those that a round fixed. Uses: client_api, instrument. */
#ifndef HECHT_CLI_ANSWER_QUESTIONS_H
#define HECHT_CLI_ANSWER_QUESTIONS_H

#include "privacy/protocol.h"

#include <jansson.h>

/* questions: an array of {"q", "text", "options"} as /api/rounds gives it. ERROR_CRYPTO "round-not-as-said" unless they are those
 * of the descriptor in its order, and in the words of the questionnaire where this program knows it. */
enum error_code answer_questions_check(const struct descriptor *descriptor, const json_t *questions,
                                       struct region *region, struct error *error) MUST_CHECK;

#endif

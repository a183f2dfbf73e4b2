/* The handlers behind PULSE_ROUTES (pulse_pages.c). Inside pulse only. */
#ifndef HECHT_PULSE_PULSE_HANDLERS_H
#define HECHT_PULSE_PULSE_HANDLERS_H

#include "http/http.h"

/* pulse_api.c */
/* The rid of the path; ERROR_NOT_FOUND, reason "round-unknown". */
enum error_code rid_of_path(const struct http_request *request, struct error *error,
                            uint8_t ret_rid[static 32]) MUST_CHECK;
http_handler descriptor_get, round_log_get, token_post, answer_post, record_get, records_get, issuance_get,
    roster_get, questionnaire_text_get, devices_get, devices_post, own_rounds_get, consent_get, settings_get,
    settings_post;
/* comment_pages.c */
http_handler comment_token_post, comment_post, comments_get, comment_remove_post;
/* settings_pages.c */
http_handler settings_comments_post;
/* questionnaire_pages.c */
http_handler questionnaires_get, questionnaires_post, questionnaire_get, questionnaire_file_get,
    questionnaire_use_post, questionnaire_retire_post;
/* witness_pages.c */
http_handler logs_get, cosignatures_post, settings_witness_post;
/* guess_pages.c */
http_handler guess_get, guess_post, guess_show_post;
/* start_pages.c */
http_handler start_get, start_rhythm_get, start_rhythm_post, start_promise_get, start_promise_post,
    start_first_get, first_day_get;
/* seat_pages.c */
http_handler confidant_get, auditor_get, council_get;
/* rounds_pages.c */
http_handler rounds_get, rounds_opening_get, rounds_open_post, rounds_close_post, rounds_rhythm_post;
/* What the first round will do, as the last of the steps that lead to it. Somebody is in a team. */
http_handler rounds_first_show;

#endif

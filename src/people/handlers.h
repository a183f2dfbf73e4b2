/* The handlers of this folder's routes (routes.c). Not for other folders. */
#ifndef HECHT_PEOPLE_HANDLERS_H
#define HECHT_PEOPLE_HANDLERS_H

#include "people/page.h"

/* claim_pages.c */
http_handler claim_get, claim_post;
/* components_pages.c */
http_handler components_get;
/* signin_pages.c */
http_handler home_get, signin_get, signin_post, signin_link_get, signin_link_post, signout_post,
    language_post;
/* join_pages.c */
http_handler join_words_get, join_words_post, join_get, join_post, join_asked_get;
/* joining_pages.c */
http_handler joining_get, joining_poster_get, joining_link_post, joining_link_end_post, joining_answer_post,
    joining_cards_post, joining_cards_end_post;
/* Where a link or card leads to, as a code for phones; whether a phone can come to this server at all. */
struct slice joining_address(const struct http_request *request, struct slice words);
bool joining_phones_can_come(const struct http_request *request, const struct org *org);
struct html joining_code(const struct http_request *request, enum language language, const struct team *team,
                         const char *id, struct slice address);
/* phone_pages.c */
http_handler phone_get;
/* start_team_pages.c */
http_handler start_team_get, start_team_post;
/* deputy_pages.c */
http_handler deputy_get, deputy_post, deputy_end_post;
/* joint_pages.c */
http_handler joint_get, joint_propose_post, joint_answer_post, joint_leave_post;
/* signin_openid_pages.c */
http_handler openid_begin_get, openid_return_get, me_openid_end_post;
/* me_pages.c */
http_handler me_get, me_name_post, me_sessions_post, me_session_end_post, me_sessions_others_post,
    me_device_end_post, me_links_seen_post;
/* my_data_pages.c */
http_handler my_data_get, my_data_export_get, my_data_delete_post, people_left_get, people_left_post;
/* people_pages.c */
http_handler people_get, people_unit_post, people_team_post, people_viewer_post, people_viewer_remove_post,
    people_owner_post;
/* roles_pages.c */
http_handler roles_get, roles_give_post, roles_take_post;
/* invite_pages.c */
http_handler invite_get, invite_post;
/* mail_pages.c */
http_handler mail_stop_get, mail_stop_post, me_mail_post, mail_hours_get, mail_hours_post;
/* import_pages.c */
http_handler people_import_get, people_import_post, people_import_apply_post;
/* unit_pages.c */
http_handler people_unit_get, people_unit_change_post, people_team_name_get, people_team_name_post;
/* team_pages.c */
http_handler people_team_get, people_members_post, people_leader_post, people_remove_post;

/* ---- A change by a form (change.c) ------------------------------------------------------------------- */

/* One form's change: its one-time id is spent and apply runs in one write. apply may run twice. */
struct change {
    struct http_request *request;
    enum error_code (*apply)(struct store_session *session, struct change *change, struct error *error);
    int64_t org;
    struct slice language;      /* of the organisation, for new people */
    int64_t team, unit, person; /* what it is about; 0: none */
    struct slice name, address;
    struct pasted_person leader;
    enum seat seat;
    const struct pasted_person *people;
    size_t people_count;
    int64_t made; /* the id of what was made */
    uint8_t once[16];
};

/* *ret_done is false when this very form had been sent before: then nothing was done again. */
enum error_code change_perform(struct change *change, const char *purpose, struct error *error,
                               bool *ret_done) MUST_CHECK;
/* Adds change->people to change->team as members; for use in apply. */
enum error_code change_add_members(struct store_session *session, struct change *change,
                                   struct error *error) MUST_CHECK;
/* Makes change->leader the leader of change->team. */
enum error_code change_set_leader(struct store_session *session, struct change *change,
                                  struct error *error) MUST_CHECK;
/* Makes change->leader the second leader of change->team. */
enum error_code change_add_leader(struct store_session *session, struct change *change,
                                  struct error *error) MUST_CHECK;
/* Can whoever filled in the form mend this? Otherwise it becomes an error page. */
bool change_is_mendable(const struct error *error);
/* Reads one address with an optional name; an empty text gives an empty address. On a failure *ret_sentence
 * says in the page's language what is wrong, and the result is false. */
bool change_read_address(struct http_request *request, enum language language, struct slice text,
                         struct pasted_person *ret_person, struct slice *ret_sentence);
/* The same for a list. */
bool change_read_people(struct http_request *request, enum language language, struct slice text,
                        struct pasted_person **ret_people, size_t *ret_count, struct slice *ret_sentence);

#endif

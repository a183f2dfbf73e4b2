/* Of which tables the old versions of rows are thrown away (PostgreSQL, see store_vacuum_due): what is about a person, and what
 * an open round keeps. tests/people/test_my_data.c compares it with what is kept about a person. */
#ifndef HECHT_JOB_VACUUM_H
#define HECHT_JOB_VACUUM_H

#define VACUUM_TABLES                                                                                        \
    "person, org_role, seat, team_role, team_deputy, join_request, join_link, join_card, web_session, signin_link, "      \
    "operator_link, signin_wish, openid_account, device, mail_recipient, outbox, roster, issuance, "         \
    "comment_issuance, issuance_leaf, team_round, guess, promise, setting_change, role_change, "             \
    "questionnaire, witness, comment_removal, next_key, sealed_answer, sealed_comment, team_comment"

#endif

#include "pulse/inventory.h"

#include "templates.h"

#define TABLES(...) ((const char *const[]){__VA_ARGS__, NULL})

const struct inventory_subject INVENTORY[] = {
    {MESSAGE_CONSENT_KEPT_PEOPLE, MESSAGE_CONSENT_KEPT_PEOPLE_LONG,
     TABLES("person", "org_role", "team_role", "team_deputy", "unit", "team", "org", "joint_group", "joint_part",
            "welcome")},
    {MESSAGE_ROLES_KEPT, MESSAGE_ROLES_KEPT_LONG, TABLES("seat", "role_change")},
    {MESSAGE_CONSENT_KEPT_SIGNIN, MESSAGE_CONSENT_KEPT_SIGNIN_LONG,
     TABLES("signin_link", "web_session", "operator_link", "form_spent", "signin_wish", "openid_account")},
    {MESSAGE_CONSENT_KEPT_JOINING, MESSAGE_CONSENT_KEPT_JOINING_LONG,
     TABLES("join_link", "join_card", "join_request")},
    {MESSAGE_CONSENT_KEPT_MAIL, MESSAGE_CONSENT_KEPT_MAIL_LONG,
     TABLES("outbox", "mail_recipient", "mail_hours")},
    {MESSAGE_CONSENT_KEPT_DEVICE, MESSAGE_CONSENT_KEPT_DEVICE_LONG, TABLES("device")},
    {MESSAGE_CONSENT_KEPT_ROUND, MESSAGE_CONSENT_KEPT_ROUND_LONG,
     TABLES("round", "team_round", "roster", "setting_change", "questionnaire")},
    {MESSAGE_CONSENT_KEPT_FORM, MESSAGE_CONSENT_KEPT_FORM_LONG, TABLES("issuance", "issuance_leaf")},
    {MESSAGE_CONSENT_KEPT_ANSWER, MESSAGE_CONSENT_KEPT_ANSWER_LONG, TABLES("sealed_answer")},
    {MESSAGE_CONSENT_KEPT_COMMENT, MESSAGE_CONSENT_KEPT_COMMENT_LONG,
     TABLES("comment_issuance", "sealed_comment", "team_comment", "comment_removal")},
    {MESSAGE_CONSENT_KEPT_RESULT, MESSAGE_CONSENT_KEPT_RESULT_LONG,
     TABLES("result_group", "result_item", "result_construct", "result_pool")},
    {MESSAGE_CONSENT_KEPT_RECORD, MESSAGE_CONSENT_KEPT_RECORD_LONG,
     TABLES("team_log", "team_log_head", "next_key", "round_record", "witness", "witness_line")},
    {MESSAGE_CONSENT_KEPT_GUESS, MESSAGE_CONSENT_KEPT_GUESS_LONG, TABLES("guess", "promise")},
    {MESSAGE_CONSENT_KEPT_MACHINE, MESSAGE_CONSENT_KEPT_MACHINE_LONG,
     TABLES("installation", "schema_version")},
};
const size_t INVENTORY_COUNT = COUNT_OF(INVENTORY);

/* What is kept about a person, and who holds a role in the organisation. */
#include "people/people.h"

STATEMENT(RECORD_SINCE, "SELECT created_at FROM person WHERE org_id = $1 AND person_id = $2");
STATEMENT(RECORD_LISTED, "SELECT count(*) FROM roster WHERE org_id = $1 AND person_id = $2");
STATEMENT(
    RECORD_FETCHED,
    "SELECT count(*) FROM roster r "
    "JOIN team_round t ON t.org_id = r.org_id AND t.round_number = r.round_number AND t.team_id = r.team_id "
    "LEFT JOIN issuance i ON i.org_id = r.org_id AND i.rid = t.rid AND i.person_id = r.person_id "
    "LEFT JOIN issuance_leaf l ON l.org_id = r.org_id AND l.rid = t.rid AND l.person_id = r.person_id "
    "WHERE r.org_id = $1 AND r.person_id = $2 AND (i.blinded_hash IS NOT NULL OR l.blinded_hash IS NOT NULL)");
STATEMENT(RECORD_SESSIONS,
          "SELECT count(*) FROM web_session WHERE org_id = $1 AND person_id = $2 AND expires_at > $3");
STATEMENT(RECORD_NAMED_ACTS,
          "SELECT (SELECT count(*) FROM setting_change WHERE org_id = $1 AND person_id = $2) + "
          "(SELECT count(*) FROM role_change WHERE org_id = $1 AND by_id = $2) + "
          "(SELECT count(*) FROM witness WHERE org_id = $1 AND person_id = $2) + "
          "(SELECT count(*) FROM comment_removal WHERE org_id = $1 AND person_id = $2)");
STATEMENT(PERSON_NAME, "UPDATE person SET name = $3 WHERE org_id = $1 AND person_id = $2");
STATEMENT(ROLE_HOLDERS,
          "SELECT p.person_id, p.address, p.name, p.language, r.role FROM org_role r "
          "JOIN person p ON p.org_id = r.org_id AND p.person_id = r.person_id WHERE r.org_id = $1 "
          "ORDER BY r.role, p.name, p.person_id LIMIT 1000");
STATEMENT(VIEWER_END, "DELETE FROM org_role WHERE org_id = $1 AND person_id = $2 AND role = 'viewer'");

enum error_code person_record_load(struct store_session *session, int64_t org, int64_t person, int64_t now,
                                   struct error *error, struct person_record *ret_record)
{
    struct person_record record = {0};
    TRY(store_one_integer(session, &RECORD_SINCE, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, NULL,
                          &record.since));
    TRY(store_one_integer(session, &RECORD_LISTED, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, NULL,
                          &record.rounds_listed));
    TRY(store_one_integer(session, &RECORD_FETCHED, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                          NULL, &record.forms_fetched));
    TRY(store_one_integer(session, &RECORD_SESSIONS,
                          PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_INTEGER(now)), error, NULL,
                          &record.sessions));
    TRY(store_one_integer(session, &RECORD_NAMED_ACTS, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                          NULL, &record.named_acts));
    *ret_record = record;
    return OK;
}

enum error_code person_set_name(struct store_session *session, int64_t org, int64_t person, struct slice name,
                                struct error *error)
{
    struct slice clean;
    TRY(name_check(name, PERSON_NAME_MAXIMUM, "person-name", error, &clean));
    return store_execute(session, &PERSON_NAME, PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_TEXT(clean)),
                         error, NULL);
}

enum error_code people_org_role_list(struct store_session *session, int64_t org, struct region *region,
                                     struct error *error, struct org_role_holder **ret_holders,
                                     size_t *ret_count)
{
    struct org_role_holder *holders = REGION_ARRAY(region, ORG_ROLE_HOLDERS_MAXIMUM, struct org_role_holder);
    if (holders == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &ROLE_HOLDERS, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count < ORG_ROLE_HOLDERS_MAXIMUM && store_next(&rows))
        holders[count++] = (struct org_role_holder){
            .person = {.id = store_column_integer(&rows, 0),
                       .address = store_column_copy(&rows, 1, region),
                       .name = store_column_copy(&rows, 2, region),
                       .language = store_column_copy(&rows, 3, region)},
            .role = slice_equal(store_column_text(&rows, 4), S("owner")) ? ORG_ROLE_OWNER : ORG_ROLE_VIEWER,
        };
    TRY(store_rows_end(&rows));
    *ret_holders = holders;
    *ret_count = count;
    return OK;
}

enum error_code people_end_viewer(struct store_session *session, int64_t org, int64_t person,
                                  struct error *error)
{
    return store_execute(session, &VIEWER_END, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, NULL);
}

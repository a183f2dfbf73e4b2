#include "people/invite.h"

#include "mail/mail.h"

/* Lists that hold for the whole organisation, and not EXISTS for each person: PostgreSQL takes an organisation it has not
 * analysed yet for a few people, and would compare all of them with all. */
#define WITHOUT_INVITATION                                                                                                                      \
    "FROM person p WHERE p.org_id = $1 AND p.address LIKE '%@%' AND (p.person_id IN (SELECT t.person_id FROM team_role t WHERE t.org_id = $1) " \
    "OR p.person_id IN (SELECT r.person_id FROM org_role r WHERE r.org_id = $1) "                                                               \
    "OR p.person_id IN (SELECT d.person_id FROM team_deputy d WHERE d.org_id = $1) "                                                            \
    "OR p.person_id IN (SELECT s.person_id FROM seat s WHERE s.org_id = $1)) "                                                                  \
    "AND p.person_id NOT IN (SELECT m.person_id FROM mail_recipient m WHERE m.org_id = $1 "                                                     \
    "AND (m.invited = 1 OR m.stopped = 1 OR m.refused_code <> 0)) "                                                                             \
    "AND p.person_id NOT IN (SELECT o.person_id FROM outbox o WHERE o.org_id = $1 AND o.kind = 'invitation') "                                  \
    "AND p.person_id NOT IN (SELECT s.person_id FROM web_session s WHERE s.org_id = $1) "
#define INVITATION_INSERT                                                                                    \
    "INSERT INTO outbox (org_id, person_id, kind, round_number, due_at, over_at, claimed_until, attempts) "  \
    "SELECT p.org_id, p.person_id, 'invitation', 0, CAST($2 AS BIGINT), CAST($3 AS BIGINT), 0, 0 "
STATEMENT(INVITE_COUNT, "SELECT count(*) " WITHOUT_INVITATION);
STATEMENT(INVITE_NAMES, "SELECT p.person_id, p.address, p.name, p.language " WITHOUT_INVITATION
                        "ORDER BY p.name, p.person_id LIMIT 30");
STATEMENT(INVITE_ALL, INVITATION_INSERT WITHOUT_INVITATION
          "ON CONFLICT (org_id, person_id, kind, round_number) DO NOTHING");
STATEMENT(INVITE_WAITING, "SELECT count(*) FROM outbox WHERE org_id = $1 AND kind = 'invitation'");
STATEMENT(REFUSED_LIST,
          "SELECT p.person_id, p.address, p.name, p.language, m.refused_code, m.refused_on "
          "FROM mail_recipient m JOIN person p ON p.org_id = m.org_id AND p.person_id = m.person_id "
          "WHERE m.org_id = $1 AND m.refused_code <> 0 ORDER BY p.name, p.person_id LIMIT 50");
STATEMENT(REFUSED_AGAIN,
          INVITATION_INSERT "FROM mail_recipient p WHERE p.org_id = $1 AND p.refused_code <> 0 "
                            "ON CONFLICT (org_id, person_id, kind, round_number) DO NOTHING");

enum error_code invite_count(struct store_session *session, int64_t org, struct error *error,
                             int64_t *ret_count)
{
    return store_one_integer(session, &INVITE_COUNT, PARAMETERS(V_INTEGER(org)), error, NULL, ret_count);
}

enum error_code invite_waiting(struct store_session *session, int64_t org, struct error *error,
                               int64_t *ret_count)
{
    return store_one_integer(session, &INVITE_WAITING, PARAMETERS(V_INTEGER(org)), error, NULL, ret_count);
}

enum error_code invite_names(struct store_session *session, int64_t org, struct region *region,
                             struct error *error, struct person **ret_people, size_t *ret_count)
{
    struct person *people = REGION_ARRAY(region, INVITE_NAMES_MAXIMUM, struct person);
    size_t count = 0;
    if (people == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &INVITE_NAMES, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count < INVITE_NAMES_MAXIMUM && store_next(&rows))
        people[count++] = person_read(&rows, 0, region);
    TRY(store_rows_end(&rows));
    *ret_people = people;
    *ret_count = count;
    return OK;
}

enum error_code invite_all(struct store_session *session, int64_t org, int64_t now, struct error *error)
{
    return store_execute(session, &INVITE_ALL,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(now), V_INTEGER(now + MAIL_KEPT_SECONDS)),
                         error, NULL);
}

enum error_code invite_refused(struct store_session *session, int64_t org, struct region *region,
                               struct error *error, struct refused **ret_refused, size_t *ret_count)
{
    struct refused *refused = REGION_ARRAY(region, REFUSED_MAXIMUM, struct refused);
    size_t count = 0;
    if (refused == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &REFUSED_LIST, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count < REFUSED_MAXIMUM && store_next(&rows))
        refused[count++] = (struct refused){person_read(&rows, 0, region), store_column_integer(&rows, 4),
                                            store_column_integer(&rows, 5)};
    TRY(store_rows_end(&rows));
    *ret_refused = refused;
    *ret_count = count;
    return OK;
}

enum error_code invite_refused_again(struct store_session *session, int64_t org, int64_t now,
                                     struct error *error)
{
    return store_execute(session, &REFUSED_AGAIN,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(now), V_INTEGER(now + MAIL_KEPT_SECONDS)),
                         error, NULL);
}

/* Links asked for on the sign-in page. The page only writes down what was typed; who that is, is found out afterwards, so
 * that neither the answer nor its time tells whether an address is known. */
#include "mail/mail.h"
#include "people/people.h"

STATEMENT(
    WISH_ADD,
    "INSERT INTO signin_wish (wish_id, address, asked_at) SELECT $1, CAST($2 AS TEXT), CAST($3 AS BIGINT) "
    "WHERE (SELECT count(*) FROM signin_wish) < 1000");
STATEMENT(
    WISH_TAKE,
    "DELETE FROM signin_wish WHERE wish_id IN (SELECT wish_id FROM signin_wish ORDER BY asked_at, wish_id "
    "LIMIT 50) RETURNING address, asked_at");

STATEMENT(WISH_ANY, "SELECT count(*) FROM signin_wish");

enum { WISHES_MAXIMUM = 50 };

struct wish {
    struct slice address;
    int64_t asked_at;
};

enum error_code signin_wish_add(struct store_session *session, struct application *application,
                                struct slice address, struct error *error)
{
    return store_execute(session, &WISH_ADD,
                         PARAMETERS(V_INTEGER(id_random(application->random)), V_TEXT(address),
                                    V_INTEGER(clock_seconds(application->clock))),
                         error, NULL);
}

enum error_code signin_wishes_wait(struct store_session *session, struct error *error, bool *ret_any)
{
    int64_t count = 0;
    TRY(store_one_integer(session, &WISH_ANY, NO_PARAMETERS, error, NULL, &count));
    *ret_any = count > 0;
    return OK;
}

static enum error_code take_wishes(struct store_session *session, struct region *region, struct error *error,
                                   struct wish *wishes, size_t *ret_count)
{
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &WISH_TAKE, NO_PARAMETERS, error, &rows));
    while (count < WISHES_MAXIMUM && store_next(&rows))
        wishes[count++] = (struct wish){store_column_copy(&rows, 0, region), store_column_integer(&rows, 1)};
    TRY(store_rows_end(&rows));
    *ret_count = count;
    return OK;
}

static enum error_code grant(struct store_session *session, int64_t org, const struct wish *wish, int64_t now,
                             struct region *region, struct error *error)
{
    struct person person;
    bool may = false;
    enum error_code code = person_find(session, org, wish->address, region, error, &person);
    if (code == ERROR_NOT_FOUND)
        return OK;
    TRY(code);
    TRY(mail_recipient_ask(session, org, person.id, now, error, &may));
    const struct mail mail = {.org = org,
                              .person = person.id,
                              .kind = MAIL_SIGNIN,
                              .due_at = now,
                              .over_at = now + MAIL_SIGNIN_SECONDS};
    return may ? outbox_add(session, &mail, error) : OK;
}

enum error_code signin_wishes_grant(struct store_session *session, struct application *application,
                                    struct region *region, struct error *error, size_t *ret_count)
{
    struct wish wishes[WISHES_MAXIMUM];
    int64_t *orgs, now = clock_seconds(application->clock);
    size_t count, org_count = 0;
    TRY(take_wishes(session, region, error, wishes, &count));
    if (count > 0)
        TRY(org_list(session, region, error, &orgs, &org_count));
    for (size_t w = 0; w < count; w++)
        for (size_t i = 0; i < org_count && wishes[w].asked_at + MAIL_SIGNIN_SECONDS > now; i++)
            TRY(grant(session, orgs[i], &wishes[w], now, region, error));
    *ret_count = count;
    return OK;
}

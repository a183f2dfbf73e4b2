/* Sessions as their person sees them: which device, when it was used last, and ending them. */
#include "people/people.h"

STATEMENT(SESSIONS_READ, "SELECT started_at, expires_at, used_on, device, session_hash FROM web_session "
                         "WHERE org_id = $1 AND person_id = $2 AND expires_at > $3 "
                         "ORDER BY started_at DESC, session_hash LIMIT 50");
STATEMENT(SESSION_USED, "UPDATE web_session SET used_on = $2 WHERE session_hash = $1 AND used_on < $2");
STATEMENT(SESSION_END_OTHERS,
          "DELETE FROM web_session WHERE org_id = $1 AND person_id = $2 AND session_hash <> $3");

struct slice web_session_device(struct slice user_agent)
{
    /* In this order: Android says Linux, too. */
    const struct {
        struct slice said, kind;
    } table[] = {
        {S("iPhone"), S("iphone")}, {S("iPad"), S("ipad")},       {S("Android"), S("android")},
        {S("CrOS"), S("chromeos")}, {S("Windows"), S("windows")}, {S("Macintosh"), S("mac")},
        {S("Linux"), S("linux")},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (slice_find(user_agent, table[i].said) < user_agent.length)
            return table[i].kind;
    return S("");
}

enum error_code web_session_list(struct store_session *session, int64_t org, int64_t person, int64_t now,
                                 struct region *region, struct error *error,
                                 struct web_session ret_sessions[static WEB_SESSIONS_SHOWN_MAXIMUM],
                                 size_t *ret_count)
{
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &SESSIONS_READ, PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_INTEGER(now)),
                     error, &rows));
    while (count < WEB_SESSIONS_SHOWN_MAXIMUM && store_next(&rows)) {
        struct web_session *one = &ret_sessions[count];
        struct slice hash = store_column_copy(&rows, 4, region);
        *one = (struct web_session){
            .started = store_column_integer(&rows, 0),
            .expires = store_column_integer(&rows, 1),
            .used_on = store_column_integer(&rows, 2),
            .device = store_column_copy(&rows, 3, region),
        };
        if (hash.length == sizeof one->hash) {
            memcpy(one->hash, hash.data, sizeof one->hash);
            count++;
        }
    }
    *ret_count = count;
    return store_rows_end(&rows);
}

enum error_code web_session_end_others(struct store_session *session, int64_t org, int64_t person,
                                       const uint8_t hash[static 32], struct error *error)
{
    return store_execute(session, &SESSION_END_OTHERS,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_BYTES(slice_from_bytes(hash, 32))),
                         error, NULL);
}

struct use {
    uint8_t hash[32];
    int64_t day;
};

static enum error_code write_use(struct store_session *session, void *context, struct error *error)
{
    const struct use *use = context;
    return store_execute(
        session, &SESSION_USED,
        PARAMETERS(V_BYTES(slice_from_bytes(use->hash, sizeof use->hash)), V_INTEGER(use->day)), error, NULL);
}

static void end_use(void *context, enum error_code code, const struct error *error)
{
    (void)code, (void)error; /* a day that was not noted hinders nobody */
    free(context);
}

void web_session_used(struct store *store, const uint8_t hash[32], int64_t day)
{
    struct error ignored = {0};
    struct use *use = calloc(1, sizeof *use);
    if (use == NULL)
        return;
    memcpy(use->hash, hash, sizeof use->hash);
    use->day = day;
    if (store_write_later(store, write_use, end_use, use, &ignored) != OK)
        free(use);
}

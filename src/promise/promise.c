#include "promise/promise.h"

STATEMENT(
    PROMISE_INSERT,
    "INSERT INTO promise (org_id, promise_id, team_id, round_number, person_id, text, due_at, made_at, "
    "by_deputy) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (org_id, team_id, round_number) DO NOTHING");

/* What a round asked: its number, whether it is closed, and the counts when they are shown. */
#define PROMISE_COLUMNS                                                                                      \
    "SELECT p.promise_id, p.round_number, p.person_id, w.name, p.text, p.due_at, p.made_at, "                \
    "r.round_number, "                                                                                       \
    "r.state, i.reason, i.counts, o.k, p.by_deputy FROM promise p "                                          \
    "JOIN org o ON o.org_id = p.org_id "                                                                     \
    "LEFT JOIN person w ON w.org_id = p.org_id AND w.person_id = p.person_id "                               \
    "LEFT JOIN team_round r ON r.org_id = p.org_id AND r.team_id = p.team_id AND r.promise_id = "            \
    "p.promise_id "                                                                                          \
    "LEFT JOIN result_item i ON i.org_id = r.org_id AND i.round_number = r.round_number "                    \
    "AND i.group_kind = 'team' AND i.group_id = r.team_id AND i.item = 'promise' "                           \
    "WHERE p.org_id = $1 AND p.team_id = $2 "
STATEMENT(PROMISE_NEWEST, PROMISE_COLUMNS "ORDER BY p.made_at DESC, p.promise_id DESC LIMIT 1");
STATEMENT(PROMISE_ALL, PROMISE_COLUMNS "ORDER BY p.made_at DESC, p.promise_id DESC LIMIT 100");
STATEMENT(PROMISE_ROUND,
          "SELECT round_number FROM team_round WHERE org_id = $1 AND team_id = $2 AND state = 'closed' "
          "ORDER BY round_number DESC LIMIT 1");

enum error_code promise_make(struct store_session *session, struct application *application, int64_t org,
                             int64_t team, int64_t round_number, int64_t person, bool by_deputy,
                             struct slice text, int64_t due_at, struct error *error, int64_t *ret_promise)
{
    struct slice clean;
    int64_t now = clock_seconds(application->clock), changed = 0;
    int64_t id = id_ordered(application->random, application->clock);
    TRY(name_check(text, PROMISE_TEXT_MAXIMUM, "promise-text", error, &clean));
    if (due_at < now || due_at > now + (int64_t)PROMISE_DUE_DAYS_MAXIMUM * DAY_SECONDS)
        return FAIL(error, ERROR_INPUT, "promise-date",
                    "the date of a promise lies between today and a year ahead");
    TRY(store_execute(session, &PROMISE_INSERT,
                      PARAMETERS(V_INTEGER(org), V_INTEGER(id), V_INTEGER(team), V_INTEGER(round_number),
                                 V_INTEGER(person), V_TEXT(clean), V_INTEGER(due_at), V_INTEGER(now),
                                 V_INTEGER(by_deputy)),
                      error, &changed));
    if (changed == 0)
        return FAIL(error, ERROR_CONFLICT, "promise-made-already", "this result has its promise already");
    *ret_promise = id;
    return OK;
}

enum error_code promise_round(struct store_session *session, int64_t org, int64_t team, struct error *error,
                              bool *ret_found, int64_t *ret_round)
{
    return store_one_integer(session, &PROMISE_ROUND, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error,
                             ret_found, ret_round);
}

enum promise_outcome promise_outcome_of(const int64_t counts[PROMISE_ANSWERS], int64_t k)
{
    int64_t total = 0;
    for (size_t i = 0; i < PROMISE_ANSWERS; i++)
        total += counts[i];
    if (total < k)
        return PROMISE_TOO_FEW;
    for (size_t i = 0; i < PROMISE_ANSWERS; i++)
        if (2 * counts[i] > total)
            return (enum promise_outcome)(PROMISE_MOSTLY_YES + i);
    return PROMISE_DIVIDED;
}

static enum promise_outcome read_outcome(const struct store_rows *rows)
{
    if (!slice_equal(store_column_text(rows, 8), S("closed")))
        return PROMISE_OPEN;
    if (store_column_is_null(rows, 10))
        return PROMISE_TOO_FEW;
    struct slice rest = store_column_text(rows, 10), part;
    int64_t counts[PROMISE_ANSWERS] = {0};
    for (size_t i = 0; i < PROMISE_ANSWERS && slice_take(&rest, ' ', &part); i++)
        if (!slice_to_integer(part, 0, INT64_MAX, &counts[i]))
            return PROMISE_TOO_FEW;
    return promise_outcome_of(counts, store_column_integer(rows, 11));
}

static struct promise read_promise(const struct store_rows *rows, struct region *region)
{
    return (struct promise){
        .id = store_column_integer(rows, 0),
        .round_number = store_column_integer(rows, 1),
        .person = store_column_integer(rows, 2),
        .person_name = store_column_copy(rows, 3, region),
        .text = store_column_copy(rows, 4, region),
        .due_at = store_column_integer(rows, 5),
        .made_at = store_column_integer(rows, 6),
        .asked_in_round = store_column_integer(rows, 7),
        .outcome = read_outcome(rows),
        .by_deputy = store_column_integer(rows, 12) != 0,
    };
}

enum error_code promise_to_ask(struct store_session *session, int64_t org, int64_t team,
                               struct region *region, struct error *error, bool *ret_found,
                               struct promise *ret_promise)
{
    struct promise promise = {0};
    STORE_ROWS(rows);
    TRY(store_select(session, &PROMISE_NEWEST, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &rows));
    bool found = store_next(&rows);
    if (found)
        promise = read_promise(&rows, region);
    TRY(store_rows_end(&rows));
    *ret_found = found && promise.asked_in_round == 0;
    *ret_promise = promise;
    return OK;
}

enum error_code promise_list(struct store_session *session, int64_t org, int64_t team, struct region *region,
                             struct error *error, struct promise **ret_promises, size_t *ret_count)
{
    struct promise *promises = REGION_ARRAY(region, PROMISES_SHOWN_MAXIMUM, struct promise);
    if (promises == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &PROMISE_ALL, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &rows));
    while (count < PROMISES_SHOWN_MAXIMUM && store_next(&rows))
        promises[count++] = read_promise(&rows, region);
    TRY(store_rows_end(&rows));
    *ret_promises = promises;
    *ret_count = count;
    return OK;
}

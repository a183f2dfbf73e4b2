#include "pulse/comment_kept.h"

#include "privacy/comment_message.h"

STATEMENT(SEALED_COMMENTS_READ,
          "SELECT comment_id, body FROM sealed_comment WHERE org_id = $1 AND rid = $2 ORDER BY comment_id");
STATEMENT(SEALED_COMMENTS_DELETE, "DELETE FROM sealed_comment WHERE org_id = $1 AND rid = $2");
STATEMENT(COMMENT_ISSUANCE_DELETE, "DELETE FROM comment_issuance WHERE org_id = $1 AND rid = $2");
STATEMENT(TEAM_COMMENT_INSERT,
          "INSERT INTO team_comment (org_id, round_number, team_id, comment_id, text, until) "
          "VALUES ($1, $2, $3, $4, $5, $6)");
STATEMENT(TEAM_COMMENTS_OLD_DELETE, "DELETE FROM team_comment WHERE until < $1");

/* $3: who looks. Members of the roster of that round, and who led then: of two leaders the round names none, so who leads now and
 * did when it opened. A deputy reads none as that. */
#define SEEN_BY                                                                                              \
    "(p.leader_id = $3 OR EXISTS (SELECT 1 FROM roster m WHERE m.org_id = p.org_id "                         \
    "AND m.round_number = p.round_number AND m.team_id = p.team_id AND m.person_id = $3) "                   \
    "OR (p.leader_id IS NULL AND EXISTS (SELECT 1 FROM team_role l WHERE l.org_id = p.org_id "               \
    "AND l.team_id = p.team_id AND l.person_id = $3 AND l.role = 'leader' AND l.since <= r.opens_at))) "
#define OF_ROUND                                                                                             \
    "JOIN team_round p ON p.org_id = c.org_id AND p.round_number = c.round_number AND p.team_id = "          \
    "c.team_id JOIN round r ON r.org_id = p.org_id AND r.round_number = p.round_number "
STATEMENT(COMMENTS_READ, "SELECT c.round_number, COALESCE(r.closed_at, r.closes_at), c.comment_id, c.text "
                         "FROM team_comment c " OF_ROUND "WHERE c.org_id = $1 AND c.team_id = $2 AND " SEEN_BY
                         "ORDER BY c.round_number DESC, c.comment_id LIMIT 1000");
STATEMENT(REMOVALS_READ, "SELECT c.round_number, COALESCE(r.closed_at, r.closes_at), c.removed_at, n.name "
                         "FROM comment_removal c " OF_ROUND
                         "LEFT JOIN person n ON n.org_id = c.org_id AND n.person_id = c.person_id "
                         "WHERE c.org_id = $1 AND c.team_id = $2 AND " SEEN_BY
                         "ORDER BY c.round_number DESC, c.removed_at, c.comment_id LIMIT 1000");
STATEMENT(COMMENTS_COUNT,
          "SELECT count(*) FROM team_comment c " OF_ROUND
          "WHERE c.org_id = $1 AND c.team_id = $2 AND c.round_number = (SELECT MAX(l.round_number) "
          "FROM team_round l WHERE l.org_id = $1 AND l.team_id = $2 AND l.state = 'closed') AND " SEEN_BY);
STATEMENT(COMMENT_FIND, "SELECT c.round_number FROM team_comment c " OF_ROUND
                        "WHERE c.org_id = $1 AND c.team_id = $2 AND c.comment_id = $4 AND " SEEN_BY);
STATEMENT(COMMENT_DELETE, "DELETE FROM team_comment WHERE org_id = $1 AND round_number = $2 AND team_id = $3 "
                          "AND comment_id = $4");
STATEMENT(REMOVAL_INSERT,
          "INSERT INTO comment_removal (org_id, round_number, team_id, comment_id, person_id, removed_at) "
          "VALUES ($1, $2, $3, $4, $5, $6)");

/* ---- At the close ------------------------------------------------------------------------------- */

static enum error_code keep_one(struct store_session *session, struct application *application,
                                const struct team_round *round, struct slice text, struct error *error)
{
    uint8_t id[COMMENT_ID_BYTES];
    int64_t until = clock_seconds(application->clock) + (int64_t)COMMENT_KEPT_DAYS * DAY_SECONDS;
    random_bytes(application->random, id, sizeof id);
    return store_execute(session, &TEAM_COMMENT_INSERT,
                         PARAMETERS(V_INTEGER(round->org), V_INTEGER(round->round_number),
                                    V_INTEGER(round->team), V_BYTES(slice_from_bytes(id, sizeof id)),
                                    V_TEXT(text), V_INTEGER(until)),
                         error, NULL);
}

static enum error_code open_one(const struct store_rows *rows, const struct team_round *round,
                                const struct seal_key *key, struct region *region, struct error *error,
                                struct slice *ret_text)
{
    uint8_t bound[65];
    struct slice id = store_column_bytes(rows, 0), plain, body;
    int64_t version;
    memcpy(bound, round->rid, 32);
    memcpy(bound + 32, id.data, id.length < 32 ? id.length : 32);
    bound[64] = 'c';
    TRY(seal_open(key, slice_from_bytes(bound, sizeof bound), store_column_bytes(rows, 1), region, error,
                  &plain));
    TRY(comment_record_read(plain, error, &version, &body));
    return comment_body_read(body, error, ret_text);
}

/* An empty one was taken back. */
static enum error_code read_sealed(struct store_session *session, const struct application *application,
                                   const struct team_round *round, struct region *region, struct error *error,
                                   struct slice *texts, size_t maximum, size_t *ret_count)
{
    CLEANUP(seal_key_wipe) struct seal_key key = {0};
    size_t count = 0;
    TRY(team_round_data_key(application, round, region, error, &key));
    STORE_ROWS(rows);
    TRY(store_select(session, &SEALED_COMMENTS_READ,
                     PARAMETERS(V_INTEGER(round->org), V_BYTES(slice_from_bytes(round->rid, 32))), error,
                     &rows));
    while (count < maximum && store_next(&rows)) {
        TRY(open_one(&rows, round, &key, region, error, &texts[count]));
        count += texts[count].length > 0;
    }
    TRY(store_rows_end(&rows));
    *ret_count = count;
    return OK;
}

enum error_code comments_close(struct store_session *session, struct application *application,
                               const struct team_round *round, int64_t answers, struct region *region,
                               struct error *error)
{
    size_t maximum = (size_t)round->roster_count, count = 0; /* one token a member */
    if (answers < COMMENT_ANSWERS_MINIMUM)
        return OK;
    struct slice *texts = REGION_ARRAY(region, maximum, struct slice);
    if (texts == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(read_sealed(session, application, round, region, error, texts, maximum, &count));
    for (size_t i = 0; i < count; i++)
        TRY(keep_one(session, application, round, texts[i], error));
    return OK;
}

enum error_code comments_forget(struct store_session *session, const struct team_round *round,
                                struct error *error)
{
    struct store_value org = V_INTEGER(round->org), rid = V_BYTES(slice_from_bytes(round->rid, 32));
    TRY(store_execute(session, &SEALED_COMMENTS_DELETE, PARAMETERS(org, rid), error, NULL));
    return store_execute(session, &COMMENT_ISSUANCE_DELETE, PARAMETERS(org, rid), error, NULL);
}

enum error_code comments_clean_up(struct store_session *session, int64_t now, struct error *error)
{
    return store_execute(session, &TEAM_COMMENTS_OLD_DELETE, PARAMETERS(V_INTEGER(now)), error, NULL);
}

/* ---- Afterwards --------------------------------------------------------------------------------- */

static enum error_code read_comments(struct store_session *session, const struct statement *statement,
                                     const struct store_value *values, size_t value_count,
                                     struct region *region, struct error *error,
                                     struct kept_comment *comments, size_t *ret_count)
{
    bool removals = statement == &REMOVALS_READ;
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, statement, values, value_count, error, &rows));
    while (count < COMMENTS_LISTED_MAXIMUM && store_next(&rows)) {
        struct kept_comment *comment = &comments[count++];
        *comment = (struct kept_comment){
            .round_number = store_column_integer(&rows, 0),
            .round_closed = store_column_integer(&rows, 1),
            .removed = removals,
        };
        if (removals) {
            comment->removed_at = store_column_integer(&rows, 2);
            comment->removed_by = store_column_copy(&rows, 3, region);
            continue;
        }
        struct slice id = store_column_bytes(&rows, 2);
        if (id.length == sizeof comment->id)
            memcpy(comment->id, id.data, id.length);
        comment->text = store_column_copy(&rows, 3, region);
    }
    *ret_count = count;
    return store_rows_end(&rows);
}

enum error_code comments_list(struct store_session *session, int64_t org, int64_t team, int64_t person,
                              struct region *region, struct error *error, struct kept_comment **ret_comments,
                              size_t *ret_count)
{
    struct kept_comment *written = REGION_ARRAY(region, COMMENTS_LISTED_MAXIMUM, struct kept_comment);
    struct kept_comment *removed = REGION_ARRAY(region, COMMENTS_LISTED_MAXIMUM, struct kept_comment);
    struct kept_comment *all = REGION_ARRAY(region, 2 * COMMENTS_LISTED_MAXIMUM, struct kept_comment);
    struct store_value values[] = {V_INTEGER(org), V_INTEGER(team), V_INTEGER(person)};
    size_t writings = 0, removals = 0, w = 0, m = 0, count = 0;
    if (written == NULL || removed == NULL || all == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(read_comments(session, &COMMENTS_READ, values, COUNT_OF(values), region, error, written, &writings));
    TRY(read_comments(session, &REMOVALS_READ, values, COUNT_OF(values), region, error, removed, &removals));
    while (w < writings || m < removals) {
        bool next_is_removal =
            w == writings || (m < removals && removed[m].round_number > written[w].round_number);
        all[count++] = next_is_removal ? removed[m++] : written[w++];
    }
    *ret_comments = all;
    *ret_count = count;
    return OK;
}

enum error_code comments_count(struct store_session *session, int64_t org, int64_t team, int64_t person,
                               struct error *error, int64_t *ret_count)
{
    return store_one_integer(session, &COMMENTS_COUNT,
                             PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(person)), error, NULL,
                             ret_count);
}

enum error_code comment_remove(struct store_session *session, int64_t org, int64_t team, int64_t person,
                               const uint8_t id[static COMMENT_ID_BYTES], int64_t now, struct error *error)
{
    int64_t round_number = 0;
    bool found;
    struct store_value of = V_INTEGER(org), from = V_INTEGER(team), who = V_INTEGER(person);
    struct store_value which = V_BYTES(slice_from_bytes(id, COMMENT_ID_BYTES));
    TRY(store_one_integer(session, &COMMENT_FIND, PARAMETERS(of, from, who, which), error, &found,
                          &round_number));
    if (!found)
        return FAIL(error, ERROR_NOT_FOUND, "comment-unknown", "there is no such comment");
    store_vacuum_want(session);
    TRY(store_execute(session, &COMMENT_DELETE, PARAMETERS(of, V_INTEGER(round_number), from, which), error,
                      NULL));
    return store_execute(session, &REMOVAL_INSERT,
                         PARAMETERS(of, V_INTEGER(round_number), from, which, who, V_INTEGER(now)), error,
                         NULL);
}

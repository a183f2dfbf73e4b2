#include "pulse/settings.h"

STATEMENT(K_READ, "SELECT k FROM org WHERE org_id = $1");
/* k < $2 once more, so that of two who raise it at the same time neither lowers it again. */
STATEMENT(K_RAISE, "UPDATE org SET k = $2 WHERE org_id = $1 AND k < $2");
STATEMENT(COMMENTS_SET, "UPDATE org SET comments = $2 WHERE org_id = $1 AND comments <> $2");
STATEMENT(CHANGE_INSERT,
          "INSERT INTO setting_change (org_id, change_number, name, value, value_before, person_id, "
          "changed_at) SELECT $1, COALESCE(MAX(c.change_number), 0) + 1, CAST($2 AS TEXT), "
          "CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT) "
          "FROM setting_change c WHERE c.org_id = $1");
STATEMENT(CHANGES_READ,
          "SELECT c.value, c.value_before, c.changed_at, p.name, c.name, c.chosen FROM setting_change c "
          "LEFT JOIN person p ON p.org_id = c.org_id AND p.person_id = c.person_id "
          "WHERE c.org_id = $1 ORDER BY c.change_number DESC LIMIT 50");

static enum error_code note_change(struct store_session *session, int64_t org, struct slice name,
                                   int64_t value, int64_t before, int64_t person, int64_t now,
                                   struct error *error)
{
    return store_execute(session, &CHANGE_INSERT,
                         PARAMETERS(V_INTEGER(org), V_TEXT(name), V_INTEGER(value), V_INTEGER(before),
                                    V_INTEGER(person), V_INTEGER(now)),
                         error, NULL);
}

enum error_code settings_raise_k(struct store_session *session, int64_t org, int64_t person, int64_t k,
                                 int64_t now, struct error *error)
{
    int64_t before = 0;
    TRY(store_one_integer(session, &K_READ, PARAMETERS(V_INTEGER(org)), error, NULL, &before));
    if (k < before)
        return FAIL(error, ERROR_INPUT, "setting-weaker",
                    "the smallest group is %" PRId64 " and may only grow", before);
    if (k > SETTING_K_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "setting-range", "the smallest group is at most %d",
                    SETTING_K_MAXIMUM);
    if (k == before)
        return OK;
    TRY(store_execute(session, &K_RAISE, PARAMETERS(V_INTEGER(org), V_INTEGER(k)), error, NULL));
    return note_change(session, org, S("k"), k, before, person, now, error);
}

enum error_code settings_comments(struct store_session *session, int64_t org, int64_t person, bool on,
                                  int64_t now, struct error *error)
{
    int64_t changed = 0;
    TRY(store_execute(session, &COMMENTS_SET, PARAMETERS(V_INTEGER(org), V_INTEGER(on)), error, &changed));
    return changed == 0 ? OK : note_change(session, org, S("comments"), on, !on, person, now, error);
}

enum error_code settings_changes(struct store_session *session, int64_t org, struct region *region,
                                 struct error *error, struct setting_change **ret_changes, size_t *ret_count)
{
    struct setting_change *changes = REGION_ARRAY(region, SETTING_CHANGES_MAXIMUM, struct setting_change);
    size_t count = 0;
    if (changes == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &CHANGES_READ, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count < SETTING_CHANGES_MAXIMUM && store_next(&rows)) {
        changes[count++] = (struct setting_change){
            .value = store_column_integer(&rows, 0),
            .value_before = store_column_integer(&rows, 1),
            .changed_at = store_column_integer(&rows, 2),
            .person_name = store_column_copy(&rows, 3, region),
            .comments = slice_equal(store_column_text(&rows, 4), S("comments")),
            .questionnaire = slice_equal(store_column_text(&rows, 4), S("questionnaire")),
            .retired = slice_equal(store_column_text(&rows, 4), S("questionnaire-retired")),
            .chosen = store_column_copy(&rows, 5, region),
        };
    }
    TRY(store_rows_end(&rows));
    *ret_changes = changes;
    *ret_count = count;
    return OK;
}

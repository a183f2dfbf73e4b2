#include "pulse/settings.h"

STATEMENT(K_READ, "SELECT k FROM org WHERE org_id = $1");
/* k < $2 once more, so that of two who raise it at the same time neither lowers it again. */
STATEMENT(K_RAISE, "UPDATE org SET k = $2 WHERE org_id = $1 AND k < $2");
STATEMENT(CHANGE_INSERT,
          "INSERT INTO setting_change (org_id, name, value, value_before, person_id, changed_at) "
          "VALUES ($1, 'k', $2, $3, $4, $5)");
STATEMENT(CHANGES_READ, "SELECT c.value, c.value_before, c.changed_at, p.name FROM setting_change c "
                        "JOIN person p ON p.org_id = c.org_id AND p.person_id = c.person_id "
                        "WHERE c.org_id = $1 AND c.name = 'k' ORDER BY c.value DESC LIMIT 50");

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
    return store_execute(
        session, &CHANGE_INSERT,
        PARAMETERS(V_INTEGER(org), V_INTEGER(k), V_INTEGER(before), V_INTEGER(person), V_INTEGER(now)), error,
        NULL);
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
        };
    }
    TRY(store_rows_end(&rows));
    *ret_changes = changes;
    *ret_count = count;
    return OK;
}

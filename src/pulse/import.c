#include "pulse/import.h"

#include "table/table.h"

#include <math.h>

STATEMENT(
    IMPORT_ROUND_INSERT,
    "INSERT INTO round (org_id, round_number, form, state, opens_at, closes_at, extended_at, closed_at) "
    "VALUES ($1, $2, 'imported', 'closed', $3, $3, $3, $3)");
STATEMENT(IMPORT_PART_INSERT,
          "INSERT INTO team_round (org_id, round_number, team_id, rid, descriptor, leader_id, roster_count, "
          "promise_id, state, sealed_private_key, sealed_data_key, guess_shown) "
          "VALUES ($1, $2, $3, $4, $5, NULL, $6, NULL, 'closed', NULL, NULL, 0)");
STATEMENT(IMPORT_TEAM_BY_NAME, "SELECT team_id FROM team WHERE org_id = $1 AND name = $2");
STATEMENT(
    IMPORT_SHOWN,
    "SELECT count(*) FROM result_group WHERE org_id = $1 AND round_number = $2 AND group_kind = 'team'");

/* The answers of one group, in the order of the file. */
struct import_group {
    struct slice name;
    int16_t *values; /* answers x items, on the heap while it grows */
    size_t answers, capacity;
};

struct importing {
    struct application *application;
    const struct import_options *options;
    struct region *region;
    struct error *error;
    const char *path;
    struct close_plan plan;
    struct import_group *groups; /* sorted by name */
    size_t group_count;
    int64_t rows;
    struct import_summary summary;
};

enum error_code import_item_parse(struct slice text, struct error *error, struct import_item *ret_item)
{
    struct slice rest = text, column, construct, third;
    bool good = slice_take(&rest, ':', &column) && slice_take(&rest, ':', &construct) && column.length > 0 &&
                construct.length > 0 && construct.length <= IMPORT_CONSTRUCT_MAXIMUM &&
                slice_is_clean_text(construct, "");
    bool reversed = false;
    if (good && slice_take(&rest, ':', &third)) {
        reversed = slice_equal(third, S("reversed"));
        good = reversed && !slice_take(&rest, ':', &third);
    }
    if (!good)
        return FAIL(error, ERROR_INPUT, "import-item",
                    "\"%.*s\" is not COLUMN:construct or COLUMN:construct:reversed",
                    SLICE_ARG(slice_part(text, 0, 100)));
    *ret_item = (struct import_item){column, construct, reversed};
    return OK;
}

/* ---- Plan
 * ----------------------------------------------------------------------------------------------------------
 */

static enum error_code make_plan(struct importing *importing)
{
    const struct import_options *options = importing->options;
    struct close_plan *plan = &importing->plan;
    if (options->item_count == 0)
        return FAIL(importing->error, ERROR_INPUT, "import-item", "no item is named");
    if (options->high <= options->low || options->high - options->low >= CLOSE_OPTIONS_MAXIMUM ||
        options->low < -1000 || options->high > 1000)
        return FAIL(importing->error, ERROR_INPUT, "import-range",
                    "the range must be LOW:HIGH with at most %d steps", CLOSE_OPTIONS_MAXIMUM);
    plan->k = DISCLOSURE_K_MINIMUM;
    for (size_t i = 0; i < options->item_count; i++) {
        const struct import_item *item = &options->items[i];
        for (size_t j = 0; j < i; j++)
            if (slice_equal(options->items[j].column, item->column))
                return FAIL(importing->error, ERROR_INPUT, "import-item", "the column %.*s is named twice",
                            SLICE_ARG(item->column));
        plan->items[plan->item_count++] =
            (struct close_item){item->column, item->construct, options->low, options->high, item->reversed};
        size_t m = 0;
        while (m < plan->measure_count && !slice_equal(plan->measures[m].id, item->construct))
            m++;
        if (m == plan->measure_count)
            plan->measures[plan->measure_count++].id = item->construct;
        plan->measures[m].items[plan->measures[m].item_count++] = i;
        plan->measures[m].answered_minimum = plan->measures[m].item_count;
    }
    return OK;
}

/* ---- Rows
 * ----------------------------------------------------------------------------------------------------------
 */

static enum error_code find_group(struct importing *importing, struct slice name,
                                  struct import_group **ret_group)
{
    size_t low = 0, high = importing->group_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slice_compare(importing->groups[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == importing->group_count || !slice_equal(importing->groups[low].name, name)) {
        if (importing->group_count == TEAMS_MAXIMUM)
            return FAIL(importing->error, ERROR_LIMIT, "too-many-teams", "more than %d groups",
                        TEAMS_MAXIMUM);
        memmove(&importing->groups[low + 1], &importing->groups[low],
                (importing->group_count - low) * sizeof importing->groups[0]);
        importing->groups[low] = (struct import_group){.name = region_copy(importing->region, name)};
        importing->group_count++;
    }
    *ret_group = &importing->groups[low];
    return OK;
}

static enum error_code add_row(struct importing *importing, struct import_group *group, int16_t **ret_row)
{
    size_t width = importing->plan.item_count;
    if (group->answers == group->capacity) {
        size_t capacity = group->capacity == 0 ? 16 : group->capacity * 2;
        int16_t *values = realloc(group->values, capacity * width * sizeof *values);
        if (values == NULL)
            return FAIL(importing->error, ERROR_MEMORY, "no-memory", "no memory for the answers");
        group->values = values;
        group->capacity = capacity;
    }
    *ret_row = group->values + group->answers++ * width;
    return OK;
}

static enum error_code fail_cell(const struct importing *importing, int64_t row, struct slice column,
                                 const char *reason, const char *words, struct error *error)
{
    return FAIL(error, ERROR_INPUT, reason, "%s: row %" PRId64 ", column %.*s: %s", importing->path, row,
                SLICE_ARG(slice_part(column, 0, 60)), words);
}

static enum error_code read_row(struct importing *importing, const struct table_block *block, size_t at,
                                struct error *error)
{
    struct slice name = block->columns[importing->plan.item_count].texts[at];
    struct import_group *group = NULL;
    int16_t *row = NULL;
    char words[120];
    snprintf(words, sizeof words, "the group is missing or no name of at most %d bytes", TEAM_NAME_MAXIMUM);
    if (name.length == 0 || name.length > TEAM_NAME_MAXIMUM || !slice_is_clean_text(name, ""))
        return fail_cell(importing, block->row_numbers[at], importing->options->group_column, "import-group",
                         words, error);
    TRY(find_group(importing, name, &group));
    TRY(add_row(importing, group, &row));
    for (size_t i = 0; i < importing->plan.item_count; i++) {
        const struct close_item *item = &importing->plan.items[i];
        double value = table_number(&block->columns[i], at);
        snprintf(words, sizeof words, "expected a whole number from %d to %d, found %.15g", item->low,
                 item->high, value);
        if (value != floor(value) && !isnan(value))
            return fail_cell(importing, block->row_numbers[at], item->id, "import-value", words, error);
        row[i] = isnan(value) ? CLOSE_NO_ANSWER : (int16_t)value;
    }
    return OK;
}

static enum error_code take_block(void *context, int thread, const struct table_block *block,
                                  struct error *error)
{
    struct importing *importing = context;
    (void)thread;
    if (importing->rows + (int64_t)block->rows > IMPORT_ROWS_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "import-rows", "%s: more than %d rows", importing->path,
                    IMPORT_ROWS_MAXIMUM);
    importing->error = error;
    for (size_t row = 0; row < block->rows; row++)
        TRY(read_row(importing, block, row, error));
    importing->rows += (int64_t)block->rows;
    if (importing->options->progress != NULL)
        importing->options->progress(importing->rows, importing->options->context);
    return OK;
}

static enum error_code read_table(struct importing *importing, struct table *table)
{
    struct error *error = importing->error;
    struct table_wanted wanted[CLOSE_ITEMS_MAXIMUM + 1];
    struct table_counts counts;
    size_t count = importing->plan.item_count;
    for (size_t i = 0; i < count; i++) {
        const struct close_item *item = &importing->plan.items[i];
        wanted[i] = (struct table_wanted){0, TABLE_NUMBER, true, item->low, item->high};
        TRY(table_column_find(table, item->id, error, &wanted[i].column));
    }
    wanted[count] = (struct table_wanted){.kind = TABLE_TEXT};
    TRY(table_column_find(table, importing->options->group_column, error, &wanted[count].column));
    enum error_code code = table_read(table, wanted, count + 1, take_block, importing, error, &counts);
    importing->error = error;
    TRY(code);
    if (importing->rows == 0)
        return FAIL(error, ERROR_INPUT, "import-empty", "%s has a header and no rows", importing->path);
    return OK;
}

/* NaN and a point are no answer, too, as statistics programs write it. */
static enum error_code read_rows(struct importing *importing)
{
    static const struct slice missing[] = {S("NaN"), S(".")};
    const struct table_options options = {.delimiter = importing->options->separator,
                                          .missing = missing,
                                          .missing_count = COUNT_OF(missing),
                                          .threads = 1};
    struct table *table;
    TRY(table_open(importing->path, &options, importing->error, &table));
    enum error_code code = read_table(importing, table);
    table_close(table);
    return code;
}

/* ---- Writing
 * ---------------------------------------------------------------------------------------------------------
 */

static enum error_code find_or_make_org(struct store_session *session, struct importing *importing,
                                        int64_t *ret_org, int64_t *ret_number)
{
    struct application *application = importing->application;
    enum error_code code = org_find(session, importing->options->org, importing->error, ret_org);
    *ret_number = 1;
    if (code == ERROR_NOT_FOUND)
        return org_create(session, application, importing->options->org, ORG_IMPORTED, S("en"),
                          ORG_RHYTHM_DAYS, 0, importing->error, ret_org);
    TRY(code);
    struct org org;
    struct round latest;
    bool found;
    TRY(org_load(session, *ret_org, importing->region, importing->error, &org));
    if (org.kind != ORG_IMPORTED)
        return FAIL(importing->error, ERROR_CONFLICT, "org-not-imported",
                    "%.*s is an organisation with rounds of its own; import under another name",
                    SLICE_ARG(org.name));
    TRY(round_latest(session, *ret_org, importing->error, &found, &latest));
    *ret_number = found ? latest.number + 1 : 1;
    return OK;
}

static enum error_code give_owner(struct store_session *session, struct importing *importing, int64_t org)
{
    int64_t person;
    if (importing->options->owner.length == 0)
        return OK;
    TRY(person_ensure(session, importing->application, org, importing->options->owner, S(""), S("en"),
                      importing->error, &person));
    return people_give_org_role(session, org, person, ORG_ROLE_OWNER, importing->error);
}

/* An imported part has no members and no key; its descriptor only says what it is. */
static enum error_code write_part(struct store_session *session, struct importing *importing, int64_t org,
                                  int64_t number, const struct import_group *group,
                                  struct close_team *ret_team)
{
    int64_t team;
    bool found;
    uint8_t rid[32];
    TRY(store_one_integer(session, &IMPORT_TEAM_BY_NAME, PARAMETERS(V_INTEGER(org), V_TEXT(group->name)),
                          importing->error, &found, &team));
    if (!found)
        TRY(team_create(session, importing->application, org, group->name, 0, importing->error, &team));
    struct slice descriptor = region_format(
        importing->region, "hecht-import-v1\norg %" PRId64 "\nteam %" PRId64 "\nround %" PRId64 "\n", org,
        team, number);
    sha256(descriptor, rid);
    *ret_team = (struct close_team){.team = team, .values = group->values, .answers = group->answers};
    for (size_t i = 0; i < importing->plan.item_count; i++)
        ret_team->asked[i] = true;
    return store_execute(session, &IMPORT_PART_INSERT,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(number), V_INTEGER(team),
                                    V_BYTES(slice_from_bytes(rid, sizeof rid)), V_BYTES(descriptor),
                                    V_INTEGER((int64_t)group->answers)),
                         importing->error, NULL);
}

static enum error_code write_import(struct store_session *session, void *context, struct error *error)
{
    struct importing *importing = context;
    CLEANUP(region_cleanup) struct region *region = region_new((size_t)2000 << 20);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    importing->error = error;
    int64_t org, number, now = clock_seconds(importing->application->clock);
    TRY(find_or_make_org(session, importing, &org, &number));
    TRY(give_owner(session, importing, org));
    TRY(store_execute(session, &IMPORT_ROUND_INSERT,
                      PARAMETERS(V_INTEGER(org), V_INTEGER(number), V_INTEGER(now)), error, NULL));
    struct close_team *teams = REGION_ARRAY(region, importing->group_count, struct close_team);
    if (teams == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t g = 0; g < importing->group_count; g++)
        TRY(write_part(session, importing, org, number, &importing->groups[g], &teams[g]));
    TRY(close_write(session, org, number, &importing->plan, teams, importing->group_count, true, region,
                    error));
    importing->summary.round_number = number;
    return store_one_integer(session, &IMPORT_SHOWN, PARAMETERS(V_INTEGER(org), V_INTEGER(number)), error,
                             NULL, &importing->summary.groups_shown);
}

enum error_code answers_import(struct application *application, const char *path,
                               const struct import_options *options, struct region *region,
                               struct error *error, struct import_summary *ret_summary)
{
    struct importing *importing = REGION_NEW(region, struct importing);
    if (importing == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    *importing = (struct importing){
        .application = application, .options = options, .path = path, .region = region, .error = error};
    importing->groups = REGION_ARRAY(region, TEAMS_MAXIMUM + 1, struct import_group);
    if (importing->groups == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    enum error_code code = make_plan(importing);
    if (code == OK)
        code = read_rows(importing);
    if (code == OK)
        code = store_write(application->store, write_import, importing, error);
    for (size_t g = 0; g < importing->group_count; g++)
        free(importing->groups[g].values);
    if (code != OK)
        return code;
    importing->summary.rows = importing->rows;
    importing->summary.groups = (int64_t)importing->group_count;
    *ret_summary = importing->summary;
    return OK;
}

/* The organisation's view of one round: its map and the export. Lines about a leader are hidden for teams
 * here. */
#include "insight/figure.h"

#include <math.h>

STATEMENT(
    ROUND_POOLS,
    "SELECT construct, within_variance, within_df, reason, mu, se_mu, tau2, sigma2, person_variance, "
    "level_variance_per_day FROM result_pool WHERE org_id = $1 AND round_number = $2 ORDER BY construct");
STATEMENT(ROUND_TEAMS,
          "SELECT p.team_id, t.name, t.unit_id, p.roster_count, p.leader_id FROM team_round p "
          "JOIN team t ON t.org_id = p.org_id AND t.team_id = p.team_id "
          "WHERE p.org_id = $1 AND p.round_number = $2 AND p.state = 'closed' ORDER BY t.name, p.team_id");
STATEMENT(ROUND_FIGURES,
          "SELECT group_kind, group_id, construct, reason, n, mean, score_n, score_sum, score_sum_squares, "
          "score_scale "
          "FROM result_construct WHERE org_id = $1 AND round_number = $2 ORDER BY group_kind, group_id");
STATEMENT(ROUND_FORM, "SELECT form FROM round WHERE org_id = $1 AND round_number = $2");

struct map {
    int64_t org, round_number;
    bool imported;
    const struct instrument *instrument;
    struct figure_pool *pools;
    size_t pool_count;
    struct insight_group *groups;
    int64_t *roster_counts; /* per group; of a team */
    bool *has_leader;
    size_t group_count;
    struct region *region;
    struct error *error;
    struct store_session *session;
};

static bool is_about_leader(const struct instrument *instrument, struct slice construct)
{
    for (size_t c = 0; c < instrument->construct_count; c++) {
        const struct instrument_construct *known = &instrument->constructs[c];
        if (known->about_leader && slice_starts_with(construct, known->id) &&
            (construct.length == known->id.length ||
             slice_equal(slice_from(construct, known->id.length), S("-scale"))))
            return true;
    }
    return false;
}

/* ---- Rows --------------------------------------------------------------------------------------- */

static double nan_or_real(const struct store_rows *rows, int column)
{
    return store_column_is_null(rows, column) ? (double)NAN : store_column_real(rows, column);
}

static enum error_code read_pools(struct map *map)
{
    TRY(questionnaire_of_round(map->session, map->org, map->round_number, map->region, map->error,
                               &map->instrument));
    map->pools = REGION_ARRAY(map->region, INSIGHT_LINES_MAXIMUM, struct figure_pool);
    if (map->pools == NULL)
        return FAIL(map->error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(map->session, &ROUND_POOLS,
                     PARAMETERS(V_INTEGER(map->org), V_INTEGER(map->round_number)), map->error, &rows));
    while (map->pool_count < INSIGHT_LINES_MAXIMUM && store_next(&rows))
        map->pools[map->pool_count++] = (struct figure_pool){
            .construct = store_column_copy(&rows, 0, map->region),
            .within_variance = nan_or_real(&rows, 1),
            .within_df = store_column_integer(&rows, 2),
            .pooled = store_column_text(&rows, 3).length == 0,
            .model = {.mu = nan_or_real(&rows, 4),
                      .se_mu = nan_or_real(&rows, 5),
                      .tau2 = nan_or_real(&rows, 6),
                      .sigma2 = nan_or_real(&rows, 7)},
        };
    return store_rows_end(&rows);
}

static struct insight_group *add_group(struct map *map, enum insight_kind kind, int64_t id, struct slice name,
                                       int64_t unit)
{
    struct insight_group *group = &map->groups[map->group_count++];
    group->kind = kind;
    group->id = id;
    group->name = name;
    group->unit = unit;
    group->cells = REGION_ARRAY(map->region, map->pool_count, struct insight_cell);
    group->cell_count = group->cells != NULL ? map->pool_count : 0;
    for (size_t c = 0; c < group->cell_count; c++) {
        group->cells[c].construct = map->pools[c].construct;
        /* The constructs of an imported file have names of their own. */
        group->cells[c].about_leader =
            !map->imported && is_about_leader(map->instrument, map->pools[c].construct);
        group->cells[c].figure =
            (struct insight_figure){.reason = S("too-few"), .se = (double)NAN, .pooled_mean = (double)NAN};
    }
    return group;
}

static enum error_code read_teams(struct map *map)
{
    STORE_ROWS(rows);
    TRY(store_select(map->session, &ROUND_TEAMS,
                     PARAMETERS(V_INTEGER(map->org), V_INTEGER(map->round_number)), map->error, &rows));
    while (map->group_count < TEAMS_MAXIMUM + UNITS_MAXIMUM && store_next(&rows)) {
        map->roster_counts[map->group_count] = store_column_integer(&rows, 3);
        map->has_leader[map->group_count] = !store_column_is_null(&rows, 4);
        add_group(map, INSIGHT_TEAM, store_column_integer(&rows, 0), store_column_copy(&rows, 1, map->region),
                  store_column_integer(&rows, 2));
    }
    return store_rows_end(&rows);
}

static enum error_code read_groups(struct map *map)
{
    struct org org;
    struct unit *units;
    size_t unit_count, most = TEAMS_MAXIMUM + UNITS_MAXIMUM + 1;
    map->groups = REGION_ARRAY(map->region, most, struct insight_group);
    map->roster_counts = REGION_ARRAY(map->region, most, int64_t);
    map->has_leader = REGION_ARRAY(map->region, most, bool);
    if (map->groups == NULL || map->roster_counts == NULL || map->has_leader == NULL)
        return FAIL(map->error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(org_load(map->session, map->org, map->region, map->error, &org));
    TRY(unit_list(map->session, map->org, map->region, map->error, &units, &unit_count));
    add_group(map, INSIGHT_ORG, org.id, org.name, 0);
    for (size_t u = 0; u < unit_count; u++)
        add_group(map, INSIGHT_UNIT, units[u].id, units[u].name, units[u].parent);
    return read_teams(map);
}

/* ---- Figures ------------------------------------------------------------------------------------ */

/* Groups are few and come in blocks of one group, so the last one found is tried first. */
static size_t find_group(const struct map *map, enum insight_kind kind, int64_t id, size_t hint)
{
    if (hint < map->group_count && map->groups[hint].kind == kind && map->groups[hint].id == id)
        return hint;
    size_t g = 0;
    while (g < map->group_count && !(map->groups[g].kind == kind && map->groups[g].id == id))
        g++;
    return g;
}

static void set_figure(struct map *map, size_t group, const struct store_rows *rows)
{
    struct insight_group *to = &map->groups[group];
    for (size_t c = 0; c < to->cell_count; c++) {
        struct insight_cell *cell = &to->cells[c];
        if (!slice_equal(cell->construct, store_column_text(rows, 2)))
            continue;
        struct figure_kept kept = {
            .reason = store_column_copy(rows, 3, map->region),
            .n = store_column_integer(rows, 4),
            .mean = store_column_real(rows, 5),
        };
        if (kept.reason.length == 0)
            kept.scores =
                group_sums_from_integers(store_column_integer(rows, 6), store_column_integer(rows, 7),
                                         store_column_integer(rows, 8), store_column_integer(rows, 9));
        struct figure_pool pool = map->pools[c];
        if (to->kind != INSIGHT_TEAM) /* pooling and its errors are about teams */
            pool.pooled = false;
        int64_t roster = to->kind == INSIGHT_TEAM ? map->roster_counts[group] : INT64_MAX;
        cell->figure = figure_make(&kept, &pool, roster, map->imported);
    }
}

static enum error_code read_figures(struct map *map)
{
    size_t hint = 0;
    STORE_ROWS(rows);
    TRY(store_select(map->session, &ROUND_FIGURES,
                     PARAMETERS(V_INTEGER(map->org), V_INTEGER(map->round_number)), map->error, &rows));
    while (store_next(&rows)) {
        struct slice kind_text = store_column_text(&rows, 0);
        enum insight_kind kind = slice_equal(kind_text, S("team"))   ? INSIGHT_TEAM
                                 : slice_equal(kind_text, S("unit")) ? INSIGHT_UNIT
                                                                     : INSIGHT_ORG;
        hint = find_group(map, kind, store_column_integer(&rows, 1), hint);
        if (hint < map->group_count)
            set_figure(map, hint, &rows);
    }
    return store_rows_end(&rows);
}

/* What a team's leader line says is for that leader and that team. */
static void hide_leader_lines(struct map *map)
{
    for (size_t g = 0; g < map->group_count; g++)
        for (size_t c = 0; c < map->groups[g].cell_count; c++)
            if (map->groups[g].kind == INSIGHT_TEAM && map->groups[g].cells[c].about_leader)
                map->groups[g].cells[c].figure = (struct insight_figure){
                    .reason = slice_from_text(disclosure_reason_text(
                        map->has_leader[g] ? DISCLOSURE_LEADER_LINE : DISCLOSURE_NOT_ASKED)),
                    .se = (double)NAN,
                    .pooled_mean = (double)NAN,
                };
}

static enum error_code load_map(struct map *map)
{
    STORE_ROWS(rows);
    TRY(store_select(map->session, &ROUND_FORM, PARAMETERS(V_INTEGER(map->org), V_INTEGER(map->round_number)),
                     map->error, &rows));
    bool found = store_next(&rows);
    map->imported = found && slice_equal(store_column_text(&rows, 0), S("imported"));
    TRY(store_rows_end(&rows));
    if (!found)
        return FAIL(map->error, ERROR_NOT_FOUND, "round-unknown", "there is no such round");
    TRY(read_pools(map));
    TRY(read_groups(map));
    TRY(read_figures(map));
    hide_leader_lines(map);
    if (region_failed(map->region))
        return FAIL(map->error, ERROR_MEMORY, "no-memory", "no memory");
    return OK;
}

enum error_code insight_round_load(struct store_session *session, int64_t org, int64_t round_number,
                                   struct region *region, struct error *error,
                                   struct insight_group **ret_groups, size_t *ret_count)
{
    struct map map = {
        .org = org, .round_number = round_number, .region = region, .error = error, .session = session};
    TRY(load_map(&map));
    *ret_groups = map.groups;
    *ret_count = map.group_count;
    return OK;
}

/* ---- Export
 * ---------------------------------------------------------------------------------------------------------
 */

static void write_optional(struct json_writer *json, const char *key, bool there, double value)
{
    json_write_key(json, key);
    if (there)
        json_write_real(json, value); /* not finite: null */
    else
        json_write_null(json);
}

static void write_interval(struct json_writer *json, const char *key, bool there, const double interval[2])
{
    json_write_key(json, key);
    if (!there) {
        json_write_null(json);
        return;
    }
    json_write_array_begin(json);
    json_write_real(json, interval[0]);
    json_write_real(json, interval[1]);
    json_write_array_end(json);
}

static void write_row(struct json_writer *json, struct slice org, int64_t round_number,
                      const struct insight_group *group, const struct insight_cell *cell)
{
    static const char *const KINDS[] = {"", "team", "unit", "org"};
    const struct insight_figure *figure = &cell->figure;
    json_write_object_begin(json);
    json_write_key(json, "org");
    json_write_text(json, org);
    json_write_key(json, "round");
    json_write_integer(json, round_number);
    json_write_key(json, "team");
    if (group->kind == INSIGHT_TEAM)
        json_write_text(json, group->name);
    else
        json_write_null(json);
    if (group->kind != INSIGHT_TEAM) {
        json_write_key(json, "group");
        json_write_text(json, slice_from_text(KINDS[group->kind]));
        json_write_key(json, "name");
        json_write_text(json, group->name);
    }
    json_write_key(json, "construct");
    json_write_text(json, cell->construct);
    json_write_key(json, "n");
    if (figure->shown && figure->exact_n)
        json_write_integer(json, figure->n);
    else
        json_write_null(json);
    write_optional(json, "mean", figure->shown, figure->mean);
    write_optional(json, "pooled_mean", figure->shown && figure->pooled, figure->pooled_mean);
    write_optional(json, "se", figure->shown, figure->se);
    write_interval(json, "line50", figure->shown && figure->has_lines, figure->line50);
    write_interval(json, "line90", figure->shown && figure->has_lines, figure->line90);
    json_write_key(json, "shown");
    json_write_boolean(json, figure->shown);
    json_write_key(json, "reason");
    if (!figure->shown)
        json_write_text(json, figure->reason);
    else if (!figure->exact_n)
        json_write_text(json, S("5-or-more")); /* why n is null */
    else
        json_write_null(json);
    json_write_object_end(json);
}

static enum error_code export_round(struct store_session *session, int64_t org, const struct round *round,
                                    bool with_totals, struct error *error, struct json_writer *json)
{
    CLEANUP(region_cleanup) struct region *region = region_new(512 << 20);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct insight_group *groups;
    size_t count;
    TRY(insight_round_load(session, org, round->number, region, error, &groups, &count));
    for (size_t g = 0; g < count; g++) {
        if (groups[g].kind != INSIGHT_TEAM && !with_totals)
            continue;
        for (size_t c = 0; c < groups[g].cell_count; c++)
            if (!slice_equal(groups[g].cells[c].figure.reason, S("not-asked")))
                write_row(json, groups[0].name, round->number, &groups[g], &groups[g].cells[c]);
    }
    return OK;
}

enum error_code insight_export(struct application *application, int64_t org, bool with_totals,
                               struct region *region, struct error *error, struct buffer *out)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(application->store, error, &session));
    int64_t *orgs = &org;
    size_t org_count = 1;
    if (org == 0)
        TRY(org_list(session, region, error, &orgs, &org_count));
    struct json_writer json = JSON_WRITER(out);
    json.indent = true;
    json_write_array_begin(&json);
    for (size_t o = 0; o < org_count; o++) {
        struct round *rounds;
        size_t round_count;
        TRY(round_list(session, orgs[o], region, error, &rounds, &round_count));
        for (size_t r = 0; r < round_count; r++)
            TRY(export_round(session, orgs[o], &rounds[r], with_totals, error, &json));
    }
    json_write_array_end(&json);
    buffer_append_byte(out, '\n');
    if (out->failed)
        return FAIL(error, ERROR_LIMIT, "export-too-large", "the export is larger than its maximum");
    return OK;
}

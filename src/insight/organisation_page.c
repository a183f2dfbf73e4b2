/* The organisation's map of one round: teams by line, by name, with totals; never a ranking. */
#include "insight/pages.h"
#include "people/page.h"

#include <math.h>

enum { MAP_COLUMNS_MAXIMUM = 8 };

struct mapping {
    struct words words;
    struct org org;
    struct round round; /* the one that is shown */
    const struct insight_group *groups;
    size_t group_count;
    size_t columns[MAP_COLUMNS_MAXIMUM]; /* cells that are lines and not about a leader */
    struct slice names[MAP_COLUMNS_MAXIMUM];
    size_t column_count;
    size_t leader_cell; /* COLUMN_NONE: no such line */
    struct template_insight_organisation *page;
};
#define COLUMN_NONE SIZE_MAX

static struct slice text_of(const struct mapping *mapping, enum message message)
{
    return message_text(mapping->words.region, mapping->words.language, message, NO_ARGUMENTS);
}

/* ---- Columns ------------------------------------------------------------------------------------ */

static void find_columns(struct mapping *mapping)
{
    const struct instrument *instrument = mapping->words.instrument;
    const struct insight_group *first = &mapping->groups[0];
    mapping->leader_cell = COLUMN_NONE;
    for (size_t i = 0; mapping->round.imported && i < first->cell_count && i < MAP_COLUMNS_MAXIMUM; i++) {
        mapping->names[i] = first->cells[i].construct; /* as the file names it */
        mapping->columns[mapping->column_count++] = i;
    }
    for (size_t c = 0; !mapping->round.imported && c < instrument->construct_count; c++) {
        const struct instrument_construct *construct = &instrument->constructs[c];
        for (size_t i = 0; construct->line && i < first->cell_count; i++) {
            if (!slice_equal(first->cells[i].construct, construct->id))
                continue;
            if (construct->about_leader)
                mapping->leader_cell = i;
            else if (mapping->column_count < MAP_COLUMNS_MAXIMUM) {
                mapping->names[mapping->column_count] = words_line(mapping->words, construct->id, S(""));
                mapping->columns[mapping->column_count++] = i;
            }
        }
    }
}

static void fill_columns(struct mapping *mapping)
{
    struct template_insight_organisation_columns *columns = REGION_ARRAY(
        mapping->words.region, mapping->column_count, struct template_insight_organisation_columns);
    for (size_t i = 0; columns != NULL && i < mapping->column_count; i++)
        columns[i].name = mapping->names[i];
    mapping->page->columns = columns;
    mapping->page->columns_count = columns != NULL ? mapping->column_count : 0;
}

/* ---- The tree ----------------------------------------------------------------------------------- */

static const struct insight_group *find_unit(const struct mapping *mapping, int64_t unit)
{
    for (size_t g = 0; g < mapping->group_count; g++)
        if (mapping->groups[g].kind == INSIGHT_UNIT && mapping->groups[g].id == unit)
            return &mapping->groups[g];
    return NULL;
}

/* Does a team or unit lie below a total? Units form a tree, so this ends; the bound is for a damaged one. */
static bool is_below(const struct mapping *mapping, const struct insight_group *group,
                     const struct insight_group *total)
{
    if (total->kind == INSIGHT_ORG)
        return true;
    int64_t unit = group->unit;
    for (int depth = 0; unit != 0 && depth <= UNIT_DEPTH_MAXIMUM; depth++) {
        if (unit == total->id)
            return true;
        const struct insight_group *parent = find_unit(mapping, unit);
        unit = parent != NULL ? parent->unit : 0;
    }
    return false;
}

/* "Care / North" */
static struct slice unit_path(const struct mapping *mapping, const struct insight_group *unit)
{
    struct slice path = unit->name;
    const struct insight_group *at = find_unit(mapping, unit->unit);
    for (int depth = 0; at != NULL && depth <= UNIT_DEPTH_MAXIMUM; depth++) {
        path = region_format(mapping->words.region, "%.*s / %.*s", SLICE_ARG(at->name), SLICE_ARG(path));
        at = find_unit(mapping, at->unit);
    }
    return path;
}

/* ---- Cells -------------------------------------------------------------------------------------- */

static void say_figure(const struct mapping *mapping, const struct insight_figure *figure,
                       struct slice *ret_number, struct slice *ret_range)
{
    const double z90 = 1.6448536269514722; /* 95 % point of the normal distribution */
    double half = z90 * figure->se, around[2] = {figure->pooled_mean - half, figure->pooled_mean + half};
    bool pooled = figure->pooled && isfinite(half);
    *ret_number = words_number(mapping->words, pooled ? figure->pooled_mean : figure->mean);
    if (pooled)
        *ret_range = words_range(mapping->words, around, MESSAGE_INSIGHT_RANGE_SHORT);
    else if (figure->has_lines)
        *ret_range = words_figure_range(mapping->words, figure, MESSAGE_INSIGHT_RANGE_SHORT);
}

/* What the teams below a total have in one cell. */
struct below {
    bool shown, too_few;
    int64_t n; /* of the shown ones */
};

static struct below look_below(const struct mapping *mapping, const struct insight_group *total, size_t cell)
{
    struct below below = {0};
    for (size_t g = 0; g < mapping->group_count; g++) {
        const struct insight_group *team = &mapping->groups[g];
        if (team->kind != INSIGHT_TEAM || !is_below(mapping, team, total))
            continue;
        const struct insight_figure *figure = &team->cells[cell].figure;
        below.shown = below.shown || figure->shown;
        below.n += figure->shown ? figure->n : 0;
        below.too_few = below.too_few || (!figure->shown && slice_equal(figure->reason, S("too-few")));
    }
    return below;
}

/* A total of one shown team would say what that team says: it is not kept, and "too few" would be the wrong
 * word. */
static struct slice hidden_words(const struct mapping *mapping, const struct insight_group *group,
                                 size_t cell)
{
    struct slice reason = group->cells[cell].figure.reason;
    if (group->kind != INSIGHT_TEAM && slice_equal(reason, S("too-few")) &&
        look_below(mapping, group, cell).shown)
        reason = S("not-apart");
    return words_reason(mapping->words, reason);
}

static struct slice row_note(const struct mapping *mapping, const struct insight_group *group)
{
    for (size_t c = 0; c < mapping->column_count; c++) {
        size_t cell = mapping->columns[c];
        const struct insight_figure *figure = &group->cells[cell].figure;
        if (!figure->shown)
            continue;
        if (group->kind == INSIGHT_TEAM)
            return words_answers(mapping->words, figure->n, figure->exact_n);
        struct below below = look_below(mapping, group, cell);
        if (below.too_few && below.n == figure->n)
            return text_of(mapping, MESSAGE_INSIGHT_MAP_LEFT_OUT);
    }
    return S("");
}

/* Why nothing of a row is shown, when it is the same everywhere: that is said once. */
static struct slice same_reason(const struct template_insight_organisation_blocks_rows_cells *cells,
                                size_t count)
{
    for (size_t c = 0; c < count; c++)
        if (cells[c].reason.length == 0 || !slice_equal(cells[c].reason, cells[0].reason))
            return S("");
    return count > 1 ? cells[0].reason : S("");
}

static struct template_insight_organisation_blocks_rows make_row(const struct mapping *mapping,
                                                                 const struct insight_group *group)
{
    struct template_insight_organisation_blocks_rows row = {
        .name = group->name,
        .total = group->kind != INSIGHT_TEAM,
        .note = row_note(mapping, group),
    };
    struct template_insight_organisation_blocks_rows_cells *cells = REGION_ARRAY(
        mapping->words.region, mapping->column_count, struct template_insight_organisation_blocks_rows_cells);
    if (row.total)
        row.name = message_text(mapping->words.region, mapping->words.language, MESSAGE_INSIGHT_MAP_TOTAL,
                                ARGUMENTS(A_TEXT("name", group->name)));
    for (size_t c = 0; cells != NULL && c < mapping->column_count; c++) {
        const struct insight_figure *figure = &group->cells[mapping->columns[c]].figure;
        cells[c].column = mapping->names[c];
        if (figure->shown)
            say_figure(mapping, figure, &cells[c].number, &cells[c].range);
        else
            cells[c].reason = hidden_words(mapping, group, mapping->columns[c]);
    }
    row.cells = cells;
    row.cells_count = cells != NULL ? mapping->column_count : 0;
    row.all = same_reason(cells, row.cells_count);
    row.columns = (int64_t)row.cells_count;
    return row;
}

/* ---- Blocks: the organisation, each unit with its teams, the teams without a unit --------------- */

/* total may be NULL; teams are those whose unit is `unit`. A block without teams below it is not shown. */
static bool make_block(const struct mapping *mapping, struct slice name, const struct insight_group *total,
                       int64_t unit, struct template_insight_organisation_blocks *ret_block)
{
    struct template_insight_organisation_blocks_rows *rows = REGION_ARRAY(
        mapping->words.region, mapping->group_count + 1, struct template_insight_organisation_blocks_rows);
    size_t count = 0;
    bool any = false;
    for (size_t g = 0; total != NULL && g < mapping->group_count; g++)
        any =
            any || (mapping->groups[g].kind == INSIGHT_TEAM && is_below(mapping, &mapping->groups[g], total));
    if (rows == NULL || (total != NULL && !any))
        return false;
    if (total != NULL)
        rows[count++] = make_row(mapping, total);
    for (size_t g = 0; unit >= 0 && g < mapping->group_count; g++)
        if (mapping->groups[g].kind == INSIGHT_TEAM && mapping->groups[g].unit == unit)
            rows[count++] = make_row(mapping, &mapping->groups[g]);
    *ret_block =
        (struct template_insight_organisation_blocks){.name = name, .rows = rows, .rows_count = count};
    return count > 0;
}

static void fill_blocks(struct mapping *mapping)
{
    enum { OF_NO_UNIT = -1 };
    size_t units = 0, count = 0;
    for (size_t g = 0; g < mapping->group_count; g++)
        units += mapping->groups[g].kind == INSIGHT_UNIT;
    struct template_insight_organisation_blocks *blocks =
        REGION_ARRAY(mapping->words.region, units + 2, struct template_insight_organisation_blocks);
    if (blocks == NULL)
        return;
    count += make_block(mapping, S(""), &mapping->groups[0], OF_NO_UNIT, &blocks[count]);
    for (size_t g = 0; g < mapping->group_count; g++) {
        const struct insight_group *unit = &mapping->groups[g];
        if (unit->kind == INSIGHT_UNIT)
            count += make_block(mapping, unit_path(mapping, unit), unit, unit->id, &blocks[count]);
    }
    struct slice rest = units > 0 ? text_of(mapping, MESSAGE_INSIGHT_MAP_NO_UNIT) : S("");
    count += make_block(mapping, rest, NULL, 0, &blocks[count]);
    mapping->page->blocks = blocks;
    mapping->page->blocks_count = count;
}

/* ---- Below the table ---------------------------------------------------------------------------- */

/* Trust in leaders: totals only, and units only where there is something to say. */
static void fill_leaders(struct mapping *mapping)
{
    struct template_insight_organisation_leaders *rows = REGION_ARRAY(
        mapping->words.region, mapping->group_count, struct template_insight_organisation_leaders);
    size_t count = 0;
    for (size_t g = 0; rows != NULL && mapping->leader_cell != COLUMN_NONE && g < mapping->group_count; g++) {
        const struct insight_group *group = &mapping->groups[g];
        const struct insight_figure *figure = &group->cells[mapping->leader_cell].figure;
        if (group->kind == INSIGHT_TEAM || (group->kind == INSIGHT_UNIT && !figure->shown))
            continue;
        rows[count].name = group->kind == INSIGHT_UNIT ? unit_path(mapping, group) : group->name;
        if (figure->shown)
            say_figure(mapping, figure, &rows[count].number, &rows[count].range);
        else
            rows[count].reason = text_of(mapping, MESSAGE_INSIGHT_MAP_FEW_LEADERS);
        count++;
    }
    mapping->page->leaders = rows;
    mapping->page->leaders_count = count;
}

/* Which columns hold pooled means and which the teams' own. */
static void fill_notes(struct mapping *mapping)
{
    struct template_insight_organisation_notes *notes =
        REGION_ARRAY(mapping->words.region, 2, struct template_insight_organisation_notes);
    struct slice names[2][MAP_COLUMNS_MAXIMUM];
    size_t counts[2] = {0}, count = 0;
    static const enum message MESSAGES[2] = {MESSAGE_INSIGHT_MAP_READING_OWN,
                                             MESSAGE_INSIGHT_MAP_READING_POOLED};
    for (size_t c = 0; c < mapping->column_count; c++) {
        bool pooled = false;
        for (size_t g = 0; g < mapping->group_count; g++)
            pooled = pooled || mapping->groups[g].cells[mapping->columns[c]].figure.pooled;
        struct slice name =
            counts[pooled] > 0 ? words_small(mapping->words, mapping->names[c]) : mapping->names[c];
        names[pooled][counts[pooled]++] = name;
    }
    for (int pooled = 0; notes != NULL && pooled < 2; pooled++)
        if (counts[pooled] > 0)
            notes[count++].text = message_text(
                mapping->words.region, mapping->words.language, MESSAGES[pooled],
                ARGUMENTS(A_TEXT("lines", words_list(mapping->words, names[pooled], counts[pooled]))));
    mapping->page->notes = notes;
    mapping->page->notes_count = count;
}

/* ---- Which round -------------------------------------------------------------------------------- */

static struct slice number_text(const struct mapping *mapping, int64_t number)
{
    return region_format(mapping->words.region, "%" PRId64, number);
}

/* The newest closed round, or the one that ?round= names. */
static enum error_code choose_round(struct http_request *request, struct mapping *mapping,
                                    struct error *error, bool *ret_found)
{
    struct round *rounds;
    size_t count;
    int64_t wanted = 0, before = 0;
    struct slice query = http_query(request, "round");
    if (query.length > 0 && !slice_to_integer(query, 1, INT64_MAX, &wanted))
        return FAIL(error, ERROR_NOT_FOUND, "round-unknown", "there is no such round");
    TRY(round_list(request->session, mapping->org.id, request->region, error, &rounds, &count));
    bool found = false, passed = false;
    for (size_t i = 0; i < count; i++) {
        if (!rounds[i].closed) {
            mapping->page->when =
                message_text(mapping->words.region, mapping->words.language, MESSAGE_INSIGHT_MAP_NOTHING_OPEN,
                             ARGUMENTS(A_DATE("date", rounds[i].closes_at)));
            continue;
        }
        if (passed) {
            mapping->page->later = number_text(mapping, rounds[i].number);
            break;
        }
        found = wanted == 0 || rounds[i].number == wanted;
        passed = wanted != 0 && found;
        mapping->round = rounds[i];
        mapping->page->earlier = before > 0 ? number_text(mapping, before) : S("");
        before = rounds[i].number;
    }
    if (wanted != 0 && !found && !passed)
        return FAIL(error, ERROR_NOT_FOUND, "round-unknown", "there is no such round");
    *ret_found = found || passed;
    return OK;
}

/* ---- Before the first round --------------------------------------------------------------------- */

/* Two invented teams, one of them too small in one cell. */
static void fill_examples(struct mapping *mapping)
{
    enum { TEAMS = 2, LINES = 3 };
    static const double VALUES[TEAMS][LINES] = {{3.8, 3.9, 3.4}, {4.1, 3.7, 0}};
    static const double HALF = 0.4;
    static const enum message NAMES[TEAMS] = {MESSAGE_INSIGHT_MAP_EXAMPLE_NORTH,
                                              MESSAGE_INSIGHT_MAP_EXAMPLE_RIVER};
    struct template_insight_organisation_examples *rows =
        REGION_ARRAY(mapping->words.region, TEAMS, struct template_insight_organisation_examples);
    struct template_insight_organisation_examples_cells *cells = REGION_ARRAY(
        mapping->words.region, (size_t)TEAMS * LINES, struct template_insight_organisation_examples_cells);
    if (rows == NULL || cells == NULL)
        return;
    for (size_t t = 0; t < TEAMS; t++) {
        rows[t].name = text_of(mapping, NAMES[t]);
        rows[t].cells = cells + t * LINES;
        rows[t].cells_count = LINES;
        for (size_t c = 0; c < LINES; c++) {
            struct template_insight_organisation_examples_cells *cell = &cells[t * LINES + c];
            double value = VALUES[t][c], around[2] = {value - HALF, value + HALF};
            cell->column = mapping->names[c];
            if (value > 0) {
                cell->number = words_number(mapping->words, value);
                cell->range = words_range(mapping->words, around, MESSAGE_INSIGHT_RANGE_SHORT);
            }
        }
    }
    mapping->page->examples = rows;
    mapping->page->examples_count = TEAMS;
}

static enum error_code fill_nothing(struct http_request *request, struct mapping *mapping,
                                    struct error *error)
{
    static const char *const LINES[] = {"team", "connection", "safety"};
    struct template_insight_organisation *page = mapping->page;
    enum org_role role;
    TRY(people_org_role(request->session, mapping->org.id, request->identity.person, error, &role));
    for (size_t i = 0; i < COUNT_OF(LINES); i++)
        mapping->names[mapping->column_count++] =
            words_line(mapping->words, slice_from_text(LINES[i]), S(""));
    fill_columns(mapping);
    fill_examples(mapping);
    page->nothing = true;
    page->may_open = role == ORG_ROLE_OWNER;
    if (page->when.length > 0)
        return OK;
    page->when = mapping->org.next_opens_at > 0
                     ? message_text(mapping->words.region, mapping->words.language,
                                    MESSAGE_INSIGHT_TEAM_NOTHING_PLANNED,
                                    ARGUMENTS(A_DATE("date", mapping->org.next_opens_at)))
                     : text_of(mapping, MESSAGE_INSIGHT_TEAM_NOTHING_UNPLANNED);
    return OK;
}

/* ---- The page ----------------------------------------------------------------------------------- */

static void fill_map(struct mapping *mapping)
{
    mapping->page->round_date = mapping->round.opens_at;
    find_columns(mapping);
    fill_columns(mapping);
    fill_blocks(mapping);
    fill_leaders(mapping);
    fill_notes(mapping);
}

static enum error_code fill_round(struct http_request *request, struct mapping *mapping, struct error *error)
{
    struct insight_group *groups;
    TRY(insight_round_load(request->session, mapping->org.id, mapping->round.number, request->region, error,
                           &groups, &mapping->group_count));
    TRY(questionnaire_of_round(request->session, mapping->org.id, mapping->round.number, request->region,
                               error, &mapping->words.instrument));
    mapping->groups = groups;
    fill_map(mapping);
    return OK;
}

enum error_code organisation_page(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    struct view view = page_view(request, NULL);
    struct template_insight_organisation page = {0};
    struct mapping mapping = {.words = {request->region, view.language, instrument_builtin()}, .page = &page};
    bool found = false;
    TRY(org_load(request->session, request->identity.org, request->region, error, &mapping.org));
    TRY(choose_round(request, &mapping, error, &found));
    TRY(found ? fill_round(request, &mapping, error) : fill_nothing(request, &mapping, error));
    page.example = mapping.org.kind == ORG_EXAMPLE;
    page.name = mapping.org.name;
    page.k = mapping.org.k;
    struct page frame = {
        .title = text_of(&mapping, MESSAGE_INSIGHT_MAP_WINDOW),
        .body = template_insight_organisation_html(request->region, &view, &page),
        .place = PAGE_ORGANISATION,
    };
    return page_render(request, response, &frame, error);
}

struct html organisation_page_example(const struct view *view, struct words words, const struct org *org,
                                      const struct round *round, const struct insight_group *groups,
                                      size_t count)
{
    struct template_insight_organisation page = {.name = org->name, .k = org->k};
    struct mapping mapping = {
        .words = words, .org = *org, .round = *round, .groups = groups, .group_count = count, .page = &page};
    fill_map(&mapping);
    return template_insight_organisation_html(words.region, view, &page);
}

/* What others see, for owners and the works council: the templates of the real pages, filled with invented data, and made
 * inert. Of the request only the language and the person's own role are read; no team, no round and no result. */
#include "insight/pages.h"
#include "people/page.h"
#include "view/inert.h"

#include <math.h>

enum {
    EXAMPLE_LINES_MAXIMUM = 4,
    EXAMPLE_ROUNDS = 4,
    EXAMPLE_MEMBERS = 12,
    EXAMPLE_ANSWERS = 11,
    EXAMPLE_K = 5,
    EXAMPLE_RHYTHM = 28 * DAY_SECONDS,
    EXAMPLE_TEAMS = 3,
};

struct example {
    struct words words;
    struct view view;
    int64_t now;
};

typedef struct html example_page(struct example *example);

static struct slice text_of(const struct example *example, enum message message)
{
    return message_text(example->words.region, example->words.language, message, NO_ARGUMENTS);
}

static struct insight_figure invented(double mean, double half, int64_t n)
{
    return (struct insight_figure){
        .shown = true,
        .n = n,
        .certain_n = n,
        .exact_n = true,
        .mean = mean,
        .has_lines = true,
        .line50 = {mean - 0.41 * half, mean + 0.41 * half},
        .line90 = {mean - half, mean + half},
        .se = half / 1.645,
        .pooled_mean = (double)NAN,
    };
}

static struct html talk_to_example(const struct example *example)
{
    struct person confidant = {.name = text_of(example, MESSAGE_ROLES_EXAMPLE_CONFIDANT),
                               .address = S("robin@example.org")};
    return talk_to_html(example->words.region, &example->view, &confidant, 1);
}

/* ---- A team ----------------------------------------------------------------------------------------- */

struct example_line {
    const char *construct;
    double means[EXAMPLE_ROUNDS]; /* oldest first */
    enum trend_verdict verdict;   /* over three months */
};
static const struct example_line LINES[] = {
    {"leader", {3.1, 3.3, 3.6, 3.8}, TREND_UP},
    {"team", {3.7, 3.8, 3.7, 3.8}, TREND_CANNOT_TELL},
    {"connection", {3.9, 3.9, 4.0, 3.9}, TREND_CANNOT_TELL},
    {"safety", {3.2, 3.1, 3.3, 3.2}, TREND_CANNOT_TELL},
};

static int64_t opening_of(const struct example *example, int round)
{
    return example->now - (EXAMPLE_ROUNDS - round) * (int64_t)EXAMPLE_RHYTHM;
}

static void invent_line(const struct example *example, const struct example_line *from,
                        struct insight_line *line)
{
    struct insight_point *points = REGION_ARRAY(example->words.region, EXAMPLE_ROUNDS, struct insight_point);
    for (int i = 0; points != NULL && i < EXAMPLE_ROUNDS; i++)
        points[i] = (struct insight_point){
            .round_number = i + 1,
            .time = opening_of(example, i),
            .figure = invented(from->means[i], 0.5, EXAMPLE_ANSWERS),
            .level = from->means[i],
            .level_low = from->means[i] - 0.4,
            .level_high = from->means[i] + 0.4,
        };
    *line = (struct insight_line){
        .construct = slice_from_text(from->construct),
        .about_leader = strcmp(from->construct, "leader") == 0,
        .now = invented(from->means[EXAMPLE_ROUNDS - 1], 0.5, EXAMPLE_ANSWERS),
        .since_last = {true, TREND_CANNOT_TELL, 0.5, opening_of(example, EXAMPLE_ROUNDS - 2)},
        .since_three_months = {true, from->verdict, 0.5, opening_of(example, 0)},
        .points = points,
        .point_count = points != NULL ? EXAMPLE_ROUNDS : 0,
    };
}

/* The anchors, each with an answer near its line's and a guess of the leader. */
static void invent_items(const struct example *example, struct insight_team *insight)
{
    static const int GUESSES[] = {4, 4, 4, 4, 5, 4, 4, 4};
    const struct instrument *instrument = instrument_builtin();
    struct insight_item *items =
        REGION_ARRAY(example->words.region, instrument->item_count, struct insight_item);
    size_t count = 0;
    for (size_t i = 0; items != NULL && i < instrument->item_count && count < COUNT_OF(GUESSES); i++) {
        const struct instrument_item *item = &instrument->items[i];
        if (item->anchor == 0)
            continue;
        double mean = 3.5;
        for (size_t k = 0; k < COUNT_OF(LINES); k++)
            if (slice_equal(instrument->constructs[item->construct].id, slice_from_text(LINES[k].construct)))
                mean = LINES[k].means[EXAMPLE_ROUNDS - 1] + (item->anchor % 2 == 0 ? 0.1 : -0.1);
        items[count] = (struct insight_item){
            .item = item, .shown = true, .n = EXAMPLE_ANSWERS, .mean = mean, .guess = GUESSES[count]};
        count++;
    }
    insight->items = items;
    insight->item_count = count;
    insight->guess_count = count;
}

static void invent_result(const struct example *example, struct visit *visit)
{
    struct insight_team *insight = &visit->insight;
    insight->state = INSIGHT_RESULT;
    for (size_t i = 0; i < COUNT_OF(LINES); i++)
        invent_line(example, &LINES[i], &insight->lines[insight->line_count++]);
    invent_items(example, insight);
    visit->promises = REGION_NEW(example->words.region, struct promise);
    if (visit->promises == NULL)
        return;
    visit->promise_count = 1;
    *visit->promises = (struct promise){
        .id = 1,
        .round_number = EXAMPLE_ROUNDS - 1,
        .person_name = visit->leader,
        .text = text_of(example, MESSAGE_ROLES_EXAMPLE_PROMISE),
        .due_at = example->now - 7 * DAY_SECONDS,
        .made_at = opening_of(example, EXAMPLE_ROUNDS - 2),
        .asked_in_round = EXAMPLE_ROUNDS,
        .outcome = PROMISE_MOSTLY_YES,
    };
}

static struct visit *invent_visit(const struct example *example, enum team_role role,
                                  enum insight_state state)
{
    struct visit *visit = REGION_NEW(example->words.region, struct visit);
    if (visit == NULL)
        return NULL;
    visit->org = (struct org){.k = EXAMPLE_K, .next_opens_at = example->now + 14 * DAY_SECONDS};
    visit->leader = text_of(example, MESSAGE_ROLES_EXAMPLE_LEADER);
    visit->team = (struct team){.name = text_of(example, MESSAGE_ROLES_EXAMPLE_TEAM),
                                .members = EXAMPLE_MEMBERS,
                                .leader = {.id = 1, .name = visit->leader}};
    visit->role = role;
    visit->leads = role == TEAM_ROLE_LEADER;
    visit->insight.instrument = example->words.instrument;
    visit->insight.state = state;
    visit->insight.k = EXAMPLE_K;
    visit->insight.roster_count = state == INSIGHT_TOO_FEW ? EXAMPLE_K - 1 : EXAMPLE_MEMBERS;
    visit->insight.leader = visit->team.leader.id;
    visit->insight.round = (struct round){.number = EXAMPLE_ROUNDS,
                                          .closed = true,
                                          .opens_at = opening_of(example, EXAMPLE_ROUNDS - 1),
                                          .closed_at = example->now - 14 * DAY_SECONDS};
    if (state == INSIGHT_RESULT)
        invent_result(example, visit);
    return visit;
}

static struct html show_team(struct example *example, enum team_role role, enum insight_state state)
{
    struct visit *visit = invent_visit(example, role, state);
    if (visit == NULL)
        return (struct html){0};
    struct template_insight_team page = {
        .name = visit->team.name,
        .round_date = visit->insight.round.opens_at,
        .k = EXAMPLE_K,
        .open_until = example->now + 5 * DAY_SECONDS,
        .may_answer = role == TEAM_ROLE_MEMBER && state == INSIGHT_RESULT,
        .talk_to = talk_to_example(example),
    };
    return team_page_example(&example->view, visit, example->words, &page);
}

static struct html show_leader(struct example *example)
{
    return show_team(example, TEAM_ROLE_LEADER, INSIGHT_RESULT);
}

static struct html show_member(struct example *example)
{
    return show_team(example, TEAM_ROLE_MEMBER, INSIGHT_RESULT);
}

static struct html show_new(struct example *example)
{
    return show_team(example, TEAM_ROLE_MEMBER, INSIGHT_NOTHING);
}

static struct html show_few(struct example *example)
{
    return show_team(example, TEAM_ROLE_MEMBER, INSIGHT_TOO_FEW);
}

/* ---- The organisation ------------------------------------------------------------------------------- */

/* mean 0: too few answers. Of a leader teams have no line here, and totals of so few leaders neither. */
static struct insight_group invent_group(const struct example *example, enum insight_kind kind, int64_t id,
                                         enum message name, int64_t n, const double *means)
{
    struct insight_cell *cells = REGION_ARRAY(example->words.region, COUNT_OF(LINES), struct insight_cell);
    for (size_t c = 0; cells != NULL && c < COUNT_OF(LINES); c++) {
        cells[c].construct = slice_from_text(LINES[c].construct);
        cells[c].about_leader = c == 0;
        cells[c].figure = means[c] > 0 ? invented(means[c], 2.0 / sqrt((double)n) - 0.1, n)
                                       : (struct insight_figure){.se = (double)NAN};
        if (means[c] <= 0)
            cells[c].figure.reason = kind == INSIGHT_TEAM && c == 0 ? S("leader-line") : S("too-few");
    }
    return (struct insight_group){.kind = kind,
                                  .id = id,
                                  .name = text_of(example, name),
                                  .unit = kind == INSIGHT_TEAM ? 1 : 0,
                                  .cells = cells,
                                  .cell_count = cells != NULL ? COUNT_OF(LINES) : 0};
}

static struct html show_viewer(struct example *example)
{
    static const double ALL[] = {0, 3.7, 3.9, 3.5}, HARBOUR[] = {0, 3.8, 3.9, 3.2},
                        QUAY[] = {0, 3.6, 3.9, 3.7}, WORKSHOP[] = {0, 0, 0, 0};
    struct org org = {.k = EXAMPLE_K, .name = text_of(example, MESSAGE_ROLES_EXAMPLE_ORGANISATION)};
    struct round round = {
        .number = EXAMPLE_ROUNDS, .closed = true, .opens_at = opening_of(example, EXAMPLE_ROUNDS - 1)};
    struct insight_group groups[] = {
        invent_group(example, INSIGHT_ORG, 0, MESSAGE_ROLES_EXAMPLE_ORGANISATION, 26, ALL),
        invent_group(example, INSIGHT_UNIT, 1, MESSAGE_ROLES_EXAMPLE_UNIT, 26, ALL),
        invent_group(example, INSIGHT_TEAM, 1, MESSAGE_ROLES_EXAMPLE_TEAM, 11, HARBOUR),
        invent_group(example, INSIGHT_TEAM, 2, MESSAGE_ROLES_EXAMPLE_QUAY, 15, QUAY),
        invent_group(example, INSIGHT_TEAM, 3, MESSAGE_ROLES_EXAMPLE_WORKSHOP, 10, WORKSHOP),
    };
    for (size_t i = 0; i < COUNT_OF(groups); i++)
        if (groups[i].cell_count == 0)
            return (struct html){0}; /* no memory: page_render tells */
    return organisation_page_example(&example->view, example->words, &org, &round, groups, COUNT_OF(groups));
}

/* ---- People who stand apart ------------------------------------------------------------------------- */

static struct html show_confidant(struct example *example)
{
    struct template_seat_confidant filled = {.shown = talk_to_example(example)};
    return template_seat_confidant_html(example->words.region, &example->view, &filled);
}

static struct html show_auditor(struct example *example)
{
    const struct template_seat_auditor_witnesses witness = {
        .name = S("council.example.org"), .has_signed = true, .last = example->now - DAY_SECONDS};
    struct template_seat_auditor filled = {.logs = EXAMPLE_TEAMS,
                                           .entries = (int64_t)2 * EXAMPLE_TEAMS * EXAMPLE_ROUNDS,
                                           .records = (int64_t)EXAMPLE_TEAMS * EXAMPLE_ROUNDS,
                                           .closed = EXAMPLE_ROUNDS,
                                           .witnesses = &witness,
                                           .witnesses_count = 1};
    return template_seat_auditor_html(example->words.region, &example->view, &filled);
}

static struct html show_council(struct example *example)
{
    const struct template_seat_council_witnesses witness = {.name = S("council.example.org")};
    struct template_seat_council filled = {.k = EXAMPLE_K,
                                           .changed = true,
                                           .changed_on = example->now - 30 * DAY_SECONDS,
                                           .changed_by = text_of(example, MESSAGE_ROLES_EXAMPLE_LEADER),
                                           .witnesses = &witness,
                                           .witnesses_count = 1};
    return template_seat_council_html(example->words.region, &example->view, &filled);
}

/* ---- The page --------------------------------------------------------------------------------------- */

static const struct {
    const char *path;
    enum message label;
    example_page *show;
} TABS[] = {
    {"leader", MESSAGE_ROLES_VIEW_LEADER, show_leader},
    {"member", MESSAGE_ROLES_VIEW_MEMBER, show_member},
    {"new-team", MESSAGE_ROLES_VIEW_NEW, show_new},
    {"few-answers", MESSAGE_ROLES_VIEW_FEW, show_few},
    {"viewer", MESSAGE_ROLES_VIEW_VIEWER, show_viewer},
    {"confidant", MESSAGE_ROLES_VIEW_CONFIDANT, show_confidant},
    {"auditor", MESSAGE_ROLES_VIEW_AUDITOR, show_auditor},
    {"works-council", MESSAGE_ROLES_VIEW_COUNCIL, show_council},
};

/* No link of an example stays one, but for the council's to the examples themselves. */
static const struct inert_link KEPT_LINKS[] = {
    {{"/view-as/leader", sizeof "/view-as/leader" - 1}, {"/view-as/leader", sizeof "/view-as/leader" - 1}},
};

enum error_code view_as_page(struct http_request *request, struct http_response *response,
                             struct error *error)
{
    size_t at = 0;
    struct slice wanted = http_path(request, "example");
    struct template_view_as_tabs tabs[COUNT_OF(TABS)];
    enum org_role role;
    TRY(people_org_role(request->session, request->identity.org, request->identity.person, error, &role));
    while (at < COUNT_OF(TABS) && !slice_equal(wanted, slice_from_text(TABS[at].path)))
        at++;
    if (at == COUNT_OF(TABS))
        return FAIL(error, ERROR_NOT_FOUND, "route-unknown", "there is no such example");
    for (size_t i = 0; i < COUNT_OF(TABS); i++)
        tabs[i] = (struct template_view_as_tabs){slice_from_text(TABS[i].path), TABS[i].label, i == at};
    struct view view = page_view(request, NULL);
    struct example example = {.words = {request->region, view.language, instrument_builtin()},
                              .view = {.language = view.language}, /* without a token: nothing can be sent */
                              .now = clock_seconds(request->clock)};
    struct template_view_as filled = {
        .shown = html_inert(request->region, TABS[at].show(&example), KEPT_LINKS, COUNT_OF(KEPT_LINKS)),
        .owner = role == ORG_ROLE_OWNER,
        .tabs = tabs,
        .tabs_count = COUNT_OF(tabs),
    };
    struct page page = {
        .title = text_of(&example, MESSAGE_ROLES_VIEW_WINDOW),
        .body = template_view_as_html(request->region, &view, &filled),
        .place = PAGE_PEOPLE,
    };
    return page_render(request, response, &page, error);
}

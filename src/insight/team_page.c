/* A team's result: one sentence, the lines, what else was asked, promises, and one next act. */
#include "insight/team_page.h"
#include "people/join.h"
#include "people/joint.h"
#include "people/page.h"
#include "promise/promise_pages.h"
#include "pulse/answer.h"
#include "pulse/comment_kept.h"
#include "pulse/pulse.h"
#include "view/picture.h"

#include <math.h>

struct slice say(const struct making *making, enum message message)
{
    return message_text(making->words.region, making->words.language, message, NO_ARGUMENTS);
}

struct slice say_date(const struct making *making, enum message message, int64_t seconds)
{
    return message_text(making->words.region, making->words.language, message,
                        ARGUMENTS(A_DATE("date", seconds)));
}

struct slice say_name(const struct making *making, enum message message, struct slice name)
{
    return message_text(making->words.region, making->words.language, message,
                        ARGUMENTS(A_TEXT("name", name)));
}

/* ---- Before the first result: a picture of what will come, marked as an example ----------------- */

static struct template_insight_team_examples example(const struct making *making, const char *id,
                                                     struct slice name, double value, double half50,
                                                     double half90)
{
    const struct words words = making->words;
    double line90[2] = {value - half90, value + half90};
    struct slice range = words_range(words, line90, MESSAGE_INSIGHT_RANGE);
    struct picture_strip strip = {
        .id = id,
        .title = message_text(words.region, words.language, MESSAGE_INSIGHT_PICTURE_SHOWN,
                              ARGUMENTS(A_TEXT("line", name), A_TEXT("mean", words_number(words, value)),
                                        A_TEXT("range", range))),
        .description = say(making, MESSAGE_INSIGHT_TEAM_EXAMPLE),
        .low = SCALE_LOW,
        .high = SCALE_HIGH,
        .value = value,
        .line50_low = value - half50,
        .line50_high = value + half50,
        .line90_low = line90[0],
        .line90_high = line90[1],
        .guess = (double)NAN,
    };
    return (struct template_insight_team_examples){
        .name = name,
        .picture = picture_strip(words.region, words.language, &strip),
        .words = region_format(words.region, "%.*s, %.*s", SLICE_ARG(words_number(words, value)),
                               SLICE_ARG(range)),
    };
}

static struct slice when_text(const struct making *making)
{
    const struct visit *visit = making->visit;
    if (visit->has_open)
        return say_date(making, MESSAGE_INSIGHT_TEAM_NOTHING_OPEN, visit->open.closes_at);
    if (visit->org.next_opens_at > 0)
        return say_date(making, MESSAGE_INSIGHT_TEAM_NOTHING_PLANNED, visit->org.next_opens_at);
    return say(making, MESSAGE_INSIGHT_TEAM_NOTHING_UNPLANNED);
}

static void fill_nothing(struct making *making)
{
    struct template_insight_team_examples *rows =
        REGION_ARRAY(making->words.region, 3, struct template_insight_team_examples);
    struct words words = making->words;
    if (rows == NULL)
        return;
    rows[0] =
        example(making, "example-leader", say(making, MESSAGE_INSIGHT_TEAM_EXAMPLE_LEADER), 3.6, 0.18, 0.45);
    rows[1] =
        example(making, "example-connection", words_line(words, S("connection"), S("")), 3.9, 0.14, 0.36);
    rows[2] = example(making, "example-safety", words_line(words, S("safety"), S("")), 3.1, 0.22, 0.55);
    /* No line about a leader where nobody is asked about one. */
    size_t first = making->visit->team.leader.id == 0 ? 1 : 0;
    making->page->examples = rows + first;
    making->page->examples_count = 3 - first;
    making->page->when = when_text(making);
}

/* ---- An open round ------------------------------------------------------------------------------ */

static enum error_code fill_open(struct making *making, struct http_request *request, struct error *error)
{
    const struct visit *visit = making->visit;
    int64_t org = visit->org.id, person = request->identity.person;
    bool may = false, issued = false;
    TRY(comments_count(request->session, org, visit->team.id, person, error, &making->page->comments));
    if (!visit->has_open)
        return OK;
    making->page->open_until = visit->open.closes_at;
    if (visit->role == TEAM_ROLE_LEADER && visit->open.leader == person) {
        struct guess *guesses;
        size_t count;
        TRY(guess_list(request->session, org, visit->team.id, visit->open.round_number, request->region,
                       error, &guesses, &count));
        making->page->may_guess = count == 0 && visit->open.roster_count >= visit->org.k;
        return OK;
    }
    TRY(roster_has(request->session, &visit->open, person, error, &may));
    if (may)
        TRY(answer_issued(request->session, org, person, visit->open.rid, error, &issued));
    making->page->may_answer = may && !issued;
    making->page->may_change = may && issued;
    return OK;
}

/* ---- Promises and the next act ------------------------------------------------------------------ */

/* The newest promise and the newest one the team has spoken about stand open; the others are folded away. */
static void fill_promises(struct making *making)
{
    const struct visit *visit = making->visit;
    struct region *region = making->words.region;
    struct template_insight_team_promises *rows =
        REGION_ARRAY(region, 2, struct template_insight_team_promises);
    struct template_insight_team_earlier *earlier =
        REGION_ARRAY(region, visit->promise_count, struct template_insight_team_earlier);
    size_t count = 0, others = 0;
    bool told = false;
    for (size_t i = 0; rows != NULL && earlier != NULL && i < visit->promise_count; i++) {
        const struct promise *promise = &visit->promises[i];
        enum message outcome = promise_outcome_message(promise);
        if (i == 0 || (!told && count < 2 && promise->outcome != PROMISE_OPEN))
            rows[count++] = (struct template_insight_team_promises){
                promise_maker(region, making->words.language, promise), promise->text, promise->due_at,
                outcome};
        else
            earlier[others++] =
                (struct template_insight_team_earlier){promise->text, promise->due_at, outcome};
        told = told || promise->outcome != PROMISE_OPEN;
    }
    making->page->promises = rows;
    making->page->promises_count = count;
    making->page->earlier = earlier;
    making->page->earlier_count = others;
}

static void fill_next(struct making *making)
{
    const struct visit *visit = making->visit;
    struct template_insight_team *page = making->page;
    const struct promise *promise = visit_promise(visit);
    if (promise != NULL && promise->asked_in_round == 0) {
        page->next_title = say(making, MESSAGE_INSIGHT_NEXT_PROMISED);
        page->next = visit->org.next_opens_at > 0
                         ? say_date(making, MESSAGE_INSIGHT_NEXT_PROMISED_ROUND, visit->org.next_opens_at)
                         : say(making, MESSAGE_INSIGHT_NEXT_PROMISED_OPEN);
    }
    if (promise != NULL)
        return;
    bool leads = visit->leads;
    bool too_few = visit->insight.state == INSIGHT_TOO_FEW;
    page->plan_talk = (leads || too_few) && !page->may_answer; /* one filled button a screen */
    page->see_talk = !page->plan_talk;
    page->plan_label = too_few ? MESSAGE_INSIGHT_NEXT_START : MESSAGE_INSIGHT_NEXT_PLAN;
    if (too_few) {
        page->next_title = say(making, MESSAGE_INSIGHT_TEAM_FEW_TALK);
        page->next = say(making, MESSAGE_INSIGHT_TEAM_FEW_TALK_TEXT);
        return;
    }
    if (leads) {
        page->next_title = say(making, MESSAGE_INSIGHT_NEXT_TALK);
        page->next = say(making, MESSAGE_INSIGHT_NEXT_TALK_TEXT);
        return;
    }
    page->next_title = say(making, MESSAGE_INSIGHT_NEXT_MEMBER);
    page->next = visit->team.leader.id != 0
                     ? say_name(making, MESSAGE_INSIGHT_NEXT_MEMBER_TEXT, visit->team.leader.name)
                     : say(making, MESSAGE_INSIGHT_NEXT_MEMBER_NONE);
}

/* ---- The page ----------------------------------------------------------------------------------- */

/* All members see who stands in. */
static void fill_deputies(struct making *making)
{
    const struct visit *visit = making->visit;
    struct region *region = making->words.region;
    struct template_insight_team_deputies *rows =
        REGION_ARRAY(region, visit->deputy_count, struct template_insight_team_deputies);
    for (size_t i = 0; rows != NULL && i < visit->deputy_count; i++) {
        const struct deputy *deputy = &visit->deputies[i];
        enum message message = deputy->until != 0 ? MESSAGE_DEPUTY_NOTICE_UNTIL : MESSAGE_DEPUTY_NOTICE;
        rows[i].sentence =
            message_text(region, making->words.language, message,
                         ARGUMENTS(A_TEXT("name", deputy->person.name), A_DATE("date", deputy->until)));
    }
    making->page->deputies = rows;
    making->page->deputies_count = rows != NULL ? visit->deputy_count : 0;
    making->page->stands_in = visit->leads && !making->own;
}

/* What follows from the visit alone. */
static void fill_state(struct making *making)
{
    const struct insight_team *insight = &making->visit->insight;
    struct template_insight_team *page = making->page;
    page->nothing = insight->state == INSIGHT_NOTHING;
    page->too_few = insight->state == INSIGHT_TOO_FEW;
    page->closed = insight->state != INSIGHT_NOTHING;
    /* Who is not asked any more waits for no first result, and plans no talk about what a group has now. */
    if (!team_is_measured(&making->visit->team) && insight->state == INSIGHT_NOTHING)
        page->nothing = false;
    else if (insight->state == INSIGHT_NOTHING)
        fill_nothing(making);
    else if (making->visit->team.kind != TEAM_PART)
        fill_next(making);
    if (insight->state == INSIGHT_TOO_FEW && insight->roster_count < insight->k)
        page->few_members =
            message_text(making->words.region, making->words.language, MESSAGE_INSIGHT_TEAM_FEW_SMALL,
                         ARGUMENTS(A_INTEGER("n", insight->roster_count)));
    fill_promises(making);
    page->leads = making->visit->leads && team_has_list(&making->visit->team);
    page->names_deputy = making->own && team_has_list(&making->visit->team);
    fill_deputies(making);
}

/* What all members see of measuring together; the leader of a small team also that it can be done. */
static enum error_code fill_joint(struct making *making, struct http_request *request, struct error *error)
{
    const struct team *team = &making->visit->team;
    struct template_insight_team *page = making->page;
    struct joint joint = {0};
    int64_t org = making->visit->org.id;
    if (team->kind == TEAM_ALONE && team->members >= TEAM_TALK_BELOW)
        return OK;
    TRY(team_has_list(team) ? joint_of_part(request->session, org, team->id, request->region, error, &joint)
                            : joint_of_team(request->session, org, team->id, request->region, error, &joint));
    enum message said = joint.state == JOINT_NONE       ? MESSAGE_NONE
                        : joint.state == JOINT_OVER     ? MESSAGE_JOINT_NOTICE_OVER
                        : joint.state == JOINT_PROPOSED ? MESSAGE_JOINT_NOTICE_PROPOSED
                        : team->kind == TEAM_PART       ? MESSAGE_JOINT_NOTICE_PART
                                                        : MESSAGE_JOINT_NOTICE_GROUP;
    if (said != MESSAGE_NONE)
        page->joint_note =
            message_text(request->region, making->words.language, said,
                         ARGUMENTS(A_TEXT("names", joint_part_names(&joint, team->id, request->region))));
    page->joint_result = team->kind == TEAM_PART ? joint.team : 0;
    page->joint_keeper = making->own && (joint.state != JOINT_NONE || team->members > 0);
    page->joint_link = joint.state == JOINT_NONE ? MESSAGE_JOINT_LINK : MESSAGE_JOINT_LINK_PART;
    return OK;
}

/* Once the state is known. */
static enum error_code fill_page(struct making *making, struct http_request *request, const struct view *view,
                                 struct error *error)
{
    struct template_insight_team *page = making->page;
    TRY(fill_open(making, request, error));
    fill_state(making);
    TRY(fill_joint(making, request, error));
    TRY(talk_to_of_team(request, view, making->visit->team.id, error, &page->talk_to));
    return page->leads ? join_asker_count(request->session, making->visit->org.id, making->visit->team.id,
                                          error, &page->askers)
                       : OK;
}

enum { REST_BYTES = 8 << 10 }; /* of a page beside the result, mostly */

static void kept_cleanup(struct cache_entry **entry)
{
    cache_release(*entry);
}

enum error_code team_page(struct http_request *request, struct http_response *response, struct error *error)
{
    struct visit *visit;
    TRY(visit_load(request, error, &visit));
    bool own = visit->role == TEAM_ROLE_LEADER;
    struct view view = page_view(request, own ? GUESS_SHOW_FORM : NULL);
    const struct insight_team *insight = &visit->insight;
    struct template_insight_team page = {
        .example = visit->org.kind == ORG_EXAMPLE,
        .team = visit->team.id,
        .name = visit->team.name,
        .round_date = insight->round.opens_at,
        .k = insight->state == INSIGHT_NOTHING ? visit->org.k : insight->k,
        .joint_link = MESSAGE_JOINT_LINK,
    };
    struct making making = {
        .visit = visit,
        .words = {request->region, view.language, visit->insight.instrument},
        .own = own,
        .page = &page,
    };
    CLEANUP(kept_cleanup) struct cache_entry *kept = NULL;
    if (insight->state != INSIGHT_NOTHING)
        TRY(fill_result(&making, request, &view, error, &kept));
    TRY(fill_page(&making, request, &view, error));
    /* Not through the region: this page is long. */
    CLEANUP(buffer_free) struct buffer body = BUFFER(HTTP_RESPONSE_MAXIMUM);
    buffer_reserve(&body, page.result.bytes.length + REST_BYTES);
    template_insight_team(&body, &view, &page);
    if (body.failed)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct page frame = {
        .title = say_name(&making, MESSAGE_INSIGHT_TEAM_TITLE, visit->team.name),
        .body = {buffer_slice(&body)},
        .place = PAGE_TEAM,
    };
    return page_render(request, response, &frame, error);
}

/* ---- An example ------------------------------------------------------------------------------------ */

struct html team_page_example(const struct view *view, struct visit *visit, struct words words,
                              struct template_insight_team *page)
{
    struct template_insight_result result = {.team = visit->team.id};
    bool own = visit->role == TEAM_ROLE_LEADER;
    struct making making = {.visit = visit,
                            .words = words,
                            .own = own,
                            .guesses = visit_sees_guesses(visit),
                            .page = page,
                            .result = &result};
    if (visit->insight.state == INSIGHT_RESULT) {
        fill_lines(&making);
        page->finding = finding_text(&making);
        fill_guesses(&making);
        fill_others(&making);
        page->result = template_insight_result_html(words.region, view, &result);
    }
    fill_state(&making);
    return template_insight_team_html(words.region, view, page);
}

/* The talk of twenty minutes: what to ask, four steps, and for the leader the form of one promise. */
#include "insight/pages.h"
#include "people/page.h"
#include "promise/promise_pages.h"

static struct slice text_of(const struct words *words, enum message message)
{
    return message_text(words->region, words->language, message, NO_ARGUMENTS);
}

static struct slice text_with_name(const struct words *words, enum message message, struct slice name)
{
    return message_text(words->region, words->language, message, ARGUMENTS(A_TEXT("name", name)));
}

/* The anchors: what everybody was asked. Without a leader nobody was asked about one. */
static void fill_questions(const struct visit *visit, const struct words *words,
                           struct template_insight_talk *page)
{
    const struct instrument *instrument = visit->insight.instrument;
    struct template_insight_talk_questions *rows =
        REGION_ARRAY(words->region, instrument->item_count, struct template_insight_talk_questions);
    struct template_insight_talk_options *options =
        REGION_ARRAY(words->region, instrument->option_count, struct template_insight_talk_options);
    size_t count = 0;
    if (rows == NULL || options == NULL)
        return;
    for (int anchor = 1; anchor <= GUESSES_MAXIMUM; anchor++)
        for (size_t i = 0; i < instrument->item_count; i++) {
            const struct instrument_item *item = &instrument->items[i];
            if (item->anchor != anchor || (item->about_leader && visit->team.leader.id == 0))
                continue;
            rows[count].id = item->id;
            rows[count++].text =
                instrument_fill(item->text.text[words->language], visit->team.leader.name, words->region);
        }
    for (size_t i = 0; i < instrument->option_count; i++)
        options[i].text = instrument->options[i].text[words->language];
    page->questions = rows;
    page->questions_count = count;
    page->options = options;
    page->options_count = instrument->option_count;
}

/* By which the script finds the own answers that this device keeps: the round, and its questions in their
 * order. */
static enum error_code fill_own(struct http_request *request, const struct visit *visit, struct error *error,
                                struct template_insight_talk *page)
{
    struct team_round round;
    struct descriptor descriptor;
    /* Whoever knows the rid can read the record, and in it what was said of the leader of that round. */
    bool leader_of_another = visit->ended && visit->role != TEAM_ROLE_MEMBER;
    if (visit->insight.state == INSIGHT_NOTHING || visit->insight.round.imported || leader_of_another)
        return OK;
    TRY(team_round_load(request->session, visit->org.id, visit->team.id, visit->insight.round.number,
                        request->region, error, &round));
    struct error ignored = {0};
    if (descriptor_read(round.descriptor, request->region, &ignored, &descriptor) != OK)
        return OK; /* own answers are an extra: the page stands without them */
    char *rid = REGION_ARRAY(request->region, 2 * sizeof round.rid + 1, char);
    if (rid == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    hex_encode(round.rid, sizeof round.rid, rid);
    page->rid = slice_from_text(rid);
    CLEANUP(buffer_free) struct buffer items = BUFFER(8 << 10);
    for (size_t i = 0; i < descriptor.item_count; i++) {
        buffer_append(&items, i > 0 ? S(" ") : S(""));
        buffer_append(&items, descriptor.items[i]);
    }
    page->items = region_copy(request->region, buffer_slice(&items));
    return OK;
}

static struct slice promise_step(const struct visit *visit, const struct words *words)
{
    if (visit->leads)
        return text_of(words, MESSAGE_INSIGHT_TALK_PROMISE_LEADER);
    if (visit->team.leader.id == 0)
        return text_of(words, MESSAGE_INSIGHT_TALK_PROMISE_NOBODY);
    return text_with_name(words, MESSAGE_INSIGHT_TALK_PROMISE_MEMBER, visit->team.leader.name);
}

/* The leader writes the promise of this result here, once; everybody sees it. */
static void fill_promise(struct http_request *request, const struct visit *visit, const struct view *view,
                         const struct words *words, struct template_insight_talk *page)
{
    const struct promise *promise = visit_promise(visit);
    bool leads = visit->leads;
    if (promise != NULL) {
        page->promise_text = promise->text;
        page->promise_outcome = promise_outcome_message(promise);
        page->promise_by = message_text(
            words->region, words->language, MESSAGE_INSIGHT_PROMISE_BY,
            ARGUMENTS(A_TEXT("name", promise_maker(words->region, words->language, promise)),
                      A_DATE("date", promise->due_at)));
    } else if (leads && visit->insight.state != INSIGHT_NOTHING) {
        struct promise_form form = {.team = visit->team.id};
        page->form = promise_form_html(request, view, &form);
    } else if (leads) {
        page->no_form = text_of(words, MESSAGE_INSIGHT_TALK_NO_ROUND);
    } else if (visit->team.leader.id != 0) {
        page->no_form = text_with_name(words, MESSAGE_INSIGHT_TALK_NO_PROMISE, visit->team.leader.name);
    }
}

enum error_code talk_page(struct http_request *request, struct http_response *response, struct error *error)
{
    struct visit *visit;
    TRY(visit_load(request, error, &visit));
    TRY(insight_team_load(request->session, visit->org.id, visit->team.id, request->region, error,
                          &visit->insight));
    struct view view = page_view(request, PROMISE_FORM);
    struct words words = {request->region, view.language, visit->insight.instrument};
    bool result = visit->insight.state == INSIGHT_RESULT;
    bool guessed =
        visit->role == TEAM_ROLE_LEADER && visit_sees_guesses(visit) && visit_widest_gap(visit) != NULL;
    struct template_insight_talk page = {
        .example = visit->org.kind == ORG_EXAMPLE,
        .team = visit->team.id,
        .name = visit->team.name,
        .lead = text_of(&words, result ? MESSAGE_INSIGHT_TALK_LEAD : MESSAGE_INSIGHT_TALK_LEAD_FEW),
        .question_title = text_of(&words, guessed ? MESSAGE_INSIGHT_TALK_ASK_GAP : MESSAGE_INSIGHT_TALK_ASK),
        .question = visit_question(visit, words.language, words.region),
        .look = text_of(&words, result ? MESSAGE_INSIGHT_TALK_LOOK_RESULT : MESSAGE_INSIGHT_TALK_LOOK_FEW),
        .promise_step = promise_step(visit, &words),
        .for_leader = visit->leads,
    };
    fill_questions(visit, &words, &page);
    TRY(fill_own(request, visit, error, &page));
    fill_promise(request, visit, &view, &words, &page);
    struct page frame = {
        .title = text_with_name(&words, MESSAGE_INSIGHT_TALK_WINDOW, visit->team.name),
        .body = template_insight_talk_html(request->region, &view, &page),
        .place = PAGE_TEAM,
        .script = "talk.js",
    };
    return page_render(request, response, &frame, error);
}

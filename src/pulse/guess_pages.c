/* The leader guesses the team's answers before the result comes. */
#include "pulse/guess.h"

#include "people/page.h"
#include "pulse/pulse.h"
#include "pulse/pulse_handlers.h"
#include "pulse/questionnaire.h"
#include "templates.h"

static const char GUESS_FORM[] = "guess";

/* What stands on the page. */
struct guessing {
    struct http_request *request;
    struct view view;
    struct team_round round;
    struct descriptor descriptor;
    const struct instrument *instrument;
    struct guess *guesses;
    size_t guess_count;
    struct template_guess *page;
};

static int guess_of(const struct guessing *guessing, struct slice item)
{
    for (size_t i = 0; i < guessing->guess_count; i++)
        if (slice_equal(guessing->guesses[i].item, item))
            return guessing->guesses[i].value;
    return 0;
}

static enum error_code fill_choices(const struct guessing *guessing,
                                    struct template_guess_questions *question, int value, struct error *error)
{
    const struct instrument *instrument = guessing->instrument;
    struct template_guess_questions_choices *choices = REGION_ARRAY(
        guessing->request->region, instrument->option_count, struct template_guess_questions_choices);
    if (choices == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < instrument->option_count; i++)
        choices[i] = (struct template_guess_questions_choices){
            .value = (int64_t)i + 1,
            .label = instrument->options[i].text[guessing->view.language],
            .chosen = value == (int)i + 1,
        };
    question->choices = choices;
    question->choices_count = instrument->option_count;
    if (value > 0 && value <= (int)instrument->option_count)
        question->guess = choices[value - 1].label;
    return OK;
}

/* The anchors that the round asks, in its order. */
static enum error_code fill_questions(const struct guessing *guessing, struct error *error)
{
    const struct descriptor *descriptor = &guessing->descriptor;
    struct template_guess_questions *questions =
        REGION_ARRAY(guessing->request->region, GUESSES_MAXIMUM, struct template_guess_questions);
    size_t count = 0;
    if (questions == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < descriptor->item_count && count < GUESSES_MAXIMUM; i++) {
        const struct instrument_item *item = instrument_item_find(guessing->instrument, descriptor->items[i]);
        if (item == NULL || item->anchor == 0)
            continue;
        questions[count] = (struct template_guess_questions){
            .item = item->id,
            .sentence = instrument_fill(item->text.text[guessing->view.language], descriptor->leader,
                                        guessing->request->region),
        };
        TRY(fill_choices(guessing, &questions[count], guess_of(guessing, item->id), error));
        count++;
    }
    guessing->page->questions = questions;
    guessing->page->questions_count = count;
    return OK;
}

static enum error_code fill_round(struct guessing *guessing, struct error *error)
{
    struct http_request *request = guessing->request;
    const struct team_round *round = &guessing->round;
    TRY(descriptor_read(round->descriptor, request->region, error, &guessing->descriptor));
    TRY(questionnaire_load(request->session, round->org, descriptor_instrument(&guessing->descriptor),
                           request->region, error, &guessing->instrument));
    guessing->page->frame = guessing->instrument->frame.text[guessing->view.language];
    TRY(guess_list(request->session, round->org, round->team, round->round_number, request->region, error,
                   &guessing->guesses, &guessing->guess_count));
    guessing->page->open = round->open && round->closes_at > clock_seconds(request->clock);
    guessing->page->locked = !guessing->page->open && guessing->guess_count > 0;
    guessing->page->shown = round->guess_shown;
    guessing->page->closes = round->closes_at;
    return fill_questions(guessing, error);
}

enum error_code guess_get(struct http_request *request, struct http_response *response, struct error *error)
{
    int64_t team_id;
    bool found;
    struct team team;
    struct org org;
    struct template_guess filled = {0};
    struct guessing guessing = {.request = request, .page = &filled};
    TRY(http_path_id(request, "team", error, &team_id));
    TRY(team_load(request->session, request->identity.org, team_id, request->region, error, &team));
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(team_round_latest(request->session, request->identity.org, team_id, false, request->region, error,
                          &found, &guessing.round));
    guessing.view = page_view(request, found && !guessing.round.open ? GUESS_SHOW_FORM : GUESS_FORM);
    filled.team = team_id;
    filled.team_name = team.name;
    filled.had_round = found;
    filled.saved = http_query(request, "saved").length > 0;
    filled.has_next = org.next_opens_at > clock_seconds(request->clock);
    filled.next = org.next_opens_at;
    if (found)
        TRY(fill_round(&guessing, error));
    struct page page = {
        .title =
            message_text(request->region, guessing.view.language, MESSAGE_PULSE_GUESS_WINDOW, NO_ARGUMENTS),
        .body = template_guess_html(request->region, &guessing.view, &filled),
        .place = PAGE_TEAM,
    };
    return page_render(request, response, &page, error);
}

/* ---- Changing ----------------------------------------------------------------------------------- */

struct guess_write {
    struct application *application;
    uint8_t once[16];
    struct team_round round;
    struct guess guesses[GUESSES_MAXIMUM];
    size_t count;
};

static enum error_code write_guesses(struct store_session *session, void *context, struct error *error)
{
    struct guess_write *write = context;
    TRY(form_spend(session, write->round.org, write->once, clock_seconds(write->application->clock), error));
    return guess_save(session, write->application, &write->round, write->guesses, write->count, error);
}

static enum error_code read_guesses(const struct http_request *request, struct guess_write *write,
                                    struct error *error)
{
    const struct instrument *instrument;
    TRY(questionnaire_of_round(request->session, write->round.org, write->round.round_number, request->region,
                               error, &instrument));
    for (size_t i = 0; i < instrument->item_count && write->count < GUESSES_MAXIMUM; i++) {
        const struct instrument_item *item = &instrument->items[i];
        struct slice text =
            item->anchor > 0 ? http_form(request, region_text(request->region, item->id)) : S("");
        int64_t value;
        if (text.length == 0)
            continue;
        if (!slice_to_integer(text, 0, (int64_t)instrument->option_count, &value))
            return FAIL(error, ERROR_INPUT, "guess-wrong", "a guess is one of the options");
        write->guesses[write->count++] = (struct guess){item->id, (int)value};
    }
    return OK;
}

enum error_code guess_post(struct http_request *request, struct http_response *response, struct error *error)
{
    int64_t team;
    bool found;
    struct guess_write write = {.application = request->application};
    TRY(http_path_id(request, "team", error, &team));
    TRY(http_once_check(request, GUESS_FORM, error, write.once));
    TRY(team_round_latest(request->session, request->identity.org, team, true, request->region, error, &found,
                          &write.round));
    if (!found)
        return FAIL(error, ERROR_GONE, "round-closed", "no round is open in this team");
    TRY(read_guesses(request, &write, error));
    enum error_code code = store_write(request->store, write_guesses, &write, error);
    if (code != OK && strcmp(error->reason, "form-sent-twice") != 0)
        return code;
    http_redirect(request, response,
                  region_format(request->region, "/teams/%" PRId64 "/guess?saved=1", team));
    return OK;
}

struct show_write {
    struct application *application;
    uint8_t once[16];
    int64_t org, team;
};

static enum error_code write_show(struct store_session *session, void *context, struct error *error)
{
    struct show_write *write = context;
    int64_t round_number;
    bool found;
    TRY(form_spend(session, write->org, write->once, clock_seconds(write->application->clock), error));
    TRY(promise_round(session, write->org, write->team, error, &found, &round_number));
    if (!found)
        return FAIL(error, ERROR_NOT_FOUND, "round-unknown", "no round of this team has closed yet");
    return guess_show(session, write->org, write->team, round_number, error);
}

enum error_code guess_show_post(struct http_request *request, struct http_response *response,
                                struct error *error)
{
    struct show_write write = {.application = request->application, .org = request->identity.org};
    TRY(http_path_id(request, "team", error, &write.team));
    TRY(http_once_check(request, GUESS_SHOW_FORM, error, write.once));
    enum error_code code = store_write(request->store, write_show, &write, error);
    if (code != OK && strcmp(error->reason, "form-sent-twice") != 0)
        return code;
    http_redirect(request, response, region_format(request->region, "/teams/%" PRId64, write.team));
    return OK;
}

/* The page on which a member answers, the page that explains how to check it, and the routes of pulse. */
#include "pulse/pulse.h"

#include "people/page.h"
#include "promise/promise_pages.h"
#include "pulse/client_api.h"
#include "pulse/comment.h"
#include "pulse/comment_kept.h"
#include "pulse/pulse_handlers.h"
#include "pulse/questionnaire.h"
#include "templates.h"

/* ---- GET /teams/:team/answer -------------------------------------------------------------------- */

/* A file may triple in size when a browser encodes it. */
enum { QUESTIONNAIRE_FORM_MAXIMUM = 4 * INSTRUMENT_SIZE_MAXIMUM };
enum { NAMES_MAXIMUM = 64 << 10, COMMENT_CHARACTERS = 500 /* of at most three bytes */ };

struct answering {
    struct http_request *request;
    struct view view;
    struct team_round round;
    struct descriptor descriptor;
    const struct instrument *instrument;
    size_t language; /* of the questions */
    struct template_answer *page;
};

static struct slice say(const struct answering *answering, enum message message)
{
    return message_text(answering->request->region, answering->view.language, message, NO_ARGUMENTS);
}

static enum error_code promise_choices(const struct answering *answering,
                                       struct template_answer_questions *question, struct error *error)
{
    struct template_answer_questions_choices *choices =
        REGION_ARRAY(answering->request->region, PROMISE_ANSWERS, struct template_answer_questions_choices);
    if (choices == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < PROMISE_ANSWERS; i++)
        choices[i] = (struct template_answer_questions_choices){
            (int64_t)i + 1, promise_answer_text(answering->request->region, answering->view.language, i)};
    question->promise = true;
    question->sentence = say(answering, MESSAGE_PULSE_PROMISE_QUESTION);
    question->choices = choices;
    question->choices_count = PROMISE_ANSWERS;
    question->options = PROMISE_ANSWERS;
    return OK;
}

static enum error_code item_choices(const struct answering *answering, const struct instrument_item *item,
                                    struct template_answer_questions *question, struct error *error)
{
    const struct instrument *instrument = answering->instrument;
    struct region *region = answering->request->region;
    struct template_answer_questions_choices *choices =
        REGION_ARRAY(region, instrument->option_count, struct template_answer_questions_choices);
    if (choices == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < instrument->option_count; i++)
        choices[i] = (struct template_answer_questions_choices){
            (int64_t)i + 1, instrument->options[i].text[answering->language]};
    question->sentence =
        instrument_fill(item->text.text[answering->language], answering->descriptor.leader, region);
    question->choices = choices;
    question->choices_count = instrument->option_count;
    question->options = (int64_t)instrument->option_count;
    return OK;
}

static enum error_code fill_questions(const struct answering *answering, struct error *error)
{
    const struct descriptor *descriptor = &answering->descriptor;
    struct template_answer_questions *questions =
        REGION_ARRAY(answering->request->region, descriptor->item_count, struct template_answer_questions);
    if (questions == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < descriptor->item_count; i++) {
        const struct instrument_item *item =
            instrument_item_find(answering->instrument, descriptor->items[i]);
        questions[i] = (struct template_answer_questions){.item = descriptor->items[i], .at = (int64_t)i + 1};
        if (slice_equal(descriptor->items[i], PROMISE_ITEM))
            TRY(promise_choices(answering, &questions[i], error));
        else if (item != NULL)
            TRY(item_choices(answering, item, &questions[i], error));
        else
            return FAIL(error, ERROR_VERSION, "instrument-other",
                        "the round asks what this program does not know");
    }
    answering->page->questions = questions;
    answering->page->questions_count = descriptor->item_count;
    return OK;
}

/* What is promised before the first question, word by word, a line for each sentence. */
static enum error_code fill_stored(const struct answering *answering, struct error *error)
{
    enum { LINES_MAXIMUM = 8 };
    struct slice rest = say(answering, MESSAGE_PULSE_FIRST_STORED);
    struct template_answer_stored *lines =
        REGION_ARRAY(answering->request->region, LINES_MAXIMUM, struct template_answer_stored);
    size_t count = 0;
    if (lines == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    while (rest.length > 0) {
        size_t end = slice_find(rest, S(". ")) + 1;
        if (end > rest.length || count + 1 == LINES_MAXIMUM)
            end = rest.length;
        lines[count++].text = slice_part(rest, 0, end);
        rest = slice_trim(slice_from(rest, end));
    }
    answering->page->stored = lines;
    answering->page->stored_count = count;
    return OK;
}

/* Whose promise it is, and by when; its words are those frozen into the descriptor. */
static enum error_code fill_promise(const struct answering *answering, struct error *error)
{
    const struct http_request *request = answering->request;
    struct promise *promises;
    size_t count;
    TRY(promise_list(request->session, answering->round.org, answering->round.team, request->region, error,
                     &promises, &count));
    for (size_t i = 0; i < count; i++)
        if (promises[i].id == answering->round.promise) {
            answering->page->promise_by =
                promise_maker(request->region, answering->view.language, &promises[i]);
            answering->page->promise_due = promises[i].due_at;
        }
    return OK;
}

/* For the warning in the browser about names in a comment; members know each other's. */
static enum error_code fill_names(const struct answering *answering, struct error *error)
{
    const struct http_request *request = answering->request;
    struct person *members;
    size_t count;
    CLEANUP(buffer_free) struct buffer names = BUFFER(NAMES_MAXIMUM);
    if (answering->descriptor.comment_spki.length == 0)
        return OK;
    TRY(team_members(request->session, answering->round.org, answering->round.team, request->region, error,
                     &members, &count));
    buffer_append(&names, answering->descriptor.leader);
    for (size_t i = 0; i < count; i++) {
        buffer_append_byte(&names, '\n');
        buffer_append(&names, members[i].name);
    }
    answering->page->names = names.failed ? S("") : region_copy(request->region, buffer_slice(&names));
    return OK;
}

/* What the member may read the questions in; a choice only where the questionnaire brings more than the pages have. */
static enum error_code fill_languages(const struct answering *answering, struct error *error)
{
    const struct instrument *instrument = answering->instrument;
    const struct instrument_language *language = &instrument->languages[answering->language];
    struct template_answer *page = answering->page;
    page->language = language->code;
    page->right_to_left = language->right_to_left;
    if (instrument->language_count == LANGUAGE_COUNT && answering->language == answering->view.language)
        return OK;
    struct template_answer_languages *rows = REGION_ARRAY(
        answering->request->region, instrument->language_count, struct template_answer_languages);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < instrument->language_count; i++)
        rows[i] = (struct template_answer_languages){.code = instrument->languages[i].code,
                                                     .name = instrument->languages[i].name,
                                                     .chosen = i == answering->language};
    page->languages = rows;
    page->languages_count = instrument->language_count;
    return OK;
}

static enum error_code fill_page(const struct answering *answering, struct error *error)
{
    struct http_request *request = answering->request;
    const struct team_round *round = &answering->round;
    const struct descriptor *descriptor = &answering->descriptor;
    const struct instrument *instrument = answering->instrument;
    struct template_answer *page = answering->page;
    struct org org;
    bool issued;
    char *rid = REGION_ARRAY(request->region, 65, char);
    char *key = REGION_ARRAY(request->region, BASE64URL_LENGTH(LOG_PUBLIC_BYTES) + 1, char);
    if (rid == NULL || key == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(org_load(request->session, round->org, request->region, error, &org));
    TRY(answer_issued(request->session, round->org, request->identity.person, round->rid, error, &issued));
    hex_encode(round->rid, sizeof round->rid, rid);
    base64url_encode(org.log_public, sizeof org.log_public, key);
    *page = (struct template_answer){
        .person = request->identity.person,
        .rid = slice_from_text(rid),
        .team = round->team,
        .round = round->round_number,
        .team_name = descriptor->team_name,
        .leader = descriptor->leader,
        .comments = descriptor->comment_spki.length > 0,
        .comment_characters = COMMENT_CHARACTERS,
        .answers_minimum = COMMENT_ANSWERS_MINIMUM,
        .promise = descriptor->promise,
        .log_key = slice_from_text(key),
        .issued = issued,
        .closes_at = round->closes_at,
        .extended_at = descriptor->extended,
        .count = (int64_t)descriptor->item_count,
        .k = descriptor->k,
        .small = round->roster_count < descriptor->k,
        .extended = round->closes_at >= descriptor->extended,
        .closes = round->closes_at,
        .later = descriptor->extended,
        .frame = instrument->frame.text[answering->language],
        .no_answer = instrument->no_answer.text[answering->language],
    };
    TRY(talk_to_of_team(request, &answering->view, round->team, error, &page->talk_to));
    TRY(fill_stored(answering, error));
    TRY(fill_languages(answering, error));
    TRY(fill_promise(answering, error));
    TRY(fill_names(answering, error));
    return fill_questions(answering, error);
}

static enum error_code show_form(struct http_request *request, struct http_response *response,
                                 const struct team_round *round, struct error *error)
{
    struct template_answer filled;
    struct answering answering = {
        .request = request, .view = page_view(request, NULL), .round = *round, .page = &filled};
    TRY(descriptor_read(round->descriptor, request->region, error, &answering.descriptor));
    TRY(questionnaire_load(request->session, round->org, descriptor_instrument(&answering.descriptor),
                           request->region, error, &answering.instrument));
    answering.language = instrument_language_choose(answering.instrument, http_query(request, "questions"),
                                                    request->accept_language, answering.view.language);
    TRY(fill_page(&answering, error));
    struct page page = {
        .title = say(&answering, MESSAGE_PULSE_ANSWER_WINDOW),
        .body = template_answer_html(request->region, &answering.view, &filled),
        .place = PAGE_ANSWER,
        .script = "answer.js",
        .bare = true,
    };
    return page_render(request, response, &page, error);
}

/* ---- GET /try -------------------------------------------------------------------------------------- */

/* A round that is none, of the first team: the questions that the next round will ask. */
static enum error_code invent_round(struct answering *answering, const struct org *org, struct error *error)
{
    struct http_request *request = answering->request;
    struct descriptor *descriptor = &answering->descriptor;
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    struct team *teams;
    size_t count;
    TRY(team_list(request->session, org->id, request->region, error, &teams, &count));
    *descriptor = (struct descriptor){.k = org->k, .team_name = org->name};
    if (count > 0) {
        descriptor->team_name = teams[0].name;
        descriptor->leader = teams[0].leader.name;
    }
    descriptor->item_count =
        instrument_select(answering->instrument, false, 1, descriptor->leader.length > 0, items);
    for (size_t i = 0; i < descriptor->item_count; i++)
        descriptor->items[i] = items[i]->id;
    return OK;
}

/* The way of an answer from beginning to end, where assets/answer.js asks for nothing, sends nothing and keeps nothing. */
static enum error_code try_get(struct http_request *request, struct http_response *response,
                               struct error *error)
{
    struct template_answer filled;
    struct org org;
    struct answering answering = {.request = request, .view = page_view(request, NULL), .page = &filled};
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(questionnaire_of_next(request->session, org.id, request->region, error, &answering.instrument));
    answering.language = instrument_language_choose(answering.instrument, http_query(request, "questions"),
                                                    request->accept_language, answering.view.language);
    TRY(invent_round(&answering, &org, error));
    int64_t closes = clock_seconds(request->clock) + org.round_days * DAY_SECONDS;
    filled = (struct template_answer){
        .trying = true,
        .team_name = answering.descriptor.team_name,
        .leader = answering.descriptor.leader,
        .count = (int64_t)answering.descriptor.item_count,
        .k = org.k,
        .closes = closes,
        .later = closes + org.extension_days * DAY_SECONDS,
        .frame = answering.instrument->frame.text[answering.language],
        .no_answer = answering.instrument->no_answer.text[answering.language],
    };
    TRY(fill_stored(&answering, error));
    TRY(fill_languages(&answering, error));
    TRY(fill_questions(&answering, error));
    struct page page = {
        .title = say(&answering, MESSAGE_START_TRY_WINDOW),
        .body = template_answer_html(request->region, &answering.view, &filled),
        .place = PAGE_ANSWER,
        .script = "answer.js",
        .bare = true,
    };
    return page_render(request, response, &page, error);
}

/* open_until: of a round that this person is not in; 0: none is open. */
static enum error_code show_nothing(struct http_request *request, struct http_response *response,
                                    int64_t team_id, int64_t open_until, struct error *error)
{
    struct view view = page_view(request, NULL);
    struct team team;
    struct org org;
    TRY(team_load(request->session, request->identity.org, team_id, request->region, error, &team));
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    int64_t now = clock_seconds(request->clock);
    struct template_answer_none filled = {
        .team = team_id,
        .team_name = team.name,
        .is_open = open_until > 0,
        .open_until = open_until,
        .has_next = org.next_opens_at > now,
        .next = org.next_opens_at,
    };
    TRY(talk_to_of_team(request, &view, team_id, error, &filled.talk_to));
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_PULSE_ANSWER_WINDOW, NO_ARGUMENTS),
        .body = template_answer_none_html(request->region, &view, &filled),
        .place = PAGE_ANSWER,
        .script = "answer_forget.js",
    };
    return page_render(request, response, &page, error);
}

static enum error_code answer_get(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    int64_t team;
    bool found, member;
    struct team_round round;
    TRY(http_path_id(request, "team", error, &team));
    TRY(team_round_latest(request->session, request->identity.org, team, true, request->region, error, &found,
                          &round));
    if (!found)
        return show_nothing(request, response, team, 0, error);
    TRY(roster_has(request->session, &round, request->identity.person, error, &member));
    if (!member)
        return show_nothing(request, response, team, round.closes_at, error);
    return show_form(request, response, &round, error);
}

/* ---- GET /how ----------------------------------------------------------------------------------- */

static enum error_code how_get(struct http_request *request, struct http_response *response,
                               struct error *error)
{
    struct view view = page_view(request, NULL);
    struct template_how filled = {.signed_in = request->identity.person != 0};
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_PULSE_HOW_WINDOW, NO_ARGUMENTS),
        .body = template_how_html(request->region, &view, &filled),
        .place = PAGE_HOW,
    };
    return page_render(request, response, &page, error);
}

/* ---- GET /check --------------------------------------------------------------------------------- */

/* Knows nothing of any answer: what it shows is found by the device that holds it. */
static enum error_code check_get(struct http_request *request, struct http_response *response,
                                 struct error *error)
{
    struct view view = page_view(request, NULL);
    struct template_check filled = {.signed_in = request->identity.person != 0,
                                    .person = request->identity.person};
    struct org org;
    if (filled.signed_in) {
        TRY(org_load(request->session, request->identity.org, request->region, error, &org));
        filled.example = org.kind == ORG_EXAMPLE;
    }
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_PULSE_CHECKED_TITLE, NO_ARGUMENTS),
        .body = template_check_html(request->region, &view, &filled),
        .place = PAGE_HOW,
        .script = "check_page.js",
    };
    return page_render(request, response, &page, error);
}

/* ---- Routes ------------------------------------------------------------------------------------- */

static const struct http_route ROUTES[] = {
    ROUTE(HTTP_GET, "/teams/:team/answer", PERMISSION_TEAM_MEMBER, BODY_NONE, RATE_PAGE, answer_get,
          "the questions of the open round, for a member"),
    ROUTE(HTTP_GET, "/teams/:team/guess", PERMISSION_TEAM_LEADER, BODY_NONE, RATE_PAGE, guess_get,
          "what the leader thinks the team answers, before the result"),
    ROUTE(HTTP_POST, "/teams/:team/guess", PERMISSION_TEAM_LEADER, BODY_FORM, RATE_FORM, guess_post,
          "keeps the leader's guess until the round closes"),
    ROUTE(HTTP_POST, "/teams/:team/guess/show", PERMISSION_TEAM_LEADER, BODY_FORM, RATE_FORM, guess_show_post,
          "shows the guess for the newest result to the team"),
    ROUTE(HTTP_GET, "/start", PERMISSION_ORG_OWNER, BODY_NONE, RATE_PAGE, start_get,
          "from the claim to the first round, step by step"),
    ROUTE(HTTP_GET, "/start/rhythm", PERMISSION_ORG_OWNER, BODY_NONE, RATE_PAGE, start_rhythm_get,
          "step 3: how often, and what it costs"),
    ROUTE(HTTP_POST, "/start/rhythm", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, start_rhythm_post,
          "keeps how often; plans no round"),
    ROUTE(HTTP_GET, "/start/promise", PERMISSION_ORG_OWNER, BODY_NONE, RATE_PAGE, start_promise_get,
          "step 4: what the team is promised, and words to say it"),
    ROUTE(HTTP_POST, "/start/promise", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, start_promise_post,
          "notes that this step is done"),
    ROUTE(HTTP_GET, "/start/first", PERMISSION_ORG_OWNER, BODY_NONE, RATE_PAGE, start_first_get,
          "step 5: what the first round will do, with the button that sends it"),
    ROUTE(HTTP_GET, "/try", PERMISSION_ORG_OWNER, BODY_NONE, RATE_PAGE, try_get,
          "the questions of the next round to try; nothing is sent or kept"),
    ROUTE(HTTP_GET, "/first-day", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE, first_day_get,
          "what a leader can do in the first day after a result that hurts"),
    ROUTE(HTTP_GET, "/rounds", PERMISSION_ORG_OWNER, BODY_NONE, RATE_PAGE, rounds_get,
          "the rounds of the organisation; never how many have answered"),
    ROUTE(HTTP_GET, "/rounds/opening", PERMISSION_ORG_OWNER, BODY_NONE, RATE_PAGE, rounds_opening_get,
          "what opening a round will do, with the button that does it"),
    ROUTE(HTTP_POST, "/rounds/open", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, rounds_open_post,
          "opens a round now"),
    ROUTE(HTTP_POST, "/rounds/close", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, rounds_close_post,
          "closes the open round now, for everybody"),
    ROUTE(HTTP_POST, "/rounds/rhythm", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, rounds_rhythm_post,
          "how often a round opens, and when the next one does"),
    ROUTE(HTTP_GET, "/how", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, how_get,
          "how a member can check that answers are anonymous"),
    ROUTE(HTTP_GET, "/settings", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE, settings_get,
          "the settings that protect answers, and who changed them"),
    ROUTE(HTTP_POST, "/settings", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, settings_post,
          "makes a setting stricter, from the next round on"),
    ROUTE(HTTP_GET, "/questionnaires", PERMISSION_ORG_OWNER, BODY_NONE, RATE_PAGE, questionnaires_get,
          "the questionnaires of the organisation, and where a new one is brought"),
    ROUTE_LARGE(HTTP_POST, "/questionnaires", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, questionnaires_post,
                "keeps a questionnaire in which nothing is wrong; puts nothing to use",
                QUESTIONNAIRE_FORM_MAXIMUM),
    ROUTE(HTTP_GET, "/questionnaires/:questionnaire", PERMISSION_ORG_OWNER, BODY_NONE, RATE_PAGE,
          questionnaire_get, "a questionnaire as members will see it, in each of its languages"),
    ROUTE(HTTP_GET, "/questionnaires/:questionnaire/file", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE,
          questionnaire_file_get, "the file whose SHA-256 stands in the descriptor of a round that asks it"),
    ROUTE(HTTP_POST, "/questionnaires/:questionnaire/use", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM,
          questionnaire_use_post, "has the next round ask this questionnaire"),
    ROUTE(HTTP_POST, "/questionnaires/:questionnaire/retire", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM,
          questionnaire_retire_post, "takes a questionnaire out of the choice for later rounds"),
    ROUTE(HTTP_GET, "/works-council", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE, consent_get,
          "the file for the works council and the assessment of privacy, from the settings as they are"),
    ROUTE(HTTP_GET, "/roles/confidant", PERMISSION_CONFIDANT, BODY_NONE, RATE_PAGE, confidant_get,
          "the first page of a confidant"),
    ROUTE(HTTP_GET, "/roles/auditor", PERMISSION_AUDITOR, BODY_NONE, RATE_PAGE, auditor_get,
          "the first page of an auditor: state of logs and witnesses, without figures"),
    ROUTE(HTTP_GET, "/roles/works-council", PERMISSION_COUNCIL, BODY_NONE, RATE_PAGE, council_get,
          "the first page of a seat of the works council"),
    ROUTE(HTTP_GET, "/check", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, check_get,
          "where a device looks its own answers up in what was published"),
    ROUTE(HTTP_POST, "/api/rounds/:rid/token", PERMISSION_SIGNED_IN, BODY_JSON, RATE_TOKEN, token_post,
          "signs a blinded message for a member of the roster, once"),
    ROUTE(HTTP_GET, "/api/rounds/:rid/descriptor", PERMISSION_ANONYMOUS, BODY_NONE, RATE_ANSWER,
          descriptor_get, "the canonical bytes of a round, whose SHA-256 is its name"),
    ROUTE(HTTP_GET, "/api/rounds/:rid/log", PERMISSION_ANONYMOUS, BODY_NONE, RATE_ANSWER, round_log_get,
          "the signed log of the round's team, without parameters, so that nothing about the reader shows"),
    ROUTE(HTTP_GET, "/api/rounds/:rid/record", PERMISSION_ANONYMOUS, BODY_NONE, RATE_ANSWER, record_get,
          "what is published of a closed round, for everybody who knows its rid"),
    ROUTE(HTTP_GET, "/api/records", PERMISSION_ANONYMOUS, BODY_NONE, RATE_ANSWER, records_get,
          "the closed rounds of example organisations; those of real ones are in no list"),
    ROUTE(HTTP_GET, "/api/logs", PERMISSION_ANONYMOUS, BODY_NONE, RATE_ANSWER, logs_get,
          "hashes and checkpoints of the logs of organisations that have a witness, for witnesses"),
    ROUTE(HTTP_POST, "/api/cosignatures", PERMISSION_ANONYMOUS, BODY_JSON, RATE_ANSWER, cosignatures_post,
          "keeps a witness' signature on the newest checkpoint of a log"),
    ROUTE(HTTP_POST, "/settings/witness", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, settings_witness_post,
          "adds a witness of the organisation's logs, for good"),
    ROUTE(HTTP_GET, "/api/rounds/:rid/issuance", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE, issuance_get,
          "what opens the member's own leaf of the issuance tree, for 30 days after the close"),
    ROUTE(HTTP_GET, "/api/rounds/:rid/roster", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE, roster_get,
          "the hashes of the list of members that the round fixed, and what opens the member's own"),
    ROUTE(HTTP_GET, "/api/questionnaires/:hash", PERMISSION_ANONYMOUS, BODY_NONE, RATE_ANSWER,
          questionnaire_text_get, "a questionnaire as it is written, by the hash that rounds fix"),
    ROUTE(HTTP_GET, "/api/own-rounds", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE, own_rounds_get,
          "the closed rounds of which the person can still open the own leaf"),
    ROUTE(HTTP_GET, "/api/devices", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE, devices_get,
          "the public keys of the person's own devices"),
    ROUTE(HTTP_POST, "/api/devices", PERMISSION_SIGNED_IN, BODY_JSON, RATE_TOKEN, devices_post,
          "registers the public key of a device, which then signs requests for tokens"),
    ROUTE(HTTP_POST, "/api/rounds/:rid/comment-token", PERMISSION_SIGNED_IN, BODY_JSON, RATE_TOKEN,
          comment_token_post, "signs a blinded message for a comment of a member of the roster, once"),
    ROUTE(HTTP_POST, "/api/comments", PERMISSION_ANONYMOUS, BODY_JSON, RATE_ANSWER, comment_post,
          "takes, changes or takes back a comment and returns a signed receipt"),
    ROUTE(HTTP_GET, "/teams/:team/comments", PERMISSION_TEAM, BODY_NONE, RATE_PAGE, comments_get,
          "what members wrote, for those who were in the team then, and its leader"),
    ROUTE(HTTP_POST, "/teams/:team/comments/remove", PERMISSION_TEAM, BODY_FORM, RATE_FORM,
          comment_remove_post, "takes a comment away, by name, for all to see"),
    ROUTE(HTTP_POST, "/settings/comments", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, settings_comments_post,
          "whether rounds take comments, from the next one on"),
    ROUTE(HTTP_POST, "/api/answers", PERMISSION_ANONYMOUS, BODY_JSON, RATE_ANSWER, answer_post,
          "takes or changes an answer and returns a signed receipt"),
};

const struct http_route_table PULSE_ROUTES = {ROUTES, COUNT_OF(ROUTES)};

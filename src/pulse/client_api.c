/* GET /api/rounds: the open rounds of who is signed in, with the questions as text, for clients other than
 * our own pages
 * (`hecht answer`). Nothing of it is secret or about answers. */
#include "pulse/client_api.h"

#include "pulse/questionnaire.h"
#include "pulse/round.h"
#include "view/view.h"

struct slice promise_answer_text(struct region *region, enum language language, size_t i)
{
    static const enum message OPTIONS[PROMISE_ANSWERS] = {
        MESSAGE_PULSE_PROMISE_YES, MESSAGE_PULSE_PROMISE_PARTLY, MESSAGE_PULSE_PROMISE_NO,
        MESSAGE_PULSE_PROMISE_NOT_SEEN};
    return message_text(region, language, OPTIONS[i], NO_ARGUMENTS);
}

static void write_text(struct json_writer *json, const char *key, struct slice text)
{
    json_write_key(json, key);
    json_write_text(json, text);
}

/* One round in one language: of the questions, and of what the program says itself. */
struct telling {
    struct json_writer *json;
    const struct instrument *instrument;
    size_t language;
    enum language own;
    const struct descriptor *descriptor;
    struct region *region;
};

static void write_options(const struct telling *telling, bool promise)
{
    json_write_key(telling->json, "options");
    json_write_array_begin(telling->json);
    if (promise)
        for (size_t i = 0; i < PROMISE_ANSWERS; i++)
            json_write_text(telling->json, promise_answer_text(telling->region, telling->own, i));
    else
        for (size_t i = 0; i < telling->instrument->option_count; i++)
            json_write_text(telling->json, telling->instrument->options[i].text[telling->language]);
    json_write_array_end(telling->json);
}

static void write_question(const struct telling *telling, struct slice id)
{
    const struct instrument_item *item = instrument_item_find(telling->instrument, id);
    bool promise = slice_equal(id, PROMISE_ITEM);
    if (item == NULL && !promise)
        return;
    json_write_object_begin(telling->json);
    write_text(telling->json, "q", id);
    write_text(telling->json, "text",
               promise ? telling->descriptor->promise
                       : instrument_fill(item->text.text[telling->language], telling->descriptor->leader,
                                         telling->region));
    write_options(telling, promise);
    json_write_object_end(telling->json);
}

static void write_languages(const struct telling *telling)
{
    write_text(telling->json, "language", telling->instrument->languages[telling->language].code);
    json_write_key(telling->json, "languages");
    json_write_array_begin(telling->json);
    for (size_t i = 0; i < telling->instrument->language_count; i++)
        json_write_text(telling->json, telling->instrument->languages[i].code);
    json_write_array_end(telling->json);
}

static enum error_code write_round(struct http_request *request, struct json_writer *json,
                                   const struct team_round *part, struct error *error)
{
    struct descriptor descriptor;
    char rid[65], closes[DATE_UTC_LENGTH];
    struct telling telling = {.json = json, .descriptor = &descriptor, .region = request->region};
    telling.own = language_choose(request->identity.language, http_query(request, "language"),
                                  request->accept_language, S(""));
    TRY(descriptor_read(part->descriptor, request->region, error, &descriptor));
    TRY(questionnaire_load(request->session, part->org, descriptor_instrument(&descriptor), request->region,
                           error, &telling.instrument));
    telling.language = instrument_language_choose(telling.instrument, http_query(request, "questions"),
                                                  request->accept_language, telling.own);
    hex_encode(part->rid, sizeof part->rid, rid);
    date_format_utc(part->closes_at, closes);
    json_write_object_begin(json);
    write_text(json, "rid", slice_from_text(rid));
    json_write_key(json, "team");
    json_write_integer(json, part->team);
    write_text(json, "team_name", descriptor.team_name);
    write_text(json, "closes", slice_from_text(closes));
    write_languages(&telling);
    write_text(json, "frame", telling.instrument->frame.text[telling.language]);
    write_text(json, "no_answer", telling.instrument->no_answer.text[telling.language]);
    json_write_key(json, "questions");
    json_write_array_begin(json);
    for (size_t i = 0; i < descriptor.item_count; i++)
        write_question(&telling, descriptor.items[i]);
    json_write_array_end(json);
    json_write_object_end(json);
    return OK;
}

static enum error_code open_rounds(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    struct team_round *parts;
    size_t count;
    struct json_writer json = JSON_WRITER(&response->body);
    TRY(team_rounds_open_for(request->session, request->identity.org, request->identity.person,
                             request->region, error, &parts, &count));
    response->content_type = "application/json";
    json_write_object_begin(&json);
    write_text(&json, "csrf", request->csrf);
    if (http_server_voice_origin(request->server).length > 0)
        write_text(&json, "voice", http_server_voice_origin(request->server));
    write_text(&json, "person", region_format(request->region, "%" PRId64, request->identity.person));
    json_write_key(&json, "rounds");
    json_write_array_begin(&json);
    for (size_t i = 0; i < count; i++)
        TRY(write_round(request, &json, &parts[i], error));
    json_write_array_end(&json);
    json_write_object_end(&json);
    return OK;
}

static const struct http_route ROUTES[] = {
    ROUTE(HTTP_GET, "/api/rounds", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE, open_rounds,
          "the open rounds of the person who asks, with their questions"),
};

const struct http_route_table PULSE_CLIENT_ROUTES = {ROUTES, COUNT_OF(ROUTES)};

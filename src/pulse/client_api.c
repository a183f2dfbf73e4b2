/* GET /api/rounds: the open rounds of who is signed in, with the questions as text, for clients other than
 * our own pages
 * (`hecht answer`). Nothing of it is secret or about answers. */
#include "pulse/client_api.h"

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

static void write_options(struct json_writer *json, enum language language, bool promise,
                          struct region *region)
{
    const struct instrument *instrument = instrument_builtin();
    json_write_key(json, "options");
    json_write_array_begin(json);
    if (promise)
        for (size_t i = 0; i < PROMISE_ANSWERS; i++)
            json_write_text(json, promise_answer_text(region, language, i));
    else
        for (size_t i = 0; i < instrument->option_count; i++)
            json_write_text(json, instrument->options[i].text[language]);
    json_write_array_end(json);
}

static void write_question(struct json_writer *json, enum language language,
                           const struct descriptor *descriptor, struct slice id, struct region *region)
{
    const struct instrument_item *item = instrument_item_find(instrument_builtin(), id);
    bool promise = slice_equal(id, PROMISE_ITEM);
    if (item == NULL && !promise)
        return;
    json_write_object_begin(json);
    write_text(json, "q", id);
    write_text(json, "text",
               promise ? descriptor->promise
                       : instrument_fill(item->text.text[language], descriptor->leader, region));
    write_options(json, language, promise, region);
    json_write_object_end(json);
}

static enum error_code write_round(struct json_writer *json, enum language language,
                                   const struct team_round *part, struct region *region, struct error *error)
{
    struct descriptor descriptor;
    char rid[65], closes[DATE_UTC_LENGTH];
    TRY(descriptor_read(part->descriptor, region, error, &descriptor));
    hex_encode(part->rid, sizeof part->rid, rid);
    date_format_utc(part->closes_at, closes);
    json_write_object_begin(json);
    write_text(json, "rid", slice_from_text(rid));
    json_write_key(json, "team");
    json_write_integer(json, part->team);
    write_text(json, "team_name", descriptor.team_name);
    write_text(json, "closes", slice_from_text(closes));
    write_text(json, "frame", instrument_builtin()->frame.text[language]);
    write_text(json, "no_answer", instrument_builtin()->no_answer.text[language]);
    json_write_key(json, "questions");
    json_write_array_begin(json);
    for (size_t i = 0; i < descriptor.item_count; i++)
        write_question(json, language, &descriptor, descriptor.items[i], region);
    json_write_array_end(json);
    json_write_object_end(json);
    return OK;
}

static enum error_code open_rounds(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    struct team_round *parts;
    size_t count;
    enum language language = language_choose(request->identity.language, http_query(request, "language"),
                                             request->accept_language, S(""));
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
        TRY(write_round(&json, language, &parts[i], request->region, error));
    json_write_array_end(&json);
    json_write_object_end(&json);
    return OK;
}

static const struct http_route ROUTES[] = {
    ROUTE(HTTP_GET, "/api/rounds", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE, open_rounds,
          "the open rounds of the person who asks, with their questions"),
};

const struct http_route_table PULSE_CLIENT_ROUTES = {ROUTES, COUNT_OF(ROUTES)};

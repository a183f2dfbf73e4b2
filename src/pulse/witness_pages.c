/* Witnesses over HTTP: what they read and send, and the form by which an owner adds one. */
#include "people/page.h"
#include "pulse/pulse_handlers.h"
#include "pulse/witness.h"

static const char SETTINGS_FORM[] = "settings";

enum error_code logs_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct json_writer json = JSON_WRITER(&response->body);
    struct slice given = http_query(request, "after");
    int64_t after = 0;
    if (given.length > 0 && !slice_to_integer(given, 0, INT64_MAX, &after))
        return FAIL(error, ERROR_INPUT, "query-syntax", "after is the id of a team");
    response->content_type = "application/json";
    return witness_logs_json(request->session, after, request->region, error, &json);
}

/* {"team": "ID", "line": "..."} */
enum error_code cosignatures_post(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    struct json_reader json = JSON_READER(request->body, request->region);
    struct slice name, text, line = S("");
    int64_t team = 0;
    bool good = json_read_object(&json);
    while (good && json_read_key(&json, &name)) {
        good = json_read_text(&json, &text);
        if (good && slice_equal(name, S("team")))
            good = slice_to_integer(text, 1, INT64_MAX, &team);
        else if (good && slice_equal(name, S("line")))
            line = text;
        else
            good = false;
    }
    if (!good || !json_read_end(&json) || team == 0 || line.length == 0 || line.length > 1024)
        return FAIL(error, ERROR_INPUT, "answer-json", "the request is not what this route takes");
    TRY(witness_sign(request->application, request->session, team, line, request->region, error));
    response->content_type = "application/json";
    buffer_append_text(&response->body, "{\"kept\":true}");
    return OK;
}

struct adding {
    const struct http_request *request;
    uint8_t once[16];
};

static enum error_code write_adding(struct store_session *session, void *context, struct error *error)
{
    const struct adding *adding = context;
    const struct http_identity *identity = &adding->request->identity;
    int64_t now = clock_seconds(adding->request->clock);
    TRY(form_spend(session, identity->org, adding->once, now, error));
    return witness_add(session, identity->org, identity->person, http_form(adding->request, "key"), now,
                       error);
}

enum error_code settings_witness_post(struct http_request *request, struct http_response *response,
                                      struct error *error)
{
    struct adding adding = {.request = request};
    struct error failure = {0};
    TRY(http_once_check(request, SETTINGS_FORM, error, adding.once));
    enum error_code code = store_write(request->store, write_adding, &adding, &failure);
    if (code != OK && strcmp(failure.reason, "form-sent-twice") != 0) {
        *error = failure;
        return code;
    }
    http_redirect(request, response, S("/settings?saved=1"));
    return OK;
}

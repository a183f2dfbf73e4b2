/* The way of an answer as a client sees it. The route for tokens knows who asks and never sees an answer;
 * those for descriptors and answers never learn who asks. */
#include "people/device.h"
#include "pulse/answer.h"
#include "pulse/published.h"
#include "pulse/pulse_handlers.h"
#include "pulse/questionnaire.h"
#include "pulse/roster.h"
#include "pulse/team_log.h"

enum error_code rid_of_path(const struct http_request *request, struct error *error,
                            uint8_t ret_rid[static 32])
{
    if (!hex_decode(http_path(request, "rid"), ret_rid, 32))
        return FAIL(error, ERROR_NOT_FOUND, "round-unknown", "there is no such round");
    return OK;
}

enum error_code descriptor_get(struct http_request *request, struct http_response *response,
                               struct error *error)
{
    uint8_t rid[32];
    struct team_round round;
    TRY(rid_of_path(request, error, rid));
    TRY(team_round_by_rid(request->session, rid, request->region, error, &round));
    response->content_type = "text/plain; charset=utf-8";
    buffer_append(&response->body, round.descriptor);
    return OK;
}

enum error_code round_log_get(struct http_request *request, struct http_response *response,
                              struct error *error)
{
    uint8_t rid[32];
    struct team_log log;
    TRY(rid_of_path(request, error, rid));
    TRY(team_log_of_round(request->session, rid, request->region, error, &log));
    struct json_writer json = JSON_WRITER(&response->body);
    response->content_type = "application/json";
    team_log_to_json(&log, &json);
    return OK;
}

enum error_code token_post(struct http_request *request, struct http_response *response, struct error *error)
{
    uint8_t rid[32];
    struct slice blinded, device_signature, blind_signature;
    TRY(rid_of_path(request, error, rid));
    TRY(token_from_json(request->body, request->region, error, &blinded, &device_signature));
    TRY(answer_issue(request->application, request->session, request->identity.org, request->identity.person,
                     rid, blinded, device_signature, request->region, error, &blind_signature));
    response->content_type = "application/json";
    blind_signature_to_json(blind_signature, &response->body);
    return OK;
}

enum error_code answer_post(struct http_request *request, struct http_response *response, struct error *error)
{
    struct answer_submission submission;
    struct answer_receipt receipt;
    struct answer_write *write;
    if (request->body.length > ANSWER_JSON_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "answer-too-large", "an answer has at most %d bytes",
                    ANSWER_JSON_MAXIMUM);
    TRY(answer_from_json(request->body, request->region, error, &submission));
    TRY(answer_prepare(request->application, request->session, &submission, request->region, error, &write,
                       &receipt));
    response->content_type = "application/json";
    receipt_to_json(&receipt, &response->body);
    return http_respond_after_write(request, (struct http_write){answer_write, answer_write_end, write});
}

/* Devices compute means again by it, and trust no word of it that has not this hash. */
enum error_code questionnaire_text_get(struct http_request *request, struct http_response *response,
                                       struct error *error)
{
    uint8_t hash[32];
    struct slice text;
    if (!hex_decode(http_path(request, "hash"), hash, sizeof hash))
        return FAIL(error, ERROR_NOT_FOUND, "questionnaire-unknown", "there is no such questionnaire");
    TRY(questionnaire_text(request->session, hash, request->region, error, &text));
    response->content_type = "text/plain; charset=utf-8";
    buffer_append(&response->body, text);
    return OK;
}

/* ---- After the close ---------------------------------------------------------------------------- */

enum error_code record_get(struct http_request *request, struct http_response *response, struct error *error)
{
    uint8_t rid[32];
    TRY(rid_of_path(request, error, rid));
    response->content_type = "application/json";
    return published_record(request->session, rid, request->region, error, &response->body);
}

enum error_code records_get(struct http_request *request, struct http_response *response, struct error *error)
{
    uint8_t(*rids)[32];
    size_t count;
    TRY(published_examples(request->session, request->region, error, &rids, &count));
    struct json_writer json = JSON_WRITER(&response->body);
    response->content_type = "application/json";
    json_write_object_begin(&json);
    json_write_key(&json, "records");
    json_write_array_begin(&json);
    for (size_t i = 0; i < count; i++) {
        char hex[65];
        hex_encode(rids[i], 32, hex);
        json_write_text(&json, slice_from_text(hex));
    }
    json_write_array_end(&json);
    json_write_object_end(&json);
    return OK;
}

enum error_code issuance_get(struct http_request *request, struct http_response *response,
                             struct error *error)
{
    uint8_t rid[32];
    struct issuance_opening opening;
    TRY(rid_of_path(request, error, rid));
    TRY(published_issuance(request->session, request->identity.org, request->identity.person, rid,
                           request->region, error, &opening));
    struct json_writer json = JSON_WRITER(&response->body);
    response->content_type = "application/json";
    json_write_object_begin(&json);
    json_write_key(&json, "person"); /* as text: it may be larger than a number of JavaScript */
    json_write_text(&json, region_format(request->region, "%" PRId64, request->identity.person));
    json_write_bytes_member(&json, "salt", slice_from_bytes(opening.salt, sizeof opening.salt));
    json_write_key(&json, "issued");
    json_write_boolean(&json, opening.issued);
    if (opening.issued)
        json_write_bytes_member(&json, "blinded_hash",
                                slice_from_bytes(opening.blinded_hash, sizeof opening.blinded_hash));
    if (opening.device_signature.length > 0)
        json_write_bytes_member(&json, "device_signature", opening.device_signature);
    json_write_object_end(&json);
    return OK;
}

enum error_code roster_get(struct http_request *request, struct http_response *response, struct error *error)
{
    uint8_t rid[32];
    struct roster_opening opening;
    struct json_writer json = JSON_WRITER(&response->body);
    TRY(rid_of_path(request, error, rid));
    TRY(roster_open(request->session, request->identity.org, request->identity.person, rid, request->region,
                    error, &opening));
    response->content_type = "application/json";
    roster_to_json(&opening, &json);
    return OK;
}

enum error_code own_rounds_get(struct http_request *request, struct http_response *response,
                               struct error *error)
{
    struct own_round *rounds;
    size_t count;
    struct org org;
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(published_own_rounds(request->session, request->identity.org, request->identity.person,
                             request->region, error, &rounds, &count));
    struct json_writer json = JSON_WRITER(&response->body);
    response->content_type = "application/json";
    json_write_object_begin(&json);
    json_write_bytes_member(&json, "log_key", slice_from_bytes(org.log_public, sizeof org.log_public));
    json_write_key(&json, "rounds");
    json_write_array_begin(&json);
    for (size_t i = 0; i < count; i++) {
        char rid[65];
        hex_encode(rounds[i].rid, sizeof rounds[i].rid, rid);
        json_write_object_begin(&json);
        json_write_key(&json, "rid");
        json_write_text(&json, slice_from_text(rid));
        json_write_key(&json, "team"); /* as text: it may be larger than a number of JavaScript */
        json_write_text(&json, region_format(request->region, "%" PRId64, rounds[i].team));
        json_write_key(&json, "team_name");
        json_write_text(&json, rounds[i].team_name);
        json_write_key(&json, "closed");
        json_write_integer(&json, rounds[i].closed_at);
        json_write_object_end(&json);
    }
    json_write_array_end(&json);
    json_write_object_end(&json);
    return OK;
}

/* ---- Devices ------------------------------------------------------------------------------------- */

static enum error_code write_devices(struct http_request *request, struct http_response *response,
                                     struct error *error)
{
    struct device_key keys[DEVICES_MAXIMUM];
    size_t count;
    TRY(device_list(request->session, request->identity.org, request->identity.person, error, keys, &count));
    struct json_writer json = JSON_WRITER(&response->body);
    response->content_type = "application/json";
    json_write_object_begin(&json);
    json_write_key(&json, "devices");
    json_write_array_begin(&json);
    for (size_t i = 0; i < count; i++)
        json_write_bytes(&json, slice_from_bytes(keys[i].point, sizeof keys[i].point));
    json_write_array_end(&json);
    json_write_object_end(&json);
    return OK;
}

enum error_code devices_get(struct http_request *request, struct http_response *response, struct error *error)
{
    return write_devices(request, response, error);
}

enum error_code devices_post(struct http_request *request, struct http_response *response,
                             struct error *error)
{
    struct device_key key;
    TRY(device_from_json(request->body, error, key.point));
    TRY(device_register(request->application, request->identity.org, request->identity.person, &key, error));
    return write_devices(request, response, error);
}

/* The JSON of tokens and answers: read strictly, written by the command-line client. */
#include "pulse/answer.h"

#include <jansson.h>

static void json_cleanup(json_t **json)
{
    json_decref(*json);
}

static enum error_code wrong(struct error *error, const char *what)
{
    return FAIL(error, ERROR_INPUT, "answer-json", "the request is not what this route takes: %s", what);
}

static enum error_code load(struct slice text, struct error *error, json_t **ret_json)
{
    json_t *json = NULL;
    if (text.length > 0 && text.length <= ANSWER_JSON_MAXIMUM)
        json = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(json)) {
        json_decref(json);
        return wrong(error, "not a JSON object");
    }
    *ret_json = json;
    return OK;
}

static struct slice text_member(const json_t *json, const char *name)
{
    const json_t *member = json_object_get(json, name);
    if (!json_is_string(member))
        return S("");
    return slice_from_bytes(json_string_value(member), json_string_length(member));
}

/* base64url text of at most maximum bytes, into the region. */
static enum error_code bytes_member(const json_t *json, const char *name, size_t maximum,
                                    struct region *region, struct error *error, struct slice *ret_bytes)
{
    uint8_t *bytes = region_allocate(region, maximum);
    size_t length = 0;
    struct slice text = text_member(json, name);
    if (bytes == NULL || text.length == 0 || !base64url_decode(text, bytes, maximum, &length))
        return wrong(error, name);
    *ret_bytes = slice_from_bytes(bytes, length);
    return OK;
}

static enum error_code read_cell(const json_t *json, struct region *region, struct error *error,
                                 struct answer_cell *ret_cell)
{
    const json_t *value = json_object_get(json, "value");
    struct slice item = text_member(json, "q");
    if (!json_is_object(json) || json_object_size(json) != 3 || !json_is_integer(value) ||
        json_integer_value(value) < 0 || json_integer_value(value) > PROTOCOL_VALUE_MAXIMUM ||
        item.length == 0 || item.length > PROTOCOL_ITEM_ID_MAXIMUM ||
        !hex_decode(text_member(json, "salt"), ret_cell->salt, sizeof ret_cell->salt))
        return wrong(error, "cells");
    ret_cell->item = region_copy(region, item);
    ret_cell->value = (int)json_integer_value(value);
    return OK;
}

static enum error_code read_cells(const json_t *json, struct region *region, struct error *error,
                                  struct answer_submission *submission)
{
    const json_t *cells = json_object_get(json, "cells");
    size_t count = json_array_size(cells);
    if (count == 0 || count > PROTOCOL_ITEMS_MAXIMUM)
        return wrong(error, "cells");
    submission->cells = REGION_ARRAY(region, count, struct answer_cell);
    if (submission->cells == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++)
        TRY(read_cell(json_array_get(cells, i), region, error, &submission->cells[i]));
    submission->cell_count = count;
    return OK;
}

enum error_code answer_from_json(struct slice text, struct region *region, struct error *error,
                                 struct answer_submission *ret_submission)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    struct answer_submission submission = {0};
    TRY(load(text, error, &json));
    const json_t *version = json_object_get(json, "version");
    if (json_object_size(json) != 7 || !json_is_integer(version))
        return wrong(error, "members");
    submission.version = json_integer_value(version);
    if (!hex_decode(text_member(json, "rid"), submission.rid, sizeof submission.rid))
        return wrong(error, "rid");
    if (!base64url_decode_exactly(text_member(json, "opk"), submission.opk, sizeof submission.opk))
        return wrong(error, "opk");
    if (!base64url_decode_exactly(text_member(json, "osig"), submission.osig, sizeof submission.osig))
        return wrong(error, "osig");
    TRY(bytes_member(json, "m", PREPARED_MESSAGE_BYTES, region, error, &submission.prepared));
    TRY(bytes_member(json, "sig", BLIND_BYTES_MAXIMUM, region, error, &submission.signature));
    TRY(read_cells(json, region, error, &submission));
    *ret_submission = submission;
    return OK;
}

enum error_code token_from_json(struct slice text, struct region *region, struct error *error,
                                struct slice *ret_blinded, struct slice *ret_device_signature)
{
    enum { DEVICE_SIGNATURE_MAXIMUM = 128 };
    CLEANUP(json_cleanup) json_t *json = NULL;
    struct slice blinded, device = S("");
    TRY(load(text, error, &json));
    size_t known = 1;
    TRY(bytes_member(json, "blinded", BLIND_BYTES_MAXIMUM, region, error, &blinded));
    if (json_object_get(json, "device_signature") != NULL) {
        known++;
        TRY(bytes_member(json, "device_signature", DEVICE_SIGNATURE_MAXIMUM, region, error, &device));
    }
    if (json_object_size(json) != known)
        return wrong(error, "unknown members");
    *ret_blinded = blinded;
    *ret_device_signature = device;
    return OK;
}

enum error_code device_from_json(struct slice text, struct error *error,
                                 uint8_t ret_point[static ONE_TIME_PUBLIC_BYTES])
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    TRY(load(text, error, &json));
    if (json_object_size(json) != 1 ||
        !base64url_decode_exactly(text_member(json, "public_key"), ret_point, ONE_TIME_PUBLIC_BYTES))
        return wrong(error, "public_key");
    return OK;
}

static void write_bytes(struct json_writer *json, const char *name, struct slice bytes)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(4 << 10);
    base64url_append(&text, bytes.data, bytes.length);
    json_write_key(json, name);
    json_write_text(json, buffer_slice(&text));
}

void answer_to_json(const struct answer_submission *submission, struct buffer *out)
{
    struct json_writer json = JSON_WRITER(out);
    char hex[65];
    hex_encode(submission->rid, sizeof submission->rid, hex);
    json_write_object_begin(&json);
    json_write_key(&json, "rid");
    json_write_text(&json, slice_from_text(hex));
    write_bytes(&json, "m", submission->prepared);
    write_bytes(&json, "sig", submission->signature);
    write_bytes(&json, "opk", slice_from_bytes(submission->opk, sizeof submission->opk));
    write_bytes(&json, "osig", slice_from_bytes(submission->osig, sizeof submission->osig));
    json_write_key(&json, "version");
    json_write_integer(&json, submission->version);
    json_write_key(&json, "cells");
    json_write_array_begin(&json);
    for (size_t i = 0; i < submission->cell_count; i++) {
        const struct answer_cell *cell = &submission->cells[i];
        hex_encode(cell->salt, sizeof cell->salt, hex);
        json_write_object_begin(&json);
        json_write_key(&json, "q");
        json_write_text(&json, cell->item);
        json_write_key(&json, "value");
        json_write_integer(&json, cell->value);
        json_write_key(&json, "salt");
        json_write_text(&json, slice_from_text(hex));
        json_write_object_end(&json);
    }
    json_write_array_end(&json);
    json_write_object_end(&json);
}

/* The JSON of tokens and answers: read strictly, written by the command-line client. */
#include "pulse/comment.h"

static enum error_code wrong(struct error *error, const char *what)
{
    return FAIL(error, ERROR_INPUT, "answer-json", "the request is not what this route takes: %s", what);
}

/* The members of an object, each of which may stand once. */
struct member {
    struct slice name;
    bool there;
};

/* The place of the name; false for one that is unknown or was there before. */
static bool member_find(struct member *members, size_t count, struct slice name, size_t *ret_place)
{
    for (size_t i = 0; i < count; i++) {
        if (!slice_equal(members[i].name, name))
            continue;
        bool again = members[i].there;
        members[i].there = true;
        *ret_place = i;
        return !again;
    }
    return false;
}

static bool members_all(const struct member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!members[i].there)
            return false;
    return true;
}

/* base64url text of 1 to maximum bytes, into the region. */
static bool read_bytes(struct json_reader *json, size_t maximum, struct slice *ret_bytes)
{
    struct slice text;
    size_t length = 0;
    uint8_t *bytes = region_allocate(json->region, maximum);
    if (bytes == NULL || !json_read_text(json, &text) || text.length == 0 ||
        !base64url_decode(text, bytes, maximum, &length))
        return false;
    *ret_bytes = slice_from_bytes(bytes, length);
    return true;
}

static bool read_exact_bytes(struct json_reader *json, uint8_t *ret_bytes, size_t length)
{
    struct slice text;
    return json_read_text(json, &text) && base64url_decode_exactly(text, ret_bytes, length);
}

static bool read_hash(struct json_reader *json, uint8_t ret_bytes[static 32])
{
    struct slice text;
    return json_read_text(json, &text) && hex_decode(text, ret_bytes, 32);
}

/* ---- Answers ------------------------------------------------------------------------------------ */

static bool read_cell_member(struct json_reader *json, size_t place, struct answer_cell *cell)
{
    int64_t value;
    switch (place) {
    case 0:
        return json_read_text(json, &cell->item) && cell->item.length > 0 &&
               cell->item.length <= PROTOCOL_ITEM_ID_MAXIMUM;
    case 1:
        if (!json_read_integer(json, &value) || value < 0 || value > PROTOCOL_VALUE_MAXIMUM)
            return false;
        cell->value = (int)value;
        return true;
    default:
        return read_hash(json, cell->salt);
    }
}

static bool read_cell(struct json_reader *json, struct answer_cell *ret_cell)
{
    struct member members[] = {{S("q"), false}, {S("value"), false}, {S("salt"), false}};
    struct slice name;
    size_t place;
    if (!json_read_object(json))
        return false;
    while (json_read_key(json, &name))
        if (!member_find(members, COUNT_OF(members), name, &place) ||
            !read_cell_member(json, place, ret_cell))
            return false;
    return !json->failed && members_all(members, COUNT_OF(members));
}

static bool read_cells(struct json_reader *json, struct answer_submission *submission)
{
    struct answer_cell *cells = REGION_ARRAY(json->region, PROTOCOL_ITEMS_MAXIMUM, struct answer_cell);
    if (cells == NULL || !json_read_array(json))
        return false;
    size_t count = 0;
    while (json_read_element(json))
        if (count == PROTOCOL_ITEMS_MAXIMUM || !read_cell(json, &cells[count++]))
            return false;
    submission->cells = cells;
    submission->cell_count = count;
    return !json->failed && count > 0;
}

enum answer_member { RID, PREPARED, SIGNATURE, OPK, OSIG, VERSION, CELLS };

static bool read_answer_member(struct json_reader *json, enum answer_member member,
                               struct answer_submission *submission)
{
    switch (member) {
    case RID:
        return read_hash(json, submission->rid);
    case PREPARED:
        return read_bytes(json, PREPARED_MESSAGE_BYTES, &submission->prepared);
    case SIGNATURE:
        return read_bytes(json, BLIND_BYTES_MAXIMUM, &submission->signature);
    case OPK:
        return read_exact_bytes(json, submission->opk, sizeof submission->opk);
    case OSIG:
        return read_exact_bytes(json, submission->osig, sizeof submission->osig);
    case VERSION:
        return json_read_integer(json, &submission->version);
    case CELLS:
        return read_cells(json, submission);
    }
    return false;
}

enum error_code answer_from_json(struct slice text, struct region *region, struct error *error,
                                 struct answer_submission *ret_submission)
{
    struct member members[] = {
        [RID] = {S("rid"), false},     [PREPARED] = {S("m"), false}, [SIGNATURE] = {S("sig"), false},
        [OPK] = {S("opk"), false},     [OSIG] = {S("osig"), false},  [VERSION] = {S("version"), false},
        [CELLS] = {S("cells"), false},
    };
    struct json_reader json = JSON_READER(text, region);
    struct answer_submission submission = {0};
    struct slice name;
    size_t place;
    if (text.length > ANSWER_JSON_MAXIMUM || !json_read_object(&json))
        return wrong(error, "not a JSON object");
    while (json_read_key(&json, &name)) {
        if (!member_find(members, COUNT_OF(members), name, &place))
            return wrong(error, "a member that is unknown or there twice");
        if (!read_answer_member(&json, (enum answer_member)place, &submission))
            return wrong(error, members[place].name.data);
    }
    if (!json_read_end(&json) || !members_all(members, COUNT_OF(members)))
        return wrong(error, "members");
    *ret_submission = submission;
    return OK;
}

/* ---- Comments ----------------------------------------------------------------------------------- */

enum comment_member {
    COMMENT_RID,
    COMMENT_PREPARED,
    COMMENT_SIGNATURE,
    COMMENT_OPK,
    COMMENT_OSIG,
    COMMENT_VERSION,
    COMMENT_BODY
};

static bool read_comment_member(struct json_reader *json, enum comment_member member,
                                struct comment_submission *submission)
{
    switch (member) {
    case COMMENT_RID:
        return read_hash(json, submission->rid);
    case COMMENT_PREPARED:
        return read_bytes(json, PREPARED_COMMENT_BYTES, &submission->prepared);
    case COMMENT_SIGNATURE:
        return read_bytes(json, BLIND_BYTES_MAXIMUM, &submission->signature);
    case COMMENT_OPK:
        return read_exact_bytes(json, submission->opk, sizeof submission->opk);
    case COMMENT_OSIG:
        return read_exact_bytes(json, submission->osig, sizeof submission->osig);
    case COMMENT_VERSION:
        return json_read_integer(json, &submission->version);
    case COMMENT_BODY:
        return read_bytes(json, COMMENT_BODY_BYTES, &submission->body);
    }
    return false;
}

enum error_code comment_from_json(struct slice text, struct region *region, struct error *error,
                                  struct comment_submission *ret_submission)
{
    struct member members[] = {
        [COMMENT_RID] = {S("rid"), false},       [COMMENT_PREPARED] = {S("m"), false},
        [COMMENT_SIGNATURE] = {S("sig"), false}, [COMMENT_OPK] = {S("opk"), false},
        [COMMENT_OSIG] = {S("osig"), false},     [COMMENT_VERSION] = {S("version"), false},
        [COMMENT_BODY] = {S("body"), false},
    };
    struct json_reader json = JSON_READER(text, region);
    struct comment_submission submission = {0};
    struct slice name;
    size_t place;
    if (text.length > COMMENT_JSON_MAXIMUM || !json_read_object(&json))
        return wrong(error, "not a JSON object");
    while (json_read_key(&json, &name)) {
        if (!member_find(members, COUNT_OF(members), name, &place))
            return wrong(error, "a member that is unknown or there twice");
        if (!read_comment_member(&json, (enum comment_member)place, &submission))
            return wrong(error, members[place].name.data);
    }
    if (!json_read_end(&json) || !members_all(members, COUNT_OF(members)))
        return wrong(error, "members");
    *ret_submission = submission;
    return OK;
}

/* ---- Tokens ------------------------------------------------------------------------------------- */

enum error_code token_from_json(struct slice text, struct region *region, struct error *error,
                                struct slice *ret_blinded, struct slice *ret_device_signature)
{
    enum { DEVICE_SIGNATURE_MAXIMUM = 128 };
    struct member members[] = {{S("blinded"), false}, {S("device_signature"), false}};
    struct json_reader json = JSON_READER(text, region);
    struct slice found[] = {S(""), S("")}, name;
    size_t place;
    if (text.length > ANSWER_JSON_MAXIMUM || !json_read_object(&json))
        return wrong(error, "not a JSON object");
    while (json_read_key(&json, &name))
        if (!member_find(members, COUNT_OF(members), name, &place) ||
            !read_bytes(&json, place == 0 ? BLIND_BYTES_MAXIMUM : DEVICE_SIGNATURE_MAXIMUM, &found[place]))
            return wrong(error, "members");
    if (!json_read_end(&json) || !members[0].there)
        return wrong(error, "blinded");
    *ret_blinded = found[0];
    *ret_device_signature = found[1];
    return OK;
}

enum error_code device_from_json(struct slice text, struct error *error,
                                 uint8_t ret_point[static ONE_TIME_PUBLIC_BYTES])
{
    struct json_reader json = JSON_READER(text, NULL);
    uint8_t point[ONE_TIME_PUBLIC_BYTES];
    struct slice name;
    bool there = false;
    if (text.length > ANSWER_JSON_MAXIMUM || !json_read_object(&json))
        return wrong(error, "not a JSON object");
    while (json_read_key(&json, &name)) {
        if (there || !slice_equal(name, S("public_key")) || !read_exact_bytes(&json, point, sizeof point))
            return wrong(error, "public_key");
        there = true;
    }
    if (!json_read_end(&json) || !there)
        return wrong(error, "public_key");
    memcpy(ret_point, point, sizeof point);
    return OK;
}

/* ---- Writing ------------------------------------------------------------------------------------ */

void blind_signature_to_json(struct slice blind_signature, struct buffer *out)
{
    struct json_writer json = JSON_WRITER(out);
    json_write_object_begin(&json);
    json_write_bytes_member(&json, "blind_signature", blind_signature);
    json_write_object_end(&json);
}

void receipt_to_json(const struct answer_receipt *receipt, struct buffer *out)
{
    struct json_writer json = JSON_WRITER(out);
    json_write_object_begin(&json);
    json_write_key(&json, "receipt");
    json_write_text(&json, receipt->text);
    json_write_bytes_member(&json, "signature",
                            slice_from_bytes(receipt->signature, sizeof receipt->signature));
    json_write_object_end(&json);
}

void answer_to_json(const struct answer_submission *submission, struct buffer *out)
{
    struct json_writer json = JSON_WRITER(out);
    char hex[65];
    hex_encode(submission->rid, sizeof submission->rid, hex);
    json_write_object_begin(&json);
    json_write_key(&json, "rid");
    json_write_text(&json, slice_from_text(hex));
    json_write_bytes_member(&json, "m", submission->prepared);
    json_write_bytes_member(&json, "sig", submission->signature);
    json_write_bytes_member(&json, "opk", slice_from_bytes(submission->opk, sizeof submission->opk));
    json_write_bytes_member(&json, "osig", slice_from_bytes(submission->osig, sizeof submission->osig));
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

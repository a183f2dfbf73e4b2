#include "privacy/comment_message.h"

#include "privacy/lines.h"
#include "privacy/seal.h"
#include "privacy/signature.h"

static const char comment_tag[] = "hecht-comment-v1";

enum { HASH_BYTES = 32, LENGTH_BYTES = 2, VERSION_BYTES = 8, SIGNED_TEXT_MAXIMUM = 512 };
_Static_assert(sizeof comment_tag - 1 + 2 * HASH_BYTES == COMMENT_MESSAGE_BYTES,
               "the message is tag, rid, hash");
_Static_assert(COMMENT_RECORD_BYTES == VERSION_BYTES + COMMENT_BODY_BYTES, "a record is version and body");

void comment_message(const uint8_t rid[static 32], const uint8_t opk[static 65],
                     uint8_t ret_message[static COMMENT_MESSAGE_BYTES])
{
    const size_t tag = sizeof comment_tag - 1;
    memcpy(ret_message, comment_tag, tag);
    memcpy(ret_message + tag, rid, HASH_BYTES);
    sha256(slice_from_bytes(opk, ONE_TIME_PUBLIC_BYTES), ret_message + tag + HASH_BYTES);
}

bool comment_message_matches(struct slice prepared, const uint8_t rid[static 32],
                             const uint8_t opk[static 65])
{
    uint8_t expected[COMMENT_MESSAGE_BYTES];
    if (prepared.length != PREPARED_COMMENT_BYTES)
        return false;
    comment_message(rid, opk, expected);
    return memcmp(prepared.data + PREPARED_COMMENT_BYTES - COMMENT_MESSAGE_BYTES, expected,
                  sizeof expected) == 0;
}

/* ---- Body ---------------------------------------------------------------------------------------------- */

static bool is_comment(struct slice text)
{
    return text.length <= COMMENT_TEXT_MAXIMUM && slice_is_clean_text(text, "\n");
}

enum error_code comment_body_write(struct slice text, struct region *region, struct error *error,
                                   struct slice *ret_body)
{
    text = slice_trim(text);
    if (!is_comment(text))
        return FAIL(error, ERROR_INPUT, "comment-text",
                    "a comment has at most %d bytes of text without control characters",
                    COMMENT_TEXT_MAXIMUM);
    uint8_t *body = region_allocate(region, COMMENT_BODY_BYTES);
    if (body == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory for a comment");
    memset(body, 0, COMMENT_BODY_BYTES);
    body[0] = (uint8_t)(text.length >> 8);
    body[1] = (uint8_t)text.length;
    if (text.length > 0)
        memcpy(body + LENGTH_BYTES, text.data, text.length);
    *ret_body = slice_from_bytes(body, COMMENT_BODY_BYTES);
    return OK;
}

enum error_code comment_body_read(struct slice body, struct error *error, struct slice *ret_text)
{
    if (body.length != COMMENT_BODY_BYTES)
        return FAIL(error, ERROR_INPUT, "comment-text", "a comment of a wrong size");
    const uint8_t *bytes = (const uint8_t *)body.data;
    size_t length = (size_t)bytes[0] << 8 | bytes[1];
    bool good = length <= COMMENT_TEXT_MAXIMUM;
    struct slice text = good ? slice_from_bytes(bytes + LENGTH_BYTES, length) : S("");
    for (size_t i = LENGTH_BYTES + length; good && i < COMMENT_BODY_BYTES; i++)
        good = bytes[i] == 0;
    if (!good || !is_comment(text) || slice_trim(text).length != text.length)
        return FAIL(error, ERROR_INPUT, "comment-text", "a comment in another than its canonical form");
    *ret_text = text;
    return OK;
}

/* ---- Texts that are signed ----------------------------------------------------------------------------- */

static enum error_code check_version(int64_t version, struct error *error)
{
    if (version < 1 || version > PROTOCOL_VERSION_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "version-range", "the version of the comment is out of range");
    return OK;
}

static void append_body(struct buffer *out, int64_t version, struct slice body)
{
    uint8_t hash[HASH_BYTES];
    sha256(body, hash);
    lines_integer(out, "version", version);
    lines_hash(out, "body", hash);
}

enum error_code comment_signed_text(const uint8_t rid[static 32], int64_t version, struct slice body,
                                    struct region *region, struct error *error, struct slice *ret_text)
{
    TRY(check_version(version, error));
    CLEANUP(buffer_free) struct buffer out = BUFFER(SIGNED_TEXT_MAXIMUM);
    buffer_append_text(&out, "hecht-comment-v1\n");
    lines_hash(&out, "rid", rid);
    append_body(&out, version, body);
    return lines_finish(&out, region, error, ret_text);
}

enum error_code comment_receipt_text(const uint8_t rid[static 32], const uint8_t comment_id[static 32],
                                     int64_t version, struct slice body, struct region *region,
                                     struct error *error, struct slice *ret_text)
{
    TRY(check_version(version, error));
    CLEANUP(buffer_free) struct buffer out = BUFFER(SIGNED_TEXT_MAXIMUM);
    buffer_append_text(&out, "hecht-comment-receipt-v1\n");
    lines_hash(&out, "rid", rid);
    lines_hash(&out, "comment", comment_id);
    append_body(&out, version, body);
    return lines_finish(&out, region, error, ret_text);
}

/* ---- As it is sealed ----------------------------------------------------------------------------------- */

enum error_code comment_record_write(int64_t version, struct slice body, struct region *region,
                                     struct error *error, struct slice *ret_record)
{
    TRY(check_version(version, error));
    uint8_t *record = region_allocate(region, COMMENT_RECORD_BYTES);
    if (record == NULL || body.length != COMMENT_BODY_BYTES)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory for a comment");
    for (size_t i = 0; i < VERSION_BYTES; i++)
        record[i] = (uint8_t)((uint64_t)version >> (8 * (VERSION_BYTES - 1 - i)));
    memcpy(record + VERSION_BYTES, body.data, body.length);
    *ret_record = slice_from_bytes(record, COMMENT_RECORD_BYTES);
    return OK;
}

enum error_code comment_record_read(struct slice record, struct error *error, int64_t *ret_version,
                                    struct slice *ret_body)
{
    uint64_t version = 0;
    if (record.length != COMMENT_RECORD_BYTES)
        return FAIL(error, ERROR_INPUT, "comment-text", "a stored comment of a wrong size");
    for (size_t i = 0; i < VERSION_BYTES; i++)
        version = version << 8 | (uint8_t)record.data[i];
    if (version < 1 || version > PROTOCOL_VERSION_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "comment-text", "a stored comment with a wrong version");
    *ret_version = (int64_t)version;
    *ret_body = slice_from(record, VERSION_BYTES);
    return OK;
}

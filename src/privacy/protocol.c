#include "privacy/protocol.h"

#include "privacy/lines.h"
#include "privacy/seal.h"
#include "privacy/signature.h"

static const char answer_tag[] = "hecht-answer-v1";
static const char member_tag[] = "hecht-member-v1"; /* goes into the leaf with its NUL */

enum {
    HASH_BYTES = 32,
    DECIMAL_MAXIMUM = 20, /* of a 64-bit number */
    BODY_FORMAT = 1,
    TOKEN_FORMAT = 2,
    VERSION_BYTES = 8,
    CELL_BYTES = 1 + PROTOCOL_SALT_BYTES,
    CELL_TEXT_MAXIMUM = 128, /* "cell ITEM VALUE SALT": 5 + 24 + 3 + 64 and room */
    HEAD_TEXT_MAXIMUM = 256,
};
/* The struct is its own byte format. */
_Static_assert(sizeof(struct answer_token) == 32 + ONE_TIME_PUBLIC_BYTES + 256, "a token has no padding");
_Static_assert(sizeof answer_tag - 1 + 2 * HASH_BYTES == ANSWER_MESSAGE_BYTES,
               "the message is tag, rid, hash");

/* ---- Roster and prepared message ----------------------------------------------------------------------- */

void roster_leaf(const uint8_t salt[static 32], int64_t person, struct merkle_hash *ret_leaf)
{
    char bytes[HASH_BYTES + sizeof member_tag + DECIMAL_MAXIMUM + 1];
    memcpy(bytes, salt, HASH_BYTES);
    memcpy(bytes + HASH_BYTES, member_tag, sizeof member_tag);
    size_t at = HASH_BYTES + sizeof member_tag;
    int digits = snprintf(bytes + at, sizeof bytes - at, "%" PRId64, person);
    merkle_leaf(slice_from_bytes(bytes, at + (size_t)digits), ret_leaf);
}

void answer_message(const uint8_t rid[static 32], const uint8_t opk[static 65],
                    uint8_t ret_message[static ANSWER_MESSAGE_BYTES])
{
    const size_t tag = sizeof answer_tag - 1;
    memcpy(ret_message, answer_tag, tag);
    memcpy(ret_message + tag, rid, HASH_BYTES);
    sha256(slice_from_bytes(opk, ONE_TIME_PUBLIC_BYTES), ret_message + tag + HASH_BYTES);
}

bool answer_message_matches(struct slice prepared, const uint8_t rid[static 32], const uint8_t opk[static 65])
{
    uint8_t expected[ANSWER_MESSAGE_BYTES];
    if (prepared.length != PREPARED_MESSAGE_BYTES)
        return false;
    answer_message(rid, opk, expected);
    return memcmp(prepared.data + PREPARED_MESSAGE_BYTES - ANSWER_MESSAGE_BYTES, expected, sizeof expected) ==
           0;
}

/* ---- Cells --------------------------------------------------------------------------------------------- */

bool protocol_is_identifier(struct slice s, size_t maximum)
{
    if (s.length == 0 || s.length > maximum)
        return false;
    for (size_t i = 0; i < s.length; i++) {
        char c = s.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
            return false;
    }
    return true;
}

static enum error_code check_answer(int64_t version, const struct answer_cell *cells, size_t count,
                                    struct error *error)
{
    if (version < 1 || version > PROTOCOL_VERSION_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "answer", "version %" PRId64, version);
    if (count == 0 || count > PROTOCOL_ITEMS_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "answer", "%zu cells", count);
    for (size_t i = 0; i < count; i++)
        if (cells[i].value < 0 || cells[i].value > PROTOCOL_VALUE_MAXIMUM)
            return FAIL(error, ERROR_INPUT, "answer", "the value of cell %zu is out of range", i);
    return OK;
}

static enum error_code check_items(const struct answer_cell *cells, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (!protocol_is_identifier(cells[i].item, PROTOCOL_ITEM_ID_MAXIMUM))
            return FAIL(error, ERROR_INPUT, "answer", "the item of cell %zu has no valid name", i);
    return OK;
}

/* " ITEM VALUE SALT", what a line of the answer text and the hashed text of a cell have in common. */
static void append_cell(struct buffer *out, const struct answer_cell *cell)
{
    buffer_append_byte(out, ' ');
    buffer_append(out, cell->item);
    buffer_append_byte(out, ' ');
    buffer_append_integer(out, cell->value);
    buffer_append_byte(out, ' ');
    hex_append(out, cell->salt, sizeof cell->salt);
}

void cell_hash(const struct answer_cell *cell, struct merkle_hash *ret_hash)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(cell->item.length + CELL_TEXT_MAXIMUM);
    buffer_append_text(&text, "hecht-cell-v1");
    append_cell(&text, cell);
    if (text.failed)
        abort(); /* as sha256: there is no going on without a hash */
    merkle_leaf(buffer_slice(&text), ret_hash);
}

/* ---- Texts that are signed ----------------------------------------------------------------------------- */

enum error_code answer_text(const uint8_t rid[static 32], int64_t version, const struct answer_cell *cells,
                            size_t count, struct region *region, struct error *error, struct slice *ret_text)
{
    TRY(check_answer(version, cells, count, error));
    TRY(check_items(cells, count, error));
    CLEANUP(buffer_free) struct buffer out = BUFFER(HEAD_TEXT_MAXIMUM + count * CELL_TEXT_MAXIMUM);
    buffer_append_text(&out, "hecht-body-v1\n");
    lines_hash(&out, "rid", rid);
    lines_integer(&out, "version", version);
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(&out, "cell");
        append_cell(&out, &cells[i]);
        buffer_append_byte(&out, '\n');
    }
    return lines_finish(&out, region, error, ret_text);
}

enum error_code receipt_text(const uint8_t rid[static 32], const uint8_t answer_id[static 32],
                             int64_t version, const struct answer_cell *cells, size_t count,
                             struct region *region, struct error *error, struct slice *ret_text)
{
    TRY(check_answer(version, cells, count, error));
    TRY(check_items(cells, count, error));
    CLEANUP(buffer_free) struct buffer out = BUFFER(HEAD_TEXT_MAXIMUM + count * CELL_TEXT_MAXIMUM);
    buffer_append_text(&out, "hecht-receipt-v1\n");
    lines_hash(&out, "rid", rid);
    lines_hash(&out, "answer", answer_id);
    lines_integer(&out, "version", version);
    for (size_t i = 0; i < count; i++) {
        struct merkle_hash hash;
        cell_hash(&cells[i], &hash);
        lines_hash(&out, "cell", hash.bytes);
    }
    return lines_finish(&out, region, error, ret_text);
}

/* ---- Sealed body --------------------------------------------------------------------------------------- */

size_t answer_body_size(size_t item_count)
{
    return 1 + VERSION_BYTES + item_count * CELL_BYTES;
}

enum error_code answer_body_write(int64_t version, const struct answer_cell *cells, size_t count,
                                  struct region *region, struct error *error, struct slice *ret_body)
{
    TRY(check_answer(version, cells, count, error));
    size_t size = answer_body_size(count);
    uint8_t *body = region_allocate(region, size);
    if (body == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for an answer");
    uint8_t *to = body;
    *to++ = BODY_FORMAT;
    for (int shift = 8 * (VERSION_BYTES - 1); shift >= 0; shift -= 8)
        *to++ = (uint8_t)((uint64_t)version >> shift);
    for (size_t i = 0; i < count; i++) {
        *to++ = (uint8_t)cells[i].value;
        memcpy(to, cells[i].salt, PROTOCOL_SALT_BYTES);
        to += PROTOCOL_SALT_BYTES;
    }
    *ret_body = slice_from_bytes(body, size);
    return OK;
}

enum error_code answer_body_read(struct slice body, size_t count, struct error *error, int64_t *ret_version,
                                 struct answer_cell *ret_cells)
{
    if (count == 0 || count > PROTOCOL_ITEMS_MAXIMUM || body.length != answer_body_size(count))
        return FAIL(error, ERROR_INPUT, "answer", "a body of %zu bytes for %zu items", body.length, count);
    const uint8_t *from = (const uint8_t *)body.data;
    if (*from++ != BODY_FORMAT)
        return FAIL(error, ERROR_INPUT, "answer", "a body of an unknown format");
    uint64_t version = 0;
    for (size_t i = 0; i < VERSION_BYTES; i++)
        version = version << 8 | *from++;
    if (version < 1 || version > PROTOCOL_VERSION_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "answer", "a body with a wrong version");
    for (size_t i = 0; i < count; i++)
        if (from[i * CELL_BYTES] > PROTOCOL_VALUE_MAXIMUM)
            return FAIL(error, ERROR_INPUT, "answer", "the value of cell %zu is out of range", i);
    for (size_t i = 0; i < count; i++, from += CELL_BYTES) {
        ret_cells[i].value = *from;
        memcpy(ret_cells[i].salt, from + 1, PROTOCOL_SALT_BYTES);
    }
    *ret_version = (int64_t)version;
    return OK;
}

enum error_code answer_record_write(const struct answer_token *token, struct slice body,
                                    struct region *region, struct error *error, struct slice *ret_record)
{
    if (token == NULL) {
        *ret_record = body;
        return OK;
    }
    uint8_t *record = region_allocate(region, 1 + sizeof *token + body.length);
    if (record == NULL || body.length == 0)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for an answer");
    record[0] = TOKEN_FORMAT;
    memcpy(record + 1, token, sizeof *token);
    memcpy(record + 1 + sizeof *token, body.data, body.length);
    *ret_record = slice_from_bytes(record, 1 + sizeof *token + body.length);
    return OK;
}

enum error_code answer_record_read(struct slice record, bool with_token, struct error *error,
                                   struct answer_token *ret_token, struct slice *ret_body)
{
    if (!with_token) {
        *ret_body = record; /* whose first byte the reader of bodies checks */
        return OK;
    }
    if (record.length <= 1 + sizeof *ret_token || record.data[0] != TOKEN_FORMAT)
        return FAIL(error, ERROR_INPUT, "answer", "a stored answer without its token");
    memcpy(ret_token, record.data + 1, sizeof *ret_token);
    *ret_body = slice_from(record, 1 + sizeof *ret_token);
    return OK;
}

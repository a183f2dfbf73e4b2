/* As descriptors are: the writer alone knows the canonical form, the reader accepts what it would write. */
#include "privacy/log_entry.h"

#include "privacy/lines.h"

#define ROUND_FORMAT S("hecht-log-round-v1")
#define CLOSE_FORMAT S("hecht-log-close-v1")
#define AT_LEAST S("at-least-")
#define FEWER_THAN S("fewer-than-")

enum { COUNT_MAXIMUM = 1000000 };

static enum error_code wrong(struct error *error, const char *what)
{
    return FAIL(error, ERROR_INPUT, "log-entry", "not an entry of a team's log: %s", what);
}

static bool is_count(int64_t value, int64_t lowest)
{
    return value >= lowest && value <= COUNT_MAXIMUM;
}

/* ---- Writing ------------------------------------------------------------------------------------- */

static enum error_code check_close(const struct log_entry *entry, struct error *error)
{
    bool known = entry->answers_known == LOG_ANSWERS_EXACT || entry->answers_known == LOG_ANSWERS_AT_LEAST ||
                 entry->answers_known == LOG_ANSWERS_FEWER;
    if (!known || !is_count(entry->roster, 0) || !is_count(entry->answers, 0) || !is_count(entry->issued, -1))
        return wrong(error, "a number is out of range");
    if (entry->item_count == 0 || entry->item_count > PROTOCOL_ITEMS_MAXIMUM)
        return wrong(error, "number of items");
    for (size_t i = 0; i < entry->item_count; i++)
        if (!protocol_is_identifier(entry->items[i], PROTOCOL_ITEM_ID_MAXIMUM))
            return wrong(error, "item");
    return OK;
}

static void write_answers(struct buffer *out, const struct log_entry *entry)
{
    buffer_append_text(out, "answers ");
    if (entry->answers_known == LOG_ANSWERS_AT_LEAST)
        buffer_append(out, AT_LEAST);
    if (entry->answers_known == LOG_ANSWERS_FEWER)
        buffer_append(out, FEWER_THAN);
    buffer_append_integer(out, entry->answers);
    buffer_append_byte(out, '\n');
}

static void write_close(struct buffer *out, const struct log_entry *entry)
{
    buffer_append(out, CLOSE_FORMAT);
    buffer_append_byte(out, '\n');
    lines_hash(out, "rid", entry->rid);
    lines_integer(out, "roster", entry->roster);
    write_answers(out, entry);
    if (entry->issued < 0)
        lines_text(out, "issued", S("withheld"));
    else
        lines_integer(out, "issued", entry->issued);
    lines_hash(out, "eligibility", entry->eligibility.bytes);
    lines_hash(out, "issuance", entry->issuance.bytes);
    for (size_t i = 0; i < entry->item_count; i++) {
        buffer_append_text(out, "cells ");
        buffer_append(out, entry->items[i]);
        buffer_append_byte(out, ' ');
        hex_append(out, entry->cells[i].bytes, sizeof entry->cells[i].bytes);
        buffer_append_byte(out, '\n');
    }
    lines_hash(out, "result", entry->result);
    lines_hash(out, "next-key", entry->next_key);
}

static void write_round(struct buffer *out, const struct log_entry *entry)
{
    buffer_append(out, ROUND_FORMAT);
    buffer_append_byte(out, '\n');
    lines_hash(out, "rid", entry->rid);
    if (entry->key_from < 0)
        lines_text(out, "key-from", S("none"));
    else
        lines_integer(out, "key-from", entry->key_from);
}

enum error_code log_entry_write(const struct log_entry *entry, struct region *region, struct error *error,
                                struct slice *ret_bytes)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(LOG_ENTRY_MAXIMUM);
    switch (entry->kind) {
    case LOG_ENTRY_ROUND:
        if (entry->key_from < -1 || entry->key_from >= LOG_ENTRIES_MAXIMUM)
            return wrong(error, "key-from");
        write_round(&out, entry);
        break;
    case LOG_ENTRY_CLOSE:
        TRY(check_close(entry, error));
        write_close(&out, entry);
        break;
    default:
        return wrong(error, "kind");
    }
    return lines_finish(&out, region, error, ret_bytes);
}

/* ---- Reading ------------------------------------------------------------------------------------- */

/* A number, or the word that says there is none (then -1). */
static bool take_number_or(struct slice *rest, struct slice name, struct slice word, int64_t *ret_value)
{
    struct slice value;
    if (!lines_take(rest, name, &value))
        return false;
    if (slice_equal(value, word)) {
        *ret_value = -1;
        return true;
    }
    return slice_to_integer(value, 0, INT64_MAX, ret_value);
}

static bool take_answers(struct slice *rest, struct log_entry *entry)
{
    struct slice value;
    if (!lines_take(rest, S("answers"), &value))
        return false;
    entry->answers_known = LOG_ANSWERS_EXACT;
    if (slice_starts_with(value, AT_LEAST)) {
        entry->answers_known = LOG_ANSWERS_AT_LEAST;
        value = slice_from(value, AT_LEAST.length);
    } else if (slice_starts_with(value, FEWER_THAN)) {
        entry->answers_known = LOG_ANSWERS_FEWER;
        value = slice_from(value, FEWER_THAN.length);
    }
    return slice_to_integer(value, 0, INT64_MAX, &entry->answers);
}

static bool take_cells(struct slice *rest, struct log_entry *entry)
{
    struct slice value;
    while (lines_take(rest, S("cells"), &value)) {
        if (entry->item_count == PROTOCOL_ITEMS_MAXIMUM ||
            !slice_take(&value, ' ', &entry->items[entry->item_count]) ||
            !hex_decode(value, entry->cells[entry->item_count].bytes, sizeof entry->cells[0].bytes))
            return false;
        entry->item_count++;
    }
    return entry->item_count > 0;
}

static bool take_entry(struct slice rest, struct log_entry *entry)
{
    if (lines_take_exactly(&rest, ROUND_FORMAT)) {
        entry->kind = LOG_ENTRY_ROUND;
        return lines_take_hash(&rest, S("rid"), entry->rid) &&
               take_number_or(&rest, S("key-from"), S("none"), &entry->key_from) && rest.length == 0;
    }
    entry->kind = LOG_ENTRY_CLOSE;
    return lines_take_exactly(&rest, CLOSE_FORMAT) && lines_take_hash(&rest, S("rid"), entry->rid) &&
           lines_take_integer(&rest, S("roster"), &entry->roster) && take_answers(&rest, entry) &&
           take_number_or(&rest, S("issued"), S("withheld"), &entry->issued) &&
           lines_take_hash(&rest, S("eligibility"), entry->eligibility.bytes) &&
           lines_take_hash(&rest, S("issuance"), entry->issuance.bytes) && take_cells(&rest, entry) &&
           lines_take_hash(&rest, S("result"), entry->result) &&
           lines_take_hash(&rest, S("next-key"), entry->next_key) && rest.length == 0;
}

enum error_code log_entry_read(struct slice bytes, struct region *region, struct error *error,
                               struct log_entry *ret_entry)
{
    struct log_entry found = {0};
    struct slice canonical;
    if (bytes.length > LOG_ENTRY_MAXIMUM || !take_entry(bytes, &found))
        return wrong(error, "its lines");
    TRY(log_entry_write(&found, region, error, &canonical));
    if (!slice_equal(bytes, canonical))
        return wrong(error, "another than its canonical form");
    *ret_entry = found;
    return OK;
}

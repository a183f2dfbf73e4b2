#include "pulse/record.h"

#include "privacy/ledger.h"

#include <jansson.h>

struct reading {
    struct region *region;
    struct error *error;
};

static void json_cleanup(json_t **json)
{
    json_decref(*json);
}

static enum error_code wrong(const struct reading *reading, const char *where)
{
    return FAIL(reading->error, ERROR_INPUT, "record", "not a record as docs/ledger.md has it: %s", where);
}

static enum error_code no_memory(const struct reading *reading)
{
    return FAIL(reading->error, ERROR_MEMORY, "no-memory", "no memory for a record of this size");
}

/* ---- Members ------------------------------------------------------------------------------------- */

static struct slice text_of(const json_t *json)
{
    if (!json_is_string(json))
        return (struct slice){0};
    return slice_from_bytes(json_string_value(json), json_string_length(json));
}

static enum error_code text_member(const struct reading *reading, const json_t *json, const char *name,
                                   size_t maximum, struct slice *ret_text)
{
    struct slice text = text_of(json_object_get(json, name));
    if (text.length == 0 || text.length > maximum)
        return wrong(reading, name);
    *ret_text = region_copy(reading->region, text);
    return ret_text->length > 0 ? OK : no_memory(reading);
}

static enum error_code integer_member(const struct reading *reading, const json_t *json, const char *name,
                                      int64_t maximum, int64_t *ret_value)
{
    const json_t *member = json_object_get(json, name);
    if (!json_is_integer(member) || json_integer_value(member) < 0 || json_integer_value(member) > maximum)
        return wrong(reading, name);
    *ret_value = json_integer_value(member);
    return OK;
}

static bool bytes_member(const json_t *json, const char *name, void *ret_bytes, size_t length)
{
    return base64url_decode_exactly(text_of(json_object_get(json, name)), ret_bytes, length);
}

static bool hex_member(const json_t *json, const char *name, uint8_t ret_bytes[static 32])
{
    return hex_decode(text_of(json_object_get(json, name)), ret_bytes, 32);
}

static enum error_code hashes(const struct reading *reading, const json_t *list, const char *where,
                              size_t maximum, struct merkle_hash **ret_hashes, size_t *ret_count)
{
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count > maximum)
        return wrong(reading, where);
    struct merkle_hash *found = REGION_ARRAY(reading->region, count, struct merkle_hash);
    if (found == NULL)
        return no_memory(reading);
    for (size_t i = 0; i < count; i++)
        if (!base64url_decode_exactly(text_of(json_array_get(list, i)), found[i].bytes,
                                      sizeof found[i].bytes))
            return wrong(reading, where);
    *ret_hashes = found;
    *ret_count = count;
    return OK;
}

/* ---- Log ----------------------------------------------------------------------------------------- */

static enum error_code read_entries(const struct reading *reading, const json_t *list, struct team_log *log)
{
    log->entry_count = json_array_size(list);
    if (!json_is_array(list) || log->entry_count > LOG_ENTRIES_MAXIMUM)
        return wrong(reading, "entries");
    log->entries = REGION_ARRAY(reading->region, log->entry_count, struct slice);
    if (log->entries == NULL)
        return no_memory(reading);
    for (size_t i = 0; i < log->entry_count; i++) {
        struct slice text = text_of(json_array_get(list, i));
        if (text.length == 0 || text.length > LOG_ENTRY_MAXIMUM)
            return wrong(reading, "entries");
        log->entries[i] = region_copy(reading->region, text);
    }
    return region_failed(reading->region) ? no_memory(reading) : OK;
}

static enum error_code read_log(const struct reading *reading, const json_t *json, struct team_log *log)
{
    bool closed = json_object_get(json, "close") != NULL;
    log->close = -1;
    if (!json_is_object(json) || json_object_size(json) != (closed ? 7 : 6) ||
        !bytes_member(json, "log_key", log->public_key, sizeof log->public_key))
        return wrong(reading, "log");
    TRY(text_member(reading, json, "checkpoint", NOTE_MAXIMUM, &log->checkpoint));
    TRY(hashes(reading, json_object_get(json, "leaves"), "leaves of the log", LOG_ENTRIES_MAXIMUM,
               &log->leaves, &log->leaf_count));
    TRY(integer_member(reading, json, "first", LOG_ENTRIES_MAXIMUM, &log->first));
    TRY(read_entries(reading, json_object_get(json, "entries"), log));
    TRY(integer_member(reading, json, "opening", LOG_ENTRIES_MAXIMUM, &log->opening));
    return closed ? integer_member(reading, json, "close", LOG_ENTRIES_MAXIMUM, &log->close) : OK;
}

/* ---- Trees --------------------------------------------------------------------------------------- */

static bool read_cell(const json_t *json, struct record_cell *cell)
{
    cell->pad = json_object_get(json, "pad") != NULL;
    if (cell->pad)
        return json_object_size(json) == 1 && hex_member(json, "pad", cell->bytes);
    const json_t *value = json_object_get(json, "value");
    if (json_object_size(json) != 2 || !json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > PROTOCOL_VALUE_MAXIMUM)
        return false;
    cell->value = (int)json_integer_value(value);
    return hex_member(json, "salt", cell->bytes);
}

static bool read_token(const json_t *json, struct record_token *token)
{
    token->pad = json_object_get(json, "pad") != NULL;
    if (token->pad)
        return json_object_size(json) == 1 && hex_member(json, "pad", token->pad_bytes);
    return json_object_size(json) == 3 &&
           bytes_member(json, "prefix", token->token.prefix, sizeof token->token.prefix) &&
           bytes_member(json, "opk", token->token.opk, sizeof token->token.opk) &&
           bytes_member(json, "sig", token->token.signature, sizeof token->token.signature);
}

static enum error_code read_cells(const struct reading *reading, const json_t *list, struct slice item,
                                  struct record_tree *tree)
{
    tree->cells = REGION_ARRAY(reading->region, tree->count, struct record_cell);
    if (tree->cells == NULL || tree->leaves == NULL)
        return no_memory(reading);
    for (size_t i = 0; i < tree->count; i++) {
        struct record_cell *cell = &tree->cells[i];
        if (!read_cell(json_array_get(list, i), cell))
            return wrong(reading, "an open cell");
        struct answer_cell answer = {.item = item, .value = cell->value};
        memcpy(answer.salt, cell->bytes, sizeof answer.salt);
        if (cell->pad)
            pad_leaf(cell->bytes, &tree->leaves[i]);
        else
            cell_hash(&answer, &tree->leaves[i]);
    }
    return OK;
}

static enum error_code read_tokens(const struct reading *reading, const json_t *list,
                                   const uint8_t rid[static 32], struct record_tree *tree)
{
    tree->tokens = REGION_ARRAY(reading->region, tree->count, struct record_token);
    if (tree->tokens == NULL || tree->leaves == NULL)
        return no_memory(reading);
    for (size_t i = 0; i < tree->count; i++) {
        struct record_token *token = &tree->tokens[i];
        if (!read_token(json_array_get(list, i), token))
            return wrong(reading, "an open token");
        if (token->pad)
            pad_leaf(token->pad_bytes, &tree->leaves[i]);
        else
            eligibility_leaf(token->token.prefix, rid, token->token.opk,
                             slice_from_bytes(token->token.signature, sizeof token->token.signature),
                             &tree->leaves[i]);
    }
    return OK;
}

/* item NULL: tokens. */
static enum error_code read_tree(const struct reading *reading, const json_t *json, const char *where,
                                 const struct slice *item, const uint8_t rid[static 32],
                                 struct record_tree *tree)
{
    const json_t *open = json_object_get(json, "open");
    if (json_object_size(json) != 1)
        return wrong(reading, where);
    if (open == NULL)
        return hashes(reading, json_object_get(json, "leaves"), where, RECORD_LEAVES_MAXIMUM, &tree->leaves,
                      &tree->count);
    tree->open = true;
    tree->count = json_array_size(open);
    if (!json_is_array(open) || tree->count > RECORD_LEAVES_MAXIMUM)
        return wrong(reading, where);
    tree->leaves = REGION_ARRAY(reading->region, tree->count, struct merkle_hash);
    return item != NULL ? read_cells(reading, open, *item, tree) : read_tokens(reading, open, rid, tree);
}

static enum error_code read_all_cells(const struct reading *reading, json_t *all, struct record *record)
{
    const char *key;
    json_t *tree;
    if (!json_is_object(all) || json_object_size(all) > PROTOCOL_ITEMS_MAXIMUM)
        return wrong(reading, "cells");
    json_object_foreach(all, key, tree)
    {
        struct record_cells *cells = &record->cells[record->cells_count++];
        cells->item = region_copy(reading->region, slice_from_text(key));
        if (!protocol_is_identifier(cells->item, PROTOCOL_ITEM_ID_MAXIMUM))
            return wrong(reading, "the name of a question");
        TRY(read_tree(reading, tree, "cells", &cells->item, record->rid, &cells->tree));
    }
    return OK;
}

/* ---- Whole --------------------------------------------------------------------------------------- */

static enum error_code load(const struct reading *reading, struct slice text, json_t **ret_json)
{
    json_error_t place;
    if (text.length == 0 || text.length > RECORD_JSON_MAXIMUM)
        return wrong(reading, "empty, or larger than 64 MB");
    json_t *json = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, &place);
    if (json == NULL)
        return FAIL(reading->error, ERROR_INPUT, "record", "not JSON: %s, line %d", place.text, place.line);
    *ret_json = json;
    return OK;
}

static enum error_code read_record(const struct reading *reading, const json_t *json, struct record *record)
{
    if (!json_is_object(json) || !slice_equal(text_of(json_object_get(json, "format")), S("hecht-record-v1")))
        return wrong(reading, "format is not hecht-record-v1");
    if (json_object_size(json) != 7)
        return wrong(reading, "its members");
    TRY(read_log(reading, json_object_get(json, "log"), &record->log));
    TRY(text_member(reading, json, "descriptor", PROTOCOL_DESCRIPTOR_MAXIMUM, &record->descriptor));
    TRY(text_member(reading, json, "result", 1 << 17, &record->result));
    descriptor_rid(record->descriptor, record->rid);
    TRY(read_tree(reading, json_object_get(json, "eligibility"), "eligibility", NULL, record->rid,
                  &record->eligibility));
    TRY(read_tree(reading, json_object_get(json, "issuance"), "issuance", NULL, record->rid,
                  &record->issuance));
    if (record->issuance.open)
        return wrong(reading, "issuance is never open");
    return read_all_cells(reading, json_object_get(json, "cells"), record);
}

enum error_code record_read(struct slice text, struct region *region, struct error *error,
                            struct record *ret_record)
{
    struct reading reading = {region, error};
    CLEANUP(json_cleanup) json_t *json = NULL;
    struct record *record = REGION_NEW(region, struct record); /* large */
    if (record == NULL)
        return no_memory(&reading);
    TRY(load(&reading, text, &json));
    TRY(read_record(&reading, json, record));
    *ret_record = *record;
    return OK;
}

enum error_code record_log_read(struct slice text, struct region *region, struct error *error,
                                struct team_log *ret_log)
{
    struct reading reading = {region, error};
    CLEANUP(json_cleanup) json_t *json = NULL;
    struct team_log log = {0};
    TRY(load(&reading, text, &json));
    TRY(read_log(&reading, json, &log));
    *ret_log = log;
    return OK;
}

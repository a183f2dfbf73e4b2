#include "pulse/own_answer.h"

#include "privacy/ledger.h"
#include "privacy/receipt.h"

#include <jansson.h>

static void json_cleanup(json_t **json)
{
    json_decref(*json);
}

/* A text of the object, copied; empty when there is none. */
static struct slice text_of(const json_t *json, const char *name, struct region *region)
{
    const json_t *member = json_object_get(json, name);
    return json_is_string(member)
               ? region_copy(region, slice_from_bytes(json_string_value(member), json_string_length(member)))
               : S("");
}

enum error_code own_answer_read(struct slice text, struct region *region, struct error *error,
                                struct own_answer *ret_own)
{
    CLEANUP(json_cleanup) json_t *json = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *counts = json_object_get(json, "counts");
    struct own_answer own = {
        .receipt = text_of(json, "receipt", region),
        .signature_text = text_of(json, "signature", region),
        .counts = json_is_true(counts),
    };
    if (!json_is_boolean(counts) || own.receipt.length == 0 || own.signature_text.length == 0 ||
        !hex_decode(text_of(json, "token", region), own.token.bytes, sizeof own.token.bytes))
        return FAIL(error, ERROR_INPUT, "own-answer",
                    "this is not what hecht answer --json printed (receipt, signature, token, counts)");
    *ret_own = own;
    return OK;
}

void own_answer_write(const struct own_answer *own, struct json_writer *json)
{
    char hex[65];
    hex_encode(own->token.bytes, sizeof own->token.bytes, hex);
    json_write_object_begin(json);
    json_write_key(json, "receipt");
    json_write_text(json, own->receipt);
    json_write_key(json, "signature");
    json_write_text(json, own->signature_text);
    json_write_key(json, "token");
    json_write_text(json, slice_from_text(hex));
    json_write_key(json, "counts");
    json_write_boolean(json, own->counts);
    json_write_object_end(json);
}

void own_answer_token(const struct answer_client *client, struct merkle_hash *ret_leaf)
{
    /* prepared begins with the 32 random bytes */
    eligibility_leaf((const uint8_t *)client->blinded.prepared.data, client->rid, client->opk,
                     client->signature, ret_leaf);
}

static bool is_in(const struct merkle_hash *leaf, const struct record_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        if (memcmp(leaf, &tree->leaves[i], sizeof *leaf) == 0)
            return true;
    return false;
}

/* The organisation's own signature: with it, what is missing can be proved to others. */
static bool check_signature(const struct own_answer *own, const struct record *record)
{
    uint8_t signature[64];
    struct error ignored = {0};
    return base64url_decode_exactly(own->signature_text, signature, sizeof signature) &&
           log_verify(record->log.public_key, own->receipt, signature, &ignored) == OK;
}

static bool is_in_cells(const struct merkle_hash *leaf, struct slice item, const struct record *record)
{
    for (size_t i = 0; i < record->cells_count; i++)
        if (slice_equal(record->cells[i].item, item))
            return is_in(leaf, &record->cells[i].tree);
    return false;
}

/* The cells of a receipt stand in the order of D. */
static void check_cells(const struct receipt *receipt, const struct record *record, struct region *region,
                        struct verification *v)
{
    size_t missing = 0;
    for (size_t i = 0; i < receipt->cell_count; i++)
        missing +=
            i >= v->descriptor.item_count || !is_in_cells(&receipt->cells[i], v->descriptor.items[i], record);
    bool good = missing == 0 && receipt->cell_count == v->descriptor.item_count;
    verify_add(v, good ? CHECK_HOLDS : CHECK_FAILS, "own-cells",
               good ? region_format(region, "your %zu answers are in the trees of their questions",
                                    receipt->cell_count)
                    : region_format(region,
                                    "%zu of your %zu answers are not in the tree of their question as the "
                                    "receipt has them: they were changed",
                                    missing, receipt->cell_count));
}

bool own_answer_verify(const struct own_answer *own, const struct record *record, struct region *region,
                       struct verification *v)
{
    struct receipt receipt;
    bool read = receipt_read(own->receipt, &receipt);
    if (read && memcmp(receipt.rid, record->rid, sizeof receipt.rid) != 0)
        return false;
    bool is_signed = read && check_signature(own, record);
    verify_add(v, is_signed ? CHECK_HOLDS : CHECK_FAILS, "receipt",
               is_signed ? region_format(region,
                                         "version %" PRId64
                                         " of your answer was taken, signed by the key of this log",
                                         receipt.version)
                         : S("the receipt is not signed by the key of this log"));
    if (!is_signed)
        return true;
    bool there = is_in(&own->token, &record->eligibility);
    verify_add(v, there == own->counts ? CHECK_HOLDS : CHECK_FAILS, "own-token",
               own->counts ? there ? S("your answer is among those that count")
                                   : S("your answer was taken and is not among those that count")
               : there ? S("your answer was taken back and is still among those that count")
                           : S("you have no answer among those that count, as you wanted it"));
    if (own->counts)
        check_cells(&receipt, record, region, v);
    return true;
}

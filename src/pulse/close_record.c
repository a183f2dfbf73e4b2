#include "pulse/close_record.h"

#include "privacy/ledger.h"
#include "pulse/next_key.h"
#include "pulse/published.h"

STATEMENT(ROSTER_ISSUED,
          "SELECT m.person_id, i.blinded_hash, i.device_signature FROM roster m LEFT JOIN issuance i "
          "ON i.org_id = m.org_id AND i.rid = $4 AND i.person_id = m.person_id "
          "WHERE m.org_id = $1 AND m.round_number = $2 AND m.team_id = $3 ORDER BY m.person_id");
STATEMENT(ISSUANCE_LEAF_INSERT,
          "INSERT INTO issuance_leaf (org_id, rid, person_id, salt, blinded_hash, device_signature, until) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7)");
STATEMENT(RECORD_INSERT,
          "INSERT INTO round_record (org_id, round_number, team_id, record) VALUES ($1, $2, $3, $4)");
STATEMENT(
    CLOSE_INDEX_SET,
    "UPDATE team_round SET close_index = $4, cells_open = $5 WHERE org_id = $1 AND round_number = $2 AND team_id = $3");

enum { RECORD_MAXIMUM = 64 << 20 };

/* A leaf and where it comes from: an answer, or (from `answers` on) a pad. */
struct leaf {
    struct merkle_hash hash;
    size_t from;
};

struct tree {
    struct leaf *leaves; /* sorted by hash */
    uint8_t (*pads)[LEDGER_SALT_BYTES];
    size_t count, answers;
    struct merkle_hash root;
};

static int compare_leaves(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct merkle_hash)); /* the hash stands first */
}

static enum error_code no_memory(const struct recording *recording)
{
    return FAIL(recording->error, ERROR_MEMORY, "no-memory", "no memory");
}

/* ---- Trees -------------------------------------------------------------------------------------- */

/* Room for the leaves of the answers, and the pads made. */
static enum error_code tree_begin(const struct recording *recording, struct tree *ret_tree)
{
    size_t roster = (size_t)recording->descriptor->roster_count, answers = recording->bodies->count;
    struct tree tree = {.answers = answers, .count = answers > roster ? answers : roster};
    tree.leaves = REGION_ARRAY(recording->region, tree.count, struct leaf);
    tree.pads = region_array(recording->region, tree.count - answers, LEDGER_SALT_BYTES);
    if (tree.leaves == NULL || tree.pads == NULL)
        return no_memory(recording);
    for (size_t i = 0; i < tree.count; i++)
        tree.leaves[i].from = i;
    for (size_t i = answers; i < tree.count; i++) {
        random_bytes(recording->application->random, tree.pads[i - answers], LEDGER_SALT_BYTES);
        pad_leaf(tree.pads[i - answers], &tree.leaves[i].hash);
    }
    *ret_tree = tree;
    return OK;
}

static enum error_code tree_end(const struct recording *recording, struct tree *tree)
{
    struct merkle_hash *hashes = REGION_ARRAY(recording->region, tree->count, struct merkle_hash);
    if (hashes == NULL)
        return no_memory(recording);
    if (tree->count > 0)
        qsort(tree->leaves, tree->count, sizeof *tree->leaves, compare_leaves);
    for (size_t i = 0; i < tree->count; i++)
        hashes[i] = tree->leaves[i].hash;
    merkle_list_root(hashes, tree->count, &tree->root);
    return OK;
}

static enum error_code eligibility_tree(const struct recording *recording, struct tree *tree)
{
    TRY(tree_begin(recording, tree));
    for (size_t i = 0; i < tree->answers; i++) {
        const struct answer_token *token = &recording->bodies->tokens[i];
        eligibility_leaf(token->prefix, recording->round->rid, token->opk,
                         slice_from_bytes(token->signature, sizeof token->signature), &tree->leaves[i].hash);
    }
    return tree_end(recording, tree);
}

static enum error_code cell_tree(const struct recording *recording, size_t item, struct tree *tree)
{
    TRY(tree_begin(recording, tree));
    for (size_t i = 0; i < tree->answers; i++)
        cell_hash(&recording->bodies->cells[i * recording->bodies->item_count + item], &tree->leaves[i].hash);
    return tree_end(recording, tree);
}

/* The rows are written after they are all read: one statement at a time on a connection. */
struct issued {
    int64_t person;
    uint8_t salt[LEDGER_SALT_BYTES];
    struct slice blinded_hash, device_signature; /* empty: none */
};

static enum error_code read_issued(const struct recording *recording, struct issued *issued, size_t maximum,
                                   size_t *ret_count)
{
    const struct team_round *round = recording->round;
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(recording->session, &ROSTER_ISSUED,
                     PARAMETERS(V_INTEGER(round->org), V_INTEGER(round->round_number), V_INTEGER(round->team),
                                V_BYTES(slice_from_bytes(round->rid, 32))),
                     recording->error, &rows));
    while (count < maximum && store_next(&rows)) {
        issued[count] = (struct issued){
            .person = store_column_integer(&rows, 0),
            .blinded_hash = store_column_copy(&rows, 1, recording->region),
            .device_signature = store_column_copy(&rows, 2, recording->region),
        };
        random_bytes(recording->application->random, issued[count++].salt, LEDGER_SALT_BYTES);
    }
    *ret_count = count;
    return store_rows_end(&rows);
}

static struct store_value bytes_or_null(struct slice bytes)
{
    return bytes.length > 0 ? V_BYTES(bytes) : V_NULL;
}

/* The issuance tree is not padded: it has one leaf a member. */
static enum error_code issuance_tree(const struct recording *recording, struct tree *tree,
                                     int64_t *ret_issued)
{
    size_t roster = (size_t)recording->descriptor->roster_count;
    struct issued *issued = REGION_ARRAY(recording->region, roster, struct issued);
    tree->leaves = REGION_ARRAY(recording->region, roster, struct leaf);
    if (issued == NULL || tree->leaves == NULL)
        return no_memory(recording);
    TRY(read_issued(recording, issued, roster, &tree->count));
    int64_t until = clock_seconds(recording->application->clock) + ISSUANCE_OPEN_DAYS * DAY_SECONDS;
    *ret_issued = 0;
    for (size_t i = 0; i < tree->count; i++) {
        struct slice hash = issued[i].blinded_hash;
        bool is = hash.length == 32;
        *ret_issued += is;
        issuance_leaf(issued[i].salt, issued[i].person, is ? (const uint8_t *)hash.data : NULL,
                      issued[i].device_signature, &tree->leaves[i].hash);
        TRY(store_execute(
            recording->session, &ISSUANCE_LEAF_INSERT,
            PARAMETERS(V_INTEGER(recording->round->org), V_BYTES(slice_from_bytes(recording->round->rid, 32)),
                       V_INTEGER(issued[i].person),
                       V_BYTES(slice_from_bytes(issued[i].salt, LEDGER_SALT_BYTES)), bytes_or_null(hash),
                       bytes_or_null(issued[i].device_signature), V_INTEGER(until)),
            recording->error, NULL));
    }
    return tree_end(recording, tree);
}

/* ---- JSON --------------------------------------------------------------------------------------- */

static void write_hex(struct json_writer *json, const char *key, const uint8_t bytes[static 32])
{
    char text[65];
    hex_encode(bytes, 32, text);
    json_write_key(json, key);
    json_write_text(json, slice_from_text(text));
}

static void write_closed(struct json_writer *json, const struct tree *tree)
{
    json_write_object_begin(json);
    json_write_key(json, "leaves");
    json_write_array_begin(json);
    for (size_t i = 0; i < tree->count; i++)
        json_write_bytes(json,
                         slice_from_bytes(tree->leaves[i].hash.bytes, sizeof tree->leaves[i].hash.bytes));
    json_write_array_end(json);
    json_write_object_end(json);
}

static void write_token(struct json_writer *json, const struct answer_token *token)
{
    json_write_bytes_member(json, "prefix", slice_from_bytes(token->prefix, sizeof token->prefix));
    json_write_bytes_member(json, "opk", slice_from_bytes(token->opk, sizeof token->opk));
    json_write_bytes_member(json, "sig", slice_from_bytes(token->signature, sizeof token->signature));
}

static void write_cell(struct json_writer *json, const struct answer_cell *cell)
{
    json_write_key(json, "value");
    json_write_integer(json, cell->value);
    write_hex(json, "salt", cell->salt);
}

/* item: which cells; SIZE_MAX: tokens. */
static void write_open(struct json_writer *json, const struct recording *recording, const struct tree *tree,
                       size_t item)
{
    const struct bodies *bodies = recording->bodies;
    json_write_object_begin(json);
    json_write_key(json, "open");
    json_write_array_begin(json);
    for (size_t i = 0; i < tree->count; i++) {
        size_t from = tree->leaves[i].from;
        json_write_object_begin(json);
        if (from >= tree->answers)
            write_hex(json, "pad", tree->pads[from - tree->answers]);
        else if (item == SIZE_MAX)
            write_token(json, &bodies->tokens[from]);
        else
            write_cell(json, &bodies->cells[from * bodies->item_count + item]);
        json_write_object_end(json);
    }
    json_write_array_end(json);
    json_write_object_end(json);
}

/* ---- One team's close --------------------------------------------------------------------------- */

/* What the rules let the record say of this group. */
struct openness {
    bool shown, exact, open;
    bool cells; /* open, and nothing that was opened earlier keeps them closed */
};

struct published {
    struct openness openness;
    struct result_statement statement;
    struct slice statement_bytes;
    struct tree eligibility, issuance, cells[PROTOCOL_ITEMS_MAXIMUM];
    int64_t issued;
};

bool close_record_opens(const struct team_round *round, int64_t answers, int64_t k)
{
    return answers >= k && answers >= LEDGER_OPEN_MINIMUM &&
           disclosure_exact_count(round->roster_count, false);
}

static struct openness openness_of(const struct recording *recording)
{
    int64_t answers = (int64_t)recording->bodies->count;
    struct openness openness = {.shown = answers >= recording->descriptor->k};
    openness.exact = openness.shown && disclosure_exact_count(recording->descriptor->roster_count, false);
    openness.open = close_record_opens(recording->round, answers, recording->descriptor->k);
    openness.cells = openness.open && !recording->cells_held;
    return openness;
}

static enum error_code make_published(const struct recording *recording, struct published *published)
{
    published->openness = openness_of(recording);
    TRY(close_statement(recording, published->openness.exact, published->openness.cells,
                        &published->statement));
    TRY(result_statement_write(&published->statement, recording->region, recording->error,
                               &published->statement_bytes));
    TRY(eligibility_tree(recording, &published->eligibility));
    TRY(issuance_tree(recording, &published->issuance, &published->issued));
    for (size_t i = 0; i < recording->descriptor->item_count; i++)
        TRY(cell_tree(recording, i, &published->cells[i]));
    return OK;
}

static void write_trees(struct json_writer *json, const struct recording *recording,
                        const struct published *published)
{
    json_write_key(json, "eligibility");
    if (published->openness.open)
        write_open(json, recording, &published->eligibility, SIZE_MAX);
    else
        write_closed(json, &published->eligibility);
    json_write_key(json, "issuance");
    write_closed(json, &published->issuance);
    json_write_key(json, "cells");
    json_write_object_begin(json);
    for (size_t i = 0; i < published->statement.item_count; i++) {
        json_write_key(json, region_text(recording->region, published->statement.items[i].id));
        if (published->statement.items[i].kind == RESULT_COUNTS)
            write_open(json, recording, &published->cells[i], i);
        else
            write_closed(json, &published->cells[i]);
    }
    json_write_object_end(json);
}

static enum error_code write_record(const struct recording *recording, const struct published *published)
{
    const struct team_round *round = recording->round;
    CLEANUP(buffer_free) struct buffer out = BUFFER(RECORD_MAXIMUM);
    struct json_writer json = JSON_WRITER(&out);
    json_write_object_begin(&json);
    json_write_key(&json, "descriptor");
    json_write_text(&json, round->descriptor);
    json_write_key(&json, "result");
    json_write_text(&json, published->statement_bytes);
    write_trees(&json, recording, published);
    json_write_object_end(&json);
    if (out.failed)
        return no_memory(recording);
    return store_execute(recording->session, &RECORD_INSERT,
                         PARAMETERS(V_INTEGER(round->org), V_INTEGER(round->round_number),
                                    V_INTEGER(round->team), V_BYTES(buffer_slice(&out))),
                         recording->error, NULL);
}

static enum error_code fill_entry(const struct recording *recording, const struct published *published,
                                  struct log_entry *entry)
{
    const struct openness *openness = &published->openness;
    int64_t answers = (int64_t)recording->bodies->count;
    bool found;
    memcpy(entry->rid, recording->round->rid, sizeof entry->rid);
    entry->kind = LOG_ENTRY_CLOSE;
    entry->roster = recording->descriptor->roster_count;
    entry->answers_known = !openness->shown  ? LOG_ANSWERS_FEWER
                           : openness->exact ? LOG_ANSWERS_EXACT
                                             : LOG_ANSWERS_AT_LEAST;
    entry->answers = openness->exact ? answers : recording->descriptor->k;
    entry->issued = openness->exact ? published->issued : -1;
    entry->eligibility = published->eligibility.root;
    entry->issuance = published->issuance.root;
    entry->item_count = recording->descriptor->item_count;
    for (size_t i = 0; i < entry->item_count; i++) {
        entry->items[i] = recording->descriptor->items[i];
        entry->cells[i] = published->cells[i].root;
    }
    sha256(published->statement_bytes, entry->result);
    TRY(next_key_hash(recording->session, recording->round->org, recording->round->team, recording->error,
                      &found, entry->next_key));
    if (!found)
        return FAIL(recording->error, ERROR_INTERNAL, "next-key", "the team has no next key at its close");
    return OK;
}

enum error_code close_record_write(const struct recording *recording)
{
    const struct team_round *round = recording->round;
    struct published *published = REGION_NEW(recording->region, struct published); /* large */
    struct log_entry entry = {0};
    int64_t index = 0;
    if (published == NULL)
        return no_memory(recording);
    TRY(make_published(recording, published));
    TRY(write_record(recording, published));
    TRY(fill_entry(recording, published, &entry));
    TRY(team_log_append(recording->session, recording->signer, round->team, &entry, recording->region,
                        recording->error, &index));
    TRY(next_key_commit(recording->session, round->org, round->team, index, recording->error));
    return store_execute(recording->session, &CLOSE_INDEX_SET,
                         PARAMETERS(V_INTEGER(round->org), V_INTEGER(round->round_number),
                                    V_INTEGER(round->team), V_INTEGER(index),
                                    V_INTEGER(published->openness.cells)),
                         recording->error, NULL);
}

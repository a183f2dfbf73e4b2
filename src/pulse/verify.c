#include "pulse/verify.h"

#include "privacy/blind.h"
#include "privacy/disclosure.h"
#include "privacy/ledger.h"
#include "pulse/close.h"
#include "pulse/instrument.h"

#include <math.h>

/* What the checks of one record share. */
struct verifying {
    const struct record *record;
    struct region *region;
    struct error *error;
    struct verification *v;
    const struct descriptor *descriptor;
    struct log_entry close;
    struct result_statement *statement;
    const struct instrument *instrument; /* NULL: not known */
    struct close_plan *plan;             /* of it */
};

static bool add(const struct verifying *this, bool holds, const char *name, struct slice good,
                struct slice bad)
{
    verify_add(this->v, holds ? CHECK_HOLDS : CHECK_FAILS, name, holds ? good : bad);
    return holds;
}

static void claim(const struct verifying *this, const char *name, struct slice text)
{
    verify_add(this->v, CHECK_CLAIM, name, text);
}

/* ---- Descriptor ---------------------------------------------------------------------------------- */

static bool check_descriptor(const struct verifying *this)
{
    struct error error = {0};
    struct blind_public_key *key = NULL;
    struct descriptor *descriptor = &this->v->descriptor;
    char hex[65];
    hex_encode(this->record->rid, 32, hex);
    if (descriptor_read(this->record->descriptor, this->region, &error, descriptor) != OK) {
        verify_add(this->v, CHECK_FAILS, "descriptor", slice_from_text("not the canonical text of a round"));
        return false;
    }
    bool key_good = blind_public_key_import(descriptor->spki, &error, &key) == OK;
    blind_public_key_free(key);
    return add(this, key_good, "descriptor", region_format(this->region, "its SHA-256 is rid %s", hex),
               region_format(this->region, "its key is none that may be used: %s", error.detail));
}

/* ---- Trees --------------------------------------------------------------------------------------- */

/* Leaves in the order of their hashes, each once, as many as members, and the root of the close entry. */
static bool check_tree(const struct verifying *this, const struct record_tree *tree,
                       const struct merkle_hash *root, const char *name, struct slice what)
{
    struct merkle_hash computed;
    struct region *region = this->region;
    merkle_list_root(tree->leaves, tree->count, &computed);
    bool ordered = true;
    for (size_t i = 1; ordered && i < tree->count; i++)
        ordered = memcmp(&tree->leaves[i - 1], &tree->leaves[i], sizeof tree->leaves[0]) < 0;
    struct slice bad =
        memcmp(&computed, root, sizeof computed) != 0
            ? region_format(
                  region,
                  "%.*s does not have the root of the close entry: something in it was left out, added "
                  "or changed after the close",
                  SLICE_ARG(what))
        : !ordered ? region_format(region, "%.*s is not in the order of its hashes, or a leaf stands twice",
                                   SLICE_ARG(what))
                   : region_format(region, "%.*s has %zu leaves, the team %" PRId64 " members",
                                   SLICE_ARG(what), tree->count, this->descriptor->roster_count);
    bool good = memcmp(&computed, root, sizeof computed) == 0 && ordered &&
                tree->count == (size_t)this->descriptor->roster_count;
    return add(this, good, name,
               region_format(region, "%.*s: %zu leaves with the root of the close entry", SLICE_ARG(what),
                             tree->count),
               bad);
}

static int compare_opk(const void *a, const void *b)
{
    const struct record_token *const *left = a, *const *right = b;
    return memcmp((*left)->token.opk, (*right)->token.opk, sizeof(*left)->token.opk);
}

/* Sorts the answers. */
static bool different_keys(const struct record_token **answers, size_t count)
{
    if (count > 1)
        qsort(answers, count, sizeof *answers, compare_opk);
    for (size_t i = 1; i < count; i++)
        if (compare_opk(&answers[i - 1], &answers[i]) == 0)
            return false;
    return true;
}

static bool token_holds(const struct verifying *this, const struct blind_public_key *key,
                        const struct answer_token *token)
{
    uint8_t prepared[PREPARED_MESSAGE_BYTES];
    memcpy(prepared, token->prefix, sizeof token->prefix);
    answer_message(this->record->rid, token->opk, prepared + sizeof token->prefix);
    return blind_verify(key, slice_from_bytes(prepared, sizeof prepared),
                        slice_from_bytes(token->signature, sizeof token->signature), NULL) == OK;
}

static void check_tokens(const struct verifying *this, const struct record_token **answers, size_t count)
{
    struct blind_public_key *key = NULL;
    size_t bad = 0;
    if (blind_public_key_import(this->descriptor->spki, NULL, &key) != OK)
        return; /* the descriptor's check said so */
    for (size_t i = 0; i < count; i++)
        bad += !token_holds(this, key, &answers[i]->token);
    blind_public_key_free(key);
    add(this, bad == 0, "signatures",
        region_format(this->region, "all %zu answers carry a signature of the round's key", count),
        region_format(this->region, "%zu of %zu answers carry no signature of the round's key", bad, count));
    add(this, different_keys(answers, count), "one-time-keys",
        region_format(this->region, "the %zu one-time keys all differ", count),
        S("two answers have the same one-time key"));
}

static enum error_code check_eligibility(const struct verifying *this)
{
    const struct record_tree *tree = &this->record->eligibility;
    bool should =
        this->close.answers_known == LOG_ANSWERS_EXACT && this->close.answers >= LEDGER_OPEN_MINIMUM;
    check_tree(this, tree, &this->close.eligibility, "eligibility", S("the tree of tokens"));
    if (tree->open != should)
        verify_add(this->v, CHECK_FAILS, "openness",
                   should ? S("ten or more have answered, and still the tokens are closed")
                          : S("tokens are open, which they may be from ten known answers on only"));
    if (!tree->open) {
        claim(this, "signatures",
              S("tokens of few answers or of a small team stay closed: each member can check the own"));
        return OK;
    }
    const struct record_token **answers =
        region_array(this->region, tree->count, sizeof(const struct record_token *));
    size_t count = 0;
    if (answers == NULL)
        return FAIL(this->error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < tree->count; i++)
        if (!tree->tokens[i].pad)
            answers[count++] = &tree->tokens[i];
    add(this, this->close.answers_known == LOG_ANSWERS_EXACT && (size_t)this->close.answers == count,
        "answers", region_format(this->region, "%zu answers, as the close entry says", count),
        region_format(this->region,
                      "the tree of tokens holds %zu answers, the close entry says another number", count));
    check_tokens(this, answers, count);
    return OK;
}

/* ---- Numbers ------------------------------------------------------------------------------------- */

static void check_numbers(const struct verifying *this)
{
    const struct log_entry *close = &this->close;
    struct region *region = this->region;
    bool exact = close->answers_known == LOG_ANSWERS_EXACT;
    add(this, close->roster == this->descriptor->roster_count, "roster",
        region_format(region, "%" PRId64 " members, as at the opening", close->roster),
        S("the close entry names another number of members than the opening"));
    if (!exact) {
        add(this, close->answers == this->descriptor->k, "answers",
            region_format(region, "%s %" PRId64 " answers; the number is withheld in so small a group",
                          close->answers_known == LOG_ANSWERS_FEWER ? "fewer than" : "at least",
                          close->answers),
            S("the close entry names another k than the round"));
        if (close->answers_known == LOG_ANSWERS_AT_LEAST)
            add(this, !disclosure_exact_count(this->descriptor->roster_count, false), "withheld",
                region_format(region, "%" PRId64 " members: so small a group gives no number", close->roster),
                region_format(
                    region,
                    "with %" PRId64
                    " members the number of answers and the tokens must be given, and are kept back",
                    close->roster));
        claim(this, "issued", S("how many members fetched a form is withheld in so small a group"));
        return;
    }
    bool known = close->issued >= 0;
    if (!add(this, known && close->answers <= close->issued && close->issued <= close->roster, "counts",
             region_format(region, "%" PRId64 " answers <= %" PRId64 " forms fetched <= %" PRId64 " members",
                           close->answers, close->issued, close->roster),
             region_format(region,
                           "%" PRId64 " answers, %" PRId64 " forms fetched, %" PRId64
                           " members: there cannot be more of one than of the next",
                           close->answers, close->issued, close->roster)))
        return;
    claim(this, "issued",
          region_format(region,
                        "%" PRId64 " forms were fetched, %" PRId64
                        " not used: each member can check the own, an auditor all",
                        close->issued, close->issued - close->answers));
}

/* ---- Cells and figures ---------------------------------------------------------------------------- */

static const struct record_tree *cells_of(const struct record *record, struct slice item)
{
    for (size_t i = 0; i < record->cells_count; i++)
        if (slice_equal(record->cells[i].item, item))
            return &record->cells[i].tree;
    return NULL;
}

/* Counts what the open cells say. */
static void check_open_cells(const struct verifying *this, const struct record_tree *tree,
                             const struct result_item *item)
{
    int64_t counts[PROTOCOL_VALUE_MAXIMUM + 1] = {0}, answers = 0;
    struct slice id = item->id;
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->cells[i].pad)
            continue;
        counts[tree->cells[i].value]++;
        answers++;
    }
    if (!add(this, this->close.answers_known == LOG_ANSWERS_EXACT && answers == this->close.answers,
             "cells-count",
             region_format(this->region, "%.*s: one cell for each of %" PRId64 " answers", SLICE_ARG(id),
                           answers),
             region_format(this->region, "%.*s has %" PRId64 " cells, which is not the number of answers",
                           SLICE_ARG(id), answers)))
        return;
    bool same = true;
    for (int64_t option = 1; option <= PROTOCOL_VALUE_MAXIMUM; option++)
        same = same && counts[option] == (option <= item->options ? item->counts[option - 1] : 0);
    add(this, same, "result-counts",
        region_format(this->region, "%.*s: the counts of the result are those of the cells", SLICE_ARG(id)),
        region_format(this->region, "%.*s: the counts of the result are not those of the cells",
                      SLICE_ARG(id)));
}

static void check_cells(const struct verifying *this, size_t i)
{
    const struct result_item *item = &this->statement->items[i];
    const struct record_tree *tree = cells_of(this->record, item->id);
    struct slice what = region_format(this->region, "the tree of %.*s", SLICE_ARG(item->id));
    if (tree == NULL) {
        verify_add(this->v, CHECK_FAILS, "cells",
                   region_format(this->region, "%.*s is missing", SLICE_ARG(what)));
        return;
    }
    bool good = check_tree(this, tree, &this->close.cells[i], "cells", what);
    bool open = item->kind == RESULT_COUNTS;
    if (tree->open != open)
        verify_add(this->v, CHECK_FAILS, "cells",
                   region_format(this->region, "%.*s is %s, the result statement says it is not",
                                 SLICE_ARG(what), tree->open ? "open" : "closed"));
    else if (open && good)
        check_open_cells(this, tree, item);
}

static const struct result_item *item_of(const struct result_statement *statement, struct slice id)
{
    for (size_t i = 0; i < statement->item_count; i++)
        if (slice_equal(statement->items[i].id, id))
            return &statement->items[i];
    return NULL;
}

static int64_t item_answers(const struct result_item *item)
{
    int64_t n = 0;
    for (int64_t option = 0; option < item->options; option++)
        n += item->counts[option];
    return n;
}

/* The mean of the item means, where all counts are open; NAN otherwise. */
static double mean_from_counts(const struct result_statement *statement,
                               const struct result_construct *construct, int64_t *ret_n)
{
    double sum = 0;
    *ret_n = 0;
    for (size_t i = 0; i < construct->item_count; i++) {
        const struct result_item *item = item_of(statement, construct->items[i]);
        if (item == NULL || item->kind != RESULT_COUNTS)
            return (double)NAN;
        double mean = result_counts_mean(item);
        sum += construct->reversed[i] ? (double)item->options + 1 - mean : mean;
        *ret_n = item_answers(item) > *ret_n ? item_answers(item) : *ret_n;
    }
    return sum / (double)construct->item_count;
}

/* Of which questions a figure is the mean is not for the server to say, where the questionnaire is known. */
static bool asks_as_planned(const struct close_plan *plan, const struct result_construct *construct)
{
    const struct close_measure *measure = NULL;
    for (size_t m = 0; m < plan->measure_count; m++)
        if (slice_equal(plan->measures[m].id, construct->id))
            measure = &plan->measures[m];
    bool same = measure != NULL && measure->item_count == construct->item_count;
    for (size_t i = 0; same && i < construct->item_count; i++)
        same = slice_equal(plan->items[measure->items[i]].id, construct->items[i]) &&
               plan->items[measure->items[i]].reversed == construct->reversed[i];
    return same;
}

static void check_construct(const struct verifying *this, const struct result_construct *construct)
{
    int64_t n = 0;
    struct region *region = this->region;
    struct slice id = construct->id;
    if (construct->kind == RESULT_HIDDEN) {
        claim(this, "figure",
              region_format(region, "%.*s is withheld (%.*s)", SLICE_ARG(id), SLICE_ARG(construct->reason)));
        return;
    }
    if (this->plan != NULL && !asks_as_planned(this->plan, construct)) {
        verify_add(
            this->v, CHECK_FAILS, "figure",
            region_format(region,
                          "%.*s is said to be the mean of other questions than the questionnaire has for it",
                          SLICE_ARG(id)));
        return;
    }
    double mean = mean_from_counts(this->statement, construct, &n);
    double said = (double)construct->millionths / RESULT_MILLION;
    if (isnan(mean)) {
        claim(this, "figure",
              region_format(region, "%.*s is %.6f: its cells are closed, so only the server says so",
                            SLICE_ARG(id), said));
        return;
    }
    bool good = fabs(mean - said) <= 1.5 / RESULT_MILLION && construct->n == n;
    if (good && this->plan == NULL) {
        claim(this, "figure",
              region_format(region,
                            "%.*s is %.6f (n %" PRId64
                            "), the mean of the cells of the questions that the server names for it",
                            SLICE_ARG(id), said, n));
        return;
    }
    add(this, good, "figure",
        region_format(region, "%.*s is %.6f (n %" PRId64 "), computed again from the cells", SLICE_ARG(id),
                      said, n),
        region_format(region,
                      "%.*s: the result says mean %.6f and n %" PRId64 ", the cells give %.6f and %" PRId64,
                      SLICE_ARG(id), said, construct->n, mean, n));
}

/* ---- Result -------------------------------------------------------------------------------------- */

static bool check_statement(struct verifying *this)
{
    struct error error = {0};
    uint8_t hash[32];
    sha256(this->record->result, hash);
    if (!add(this, memcmp(hash, this->close.result, sizeof hash) == 0, "result",
             S("the result statement is the one that the close entry fixed"),
             S("the result statement is not the one that the close entry fixed: it was changed afterwards")))
        return false;
    this->statement = REGION_NEW(this->region, struct result_statement);
    bool good = this->statement != NULL &&
                result_statement_read(this->record->result, this->region, &error, this->statement) == OK &&
                memcmp(this->statement->rid, this->record->rid, 32) == 0 &&
                this->statement->item_count == this->descriptor->item_count &&
                this->close.item_count == this->descriptor->item_count &&
                this->record->cells_count == this->descriptor->item_count;
    for (size_t i = 0; good && i < this->descriptor->item_count; i++)
        good = slice_equal(this->statement->items[i].id, this->descriptor->items[i]) &&
               slice_equal(this->close.items[i], this->descriptor->items[i]);
    return add(this, good, "questions", S("result, close entry and trees have the questions of the round"),
               S("result, close entry and trees do not have the questions of the round"));
}

/* A group that is not shown has no figures. */
static void check_shown(const struct verifying *this)
{
    if (this->close.answers_known != LOG_ANSWERS_FEWER)
        return;
    bool nothing = this->statement->construct_count == 0 && !this->record->eligibility.open;
    for (size_t i = 0; i < this->statement->item_count; i++)
        nothing = nothing && this->statement->items[i].kind == RESULT_HIDDEN;
    add(this, nothing, "withheld", S("fewer than k have answered, and nothing is said of this group"),
        S("fewer than k have answered, and still figures are shown"));
}

static enum error_code verify(struct verifying *this)
{
    if (!check_descriptor(this))
        return OK;
    this->descriptor = &this->v->descriptor;
    TRY(verify_log(&this->record->log, this->descriptor, this->record->rid, this->region, this->error,
                   this->v, &this->close));
    if (this->close.kind != LOG_ENTRY_CLOSE)
        return OK;
    check_numbers(this);
    TRY(check_eligibility(this));
    check_tree(this, &this->record->issuance, &this->close.issuance, "issuance",
               S("the tree of forms fetched"));
    if (!check_statement(this))
        return OK;
    check_shown(this);
    if (this->instrument != NULL &&
        slice_equal(descriptor_instrument(this->descriptor),
                    slice_from_bytes(this->instrument->hash, sizeof this->instrument->hash))) {
        this->plan = REGION_NEW(this->region, struct close_plan); /* large */
        if (this->plan == NULL)
            return FAIL(this->error, ERROR_MEMORY, "no-memory", "no memory");
        close_plan_make(this->plan, this->instrument, this->descriptor->round_number,
                        slice_equal(this->descriptor->form, S("full")), this->region);
    }
    for (size_t i = 0; i < this->statement->item_count; i++)
        check_cells(this, i);
    for (size_t i = 0; i < this->statement->construct_count; i++)
        check_construct(this, &this->statement->constructs[i]);
    return OK;
}

enum error_code verify_record(const struct record *record, const struct instrument *instrument,
                              struct region *region, struct error *error,
                              struct verification *ret_verification)
{
    struct verifying verifying = {
        .record = record, .instrument = instrument, .region = region, .error = error};
    verifying.v = REGION_NEW(region, struct verification); /* large */
    if (verifying.v == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(verify(&verifying));
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    *ret_verification = *verifying.v;
    return OK;
}

/* A server that lies, in one way at a time: HECHT_CHEAT names it. Everything else is hecht as it is; --wrap of the linker
 * puts these functions before the real ones. tests/browser/cheat.test.mjs says who finds out, and by what words. */
#include "pulse/answer.h"
#include "pulse/close_record.h"
#include "pulse/pulse_handlers.h"
#include "pulse/questionnaire.h"
#include "pulse/roster.h"
#include "pulse/round.h"

#include <math.h>
#include <unistd.h>

static bool cheats(const char *how)
{
    const char *wanted = getenv("HECHT_CHEAT");
    return wanted != NULL && strcmp(wanted, how) == 0;
}

#define WRAPPED(type, name, ...)                                                                             \
    type __real_##name(__VA_ARGS__);                                                                         \
    type __wrap_##name(__VA_ARGS__);                                                                         \
    type __wrap_##name(__VA_ARGS__)

/* ---- Another key for who asks now ---------------------------------------------------------------- */

WRAPPED(enum error_code, descriptor_get, struct http_request *request, struct http_response *response,
        struct error *error)
{
    struct descriptor descriptor;
    struct blind_key *key;
    struct slice bytes;
    TRY(__real_descriptor_get(request, response, error));
    if (!cheats("other-key"))
        return OK;
    TRY(descriptor_read(region_copy(request->region, buffer_slice(&response->body)), request->region, error,
                        &descriptor));
    TRY(blind_key_generate(error, &key));
    enum error_code code = blind_key_public(key, request->region, error, &descriptor.spki);
    blind_key_free(key);
    TRY(code);
    TRY(descriptor_write(&descriptor, request->region, error, &bytes));
    buffer_clear(&response->body);
    buffer_append(&response->body, bytes);
    return OK;
}

/* ---- A second token for a member ------------------------------------------------------------------ */

WRAPPED(enum error_code, answer_issue, struct application *application, struct store_session *session,
        int64_t org, int64_t person, const uint8_t rid[32], struct slice blinded,
        struct slice device_signature, struct region *region, struct error *error,
        struct slice *ret_blind_signature)
{
    struct team_round round;
    struct blind_key *key;
    enum error_code code = __real_answer_issue(application, session, org, person, rid, blinded,
                                               device_signature, region, error, ret_blind_signature);
    if (code != ERROR_CONFLICT || !cheats("second-token"))
        return code;
    TRY(team_round_by_rid(session, rid, region, error, &round));
    TRY(team_round_private_key(application, &round, region, error, &key));
    code = blind_sign(key, blinded, region, error, ret_blind_signature);
    blind_key_free(key);
    return code;
}

/* ---- Answers dropped, changed, invented ------------------------------------------------------------ */

/* A token that the server signs for itself. */
static enum error_code invent(const struct application *application, const struct team_round *round,
                              const struct descriptor *descriptor, struct region *region, struct error *error,
                              struct answer_token *ret_token)
{
    struct blind_key *key;
    struct blind_public_key *public_key;
    struct one_time_key *own;
    struct blinded_message blinded;
    struct slice blind_signature, signature;
    uint8_t message[ANSWER_MESSAGE_BYTES];
    TRY(team_round_private_key(application, round, region, error, &key));
    TRY(blind_public_key_import(descriptor->spki, error, &public_key));
    TRY(one_time_key_make(error, &own));
    TRY(one_time_key_public(own, error, ret_token->opk));
    answer_message(round->rid, ret_token->opk, message);
    TRY(blind_message(public_key, slice_from_bytes(message, sizeof message), region, error, &blinded));
    TRY(blind_sign(key, blinded.blinded, region, error, &blind_signature));
    TRY(blind_finalize(public_key, &blinded, blind_signature, region, error, &signature));
    memcpy(ret_token->prefix, blinded.prepared.data, sizeof ret_token->prefix);
    memcpy(ret_token->signature, signature.data, sizeof ret_token->signature);
    one_time_key_free(own);
    blind_public_key_free(public_key);
    blind_key_free(key);
    return OK;
}

WRAPPED(enum error_code, bodies_open, struct store_session *session, const struct application *application,
        const struct team_round *round, const struct descriptor *descriptor, size_t maximum,
        struct region *region, struct error *error, struct bodies *ret_bodies)
{
    TRY(__real_bodies_open(session, application, round, descriptor, maximum + 1, region, error, ret_bodies));
    struct answer_cell *cells = ret_bodies->cells;
    size_t items = ret_bodies->item_count;
    if (ret_bodies->count < 10)
        return OK;
    if (cheats("dropped-answer"))
        ret_bodies->count--;
    if (cheats("changed-cell"))
        cells[0].value = cells[0].value == 1 ? 2 : 1;
    if (cheats("added-answer")) {
        size_t at = ret_bodies->count++;
        TRY(invent(application, round, descriptor, region, error, &ret_bodies->tokens[at]));
        memcpy(cells + at * items, cells, items * sizeof *cells);
        for (size_t i = 0; i < items; i++)
            random_bytes(application->random, cells[at * items + i].salt, PROTOCOL_SALT_BYTES);
    }
    return OK;
}

/* ---- Figures that do not follow -------------------------------------------------------------------- */

/* A mean that is right, but not of all the questions that belong to it. */
static void leave_out(const struct result_statement *statement, struct result_construct *construct)
{
    double sum = 0;
    if (construct->kind != RESULT_MEAN || construct->item_count < 2)
        return;
    for (size_t c = 0; c + 1 < construct->item_count; c++)
        for (size_t i = 0; i < statement->item_count; i++)
            if (slice_equal(statement->items[i].id, construct->items[c])) {
                if (statement->items[i].kind != RESULT_COUNTS)
                    return;
                sum += construct->reversed[c] ? (double)statement->items[i].options + 1 -
                                                    result_counts_mean(&statement->items[i])
                                              : result_counts_mean(&statement->items[i]);
            }
    construct->item_count--;
    construct->millionths = (int64_t)lround(sum / (double)construct->item_count * RESULT_MILLION);
}

WRAPPED(enum error_code, close_statement, const struct recording *recording, bool exact, bool open,
        struct result_statement *ret_statement)
{
    TRY(__real_close_statement(recording, exact, open, ret_statement));
    for (size_t i = 0; cheats("wrong-mean") && i < ret_statement->construct_count; i++)
        if (ret_statement->constructs[i].kind == RESULT_MEAN)
            ret_statement->constructs[i].millionths += 100000;
    for (size_t i = 0; cheats("left-out") && i < ret_statement->construct_count; i++)
        leave_out(ret_statement, &ret_statement->constructs[i]);
    for (size_t i = 0; cheats("wrong-count") && i < ret_statement->item_count; i++)
        if (ret_statement->items[i].kind == RESULT_COUNTS) {
            int64_t *counts = ret_statement->items[i].counts, first = counts[0];
            counts[0] = counts[ret_statement->items[i].options - 1];
            counts[ret_statement->items[i].options - 1] = first;
            counts[1] += 1;
        }
    return OK;
}

/* ---- Another past, well signed, while a file "split" is there ---------------------------------------- */

static struct application *cheating; /* whose log it is */

WRAPPED(enum error_code, round_log_get, struct http_request *request, struct http_response *response,
        struct error *error)
{
    cheating = request->application;
    return __real_round_log_get(request, response, error);
}

WRAPPED(enum error_code, record_get, struct http_request *request, struct http_response *response,
        struct error *error)
{
    cheating = request->application;
    return __real_record_get(request, response, error);
}

/* Signs what the log now says, as the organisation itself can. */
static enum error_code sign_again(struct store_session *session, const struct team_round *round,
                                  struct region *region, struct error *error, struct team_log *log)
{
    struct org org;
    struct log_signer signer;
    struct merkle_log tree = {0};
    struct slice text;
    TRY(org_load(session, round->org, region, error, &org));
    TRY(log_signer_open(cheating, &org, region, error, &signer));
    for (size_t i = 0; i < log->leaf_count; i++)
        merkle_log_append(&tree, &log->leaves[i]);
    struct checkpoint checkpoint = {.origin = log_origin(signer.public_key, round->team, region),
                                    .size = tree.size};
    merkle_log_root(&tree, &checkpoint.root);
    TRY(checkpoint_write(&checkpoint, region, error, &text));
    TRY(note_sign(text, checkpoint.origin, signer.seed, signer.public_key, region, error, &log->checkpoint));
    log_signer_close(&signer);
    return OK;
}

/* The opening of a round for somebody else stands behind the same close, so that each member could be given a round alone. */
static enum error_code open_twice(struct region *region, struct error *error, struct team_log *log)
{
    size_t at = (size_t)log->opening, in_entries = at - (size_t)log->first;
    struct merkle_hash *leaves = REGION_ARRAY(region, log->leaf_count + 1, struct merkle_hash);
    struct slice *entries = REGION_ARRAY(region, log->entry_count + 1, struct slice);
    if (leaves == NULL || entries == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    memcpy(leaves, log->leaves, at * sizeof *leaves);
    memcpy(leaves + at + 1, log->leaves + at, (log->leaf_count - at) * sizeof *leaves);
    memcpy(entries, log->entries, in_entries * sizeof *entries);
    memcpy(entries + in_entries + 1, log->entries + in_entries,
           (log->entry_count - in_entries) * sizeof *entries);
    entries[in_entries] = region_format(region, "hecht-log-round-v1\nrid %064d\nkey-from %zu\n", 7, at - 1);
    merkle_leaf(entries[in_entries], &leaves[at]);
    log->leaves = leaves;
    log->entries = entries;
    log->leaf_count++;
    log->entry_count++;
    log->opening++;
    log->close += log->close >= 0;
    return OK;
}

WRAPPED(enum error_code, team_log_of_round, struct store_session *session, const uint8_t rid[static 32],
        struct region *region, struct error *error, struct team_log *ret_log)
{
    struct team_round round;
    TRY(__real_team_log_of_round(session, rid, region, error, ret_log));
    if (ret_log->first < 1 || access("split", F_OK) != 0)
        return OK;
    TRY(team_round_by_rid(session, rid, region, error, &round));
    if (cheats("split-view"))
        memset(ret_log->leaves[0].bytes, 7,
               sizeof ret_log->leaves[0].bytes); /* an opening that was another */
    else if (cheats("many-openings"))
        TRY(open_twice(region, error, ret_log));
    else
        return OK;
    return sign_again(session, &round, region, error, ret_log);
}

/* ---- Other words on the page than those of the questionnaire -------------------------------------------- */

static void swap_options(struct instrument *instrument)
{
    struct instrument_text lowest = instrument->options[0];
    instrument->options[0] = instrument->options[instrument->option_count - 1];
    instrument->options[instrument->option_count - 1] = lowest;
}

WRAPPED(enum error_code, questionnaire_load, struct store_session *session, int64_t org, struct slice hash,
        struct region *region, struct error *error, const struct instrument **ret_instrument)
{
    TRY(__real_questionnaire_load(session, org, hash, region, error, ret_instrument));
    if (!cheats("other-words") && !cheats("turned-scale"))
        return OK;
    struct instrument *changed = REGION_NEW(region, struct instrument);
    if (changed == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    *changed = **ret_instrument;
    if (cheats("turned-scale"))
        swap_options(changed);
    else
        for (size_t language = 0; language < changed->language_count; language++)
            changed->items[0].text.text[language] = S("Who of this team do you want to lose?");
    *ret_instrument = changed;
    return OK;
}

/* ---- More members counted than there are -------------------------------------------------------------- */

WRAPPED(enum error_code, roster_open, struct store_session *session, int64_t org, int64_t person,
        const uint8_t rid[static 32], struct region *region, struct error *error,
        struct roster_opening *ret_opening)
{
    TRY(__real_roster_open(session, org, person, rid, region, error, ret_opening));
    ret_opening->count -= cheats("counted-more");
    return OK;
}

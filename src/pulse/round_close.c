/* Closing: bodies are opened for the last time, what may be kept is written, then bodies and keys are gone;
 * all in one transaction that can be repeated. */
#include "pulse/close.h"
#include "pulse/close_earlier.h"
#include "pulse/close_record.h"
#include "pulse/comment_kept.h"
#include "pulse/next_key.h"
#include "pulse/open_round.h"
#include "pulse/questionnaire.h"
#include "pulse/round_mail.h"

STATEMENT(PARTS_OPEN,
          "SELECT p.team_id, p.state, r.closes_at, r.extended_at, t.unit_id FROM team_round p "
          "JOIN round r ON r.org_id = p.org_id AND r.round_number = p.round_number "
          "JOIN team t ON t.org_id = p.org_id AND t.team_id = p.team_id "
          "WHERE p.org_id = $1 AND p.round_number = $2 AND p.state <> 'closed' ORDER BY p.team_id");
STATEMENT(
    PARTS_OPENED,
    "SELECT team_id, roster_count FROM team_round WHERE org_id = $1 AND round_number = $2 AND cells_open = 1 "
    "ORDER BY team_id");
STATEMENT(BODIES_COUNT, "SELECT count(*) FROM sealed_answer WHERE org_id = $1 AND rid = $2");
STATEMENT(BODIES_DELETE, "DELETE FROM sealed_answer WHERE org_id = $1 AND rid = $2");
STATEMENT(ISSUANCE_DELETE, "DELETE FROM issuance WHERE org_id = $1 AND rid = $2");
STATEMENT(
    PART_EXTEND,
    "UPDATE team_round SET state = 'extended' WHERE org_id = $1 AND round_number = $2 AND team_id = $3");
STATEMENT(PART_CLOSE,
          "UPDATE team_round SET state = 'closed', sealed_private_key = NULL, sealed_data_key = NULL, "
          "sealed_comment_key = NULL WHERE org_id = $1 AND round_number = $2 AND team_id = $3");
/* Of two processes that close at once, the second fails here, is tried again and finds nothing open. */
STATEMENT(ROUND_CLAIM,
          "UPDATE round SET state = 'open' WHERE org_id = $1 AND round_number = $2 AND state = 'open'");
STATEMENT(ROUND_CLOSE,
          "UPDATE round SET state = 'closed', closed_at = $3 WHERE org_id = $1 AND round_number = $2");

enum { CLOSE_REGION_MAXIMUM = 2000 << 20, RECORD_REGION_MAXIMUM = 128 << 20 };

struct closing_round {
    struct application *application;
    int64_t org;
    bool by_hand;
    bool nothing_open; /* result */
    /* For the teams' next rounds; made before the transaction, because that takes long. */
    struct blind_key **keys;
    size_t key_count;
    size_t keys_needed; /* result: set when key_count was too small */
};

struct part {
    struct team_round round;
    int64_t unit;
    int64_t answers;
    bool extend; /* instead of closing */
    bool stays;  /* not due yet */
    bool cells_held;
    struct descriptor *descriptor;
    struct bodies bodies;
};

/* Everything one closing works with; lives in one region. */
struct work {
    struct application *application;
    struct store_session *session;
    struct region *region;
    struct error *error;
    int64_t org, number;
    struct part *parts;
    size_t part_count;
    struct close_plan plan;
    struct close_team *teams;
    size_t team_count;
};

/* ---- What is due -------------------------------------------------------------------------------- */

static enum error_code read_parts(struct work *work, bool by_hand)
{
    int64_t now = clock_seconds(work->application->clock);
    work->parts = REGION_ARRAY(work->region, TEAMS_MAXIMUM, struct part);
    if (work->parts == NULL)
        return FAIL(work->error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(work->session, &PARTS_OPEN, PARAMETERS(V_INTEGER(work->org), V_INTEGER(work->number)),
                     work->error, &rows));
    while (work->part_count < TEAMS_MAXIMUM && store_next(&rows)) {
        struct part *part = &work->parts[work->part_count++];
        bool extended = slice_equal(store_column_text(&rows, 1), S("extended"));
        int64_t due = store_column_integer(&rows, extended ? 3 : 2);
        part->round.team = store_column_integer(&rows, 0);
        part->unit = store_column_integer(&rows, 4);
        part->stays = !by_hand && due > now;
        part->extend = !by_hand && !extended && store_column_integer(&rows, 3) > due;
    }
    TRY(store_rows_end(&rows));
    for (size_t i = 0; i < work->part_count; i++) {
        struct part *part = &work->parts[i];
        if (part->stays)
            continue;
        TRY(team_round_load(work->session, work->org, part->round.team, work->number, work->region,
                            work->error, &part->round));
        part->descriptor = REGION_NEW(work->region, struct descriptor);
        if (part->descriptor == NULL)
            return FAIL(work->error, ERROR_MEMORY, "no-memory", "no memory");
        TRY(descriptor_read(part->round.descriptor, work->region, work->error, part->descriptor));
        TRY(store_one_integer(
            work->session, &BODIES_COUNT,
            PARAMETERS(V_INTEGER(work->org), V_BYTES(slice_from_bytes(part->round.rid, 32))), work->error,
            NULL, &part->answers));
    }
    return OK;
}

/* Which of the bodies are answers is known only when they are opened; that is not done when there are too few anyway. */
static enum error_code open_bodies(struct work *work, struct part *part)
{
    if (part->stays || (part->extend && part->answers < part->descriptor->k))
        return OK;
    TRY(bodies_open(work->session, work->application, &part->round, part->descriptor, (size_t)part->answers,
                    work->region, work->error, &part->bodies));
    part->answers = (int64_t)part->bodies.count;
    return OK;
}

/* ---- Answers, in memory for the last time ------------------------------------------------------- */

static size_t plan_item(const struct close_plan *plan, struct slice id)
{
    size_t i = 0;
    while (i < plan->item_count && !slice_equal(plan->items[i].id, id))
        i++;
    return i;
}

/* What one person answered, as the plan counts it. */
static void read_row(const struct work *work, const struct part *part, const size_t *item_at,
                     const struct answer_cell *cells, int16_t *row)
{
    for (size_t i = 0; i < work->plan.item_count; i++)
        row[i] = CLOSE_NO_ANSWER;
    for (size_t i = 0; i < part->descriptor->item_count; i++) {
        const struct close_item *item =
            item_at[i] < work->plan.item_count ? &work->plan.items[item_at[i]] : NULL;
        if (item != NULL && cells[i].value >= item->low && cells[i].value <= item->high)
            row[item_at[i]] = (int16_t)cells[i].value;
    }
}

static enum error_code read_bodies(struct work *work, struct part *part, struct close_team *team)
{
    size_t item_at[PROTOCOL_ITEMS_MAXIMUM];
    for (size_t i = 0; i < part->descriptor->item_count; i++) {
        item_at[i] = plan_item(&work->plan, part->descriptor->items[i]);
        if (item_at[i] < work->plan.item_count)
            team->asked[item_at[i]] = true;
    }
    work->plan.k = part->descriptor->k;
    team->answers = part->bodies.count;
    int16_t *values = REGION_ARRAY(work->region, team->answers * work->plan.item_count, int16_t);
    if (values == NULL)
        return FAIL(work->error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t a = 0; a < team->answers; a++)
        read_row(work, part, item_at, part->bodies.cells + a * part->bodies.item_count,
                 values + a * work->plan.item_count);
    team->values = values;
    return OK;
}

static enum error_code read_teams(struct work *work)
{
    work->teams = REGION_ARRAY(work->region, work->part_count, struct close_team);
    if (work->teams == NULL)
        return FAIL(work->error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < work->part_count; i++) {
        struct part *part = &work->parts[i];
        if (part->stays || part->extend)
            continue;
        struct close_team *team = &work->teams[work->team_count++];
        team->team = part->round.team;
        team->unit = part->unit;
        team->leader = part->round.leader;
        TRY(read_bodies(work, part, team));
    }
    return OK;
}

/* ---- Records ------------------------------------------------------------------------------------ */

static bool is_recorded(const struct part *part)
{
    return !part->stays && !part->extend && part->round.logged;
}

/* Each recorded team must have its next key before its close can fix it. */
static enum error_code give_next_keys(struct work *work, struct closing_round *closing)
{
    size_t used = 0, missing = 0;
    for (size_t i = 0; i < work->part_count; i++) {
        const struct part *part = &work->parts[i];
        bool found;
        uint8_t hash[32];
        if (!is_recorded(part))
            continue;
        TRY(next_key_hash(work->session, work->org, part->round.team, work->error, &found, hash));
        if (found)
            continue;
        if (used < closing->key_count)
            TRY(next_key_keep(work->session, work->application, work->org, part->round.team,
                              closing->keys[used++], work->region, work->error));
        else
            missing++;
    }
    closing->keys_needed = missing > 0 ? closing->key_count + missing : 0;
    if (missing > 0)
        return FAIL(work->error, ERROR_BUSY, "keys-missing", "keys for the next round are being made");
    return OK;
}

static enum error_code add_opened(struct work *work, struct opening_team *teams, size_t *count)
{
    STORE_ROWS(rows);
    TRY(store_select(work->session, &PARTS_OPENED, PARAMETERS(V_INTEGER(work->org), V_INTEGER(work->number)),
                     work->error, &rows));
    while (*count < TEAMS_MAXIMUM && store_next(&rows))
        teams[(*count)++] = (struct opening_team){.team = store_column_integer(&rows, 0),
                                                  .members = store_column_integer(&rows, 1)};
    return store_rows_end(&rows);
}

static int by_team(const void *a, const void *b)
{
    const struct opening_team *one = a, *other = b;
    return (one->team > other->team) - (one->team < other->team);
}

/* Parts are in ascending order of team, too. */
static void mark_held(struct work *work, const struct opening_team *teams, size_t count)
{
    size_t t = 0;
    for (size_t i = 0; i < work->part_count; i++) {
        while (t < count && teams[t].team < work->parts[i].round.team)
            t++;
        work->parts[i].cells_held = t < count && teams[t].team == work->parts[i].round.team && teams[t].held;
    }
}

/* What earlier rounds opened may keep cells of this one closed. Teams that closed before in this round count, too. */
static enum error_code hold_cells(struct work *work)
{
    struct opening_team *teams =
        REGION_ARRAY(work->region, work->part_count + TEAMS_MAXIMUM, struct opening_team);
    size_t count = 0;
    int64_t k = DISCLOSURE_K_MINIMUM;
    if (teams == NULL)
        return FAIL(work->error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(add_opened(work, teams, &count));
    for (size_t i = 0; i < work->part_count; i++) {
        const struct part *part = &work->parts[i];
        if (!is_recorded(part) || !close_record_opens(&part->round, part->answers, part->descriptor->k))
            continue;
        k = part->descriptor->k > k ? part->descriptor->k : k;
        teams[count++] = (struct opening_team){.team = part->round.team, .members = part->round.roster_count};
    }
    qsort(teams, count, sizeof *teams, by_team);
    const struct opening_round round = {
        work->session, work->org,  work->number, clock_seconds(work->application->clock), k,
        work->region,  work->error};
    TRY(close_hold_cells(&round, teams, count));
    mark_held(work, teams, count);
    return OK;
}

static enum error_code write_records(struct work *work)
{
    struct org org;
    CLEANUP(log_signer_close) struct log_signer signer = {0};
    TRY(org_load(work->session, work->org, work->region, work->error, &org));
    TRY(log_signer_open(work->application, &org, work->region, work->error, &signer));
    for (size_t i = 0; i < work->part_count; i++) {
        const struct part *part = &work->parts[i];
        if (!is_recorded(part))
            continue;
        CLEANUP(region_cleanup) struct region *own = region_new(RECORD_REGION_MAXIMUM);
        if (own == NULL)
            return FAIL(work->error, ERROR_MEMORY, "no-memory", "no memory");
        struct recording recording = {
            work->application, work->session, &signer,          &part->round, part->descriptor,
            &work->plan,       &part->bodies, part->cells_held, own,          work->error};
        TRY(close_record_write(&recording));
    }
    return OK;
}

/* ---- The transaction ---------------------------------------------------------------------------- */

static enum error_code end_parts(struct work *work)
{
    for (size_t i = 0; i < work->part_count; i++) {
        const struct part *part = &work->parts[i];
        struct store_value org = V_INTEGER(work->org), number = V_INTEGER(work->number);
        struct store_value team = V_INTEGER(part->round.team),
                           rid = V_BYTES(slice_from_bytes(part->round.rid, 32));
        if (part->stays)
            continue;
        if (part->extend) {
            TRY(store_execute(work->session, &PART_EXTEND, PARAMETERS(org, number, team), work->error, NULL));
            continue;
        }
        store_vacuum_want(work->session);
        TRY(store_execute(work->session, &BODIES_DELETE, PARAMETERS(org, rid), work->error, NULL));
        TRY(store_execute(work->session, &ISSUANCE_DELETE, PARAMETERS(org, rid), work->error, NULL));
        if (part->descriptor->comment_spki.length > 0 && part->answers >= part->descriptor->k)
            TRY(comments_close(work->session, work->application, &part->round, part->answers, work->region,
                               work->error));
        TRY(comments_forget(work->session, &part->round, work->error));
        TRY(store_execute(work->session, &PART_CLOSE, PARAMETERS(org, number, team), work->error, NULL));
        TRY(round_mail_closed(work->session, work->application, work->org, work->number, part->round.team,
                              part->round.leader, work->error));
    }
    return OK;
}

static enum error_code close_parts(struct work *work, const struct round *round,
                                   struct closing_round *closing_round)
{
    size_t closing = 0, staying = 0;
    TRY(read_parts(work, closing_round->by_hand));
    for (size_t i = 0; i < work->part_count; i++) {
        struct part *part = &work->parts[i];
        TRY(open_bodies(work, part));
        if (part->extend && !part->stays)
            part->extend = part->answers < part->descriptor->k;
        staying += part->stays || part->extend;
        closing += !part->stays && !part->extend;
    }
    bool final = staying == 0;
    if (closing > 0) {
        TRY(give_next_keys(work, closing_round));
        const struct instrument *instrument;
        TRY(questionnaire_of_round(work->session, work->org, work->number, work->region, work->error,
                                   &instrument));
        close_plan_make(&work->plan, instrument, work->number, round->full, work->region);
        TRY(read_teams(work));
        TRY(close_write(work->session, work->org, work->number, &work->plan, work->teams, work->team_count,
                        final, work->region, work->error));
        TRY(hold_cells(work));
        TRY(write_records(work));
    }
    TRY(end_parts(work));
    if (!final)
        return OK;
    TRY(outbox_forget_round(work->session, work->org, work->number, work->error));
    return store_execute(work->session, &ROUND_CLOSE,
                         PARAMETERS(V_INTEGER(work->org), V_INTEGER(work->number),
                                    V_INTEGER(clock_seconds(work->application->clock))),
                         work->error, NULL);
}

static enum error_code write_closing(struct store_session *session, void *context, struct error *error)
{
    struct closing_round *closing = context;
    CLEANUP(region_cleanup) struct region *region = region_new(CLOSE_REGION_MAXIMUM);
    struct work *work = region != NULL ? REGION_NEW(region, struct work) : NULL;
    if (work == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    bool found;
    struct round round;
    /* Whoever answers again and again must not keep it from ending. */
    TRY(store_lock_tables(session, "issuance, comment_issuance, sealed_answer, sealed_comment", error));
    TRY(round_latest(session, closing->org, error, &found, &round));
    closing->nothing_open = !found || round.closed;
    if (closing->nothing_open)
        return OK;
    TRY(store_execute(session, &ROUND_CLAIM, PARAMETERS(V_INTEGER(closing->org), V_INTEGER(round.number)),
                      error, NULL));
    work->application = closing->application;
    work->session = session;
    work->region = region;
    work->error = error;
    work->org = closing->org;
    work->number = round.number;
    return close_parts(work, &round, closing);
}

/* Keys are made outside the transaction, and only when it said how many are missing: as a rule they were made
 * while the round was open. */
static enum error_code run_closing(struct closing_round *closing, struct error *error)
{
    struct application *application = closing->application;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    closing->keys = region != NULL ? REGION_ARRAY(region, TEAMS_MAXIMUM, struct blind_key *) : NULL;
    if (closing->keys == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    enum error_code code;
    do {
        size_t wanted = closing->keys_needed;
        code = OK;
        if (application->key_pool != NULL && wanted > closing->key_count)
            blind_key_pool_prepare(application->key_pool, wanted - closing->key_count);
        while (code == OK && closing->key_count < wanted && wanted <= TEAMS_MAXIMUM) {
            code = application->key_pool != NULL
                       ? blind_key_pool_take(application->key_pool, error, &closing->keys[closing->key_count])
                       : blind_key_generate(error, &closing->keys[closing->key_count]);
            closing->key_count += code == OK;
        }
        closing->keys_needed = 0;
        if (code == OK)
            code = store_write(application->store, write_closing, closing, error);
    } while (code == ERROR_BUSY && closing->keys_needed > closing->key_count);
    for (size_t i = 0; i < closing->key_count; i++)
        blind_key_free(closing->keys[i]);
    open_rounds_forget(application);
    return code;
}

enum error_code round_close_now(struct application *application, int64_t org, struct region *region,
                                struct error *error)
{
    (void)region;
    struct closing_round closing = {.application = application, .org = org, .by_hand = true};
    TRY(run_closing(&closing, error));
    if (closing.nothing_open)
        return FAIL(error, ERROR_NOT_FOUND, "no-round-open", "no round is open");
    return OK;
}

enum error_code round_close_due(struct application *application, int64_t org, struct region *region,
                                struct error *error)
{
    bool found, due = false;
    struct round latest;
    int64_t now = clock_seconds(application->clock);
    {
        CLEANUP(store_session_cleanup) struct store_session *session = NULL;
        TRY(store_session_open(application->store, error, &session));
        TRY(round_latest(session, org, error, &found, &latest));
        due = found && !latest.closed && latest.closes_at <= now;
    }
    (void)region;
    if (!due)
        return OK;
    struct closing_round closing = {.application = application, .org = org};
    return run_closing(&closing, error);
}

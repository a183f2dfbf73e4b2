/* Closing: bodies are opened for the last time, what may be kept is written, then bodies and keys are gone;
 * all in one transaction that can be repeated. */
#include "pulse/close.h"
#include "pulse/round.h"

STATEMENT(PARTS_OPEN,
          "SELECT p.team_id, p.state, r.closes_at, r.extended_at, t.unit_id FROM team_round p "
          "JOIN round r ON r.org_id = p.org_id AND r.round_number = p.round_number "
          "JOIN team t ON t.org_id = p.org_id AND t.team_id = p.team_id "
          "WHERE p.org_id = $1 AND p.round_number = $2 AND p.state <> 'closed' ORDER BY p.team_id");
STATEMENT(BODIES_COUNT, "SELECT count(*) FROM sealed_answer WHERE org_id = $1 AND rid = $2");
STATEMENT(BODIES_READ,
          "SELECT answer_id, body FROM sealed_answer WHERE org_id = $1 AND rid = $2 ORDER BY answer_id");
STATEMENT(BODIES_DELETE, "DELETE FROM sealed_answer WHERE org_id = $1 AND rid = $2");
STATEMENT(ISSUANCE_DELETE, "DELETE FROM issuance WHERE org_id = $1 AND rid = $2");
STATEMENT(
    PART_EXTEND,
    "UPDATE team_round SET state = 'extended' WHERE org_id = $1 AND round_number = $2 AND team_id = $3");
STATEMENT(PART_CLOSE,
          "UPDATE team_round SET state = 'closed', sealed_private_key = NULL, sealed_data_key = NULL "
          "WHERE org_id = $1 AND round_number = $2 AND team_id = $3");
/* Of two processes that close at once, the second fails here, is tried again and finds nothing open. */
STATEMENT(ROUND_CLAIM,
          "UPDATE round SET state = 'open' WHERE org_id = $1 AND round_number = $2 AND state = 'open'");
STATEMENT(ROUND_CLOSE,
          "UPDATE round SET state = 'closed', closed_at = $3 WHERE org_id = $1 AND round_number = $2");

enum { CLOSE_REGION_MAXIMUM = 2000 << 20 };

struct closing_round {
    struct application *application;
    int64_t org;
    bool by_hand;
    bool nothing_open; /* result */
};

struct part {
    struct team_round round;
    int64_t unit;
    int64_t answers;
    bool extend; /* instead of closing */
    bool stays;  /* not due yet */
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
        TRY(store_one_integer(
            work->session, &BODIES_COUNT,
            PARAMETERS(V_INTEGER(work->org), V_BYTES(slice_from_bytes(part->round.rid, 32))), work->error,
            NULL, &part->answers));
    }
    return OK;
}

/* ---- Plan: which questions, which figures ------------------------------------------------------- */

static size_t add_item(struct close_plan *plan, const struct instrument *instrument,
                       const struct instrument_item *item)
{
    plan->items[plan->item_count] = (struct close_item){
        .id = item->id,
        .construct = instrument->constructs[item->construct].id,
        .low = 1,
        .high = (int)instrument->option_count,
        .reversed = item->reversed,
    };
    return plan->item_count++;
}

static struct close_measure *measure_of(struct close_plan *plan, struct slice id, bool about_leader)
{
    for (size_t m = 0; m < plan->measure_count; m++)
        if (slice_equal(plan->measures[m].id, id))
            return &plan->measures[m];
    if (plan->measure_count == CLOSE_MEASURES_MAXIMUM)
        return NULL;
    struct close_measure *measure = &plan->measures[plan->measure_count++];
    *measure = (struct close_measure){.id = id, .about_leader = about_leader};
    return measure;
}

static void add_to_measure(struct close_measure *measure, size_t item)
{
    if (measure != NULL && measure->item_count < CLOSE_ITEMS_MAXIMUM)
        measure->items[measure->item_count++] = item;
}

/* Lines are the anchors of their construct, in both forms; a full form adds the whole scale under
 * "<line>-scale". Other constructs (outcomes) are figures of their own. */
static void make_plan(struct work *work, bool full)
{
    const struct instrument *instrument = instrument_builtin();
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    size_t count = instrument_select(instrument, full, work->number, true, items);
    struct close_plan *plan = &work->plan;
    for (size_t i = 0; i < count; i++) {
        const struct instrument_construct *construct = &instrument->constructs[items[i]->construct];
        size_t item = add_item(plan, instrument, items[i]);
        if (!construct->line) {
            add_to_measure(measure_of(plan, construct->id, items[i]->about_leader), item);
            continue;
        }
        if (items[i]->anchor > 0)
            add_to_measure(measure_of(plan, construct->id, construct->about_leader), item);
        /* The two questions about nearness to the leader stay out of the scale of the team. */
        if (full && items[i]->about_leader == construct->about_leader)
            add_to_measure(measure_of(plan,
                                      region_format(work->region, "%.*s-scale", SLICE_ARG(construct->id)),
                                      construct->about_leader),
                           item);
    }
    for (size_t m = 0; m < plan->measure_count; m++) {
        struct close_measure *measure = &plan->measures[m];
        bool scale = slice_ends_with(measure->id, S("-scale"));
        measure->answered_minimum = scale ? (measure->item_count * 3 + 3) / 4 : measure->item_count;
    }
    plan->items[plan->item_count++] =
        (struct close_item){.id = PROMISE_ITEM, .low = PROMISE_YES, .high = PROMISE_NOT_SEEN};
}

/* ---- Answers, in memory for the last time ------------------------------------------------------- */

static size_t plan_item(const struct close_plan *plan, struct slice id)
{
    size_t i = 0;
    while (i < plan->item_count && !slice_equal(plan->items[i].id, id))
        i++;
    return i;
}

static struct slice body_bound(const struct team_round *round, struct slice answer_id, uint8_t room[64])
{
    memcpy(room, round->rid, 32);
    memcpy(room + 32, answer_id.data, answer_id.length < 32 ? answer_id.length : 32);
    return slice_from_bytes(room, 64);
}

static enum error_code read_row(const struct work *work, const struct descriptor *descriptor,
                                const size_t *item_at, struct slice body, int16_t *row)
{
    struct answer_cell cells[PROTOCOL_ITEMS_MAXIMUM];
    int64_t version;
    TRY(answer_body_read(body, descriptor->item_count, work->error, &version, cells));
    for (size_t i = 0; i < work->plan.item_count; i++)
        row[i] = CLOSE_NO_ANSWER;
    for (size_t i = 0; i < descriptor->item_count; i++) {
        const struct close_item *item =
            item_at[i] < work->plan.item_count ? &work->plan.items[item_at[i]] : NULL;
        if (item != NULL && cells[i].value >= item->low && cells[i].value <= item->high)
            row[item_at[i]] = (int16_t)cells[i].value;
    }
    return OK;
}

static enum error_code read_bodies(struct work *work, const struct part *part, struct close_team *team)
{
    struct descriptor descriptor;
    size_t item_at[PROTOCOL_ITEMS_MAXIMUM];
    TRY(descriptor_read(part->round.descriptor, work->region, work->error, &descriptor));
    for (size_t i = 0; i < descriptor.item_count; i++) {
        item_at[i] = plan_item(&work->plan, descriptor.items[i]);
        if (item_at[i] < work->plan.item_count)
            team->asked[item_at[i]] = true;
    }
    work->plan.k = descriptor.k;
    CLEANUP(seal_key_wipe) struct seal_key key = {0};
    TRY(team_round_data_key(work->application, &part->round, work->region, work->error, &key));
    int16_t *values = REGION_ARRAY(work->region, (size_t)part->answers * work->plan.item_count, int16_t);
    if (values == NULL)
        return FAIL(work->error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(work->session, &BODIES_READ,
                     PARAMETERS(V_INTEGER(work->org), V_BYTES(slice_from_bytes(part->round.rid, 32))),
                     work->error, &rows));
    while (team->answers < (size_t)part->answers && store_next(&rows)) {
        uint8_t room[64];
        struct slice body;
        TRY(seal_open(&key, body_bound(&part->round, store_column_bytes(&rows, 0), room),
                      store_column_bytes(&rows, 1), work->region, work->error, &body));
        TRY(read_row(work, &descriptor, item_at, body, values + team->answers * work->plan.item_count));
        team->answers++;
    }
    team->values = values;
    return store_rows_end(&rows);
}

static enum error_code read_teams(struct work *work)
{
    work->teams = REGION_ARRAY(work->region, work->part_count, struct close_team);
    if (work->teams == NULL)
        return FAIL(work->error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < work->part_count; i++) {
        const struct part *part = &work->parts[i];
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
        TRY(store_execute(work->session, &BODIES_DELETE, PARAMETERS(org, rid), work->error, NULL));
        TRY(store_execute(work->session, &ISSUANCE_DELETE, PARAMETERS(org, rid), work->error, NULL));
        TRY(store_execute(work->session, &PART_CLOSE, PARAMETERS(org, number, team), work->error, NULL));
    }
    return OK;
}

static enum error_code close_parts(struct work *work, const struct round *round, bool by_hand)
{
    size_t closing = 0, staying = 0;
    TRY(read_parts(work, by_hand));
    for (size_t i = 0; i < work->part_count; i++) {
        struct part *part = &work->parts[i];
        if (part->extend && !part->stays) {
            struct descriptor descriptor;
            TRY(descriptor_read(part->round.descriptor, work->region, work->error, &descriptor));
            part->extend = part->answers < descriptor.k;
        }
        staying += part->stays || part->extend;
        closing += !part->stays && !part->extend;
    }
    bool final = staying == 0;
    if (closing > 0) {
        make_plan(work, round->full);
        TRY(read_teams(work));
        TRY(close_write(work->session, work->org, work->number, &work->plan, work->teams, work->team_count,
                        final, work->application->random, work->region, work->error));
    }
    TRY(end_parts(work));
    if (!final)
        return OK;
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
    return close_parts(work, &round, closing->by_hand);
}

enum error_code round_close_now(struct application *application, int64_t org, struct region *region,
                                struct error *error)
{
    (void)region;
    struct closing_round closing = {.application = application, .org = org, .by_hand = true};
    TRY(store_write(application->store, write_closing, &closing, error));
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
    return store_write(application->store, write_closing, &closing, error);
}

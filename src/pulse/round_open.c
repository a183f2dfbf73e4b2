/* Opening a round: one RSA key, descriptor and roster for each team with members, in one transaction. */
#include "pulse/comment.h"
#include "pulse/comment_kept.h"
#include "pulse/next_key.h"
#include "pulse/questionnaire.h"
#include "pulse/round.h"
#include "pulse/round_mail.h"
#include "pulse/team_log.h"

STATEMENT(
    ROUND_INSERT,
    "INSERT INTO round (org_id, round_number, form, state, opens_at, closes_at, extended_at, closed_at, "
    "questionnaire) VALUES ($1, $2, $3, 'open', $4, $5, $6, NULL, (SELECT o.questionnaire FROM org o "
    "WHERE o.org_id = $1))");
STATEMENT(TEAM_ROUND_INSERT,
          "INSERT INTO team_round (org_id, round_number, team_id, rid, descriptor, leader_id, roster_count, "
          "promise_id, state, sealed_private_key, sealed_data_key, guess_shown, opening_index, "
          "sealed_comment_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10, 0, $11, $12)");
STATEMENT(ROSTER_INSERT,
          "INSERT INTO roster (org_id, round_number, team_id, person_id, salt) VALUES ($1, $2, $3, $4, $5)");

STATEMENT(KEYS_AHEAD,
          "SELECT SUM(CASE WHEN EXISTS (SELECT 1 FROM next_key n WHERE n.org_id = t.org_id "
          "AND n.team_id = t.team_id) THEN 0 ELSE 1 END + CASE WHEN o.comments = 1 AND (SELECT count(*) "
          "FROM team_role w WHERE w.org_id = t.org_id AND w.team_id = t.team_id AND w.role = 'member') >= 10 "
          "THEN 1 ELSE 0 END) FROM org o JOIN team t ON t.org_id = o.org_id "
          "WHERE o.org_id = $1 AND o.next_opens_at IS NOT NULL AND o.next_opens_at <= $2 AND EXISTS "
          "(SELECT 1 FROM team_role m WHERE m.org_id = t.org_id AND m.team_id = t.team_id "
          "AND m.role = 'member' UNION ALL SELECT 1 FROM joint_now u WHERE u.org_id = t.org_id "
          "AND u.joint_team_id = t.team_id) AND NOT EXISTS (SELECT 1 FROM joint_now u "
          "WHERE u.org_id = t.org_id AND u.team_id = t.team_id)");
STATEMENT(NEXT_KEYS_COUNT, "SELECT count(*) FROM next_key n WHERE n.org_id = $1 AND EXISTS "
                           "(SELECT 1 FROM team_role m WHERE m.org_id = n.org_id AND m.team_id = n.team_id "
                           "AND m.role = 'member' UNION ALL SELECT 1 FROM joint_now u "
                           "WHERE u.org_id = n.org_id AND u.joint_team_id = n.team_id) AND NOT EXISTS "
                           "(SELECT 1 FROM joint_now u WHERE u.org_id = n.org_id AND u.team_id = n.team_id)");

enum { OPEN_REGION_MAXIMUM = 512 << 20, KEYS_MAXIMUM = 2 * TEAMS_MAXIMUM };

/* Keys are made before the transaction, because that takes long; it may need more when teams came meanwhile.
 */
struct opening {
    struct application *application;
    int64_t org;
    bool full;
    const struct log_signer *signer;
    const struct instrument *instrument; /* what the organisation has chosen */
    struct blind_key **keys;             /* for teams whose last close fixed none, and for comments */
    size_t key_count, keys_used;
    size_t keys_needed; /* set when key_count was too small */
    size_t teams_left;
    int64_t number;
    struct region *region;
};

struct opening_team {
    struct opening *opening;
    const struct org *org;
    const struct round *round;
    const struct team *team;
    struct next_key key;
    struct slice comment_spki, comment_private_key; /* empty: no comments */
    struct person *members;
    size_t member_count;
    struct store_session *session;
    struct region *region;
    struct error *error;
};

/* ---- One team ----------------------------------------------------------------------------------- */

static enum error_code write_roster(const struct opening_team *of, const uint8_t (*salts)[32])
{
    for (size_t i = 0; i < of->member_count; i++)
        TRY(store_execute_later(of->session, &ROSTER_INSERT,
                                PARAMETERS(V_INTEGER(of->org->id), V_INTEGER(of->round->number),
                                           V_INTEGER(of->team->id), V_INTEGER(of->members[i].id),
                                           V_BYTES(slice_from_bytes(salts[i], 32))),
                                of->error));
    return OK;
}

static enum error_code roster_root(const struct opening_team *of, uint8_t (*salts)[32],
                                   struct merkle_hash *ret_root)
{
    struct merkle_hash *leaves = REGION_ARRAY(of->region, of->member_count, struct merkle_hash);
    if (leaves == NULL)
        return FAIL(of->error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < of->member_count; i++) {
        random_bytes(of->opening->application->random, salts[i], 32);
        roster_leaf(salts[i], of->members[i].id, &leaves[i]);
    }
    merkle_root(leaves, of->member_count, ret_root);
    return OK;
}

static void add_items(const struct opening_team *of, struct descriptor *descriptor)
{
    const struct instrument *instrument = of->opening->instrument;
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    size_t count =
        instrument_select(instrument, of->opening->full, of->round->number, of->team->leader.id != 0, items);
    descriptor->instrument = instrument->id;
    descriptor->instrument_version = instrument->version;
    memcpy(descriptor->instrument_hash, instrument->hash, sizeof instrument->hash);
    if (descriptor->promise.length > 0)
        descriptor->items[descriptor->item_count++] = PROMISE_ITEM;
    for (size_t i = 0; i < count; i++)
        descriptor->items[descriptor->item_count++] = items[i]->id;
}

static enum error_code make_descriptor(const struct opening_team *of, const struct promise *promise,
                                       uint8_t (*salts)[32], struct slice *ret_bytes)
{
    enum language language = LANGUAGE_EN;
    (void)language_from_code(of->org->language, &language);
    struct descriptor descriptor = {
        .org = of->org->id,
        .organisation = of->org->name,
        .team = of->team->id,
        .team_name = of->team->name,
        .leader = of->team->leader.name,
        .round_number = of->round->number,
        .form = of->opening->full ? S("full") : S("pulse"),
        .opens = of->round->opens_at,
        .closes = of->round->closes_at,
        .extended = of->round->extended_at,
        .promise = promise->text,
        .k = of->org->k,
        .roster_count = (int64_t)of->member_count,
        .purpose = message_text(of->region, language, MESSAGE_PULSE_PURPOSE_CLAUSE, NO_ARGUMENTS),
        .spki = of->key.spki,
        .comment_spki = of->comment_spki,
    };
    add_items(of, &descriptor);
    TRY(roster_root(of, salts, &descriptor.roster_root));
    return descriptor_write(&descriptor, of->region, of->error, ret_bytes);
}

/* One that was made before the transaction. */
static enum error_code take_new_key(struct opening_team *of, struct slice *ret_spki,
                                    struct slice *ret_private_key)
{
    struct opening *opening = of->opening;
    if (opening->keys_used == opening->key_count) {
        opening->keys_needed = opening->key_count + opening->teams_left * (of->org->comments ? 2 : 1);
        return FAIL(of->error, ERROR_BUSY, "teams-came", "teams came while the round was opened");
    }
    const struct blind_key *key = opening->keys[opening->keys_used++];
    TRY(blind_key_public(key, of->region, of->error, ret_spki));
    return blind_key_export(key, of->region, of->error, ret_private_key);
}

/* The key that the last close of this team fixed, or a new one. */
static enum error_code choose_key(struct opening_team *of)
{
    bool found;
    struct opening *opening = of->opening;
    TRY(next_key_take(of->session, opening->application, of->org->id, of->team->id, of->region, of->error,
                      &found, &of->key));
    return found ? OK : take_new_key(of, &of->key.spki, &of->key.private_key);
}

/* Where too few can answer they would all be destroyed unread: nobody is asked to write any. Nor in a joint group: each of
 * its teams is so small that words tell who wrote them. */
static bool takes_comments(const struct org *org, const struct team *team, size_t members)
{
    return org->comments && team->kind == TEAM_ALONE && members >= COMMENT_ANSWERS_MINIMUM &&
           members >= (size_t)org->k;
}

/* D fixes it for everybody before anybody may ask for a token. */
static enum error_code choose_comment_key(struct opening_team *of)
{
    return takes_comments(of->org, of->team, of->member_count)
               ? take_new_key(of, &of->comment_spki, &of->comment_private_key)
               : OK;
}

static void wipe_slice(struct slice bytes) /* the region's own copy */
{
    if (bytes.length > 0)
        wipe((void *)(uintptr_t)bytes.data, bytes.length);
}

struct sealed_keys {
    struct slice private_key, data_key, comment_key;
};

static enum error_code seal_keys(const struct opening_team *of, const uint8_t rid[static 32],
                                 struct sealed_keys *ret_keys)
{
    struct application *application = of->opening->application;
    CLEANUP(seal_key_wipe) struct seal_key data_key;
    seal_key_make(application->random, &data_key);
    enum error_code code = team_round_seal_keys(application, rid, of->key.private_key, &data_key, of->region,
                                                of->error, &ret_keys->private_key, &ret_keys->data_key);
    if (code == OK && of->comment_private_key.length > 0)
        code = comment_key_seal(application, rid, of->comment_private_key, of->region, of->error,
                                &ret_keys->comment_key);
    wipe_slice(of->key.private_key);
    wipe_slice(of->comment_private_key);
    return code;
}

static enum error_code write_part(const struct opening_team *of, const uint8_t rid[static 32],
                                  struct slice descriptor, int64_t promise)
{
    struct sealed_keys sealed = {0};
    int64_t index = 0;
    struct log_entry entry = {.kind = LOG_ENTRY_ROUND, .key_from = of->key.committed_by};
    memcpy(entry.rid, rid, sizeof entry.rid);
    TRY(seal_keys(of, rid, &sealed));
    TRY(team_log_append(of->session, of->opening->signer, of->team->id, &entry, of->region, of->error,
                        &index));
    return store_execute_later(
        of->session, &TEAM_ROUND_INSERT,
        PARAMETERS(V_INTEGER(of->org->id), V_INTEGER(of->round->number), V_INTEGER(of->team->id),
                   V_BYTES(slice_from_bytes(rid, 32)), V_BYTES(descriptor),
                   of->team->leader.id != 0 ? V_INTEGER(of->team->leader.id) : V_NULL,
                   V_INTEGER((int64_t)of->member_count), promise != 0 ? V_INTEGER(promise) : V_NULL,
                   V_BYTES(sealed.private_key), V_BYTES(sealed.data_key), V_INTEGER(index),
                   sealed.comment_key.length > 0 ? V_BYTES(sealed.comment_key) : V_NULL),
        of->error);
}

static enum error_code open_team(struct opening_team *of)
{
    uint8_t(*salts)[32] = region_array(of->region, of->member_count, 32);
    if (salts == NULL)
        return FAIL(of->error, ERROR_MEMORY, "no-memory", "no memory");
    struct promise promise = {0};
    bool has_promise = false;
    TRY(promise_to_ask(of->session, of->org->id, of->team->id, of->region, of->error, &has_promise,
                       &promise));
    if (!has_promise)
        promise = (struct promise){0};
    struct slice bytes;
    uint8_t rid[32];
    TRY(choose_key(of));
    TRY(choose_comment_key(of));
    TRY(make_descriptor(of, &promise, salts, &bytes));
    descriptor_rid(bytes, rid);
    TRY(write_part(of, rid, bytes, promise.id));
    return write_roster(of, (const uint8_t(*)[32])salts);
}

/* ---- The round ---------------------------------------------------------------------------------- */

static enum error_code next_round(struct store_session *session, const struct opening *opening,
                                  const struct org *org, struct error *error, struct round *ret_round)
{
    struct round latest;
    bool found;
    TRY(round_latest(session, org->id, error, &found, &latest));
    if (found && !latest.closed)
        return FAIL(error, ERROR_CONFLICT, "round-open", "round %" PRId64 " is still open", latest.number);
    int64_t now = clock_seconds(opening->application->clock);
    *ret_round = (struct round){
        .number = found ? latest.number + 1 : 1,
        .full = opening->full,
        .opens_at = now,
        .closes_at = now + org->round_days * DAY_SECONDS,
        .extended_at = now + (org->round_days + org->extension_days) * DAY_SECONDS,
    };
    return OK;
}

static enum error_code open_teams(struct store_session *session, struct opening *opening,
                                  const struct org *org, const struct round *round, struct region *region,
                                  struct error *error)
{
    struct team *teams;
    size_t count, opened = 0;
    opening->keys_used = 0;
    TRY(team_list(session, org->id, region, error, &teams, &count));
    for (size_t t = 0; t < count; t++) {
        if (teams[t].members == 0 || !team_is_measured(&teams[t]))
            continue;
        opening->teams_left = count - t;
        CLEANUP(region_cleanup) struct region *own = region_new(4 << 20);
        if (own == NULL)
            return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
        struct opening_team of = {.opening = opening,
                                  .org = org,
                                  .round = round,
                                  .team = &teams[t],
                                  .session = session,
                                  .region = own,
                                  .error = error};
        TRY(team_members(session, org->id, teams[t].id, own, error, &of.members, &of.member_count));
        TRY(open_team(&of));
        opened++;
    }
    if (opened == 0)
        return FAIL(error, ERROR_INPUT, "no-teams", "no team has members yet");
    return OK;
}

static enum error_code write_opening(struct store_session *session, void *context, struct error *error)
{
    struct opening *opening = context;
    CLEANUP(region_cleanup) struct region *region = region_new(OPEN_REGION_MAXIMUM);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct org org;
    struct round round;
    CLEANUP(log_signer_close) struct log_signer signer = {0};
    TRY(org_load(session, opening->org, region, error, &org));
    TRY(log_signer_open(opening->application, &org, region, error, &signer));
    opening->signer = &signer;
    TRY(questionnaire_of_next(session, org.id, region, error, &opening->instrument));
    TRY(next_round(session, opening, &org, error, &round));
    TRY(store_execute(session, &ROUND_INSERT,
                      PARAMETERS(V_INTEGER(org.id), V_INTEGER(round.number),
                                 V_TEXT(opening->full ? S("full") : S("pulse")), V_INTEGER(round.opens_at),
                                 V_INTEGER(round.closes_at), V_INTEGER(round.extended_at)),
                      error, NULL));
    TRY(open_teams(session, opening, &org, &round, region, error));
    TRY(round_mail_opened(session, opening->application, org.id, &round, region, error));
    TRY(org_plan_next(session, org.id, round.opens_at + org.rhythm_days * DAY_SECONDS, error));
    opening->number = round.number;
    return OK;
}

/* How many keys are wanted beside those that closes have fixed, and whether a round may be opened at all,
 * before keys are made. */
static enum error_code look_before(struct application *application, struct opening *opening,
                                   struct error *error, size_t *ret_keys)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(application->store, error, &session));
    struct org org;
    struct round round;
    TRY(org_load(session, opening->org, opening->region, error, &org));
    TRY(next_round(session, opening, &org, error, &round));
    struct team *teams;
    size_t count, with_members = 0, with_comments = 0;
    TRY(team_list(session, org.id, opening->region, error, &teams, &count));
    for (size_t t = 0; t < count; t++) {
        if (teams[t].members == 0 || !team_is_measured(&teams[t]))
            continue;
        with_members++;
        with_comments += takes_comments(&org, &teams[t], (size_t)teams[t].members);
    }
    if (with_members == 0)
        return FAIL(error, ERROR_INPUT, "no-teams", "no team has members yet");
    int64_t there = 0;
    TRY(store_one_integer(session, &NEXT_KEYS_COUNT, PARAMETERS(V_INTEGER(org.id)), error, NULL, &there));
    *ret_keys = with_members - ((size_t)there < with_members ? (size_t)there : with_members) + with_comments;
    return OK;
}

static enum error_code take_key(struct application *application, struct error *error,
                                struct blind_key **ret_key)
{
    if (application->key_pool != NULL)
        return blind_key_pool_take(application->key_pool, error, ret_key);
    return blind_key_generate(error, ret_key);
}

enum error_code round_open(struct application *application, int64_t org, bool full, struct region *region,
                           struct error *error, int64_t *ret_number)
{
    struct opening opening = {.application = application, .org = org, .full = full, .region = region};
    size_t wanted = 0;
    TRY(look_before(application, &opening, error, &wanted));
    opening.keys = REGION_ARRAY(region, KEYS_MAXIMUM, struct blind_key *);
    if (opening.keys == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    enum error_code code = OK;
    do {
        if (application->key_pool != NULL)
            blind_key_pool_prepare(application->key_pool, wanted - opening.key_count);
        while (code == OK && opening.key_count < wanted) {
            code = take_key(application, error, &opening.keys[opening.key_count]);
            opening.key_count += code == OK;
        }
        opening.keys_needed = 0;
        if (code == OK)
            code = store_write(application->store, write_opening, &opening, error);
        if (opening.keys_needed > wanted && opening.keys_needed <= KEYS_MAXIMUM) {
            wanted = opening.keys_needed;
            code = OK;
        }
    } while (code == OK && opening.keys_needed > 0);
    for (size_t i = 0; i < opening.key_count; i++)
        blind_key_free(opening.keys[i]);
    if (code == OK)
        *ret_number = opening.number;
    return code;
}

enum error_code round_open_due(struct application *application, int64_t org, struct region *region,
                               struct error *error, bool *ret_opened)
{
    bool opened = false, found;
    struct org loaded;
    struct round latest;
    {
        CLEANUP(store_session_cleanup) struct store_session *session = NULL;
        TRY(store_session_open(application->store, error, &session));
        TRY(org_load(session, org, region, error, &loaded));
        TRY(round_latest(session, org, error, &found, &latest));
    }
    bool due = loaded.next_opens_at > 0 && loaded.next_opens_at <= clock_seconds(application->clock) &&
               (!found || latest.closed);
    if (due) {
        int64_t number;
        enum error_code code = round_open(application, org, false, region, error, &number);
        /* An organisation whose teams are still empty, or which another process just served, is no failure.
         */
        if (code == OK)
            opened = true;
        else if (code != ERROR_CONFLICT && !(code == ERROR_INPUT && strcmp(error->reason, "no-teams") == 0))
            return code;
    }
    if (ret_opened != NULL)
        *ret_opened = opened;
    return OK;
}

enum error_code round_keys_ahead(struct store_session *session, int64_t org, int64_t now, struct error *error,
                                 int64_t *ret_count)
{
    return store_one_integer(session, &KEYS_AHEAD,
                             PARAMETERS(V_INTEGER(org), V_INTEGER(now + ROUND_KEYS_AHEAD_SECONDS)), error,
                             NULL, ret_count);
}

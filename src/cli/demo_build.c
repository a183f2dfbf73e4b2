#include "cli/demo_build.h"

#include "cli/cli.h"
#include "cli/demo_story.h"
#include "people/people.h"
#include "pulse/answer_client.h"
#include "pulse/guess.h"

#include <pthread.h>

enum { DEMO_SEED = 20261123, ANSWER_THREADS = 8, DEMO_REGION_MAXIMUM = 64 << 20 };

struct demo {
    struct application *application;
    struct clock clock;
    enum language language;
    struct random random; /* the invented answers; not for secrets */
    int64_t org, units[DEMO_TEAMS];
    int64_t teams[DEMO_TEAMS], leaders[DEMO_TEAMS];
    int64_t members[DEMO_TEAMS][DEMO_MEMBERS_MAXIMUM];
    double leaning[DEMO_TEAMS][DEMO_MEMBERS_MAXIMUM]; /* of each person, lasting */
    int64_t owner;
    size_t names_used;
    struct region *region;
    struct error *error;
};

static struct slice text_of(const struct demo *demo, struct demo_text text)
{
    return slice_from_text(demo->language == LANGUAGE_NL ? text.nl : text.en);
}

/* Roughly normal, mean 0, variance 1. */
static double wobble(struct random *random)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += random_unit(random);
    return sum - 6;
}

static enum error_code check_stopped(struct error *error)
{
    return signals_pending() == 0 ? OK : FAIL(error, ERROR_GONE, "stopped", "stopped");
}

/* ---- People ------------------------------------------------------------------------------------- */

static enum error_code make_person(struct store_session *session, struct demo *demo, const char *name,
                                   struct error *error, int64_t *ret_person)
{
    char address[100];
    snprintf(address, sizeof address, "%s@example.org", name);
    /* No language of its own: the demo follows the visitor's browser. */
    return person_ensure(session, demo->application, demo->org, slice_from_text(address),
                         slice_from_text(name), S(""), error, ret_person);
}

static enum error_code make_unit(struct store_session *session, struct demo *demo, int team,
                                 struct error *error)
{
    for (int before = 0; before < team; before++)
        if (strcmp(DEMO_STORY[before].unit.en, DEMO_STORY[team].unit.en) == 0) {
            demo->units[team] = demo->units[before];
            return OK;
        }
    return unit_create(session, demo->application, demo->org, text_of(demo, DEMO_STORY[team].unit), 0, error,
                       &demo->units[team]);
}

static enum error_code make_team(struct store_session *session, struct demo *demo, int team,
                                 struct error *error)
{
    const struct demo_team *story = &DEMO_STORY[team];
    TRY(make_unit(session, demo, team, error));
    TRY(team_create(session, demo->application, demo->org, text_of(demo, story->name), demo->units[team],
                    error, &demo->teams[team]));
    TRY(make_person(session, demo, story->leader, error, &demo->leaders[team]));
    TRY(team_give_role(session, demo->application, demo->org, demo->teams[team], demo->leaders[team],
                       TEAM_ROLE_LEADER, error));
    for (int m = 0; m < story->members; m++) {
        TRY(make_person(session, demo, DEMO_NAMES[demo->names_used++ % DEMO_NAME_COUNT], error,
                        &demo->members[team][m]));
        TRY(team_give_role(session, demo->application, demo->org, demo->teams[team], demo->members[team][m],
                           TEAM_ROLE_MEMBER, error));
    }
    return OK;
}

static enum error_code write_people(struct store_session *session, void *context, struct error *error)
{
    struct demo *demo = context;
    demo->names_used = 0;
    TRY(org_create(session, demo->application,
                   demo->language == LANGUAGE_NL ? S("Voorbeeld: Stichting De Linde")
                                                 : S("Example: The Linden Foundation"),
                   ORG_EXAMPLE, slice_from_text(language_code(demo->language)), ORG_RHYTHM_DAYS, 0, error,
                   &demo->org));
    TRY(make_person(session, demo, "Ingrid", error, &demo->owner));
    TRY(people_give_org_role(session, demo->org, demo->owner, ORG_ROLE_OWNER, error));
    for (int team = 0; team < DEMO_TEAMS; team++)
        if (!DEMO_STORY[team].new_team)
            TRY(make_team(session, demo, team, error));
    return installation_mark_claimed(session, error);
}

static enum error_code write_new_teams(struct store_session *session, void *context, struct error *error)
{
    struct demo *demo = context;
    for (int team = 0; team < DEMO_TEAMS; team++)
        if (DEMO_STORY[team].new_team)
            TRY(make_team(session, demo, team, error));
    return OK;
}

/* ---- One member's answer ------------------------------------------------------------------------ */

struct answering {
    const struct demo *demo;
    int team, member;
    struct team_round round;
    int values[PROTOCOL_ITEMS_MAXIMUM];
    enum error_code code;
    struct error error;
};

static int line_of(struct slice construct)
{
    static const char *const LINES[DEMO_LINES] = {"leader", "team", "connection", "safety"};
    for (int line = 0; line < DEMO_LINES; line++)
        if (slice_equal(construct, slice_from_text(LINES[line])))
            return line;
    return -1;
}

static int promise_value(struct demo *demo, int team, int round)
{
    for (size_t i = 0; i < DEMO_PROMISE_COUNT; i++)
        if (DEMO_PROMISES[i].team == team && DEMO_PROMISES[i].after_round == round - 1)
            return random_unit(&demo->random) < 0.8 ? DEMO_PROMISES[i].happened : PROMISE_PARTLY;
    return PROMISE_NOT_SEEN;
}

static int item_value(struct demo *demo, int team, int member, int round, const struct instrument_item *item)
{
    const struct instrument *instrument = instrument_builtin();
    int line = line_of(instrument->constructs[item->construct].id);
    double level = line >= 0 ? DEMO_STORY[team].level(round, line)
                             : (DEMO_STORY[team].level(round, 1) + DEMO_STORY[team].level(round, 2)) / 2;
    if (random_unit(&demo->random) < 0.03)
        return 0; /* no answer */
    double value = level + demo->leaning[team][member] + 0.45 * wobble(&demo->random);
    int rounded = (int)(value + 0.5);
    return rounded < 1 ? 1 : rounded > 5 ? 5 : rounded;
}

static void fill_values(struct demo *demo, struct answering *answering, const struct descriptor *descriptor,
                        int round)
{
    for (size_t i = 0; i < descriptor->item_count; i++) {
        const struct instrument_item *item = instrument_item_find(instrument_builtin(), descriptor->items[i]);
        answering->values[i] = item == NULL
                                   ? promise_value(demo, answering->team, round)
                                   : item_value(demo, answering->team, answering->member, round, item);
    }
}

/* The whole protocol, as a phone would do it. */
static enum error_code give_answer(struct answering *answering, struct store_session *session,
                                   struct region *region)
{
    struct application *application = answering->demo->application;
    struct error *error = &answering->error;
    CLEANUP(answer_client_end) struct answer_client client = {0};
    struct slice signature;
    struct answer_submission submission;
    struct answer_receipt receipt;
    TRY(answer_client_begin(answering->round.descriptor, answering->round.rid, region, error, &client));
    TRY(answer_issue(application, session, answering->demo->org,
                     answering->demo->members[answering->team][answering->member], answering->round.rid,
                     client.blinded.blinded, S(""), region, error, &signature));
    TRY(answer_client_finish(&client, signature, region, error));
    TRY(answer_client_submission(&client, answering->values, 1, application->random, region, error,
                                 &submission));
    return answer_submit(application, session, &submission, region, error, &receipt);
}

/* Several members at once, since each waits for the disk. */
struct answer_queue {
    struct answering *all;
    size_t count;
    _Atomic size_t next;
};

static void *answer_thread(void *context)
{
    struct answer_queue *queue = context;
    CLEANUP(region_cleanup) struct region *region = region_new(4 << 20);
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    for (;;) {
        size_t at = atomic_fetch_add(&queue->next, 1);
        if (at >= queue->count || signals_pending() != 0)
            return NULL;
        struct answering *answering = &queue->all[at];
        answering->code = session == NULL ? store_session_open(answering->demo->application->store,
                                                               &answering->error, &session)
                                          : OK;
        if (answering->code == OK)
            answering->code = give_answer(answering, session, region);
        region_clear(region);
    }
}

static enum error_code run_answers(struct demo *demo, struct answering *all, size_t count)
{
    struct answer_queue queue = {.all = all, .count = count};
    pthread_t threads[ANSWER_THREADS];
    size_t started = 0;
    while (started < ANSWER_THREADS && pthread_create(&threads[started], NULL, answer_thread, &queue) == 0)
        started++;
    if (started == 0)
        return FAIL(demo->error, ERROR_INTERNAL, "no-thread", "no thread could be started");
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    TRY(check_stopped(demo->error));
    for (size_t i = 0; i < count; i++)
        if (all[i].code != OK) {
            *demo->error = all[i].error;
            return all[i].code;
        }
    return OK;
}

/* ---- A round
 * ---------------------------------------------------------------------------------------------------------
 */

struct guessing {
    struct demo *demo;
    const struct team_round *round;
    struct guess guesses[GUESSES_MAXIMUM];
    size_t count;
};

static enum error_code write_guess(struct store_session *session, void *context, struct error *error)
{
    struct guessing *guessing = context;
    return guess_save(session, guessing->demo->application, guessing->round, guessing->guesses,
                      guessing->count, error);
}

/* Leaders tend to see their own line a little too well. */
static enum error_code guess_for(struct demo *demo, int team, int round, const struct team_round *part)
{
    const struct instrument *instrument = instrument_builtin();
    struct guessing guessing = {.demo = demo, .round = part};
    for (size_t i = 0; i < instrument->item_count && guessing.count < GUESSES_MAXIMUM; i++) {
        const struct instrument_item *item = &instrument->items[i];
        if (item->anchor == 0)
            continue;
        int line = line_of(instrument->constructs[item->construct].id);
        double level =
            DEMO_STORY[team].level(round, line < 0 ? 1 : line) + (line == 0 || line == 3 ? 0.6 : 0.1);
        int value = (int)(level + 0.5);
        guessing.guesses[guessing.count++] = (struct guess){item->id, value > 5 ? 5 : value};
    }
    return store_write(demo->application->store, write_guess, &guessing, demo->error);
}

static bool takes_part(struct demo *demo, int team, int member, bool open_round)
{
    if (open_round && team == 0 && member == 0)
        return false; /* the visitor's own */
    return member < 5 || DEMO_STORY[team].members < 5 || random_unit(&demo->random) < 0.9;
}

static enum error_code answer_all(struct demo *demo, int round, bool open_round)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    struct answering *all = REGION_ARRAY(demo->region, DEMO_TEAMS * DEMO_MEMBERS_MAXIMUM, struct answering);
    if (all == NULL)
        return FAIL(demo->error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    TRY(store_session_open(demo->application->store, demo->error, &session));
    for (int team = 0; team < DEMO_TEAMS; team++) {
        struct team_round part;
        struct descriptor descriptor;
        bool found;
        if (DEMO_STORY[team].new_team)
            continue;
        TRY(team_round_latest(session, demo->org, demo->teams[team], true, demo->region, demo->error, &found,
                              &part));
        if (!found)
            continue;
        TRY(descriptor_read(part.descriptor, demo->region, demo->error, &descriptor));
        if (!open_round)
            TRY(guess_for(demo, team, round, &part));
        for (int m = 0; m < DEMO_STORY[team].members; m++) {
            if (!takes_part(demo, team, m, open_round))
                continue;
            all[count] = (struct answering){.demo = demo, .team = team, .member = m, .round = part};
            fill_values(demo, &all[count++], &descriptor, round);
        }
    }
    session = store_session_close(session);
    return run_answers(demo, all, count);
}

struct promising {
    struct demo *demo;
    int round;
};

static enum error_code write_promises(struct store_session *session, void *context, struct error *error)
{
    const struct promising *promising = context;
    struct demo *demo = promising->demo;
    for (size_t i = 0; i < DEMO_PROMISE_COUNT; i++) {
        const struct demo_promise *promise = &DEMO_PROMISES[i];
        int64_t id;
        if (promise->after_round != promising->round)
            continue;
        TRY(promise_make(session, demo->application, demo->org, demo->teams[promise->team], promising->round,
                         demo->leaders[promise->team], false, text_of(demo, promise->text),
                         clock_seconds(&demo->clock) + 14 * DAY_SECONDS, error, &id));
    }
    return OK;
}

static enum error_code live_round(struct demo *demo, int round, int64_t opens)
{
    int64_t number;
    TRY(check_stopped(demo->error));
    clock_manual_set(&demo->clock, opens);
    TRY(round_open(demo->application, demo->org, false, demo->region, demo->error, &number));
    TRY(check_stopped(demo->error));
    clock_manual_set(&demo->clock, opens + DAY_SECONDS);
    TRY(answer_all(demo, round, false));
    clock_manual_set(&demo->clock, opens + (int64_t)ORG_ROUND_DAYS * DAY_SECONDS);
    TRY(round_close_due(demo->application, demo->org, demo->region, demo->error));
    clock_manual_set(&demo->clock, opens + (int64_t)(ORG_ROUND_DAYS + ORG_EXTENSION_DAYS) * DAY_SECONDS);
    TRY(round_close_due(demo->application, demo->org, demo->region, demo->error));
    clock_manual_set(&demo->clock, opens + (int64_t)(ORG_ROUND_DAYS + ORG_EXTENSION_DAYS + 1) * DAY_SECONDS);
    struct promising promising = {demo, round};
    return store_write(demo->application->store, write_promises, &promising, demo->error);
}

static void make_leanings(struct demo *demo)
{
    for (int team = 0; team < DEMO_TEAMS; team++)
        for (int m = 0; m < DEMO_MEMBERS_MAXIMUM; m++)
            demo->leaning[team][m] = 0.35 * wobble(&demo->random);
}

static enum error_code build(struct demo *demo, int64_t now, void (*progress)(const char *line))
{
    const int64_t step = (int64_t)ORG_RHYTHM_DAYS * DAY_SECONDS;
    /* The open round began an hour ago; the closed ones lie four weeks apart before it. */
    const int64_t last = now - HOUR_SECONDS;
    make_leanings(demo);
    clock_manual_set(&demo->clock, last - (DEMO_ROUNDS + 1) * step);
    TRY(store_write(demo->application->store, write_people, demo, demo->error));
    if (demo->application->key_pool != NULL)
        blind_key_pool_prepare(demo->application->key_pool, (DEMO_ROUNDS + 1) * (DEMO_TEAMS - 1));
    for (int round = 1; round <= DEMO_ROUNDS; round++) {
        char line[80];
        snprintf(line, sizeof line, "hecht: building the example, round %d of %d", round, DEMO_ROUNDS);
        progress(line);
        TRY(live_round(demo, round, last - (DEMO_ROUNDS + 1 - round) * step));
        region_clear(demo->region);
    }
    int64_t number;
    clock_manual_set(&demo->clock, last);
    TRY(round_open(demo->application, demo->org, false, demo->region, demo->error, &number));
    TRY(answer_all(demo, DEMO_ROUNDS + 1, true));
    return store_write(demo->application->store, write_new_teams, demo, demo->error);
}

enum error_code demo_build(struct application *application, enum language language,
                           void (*progress)(const char *line), struct error *error,
                           struct demo_people *ret_people)
{
    CLEANUP(region_cleanup) struct region *region = region_new(DEMO_REGION_MAXIMUM);
    struct demo *demo = calloc(1, sizeof *demo);
    if (region == NULL || demo == NULL) {
        free(demo);
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    }
    const struct clock *own = application->clock;
    int64_t now = clock_seconds(own);
    demo->application = application;
    demo->language = language;
    demo->region = region;
    demo->error = error;
    random_seeded_init(&demo->random, DEMO_SEED);
    clock_manual_init(&demo->clock, now);
    application->clock = &demo->clock;
    enum error_code code = build(demo, now, progress);
    application->clock = own;
    if (code == OK) {
        *ret_people = (struct demo_people){demo->org, demo->leaders[0], demo->members[0][0], demo->owner};
        application->claimed = true;
    }
    free(demo);
    return code;
}

/* Makes a claimed database in which three organisations wait for the same moment, SECONDS from now, as if their rounds
 * had been opened and answered in the past:
 *     Opening    the first round of team Blue is planned for that moment
 *     Closing    a round closes then: 6 answers in Blue, 3 in Green (which gets the extension)
 *     Extended   the extension ends then: Blue is closed already, Green has 3 answers and White 2
 * Every team has a leader and 6 members: blue1@closing.example and so on; the owner is owner@closing.example.
 *
 * Usage: clock_world DATABASE SECONDS. Prints the moment, in seconds since 1970. */
#include "cli/cli.h"
#include "people/people.h"
#include "pulse/answer_client.h"

enum { MEMBERS = 6, WORLD_MEMORY = 64 << 20 };

struct world_team {
    const char *org, *name; /* lower case in addresses */
    int answers;
};

static const struct world_team TEAMS[] = {
    {"Opening", "Blue", 0},  {"Closing", "Blue", 6},   {"Closing", "Green", 3},
    {"Extended", "Blue", 6}, {"Extended", "Green", 3}, {"Extended", "White", 2},
};
static const char *const ORGS[] = {"Opening", "Closing", "Extended"};

struct world {
    struct application application;
    struct clock clock;
    int64_t due;
    int64_t orgs[COUNT_OF(ORGS)], teams[COUNT_OF(TEAMS)], members[COUNT_OF(TEAMS)][MEMBERS];
    struct region *region;
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static enum error_code write_person(struct store_session *session, struct world *world, int64_t org,
                                    const char *org_name, const char *name, struct error *error,
                                    int64_t *ret_person)
{
    char address[80];
    int length = snprintf(address, sizeof address, "%s@%s.example", name, org_name);
    for (int i = 0; i < length; i++)
        address[i] = lower(address[i]);
    return person_ensure(session, &world->application, org, slice_from_text(address), slice_from_text(name),
                         S("en"), error, ret_person);
}

static enum error_code write_team(struct store_session *session, struct world *world, int64_t org, size_t at,
                                  struct error *error)
{
    const struct world_team *team = &TEAMS[at];
    char name[40];
    int64_t leader;
    TRY(team_create(session, &world->application, org, slice_from_text(team->name), 0, error,
                    &world->teams[at]));
    snprintf(name, sizeof name, "%s-leader", team->name);
    TRY(write_person(session, world, org, team->org, name, error, &leader));
    TRY(team_give_role(session, &world->application, org, world->teams[at], leader, TEAM_ROLE_LEADER, error));
    for (int m = 0; m < MEMBERS; m++) {
        snprintf(name, sizeof name, "%s%d", team->name, m + 1);
        TRY(write_person(session, world, org, team->org, name, error, &world->members[at][m]));
        TRY(team_give_role(session, &world->application, org, world->teams[at], world->members[at][m],
                           TEAM_ROLE_MEMBER, error));
    }
    return OK;
}

static enum error_code write_all(struct store_session *session, void *context, struct error *error)
{
    struct world *world = context;
    for (size_t o = 0; o < COUNT_OF(ORGS); o++) {
        int64_t owner;
        TRY(org_create(session, &world->application, slice_from_text(ORGS[o]), ORG_REAL, S("en"),
                       ORG_RHYTHM_DAYS, o == 0 ? world->due : 0, error, &world->orgs[o]));
        TRY(write_person(session, world, world->orgs[o], ORGS[o], "owner", error, &owner));
        TRY(people_give_org_role(session, world->orgs[o], owner, ORG_ROLE_OWNER, error));
        for (size_t t = 0; t < COUNT_OF(TEAMS); t++)
            if (strcmp(TEAMS[t].org, ORGS[o]) == 0)
                TRY(write_team(session, world, world->orgs[o], t, error));
    }
    return installation_mark_claimed(session, error);
}

static enum error_code give_answer(struct world *world, struct store_session *session, int64_t org,
                                   const struct team_round *part, int64_t person, struct error *error)
{
    CLEANUP(answer_client_end) struct answer_client client = {0};
    int values[PROTOCOL_ITEMS_MAXIMUM];
    struct slice signature;
    struct answer_submission submission;
    struct answer_receipt receipt;
    for (size_t i = 0; i < COUNT_OF(values); i++)
        values[i] = 3 + (int)((i + (size_t)person) % 3);
    TRY(answer_client_begin(part->descriptor, part->rid, world->region, error, &client));
    TRY(answer_issue(&world->application, session, org, person, part->rid, client.blinded.blinded, S(""),
                     world->region, error, &signature));
    TRY(answer_client_finish(&client, signature, world->region, error));
    TRY(answer_client_submission(&client, values, 1, random_system(), world->region, error, &submission));
    return answer_submit(&world->application, session, &submission, world->region, error, &receipt);
}

/* A round that opened so that its closing, or the end of its extension, falls on the moment. */
static enum error_code past_round(struct world *world, size_t o, int64_t opened, struct error *error)
{
    int64_t number;
    clock_manual_set(&world->clock, opened);
    TRY(round_open(&world->application, world->orgs[o], false, world->region, error, &number));
    clock_manual_set(&world->clock, opened + HOUR_SECONDS);
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(world->application.store, error, &session));
    for (size_t t = 0; t < COUNT_OF(TEAMS); t++) {
        struct team_round part;
        if (strcmp(TEAMS[t].org, ORGS[o]) != 0)
            continue;
        TRY(team_round_load(session, world->orgs[o], world->teams[t], number, world->region, error, &part));
        for (int m = 0; m < TEAMS[t].answers; m++)
            TRY(give_answer(world, session, world->orgs[o], &part, world->members[t][m], error));
    }
    return OK;
}

static enum error_code build(struct world *world, struct error *error)
{
    const int64_t round = (int64_t)ORG_ROUND_DAYS * DAY_SECONDS,
                  extension = (int64_t)ORG_EXTENSION_DAYS * DAY_SECONDS;
    clock_manual_init(&world->clock, world->due - 30 * (int64_t)DAY_SECONDS);
    world->application.clock = &world->clock;
    TRY(store_write(world->application.store, write_all, world, error));
    TRY(past_round(world, 1, world->due - round, error));
    TRY(past_round(world, 2, world->due - round - extension, error));
    clock_manual_set(&world->clock, world->due - extension);
    return round_close_due(&world->application, world->orgs[2], world->region, error);
}

int main(int argc, char **argv)
{
    static struct world world;
    struct error error = {0};
    int64_t seconds;
    if (argc != 3 || !slice_to_integer(slice_from_text(argv[2]), 0, DAY_SECONDS, &seconds)) {
        fputs("Usage: clock_world DATABASE SECONDS\n", stderr);
        return EXIT_USAGE;
    }
    CLEANUP(region_cleanup) struct region *region = region_new(WORLD_MEMORY);
    world.region = region;
    world.due = clock_seconds(clock_system()) + seconds;
    if (application_open(argv[1], false, &error, &world.application) != OK)
        return report_error(&error);
    enum error_code code = build(&world, &error);
    application_close(&world.application);
    if (code != OK)
        return report_error(&error);
    printf("%" PRId64 "\n", world.due);
    return EXIT_DONE;
}

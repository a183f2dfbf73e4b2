/* Makes a claimed installation with one open round and the signed answers of all its members, ready to send.
 *
 * Usage: answer_setup DATABASE COUNT BODIES
 *
 * BODIES becomes one JSON body of POST /api/answers a line, neighbours from different teams. The blind
 * signatures are made with the rounds' own keys, without the HTTP round trip: fetching them is not what is
 * measured. */
#include "cli/cli.h"
#include "people/people.h"
#include "pulse/answer_client.h"

#include <pthread.h>

enum {
    TEAM_MEMBERS = 500,
    TEAMS_AT_MOST = 100,
    THREADS = 2,
    SETUP_MEMORY = 512 << 20,
    ANSWER_MEMORY = 1 << 20
};

struct setup {
    struct application application;
    size_t count, team_count;
    int64_t org;
    int64_t teams[TEAMS_AT_MOST];
    struct team_round parts[TEAMS_AT_MOST];
    struct blind_key *keys[TEAMS_AT_MOST];
    struct region *region;
    _Atomic size_t next;
    char **bodies; /* JSON, owned */
};

/* ---- Organisation and round --------------------------------------------------------------------- */

static enum error_code write_member(struct store_session *session, struct setup *setup, size_t number,
                                    struct error *error)
{
    char name[40], address[60];
    int64_t person;
    snprintf(name, sizeof name, "Person %zu", number);
    snprintf(address, sizeof address, "person%zu@example.org", number);
    TRY(person_ensure(session, &setup->application, setup->org, slice_from_text(address),
                      slice_from_text(name), S("nl"), error, &person));
    return team_give_role(session, &setup->application, setup->org, setup->teams[number % setup->team_count],
                          person, TEAM_ROLE_MEMBER, error);
}

static enum error_code write_team(struct store_session *session, struct setup *setup, size_t number,
                                  struct error *error)
{
    char name[40], address[60];
    int64_t leader;
    snprintf(name, sizeof name, "Team %zu", number);
    snprintf(address, sizeof address, "leader%zu@example.org", number);
    TRY(team_create(session, &setup->application, setup->org, slice_from_text(name), 0, error,
                    &setup->teams[number]));
    TRY(person_ensure(session, &setup->application, setup->org, slice_from_text(address), S("Leader"),
                      S("nl"), error, &leader));
    return team_give_role(session, &setup->application, setup->org, setup->teams[number], leader,
                          TEAM_ROLE_LEADER, error);
}

static enum error_code write_organisation(struct store_session *session, void *context, struct error *error)
{
    struct setup *setup = context;
    TRY(org_create(session, &setup->application, S("Benchmark"), ORG_REAL, S("nl"), ORG_RHYTHM_DAYS, 0, error,
                   &setup->org));
    for (size_t team = 0; team < setup->team_count; team++)
        TRY(write_team(session, setup, team, error));
    for (size_t member = 0; member < setup->count; member++)
        TRY(write_member(session, setup, member, error));
    return installation_mark_claimed(session, error);
}

static enum error_code open_round(struct setup *setup, struct error *error)
{
    int64_t number;
    TRY(store_write(setup->application.store, write_organisation, setup, error));
    TRY(round_open(&setup->application, setup->org, false, setup->region, error, &number));
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(setup->application.store, error, &session));
    for (size_t team = 0; team < setup->team_count; team++) {
        TRY(team_round_load(session, setup->org, setup->teams[team], number, setup->region, error,
                            &setup->parts[team]));
        TRY(team_round_private_key(&setup->application, &setup->parts[team], setup->region, error,
                                   &setup->keys[team]));
    }
    return OK;
}

/* ---- Answers ------------------------------------------------------------------------------------ */

static enum error_code make_body(struct setup *setup, size_t number, struct region *region,
                                 struct error *error)
{
    size_t team = number % setup->team_count;
    const struct team_round *part = &setup->parts[team];
    int values[PROTOCOL_ITEMS_MAXIMUM];
    struct slice signature;
    struct answer_submission submission;
    CLEANUP(answer_client_end) struct answer_client client = {0};
    CLEANUP(buffer_free) struct buffer json = BUFFER(ANSWER_JSON_MAXIMUM);
    for (size_t i = 0; i < COUNT_OF(values); i++)
        values[i] = (int)((number + i) % 5); /* 0 to 4: fits every question */
    TRY(answer_client_begin(part->descriptor, part->rid, region, error, &client));
    TRY(blind_sign(setup->keys[team], client.blinded.blinded, region, error, &signature));
    TRY(answer_client_finish(&client, signature, region, error));
    TRY(answer_client_submission(&client, values, 1, random_system(), region, error, &submission));
    answer_to_json(&submission, &json);
    if (json.failed || (setup->bodies[number] = strndup(json.data, json.length)) == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    return OK;
}

static void *make_bodies(void *context)
{
    struct setup *setup = context;
    CLEANUP(region_cleanup) struct region *region = region_new(ANSWER_MEMORY);
    struct error error = {0};
    for (;;) {
        size_t number = atomic_fetch_add(&setup->next, 1);
        if (region == NULL || number >= setup->count)
            return NULL;
        if (make_body(setup, number, region, &error) != OK) {
            report_error(&error);
            return NULL; /* the body stays NULL */
        }
        region_clear(region);
    }
}

static enum error_code make_all_bodies(struct setup *setup, struct error *error)
{
    pthread_t threads[THREADS];
    int started = 0;
    setup->bodies = REGION_ARRAY(setup->region, setup->count, char *);
    if (setup->bodies == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    while (started < THREADS && pthread_create(&threads[started], NULL, make_bodies, setup) == 0)
        started++;
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < setup->count; i++)
        if (setup->bodies[i] == NULL)
            return FAIL(error, ERROR_INTERNAL, "answers", "answer %zu was not made", i);
    return OK;
}

static enum error_code write_bodies(const struct setup *setup, const char *path, struct error *error)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return FAIL(error, ERROR_IO, "bodies", "cannot write %s", path);
    bool good = true;
    for (size_t i = 0; i < setup->count; i++)
        good = good && fprintf(file, "%s\n", setup->bodies[i]) > 0;
    good = fclose(file) == 0 && good;
    return good ? OK : FAIL(error, ERROR_IO, "bodies", "cannot write %s", path);
}

static enum error_code run(struct setup *setup, const char *database, const char *bodies, struct error *error)
{
    TRY(application_open(database, false, error, &setup->application));
    enum error_code code = open_round(setup, error);
    if (code == OK)
        code = make_all_bodies(setup, error);
    if (code == OK)
        code = write_bodies(setup, bodies, error);
    for (size_t team = 0; team < setup->team_count; team++)
        blind_key_free(setup->keys[team]);
    for (size_t i = 0; setup->bodies != NULL && i < setup->count; i++)
        free(setup->bodies[i]);
    application_close(&setup->application);
    return code;
}

int main(int argc, char **argv)
{
    static struct setup setup;
    struct error error = {0};
    int64_t count;
    if (argc != 4 || !slice_to_integer(slice_from_text(argv[2]), 1, TEAM_MEMBERS * TEAMS_AT_MOST, &count)) {
        fprintf(stderr, "Usage: answer_setup DATABASE COUNT BODIES (COUNT at most %d)\n",
                TEAM_MEMBERS * TEAMS_AT_MOST);
        return EXIT_USAGE;
    }
    CLEANUP(region_cleanup) struct region *region = region_new(SETUP_MEMORY);
    setup.region = region;
    setup.count = (size_t)count;
    setup.team_count = (setup.count + TEAM_MEMBERS - 1) / TEAM_MEMBERS;
    return run(&setup, argv[1], argv[3], &error) == OK ? EXIT_DONE : report_error(&error);
}

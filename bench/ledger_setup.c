/* Measures what the ledger costs: opening and closing many teams at once, blind signatures, and makes the
 * record of a large round for `hecht verify`.
 *
 * Usage: ledger_setup open DATABASE TEAMS       opens and closes a round of teams of ten, keys ready
 *        ledger_setup record DATABASE ANSWERS FILE
 *        ledger_setup sign SECONDS              blind signatures a second, one thread
 *
 * Prints "name value" lines. */
#include "cli/cli.h"
#include "people/people.h"
#include "pulse/answer_client.h"
#include "pulse/next_key.h"
#include "pulse/published.h"
#include "pulse/team_log.h"

#include <time.h>

enum { TEAM_MEMBERS = 10, BENCH_MEMORY = 1 << 30, ANSWER_MEMORY = 1 << 20, WRITE_MEMORY = 512 << 20 };

/* Members beyond the limit of a team, which protects people's lists and is not what is measured. */
STATEMENT(BENCH_MEMBER, "INSERT INTO team_role (org_id, team_id, person_id, role, since) "
                        "VALUES ($1, $2, $3, 'member', 0)");
STATEMENT(BENCH_ROSTER,
          "INSERT INTO roster (org_id, round_number, team_id, person_id, salt) "
          "SELECT org_id, 1, team_id, person_id, $3 FROM team_role WHERE org_id = $1 AND team_id = $2 "
          "AND role = 'member' ON CONFLICT DO NOTHING");
STATEMENT(BENCH_NO_LOG, "DELETE FROM team_log WHERE org_id = $1");
STATEMENT(BENCH_NO_HEAD, "DELETE FROM team_log_head WHERE org_id = $1");
STATEMENT(BENCH_ROUND, "UPDATE team_round SET rid = $2, descriptor = $3, roster_count = $4, "
                       "sealed_private_key = $5, sealed_data_key = $6 WHERE org_id = $1");
STATEMENT(BENCH_BODY, "INSERT INTO sealed_answer (org_id, rid, answer_id, body) VALUES ($1, $2, $3, $4)");
STATEMENT(BENCH_ISSUED, "INSERT INTO issuance (org_id, rid, person_id, blinded_hash, device_signature) "
                        "SELECT org_id, $2, person_id, salt, NULL FROM roster WHERE org_id = $1");

struct setup {
    struct application application;
    struct region *region;
    size_t teams, members; /* members: of each team */
    int64_t org, first_team;
    struct blind_key *key;
    struct team_round round;
    struct descriptor descriptor;
};

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* As openssl speed counts: the processor's time. */
static double processor_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- Organisation ------------------------------------------------------------------------------- */

static enum error_code write_team(struct store_session *session, struct setup *setup, size_t number,
                                  struct error *error)
{
    char text[60];
    int64_t team, person;
    snprintf(text, sizeof text, "Team %zu", number);
    TRY(team_create(session, &setup->application, setup->org, slice_from_text(text), 0, error, &team));
    for (size_t i = 0; i < setup->members; i++) {
        snprintf(text, sizeof text, "person%zu-%zu@example.org", number, i);
        TRY(person_ensure(session, &setup->application, setup->org, slice_from_text(text), S("Person"),
                          S("nl"), error, &person));
        TRY(store_execute(session, &BENCH_MEMBER,
                          PARAMETERS(V_INTEGER(setup->org), V_INTEGER(team), V_INTEGER(person)), error,
                          NULL));
    }
    if (number == 0)
        setup->first_team = team;
    return OK;
}

static enum error_code write_organisation(struct store_session *session, void *context, struct error *error)
{
    struct setup *setup = context;
    TRY(org_create(session, &setup->application, S("Benchmark"), ORG_REAL, S("nl"), ORG_RHYTHM_DAYS, 0, error,
                   &setup->org));
    for (size_t team = 0; team < setup->teams; team++)
        TRY(write_team(session, setup, team, error));
    return OK;
}

/* The same key for every team: making keys is not what is measured. */
static enum error_code write_keys(struct store_session *session, void *context, struct error *error)
{
    struct setup *setup = context;
    CLEANUP(region_cleanup) struct region *region = region_new(WRITE_MEMORY);
    struct team *teams;
    size_t count;
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(team_list(session, setup->org, region, error, &teams, &count));
    for (size_t i = 0; i < count; i++)
        TRY(next_key_keep(session, &setup->application, setup->org, teams[i].id, setup->key, region, error));
    return OK;
}

static enum error_code timed_round(struct setup *setup, const char *name, struct error *error)
{
    int64_t number;
    TRY(store_write(setup->application.store, write_keys, setup, error));
    double start = seconds_now();
    TRY(round_open(&setup->application, setup->org, false, setup->region, error, &number));
    printf("%s_open_ms %.0f\n", name, (seconds_now() - start) * 1e3);
    TRY(store_write(setup->application.store, write_keys, setup, error));
    start = seconds_now();
    TRY(round_close_now(&setup->application, setup->org, setup->region, error));
    printf("%s_close_ms %.0f\n", name, (seconds_now() - start) * 1e3);
    return OK;
}

static enum error_code measure_open(struct setup *setup, struct error *error)
{
    TRY(store_write(setup->application.store, write_organisation, setup, error));
    TRY(timed_round(setup, "first", error));
    return timed_round(setup, "next", error);
}

/* ---- A large record ----------------------------------------------------------------------------- */

static enum error_code write_body(struct store_session *session, const struct setup *setup, size_t number,
                                  const struct seal_key *data_key, struct region *region, struct error *error)
{
    int values[PROTOCOL_ITEMS_MAXIMUM];
    uint8_t bound[64];
    struct slice signature, body, plain, sealed;
    struct answer_submission submission;
    struct answer_token token;
    CLEANUP(answer_client_end) struct answer_client client = {0};
    for (size_t i = 0; i < COUNT_OF(values); i++)
        values[i] = (int)((number + i) % 6 == 5 ? 0 : (number + i) % 5 + 1);
    TRY(answer_client_begin(setup->round.descriptor, setup->round.rid, region, error, &client));
    TRY(blind_sign(setup->key, client.blinded.blinded, region, error, &signature));
    TRY(answer_client_finish(&client, signature, region, error));
    TRY(answer_client_submission(&client, values, 1, random_system(), region, error, &submission));
    memcpy(token.prefix, submission.prepared.data, sizeof token.prefix);
    memcpy(token.opk, submission.opk, sizeof token.opk);
    memcpy(token.signature, submission.signature.data, sizeof token.signature);
    TRY(answer_body_write(1, submission.cells, submission.cell_count, region, error, &body));
    TRY(answer_record_write(&token, body, region, error, &plain));
    memcpy(bound, setup->round.rid, 32);
    sha256(slice_from_bytes(submission.opk, sizeof submission.opk), bound + 32);
    TRY(seal(data_key, slice_from_bytes(bound, sizeof bound), plain, random_system(), region, error,
             &sealed));
    return store_execute(session, &BENCH_BODY,
                         PARAMETERS(V_INTEGER(setup->org), V_BYTES(slice_from_bytes(setup->round.rid, 32)),
                                    V_BYTES(slice_from_bytes(bound + 32, 32)), V_BYTES(sealed)),
                         error, NULL);
}

static enum error_code write_answers(struct store_session *session, void *context, struct error *error)
{
    struct setup *setup = context;
    CLEANUP(region_cleanup) struct region *region = region_new(ANSWER_MEMORY);
    CLEANUP(seal_key_wipe) struct seal_key data_key = {0};
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(team_round_data_key(&setup->application, &setup->round, region, error, &data_key));
    for (size_t i = 0; i < setup->members; i++) {
        TRY(write_body(session, setup, i, &data_key, region, error));
        region_clear(region);
    }
    return store_execute(session, &BENCH_ISSUED,
                         PARAMETERS(V_INTEGER(setup->org), V_BYTES(slice_from_bytes(setup->round.rid, 32))),
                         error, NULL);
}

/* The round is made again for the whole team, of whom an opening takes the first thousand. */
static enum error_code write_large_round(struct store_session *session, void *context, struct error *error)
{
    struct setup *setup = context;
    struct org org;
    struct descriptor descriptor;
    struct slice bytes, private_key, sealed_private, sealed_data;
    struct seal_key data_key;
    int64_t index;
    struct log_entry entry = {.kind = LOG_ENTRY_ROUND, .key_from = -1};
    CLEANUP(log_signer_close) struct log_signer signer = {0};
    struct region *region = setup->region;
    TRY(org_load(session, setup->org, region, error, &org));
    TRY(log_signer_open(&setup->application, &org, region, error, &signer));
    TRY(descriptor_read(setup->round.descriptor, region, error, &descriptor));
    descriptor.roster_count = (int64_t)setup->members;
    TRY(descriptor_write(&descriptor, region, error, &bytes));
    descriptor_rid(bytes, entry.rid);
    seal_key_make(random_system(), &data_key);
    TRY(blind_key_export(setup->key, region, error, &private_key));
    TRY(team_round_seal_keys(&setup->application, entry.rid, private_key, &data_key, region, error,
                             &sealed_private, &sealed_data));
    struct store_value id = V_INTEGER(setup->org);
    TRY(store_execute(session, &BENCH_NO_LOG, PARAMETERS(id), error, NULL));
    TRY(store_execute(session, &BENCH_NO_HEAD, PARAMETERS(id), error, NULL));
    TRY(team_log_append(session, &signer, setup->first_team, &entry, region, error, &index));
    TRY(store_execute(session, &BENCH_ROSTER,
                      PARAMETERS(id, V_INTEGER(setup->first_team), V_BYTES(slice_from_bytes(entry.rid, 32))),
                      error, NULL));
    return store_execute(session, &BENCH_ROUND,
                         PARAMETERS(id, V_BYTES(slice_from_bytes(entry.rid, 32)), V_BYTES(bytes),
                                    V_INTEGER(descriptor.roster_count), V_BYTES(sealed_private),
                                    V_BYTES(sealed_data)),
                         error, NULL);
}

static enum error_code load_round(struct setup *setup, int64_t number, struct error *error)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(setup->application.store, error, &session));
    return team_round_load(session, setup->org, setup->first_team, number, setup->region, error,
                           &setup->round);
}

static enum error_code save_record(const struct setup *setup, const char *path, struct error *error)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    CLEANUP(buffer_free) struct buffer out = BUFFER(64 << 20);
    TRY(store_session_open(setup->application.store, error, &session));
    TRY(published_record(session, setup->round.rid, setup->region, error, &out));
    FILE *file = fopen(path, "w");
    bool good = file != NULL && fwrite(out.data, 1, out.length, file) == out.length;
    good = file != NULL && fclose(file) == 0 && good;
    printf("record_bytes %zu\n", out.length);
    return good ? OK : FAIL(error, ERROR_IO, "record", "cannot write %s", path);
}

static enum error_code make_record(struct setup *setup, const char *path, struct error *error)
{
    int64_t number;
    TRY(store_write(setup->application.store, write_organisation, setup, error));
    TRY(store_write(setup->application.store, write_keys, setup, error));
    TRY(round_open(&setup->application, setup->org, false, setup->region, error, &number));
    TRY(load_round(setup, number, error));
    TRY(store_write(setup->application.store, write_large_round, setup, error));
    TRY(load_round(setup, number, error));
    TRY(store_write(setup->application.store, write_keys, setup, error));
    TRY(store_write(setup->application.store, write_answers, setup, error));
    double start = seconds_now();
    TRY(round_close_now(&setup->application, setup->org, setup->region, error));
    printf("close_ms %.0f\n", (seconds_now() - start) * 1e3);
    return save_record(setup, path, error);
}

/* ---- Blind signatures --------------------------------------------------------------------------- */

static enum error_code measure_sign(const struct setup *setup, double seconds, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(ANSWER_MEMORY);
    uint8_t blinded[BLIND_MODULUS_BITS / 8];
    struct slice signature;
    long count = 0;
    random_bytes(random_system(), blinded, sizeof blinded);
    blinded[0] = 0; /* below the modulus */
    double start = processor_now();
    while (processor_now() - start < seconds) {
        TRY(blind_sign(setup->key, slice_from_bytes(blinded, sizeof blinded), region, error, &signature));
        region_clear(region);
        count++;
    }
    printf("blind_signatures_per_second %.1f\n", (double)count / (processor_now() - start));
    return OK;
}

static enum error_code run(struct setup *setup, int argc, char **argv, struct error *error)
{
    int64_t count;
    bool open = argc == 4 && strcmp(argv[1], "open") == 0,
         record = argc == 5 && strcmp(argv[1], "record") == 0;
    bool sign = argc == 3 && strcmp(argv[1], "sign") == 0;
    if ((!open && !record && !sign) ||
        !slice_to_integer(slice_from_text(argv[sign ? 2 : 3]), 1, 20000, &count))
        return FAIL(error, ERROR_INPUT, "usage",
                    "Usage: ledger_setup open DATABASE TEAMS | record DATABASE "
                    "ANSWERS FILE | sign SECONDS");
    TRY(blind_key_generate(error, &setup->key));
    if (sign)
        return measure_sign(setup, (double)count, error);
    setup->teams = open ? (size_t)count : 1;
    setup->members = open ? TEAM_MEMBERS : (size_t)count;
    TRY(application_open(argv[2], false, error, &setup->application));
    enum error_code code = open ? measure_open(setup, error) : make_record(setup, argv[4], error);
    application_close(&setup->application);
    return code;
}

int main(int argc, char **argv)
{
    static struct setup setup;
    struct error error = {0};
    CLEANUP(region_cleanup) struct region *region = region_new(BENCH_MEMORY);
    setup.region = region;
    enum error_code code = run(&setup, argc, argv, &error);
    blind_key_free(setup.key);
    return code == OK ? EXIT_DONE : report_error(&error);
}

/* What the machine allows: the cryptography that an answer cannot do without, and a durable insert shared by
 * all who wait; nothing of HTTP, JSON, reading or checks around it.
 *
 * Usage: answer_reference DATABASE BODIES THREADS SCRATCH
 *
 * Per answer: RSA-PSS verification, P-256 verification, SHA-256 of opk and cells, AES-256-GCM, one row (same
 * table, same settings, one writer), Ed25519 signature after the commit. Keys that last longer than an answer
 * are read before the clock starts. DATABASE is only read; SCRATCH becomes the new database. */
#include <openssl/evp.h> /* before ours: base/banned.h poisons names it uses */
#include <sqlite3.h>

#include "cli/cli.h"
#include "pulse/answer.h"

#include <pthread.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAXIMUM = 256, ROUNDS_AT_MOST = 200, MEMORY = 1 << 30, WORK_MEMORY = 256 << 10 };

struct round_key {
    uint8_t rid[32];
    int64_t org;
    struct blind_public_key *key;
};

/* One answer with all that is not measured done before. */
struct job {
    struct answer_submission submission;
    const struct round_key *round;
    struct slice text, plain, receipt;
    uint8_t answer_id[32];
    struct slice sealed;
    struct job *next;
    bool stored;
    pthread_cond_t *done;
};

struct reference {
    struct application application;
    struct region *region;
    struct round_key rounds[ROUNDS_AT_MOST];
    size_t round_count;
    struct job *jobs;
    size_t job_count;
    _Atomic size_t next_job;
    _Atomic size_t failures;
    struct seal_key data_key;
    EVP_PKEY *log_key;
    sqlite3 *database;
    sqlite3_stmt *begin, *insert, *commit;
    pthread_mutex_t mutex;
    pthread_cond_t work;
    struct job *waiting;
    bool stopping;
    size_t commits;
};

/* ---- Preparing ---------------------------------------------------------------------------------- */

static enum error_code round_key(struct reference *reference, struct store_session *session,
                                 const uint8_t rid[32], struct error *error,
                                 const struct round_key **ret_round)
{
    for (size_t i = 0; i < reference->round_count; i++)
        if (memcmp(reference->rounds[i].rid, rid, 32) == 0) {
            *ret_round = &reference->rounds[i];
            return OK;
        }
    struct team_round part;
    struct descriptor descriptor;
    if (reference->round_count == ROUNDS_AT_MOST)
        return FAIL(error, ERROR_LIMIT, "rounds", "more than %d rounds", ROUNDS_AT_MOST);
    struct round_key *round = &reference->rounds[reference->round_count];
    TRY(team_round_by_rid(session, rid, reference->region, error, &part));
    TRY(descriptor_read(part.descriptor, reference->region, error, &descriptor));
    TRY(blind_public_key_import(descriptor.spki, error, &round->key));
    memcpy(round->rid, rid, sizeof round->rid);
    round->org = part.org;
    reference->round_count++;
    *ret_round = round;
    return OK;
}

static enum error_code prepare_job(struct reference *reference, struct store_session *session,
                                   struct slice json, struct error *error, struct job *job)
{
    struct answer_submission *submission = &job->submission;
    struct region *region = reference->region;
    uint8_t answer_id[32];
    TRY(answer_from_json(json, region, error, submission));
    TRY(round_key(reference, session, submission->rid, error, &job->round));
    TRY(answer_text(submission->rid, submission->version, submission->cells, submission->cell_count, region,
                    error, &job->text));
    struct slice body;
    struct answer_token token;
    TRY(answer_body_write(submission->version, submission->cells, submission->cell_count, region, error,
                          &body));
    memcpy(token.prefix, submission->prepared.data, sizeof token.prefix);
    memcpy(token.opk, submission->opk, sizeof token.opk);
    memcpy(token.signature, submission->signature.data, sizeof token.signature);
    TRY(answer_record_write(&token, body, region, error, &job->plain));
    sha256(slice_from_bytes(submission->opk, sizeof submission->opk), answer_id);
    return receipt_text(submission->rid, answer_id, submission->version, submission->cells,
                        submission->cell_count, region, error, &job->receipt);
}

static enum error_code prepare_jobs(struct reference *reference, const char *path, struct error *error)
{
    struct slice rest, json;
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(reference->application.store, error, &session));
    TRY(file_read(path, MEMORY / 2, reference->region, error, &rest));
    size_t lines = 0;
    for (size_t i = 0; i < rest.length; i++)
        lines += rest.data[i] == '\n';
    reference->jobs = REGION_ARRAY(reference->region, lines, struct job);
    if (reference->jobs == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    while (reference->job_count < lines && slice_take(&rest, '\n', &json))
        TRY(prepare_job(reference, session, json, error, &reference->jobs[reference->job_count++]));
    return OK;
}

static bool prepare_statement(struct reference *reference, const char *sql, sqlite3_stmt **ret_statement)
{
    return sqlite3_prepare_v2(reference->database, sql, -1, ret_statement, NULL) == SQLITE_OK;
}

static enum error_code open_scratch(struct reference *reference, const char *path, struct error *error)
{
    /* The table of migrations/0001-house.sql, the settings of src/store/sqlite. */
    static const char SETTINGS[] =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; "
        "PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY; "
        "CREATE TABLE sealed_answer (org_id BIGINT NOT NULL, rid BYTEA NOT NULL, answer_id BYTEA NOT NULL, "
        "body BYTEA NOT NULL, PRIMARY KEY (org_id, rid, answer_id)) WITHOUT ROWID;";
    if (sqlite3_open_v2(path, &reference->database,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK ||
        sqlite3_exec(reference->database, SETTINGS, NULL, NULL, NULL) != SQLITE_OK ||
        !prepare_statement(reference, "BEGIN IMMEDIATE", &reference->begin) ||
        !prepare_statement(reference, "INSERT INTO sealed_answer VALUES (?, ?, ?, ?)", &reference->insert) ||
        !prepare_statement(reference, "COMMIT", &reference->commit))
        return FAIL(error, ERROR_STORE, "scratch", "%s: %s", path, sqlite3_errmsg(reference->database));
    return OK;
}

/* ---- The writer --------------------------------------------------------------------------------- */

static bool run(sqlite3_stmt *statement)
{
    bool done = sqlite3_step(statement) == SQLITE_DONE;
    return sqlite3_reset(statement) == SQLITE_OK && done;
}

static bool insert(struct reference *reference, const struct job *job)
{
    sqlite3_stmt *statement = reference->insert;
    sqlite3_bind_int64(statement, 1, job->round->org);
    sqlite3_bind_blob(statement, 2, job->round->rid, sizeof job->round->rid, SQLITE_STATIC);
    sqlite3_bind_blob(statement, 3, job->answer_id, sizeof job->answer_id, SQLITE_STATIC);
    sqlite3_bind_blob(statement, 4, job->sealed.data, (int)job->sealed.length, SQLITE_STATIC);
    return run(statement);
}

static void *write_all(void *context)
{
    struct reference *reference = context;
    for (;;) {
        pthread_mutex_lock(&reference->mutex);
        while (reference->waiting == NULL && !reference->stopping)
            pthread_cond_wait(&reference->work, &reference->mutex);
        struct job *batch = reference->waiting;
        reference->waiting = NULL;
        pthread_mutex_unlock(&reference->mutex);
        if (batch == NULL)
            return NULL;
        bool good = run(reference->begin);
        for (struct job *job = batch; job != NULL; job = job->next)
            good = insert(reference, job) && good;
        good = run(reference->commit) && good;
        reference->commits++;
        pthread_mutex_lock(&reference->mutex);
        for (struct job *job = batch; job != NULL;) {
            struct job *next = job->next; /* the owner may go on as soon as it is told */
            job->stored = true;
            pthread_cond_signal(job->done);
            job = next;
        }
        pthread_mutex_unlock(&reference->mutex);
        if (!good)
            atomic_fetch_add(&reference->failures, 1);
    }
}

static void store(struct reference *reference, struct job *job)
{
    pthread_mutex_lock(&reference->mutex);
    job->next = reference->waiting;
    reference->waiting = job;
    pthread_cond_signal(&reference->work);
    while (!job->stored)
        pthread_cond_wait(job->done, &reference->mutex);
    pthread_mutex_unlock(&reference->mutex);
}

/* ---- The workers -------------------------------------------------------------------------------- */

static bool sign_receipt(const struct reference *reference, struct slice receipt)
{
    uint8_t signature[LOG_SIGNATURE_BYTES];
    size_t length = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool made =
        context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, reference->log_key) == 1 &&
        EVP_DigestSign(context, signature, &length, (const unsigned char *)receipt.data, receipt.length) == 1;
    EVP_MD_CTX_free(context);
    return made;
}

static enum error_code take(struct reference *reference, struct job *job, struct region *region,
                            struct error *error)
{
    struct answer_submission *submission = &job->submission;
    struct merkle_hash cell;
    uint8_t bound[64];
    TRY(blind_verify(job->round->key, submission->prepared, submission->signature, error));
    TRY(one_time_verify(submission->opk, job->text, submission->osig, error));
    sha256(slice_from_bytes(submission->opk, sizeof submission->opk), job->answer_id);
    for (size_t i = 0; i < submission->cell_count; i++)
        cell_hash(&submission->cells[i], &cell);
    memcpy(bound, job->round->rid, 32);
    memcpy(bound + 32, job->answer_id, 32);
    TRY(seal(&reference->data_key, slice_from_bytes(bound, sizeof bound), job->plain, random_system(), region,
             error, &job->sealed));
    store(reference, job);
    return sign_receipt(reference, job->receipt) ? OK : FAIL(error, ERROR_INTERNAL, "receipt", "cannot sign");
}

static void *work(void *context)
{
    struct reference *reference = context;
    CLEANUP(region_cleanup) struct region *region = region_new(WORK_MEMORY);
    pthread_cond_t done;
    pthread_cond_init(&done, NULL);
    for (;;) {
        size_t at = atomic_fetch_add(&reference->next_job, 1);
        if (at >= reference->job_count)
            break;
        struct job *job = &reference->jobs[at];
        job->done = &done;
        if (take(reference, job, region, NULL) != OK)
            atomic_fetch_add(&reference->failures, 1);
        region_clear(region);
    }
    pthread_cond_destroy(&done);
    return NULL;
}

static double seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Of all threads, in the program and in the kernel for it. */
static double processor_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int measure(struct reference *reference, int64_t count)
{
    pthread_t writer, workers[THREADS_MAXIMUM];
    double began = seconds(), processor = processor_seconds();
    if (pthread_create(&writer, NULL, write_all, reference) != 0)
        return EXIT_FAILED;
    int64_t started = 0;
    while (started < count && pthread_create(&workers[started], NULL, work, reference) == 0)
        started++;
    for (int64_t i = 0; i < started; i++)
        pthread_join(workers[i], NULL);
    double ended = seconds();
    processor = processor_seconds() - processor;
    pthread_mutex_lock(&reference->mutex);
    reference->stopping = true;
    pthread_cond_signal(&reference->work);
    pthread_mutex_unlock(&reference->mutex);
    pthread_join(writer, NULL);
    printf("reference_per_second %.0f\n", (double)reference->job_count / (ended - began));
    printf("processor_us %.0f\n", processor / (double)reference->job_count * 1e6);
    printf("rows_per_commit %.1f\n", (double)reference->job_count / (double)reference->commits);
    return started == count && reference->failures == 0 ? EXIT_DONE : EXIT_FAILED;
}

static enum error_code prepare(struct reference *reference, char **argv, struct error *error)
{
    seal_key_make(random_system(), &reference->data_key);
    reference->log_key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (reference->log_key == NULL)
        return FAIL(error, ERROR_INTERNAL, "receipt", "cannot make an Ed25519 key");
    TRY(application_open(argv[1], true, error, &reference->application));
    enum error_code code = prepare_jobs(reference, argv[2], error);
    application_close(&reference->application);
    TRY(code);
    return open_scratch(reference, argv[4], error);
}

int main(int argc, char **argv)
{
    static struct reference reference = {.mutex = PTHREAD_MUTEX_INITIALIZER,
                                         .work = PTHREAD_COND_INITIALIZER};
    struct error error = {0};
    int64_t threads;
    if (argc != 5 || !slice_to_integer(slice_from_text(argv[3]), 1, THREADS_MAXIMUM, &threads)) {
        fprintf(stderr, "Usage: answer_reference DATABASE BODIES THREADS SCRATCH\n");
        return EXIT_USAGE;
    }
    CLEANUP(region_cleanup) struct region *region = region_new(MEMORY);
    reference.region = region;
    if (prepare(&reference, argv, &error) != OK)
        return report_error(&error);
    int code = measure(&reference, threads);
    sqlite3_finalize(reference.begin);
    sqlite3_finalize(reference.insert);
    sqlite3_finalize(reference.commit);
    sqlite3_close(reference.database);
    EVP_PKEY_free(reference.log_key);
    for (size_t i = 0; i < reference.round_count; i++)
        blind_public_key_free(reference.rounds[i].key);
    return code;
}

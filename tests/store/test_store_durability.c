/* What was acknowledged stays: in a batch with failing units, on a full disk, after a kill. */
#include "fixture.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/sqlite/sqlite_internal.h"

STATEMENT(PUT, "INSERT INTO thing (id, whole, bytes) VALUES ($1, $2, $3)");
STATEMENT(PUT_PART, "INSERT INTO part (id, thing_id) VALUES ($1, $2)");
STATEMENT(COUNT, "SELECT COUNT(*) FROM thing");
STATEMENT(EXISTS_ID, "SELECT COUNT(*) FROM thing WHERE id = $1");

static int64_t one(struct fixture *f, const struct statement *statement, int64_t id)
{
    int64_t value = -1;
    if (statement == &COUNT)
        assert_ok(f, store_one_integer(f->session, statement, NO_PARAMETERS, &f->error, NULL, &value));
    else
        assert_ok(
            f, store_one_integer(f->session, statement, PARAMETERS(V_INTEGER(id)), &f->error, NULL, &value));
    return value;
}

static enum error_code put(struct store_session *session, int64_t id, int64_t whole, struct error *error)
{
    return store_execute(session, &PUT, PARAMETERS(V_INTEGER(id), V_INTEGER(whole), V_NULL), error, NULL);
}

static enum error_code put_id(struct store_session *session, void *context, struct error *error)
{
    return put(session, *(int64_t *)context, 0, error);
}

static void put_one(struct fixture *f, int64_t id)
{
    assert_ok(f, store_write(f->store, put_id, &id, &f->error));
}

static enum error_code put_then_fail(struct store_session *session, void *context, struct error *error)
{
    (void)context;
    TRY(put(session, 1, 0, error));
    TRY(put(session, 2, 0, error));
    return FAIL(error, ERROR_DENIED, "test-denied", "no");
}

static enum error_code ignore_a_failure(struct store_session *session, void *context, struct error *error)
{
    (void)context;
    TRY(put(session, 1, 0, error));
    return put(session, 1, 0, NULL) == ERROR_CONFLICT ? OK : FAIL(error, ERROR_DENIED, "test", "no conflict");
}

static enum error_code put_orphan(struct store_session *session, void *context, struct error *error)
{
    return store_execute(session, &PUT_PART, PARAMETERS(V_INTEGER(1), V_INTEGER(*(int64_t *)context)), error,
                         NULL);
}

/* ---- Batches of SQLite --------------------------------------------------------------------------------- */

/* Holds the writer, so that what comes meanwhile is one batch. */
struct gate {
    struct writer writer;
    sem_t entered;
    sem_t leave;
};

static struct gate *gate;

static enum error_code hold(struct store_session *session, void *context, struct error *error)
{
    (void)session;
    (void)context;
    (void)error;
    sem_post(&gate->entered);
    while (sem_wait(&gate->leave) != 0 && errno == EINTR)
        continue;
    return OK;
}

static void gate_close(struct gate *closed, struct fixture *f)
{
    gate = closed;
    sem_init(&gate->entered, 0, 0);
    sem_init(&gate->leave, 0, 0);
    writer_start(&gate->writer, f, hold, 0, 1);
    sem_wait(&gate->entered);
}

static void gate_open(void)
{
    sem_post(&gate->leave);
    pthread_join(gate->writer.thread, NULL);
    assert_int_equal(gate->writer.code, OK);
    sem_destroy(&gate->entered);
    sem_destroy(&gate->leave);
}

static void wait_for_waiting(struct fixture *f, size_t count)
{
    struct sqlite_store *store = (struct sqlite_store *)f->store;
    for (bool there = false; !there; usleep(1000)) {
        pthread_mutex_lock(&store->mutex);
        there = store->waiting_count >= count;
        pthread_mutex_unlock(&store->mutex);
    }
}

static void a_failing_job_does_not_touch_its_batch(void **state)
{
    struct fixture *f = *state;
    struct gate closed;
    struct writer writers[5];
    gate_close(&closed, f);
    writer_start(&writers[0], f, put_id, 100, 1);
    writer_start(&writers[1], f, put_then_fail, 0, 1);
    writer_start(&writers[2], f, put_orphan, 555, 1); /* would fail at the commit */
    writer_start(&writers[3], f, put_id, 300, 1);
    writer_start(&writers[4], f, ignore_a_failure, 0, 1);
    wait_for_waiting(f, 5);
    gate_open();
    for (int i = 0; i < 5; i++)
        pthread_join(writers[i].thread, NULL);
    assert_int_equal(writers[0].code, OK);
    assert_int_equal(writers[1].code, ERROR_DENIED);
    assert_int_equal(writers[2].code, ERROR_STORE);
    assert_int_equal(writers[3].code, OK);
    assert_int_equal(writers[4].code, ERROR_INTERNAL);
    assert_int_equal(one(f, &COUNT, 0), 2);
    assert_int_equal(one(f, &EXISTS_ID, 100), 1);
    assert_int_equal(one(f, &EXISTS_ID, 300), 1);
}

static void a_full_queue_is_busy(void **state)
{
    struct fixture *f = *state;
    enum { MOST = 3 };
    f->session = store_session_close(f->session);
    f->store = store_close(f->store);
    struct store_options options = {.writer_queue_maximum = MOST};
    assert_ok(f, store_open_migrations(f->address, &options, test_migrations, TEST_MIGRATIONS, &f->error,
                                       &f->store));
    assert_ok(f, store_session_open(f->store, &f->error, &f->session));

    struct gate closed;
    struct writer writers[MOST];
    gate_close(&closed, f);
    for (int i = 0; i < MOST; i++)
        writer_start(&writers[i], f, put_id, i, 1);
    wait_for_waiting(f, MOST);
    int64_t id = 99;
    assert_failure(f, store_write(f->store, put_id, &id, &f->error), ERROR_BUSY, "store-busy");
    gate_open();
    for (int i = 0; i < MOST; i++) {
        pthread_join(writers[i].thread, NULL);
        assert_int_equal(writers[i].code, OK);
    }
    put_one(f, id);
    assert_int_equal(one(f, &COUNT, 0), MOST + 1);
}

/* ---- A full disk --------------------------------------------------------------------------------------- */

enum { PAGE_LIMIT = 60, LARGE_BYTES = 20000 };
static char large[LARGE_BYTES];

static enum error_code put_large(struct store_session *session, void *context, struct error *error)
{
    return store_execute(session, &PUT,
                         PARAMETERS(V_INTEGER(*(int64_t *)context), V_INTEGER(0),
                                    V_BYTES(slice_from_bytes(large, sizeof(large)))),
                         error, NULL);
}

static enum error_code limit_pages(struct store_session *session, void *context, struct error *error)
{
    char sql[64];
    snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %d", *(int *)context);
    return session->store->functions->execute_text(session, sql, error);
}

/* Writes until it fails, and returns how many were acknowledged. */
static int64_t fill(struct fixture *f)
{
    for (int64_t id = 0; id < 10000; id++) {
        f->error = (struct error){0};
        enum error_code code = store_write(f->store, put_large, &id, &f->error);
        if (code != OK) {
            assert_int_equal(code, ERROR_STORE);
            assert_string_equal(f->error.reason, "store-failed");
            assert_non_null(strstr(f->error.detail, f->address));
            return id;
        }
    }
    fail_msg("never full");
    return 0;
}

static void a_full_file_loses_nothing(void **state)
{
    struct fixture *f = *state;
    int pages = PAGE_LIMIT;
    assert_ok(f, store_write(f->store, limit_pages, &pages, &f->error));
    int64_t acknowledged = fill(f);
    assert_true(acknowledged > 2);
    assert_int_equal(one(f, &COUNT, 0), acknowledged);

    /* In a batch the large ones fail, and the small one, for which there is room, does not. */
    struct gate closed;
    struct writer writers[3];
    gate_close(&closed, f);
    writer_start(&writers[0], f, put_large, 20000, 1);
    writer_start(&writers[1], f, put_id, 30000, 1);
    writer_start(&writers[2], f, put_large, 40000, 1);
    wait_for_waiting(f, 3);
    gate_open();
    for (int i = 0; i < 3; i++) {
        pthread_join(writers[i].thread, NULL);
        assert_int_equal(writers[i].code, i == 1 ? OK : ERROR_STORE);
    }
    assert_int_equal(one(f, &COUNT, 0), acknowledged + 1);

    pages = 1000000;
    assert_ok(f, store_write(f->store, limit_pages, &pages, &f->error));
    put_one(f, 50000);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(one(f, &COUNT, 0), acknowledged + 2);
}

/* The real thing: here the write of the log fails, at the commit. Needs the right to mount. */
static void a_full_disk_loses_nothing(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    char disk[96];
    char database[128];
    snprintf(disk, sizeof(disk), "%s/disk", f->folder);
    assert_int_equal(mkdir(disk, 0700), 0);
    if (mount("tmpfs", disk, "tmpfs", 0, "size=1m,mode=700") != 0) {
        rmdir(disk);
        skip();
    }
    snprintf(database, sizeof(database), "%s/hecht.db", disk);
    snprintf(f->address, sizeof(f->address), "%s", database);
    fixture_open(f);
    int64_t acknowledged = fill(f);
    assert_true(acknowledged > 2);
    assert_int_equal(one(f, &COUNT, 0), acknowledged);
    /* The disk gets larger: everything goes on, without opening anew. */
    assert_int_equal(mount("tmpfs", disk, "tmpfs", MS_REMOUNT, "size=8m"), 0);
    put_one(f, 50000);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(one(f, &COUNT, 0), acknowledged + 1);
    fixture_close(f);
    assert_int_equal(umount(disk), 0);
    assert_int_equal(rmdir(disk), 0);
}

/* ---- A killed program ---------------------------------------------------------------------------------- */

struct child_writer {
    struct store *store;
    int pipe;
    int64_t id;
};

static void *write_and_tell(void *context)
{
    struct child_writer *writer = context;
    for (;; writer->id += WRITER_STEP) {
        if (store_write(writer->store, put_id, &writer->id, NULL) != OK ||
            write(writer->pipe, &writer->id, sizeof(writer->id)) != sizeof(writer->id))
            _exit(1);
    }
}

static void child_writes(const char *address, int out)
{
    enum { CHILD_THREADS = 8 };
    struct store *store = NULL;
    struct error error;
    if (store_open_migrations(address, NULL, test_migrations, TEST_MIGRATIONS, &error, &store) != OK)
        _exit(1);
    struct child_writer writers[CHILD_THREADS];
    pthread_t threads[CHILD_THREADS];
    for (int i = 0; i < CHILD_THREADS; i++) {
        writers[i] = (struct child_writer){store, out, i};
        if (pthread_create(&threads[i], NULL, write_and_tell, &writers[i]) != 0)
            _exit(1);
    }
    pthread_join(threads[0], NULL);
    _exit(1);
}

/* Returns how many ids the child told of; kills it after the first `enough`. */
static size_t kill_while_writing(struct fixture *f, size_t enough, int64_t *ids, size_t maximum)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        child_writes(f->address, ends[1]);
    }
    assert_true(child > 0);
    close(ends[1]);
    size_t count = 0;
    bool killed = false;
    while (count < maximum && read(ends[0], &ids[count], sizeof(ids[0])) == sizeof(ids[0])) {
        if (++count >= enough && !killed)
            killed = kill(child, SIGKILL) == 0;
    }
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return count;
}

static void a_kill_loses_no_acknowledged_write(void **state)
{
    struct fixture *f = *state;
    enum { ENOUGH = 300, MOST = 20000 };
    static int64_t ids[MOST];
    fixture_close(f); /* a connection of SQLite must not be there in both processes */
    size_t count = kill_while_writing(f, ENOUGH, ids, MOST);
    assert_in_range(count, ENOUGH, MOST - 1);
    fixture_open(f);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(one(f, &EXISTS_ID, ids[i]), 1);
    put_one(f, 1 << 30);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        SQLITE_ONLY(a_failing_job_does_not_touch_its_batch),
        SQLITE_ONLY(a_full_queue_is_busy),
        SQLITE_ONLY(a_full_file_loses_nothing),
        SQLITE_ONLY(a_full_disk_loses_nothing),
        BOTH(a_kill_loses_no_acknowledged_write),
    };
    return fixture_run("store_durability", tests, COUNT_OF(tests));
}

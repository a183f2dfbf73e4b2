#include "cli/cli.h"

#include "cli/demo_build.h"
#include "http/address.h"
#include "people/people.h"

#include <limits.h>
#include <pthread.h>
#include <unistd.h>

static const char HELP[] =
    "Usage: hecht demo [--listen ADDRESS:PORT | --port N] [--language nl|en] [--db FILE]\n\n"
    "Shows Hecht with an invented organisation, made through the same code as real life: 6 teams and 13 "
    "rounds. Prints the\n"
    "address and a sign-in link each for a leader, a member and HR. Everything is thrown away at the end.\n\n"
    "Options:\n"
    "  --listen, --port     as in hecht serve (default 127.0.0.1:8080)\n"
    "  --language nl|en     of the names in the example (pages follow your browser); default nl\n"
    "  --db FILE            keep the example in this new file\n\n"
    "Ctrl-C ends it. While the example is being built, the exit code is then 130 and nothing is left behind.\n\n"
    "Example:\n"
    "  hecht demo --port 0\n";

enum { KEY_THREADS = 2, KEYS_READY = 80, WATCH_NANOSECONDS = 20000000 };

static void show_progress(const char *line)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%s", line);
    else
        fprintf(stderr, "%s\n", line);
}

struct links {
    struct application *application;
    struct demo_people people;
    struct region *region;
    struct slice leader, member, owner;
};

static enum error_code write_links(struct store_session *session, void *context, struct error *error)
{
    struct links *links = context;
    const int64_t valid = DAY_SECONDS;
    TRY(signin_link_create(session, links->application, links->people.org, links->people.leader, false, valid,
                           links->region, error, &links->leader));
    TRY(signin_link_create(session, links->application, links->people.org, links->people.member, false, valid,
                           links->region, error, &links->member));
    return signin_link_create(session, links->application, links->people.org, links->people.owner, false,
                              valid, links->region, error, &links->owner);
}

static int print_links(struct application *application, struct slice public_url, void *context)
{
    struct links *links = context;
    struct error error = {0};
    if (store_write(application->store, write_links, links, &error) != OK)
        return report_error(&error);
    printf("%.*s/\n", SLICE_ARG(public_url));
    printf("leader  %.*s/signin/%.*s\n", SLICE_ARG(public_url), SLICE_ARG(links->leader));
    printf("member  %.*s/signin/%.*s\n", SLICE_ARG(public_url), SLICE_ARG(links->member));
    printf("HR      %.*s/signin/%.*s\n", SLICE_ARG(public_url), SLICE_ARG(links->owner));
    fflush(stdout);
    fputs("hecht: each link works once; use a private window for each role. Stop with Ctrl-C.\n", stderr);
    return EXIT_DONE;
}

/* Sees a signal while others are deep in making a key, which can take seconds on a busy machine. */
struct watch {
    struct blind_key_pool *pool;
    pthread_t thread;
    _Atomic bool done;
};

static void *watch_signals(void *context)
{
    struct watch *watch = context;
    while (!watch->done && signals_pending() == 0)
        nanosleep(&(struct timespec){.tv_nsec = WATCH_NANOSECONDS}, NULL);
    if (!watch->done)
        blind_key_pool_interrupt(watch->pool);
    return NULL;
}

static enum error_code build(struct application *application, enum language language, struct error *error,
                             struct demo_people *ret_people)
{
    TRY(blind_key_pool_start(KEY_THREADS, KEYS_READY, error, &application->key_pool));
    struct watch watch = {.pool = application->key_pool};
    if (pthread_create(&watch.thread, NULL, watch_signals, &watch) != 0)
        return FAIL(error, ERROR_INTERNAL, "no-thread", "no thread could be started");
    enum error_code code = demo_build(application, language, show_progress, error, ret_people);
    watch.done = true;
    pthread_join(watch.thread, NULL);
    return code;
}

/* Everything is built anew: a database that is there already belongs to somebody. */
static int build_and_serve(struct application *application, const char *database, enum language language,
                           const char *listen)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct error error = {0};
    struct links links = {.application = application, .region = region};
    application->shows_links = true;
    if (application->claimed)
        return fprintf(stderr, "hecht: %s holds an installation already; the demo wants a new file\n",
                       database),
               EXIT_FAILED;
    bool built = build(application, language, &error, &links.people) == OK;
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (!built && signals_pending() != 0)
        return EXIT_SIGNAL + signals_pending();
    if (!built)
        return report_error(&error);
    struct serving serving = {.listen = listen, .on_ready = print_links, .context = &links};
    return serve_until_signal(application, &serving);
}

/* The building takes some seconds, so a port that is taken is found before. */
static enum error_code try_port(const char *listen, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(4 << 10);
    const char *address;
    uint16_t port;
    int opened;
    bool loopback;
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(http_parse_listen(slice_from_text(listen), error, region, &address, &port));
    TRY(listen_socket_open(address, port, error, &opened, &port, &loopback));
    close(opened);
    return OK;
}

static int run_demo(const char *database, enum language language, const char *listen)
{
    struct error error = {0};
    struct application application = {0};
    if (try_port(listen, &error) != OK)
        return report_error(&error), error.code == ERROR_INPUT ? EXIT_USAGE : EXIT_FAILED;
    if (application_open(database, false, &error, &application) != OK)
        return report_error(&error);
    int code = build_and_serve(&application, database, language, listen);
    application_close(&application);
    return code;
}

static void remove_files(const char *database, struct region *region)
{
    static const char *const ENDINGS[] = {"", "-wal", "-shm", ".key"};
    for (size_t i = 0; i < COUNT_OF(ENDINGS); i++)
        unlink(region_text(region, region_format(region, "%s%s", database, ENDINGS[i])));
}

static int run_in_temporary_folder(enum language language, const char *listen)
{
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 10);
    const char *place = getenv("TMPDIR");
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/hecht-demo-XXXXXX",
             place != NULL && place[0] == '/' ? place : "/tmp");
    if (mkdtemp(folder) == NULL) {
        fprintf(stderr, "hecht: no folder %s could be made: %m\n", folder);
        return EXIT_FAILED;
    }
    const char *database = region_text(region, region_format(region, "%s/demo.db", folder));
    int code = run_demo(database, language, listen);
    remove_files(database, region);
    rmdir(folder);
    return code;
}

/* --db: the file stays, but not half of one. */
static int run_in_file(const char *database, enum language language, const char *listen)
{
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 10);
    bool new_file = access(database, F_OK) != 0;
    int code = run_demo(database, language, listen);
    if (code > EXIT_SIGNAL && new_file)
        remove_files(database, region);
    return code;
}

static int demo(int argc, char **argv)
{
    struct option options[] = {
        {.name = "--listen"}, {.name = "--port"}, {.name = "--language"}, {.name = "--db"}};
    struct arguments arguments;
    bool done;
    char room[64];
    int64_t port = 8080;
    enum language language = LANGUAGE_NL;
    int code = arguments_parse(&COMMAND_DEMO, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    const char *listen = argument_value(&arguments, "--listen"),
               *number = argument_value(&arguments, "--port");
    const char *wanted = argument_value(&arguments, "--language"),
               *database = argument_value(&arguments, "--db");
    if (arguments.positional_count > 0)
        return usage_error(&COMMAND_DEMO, "%s is one argument too many", arguments.positionals[0]);
    if (listen != NULL && number != NULL)
        return usage_error(&COMMAND_DEMO, "--listen and --port exclude each other");
    if (number != NULL && !slice_to_integer(slice_from_text(number), 0, 65535, &port))
        return usage_error(&COMMAND_DEMO, "%s is no port (0 to 65535)", number);
    if (wanted != NULL && !language_from_code(slice_from_text(wanted), &language))
        return usage_error(&COMMAND_DEMO, "--language is nl or en");
    snprintf(room, sizeof room, "127.0.0.1:%" PRId64, port);
    listen = listen != NULL ? listen : room;
    signals_block();
    return database != NULL ? run_in_file(database, language, listen)
                            : run_in_temporary_folder(language, listen);
}

const struct command COMMAND_DEMO = {"demo", "an invented organisation to look at", HELP, demo};

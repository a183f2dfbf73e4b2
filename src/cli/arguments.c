#include "cli/cli.h"

#include "insight/team_result.h"
#include "openid/provider.h"
#include "pulse/open_round.h"

#include <signal.h>
#include <stdarg.h>
#include <unistd.h>

int usage_error(const struct command *command, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("hecht: ", stderr);
    vfprintf(stderr, format, list);
    va_end(list);
    fprintf(stderr, "\nTry: hecht %s --help\n", command->name);
    return EXIT_USAGE;
}

int report_error(const struct error *error)
{
    fprintf(stderr, "hecht: %s\n", error->detail[0] != '\0' ? error->detail : error->reason);
    return EXIT_FAILED;
}

static struct option *find_option(struct option *options, size_t count, const char *text, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(options[i].name) == length && memcmp(options[i].name, text, length) == 0)
            return &options[i];
    return NULL;
}

/* Number of leading characters two names share; the hint is the option that shares most. */
static const char *closest(const struct option *options, size_t count, const char *text)
{
    const char *best = NULL;
    size_t most = 3; /* "--" and one letter more */
    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        while (text[same] != '\0' && text[same] == options[i].name[same])
            same++;
        if (same >= most) {
            most = same;
            best = options[i].name;
        }
    }
    return best;
}

static int unknown_option(const struct command *command, const struct arguments *arguments, const char *text)
{
    const char *hint = closest(arguments->options, arguments->option_count, text);
    if (hint != NULL)
        return usage_error(command, "there is no option %s; did you mean %s?", text, hint);
    return usage_error(command, "there is no option %s", text);
}

static int take_option(const struct command *command, struct arguments *arguments, int argc, char **argv,
                       int *at)
{
    const char *text = argv[*at], *equals = strchr(text, '=');
    size_t length = equals != NULL ? (size_t)(equals - text) : strlen(text);
    struct option *option = find_option(arguments->options, arguments->option_count, text, length);
    if (option == NULL)
        return unknown_option(command, arguments, text);
    if (option->count > 0 && !option->repeated)
        return usage_error(command, "%s stands twice", option->name);
    if (option->count == OPTION_VALUES_MAXIMUM)
        return usage_error(command, "%s stands more than %d times", option->name, OPTION_VALUES_MAXIMUM);
    if (option->flag && equals != NULL)
        return usage_error(command, "%s takes no value", option->name);
    const char *value = "";
    if (equals != NULL)
        value = equals + 1;
    else if (!option->flag && *at + 1 < argc)
        value = argv[++*at];
    else if (!option->flag)
        return usage_error(command, "%s needs a value", option->name);
    option->values[option->count++] = value;
    return EXIT_DONE;
}

int arguments_parse(const struct command *command, int argc, char **argv, struct option *options,
                    size_t option_count, struct arguments *ret_arguments, bool *ret_done)
{
    struct arguments arguments = {.options = options, .option_count = option_count};
    *ret_done = false;
    for (int at = 0; at < argc; at++) {
        if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0) {
            fputs(command->help, stdout);
            *ret_done = true;
            return EXIT_DONE;
        }
        if (argv[at][0] == '-' && argv[at][1] != '\0') {
            int code = take_option(command, &arguments, argc, argv, &at);
            if (code != EXIT_DONE)
                return code;
        } else if (arguments.positional_count == POSITIONALS_MAXIMUM) {
            return usage_error(command, "too many arguments");
        } else {
            arguments.positionals[arguments.positional_count++] = argv[at];
        }
    }
    *ret_arguments = arguments;
    return EXIT_DONE;
}

const char *argument_value(const struct arguments *arguments, const char *name)
{
    const struct option *option =
        find_option(arguments->options, arguments->option_count, name, strlen(name));
    return option != NULL && option->count > 0 ? option->values[0] : NULL;
}

bool argument_flag(const struct arguments *arguments, const char *name)
{
    return argument_value(arguments, name) != NULL;
}

const char *database_address(const struct arguments *arguments)
{
    const char *given = argument_value(arguments, "--db"), *environment = getenv("HECHT_DB");
    if (given != NULL)
        return given;
    return environment != NULL && environment[0] != '\0' ? environment : "hecht.db";
}

/* A credential of systemd (LoadCredential=hecht-key:...); NULL when there is none. */
static const char *key_credential(struct region *region)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (folder == NULL || folder[0] == '\0')
        return NULL;
    const char *path = region_text(region, region_format(region, "%s/hecht-key", folder));
    return access(path, F_OK) == 0 ? path : NULL;
}

/* The key file stands beside a SQLite database; for PostgreSQL in the working folder. */
const char *application_key_path(const char *database, struct region *region)
{
    const char *given = getenv("HECHT_KEY_FILE"), *credential = key_credential(region);
    struct slice address = slice_from_text(database);
    if (given != NULL && given[0] != '\0')
        return given;
    if (credential != NULL)
        return credential;
    if (slice_starts_with(address, S("postgres://")) || slice_starts_with(address, S("postgresql://")))
        return "hecht.key";
    return region_text(region, region_format(region, "%s.key", database));
}

enum error_code application_open(const char *database, bool existing_only, struct error *error,
                                 struct application *ret_application)
{
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 10);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct store_options options = {.existing_only = existing_only};
    ret_application->clock = clock_system();
    ret_application->random = random_system();
    ret_application->key_pool = NULL;
    ret_application->shows_links = false;
    ret_application->mail_on = false;
    ret_application->mail_wake = NULL;
    ret_application->openid = NULL;
    TRY(store_open(database, &options, error, &ret_application->store));
    ret_application->open_rounds = open_rounds_new();
    ret_application->team_results = team_results_new();
    enum error_code code =
        ret_application->open_rounds == NULL || ret_application->team_results == NULL
            ? FAIL(error, ERROR_MEMORY, "no-memory", "no memory")
            : installation_open(ret_application, application_key_path(database, region), error);
    if (code != OK)
        application_close(ret_application);
    return code;
}

void application_close(struct application *application)
{
    application->openid = openid_provider_close(application->openid);
    application->key_pool = blind_key_pool_stop(application->key_pool);
    application->open_rounds = cache_free(application->open_rounds);
    application->team_results = cache_free(application->team_results);
    application->store = store_close(application->store);
    seal_key_wipe(&application->key);
}

static void end_signals(sigset_t *ret_set)
{
    sigemptyset(ret_set);
    sigaddset(ret_set, SIGINT);
    sigaddset(ret_set, SIGTERM);
    sigaddset(ret_set, SIGHUP); /* the terminal was closed; nohup ignores it, and then it never comes */
}

void signals_block(void)
{
    sigset_t set;
    end_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

void signals_wait(void)
{
    sigset_t set;
    int which;
    end_signals(&set);
    sigwait(&set, &which);
}

int signals_pending(void)
{
    static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t set;
    sigpending(&set);
    for (size_t i = 0; i < COUNT_OF(SIGNALS); i++)
        if (sigismember(&set, SIGNALS[i]) == 1)
            return SIGNALS[i];
    return 0;
}

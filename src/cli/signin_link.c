#include "cli/cli.h"
#include "cli/find_person.h"

#include "people/people.h"

static const char HELP[] =
    "Usage: hecht signin-link ADDRESS [--org NAME] [--url URL] [--db FILE|postgres://...]\n\n"
    "Prints a link by which the person with this address signs in once, within a day. For whoever runs the "
    "machine: give\n"
    "it to that person only. It is recorded, and the person is told at the next sign-in.\n\n"
    "Options:\n"
    "  --org NAME   the organisation, when the address is known in several\n"
    "  --url URL    the public address, when it is not the one under which hecht serve ran last\n"
    "  --db ...     the database (default: HECHT_DB, or hecht.db)\n\n"
    "Examples:\n"
    "  hecht signin-link fatima@example.org\n"
    "  hecht signin-link fatima@example.org --org 'De Linde' --db /srv/hecht/hecht.db\n";

struct link {
    struct application *application;
    int64_t org, person;
    struct region *region;
    struct slice token;
};

static enum error_code write_link(struct store_session *session, void *context, struct error *error)
{
    struct link *link = context;
    return signin_link_create(session, link->application, link->org, link->person, true,
                              SIGNIN_LINK_OPERATOR_SECONDS, link->region, error, &link->token);
}

/* What was given, or where hecht serve ran last, or its default with a word about it. */
static enum error_code find_url(struct link *link, const char *given, struct error *error,
                                struct slice *ret_url)
{
    struct slice url = slice_from_text(given);
    if (url.length == 0)
        TRY(installation_url(link->application, link->region, error, &url));
    if (url.length == 0) {
        url = S("http://127.0.0.1:8080");
        fprintf(
            stderr,
            "hecht: hecht serve has not run with this database yet, so its address is not known; the link "
            "is for\nhecht: %.*s. If that is not where it will run, give --url.\n",
            SLICE_ARG(url));
    }
    while (slice_ends_with(url, S("/")))
        url.length--;
    *ret_url = url;
    return OK;
}

static int signin_link(int argc, char **argv)
{
    struct option options[] = {{.name = "--org"}, {.name = "--url"}, {.name = "--db"}};
    struct arguments arguments;
    struct error error = {0};
    bool done;
    int code =
        arguments_parse(&COMMAND_SIGNIN_LINK, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    if (arguments.positional_count != 1)
        return usage_error(&COMMAND_SIGNIN_LINK, "give one address");
    struct slice url = S("");
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct application application = {0};
    struct link link = {.application = &application, .region = region};
    if (application_open(database_address(&arguments), true, &error, &application) != OK)
        return report_error(&error);
    enum error_code made =
        find_person(&application, arguments.positionals[0], argument_value(&arguments, "--org"), region,
                    &error, &link.org, &link.person);
    if (made == OK)
        made = store_write(application.store, write_link, &link, &error);
    if (made == OK)
        made = find_url(&link, argument_value(&arguments, "--url"), &error, &url);
    application_close(&application);
    if (made != OK)
        return report_error(&error);
    printf("%.*s/signin/%.*s\n", SLICE_ARG(url), SLICE_ARG(link.token));
    return EXIT_DONE;
}

const struct command COMMAND_SIGNIN_LINK = {"signin-link", "a one-use link by which a person signs in", HELP,
                                            signin_link};

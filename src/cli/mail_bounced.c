#include "cli/cli.h"

#include "people/bounced.h"

#include <errno.h>

static const char HELP[] =
    "Usage: hecht mail bounced [--db FILE|postgres://...] < MESSAGE\n\n"
    "Reads one mail that came back (a delivery status notification, RFC 3464) from standard input, as a mail server hands it\n"
    "over, and notes whose address takes no mail any more. Only what quotes a mail of this installation counts, so that\n"
    "nobody can end the mail of others. An address that failed for good (5.x.x) gets no mail about rounds until an owner\n"
    "tries again on the page People, Invitations; one that failed for now (4.x.x) is only counted.\n\n"
    "Prints no address. Exit code: 0 read, whether or not it was a notification; 75 try again later (the database is not\n"
    "there), which mail servers understand; 2 wrong use.\n\n"
    "Options:\n"
    "  --db ...  the database (default: HECHT_DB, or hecht.db)\n\n"
    "Example, in /etc/postfix/master.cf (docs/operations.md says the rest):\n"
    "  hecht-bounced unix - n n - 1 pipe user=hecht argv=/usr/bin/hecht mail bounced --db /var/lib/hecht/hecht.db\n";

enum { EXIT_LATER = 75, REGION_BYTES = 4 << 20 }; /* EX_TEMPFAIL of sysexits.h */

struct noting {
    struct application *application;
    const struct bounce *bounce;
    struct region *region;
    struct bounced bounced;
};

static enum error_code write_note(struct store_session *session, void *context, struct error *error)
{
    struct noting *noting = context;
    return bounced_note(session, noting->application, noting->bounce, noting->region, error,
                        &noting->bounced);
}

/* The rest of a longer message is read and forgotten, so that the mail server sees no broken pipe. */
static bool read_message(char *text, size_t *ret_length)
{
    char rest[4096];
    *ret_length = fread(text, 1, BOUNCE_MESSAGE_MAXIMUM, stdin);
    while (fread(rest, 1, sizeof rest, stdin) > 0)
        ;
    return ferror(stdin) == 0;
}

static int later(const struct error *error)
{
    (void)report_error(error);
    return EXIT_LATER;
}

static int note(const char *database, const struct bounce *bounce, struct region *region)
{
    struct application application = {0};
    struct error error = {0};
    struct noting noting = {.application = &application, .bounce = bounce, .region = region};
    if (application_open(database, true, &error, &application) != OK)
        return later(&error);
    enum error_code code = store_write(application.store, write_note, &noting, &error);
    application_close(&application);
    if (code != OK)
        return later(&error);
    printf("%" PRId64 " refused, %" PRId64 " for now, %" PRId64 " not of this installation\n",
           noting.bounced.refused, noting.bounced.counted, noting.bounced.foreign);
    return EXIT_DONE;
}

static int mail_bounced(int argc, char **argv)
{
    struct option options[] = {{.name = "--db"}};
    struct arguments arguments;
    struct bounce bounce;
    struct error error = {0};
    size_t length;
    bool done;
    int code =
        arguments_parse(&COMMAND_MAIL_BOUNCED, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    if (arguments.positional_count > 0)
        return usage_error(&COMMAND_MAIL_BOUNCED, "the message comes from standard input");
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_BYTES);
    char *text = REGION_ARRAY(region, BOUNCE_MESSAGE_MAXIMUM, char);
    if (text == NULL || !read_message(text, &length))
        return EXIT_LATER;
    if (bounce_read(slice_from_bytes(text, length), &error, &bounce) != OK) {
        printf("no notification that a mail could not be delivered\n");
        return EXIT_DONE;
    }
    return note(database_address(&arguments), &bounce, region);
}

const struct command COMMAND_MAIL_BOUNCED = {"mail bounced", "notes whose mail came back, for a mail server",
                                             HELP, mail_bounced};

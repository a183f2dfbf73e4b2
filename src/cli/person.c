/* What is kept about a person, for whoever runs the machine and is asked by somebody who cannot sign in: as a file, and
 * deleted. */
#include "cli/cli.h"
#include "cli/find_person.h"

#include "job/vacuum.h"
#include "people/my_data.h"
#include "templates.h"

static const char EXPORT_HELP[] =
    "Usage: hecht export person ADDRESS [--org NAME] [--db FILE|postgres://...]\n\n"
    "Prints all that is kept about the person with this address as JSON, the same as on the page My data "
    "(docs/my-data.md).\n"
    "Answers are not in it: nobody knows whose they are. Give it to that person only.\n\n"
    "Options:\n"
    "  --org NAME   the organisation, when the address is known in several\n"
    "  --db ...     the database (default: HECHT_DB, or hecht.db)\n\n"
    "Examples:\n"
    "  hecht export person fatima@example.org > fatima.json\n";

static const char DELETE_HELP[] =
    "Usage: hecht delete person ADDRESS --sure [--org NAME] [--db FILE|postgres://...]\n\n"
    "Deletes the person with this address and all that is kept about that person, in one transaction; what must "
    "stay and\n"
    "what nobody can delete stands in docs/my-data.md. The last owner of an organisation stays. It cannot be "
    "undone.\n\n"
    "Options:\n"
    "  --sure       without it nothing is deleted\n"
    "  --org NAME   the organisation, when the address is known in several\n"
    "  --db ...     the database (default: HECHT_DB, or hecht.db)\n\n"
    "Examples:\n"
    "  hecht delete person fatima@example.org --sure\n";

enum { FILE_MAXIMUM = 8 << 20 };

struct deletion {
    int64_t org, person;
};

static enum error_code write_deletion(struct store_session *session, void *context, struct error *error)
{
    const struct deletion *deletion = context;
    return my_data_delete(session, deletion->org, deletion->person, error);
}

static enum error_code read_file(struct application *application, const struct deletion *who,
                                 struct region *region, struct error *error, struct buffer *out)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(application->store, error, &session));
    return my_data_export(session, who->org, who->person, clock_seconds(application->clock),
                          message_text(region, LANGUAGE_EN, MESSAGE_MY_DATA_FILE_ANSWERS, NO_ARGUMENTS),
                          region, error, out);
}

/* Both commands: whom, in which organisation; then either. */
static enum error_code perform(const struct arguments *arguments, bool deletes, struct error *error,
                               struct buffer *out)
{
    CLEANUP(region_cleanup) struct region *region = region_new(FILE_MAXIMUM);
    struct application application = {0};
    struct deletion who = {0};
    struct error unsaid = {0};
    TRY(application_open(database_address(arguments), true, error, &application));
    enum error_code code =
        find_person(&application, arguments->positionals[0], argument_value(arguments, "--org"), region,
                    error, &who.org, &who.person);
    if (code == OK)
        code = deletes ? store_write(application.store, write_deletion, &who, error)
                       : read_file(&application, &who, region, error, out);
    if (code == OK && deletes && store_vacuum(application.store, VACUUM_TABLES, &unsaid) != OK)
        fputs(
            "hecht: deleted, but PostgreSQL still holds old versions of the rows; hecht serve throws them away when it "
            "starts\n",
            stderr);
    application_close(&application);
    return code;
}

static int export_person(int argc, char **argv)
{
    struct option options[] = {{.name = "--org"}, {.name = "--db"}};
    struct arguments arguments;
    struct error error = {0};
    bool done;
    int code =
        arguments_parse(&COMMAND_EXPORT_PERSON, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    if (arguments.positional_count != 1)
        return usage_error(&COMMAND_EXPORT_PERSON, "give one address");
    CLEANUP(buffer_free) struct buffer out = BUFFER(FILE_MAXIMUM);
    if (perform(&arguments, false, &error, &out) != OK)
        return report_error(&error);
    if (fwrite(out.data, 1, out.length, stdout) != out.length || fflush(stdout) != 0) {
        fputs("hecht: the file could not be written\n", stderr);
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

static int delete_person(int argc, char **argv)
{
    struct option options[] = {{.name = "--org"}, {.name = "--db"}, {.name = "--sure", .flag = true}};
    struct arguments arguments;
    struct error error = {0};
    bool done;
    int code =
        arguments_parse(&COMMAND_DELETE_PERSON, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    if (arguments.positional_count != 1)
        return usage_error(&COMMAND_DELETE_PERSON, "give one address");
    if (!argument_flag(&arguments, "--sure"))
        return usage_error(&COMMAND_DELETE_PERSON, "it cannot be undone; nothing was deleted: add --sure");
    if (perform(&arguments, true, &error, NULL) != OK)
        return report_error(&error);
    printf("deleted: %s\n", arguments.positionals[0]);
    return EXIT_DONE;
}

const struct command COMMAND_EXPORT_PERSON = {
    "export person", "print all that is kept about a person as JSON", EXPORT_HELP, export_person};
const struct command COMMAND_DELETE_PERSON = {"delete person", "delete a person and all that is kept of one",
                                              DELETE_HELP, delete_person};

#include "cli/cli.h"

#include "insight/insight.h"

static const char HELP[] =
    "Usage: hecht export results [--org NAME] [--totals] [--json] [--db FILE|postgres://...]\n\n"
    "Prints every published figure as a JSON list of {org, round, team, construct, n, mean, pooled_mean, se, "
    "line50, line90,\n"
    "shown, reason}. A hidden figure has nulls and the reason; of a team under 10 members n is null (5 or "
    "more). line50 and\n"
    "line90 surround the team's own mean; se belongs to pooled_mean where there is one (10 teams or more), "
    "otherwise to mean.\n\n"
    "Options:\n"
    "  --org NAME   only this organisation\n"
    "  --totals     also units and the organisation (team null, with group and name)\n"
    "  --json       the format; also the default\n"
    "  --db ...     the database (default: HECHT_DB, or hecht.db)\n\n"
    "Examples:\n"
    "  hecht export results --json > results.json\n"
    "  hecht export results --org \"Example Ltd\" --totals\n";

enum { EXPORT_MAXIMUM = 1 << 30 };

static enum error_code find_org(struct application *application, const char *name, struct error *error,
                                int64_t *ret_org)
{
    *ret_org = 0;
    if (name == NULL)
        return OK;
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(application->store, error, &session));
    return org_find(session, slice_from_text(name), error, ret_org);
}

static int export_results(int argc, char **argv)
{
    struct option options[] = {{.name = "--org"},
                               {.name = "--db"},
                               {.name = "--totals", .flag = true},
                               {.name = "--json", .flag = true}};
    struct arguments arguments;
    struct error error = {0};
    bool done;
    int code =
        arguments_parse(&COMMAND_EXPORT_RESULTS, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    if (arguments.positional_count > 0)
        return usage_error(&COMMAND_EXPORT_RESULTS, "%s is one argument too many", arguments.positionals[0]);
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    CLEANUP(buffer_free) struct buffer out = BUFFER(EXPORT_MAXIMUM);
    struct application application = {0};
    int64_t org = 0;
    if (application_open(database_address(&arguments), true, &error, &application) != OK)
        return report_error(&error);
    enum error_code made = find_org(&application, argument_value(&arguments, "--org"), &error, &org);
    if (made == OK)
        made = insight_export(&application, org, argument_flag(&arguments, "--totals"), region, &error, &out);
    application_close(&application);
    if (made != OK)
        return report_error(&error);
    if (fwrite(out.data, 1, out.length, stdout) != out.length || fflush(stdout) != 0) {
        fputs("hecht: the export could not be written\n", stderr);
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

const struct command COMMAND_EXPORT_RESULTS = {"export results", "print every published figure as JSON", HELP,
                                               export_results};

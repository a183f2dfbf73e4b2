#include "cli/cli.h"
#include "cli/find_org.h"

#include "people/people_import.h"

static const char HELP[] =
    "Usage: hecht import people FILE [--dry-run] [--only-add] [--org NAME] [--json] [--db FILE|postgres://...]\n\n"
    "Takes people, teams and units from a CSV file with columns E-mail, Name, Team, Role (member, leader), Unit "
    "(Care / North)\n"
    "and Language (nl, en); only E-mail and Team are needed, Dutch names of columns are known too. The file is the "
    "whole truth for\n"
    "the teams it names: who is not in it leaves them. Owners, viewers and other teams stay what they are. All or "
    "nothing: every\n"
    "mistake is named with its line, and one is enough to change nothing. \"-\" is standard input.\n\n"
    "Options:\n"
    "  --dry-run    only say what would change, line by line\n"
    "  --only-add   nobody leaves a team\n"
    "  --org NAME   the organisation, when there are several\n"
    "  --json       what changes, or what is wrong, as JSON\n"
    "  --db ...     the database (default: HECHT_DB, or hecht.db)\n\n"
    "Examples:\n"
    "  hecht import people staff.csv --dry-run\n"
    "  hecht import people staff.csv --only-add --org 'De Linde'\n";

struct importing {
    struct application *application;
    int64_t org;
    struct slice text;
    bool only_add, dry_run;
    struct region *region;
    struct people_import import;
};

static enum error_code write_import(struct store_session *session, void *context, struct error *error)
{
    struct importing *importing = context;
    struct org org;
    TRY(org_load(session, importing->org, importing->region, error, &org));
    TRY(people_import_plan(session, importing->org, importing->text, importing->only_add, importing->region,
                           error, &importing->import));
    if (importing->dry_run || importing->import.file.problem_total > 0)
        return OK;
    return people_import_write(session, importing->application, importing->org, org.language,
                               &importing->import, error);
}

static enum error_code find_org(struct importing *importing, const char *name, struct error *error)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(importing->application->store, error, &session));
    return find_one_org(session, name, importing->region, error, &importing->org);
}

/* ---- Telling ----------------------------------------------------------------------------------------- */

static void print_problems(const struct people_file *file, struct region *region)
{
    for (size_t i = 0; i < file->problem_count; i++) {
        struct slice words = people_problem_text(&file->problems[i], LANGUAGE_EN, region);
        if (file->problems[i].line > 0)
            fprintf(stderr, "hecht: line %" PRId64 ": %.*s\n", file->problems[i].line, SLICE_ARG(words));
        else
            fprintf(stderr, "hecht: %.*s\n", SLICE_ARG(words));
    }
    struct slice sum = message_text(region, LANGUAGE_EN, MESSAGE_IMPORT_PROBLEMS,
                                    ARGUMENTS(A_INTEGER("n", file->problem_total)));
    fprintf(stderr, "hecht: %.*s\n", SLICE_ARG(sum));
}

static void print_words(const struct importing *importing)
{
    const struct people_import *import = &importing->import;
    struct region *region = importing->region;
    if (!import->changes_anything)
        puts("Nothing changes.");
    for (enum import_list_kind kind = 0; kind < IMPORT_LIST_COUNT; kind++) {
        const struct import_list *list = &import->lists[kind];
        if (list->count == 0)
            continue;
        struct slice title = import_list_title(kind, list->count, LANGUAGE_EN, region);
        printf("%.*s\n", SLICE_ARG(title));
        for (size_t i = 0; i < list->count && importing->dry_run; i++) {
            struct slice subject, change;
            import_line_words(kind, &list->lines[i], LANGUAGE_EN, region, &subject, &change);
            printf("  %.*s%s%.*s\n", SLICE_ARG(subject), change.length > 0 ? ": " : "", SLICE_ARG(change));
        }
    }
    for (size_t i = 0; i < import->file.unused_count; i++)
        fprintf(stderr, "hecht: column %.*s is not used\n", SLICE_ARG(import->file.unused[i]));
}

static void write_member(struct json_writer *json, const char *key, struct slice text)
{
    if (text.length == 0)
        return;
    json_write_key(json, key);
    json_write_text(json, text);
}

static void write_list(struct json_writer *json, const struct import_list *list)
{
    json_write_array_begin(json);
    for (size_t i = 0; i < list->count; i++) {
        const struct import_line *line = &list->lines[i];
        json_write_object_begin(json);
        write_member(json, "name", line->name);
        write_member(json, "address", line->address);
        write_member(json, "team", line->team);
        write_member(json, "from", line->from);
        write_member(json, "to", line->to);
        if (line->members > 0) {
            json_write_key(json, "members");
            json_write_integer(json, line->members);
        }
        json_write_object_end(json);
    }
    json_write_array_end(json);
}

static void write_problems(struct json_writer *json, const struct importing *importing)
{
    const struct people_file *file = &importing->import.file;
    json_write_array_begin(json);
    for (size_t i = 0; i < file->problem_count; i++) {
        json_write_object_begin(json);
        json_write_key(json, "line");
        json_write_integer(json, file->problems[i].line);
        json_write_key(json, "text");
        json_write_text(json, people_problem_text(&file->problems[i], LANGUAGE_EN, importing->region));
        json_write_object_end(json);
    }
    json_write_array_end(json);
}

static enum error_code print_json(const struct importing *importing, struct error *error)
{
    static const char *const names[IMPORT_LIST_COUNT] = {
        [IMPORT_LEAVES] = "leave",    [IMPORT_JOINS] = "join",
        [IMPORT_MOVES] = "move",      [IMPORT_LEADERS] = "leaders",
        [IMPORT_TEAMS] = "new_teams", [IMPORT_PLACED] = "placed",
        [IMPORT_UNITS] = "new_units", [IMPORT_TALK] = "talk_without_figures",
    };
    const struct people_import *import = &importing->import;
    CLEANUP(buffer_free) struct buffer out = BUFFER(256 << 20);
    struct json_writer json = JSON_WRITER(&out);
    json_write_object_begin(&json);
    json_write_key(&json, "applied");
    json_write_boolean(&json, !importing->dry_run && import->file.problem_total == 0);
    json_write_key(&json, "mistakes");
    json_write_integer(&json, import->file.problem_total);
    json_write_key(&json, "problems");
    write_problems(&json, importing);
    json_write_key(&json, "people");
    json_write_integer(&json, import->people);
    json_write_key(&json, "new_people");
    json_write_integer(&json, import->new_people);
    json_write_key(&json, "teams");
    json_write_integer(&json, import->teams);
    for (enum import_list_kind kind = 0; kind < IMPORT_LIST_COUNT; kind++) {
        json_write_key(&json, names[kind]);
        write_list(&json, &import->lists[kind]);
    }
    json_write_object_end(&json);
    if (out.failed)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory for the report");
    printf("%.*s\n", SLICE_ARG(buffer_slice(&out)));
    return OK;
}

/* ---- The command ------------------------------------------------------------------------------------- */

static enum error_code perform(struct importing *importing, const char *path, const char *org,
                               struct error *error)
{
    TRY(find_org(importing, org, error));
    TRY(file_read(path, PEOPLE_FILE_MAXIMUM, importing->region, error, &importing->text));
    return store_write(importing->application->store, write_import, importing, error);
}

static int import_people(int argc, char **argv)
{
    struct option options[] = {{.name = "--org"},
                               {.name = "--db"},
                               {.name = "--dry-run", .flag = true},
                               {.name = "--only-add", .flag = true},
                               {.name = "--json", .flag = true}};
    struct arguments arguments;
    struct error error = {0};
    bool done;
    int code =
        arguments_parse(&COMMAND_IMPORT_PEOPLE, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    if (arguments.positional_count != 1)
        return usage_error(&COMMAND_IMPORT_PEOPLE, "give one file");
    CLEANUP(region_cleanup) struct region *region = region_new(2 * (size_t)IMPORT_REGION_MAXIMUM);
    struct application application = {0};
    struct importing importing = {.application = &application,
                                  .region = region,
                                  .only_add = argument_flag(&arguments, "--only-add"),
                                  .dry_run = argument_flag(&arguments, "--dry-run")};
    if (application_open(database_address(&arguments), true, &error, &application) != OK)
        return report_error(&error);
    enum error_code made =
        perform(&importing, arguments.positionals[0], argument_value(&arguments, "--org"), &error);
    application_close(&application);
    if (made == OK && argument_flag(&arguments, "--json"))
        made = print_json(&importing, &error);
    else if (made == OK && importing.import.file.problem_total > 0)
        print_problems(&importing.import.file, region);
    else if (made == OK)
        print_words(&importing);
    if (made != OK)
        return report_error(&error);
    return importing.import.file.problem_total > 0 ? EXIT_FAILED : EXIT_DONE;
}

const struct command COMMAND_IMPORT_PEOPLE = {"import people", "take people, teams and units from a file",
                                              HELP, import_people};

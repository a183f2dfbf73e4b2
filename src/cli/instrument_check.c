#include "cli/cli.h"

#include "cli/find_org.h"
#include "pulse/questionnaire.h"

static const char HELP[] =
    "Usage: hecht instrument check FILE [--db FILE|postgres://... [--org NAME]] [--language nl|en] [--json]\n\n"
    "Finds what would be wrong with a questionnaire file when it is uploaded, line by line, in the words of the\n"
    "page. FILE \"-\" reads standard input.\n\n"
    "  --db ...        compare also with what the organisation in this database has (HECHT_DB is not looked at);\n"
    "                  without it the file is compared with the built-in questionnaire only\n"
    "  --org NAME      which organisation, where there are several\n"
    "  --language      of what is said (default: en)\n\n"
    "Exit code 0: nothing is wrong; 1: something is, or the file cannot be read.\n\n"
    "Examples:\n"
    "  hecht instrument check my-questionnaire.txt\n"
    "  hecht instrument check my-questionnaire.txt --db hecht.db --language nl\n"
    "  hecht instrument check - --json < my-questionnaire.txt\n";

struct checking {
    struct questionnaire_upload upload;
    const struct instrument *instrument; /* NULL: it cannot be read */
    enum language language;
};

static void print_json(const struct checking *checking)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    struct json_writer json = JSON_WRITER(&out);
    size_t count = checking->upload.finding_count;
    json.indent = true;
    json_write_object_begin(&json);
    json_write_key(&json, "ok");
    json_write_boolean(&json, count == 0);
    json_write_key(&json, "items");
    json_write_integer(&json, count == 0 ? (int64_t)checking->instrument->item_count : 0);
    json_write_key(&json, "findings");
    json_write_array_begin(&json);
    for (size_t i = 0; i < count; i++) {
        const struct instrument_finding *finding = &checking->upload.findings[i];
        json_write_object_begin(&json);
        json_write_key(&json, "line");
        json_write_integer(&json, finding->line);
        json_write_key(&json, "rule");
        json_write_text(&json, slice_from_text(finding->rule));
        json_write_key(&json, "text");
        json_write_text(&json, finding->text[checking->language]);
        json_write_object_end(&json);
    }
    json_write_array_end(&json);
    json_write_object_end(&json);
    buffer_append_byte(&out, '\n');
    fwrite(out.data, 1, out.length, stdout);
}

static void print_words(const char *path, const struct checking *checking)
{
    for (size_t i = 0; i < checking->upload.finding_count; i++) {
        const struct instrument_finding *finding = &checking->upload.findings[i];
        struct slice text = finding->text[checking->language];
        if (finding->line > 0)
            printf("%s:%d: %.*s [%s]\n", path, finding->line, SLICE_ARG(text), finding->rule);
        else
            printf("%s: %.*s [%s]\n", path, SLICE_ARG(text), finding->rule);
    }
    const struct instrument *instrument = checking->instrument;
    if (checking->upload.finding_count == 0)
        printf("%s: nothing is wrong; %.*s version %" PRId64 ", %zu questions%s\n", path,
               SLICE_ARG(instrument->id), instrument->version, instrument->item_count,
               instrument->validated ? "" : ", not validated yet");
}

static enum error_code compare_in(struct application *application, const char *org, struct checking *checking,
                                  struct error *error)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(application->store, error, &session));
    TRY(find_one_org(session, org, checking->upload.region, error, &checking->upload.org));
    return questionnaire_check(session, &checking->upload, error, &checking->instrument);
}

static enum error_code compare(const char *database, const char *org, struct checking *checking,
                               struct error *error)
{
    struct application application = {0};
    if (database == NULL)
        return questionnaire_check(NULL, &checking->upload, error, &checking->instrument);
    TRY(application_open(database, true, error, &application));
    enum error_code code = compare_in(&application, org, checking, error);
    application_close(&application);
    return code;
}

static int check(int argc, char **argv)
{
    struct option options[] = {
        {.name = "--db"}, {.name = "--org"}, {.name = "--language"}, {.name = "--json", .flag = true}};
    struct arguments arguments;
    struct error error = {0};
    bool done;
    int code =
        arguments_parse(&COMMAND_INSTRUMENT_CHECK, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    const char *database = argument_value(&arguments, "--db"), *org = argument_value(&arguments, "--org"),
               *language = argument_value(&arguments, "--language");
    CLEANUP(region_cleanup) struct region *region = region_new(QUESTIONNAIRE_REGION_MAXIMUM);
    struct checking *checking = region != NULL ? REGION_NEW(region, struct checking) : NULL;
    if (arguments.positional_count != 1)
        return usage_error(&COMMAND_INSTRUMENT_CHECK, "give one file");
    if (org != NULL && database == NULL)
        return usage_error(&COMMAND_INSTRUMENT_CHECK, "--org needs --db");
    if (checking == NULL)
        return EXIT_FAILED;
    checking->upload.region = region;
    if (language != NULL && !language_from_code(slice_from_text(language), &checking->language))
        return usage_error(&COMMAND_INSTRUMENT_CHECK, "--language takes nl or en");
    if (file_read(arguments.positionals[0], INSTRUMENT_SIZE_MAXIMUM, region, &error,
                  &checking->upload.text) != OK)
        return report_error(&error);
    enum error_code read = compare(database, org, checking, &error);
    if (read != OK && checking->upload.finding_count == 0)
        return report_error(&error);
    if (argument_flag(&arguments, "--json"))
        print_json(checking);
    else
        print_words(arguments.positionals[0], checking);
    return read == OK ? EXIT_DONE : EXIT_FAILED;
}

const struct command COMMAND_INSTRUMENT_CHECK = {"instrument check",
                                                 "find what is wrong with a questionnaire file", HELP, check};

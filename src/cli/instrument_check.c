#include "cli/cli.h"

#include "pulse/instrument.h"

static const char HELP[] =
    "Usage: hecht instrument check FILE [--json]\n\n"
    "Finds what is wrong with a questionnaire file, line by line. FILE \"-\" reads standard input.\n"
    "Exit code 0: nothing is wrong; 1: something is, or the file cannot be read.\n\n"
    "Examples:\n"
    "  hecht instrument check my-questionnaire.txt\n"
    "  hecht instrument check - --json < my-questionnaire.txt\n";

static void print_json(const struct instrument_finding *findings, size_t count,
                       const struct instrument *instrument)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    struct json_writer json = JSON_WRITER(&out);
    json.indent = true;
    json_write_object_begin(&json);
    json_write_key(&json, "ok");
    json_write_boolean(&json, count == 0);
    json_write_key(&json, "items");
    json_write_integer(&json, count == 0 ? (int64_t)instrument->item_count : 0);
    json_write_key(&json, "findings");
    json_write_array_begin(&json);
    for (size_t i = 0; i < count; i++) {
        json_write_object_begin(&json);
        json_write_key(&json, "line");
        json_write_integer(&json, findings[i].line);
        json_write_key(&json, "rule");
        json_write_text(&json, slice_from_text(findings[i].rule));
        json_write_key(&json, "text");
        json_write_text(&json, slice_from_text(findings[i].text));
        json_write_object_end(&json);
    }
    json_write_array_end(&json);
    json_write_object_end(&json);
    buffer_append_byte(&out, '\n');
    fwrite(out.data, 1, out.length, stdout);
}

static void print_words(const char *path, const struct instrument_finding *findings, size_t count,
                        const struct instrument *instrument)
{
    for (size_t i = 0; i < count; i++) {
        if (findings[i].line > 0)
            printf("%s:%d: %s [%s]\n", path, findings[i].line, findings[i].text, findings[i].rule);
        else
            printf("%s: %s [%s]\n", path, findings[i].text, findings[i].rule);
    }
    if (count == 0)
        printf("%s: nothing is wrong; %.*s version %" PRId64 ", %zu questions%s\n", path,
               SLICE_ARG(instrument->id), instrument->version, instrument->item_count,
               instrument->validated ? "" : ", not validated yet");
}

static int check(int argc, char **argv)
{
    struct option options[] = {{.name = "--json", .flag = true}};
    struct arguments arguments;
    struct error error = {0};
    bool done;
    int code =
        arguments_parse(&COMMAND_INSTRUMENT_CHECK, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    if (arguments.positional_count != 1)
        return usage_error(&COMMAND_INSTRUMENT_CHECK, "give one file");
    CLEANUP(region_cleanup) struct region *region = region_new(8 << 20);
    struct instrument *instrument = region != NULL ? REGION_NEW(region, struct instrument) : NULL;
    struct instrument_finding *findings =
        region != NULL ? REGION_ARRAY(region, INSTRUMENT_FINDINGS_MAXIMUM, struct instrument_finding) : NULL;
    struct slice text;
    size_t count = 0;
    if (instrument == NULL || findings == NULL)
        return EXIT_FAILED;
    if (file_read(arguments.positionals[0], INSTRUMENT_SIZE_MAXIMUM, region, &error, &text) != OK)
        return report_error(&error);
    enum error_code read = instrument_read(text, region, &error, findings, &count, instrument);
    if (read != OK && count == 0)
        return report_error(&error);
    if (argument_flag(&arguments, "--json"))
        print_json(findings, count, instrument);
    else
        print_words(arguments.positionals[0], findings, count, instrument);
    return read == OK ? EXIT_DONE : EXIT_FAILED;
}

const struct command COMMAND_INSTRUMENT_CHECK = {"instrument check",
                                                 "find what is wrong with a questionnaire file", HELP, check};

#include "cli/analyse.h"

#include "table/number.h"

#include <errno.h>
#include <sys/stat.h>

enum { JSON_MAXIMUM = 2000 << 20, TEXT_MAXIMUM = 64 << 20, PAGE_MAXIMUM = 256 << 20 };

static int read_character(const struct analyse *analyse, const char *option, const char *text,
                          const char *allowed, char *ret_character)
{
    if (text == NULL)
        return EXIT_DONE;
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        text = "\t";
    if (strlen(text) != 1 || strchr(allowed, text[0]) == NULL)
        return usage_error(analyse->command, "%s %s is not one of: %s", option, text,
                           allowed[1] == ',' ? ". ," : ", ; tab");
    *ret_character = text[0];
    return EXIT_DONE;
}

static int read_missing(struct analyse *analyse, const char *text)
{
    struct slice rest = slice_from_text(text), part;
    while (text != NULL && slice_take(&rest, ',', &part)) {
        if (analyse->table.missing_count == ANALYSE_MISSING_MAXIMUM)
            return usage_error(analyse->command, "--missing has more than %d texts", ANALYSE_MISSING_MAXIMUM);
        analyse->missing[analyse->table.missing_count++] = part;
    }
    return EXIT_DONE;
}

/* --language, or the language of the environment when it is one of ours. Only the code is read: no locale. */
static int read_language(struct analyse *analyse, const char *text)
{
    static const char *const VARIABLES[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    if (text != NULL)
        return language_from_code(slice_from_text(text), &analyse->language)
                   ? EXIT_DONE
                   : usage_error(analyse->command, "--language is en or nl");
    for (size_t i = 0; i < COUNT_OF(VARIABLES); i++) {
        struct slice value = slice_from_text(getenv(VARIABLES[i])), code;
        if (value.length == 0)
            continue;
        if (slice_take(&value, '_', &code))
            (void)language_from_code(code, &analyse->language);
        break;
    }
    return EXIT_DONE;
}

static int read_table_options(const struct arguments *arguments, struct analyse *analyse)
{
    int code = read_character(analyse, "--delimiter", argument_value(arguments, "--delimiter"), ",;\t",
                              &analyse->table.delimiter);
    if (code == EXIT_DONE)
        code = read_character(analyse, "--decimal", argument_value(arguments, "--decimal"), ".,",
                              &analyse->table.decimal);
    if (code == EXIT_DONE)
        code = read_missing(analyse, argument_value(arguments, "--missing"));
    analyse->table.skip_bad = argument_flag(arguments, "--skip-bad");
    return code;
}

int analyse_options(const struct command *command, const struct arguments *arguments, bool takes_file,
                    struct region *region, struct analyse *ret_analyse)
{
    *ret_analyse = (struct analyse){.command = command, .region = region, .language = LANGUAGE_EN};
    if (region == NULL)
        return EXIT_FAILED;
    if (arguments->positional_count != (takes_file ? 1 : 0))
        return usage_error(command, takes_file ? "give one file" : "this takes no file");
    if (takes_file)
        ret_analyse->file = arguments->positionals[0];
    ret_analyse->json = argument_flag(arguments, "--json");
    ret_analyse->html = argument_value(arguments, "--html");
    int code = read_language(ret_analyse, argument_value(arguments, "--language"));
    return code == EXIT_DONE && takes_file ? read_table_options(arguments, ret_analyse) : code;
}

/* As in files, with a point: also ".5". */
static bool read_number(struct slice text, double *ret_value)
{
    char mark;
    return number_parse(text, '.', ret_value, &mark);
}

int analyse_real(const struct analyse *analyse, const struct arguments *arguments, const char *option,
                 double *ret_value)
{
    const char *text = argument_value(arguments, option);
    if (text != NULL && !read_number(slice_from_text(text), ret_value))
        return usage_error(analyse->command, "%s %s is not a number", option, text);
    return EXIT_DONE;
}

int analyse_integer(const struct analyse *analyse, const struct arguments *arguments, const char *option,
                    int64_t low, int64_t high, int64_t *ret_value)
{
    const char *text = argument_value(arguments, option);
    if (text != NULL && !slice_to_integer(slice_from_text(text), low, high, ret_value))
        return usage_error(analyse->command, "%s %s is not a whole number from %" PRId64 " to %" PRId64,
                           option, text, low, high);
    return EXIT_DONE;
}

int analyse_list(const struct analyse *analyse, const char *option, const char *text,
                 struct slice ret_names[static ANALYSE_LIST_MAXIMUM], size_t *ret_count)
{
    struct slice rest = slice_from_text(text), name;
    size_t count = 0;
    while (text != NULL && slice_take(&rest, ',', &name)) {
        if (name.length == 0)
            return usage_error(analyse->command, "%s %s has an empty name", option, text);
        if (count == ANALYSE_LIST_MAXIMUM)
            return usage_error(analyse->command, "%s has more than %d names", option, ANALYSE_LIST_MAXIMUM);
        ret_names[count++] = name;
    }
    if (count == 0)
        return usage_error(analyse->command, "%s needs names of columns", option);
    *ret_count = count;
    return EXIT_DONE;
}

int analyse_pair(const struct analyse *analyse, const char *option, const char *text, double *ret_first,
                 double *ret_second)
{
    struct slice rest = slice_from_text(text), first, second;
    double a, b;
    if (!slice_take(&rest, ':', &first) || !slice_take(&rest, ':', &second) ||
        slice_take(&rest, ':', &rest) || !read_number(first, &a) || !read_number(second, &b))
        return usage_error(analyse->command, "%s %s is not two numbers with a colon, like 1:5", option, text);
    *ret_first = a;
    *ret_second = b;
    return EXIT_DONE;
}

int analyse_failed(const struct error *error)
{
    (void)report_error(error);
    return EXIT_USAGE;
}

/* ---- Output --------------------------------------------------------------------------------------- */

static int write_whole(const struct buffer *out, FILE *to, const char *name)
{
    if (out->failed) {
        fprintf(stderr, "hecht: the result is too large for memory\n");
        return EXIT_USAGE;
    }
    if (fwrite(out->data, 1, out->length, to) != out->length || fflush(to) != 0) {
        fprintf(stderr, "hecht: %s: %s\n", name, strerror(errno));
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}

static int print_json(const struct analyse_output *output)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(JSON_MAXIMUM);
    struct json_writer json = JSON_WRITER(&out);
    output->json(output->result, &json);
    buffer_append_byte(&out, '\n');
    return write_whole(&out, stdout, "standard output");
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat first, second;
    return a != NULL && stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static int write_page(const struct report *report, const char *path)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(PAGE_MAXIMUM);
    report_write_page(report, &out);
    FILE *file = fopen(path, "wbe");
    if (file == NULL) {
        fprintf(stderr, "hecht: %s: %s\n", path, strerror(errno));
        return EXIT_USAGE;
    }
    int code = write_whole(&out, file, path);
    if (fclose(file) != 0 && code == EXIT_DONE) {
        fprintf(stderr, "hecht: %s: %s\n", path, strerror(errno));
        code = EXIT_USAGE;
    }
    return code;
}

static int print_text(const struct report *report)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(TEXT_MAXIMUM);
    report_write_text(report, &out);
    return write_whole(&out, stdout, "standard output");
}

/* The page first: when it cannot be written, nothing stands on standard output. */
int analyse_finish(const struct analyse *analyse, const struct analyse_output *output)
{
    if (analyse->json && analyse->html == NULL)
        return print_json(output);
    struct slice title = message_text(analyse->region, analyse->language, output->title, NO_ARGUMENTS);
    struct report *report =
        report_new(analyse->region, analyse->language, title, slice_from_text(analyse->file));
    if (report == NULL)
        return EXIT_FAILED;
    output->report(output->result, report);
    if (analyse->html != NULL && is_same_file(analyse->file, analyse->html))
        return usage_error(analyse->command, "--html %s would overwrite the data", analyse->html);
    int code = analyse->html != NULL ? write_page(report, analyse->html) : EXIT_DONE;
    if (code != EXIT_DONE)
        return code;
    return analyse->json ? print_json(output) : print_text(report);
}

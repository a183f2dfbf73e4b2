#include "analyse/analyse_teams.h"

#include "cli/analyse.h"

static const char HELP[] =
    "Usage: hecht analyse teams FILE --scale NAME=COL,COL,.. [--scale ..] [--group COL] [--range 1:5]\n"
    "                           [--reverse COL,..] [--score complete|answered] [--no-per-group]\n"
    "                           [--json] [--html OUT.html]\n\n"
    "Do the questions of a scale belong together, do people in a team agree, do teams differ?\n\n"
    "Options:\n"
    "  --scale NAME=COLS  a scale and its columns: names with commas, and A..B for all from A to B as they\n"
    "                     stand in the file; may be given more than once. One column is a score as it is\n"
    "  --group COL        the column that names the team\n"
    "  --range LOW:HIGH   lowest and highest answer; other answers are mistakes. Needed for agreement\n"
    "                     against chance and for --reverse\n"
    "  --reverse COL,..   columns that are keyed the other way (an answer x counts as low + high - x)\n"
    "  --score MODE       a person's score: complete, the mean of those who answered everything (default),\n"
    "                     or answered, the mean of what somebody answered\n"
    "  --no-per-group     leave the lists of teams out of the JSON\n" ANALYSE_FILE_HELP "\nExample:\n"
    "  hecht analyse teams answers.csv --group team --scale trust=q1..q6,q9 --range 1:5 --reverse q3\n";

enum { TEAMS_THREADS = 2, NAME_MAXIMUM = 200 };
static const double RANGE_MAXIMUM = 1e9; /* its square still has all its digits */
static const size_t REGION_MAXIMUM = (size_t)8 << 30;

struct teams_command {
    struct analyse analyse;
    struct table *table;
    struct teams_options options;
    struct teams_scale_options scales[TEAMS_SCALES_MAXIMUM];
};

static void close_table(struct teams_command *command)
{
    command->table = table_close(command->table);
}

/* ---- Scales ----------------------------------------------------------------------------------------- */

struct column_list {
    size_t columns[ITEM_SUMS_ITEMS_MAXIMUM];
    size_t count;
};

static int add_column(const struct teams_command *command, struct slice scale, size_t column,
                      struct column_list *list)
{
    struct slice name = table_column_name(command->table, column);
    for (size_t i = 0; i < list->count; i++)
        if (list->columns[i] == column)
            return usage_error(command->analyse.command, "--scale %.*s has the column %.*s twice",
                               SLICE_ARG(scale), SLICE_ARG(name));
    if (list->count == ITEM_SUMS_ITEMS_MAXIMUM)
        return usage_error(command->analyse.command, "--scale %.*s has more than %d columns",
                           SLICE_ARG(scale), ITEM_SUMS_ITEMS_MAXIMUM);
    list->columns[list->count++] = column;
    return EXIT_DONE;
}

/* "A..B": all columns from A to B. */
static int add_range(const struct teams_command *command, struct slice scale, struct slice text, size_t dots,
                     struct column_list *list)
{
    struct error error = {0};
    size_t from, to;
    int code = EXIT_DONE;
    if (table_column_find(command->table, slice_part(text, 0, dots), &error, &from) != OK ||
        table_column_find(command->table, slice_from(text, dots + 2), &error, &to) != OK)
        return analyse_failed(&error);
    if (to < from)
        return usage_error(command->analyse.command, "--scale %.*s: in the file, %.*s stands before %.*s",
                           SLICE_ARG(scale), SLICE_ARG(table_column_name(command->table, to)),
                           SLICE_ARG(table_column_name(command->table, from)));
    for (size_t column = from; code == EXIT_DONE && column <= to; column++)
        code = add_column(command, scale, column, list);
    return code;
}

/* A name that a column has as a whole, dots or not, is that column. */
static int add_columns(const struct teams_command *command, struct slice scale, struct slice text,
                       struct column_list *list)
{
    struct error error = {0};
    size_t column, dots = slice_find(text, S(".."));
    if (text.length == 0)
        return usage_error(command->analyse.command, "--scale %.*s has an empty name of a column",
                           SLICE_ARG(scale));
    if (table_column_find(command->table, text, &error, &column) == OK)
        return add_column(command, scale, column, list);
    if (dots > 0 && dots + 2 < text.length)
        return add_range(command, scale, text, dots, list);
    return analyse_failed(&error);
}

static int read_scale(struct teams_command *command, const char *text)
{
    struct slice rest = slice_from_text(text), name, part;
    struct column_list list = {.count = 0};
    size_t equals = slice_find_byte(rest, '=');
    int code = EXIT_DONE;
    if (equals == 0 || equals + 1 >= rest.length)
        return usage_error(command->analyse.command, "--scale %s is not like NAME=COLUMN,COLUMN", text);
    if (command->options.scale_count == TEAMS_SCALES_MAXIMUM)
        return usage_error(command->analyse.command, "--scale stands more than %d times",
                           TEAMS_SCALES_MAXIMUM);
    name = slice_part(rest, 0, equals);
    if (name.length > NAME_MAXIMUM || !slice_is_clean_text(name, ""))
        return usage_error(command->analyse.command, "--scale: a name is text of at most %d bytes",
                           NAME_MAXIMUM);
    rest = slice_from(rest, equals + 1);
    for (size_t s = 0; s < command->options.scale_count; s++)
        if (slice_equal(command->scales[s].name, name))
            return usage_error(command->analyse.command, "--scale %.*s stands twice", SLICE_ARG(name));
    while (code == EXIT_DONE && slice_take(&rest, ',', &part))
        code = add_columns(command, name, part, &list);
    if (code != EXIT_DONE)
        return code;
    size_t *columns = REGION_ARRAY(command->analyse.region, list.count, size_t);
    bool *reversed = REGION_ARRAY(command->analyse.region, list.count, bool);
    if (columns == NULL || reversed == NULL)
        return EXIT_USAGE;
    memcpy(columns, list.columns, list.count * sizeof *columns);
    command->scales[command->options.scale_count++] =
        (struct teams_scale_options){name, list.count, columns, reversed};
    return EXIT_DONE;
}

/* Turns the column in every scale that has it. */
static int reverse_column(struct teams_command *command, struct slice name)
{
    struct error error = {0};
    size_t column;
    bool found = false;
    if (table_column_find(command->table, name, &error, &column) != OK)
        return analyse_failed(&error);
    for (size_t s = 0; s < command->options.scale_count; s++) {
        bool *reversed = (bool *)command->scales[s].reversed; /* made in read_scale */
        for (size_t i = 0; i < command->scales[s].items; i++)
            if (command->scales[s].columns[i] == column)
                found = reversed[i] = true;
    }
    return found ? EXIT_DONE
                 : usage_error(command->analyse.command, "--reverse %.*s: no scale has this column",
                               SLICE_ARG(name));
}

static int read_reversed(struct teams_command *command, const char *text)
{
    struct slice names[ANALYSE_LIST_MAXIMUM];
    size_t count = 0;
    int code = analyse_list(&command->analyse, "--reverse", text, names, &count);
    if (code == EXIT_DONE && !command->options.has_range)
        code = usage_error(command->analyse.command, "--reverse needs --range, like --range 1:5");
    for (size_t i = 0; code == EXIT_DONE && i < count; i++)
        code = reverse_column(command, names[i]);
    return code;
}

/* ---- Other options ---------------------------------------------------------------------------------- */

static int read_range(struct teams_command *command, const char *text)
{
    struct teams_options *options = &command->options;
    if (text == NULL)
        return EXIT_DONE;
    int code = analyse_pair(&command->analyse, "--range", text, &options->low, &options->high);
    if (code == EXIT_DONE && !(options->low < options->high))
        code = usage_error(command->analyse.command, "--range %s: the lowest answer comes first, like 1:5",
                           text);
    if (code == EXIT_DONE && options->high - options->low > RANGE_MAXIMUM)
        code = usage_error(command->analyse.command, "--range %s is wider than any scale", text);
    options->has_range = code == EXIT_DONE;
    return code;
}

static int read_score(struct teams_command *command, const char *text)
{
    command->options.answered = text != NULL && strcmp(text, "answered") == 0;
    if (text == NULL || command->options.answered || strcmp(text, "complete") == 0)
        return EXIT_DONE;
    return usage_error(command->analyse.command, "--score %s is not one of: complete answered", text);
}

static int read_group(struct teams_command *command, const char *text)
{
    struct error error = {0};
    command->options.has_group = text != NULL;
    if (text != NULL && table_column_find(command->table, slice_from_text(text), &error,
                                          &command->options.group_column) != OK)
        return analyse_failed(&error);
    return EXIT_DONE;
}

static const struct option *find_option(const struct arguments *arguments, const char *name)
{
    for (size_t i = 0; i < arguments->option_count; i++)
        if (strcmp(arguments->options[i].name, name) == 0)
            return &arguments->options[i];
    return NULL;
}

static int read_options(struct teams_command *command, const struct arguments *arguments)
{
    const struct option *scales = find_option(arguments, "--scale"),
                        *reversed = find_option(arguments, "--reverse");
    int code = read_range(command, argument_value(arguments, "--range"));
    command->options.scales = command->scales;
    command->options.threads = TEAMS_THREADS;
    command->options.per_group = !argument_flag(arguments, "--no-per-group");
    if (code == EXIT_DONE)
        code = read_score(command, argument_value(arguments, "--score"));
    if (code == EXIT_DONE && scales->count == 0)
        code = usage_error(command->analyse.command, "--scale is needed, like --scale trust=q1,q2,q3");
    if (code == EXIT_DONE)
        code = analyse_open(&command->analyse, TEAMS_THREADS, &command->table);
    if (code == EXIT_DONE)
        code = read_group(command, argument_value(arguments, "--group"));
    for (size_t i = 0; code == EXIT_DONE && i < scales->count; i++)
        code = read_scale(command, scales->values[i]);
    for (size_t i = 0; code == EXIT_DONE && i < reversed->count; i++)
        code = read_reversed(command, reversed->values[i]);
    return code;
}

static int teams(int argc, char **argv)
{
    struct option options[] = {{.name = "--scale", .repeated = true},
                               {.name = "--group"},
                               {.name = "--range"},
                               {.name = "--reverse", .repeated = true},
                               {.name = "--score"},
                               {.name = "--no-per-group", .flag = true},
                               ANALYSE_FILE_OPTIONS};
    struct arguments arguments;
    const struct teams_result *result = NULL;
    struct error error = {0};
    bool done;
    int code =
        arguments_parse(&COMMAND_ANALYSE_TEAMS, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    CLEANUP(close_table) struct teams_command command = {.table = NULL};
    code = analyse_options(&COMMAND_ANALYSE_TEAMS, &arguments, true, region, &command.analyse);
    if (code == EXIT_DONE)
        code = read_options(&command, &arguments);
    if (code != EXIT_DONE)
        return code;
    if (analyse_teams(command.table, &command.options, region, &error, &result) != OK)
        return analyse_failed(&error);
    return analyse_finish(&command.analyse,
                          &(struct analyse_output){MESSAGE_ANALYSE_TEAMS_TITLE, analyse_teams_json,
                                                   analyse_teams_report, result});
}

const struct command COMMAND_ANALYSE_TEAMS = {
    "analyse teams", "scales, agreement inside teams, differences between them", HELP, teams};

#include "people/people_file.h"

#include "table/csv.h"

enum { SHOWN_MAXIMUM = 60, KEY_MAXIMUM = 40 };

struct reading {
    struct people_file *file;
    struct region *region;
    struct error *error;
    char *at, *end;
    char delimiter;
    int64_t line;                             /* of the record that is read */
    int meaning[PEOPLE_FILE_COLUMNS_MAXIMUM]; /* of each column; PEOPLE_COLUMN_COUNT: none */
    size_t column_count;
    struct slice cells[PEOPLE_COLUMN_COUNT]; /* of this record */
};

/* ---- Problems ---------------------------------------------------------------------------------------- */

void people_file_add_problem(struct people_file *file, struct people_problem problem)
{
    file->problem_total++;
    if (file->problem_count < PEOPLE_FILE_PROBLEMS_MAXIMUM)
        file->problems[file->problem_count++] = problem;
}

struct slice people_shown(struct slice text)
{
    size_t length = text.length < SHOWN_MAXIMUM ? text.length : SHOWN_MAXIMUM;
    while (length > 0 && length < text.length && (text.data[length] & 0xC0) == 0x80)
        length--;
    struct slice shown = slice_part(text, 0, length);
    return slice_is_clean_text(shown, "") ? shown : S("");
}

struct slice people_problem_text(const struct people_problem *problem, enum language language,
                                 struct region *region)
{
    return message_text(region, language, problem->message,
                        ARGUMENTS(A_TEXT("value", problem->value), A_TEXT("other", problem->other),
                                  A_INTEGER("line", problem->other_line), A_INTEGER("n", problem->n),
                                  A_INTEGER("m", problem->m)));
}

static void add_problem(struct reading *reading, enum message message, struct slice value)
{
    people_file_add_problem(
        reading->file,
        (struct people_problem){.line = reading->line, .message = message, .value = people_shown(value)});
}

static int compare_problems(const void *a, const void *b)
{
    const struct people_problem *first = a, *second = b;
    return (first->line > second->line) - (first->line < second->line);
}

/* ---- Words ------------------------------------------------------------------------------------------- */

struct word {
    const char *key; /* lower case, letters only */
    int meaning;
};

static const struct word COLUMN_WORDS[] = {
    {"email", PEOPLE_COLUMN_ADDRESS},
    {"emailadres", PEOPLE_COLUMN_ADDRESS},
    {"emailaddress", PEOPLE_COLUMN_ADDRESS},
    {"mail", PEOPLE_COLUMN_ADDRESS},
    {"mailadres", PEOPLE_COLUMN_ADDRESS},
    {"werkemail", PEOPLE_COLUMN_ADDRESS},
    {"emailwerk", PEOPLE_COLUMN_ADDRESS},
    {"workemail", PEOPLE_COLUMN_ADDRESS},
    {"name", PEOPLE_COLUMN_NAME},
    {"naam", PEOPLE_COLUMN_NAME},
    {"fullname", PEOPLE_COLUMN_NAME},
    {"volledigenaam", PEOPLE_COLUMN_NAME},
    {"displayname", PEOPLE_COLUMN_NAME},
    {"weergavenaam", PEOPLE_COLUMN_NAME},
    {"firstname", PEOPLE_COLUMN_FIRST},
    {"givenname", PEOPLE_COLUMN_FIRST},
    {"voornaam", PEOPLE_COLUMN_FIRST},
    {"infix", PEOPLE_COLUMN_INFIX},
    {"tussenvoegsel", PEOPLE_COLUMN_INFIX},
    {"voorvoegsel", PEOPLE_COLUMN_INFIX},
    {"lastname", PEOPLE_COLUMN_LAST},
    {"surname", PEOPLE_COLUMN_LAST},
    {"familyname", PEOPLE_COLUMN_LAST},
    {"achternaam", PEOPLE_COLUMN_LAST},
    {"team", PEOPLE_COLUMN_TEAM},
    {"teamname", PEOPLE_COLUMN_TEAM},
    {"teamnaam", PEOPLE_COLUMN_TEAM},
    {"unit", PEOPLE_COLUMN_UNIT},
    {"department", PEOPLE_COLUMN_UNIT},
    {"afdeling", PEOPLE_COLUMN_UNIT},
    {"onderdeel", PEOPLE_COLUMN_UNIT},
    {"organisatieonderdeel", PEOPLE_COLUMN_UNIT},
    {"parent", PEOPLE_COLUMN_PARENT},
    {"parentunit", PEOPLE_COLUMN_PARENT},
    {"parentdepartment", PEOPLE_COLUMN_PARENT},
    {"hoofdafdeling", PEOPLE_COLUMN_PARENT},
    {"bovenliggendeafdeling", PEOPLE_COLUMN_PARENT},
    {"bovenliggendonderdeel", PEOPLE_COLUMN_PARENT},
    {"role", PEOPLE_COLUMN_ROLE},
    {"roleinteam", PEOPLE_COLUMN_ROLE},
    {"roleintheteam", PEOPLE_COLUMN_ROLE},
    {"rol", PEOPLE_COLUMN_ROLE},
    {"rolinteam", PEOPLE_COLUMN_ROLE},
    {"rolinhetteam", PEOPLE_COLUMN_ROLE},
    {"language", PEOPLE_COLUMN_LANGUAGE},
    {"taal", PEOPLE_COLUMN_LANGUAGE},
    {"voorkeurstaal", PEOPLE_COLUMN_LANGUAGE},
};

static const struct word ROLE_WORDS[] = {
    {"member", TEAM_ROLE_MEMBER},     {"teammember", TEAM_ROLE_MEMBER},
    {"employee", TEAM_ROLE_MEMBER},   {"lid", TEAM_ROLE_MEMBER},
    {"teamlid", TEAM_ROLE_MEMBER},    {"medewerker", TEAM_ROLE_MEMBER},
    {"leader", TEAM_ROLE_LEADER},     {"teamleader", TEAM_ROLE_LEADER},
    {"manager", TEAM_ROLE_LEADER},    {"leidinggevende", TEAM_ROLE_LEADER},
    {"teamleider", TEAM_ROLE_LEADER}, {"leider", TEAM_ROLE_LEADER},
};

static const struct word LANGUAGE_WORDS[] = {
    {"nl", LANGUAGE_NL}, {"dutch", LANGUAGE_NL},   {"nederlands", LANGUAGE_NL},
    {"en", LANGUAGE_EN}, {"english", LANGUAGE_EN}, {"engels", LANGUAGE_EN},
};

/* Capitals, blanks and marks between words do not matter: "E-mail Address" is "emailaddress". */
static bool find_word(struct slice text, const struct word *words, size_t count, int *ret_meaning)
{
    char key[KEY_MAXIMUM];
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (strchr(" -_./:", c) != NULL && c != '\0')
            continue;
        if (length == sizeof key)
            return false;
        key[length++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    for (size_t i = 0; i < count; i++)
        if (slice_equal(slice_from_text(words[i].key), slice_from_bytes(key, length))) {
            *ret_meaning = words[i].meaning;
            return true;
        }
    return false;
}

/* ---- Records ----------------------------------------------------------------------------------------- */

/* The candidate seen most often outside quotes in the first line; a comma when none is seen. */
static char find_delimiter(const char *at, const char *end)
{
    static const char candidates[] = {',', ';', '\t'};
    size_t seen[COUNT_OF(candidates)] = {0}, best = 0;
    bool quoted = false;
    for (; at < end && (quoted || *at != '\n'); at++) {
        if (*at == '"')
            quoted = !quoted;
        for (size_t c = 0; c < COUNT_OF(candidates); c++)
            seen[c] += !quoted && *at == candidates[c];
    }
    for (size_t c = 1; c < COUNT_OF(candidates); c++)
        if (seen[c] > seen[best])
            best = c;
    return candidates[best];
}

/* Takes the next record; column i comes to `take`. Returns how many cells it has up to its last that is not empty, or -1
 * when its quotes are wrong; *ret_lines: how many lines it stands on. */
typedef void take_cell(struct reading *reading, size_t column, struct slice cell);

static int64_t take_record(struct reading *reading, take_cell *take, int64_t *ret_lines)
{
    int64_t lines = 1, used = 0;
    bool good = true, last = false;
    for (size_t column = 0; !last; column++) {
        struct csv_field field;
        csv_take_field(&reading->at, reading->end, reading->delimiter, &lines, &field, &last);
        good = good && field.trouble == CSV_FINE;
        struct slice cell = slice_trim(csv_content(&field));
        if (cell.length > 0)
            used = (int64_t)column + 1;
        take(reading, column, cell);
    }
    *ret_lines = lines;
    return good ? used : -1;
}

static void take_header(struct reading *reading, size_t column, struct slice cell)
{
    struct people_file *file = reading->file;
    int meaning = PEOPLE_COLUMN_COUNT;
    if (column >= PEOPLE_FILE_COLUMNS_MAXIMUM)
        return;
    reading->meaning[column] = PEOPLE_COLUMN_COUNT;
    reading->column_count = column + 1;
    if (!find_word(cell, COLUMN_WORDS, COUNT_OF(COLUMN_WORDS), &meaning)) {
        if (people_shown(cell).length > 0)
            file->unused[file->unused_count++] = people_shown(cell);
        return;
    }
    if (file->has[meaning])
        add_problem(reading, MESSAGE_IMPORT_WRONG_COLUMN_TWICE, cell);
    file->has[meaning] = true;
    reading->meaning[column] = meaning;
}

static void take_data(struct reading *reading, size_t column, struct slice cell)
{
    if (column < reading->column_count && reading->meaning[column] != PEOPLE_COLUMN_COUNT)
        reading->cells[reading->meaning[column]] = cell;
}

static void read_header(struct reading *reading)
{
    struct people_file *file = reading->file;
    int64_t lines = 0;
    int64_t used = take_record(reading, take_header, &lines);
    if (used < 0) {
        add_problem(reading, MESSAGE_IMPORT_WRONG_QUOTE, S(""));
        return;
    }
    if (used > PEOPLE_FILE_COLUMNS_MAXIMUM)
        people_file_add_problem(file, (struct people_problem){.line = reading->line,
                                                              .message = MESSAGE_IMPORT_WRONG_COLUMNS,
                                                              .n = PEOPLE_FILE_COLUMNS_MAXIMUM});
    if (!file->has[PEOPLE_COLUMN_ADDRESS])
        add_problem(reading, MESSAGE_IMPORT_WRONG_NO_ADDRESS_COLUMN, S(""));
    if (!file->has[PEOPLE_COLUMN_TEAM])
        add_problem(reading, MESSAGE_IMPORT_WRONG_NO_TEAM_COLUMN, S(""));
    reading->line += lines;
}

/* ---- Rows -------------------------------------------------------------------------------------------- */

/* Is this a text that can be kept? Says what is wrong with it otherwise. */
static bool check_text(struct reading *reading, struct slice text, size_t maximum)
{
    if (!slice_is_clean_text(text, "")) {
        add_problem(reading, MESSAGE_IMPORT_WRONG_CHARACTERS, S(""));
        return false;
    }
    if (text.length > maximum) {
        people_file_add_problem(reading->file, (struct people_problem){.line = reading->line,
                                                                       .message = MESSAGE_IMPORT_WRONG_LONG,
                                                                       .value = people_shown(text),
                                                                       .n = (int64_t)maximum});
        return false;
    }
    return true;
}

static void read_address(struct reading *reading, struct people_row *row)
{
    struct slice cell = reading->cells[PEOPLE_COLUMN_ADDRESS];
    if (cell.length == 0)
        add_problem(reading, MESSAGE_IMPORT_WRONG_ADDRESS_MISSING, cell);
    else if (check_text(reading, cell, PERSON_ADDRESS_MAXIMUM) &&
             address_check(cell, reading->region, NULL, &row->address) != OK)
        add_problem(reading, MESSAGE_IMPORT_WRONG_ADDRESS, cell);
}

static void read_name(struct reading *reading, struct people_row *row)
{
    static const enum people_column parts[] = {PEOPLE_COLUMN_FIRST, PEOPLE_COLUMN_INFIX, PEOPLE_COLUMN_LAST};
    struct slice name = reading->cells[PEOPLE_COLUMN_NAME];
    for (size_t i = 0; i < COUNT_OF(parts) && reading->cells[PEOPLE_COLUMN_NAME].length == 0; i++) {
        struct slice part = reading->cells[parts[i]];
        if (name.length == 0)
            name = part;
        else if (part.length > 0)
            name = region_format(reading->region, "%.*s %.*s", SLICE_ARG(name), SLICE_ARG(part));
    }
    if (check_text(reading, name, PERSON_NAME_MAXIMUM))
        row->name = name;
}

static void read_team(struct reading *reading, struct people_row *row)
{
    struct slice cell = reading->cells[PEOPLE_COLUMN_TEAM];
    if (cell.length == 0)
        add_problem(reading, MESSAGE_IMPORT_WRONG_TEAM_MISSING, cell);
    else if (check_text(reading, cell, TEAM_NAME_MAXIMUM))
        row->team = cell;
}

static void read_role(struct reading *reading, struct people_row *row)
{
    struct slice cell = reading->cells[PEOPLE_COLUMN_ROLE];
    int role = TEAM_ROLE_NONE;
    if (cell.length > 0 && !find_word(cell, ROLE_WORDS, COUNT_OF(ROLE_WORDS), &role))
        add_problem(reading, MESSAGE_IMPORT_WRONG_ROLE, cell);
    row->role = (enum team_role)role;
}

static void read_language(struct reading *reading, struct people_row *row)
{
    struct slice cell = reading->cells[PEOPLE_COLUMN_LANGUAGE];
    int language = LANGUAGE_EN;
    if (cell.length == 0)
        return;
    if (find_word(cell, LANGUAGE_WORDS, COUNT_OF(LANGUAGE_WORDS), &language))
        row->language = slice_from_text(language_code((enum language)language));
    else
        add_problem(reading, MESSAGE_IMPORT_WRONG_LANGUAGE, cell);
}

/* "Care / North" or, as the pages show it, "Care › North". */
static size_t take_path_part(struct slice *rest, struct slice *ret_part)
{
    size_t slash = slice_find(*rest, S(" / ")), arrow = slice_find(*rest, S(" › "));
    size_t stop = slash < arrow ? slash : arrow;
    size_t length = stop == rest->length ? 0 : slash < arrow ? 3 : sizeof " › " - 1;
    *ret_part = slice_trim(slice_part(*rest, 0, stop));
    *rest = slice_from(*rest, stop + length);
    return length;
}

static struct slice join_path(struct slice above, struct slice name, struct region *region)
{
    return above.length == 0 ? name
                             : region_format(region, "%.*s%c%.*s", SLICE_ARG(above), PEOPLE_PATH_SEPARATOR,
                                             SLICE_ARG(name));
}

static void read_path(struct reading *reading, struct people_row *row)
{
    struct slice cell = reading->cells[PEOPLE_COLUMN_UNIT], rest = cell, part, path = S("");
    if (cell.length == 0 || !check_text(reading, cell, UNIT_DEPTH_MAXIMUM * (TEAM_NAME_MAXIMUM + 3)))
        return;
    size_t more = 1;
    for (int depth = 0; more > 0; depth++) {
        more = take_path_part(&rest, &part);
        if (part.length == 0) {
            add_problem(reading, MESSAGE_IMPORT_WRONG_UNIT_PARTS, cell);
            return;
        }
        if (depth == UNIT_DEPTH_MAXIMUM) {
            people_file_add_problem(reading->file,
                                    (struct people_problem){.line = reading->line,
                                                            .message = MESSAGE_IMPORT_WRONG_UNIT_DEEP,
                                                            .value = people_shown(cell),
                                                            .n = UNIT_DEPTH_MAXIMUM});
            return;
        }
        if (!check_text(reading, part, TEAM_NAME_MAXIMUM))
            return;
        path = join_path(path, part, reading->region);
    }
    row->path = path;
}

/* Where there is a column for the unit above, both are names; what they lead to is found when all are known. */
struct named_unit {
    struct slice name, parent;
    int64_t line, parent_line;
    struct slice path;
};

static void read_unit_name(struct reading *reading, struct people_row *row, struct named_unit *named)
{
    struct slice unit = reading->cells[PEOPLE_COLUMN_UNIT], parent = reading->cells[PEOPLE_COLUMN_PARENT];
    if (unit.length == 0 || !check_text(reading, unit, TEAM_NAME_MAXIMUM) ||
        !check_text(reading, parent, TEAM_NAME_MAXIMUM))
        return;
    row->path = unit;
    *named = (struct named_unit){.name = unit,
                                 .parent = parent,
                                 .line = reading->line,
                                 .parent_line = parent.length > 0 ? reading->line : 0};
}

static void read_row(struct reading *reading, struct named_unit *named)
{
    struct people_file *file = reading->file;
    struct people_row *row = &file->rows[file->row_count];
    int64_t lines = 0;
    memset(reading->cells, 0, sizeof reading->cells);
    int64_t used = take_record(reading, take_data, &lines);
    if (used != 0) {
        *row = (struct people_row){.line = reading->line};
        file->row_count++;
        if (used < 0)
            add_problem(reading, MESSAGE_IMPORT_WRONG_QUOTE, S(""));
        else if (used > (int64_t)reading->column_count)
            people_file_add_problem(file, (struct people_problem){.line = reading->line,
                                                                  .message = MESSAGE_IMPORT_WRONG_CELLS,
                                                                  .n = used,
                                                                  .m = (int64_t)reading->column_count});
        else {
            read_address(reading, row);
            read_name(reading, row);
            read_team(reading, row);
            read_role(reading, row);
            read_language(reading, row);
            if (file->has[PEOPLE_COLUMN_PARENT])
                read_unit_name(reading, row, &named[file->row_count - 1]);
            else
                read_path(reading, row);
        }
    }
    reading->line += lines;
}

/* ---- What rows say together -------------------------------------------------------------------------- */

static int compare_by_address(const void *a, const void *b)
{
    const struct people_row *first = *(const struct people_row *const *)a,
                            *second = *(const struct people_row *const *)b;
    int order = slice_compare(first->address, second->address);
    if (order == 0)
        order = slice_compare(first->team, second->team);
    return order != 0 ? order : (first->line > second->line) - (first->line < second->line);
}

static int compare_by_team(const void *a, const void *b)
{
    const struct people_row *first = *(const struct people_row *const *)a,
                            *second = *(const struct people_row *const *)b;
    int order = slice_compare(first->team, second->team);
    return order != 0 ? order : (first->line > second->line) - (first->line < second->line);
}

static void add_clash(struct people_file *file, enum message message, const struct people_row *row,
                      struct slice value, struct slice other, int64_t other_line)
{
    people_file_add_problem(file, (struct people_problem){.line = row->line,
                                                          .message = message,
                                                          .value = people_shown(value),
                                                          .other = people_shown(other),
                                                          .other_line = other_line});
}

static void check_addresses(struct people_file *file, struct people_row **rows)
{
    const struct people_row *named = NULL; /* the row that first gave a name to this address */
    qsort(rows, file->row_count, sizeof *rows, compare_by_address);
    for (size_t i = 0; i < file->row_count; i++) {
        const struct people_row *row = rows[i], *before = i > 0 ? rows[i - 1] : NULL;
        if (row->address.length == 0)
            continue;
        if (before == NULL || !slice_equal(before->address, row->address))
            named = NULL;
        else if (row->team.length > 0 && slice_equal(before->team, row->team))
            add_clash(file, MESSAGE_IMPORT_WRONG_DUPLICATE, row, row->address, row->team, before->line);
        if (row->name.length == 0)
            continue;
        if (named == NULL)
            named = row;
        else if (!slice_equal(named->name, row->name))
            add_clash(file, MESSAGE_IMPORT_WRONG_TWO_NAMES, row, row->address, named->name, named->line);
    }
}

static void check_teams(struct people_file *file, struct people_row **rows, struct region *region)
{
    const struct people_row *leader = NULL, *placed = NULL; /* leader: the last one */
    int64_t members = 0;
    int leaders = 0;
    qsort(rows, file->row_count, sizeof *rows, compare_by_team);
    for (size_t i = 0; i < file->row_count; i++) {
        const struct people_row *row = rows[i];
        if (row->team.length == 0)
            continue;
        if (i == 0 || !slice_equal(rows[i - 1]->team, row->team)) {
            leader = placed = NULL;
            members = 0;
            leaders = 0;
        }
        if (row->role == TEAM_ROLE_LEADER && ++leaders > TEAM_LEADERS_MAXIMUM)
            add_clash(file, MESSAGE_IMPORT_WRONG_THREE_LEADERS, row, row->team, S(""), leader->line);
        else if (row->role == TEAM_ROLE_LEADER)
            leader = row;
        else if (++members == TEAM_MEMBERS_MAXIMUM + 1)
            people_file_add_problem(file, (struct people_problem){.line = row->line,
                                                                  .message = MESSAGE_IMPORT_WRONG_MEMBERS,
                                                                  .value = people_shown(row->team),
                                                                  .n = TEAM_MEMBERS_MAXIMUM});
        if (row->path.length > 0 && placed == NULL)
            placed = row;
        else if (row->path.length > 0 && !slice_equal(row->path, placed->path))
            add_clash(file, MESSAGE_IMPORT_WRONG_TEAM_UNITS, row, row->team,
                      people_path_text(placed->path, region), placed->line);
    }
}

/* ---- Units by name and the name above ---------------------------------------------------------------- */

struct naming {
    struct people_file *file;
    struct region *region;
    struct named_unit *units; /* of the file, by name */
    size_t count;
    const struct unit *there; /* of the organisation */
    const struct slice *there_paths;
    size_t there_count;
};

static int compare_named(const void *a, const void *b)
{
    const struct named_unit *first = a, *second = b;
    int order = slice_compare(first->name, second->name);
    return order != 0 ? order : (first->line > second->line) - (first->line < second->line);
}

/* One entry a name, with the first parent that is given for it. */
static void merge_named(struct naming *naming, size_t row_count)
{
    qsort(naming->units, row_count, sizeof *naming->units, compare_named);
    for (size_t i = 0; i < row_count; i++) {
        const struct named_unit *row = &naming->units[i];
        struct named_unit *entry = naming->count > 0 ? &naming->units[naming->count - 1] : NULL;
        if (row->name.length == 0)
            continue;
        if (entry == NULL || !slice_equal(entry->name, row->name)) {
            naming->units[naming->count++] = *row;
            continue;
        }
        if (entry->parent.length == 0) {
            entry->parent = row->parent;
            entry->parent_line = row->parent_line;
        } else if (row->parent.length > 0 && !slice_equal(entry->parent, row->parent))
            people_file_add_problem(naming->file,
                                    (struct people_problem){.line = row->line,
                                                            .message = MESSAGE_IMPORT_WRONG_UNIT_PARENTS,
                                                            .value = people_shown(row->name),
                                                            .other = people_shown(entry->parent),
                                                            .other_line = entry->parent_line});
    }
}

static struct named_unit *find_named(const struct naming *naming, struct slice name)
{
    struct named_unit wanted = {.name = name};
    size_t low = 0, high = naming->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_compare(wanted.name, naming->units[middle].name);
        if (order == 0)
            return &naming->units[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* How many units of this name the organisation has, and the path of one. */
static size_t find_there(const struct naming *naming, struct slice name, struct slice *ret_path)
{
    size_t found = 0;
    for (size_t i = 0; i < naming->there_count; i++)
        if (slice_equal(naming->there[i].name, name)) {
            *ret_path = naming->there_paths[i];
            found++;
        }
    return found;
}

static void add_unit_problem(const struct naming *naming, enum message message, const struct named_unit *unit,
                             struct slice value, struct slice other)
{
    people_file_add_problem(
        naming->file, (struct people_problem){.line = unit->parent_line > 0 ? unit->parent_line : unit->line,
                                              .message = message,
                                              .value = people_shown(value),
                                              .other = other,
                                              .n = UNIT_DEPTH_MAXIMUM});
}

/* The path of what stands above the topmost unit of a chain: known to the organisation or nothing. A mistake is told at
 * the unit that makes it, so only when the chain is that unit alone. */
static struct slice path_above(const struct naming *naming, const struct named_unit *top, bool tell)
{
    struct slice path = S("");
    if (top->parent.length == 0) {
        size_t found = find_there(naming, top->name, &path);
        size_t last = path.length;
        while (last > 0 && path.data[last - 1] != PEOPLE_PATH_SEPARATOR)
            last--;
        return found == 1 && last > 0 ? slice_part(path, 0, last - 1) : S("");
    }
    size_t found = find_there(naming, top->parent, &path);
    if (found != 1 && tell)
        add_unit_problem(naming,
                         found == 0 ? MESSAGE_IMPORT_WRONG_UNIT_UNKNOWN : MESSAGE_IMPORT_WRONG_UNIT_SEVERAL,
                         top, top->parent, S(""));
    return path;
}

static int depth_of(struct slice path)
{
    int depth = path.length > 0;
    for (size_t i = 0; i < path.length; i++)
        depth += path.data[i] == PEOPLE_PATH_SEPARATOR;
    return depth;
}

static void resolve(const struct naming *naming, struct named_unit *unit)
{
    struct named_unit *chain[UNIT_DEPTH_MAXIMUM + 1];
    size_t length = 0;
    struct slice words = S("");
    for (struct named_unit *at = unit; at != NULL; at = find_named(naming, at->parent)) {
        if (length > 0 && at == unit) {
            words = region_format(naming->region, "%.*s › %.*s", SLICE_ARG(people_shown(unit->name)),
                                  SLICE_ARG(words));
            add_unit_problem(naming, MESSAGE_IMPORT_WRONG_UNIT_LOOP, unit, unit->name, words);
            return;
        }
        if (length == COUNT_OF(chain)) {
            bool known_loop = false; /* a loop above is told where it is */
            for (size_t i = 1; i < length; i++)
                known_loop = known_loop || chain[i] == at;
            if (!known_loop)
                add_unit_problem(naming, MESSAGE_IMPORT_WRONG_UNIT_DEEP, unit, unit->name, S(""));
            return;
        }
        words = length == 0 ? people_shown(at->name)
                            : region_format(naming->region, "%.*s › %.*s", SLICE_ARG(people_shown(at->name)),
                                            SLICE_ARG(words));
        chain[length++] = at;
        if (at->parent.length == 0)
            break;
    }
    struct slice path = path_above(naming, chain[length - 1], length == 1);
    for (size_t i = length; i-- > 0;)
        path = join_path(path, chain[i]->name, naming->region);
    if (depth_of(path) > UNIT_DEPTH_MAXIMUM)
        add_unit_problem(naming, MESSAGE_IMPORT_WRONG_UNIT_DEEP, unit, unit->name, S(""));
    unit->path = path;
}

static void name_units(struct naming *naming)
{
    struct people_file *file = naming->file;
    merge_named(naming, file->row_count);
    if (naming->count > UNITS_MAXIMUM) {
        people_file_add_problem(
            file, (struct people_problem){.message = MESSAGE_IMPORT_WRONG_MANY_UNITS, .n = UNITS_MAXIMUM});
        return;
    }
    for (size_t i = 0; i < naming->count; i++)
        resolve(naming, &naming->units[i]);
    for (size_t i = 0; i < file->row_count; i++) {
        const struct named_unit *unit =
            file->rows[i].path.length > 0 ? find_named(naming, file->rows[i].path) : NULL;
        file->rows[i].path = unit != NULL ? unit->path : S("");
    }
}

struct slice *people_unit_paths(const struct unit *units, size_t count, struct region *region)
{
    struct slice *paths = REGION_ARRAY(region, count, struct slice);
    for (size_t i = 0; i < count && paths != NULL; i++) {
        struct slice above = S("");
        for (size_t j = i; j-- > 0 && units[i].parent != 0;)
            if (units[j].id == units[i].parent) {
                above = paths[j];
                break;
            }
        paths[i] = join_path(above, units[i].name, region);
    }
    return paths;
}

struct slice people_path_text(struct slice path, struct region *region)
{
    struct slice rest = path, part, text = S("");
    while (rest.length > 0 && slice_take(&rest, PEOPLE_PATH_SEPARATOR, &part))
        text =
            text.length == 0 ? part : region_format(region, "%.*s › %.*s", SLICE_ARG(text), SLICE_ARG(part));
    return text;
}

/* ---- The file ---------------------------------------------------------------------------------------- */

/* A copy that ends in a line feed, as the reader of fields wants it; without the mark of the encoding. */
static enum error_code begin(struct reading *reading, struct slice text)
{
    if (slice_starts_with(text, S("\xEF\xBB\xBF")))
        text = slice_from(text, 3);
    reading->line = 1;
    while (text.length > 0 && (text.data[0] == '\n' || text.data[0] == '\r')) {
        reading->line += text.data[0] == '\n';
        text = slice_from(text, 1);
    }
    reading->at = region_allocate(reading->region, text.length + 1);
    if (reading->at == NULL)
        return FAIL(reading->error, ERROR_MEMORY, "no-memory", "no memory for the file");
    if (text.length > 0)
        memcpy(reading->at, text.data, text.length);
    reading->at[text.length] = '\n';
    reading->end = reading->at + text.length + 1;
    reading->delimiter = find_delimiter(reading->at, reading->end);
    return OK;
}

static enum error_code read_rows(struct reading *reading, const struct unit *units, size_t unit_count)
{
    struct people_file *file = reading->file;
    size_t room = 0;
    for (const char *at = reading->at; at < reading->end && room <= PEOPLE_FILE_ROWS_MAXIMUM; at++)
        room += *at == '\n';
    file->rows = REGION_ARRAY(reading->region, room, struct people_row);
    struct people_row **sorted = REGION_ARRAY(reading->region, room, struct people_row *);
    struct naming naming = {
        .file = file,
        .region = reading->region,
        .there = units,
        .there_count = unit_count,
        .units = REGION_ARRAY(reading->region, file->has[PEOPLE_COLUMN_PARENT] ? room : 0, struct named_unit),
        .there_paths = people_unit_paths(units, unit_count, reading->region)};
    if (region_failed(reading->region))
        return FAIL(reading->error, ERROR_MEMORY, "no-memory", "no memory for the rows of the file");
    while (reading->at < reading->end && file->row_count < PEOPLE_FILE_ROWS_MAXIMUM)
        read_row(reading, naming.units);
    while (reading->at < reading->end && strchr("\r\n", *reading->at) != NULL)
        reading->at++;
    if (reading->at < reading->end)
        people_file_add_problem(file, (struct people_problem){.line = reading->line,
                                                              .message = MESSAGE_IMPORT_WRONG_ROWS,
                                                              .n = PEOPLE_FILE_ROWS_MAXIMUM});
    if (file->row_count == 0)
        people_file_add_problem(file, (struct people_problem){.message = MESSAGE_IMPORT_WRONG_NO_ROWS});
    if (file->has[PEOPLE_COLUMN_PARENT])
        name_units(&naming);
    for (size_t i = 0; i < file->row_count; i++)
        sorted[i] = &file->rows[i];
    check_addresses(file, sorted);
    check_teams(file, sorted, reading->region);
    return OK;
}

enum error_code people_file_read(struct slice text, const struct unit *units, size_t unit_count,
                                 struct region *region, struct error *error, struct people_file *ret_file)
{
    struct people_file file = {
        .problems = REGION_ARRAY(region, PEOPLE_FILE_PROBLEMS_MAXIMUM, struct people_problem),
        .unused = REGION_ARRAY(region, PEOPLE_FILE_COLUMNS_MAXIMUM, struct slice),
    };
    struct reading *reading = REGION_NEW(region, struct reading);
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    reading->file = &file;
    reading->region = region;
    reading->error = error;
    if (text.length > PEOPLE_FILE_MAXIMUM) {
        people_file_add_problem(&file, (struct people_problem){.message = MESSAGE_IMPORT_WRONG_LARGE,
                                                               .n = PEOPLE_FILE_MAXIMUM >> 20});
    } else if (slice_trim(text).length == 0) {
        people_file_add_problem(&file, (struct people_problem){.message = MESSAGE_IMPORT_WRONG_EMPTY});
    } else {
        TRY(begin(reading, text));
        read_header(reading);
        if (file.problem_total == 0)
            TRY(read_rows(reading, units, unit_count));
    }
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory for the file");
    if (file.problem_count > 0)
        qsort(file.problems, file.problem_count, sizeof *file.problems, compare_problems);
    *ret_file = file;
    return OK;
}

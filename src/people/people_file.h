/* A file of people as HR systems write it (CSV), read and checked by itself: one row a person and team. Every mistake
 * becomes a problem with its line. Who is there already is not looked at, but for the units that a row may name.
 * Uses: people. */
#ifndef HECHT_PEOPLE_PEOPLE_FILE_H
#define HECHT_PEOPLE_PEOPLE_FILE_H

#include "people/people.h"
#include "view/view.h"

enum {
    PEOPLE_FILE_MAXIMUM =
        6 << 20, /* bytes; as a form of percent-encoded text it stays below the limit of a body */
    PEOPLE_FILE_ROWS_MAXIMUM = 50000,
    PEOPLE_FILE_COLUMNS_MAXIMUM = 200,
    PEOPLE_FILE_PROBLEMS_MAXIMUM = 200, /* that are told; all are counted */
};

enum people_column {
    PEOPLE_COLUMN_ADDRESS,
    PEOPLE_COLUMN_NAME,
    PEOPLE_COLUMN_FIRST, /* first name, infix and last name, in place of a name */
    PEOPLE_COLUMN_INFIX,
    PEOPLE_COLUMN_LAST,
    PEOPLE_COLUMN_TEAM,
    PEOPLE_COLUMN_UNIT,
    PEOPLE_COLUMN_PARENT, /* the unit above; without this column a unit is a path, "Care / North" */
    PEOPLE_COLUMN_ROLE,
    PEOPLE_COLUMN_LANGUAGE,
    PEOPLE_COLUMN_COUNT
};

/* Between the names of a path: no name can hold it. */
#define PEOPLE_PATH_SEPARATOR '\x1F'

/* All but address and team may be empty: then the file does not say. */
struct people_row {
    int64_t line;
    struct slice address; /* in lower case */
    struct slice name, team;
    struct slice path; /* of units, from the top */
    enum team_role role;
    struct slice language;
};

/* One mistake: message with {value}, {other}, {line}, {n} and {m}, as far as it has them. */
struct people_problem {
    int64_t line; /* 0: of the file as a whole */
    enum message message;
    struct slice value, other;
    int64_t other_line, n, m;
};

struct people_file {
    struct people_row *rows;
    size_t row_count;
    struct people_problem *problems; /* by line; none: the file is good */
    size_t problem_count;
    int64_t problem_total;
    bool has[PEOPLE_COLUMN_COUNT];
    struct slice *unused; /* columns of which nothing is kept */
    size_t unused_count;
};

/* units: those that are there, parents first. The result lives in the region; text need not. Fails only without memory. */
enum error_code people_file_read(struct slice text, const struct unit *units, size_t unit_count,
                                 struct region *region, struct error *error,
                                 struct people_file *ret_file) MUST_CHECK;
/* The problem in words. */
struct slice people_problem_text(const struct people_problem *problem, enum language language,
                                 struct region *region);
/* Room for one more problem; what does not fit is only counted. */
void people_file_add_problem(struct people_file *file, struct people_problem problem);
/* A path of units to show: "Care › North". */
struct slice people_path_text(struct slice path, struct region *region);
/* The paths of units, in their order; parents come first. NULL without memory. */
struct slice *people_unit_paths(const struct unit *units, size_t count, struct region *region);
/* At most 60 bytes of a text to show, in whole characters; empty when it cannot be shown. */
struct slice people_shown(struct slice text);

#endif

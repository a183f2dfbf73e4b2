/* What a file of people would change, and changing it: all or nothing. The file is the whole truth for the teams it
 * names: who is not in it leaves them, unless it may only add. Teams that it does not name, roles of the organisation
 * (owners, viewers), names and languages of people who are there stay what they are. Uses: people_file. */
#ifndef HECHT_PEOPLE_PEOPLE_IMPORT_H
#define HECHT_PEOPLE_PEOPLE_IMPORT_H

#include "people/people_file.h"

enum {
    IMPORT_REGION_MAXIMUM =
        256 << 20, /* a file of 50,000 rows for an organisation of as many takes less than half */
    IMPORT_PEOPLE_MAXIMUM = 200000,
    IMPORT_DIGEST_BYTES = 32,
};

/* What would change, a list each, in the order in which it is told. */
enum import_list_kind {
    IMPORT_LEAVES,  /* name, address, team: not in the file any more */
    IMPORT_JOINS,   /* name, address, team */
    IMPORT_MOVES,   /* name, address, from, to: who leaves one team and joins another */
    IMPORT_LEADERS, /* team, from, to: names, empty for nobody */
    IMPORT_TEAMS,   /* new ones: team, to: path of the unit */
    IMPORT_PLACED,  /* teams that go to another unit: team, from, to */
    IMPORT_UNITS,   /* new ones: team: the path */
    IMPORT_TALK,    /* no change, but told: teams of the file with 1 to 4 members: team, members */
    IMPORT_LIST_COUNT
};

struct import_line {
    struct slice name, address, team, from, to;
    struct slice from_other, to_other; /* the second of two leaders; empty: one, or none */
    int64_t members;
};

struct import_list {
    struct import_line *lines;
    size_t count;
};

struct import_change; /* one role of one person in one team */
struct import_unit;
struct import_team;
struct import_person;

struct people_import {
    struct people_file file; /* with problems nothing else is set */
    bool only_add;
    int64_t people, new_people, teams; /* in the file; new_people are unknown until now */
    struct import_list lists[IMPORT_LIST_COUNT];
    bool changes_anything;
    uint8_t
        digest[IMPORT_DIGEST_BYTES]; /* of all that would change: another state of things, another digest */

    struct import_unit *new_units; /* parents first */
    size_t new_unit_count;
    struct import_team *all_teams; /* those that are there, then new ones */
    size_t team_count;
    struct import_person *all_people; /* likewise */
    size_t person_count;
    struct import_change *changes; /* by person and team */
    size_t change_count;
};

/* Reads the text as a file and compares it with what the organisation has now. A file with problems is OK, too. */
enum error_code people_import_plan(struct store_session *session, int64_t org, struct slice text,
                                   bool only_add, struct region *region, struct error *error,
                                   struct people_import *ret_import) MUST_CHECK;
/* Inside the write in which it was planned. language: of new people whose row says none. */
enum error_code people_import_write(struct store_session *session, struct application *application,
                                    int64_t org, struct slice language, struct people_import *import,
                                    struct error *error) MUST_CHECK;

/* ---- In words (import_words.c) ----------------------------------------------------------------------- */

/* "3 people join a team". */
struct slice import_list_title(enum import_list_kind kind, size_t count, enum language language,
                               struct region *region);
/* Who or what a line is about, and what becomes of it. */
void import_line_words(enum import_list_kind kind, const struct import_line *line, enum language language,
                       struct region *region, struct slice *ret_subject, struct slice *ret_change);

#endif

/* All that is kept about one person: what it is, giving it out as a file, deleting it. Each table with a person in it is a
 * row of MY_DATA; tests/people/test_my_data.c compares them with the schema, so that a table that is added later cannot be
 * forgotten by the list, the file or the deletion. Uses: org, people.
 *
 * Answers and comments are in no row: nobody knows whose they are. */
#ifndef HECHT_PEOPLE_MY_DATA_H
#define HECHT_PEOPLE_MY_DATA_H

#include "people/people.h"

/* What a deletion does with the rows of a person. */
enum my_data_fate {
    MY_DATA_GOES = 1,
    MY_DATA_UNNAMED, /* the row stays for others and says "somebody" */
    MY_DATA_NUMBER_STAYS, /* the row stays, with a number that no name belongs to any more: it was counted or signed */
};

enum my_data_type { MY_DATA_TEXT = 1, MY_DATA_INTEGER, MY_DATA_FLAG, MY_DATA_MOMENT, MY_DATA_DAY };
enum { MY_DATA_COLUMNS_MAXIMUM = 8 };

struct my_data_column {
    const char *name; /* in the file */
    enum my_data_type type;
};

/* The page tells of tables that belong together in one breath. */
enum my_data_subject {
    MY_DATA_PERSON = 0,
    MY_DATA_ROLES,
    MY_DATA_SIGNIN,
    MY_DATA_DEVICES,
    MY_DATA_MAIL,
    MY_DATA_LISTS,
    MY_DATA_FORMS,
    MY_DATA_LED,
    MY_DATA_GUESSES,
    MY_DATA_PROMISES,
    MY_DATA_ACTS,
    MY_DATA_SUBJECTS,
};

struct my_data_table {
    const char *table;
    const char *person; /* the column that says who; "" when another table says it */
    enum my_data_subject subject;
    enum my_data_fate fate;
    const struct statement
        *read; /* $1 organisation, $2 person; the columns below. Secrets and their hashes are not read */
    const struct statement *end; /* NULL: MY_DATA_NUMBER_STAYS */
    struct my_data_column columns[MY_DATA_COLUMNS_MAXIMUM];
};

extern const struct my_data_table MY_DATA[];
extern const size_t MY_DATA_COUNT;

/* How many rows there are of each subject. */
enum error_code my_data_count(struct store_session *session, int64_t org, int64_t person, struct error *error,
                              int64_t ret_counts[static MY_DATA_SUBJECTS]) MUST_CHECK;
/* One JSON document, described in docs/my-data.md. answers: a sentence that says why there are none in it. */
enum error_code my_data_export(struct store_session *session, int64_t org, int64_t person, int64_t now,
                               struct slice answers, struct region *region, struct error *error,
                               struct buffer *out) MUST_CHECK;

/* Inside a write: the person and all of the above. ERROR_NOT_FOUND, reason "person-unknown"; ERROR_CONFLICT, reason
 * "last-owner": nobody would look after the organisation. */
enum error_code my_data_delete(struct store_session *session, int64_t org, int64_t person,
                               struct error *error) MUST_CHECK;
/* Is this the only owner? */
enum error_code my_data_last_owner(struct store_session *session, int64_t org, int64_t person,
                                   struct error *error, bool *ret_last) MUST_CHECK;

/* Inside a write, for owners: as my_data_delete, and only somebody who has no role and asks for none any more.
 * ERROR_CONFLICT, reason "person-has-role". */
enum error_code my_data_delete_left(struct store_session *session, int64_t org, int64_t person,
                                    struct error *error) MUST_CHECK;
enum { MY_DATA_LEFT_MAXIMUM = 200 };
/* Those, by name; *ret_total may be more than are listed. */
enum error_code my_data_left(struct store_session *session, int64_t org, struct region *region,
                             struct error *error, struct person ret_people[static MY_DATA_LEFT_MAXIMUM],
                             size_t *ret_count, int64_t *ret_total) MUST_CHECK;

#endif

/* Roles of people who stand apart: a confidant, whom members can talk to; an auditor; and a seat of the works council. They
 * read settings, records and who has which role; none of them gives results, and none answers. A person may be a member or
 * a leader, too, but not an owner or a deputy: nobody looks over the own shoulder. Every change of a role in the organisation is kept, and
 * owners, auditors and the works council read it. Uses: people. */
#ifndef HECHT_PEOPLE_SEAT_H
#define HECHT_PEOPLE_SEAT_H

#include "people/people.h"

enum seat { SEAT_NONE = 0, SEAT_CONFIDANT, SEAT_AUDITOR, SEAT_COUNCIL, SEATS };
enum { SEAT_HOLDERS_MAXIMUM = 100, CONFIDANTS_SHOWN_MAXIMUM = 10, ROLE_CHANGES_MAXIMUM = 200 };

struct seat_holder {
    struct person person;
    enum seat seat;
    int64_t since;
};

struct role_change {
    struct slice role;      /* "owner", "viewer", "deputy", or the name of a seat */
    struct slice team_name; /* of a deputy */
    struct slice person_name;
    struct slice
        by_name; /* empty: the provider of sign-ins, or the first set-up; of a deputy: the end came by itself */
    bool given; /* false: taken */
    int64_t changed_at;
};

struct slice seat_name(enum seat seat); /* "confidant" */
enum seat seat_from_name(struct slice name);

enum error_code seats_of_person(struct store_session *session, int64_t org, int64_t person,
                                struct error *error, bool ret_held[static SEATS]) MUST_CHECK;
/* By seat, then by name. */
enum error_code seat_list(struct store_session *session, int64_t org, struct region *region,
                          struct error *error, struct seat_holder **ret_holders,
                          size_t *ret_count) MUST_CHECK;
/* Whom the people of a team can talk to, by name: never the one who leads it. */
enum error_code seat_confidants(struct store_session *session, int64_t org, int64_t team,
                                struct region *region, struct error *error, struct person **ret_confidants,
                                size_t *ret_count) MUST_CHECK;
/* The newest first. */
enum error_code role_changes(struct store_session *session, int64_t org, struct region *region,
                             struct error *error, struct role_change **ret_changes,
                             size_t *ret_count) MUST_CHECK;

/* Inside a write. The same a second time changes nothing. ERROR_CONFLICT, reasons "seat-owner", "seat-deputy"; ERROR_LIMIT, "seats-many";
 * ERROR_INPUT, "seat-unknown". */
enum error_code seat_give(struct store_session *session, int64_t org, int64_t person, enum seat seat,
                          int64_t by, int64_t now, struct error *error) MUST_CHECK;
enum error_code seat_take(struct store_session *session, int64_t org, int64_t person, enum seat seat,
                          int64_t by, int64_t now, struct error *error) MUST_CHECK;
/* Inside a write: deputy.h alone says so. by 0: nobody. */
enum error_code role_change_note_deputy(struct store_session *session, int64_t org, int64_t team, bool given,
                                        int64_t person, int64_t by, int64_t now,
                                        struct error *error) MUST_CHECK;
/* Inside a write: people_give_org_role and people_end_viewer, and a word about it where something changed. by 0: nobody.
 * ERROR_CONFLICT, reason "owner-has-seat". */
enum error_code role_give(struct store_session *session, int64_t org, int64_t person, enum org_role role,
                          int64_t by, int64_t now, struct error *error) MUST_CHECK;
enum error_code role_end_viewer(struct store_session *session, int64_t org, int64_t person, int64_t by,
                                int64_t now, struct error *error) MUST_CHECK;

#endif

/* Who of the organisation has had no mail yet by which they can come in, and whose mail server refuses theirs. Uses: org,
 * mail, people. */
#ifndef HECHT_PEOPLE_INVITE_H
#define HECHT_PEOPLE_INVITE_H

#include "people/people.h"

enum { INVITE_NAMES_MAXIMUM = 30, REFUSED_MAXIMUM = 50 };

/* Persons with a role who got no link by mail, are not about to, have no session, and neither stopped mail nor have an
 * address that is refused. */
enum error_code invite_count(struct store_session *session, int64_t org, struct error *error,
                             int64_t *ret_count) MUST_CHECK;
/* The first INVITE_NAMES_MAXIMUM of them, by name. */
enum error_code invite_names(struct store_session *session, int64_t org, struct region *region,
                             struct error *error, struct person **ret_people, size_t *ret_count) MUST_CHECK;
/* Inside a write: an invitation for each of them. */
enum error_code invite_all(struct store_session *session, int64_t org, int64_t now,
                           struct error *error) MUST_CHECK;

/* Invitations that wait for the mail server. */
enum error_code invite_waiting(struct store_session *session, int64_t org, struct error *error,
                               int64_t *ret_count) MUST_CHECK;

struct refused {
    struct person person;
    int64_t code, on; /* of the server; the begin of the day */
};
enum error_code invite_refused(struct store_session *session, int64_t org, struct region *region,
                               struct error *error, struct refused **ret_refused,
                               size_t *ret_count) MUST_CHECK;
/* Inside a write: another invitation for each of those. */
enum error_code invite_refused_again(struct store_session *session, int64_t org, int64_t now,
                                     struct error *error) MUST_CHECK;

#endif

/* Coming in without mail or account. A join link of a team lets anybody ask; who looks after the team's list (an
 * owner, or its leader) says yes or no. A card lets in one person, once, and nobody keeps who used which.
 * Uses: people.
 *
 * Whoever comes in this way has no address: the browser that was used is the way back (web_session_create). */
#ifndef HECHT_PEOPLE_JOIN_H
#define HECHT_PEOPLE_JOIN_H

#include "people/people.h"

enum {
    JOIN_LINK_SECONDS = 30 * DAY_SECONDS,
    JOIN_CARD_SECONDS = 90 * DAY_SECONDS,
    JOIN_REQUESTS_MAXIMUM = 200,   /* of a team, that wait */
    JOIN_CARDS_MAXIMUM = 200,      /* of a team, that are not used */
    JOIN_WORDS_LENGTH = 6 * 6 - 1, /* six words, 96 bits */
};

/* As it was typed, with whatever between the words: in small letters with hyphens. Empty: these are no six words. */
struct slice join_words_read(struct slice typed, struct region *region);

/* ---- For whoever looks after a team's list; changes inside a write --------------------------------------- */

struct join_state {
    struct slice words; /* empty: there is no link */
    int64_t link_expires;
    int64_t cards_open, cards_used; /* of those that are not too old */
};
enum error_code join_state_load(struct store_session *session, int64_t org, int64_t team, int64_t now,
                                struct region *region, struct error *error,
                                struct join_state *ret_state) MUST_CHECK;
/* Replaces the team's link. */
enum error_code join_link_make(struct store_session *session, struct application *application, int64_t org,
                               int64_t team, struct error *error) MUST_CHECK;
enum error_code join_link_end(struct store_session *session, int64_t org, int64_t team,
                              struct error *error) MUST_CHECK;
/* The words of `count` new cards, kept nowhere else. ERROR_LIMIT, reason "cards-many". */
enum error_code join_cards_make(struct store_session *session, struct application *application, int64_t org,
                                int64_t team, size_t count, struct region *region, struct error *error,
                                struct slice **ret_words) MUST_CHECK;
/* Those that nobody used. */
enum error_code join_cards_end(struct store_session *session, int64_t org, int64_t team,
                               struct error *error) MUST_CHECK;

struct join_asker {
    struct person person;
    int64_t asked_at;
    bool doubled; /* the leader, a member or another who asks has the same name */
};
enum error_code join_askers(struct store_session *session, int64_t org, int64_t team, struct region *region,
                            struct error *error, struct join_asker **ret_askers,
                            size_t *ret_count) MUST_CHECK;
enum error_code join_asker_count(struct store_session *session, int64_t org, int64_t team,
                                 struct error *error, int64_t *ret_count) MUST_CHECK;
/* ERROR_NOT_FOUND, reason "join-asker-gone": nobody of that id waits any more. */
enum error_code join_accept(struct store_session *session, struct application *application, int64_t org,
                            int64_t team, int64_t person, struct error *error) MUST_CHECK;
/* Of somebody who came by the link alone nothing is kept. */
enum error_code join_refuse(struct store_session *session, int64_t org, int64_t team, int64_t person,
                            struct error *error) MUST_CHECK;

/* ---- For whoever comes in -------------------------------------------------------------------------------- */

struct join_door {
    int64_t org, team;
    bool card;
};
/* words: as join_words_read has them. ERROR_GONE, reason "join-over": no such link or card, too old, or used. */
enum error_code join_look(struct store_session *session, struct slice words, int64_t now, struct error *error,
                          struct join_door *ret_door) MUST_CHECK;
/* Inside a write. *person 0: somebody new with this name (ERROR_INPUT, reason "person-name"); it becomes the id. A card makes a
 * member at once, a link an asker; whoever has a role in the team already stays what they are and spends no card.
 * ERROR_LIMIT, reason "join-many": too many wait. ERROR_DENIED, reason "join-elsewhere": the person is of another
 * organisation. */
enum error_code join_enter(struct store_session *session, struct application *application, struct slice words,
                           int64_t person_org, struct slice name, struct slice language, struct error *error,
                           struct join_door *ret_door, int64_t *person) MUST_CHECK;
/* Teams that a person asked to join. */
enum error_code join_asked(struct store_session *session, int64_t org, int64_t person, struct region *region,
                           struct error *error, struct slice **ret_names, size_t *ret_count) MUST_CHECK;
/* Deletes links, cards and questions (after JOIN_LINK_SECONDS) that are too old. */
enum error_code join_clean_up(struct store_session *session, int64_t now, struct error *error) MUST_CHECK;

#endif

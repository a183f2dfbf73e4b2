/* Rounds: opening, what is open for whom, closing by the clock or by hand. Uses: org, people, promise.
 *
 * A round belongs to the organisation; each team with members has its own part with its own key, descriptor and
 * roster, fixed at the opening. States of a team's part:
 *     open -> closed                    at closes_at, with k answers or more
 *     open -> extended -> closed        once, at extended_at, when fewer than k had answered
 * The round is closed when its last part is. Closing by hand closes all parts at once. */
#ifndef HECHT_PULSE_ROUND_H
#define HECHT_PULSE_ROUND_H

#include "people/people.h"
#include "privacy/protocol.h"
#include "promise/promise.h"
#include "pulse/instrument.h"

#define PROMISE_ITEM S("promise")
enum { ROUNDS_MAXIMUM = 2000 };

struct round {
    int64_t number;
    bool full, imported, closed;
    int64_t opens_at, closes_at, extended_at, closed_at;
};

struct team_round {
    int64_t org, round_number, team;
    uint8_t rid[32];
    struct slice descriptor; /* canonical bytes */
    int64_t leader;
    int64_t roster_count;
    int64_t promise; /* 0: none */
    bool open, extended, guess_shown;
    bool logged; /* its opening is in the team's log; not so for rounds of before there was one */
    int64_t opens_at, closes_at; /* closes_at: the moment that counts now, extension included */
    struct slice sealed_private_key, sealed_data_key;
    struct slice log_seed_sealed; /* of the organisation, for receipts */
};

/* Opens the next round of the organisation for every team with members. ERROR_CONFLICT, reason "round-open",
 * while one is open; ERROR_INPUT, reason "no-teams", when no team has members. Makes one RSA key a team. */
enum error_code round_open(struct application *application, int64_t org, bool full, struct region *region,
                           struct error *error, int64_t *ret_number) MUST_CHECK;
/* By the clock: closes or extends what is due in this organisation. */
enum error_code round_close_due(struct application *application, int64_t org, struct region *region,
                                struct error *error) MUST_CHECK;
/* By hand: closes the open round now. ERROR_NOT_FOUND, reason "no-round-open". */
enum error_code round_close_now(struct application *application, int64_t org, struct region *region,
                                struct error *error) MUST_CHECK;
/* How many keys the next round will need, when it opens by the clock within ROUND_KEYS_AHEAD_SECONDS; else 0. */
enum { ROUND_KEYS_AHEAD_SECONDS = 15 * MINUTE_SECONDS };
enum error_code round_keys_ahead(struct store_session *session, int64_t org, int64_t now, struct error *error,
                                 int64_t *ret_count) MUST_CHECK;
/* Opens the next round when its time has come and none is open. ret_opened may be NULL. */
enum error_code round_open_due(struct application *application, int64_t org, struct region *region,
                               struct error *error, bool *ret_opened) MUST_CHECK;

/* Inside a write: how often a round opens by the clock, and when the next one does (0: not planned). */
enum error_code round_set_rhythm(struct store_session *session, int64_t org, int64_t rhythm_days,
                                 int64_t next_opens_at, struct error *error) MUST_CHECK;

enum error_code round_latest(struct store_session *session, int64_t org, struct error *error, bool *ret_found,
                             struct round *ret_round) MUST_CHECK;
/* Oldest first. */
enum error_code round_list(struct store_session *session, int64_t org, struct region *region,
                           struct error *error, struct round **ret_rounds, size_t *ret_count) MUST_CHECK;
/* By rid. ERROR_NOT_FOUND, reason "round-unknown". */
enum error_code team_round_by_rid(struct store_session *session, const uint8_t rid[32], struct region *region,
                                  struct error *error, struct team_round *ret_team_round) MUST_CHECK;
/* A team's newest part, open or closed. */
enum error_code team_round_latest(struct store_session *session, int64_t org, int64_t team, bool open_only,
                                  struct region *region, struct error *error, bool *ret_found,
                                  struct team_round *ret_team_round) MUST_CHECK;
/* One part of a round. ERROR_NOT_FOUND, reason "round-unknown". */
enum error_code team_round_load(struct store_session *session, int64_t org, int64_t team,
                                int64_t round_number, struct region *region, struct error *error,
                                struct team_round *ret_team_round) MUST_CHECK;
/* May this person answer? (in the roster fixed at the opening) */
enum error_code roster_has(struct store_session *session, const struct team_round *team_round, int64_t person,
                           struct error *error, bool *ret_has) MUST_CHECK;
/* The part that this member may ask a token for. ERROR_NOT_FOUND "round-unknown" (also one of another organisation),
 * ERROR_DENIED "not-in-roster", ERROR_GONE "round-closed". */
enum error_code team_round_for_member(struct store_session *session, int64_t org, int64_t person,
                                      const uint8_t rid[32], struct region *region, struct error *error,
                                      struct team_round *ret_team_round) MUST_CHECK;
/* The open parts in whose roster the person stands. */
enum error_code team_rounds_open_for(struct store_session *session, int64_t org, int64_t person,
                                     struct region *region, struct error *error,
                                     struct team_round **ret_parts, size_t *ret_count) MUST_CHECK;

/* Inside a write: by the database and by the clock. A round that is due but not closed yet takes nothing any more; in the
 * minutes between closes_at and the extension nothing is lost, since the same message may be sent again. ERROR_NOT_FOUND
 * "round-unknown", ERROR_GONE "round-closed". */
enum error_code round_check_open(struct store_session *session, const struct application *application,
                                 const uint8_t rid[32], struct error *error) MUST_CHECK;

/* Keys of an open part: wrapped by the installation's key, and unwrapped. */
enum error_code team_round_seal_keys(struct application *application, const uint8_t rid[32],
                                     struct slice private_key, const struct seal_key *data_key,
                                     struct region *region, struct error *error,
                                     struct slice *ret_private_key, struct slice *ret_data_key) MUST_CHECK;
enum error_code team_round_private_key(const struct application *application,
                                       const struct team_round *team_round, struct region *region,
                                       struct error *error, struct blind_key **ret_key) MUST_CHECK;
enum error_code team_round_data_key(const struct application *application,
                                    const struct team_round *team_round, struct region *region,
                                    struct error *error, struct seal_key *ret_key) MUST_CHECK;

#endif

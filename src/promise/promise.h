/* Promises: what a leader says to do because of a result, by when; the next round asks the team whether it
 * happened. Who stands in for a leader promises, too, and it stands there as that. Uses: org, people.
 *
 * States: made -> asked (the next round carries its text) -> answered (that round's counts of the item
 * "promise"). One promise for each result of a team. It is about an act, never a score of a person. */
#ifndef HECHT_PROMISE_PROMISE_H
#define HECHT_PROMISE_PROMISE_H

#include "people/people.h"

enum { PROMISE_TEXT_MAXIMUM = 300, PROMISE_DUE_DAYS_MAXIMUM = 366, PROMISES_SHOWN_MAXIMUM = 100 };

/* Answers to the promise question, in the order of the options. */
enum promise_answer { PROMISE_YES = 1, PROMISE_PARTLY, PROMISE_NO, PROMISE_NOT_SEEN, PROMISE_ANSWERS = 4 };

/* What the team said, in words only: never who, never exact numbers of a small team. */
enum promise_outcome {
    PROMISE_OPEN = 0,   /* not asked yet, or the round that asks is open */
    PROMISE_MOSTLY_YES, /* more than half of the answers */
    PROMISE_MOSTLY_PARTLY,
    PROMISE_MOSTLY_NO,
    PROMISE_MOSTLY_NOT_SEEN,
    PROMISE_DIVIDED, /* no option has more than half */
    PROMISE_TOO_FEW,
};

struct promise {
    int64_t id;
    int64_t round_number; /* whose result it answers */
    int64_t person;
    struct slice person_name;
    bool by_deputy; /* by who stood in for the leader */
    struct slice text;
    int64_t due_at, made_at;
    int64_t asked_in_round; /* 0: not asked yet */
    enum promise_outcome outcome;
};

/* Inside a write. text: one line, at most 300 bytes; due_at: from now to a year ahead. ERROR_CONFLICT, reason
 * "promise-made-already", for a second one after the same result. */
enum error_code promise_make(struct store_session *session, struct application *application, int64_t org,
                             int64_t team, int64_t round_number, int64_t person, bool by_deputy,
                             struct slice text, int64_t due_at, struct error *error,
                             int64_t *ret_promise) MUST_CHECK;
/* The promise that the next round must ask about: the newest that no round asked. ret_found false when none.
 */
enum error_code promise_to_ask(struct store_session *session, int64_t org, int64_t team,
                               struct region *region, struct error *error, bool *ret_found,
                               struct promise *ret_promise) MUST_CHECK;
/* The newest closed round of the team: its result is what a new promise answers. */
enum error_code promise_round(struct store_session *session, int64_t org, int64_t team, struct error *error,
                              bool *ret_found, int64_t *ret_round) MUST_CHECK;
/* Newest first, with what the team said. */
enum error_code promise_list(struct store_session *session, int64_t org, int64_t team, struct region *region,
                             struct error *error, struct promise **ret_promises,
                             size_t *ret_count) MUST_CHECK;
/* Looks at the counts of the four answers; total below k is PROMISE_TOO_FEW. */
enum promise_outcome promise_outcome_of(const int64_t counts[PROMISE_ANSWERS], int64_t k);

#endif

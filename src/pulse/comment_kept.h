/* What is left of comments: at the close, for whom, for how long, and taken away by whom. Uses: round, bodies.
 *
 * Kept only when COMMENT_ANSWERS_MINIMUM people (and k) answered, in an order that is random; otherwise nothing is. They
 * are shown to those who were in the roster of that round and to its leader, nobody else, and are in no export. */
#ifndef HECHT_PULSE_COMMENT_KEPT_H
#define HECHT_PULSE_COMMENT_KEPT_H

#include "pulse/round.h"

enum {
    COMMENT_ANSWERS_MINIMUM = 10,
    COMMENT_KEPT_DAYS = 365,
    COMMENT_ID_BYTES = 16,
    COMMENTS_LISTED_MAXIMUM = 1000,
};

/* Inside the closing transaction; answers: how many counted. */
enum error_code comments_close(struct store_session *session, struct application *application,
                               const struct team_round *round, int64_t answers, struct region *region,
                               struct error *error) MUST_CHECK;
/* Inside the closing transaction: sealed bodies and tokens go. */
enum error_code comments_forget(struct store_session *session, const struct team_round *round,
                                struct error *error) MUST_CHECK;

/* A comment, or that one was taken away. */
struct kept_comment {
    int64_t round_number, round_closed;
    uint8_t id[COMMENT_ID_BYTES];
    struct slice text;
    bool removed;
    struct slice removed_by; /* the person's name */
    int64_t removed_at;
};

/* What this person may see of the team: newest round first, removals after the comments of their round. */
enum error_code comments_list(struct store_session *session, int64_t org, int64_t team, int64_t person,
                              struct region *region, struct error *error, struct kept_comment **ret_comments,
                              size_t *ret_count) MUST_CHECK;
/* Of the team's newest closed round, for this person. */
enum error_code comments_count(struct store_session *session, int64_t org, int64_t team, int64_t person,
                               struct error *error, int64_t *ret_count) MUST_CHECK;
/* Inside a write. ERROR_NOT_FOUND, reason "comment-unknown", also for one that this person may not see. */
enum error_code comment_remove(struct store_session *session, int64_t org, int64_t team, int64_t person,
                               const uint8_t id[static COMMENT_ID_BYTES], int64_t now,
                               struct error *error) MUST_CHECK;
/* Inside a write, by the job: what was kept long enough goes. */
enum error_code comments_clean_up(struct store_session *session, int64_t now, struct error *error) MUST_CHECK;

#endif

/* Mail about rounds. What it says and when follows from the round and its roster alone: whether somebody has answered is
 * not looked at, so that it cannot show. Uses: org, mail, people, pulse. */
#ifndef HECHT_PULSE_ROUND_MAIL_H
#define HECHT_PULSE_ROUND_MAIL_H

#include "mail/mail.h"
#include "pulse/round.h"

/* When a round that opens and closes at these moments reminds; 0: not, the round is too short. */
struct round_reminders {
    int64_t middle, last;
};
struct round_reminders round_reminders_plan(const struct mail_hours *hours, const struct zone *zone,
                                            int64_t opens, int64_t closes);

/* Inside the write that opens the round, once its rosters are written: a mail about the opening and the reminders for
 * everybody in a roster. Each ends when the next begins, so that a mail server that was away is no reason for two at
 * once. Nothing happens where no mail leaves. */
enum error_code round_mail_opened(struct store_session *session, const struct application *application,
                                  int64_t org, const struct round *round, struct region *region,
                                  struct error *error) MUST_CHECK;
/* Inside the write that closes a team's part: the result is there, for its roster and its leader. */
enum error_code round_mail_closed(struct store_session *session, const struct application *application,
                                  int64_t org, int64_t round, int64_t team, int64_t leader,
                                  struct error *error) MUST_CHECK;

/* What a mail tells of a round to a person in its rosters. */
struct round_facts {
    bool open;         /* at least one part in whose roster the person stands */
    int64_t closes_at; /* the last of those */
    int64_t questions; /* of all of those */
};
enum error_code round_mail_facts(struct store_session *session, int64_t org, int64_t person, int64_t round,
                                 int64_t now, struct region *region, struct error *error,
                                 struct round_facts *ret_facts) MUST_CHECK;

#endif

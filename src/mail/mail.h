/* Mail: what is still to be sent, to whom not, at which hours, and how a letter looks. Uses: org.
 *
 * A row of the outbox is written in the transaction of the event that causes it, and sent by src/job/mail_job.c outside of
 * any. It says who, what and until when, never a link, and nothing in it follows from an answer: reminders go to everybody
 * alike. States: waiting -> claimed by one process for some minutes -> sent, refused or over, which is the end of the row. */
#ifndef HECHT_MAIL_MAIL_H
#define HECHT_MAIL_MAIL_H

#include "org/org.h"

enum mail_kind {
    MAIL_SIGNIN = 1, /* asked for on the sign-in page: at once, and also to who wants no other mail */
    MAIL_INVITATION, /* by an owner: at once */
    MAIL_ROUND_OPEN, /* from here on: at the hours of the organisation */
    MAIL_ROUND_MIDDLE,
    MAIL_ROUND_LAST,
    MAIL_ROUND_RESULT,
    MAIL_DIGEST, /* weekly, for who asked for it; the same hours */
};

enum {
    MAIL_BATCH = 20,
    MAIL_CLAIM_SECONDS = 10 * MINUTE_SECONDS,
    /* A claim that ends within this is not used any more: another process may take the row then. */
    MAIL_CLAIM_MARGIN_SECONDS = 2 * MINUTE_SECONDS,
    MAIL_ATTEMPTS_MAXIMUM = 12,
    MAIL_SIGNIN_SECONDS = 30 * MINUTE_SECONDS, /* later nobody waits for it any more */
    MAIL_KEPT_SECONDS = 7 * DAY_SECONDS,       /* invitation, result */
    MAIL_ASKED_AN_HOUR = 5,
};

/* ---- Outbox ------------------------------------------------------------------------------------------------- */

struct mail {
    int64_t org, person, round; /* round 0: about none */
    enum mail_kind kind;
    int64_t due_at, over_at; /* not before, and of no use from then on */
    int64_t claimed_until, attempts;
};

/* What the database calls it: "round-open". */
struct slice mail_kind_text(enum mail_kind kind);
bool mail_is_about_round(enum mail_kind kind);

/* Inside a write. What waits already stays as it is. */
enum error_code outbox_add(struct store_session *session, const struct mail *mail,
                           struct error *error) MUST_CHECK;
/* Organisations for which something is due. */
enum error_code outbox_orgs_due(struct store_session *session, int64_t now, struct region *region,
                                struct error *error, int64_t **ret_orgs, size_t *ret_count) MUST_CHECK;
/* Inside a write: at most MAIL_BATCH, which are this process's until claimed_until; sign-in links first. rounds: those
 * about rounds, too. */
enum error_code outbox_claim(struct store_session *session, int64_t org, bool rounds, int64_t now,
                             struct error *error, struct mail ret_mails[static MAIL_BATCH],
                             size_t *ret_count) MUST_CHECK;
/* Inside a write, of a claimed one: sent, or of no use. */
enum error_code outbox_end(struct store_session *session, const struct mail *mail,
                           struct error *error) MUST_CHECK;
/* Inside a write, of a claimed one: waits until its time again. attempts and due_at are those of *mail. */
enum error_code outbox_put_back(struct store_session *session, const struct mail *mail,
                                struct error *error) MUST_CHECK;
/* When it is tried again after so many attempts: minutes first, hours later. */
int64_t outbox_wait(int64_t attempts);
/* Inside a write: the round is closed, nobody is to be asked to answer any more. */
enum error_code outbox_forget_round(struct store_session *session, int64_t org, int64_t round,
                                    struct error *error) MUST_CHECK;
/* Inside a write: what is over goes. */
enum error_code outbox_clean_up(struct store_session *session, int64_t now, struct error *error) MUST_CHECK;

/* ---- Recipients --------------------------------------------------------------------------------------------- */

struct mail_recipient {
    bool invited;         /* a mail with a link was taken by the server of this address */
    bool stopped;         /* wants sign-in links only */
    bool digest;          /* wants a mail a week */
    int64_t refused_code; /* by which the server of this address refused the last one; 0: it did not */
    int64_t refused_on;   /* the begin of that day */
};

enum error_code mail_recipient_load(struct store_session *session, int64_t org, int64_t person,
                                    struct error *error, struct mail_recipient *ret_recipient) MUST_CHECK;
/* Inside a write. */
enum error_code mail_recipient_set_stopped(struct store_session *session, int64_t org, int64_t person,
                                           bool stopped, struct error *error) MUST_CHECK;
/* Inside a write: the server of the address took a mail, with which the person can come in, or refused it. */
enum error_code mail_recipient_took(struct store_session *session, int64_t org, int64_t person,
                                    struct error *error) MUST_CHECK;
enum error_code mail_recipient_refused(struct store_session *session, int64_t org, int64_t person, int code,
                                       int64_t now, struct error *error) MUST_CHECK;
/* Inside a write: a mail that was taken came back, and may come through later. Nothing stops. */
enum error_code mail_recipient_bounced(struct store_session *session, int64_t org, int64_t person,
                                       struct error *error) MUST_CHECK;
/* Everybody whose address refuses mail, and since when. */
struct mail_refusal {
    int64_t person, on;
};
enum { MAIL_REFUSALS_MAXIMUM = 2000 };
enum error_code mail_refusals(struct store_session *session, int64_t org, struct region *region,
                              struct error *error, struct mail_refusal **ret_refusals,
                              size_t *ret_count) MUST_CHECK;
/* Inside a write: counts one link asked for; *ret_may is false when there were MAIL_ASKED_AN_HOUR within an hour. */
enum error_code mail_recipient_ask(struct store_session *session, int64_t org, int64_t person, int64_t now,
                                   struct error *error, bool *ret_may) MUST_CHECK;

/* ---- A mail a week (digest.c) ---------------------------------------------------------------------------------- */

struct mail_week {
    int64_t monday;      /* days since 1970 */
    int64_t saturday_at; /* seconds: what was not sent by then is not sent */
};
struct mail_week mail_week_of(const struct zone *zone, int64_t now);
/* Inside a write. The first one comes in the week after `monday`. */
enum error_code mail_digest_set(struct store_session *session, int64_t org, int64_t person, bool on,
                                int64_t monday, struct error *error) MUST_CHECK;
/* Organisations in some of whose time zones a week may have begun for which it was not planned. */
enum error_code mail_digest_orgs(struct store_session *session, int64_t now, struct region *region,
                                 struct error *error, int64_t **ret_orgs, size_t *ret_count) MUST_CHECK;
enum error_code mail_digest_due(struct store_session *session, int64_t org, const struct mail_week *week,
                                struct error *error, bool *ret_due) MUST_CHECK;
/* Inside a write: one mail for each who wants one, once a week. */
enum error_code mail_digest_plan(struct store_session *session, int64_t org, const struct mail_week *week,
                                 int64_t now, struct error *error) MUST_CHECK;

/* The end of the address by which a person stops mail without signing in: made from the installation's key, so nothing is
 * kept, and the same in every mail. */
struct slice mail_stop_token(const struct application *application, int64_t org, int64_t person,
                             struct region *region);
/* ERROR_NOT_FOUND, reason "mail-stop-unknown". */
enum error_code mail_stop_read(const struct application *application, struct slice token, struct error *error,
                               int64_t *ret_org, int64_t *ret_person) MUST_CHECK;

/* ---- Hours -------------------------------------------------------------------------------------------------- */

struct mail_hours {
    struct slice time_zone; /* empty: that of the machine */
    int64_t from, until;    /* hours of the day, 0 <= from < until <= 24 */
    bool weekends;
};

enum error_code mail_hours_load(struct store_session *session, int64_t org, struct region *region,
                                struct error *error, struct mail_hours *ret_hours) MUST_CHECK;
/* Inside a write. ERROR_INPUT, reasons "mail-hours", "zone-unknown". */
enum error_code mail_hours_save(struct store_session *session, int64_t org, const struct mail_hours *hours,
                                struct region *region, struct error *error) MUST_CHECK;
/* The zone of the hours; that of the machine when the system does not know it any more. */
const struct zone *mail_hours_zone(const struct mail_hours *hours, struct region *region);
/* The first moment, not before the given one, at which mail about rounds may leave. */
int64_t mail_hours_next(const struct mail_hours *hours, const struct zone *zone, int64_t seconds);

#endif

#include "job/mail_job.h"

#include "job/mail_letters.h"
#include "mail/bounce.h"

enum {
    PASS_REGION = 4 << 20,
    BATCH_REGION = 16 << 20,
    TROUBLE_SECONDS = MINUTE_SECONDS,
    TROUBLE_SECONDS_MOST = 15 * MINUTE_SECONDS,
    CODE_NO_ANSWER = 400, /* noted of an address whose server never said no, and never took the mail either */
    CODE_NO_ADDRESS = 553, /* what a server would say */
};

/* A claimed mail, ready to go. */
struct ready {
    struct mail mail;
    struct slice token; /* of its sign-in link; empty until it has one */
    struct smtp_message message;
};

struct batch {
    struct mail_sender *sender;
    int64_t org;
    struct region *region;
    struct ready ready[MAIL_BATCH];
    size_t count, claimed; /* results of the claim: to be sent, and how many there were */
};

/* ---- Claiming ------------------------------------------------------------------------------------------------- */

struct claiming {
    struct batch *batch;
    struct store_session *session;
    struct error *error;
    struct org org;
    const struct zone *zone;
    int64_t now;
};

/* Is there still a reason for this mail? */
static enum error_code is_wanted(const struct claiming *claiming, const struct mail *mail,
                                 const struct round_facts *round, bool *ret_wanted)
{
    struct mail_recipient recipient;
    TRY(mail_recipient_load(claiming->session, mail->org, mail->person, claiming->error, &recipient));
    bool asks_to_answer = mail_is_about_round(mail->kind) && mail->kind != MAIL_ROUND_RESULT;
    bool digest = mail->kind == MAIL_DIGEST;
    bool refused = recipient.refused_code != 0 && (mail_is_about_round(mail->kind) || digest);
    *ret_wanted =
        mail->kind == MAIL_SIGNIN ||
        (!recipient.stopped && !refused && (!asks_to_answer || round->open) && (!digest || recipient.digest));
    return OK;
}

static int64_t link_until(const struct claiming *claiming, const struct mail *mail,
                          const struct round_facts *round)
{
    if (mail->kind == MAIL_SIGNIN)
        return claiming->now + SIGNIN_LINK_ASKED_SECONDS;
    return round->open ? round->closes_at : claiming->now + MAIL_KEPT_SECONDS;
}

static enum error_code write_message(const struct claiming *claiming, const struct person *person,
                                     const struct round_facts *round, const struct digest *digest,
                                     struct ready *ready)
{
    const struct mail_sender *sender = claiming->batch->sender;
    struct region *region = claiming->batch->region;
    int64_t until = link_until(claiming, &ready->mail, round);
    struct letter letter;
    TRY(signin_link_create(claiming->session, sender->application, claiming->org.id, person->id, false,
                           until - claiming->now, region, claiming->error, &ready->token));
    const struct letter_facts facts = {
        .mail = &ready->mail,
        .org = &claiming->org,
        .person = person,
        .round = round,
        .digest = digest,
        .zone = claiming->zone,
        .url = sender->url,
        .token = ready->token,
        .stop_token = mail_stop_token(sender->application, claiming->org.id, person->id, region),
        .link_until = until,
    };
    letter_make(&facts, region, &letter);
    ready->message = (struct smtp_message){
        .from_name = claiming->org.name,
        .to = person->address,
        .to_name = person->name,
        .subject = letter.subject,
        .id = mail_message_id(sender->application, &ready->mail,
                              slice_from(sender->from, slice_find_byte(sender->from, '@') + 1), region),
        .language = slice_from_text(language_code(letter.language)),
        .unsubscribe = letter.stop,
        .date = claiming->now,
    };
    return letter_write(&letter, region, claiming->error, &ready->message.text, &ready->message.html);
}

static enum error_code prepare(const struct claiming *claiming, const struct mail *mail)
{
    struct batch *batch = claiming->batch;
    struct round_facts round = {0};
    struct digest digest = {0};
    struct person person;
    bool wanted;
    if (mail_is_about_round(mail->kind))
        TRY(round_mail_facts(claiming->session, mail->org, mail->person, mail->round, claiming->now,
                             batch->region, claiming->error, &round));
    TRY(person_load(claiming->session, mail->org, mail->person, batch->region, claiming->error, &person));
    TRY(is_wanted(claiming, mail, &round, &wanted));
    if (wanted && mail->kind == MAIL_DIGEST) {
        TRY(digest_find(claiming->session, mail->org, mail->person, claiming->now, batch->region,
                        claiming->error, &digest));
        wanted = digest.count > 0; /* nothing to say: no mail */
    }
    if (!wanted || slice_find_byte(person.address, '@') == person.address.length) /* who joined without one */
        return outbox_end(claiming->session, mail, claiming->error);
    struct ready *ready = &batch->ready[batch->count];
    *ready = (struct ready){.mail = *mail};
    TRY(write_message(claiming, &person, &round, &digest, ready));
    batch->count++;
    return OK;
}

static enum error_code write_claim(struct store_session *session, void *context, struct error *error)
{
    struct batch *batch = context;
    struct application *application = batch->sender->application;
    struct claiming claiming = {
        .batch = batch, .session = session, .error = error, .now = clock_seconds(application->clock)};
    struct mail mails[MAIL_BATCH];
    struct mail_hours hours;
    region_clear(batch->region);
    batch->count = 0;
    TRY(org_load(session, batch->org, batch->region, error, &claiming.org));
    TRY(mail_hours_load(session, batch->org, batch->region, error, &hours));
    claiming.zone = mail_hours_zone(&hours, batch->region);
    bool rounds = mail_hours_next(&hours, claiming.zone, claiming.now) <= claiming.now;
    TRY(outbox_claim(session, batch->org, rounds, claiming.now, error, mails, &batch->claimed));
    for (size_t i = 0; i < batch->claimed; i++)
        TRY(prepare(&claiming, &mails[i]));
    return OK;
}

/* ---- What became of it ---------------------------------------------------------------------------------------- */

struct outcome {
    const struct mail_sender *sender;
    const struct ready *ready;
    struct mail back; /* as it waits again */
    enum smtp_outcome outcome;
    int code;
};

static enum error_code write_outcome(struct store_session *session, void *context, struct error *error)
{
    const struct outcome *outcome = context;
    const struct mail *mail = &outcome->ready->mail;
    int64_t now = clock_seconds(outcome->sender->application->clock);
    if (outcome->outcome == SMTP_SENT)
        TRY(mail_recipient_took(session, mail->org, mail->person, error));
    else
        TRY(signin_link_forget(session, outcome->ready->token, error));
    if (outcome->outcome == SMTP_REFUSED)
        TRY(mail_recipient_refused(session, mail->org, mail->person, outcome->code, now, error));
    return outcome->outcome == SMTP_SENT || outcome->outcome == SMTP_REFUSED
               ? outbox_end(session, mail, error)
               : outbox_put_back(session, &outcome->back, error);
}

static enum error_code note(const struct mail_sender *sender, const struct ready *ready,
                            const struct smtp_result *result, struct error *error)
{
    struct outcome outcome = {.sender = sender,
                              .ready = ready,
                              .back = ready->mail,
                              .outcome = result->outcome,
                              .code = result->code};
    bool own_fault =
        result->outcome == SMTP_LATER || (result->outcome == SMTP_TROUBLE && result->was_refusing);
    if (own_fault && outcome.back.attempts >= MAIL_ATTEMPTS_MAXIMUM) {
        outcome.outcome = SMTP_REFUSED;
        outcome.code = result->code >= CODE_NO_ANSWER ? result->code : CODE_NO_ANSWER;
    }
    if (own_fault)
        outcome.back.due_at = clock_seconds(sender->application->clock) + outbox_wait(outcome.back.attempts);
    else
        outcome.back.attempts--;
    return store_write(sender->application->store, write_outcome, &outcome, error);
}

static bool is_stopped(const struct mail_sender *sender)
{
    return sender->stop != NULL && *sender->stop;
}

static void keep_quiet(struct mail_sender *sender, const struct smtp_result *result)
{
    int64_t seconds = TROUBLE_SECONDS;
    for (int64_t i = 0; i < sender->troubles && seconds < TROUBLE_SECONDS_MOST; i++)
        seconds *= 2;
    seconds = seconds < TROUBLE_SECONDS_MOST ? seconds : TROUBLE_SECONDS_MOST;
    sender->troubles++;
    sender->quiet_until = clock_seconds(sender->application->clock) + seconds;
    if (is_stopped(sender)) /* it was broken off because the program ends */
        return;
    log_line("hecht: mail waits, and is tried again in %" PRId64 " minutes: %s", seconds / MINUTE_SECONDS,
             result->words);
}

/* *ret_go_on is false after trouble: what is left goes back, as if it had not been claimed. */
static enum error_code send_ready(struct batch *batch, struct error *error, bool *ret_go_on)
{
    struct mail_sender *sender = batch->sender;
    const struct smtp_result not_tried = {.outcome = SMTP_TROUBLE};
    *ret_go_on = true;
    for (size_t i = 0; i < batch->count; i++) {
        struct smtp_result result = not_tried;
        bool late = clock_seconds(sender->application->clock) >
                    batch->ready[i].mail.claimed_until - MAIL_CLAIM_MARGIN_SECONDS;
        if (*ret_go_on && !late && !is_stopped(sender)) {
            enum error_code code = sender->send(sender->context, &batch->ready[i].message, error, &result);
            if (code == ERROR_INPUT) /* an address that no mail can be sent to */
                result = (struct smtp_result){.outcome = SMTP_REFUSED, .code = CODE_NO_ADDRESS};
            else
                TRY(code);
            if (result.outcome == SMTP_TROUBLE) {
                keep_quiet(sender, &result);
                *ret_go_on = false;
            } else {
                sender->troubles = 0;
            }
        }
        if (!late) /* whose it is then, nobody knows */
            TRY(note(sender, &batch->ready[i], &result, error));
    }
    *ret_go_on = *ret_go_on && !is_stopped(sender);
    return OK;
}

/* ---- A pass --------------------------------------------------------------------------------------------------- */

struct granting {
    struct application *application;
    struct region *region;
    size_t count;
};

static enum error_code write_grants(struct store_session *session, void *context, struct error *error)
{
    struct granting *granting = context;
    region_clear(granting->region);
    return signin_wishes_grant(session, granting->application, granting->region, error, &granting->count);
}

static enum error_code look(const struct mail_sender *sender, struct region *region, struct error *error,
                            int64_t **ret_orgs, size_t *ret_count, bool *ret_wishes)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(sender->application->store, error, &session));
    TRY(signin_wishes_wait(session, error, ret_wishes));
    return outbox_orgs_due(session, clock_seconds(sender->application->clock), region, error, ret_orgs,
                           ret_count);
}

struct planning {
    int64_t org, now;
    struct mail_week week;
};

static enum error_code write_plan(struct store_session *session, void *context, struct error *error)
{
    const struct planning *planning = context;
    return mail_digest_plan(session, planning->org, &planning->week, planning->now, error);
}

static enum error_code plan_digests(struct mail_sender *sender, struct region *region, struct error *error)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    struct planning planning = {.now = clock_seconds(sender->application->clock)};
    int64_t *orgs;
    size_t count;
    region_clear(region);
    TRY(store_session_open(sender->application->store, error, &session));
    TRY(mail_digest_orgs(session, planning.now, region, error, &orgs, &count));
    for (size_t i = 0; i < count; i++) {
        struct mail_hours hours;
        bool due;
        planning.org = orgs[i];
        TRY(mail_hours_load(session, orgs[i], region, error, &hours));
        planning.week = mail_week_of(mail_hours_zone(&hours, region), planning.now);
        TRY(mail_digest_due(session, orgs[i], &planning.week, error, &due));
        if (due)
            TRY(store_write(sender->application->store, write_plan, &planning, error));
    }
    return OK;
}

/* Wishes first, which somebody waits for; then one batch of each organisation, so that a large one keeps no other waiting. */
static enum error_code run_turn(struct mail_sender *sender, struct batch *batch, struct region *region,
                                struct error *error, bool *ret_go_on)
{
    int64_t *orgs;
    size_t count;
    bool wishes, go_on = true, any = false;
    struct granting granting = {.application = sender->application, .region = batch->region};
    region_clear(region);
    TRY(look(sender, region, error, &orgs, &count, &wishes));
    if (wishes) {
        TRY(store_write(sender->application->store, write_grants, &granting, error));
        region_clear(region);
        TRY(look(sender, region, error, &orgs, &count, &wishes));
    }
    for (size_t i = 0; i < count && go_on; i++) {
        batch->org = orgs[i];
        TRY(store_write(sender->application->store, write_claim, batch, error));
        TRY(send_ready(batch, error, &go_on));
        any = any || batch->claimed > 0;
    }
    *ret_go_on = go_on && any;
    return OK;
}

static enum error_code run(struct mail_sender *sender, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(PASS_REGION);
    CLEANUP(region_cleanup) struct region *batch_region = region_new(BATCH_REGION);
    CLEANUP(region_cleanup) struct region *own = region_new(PASS_REGION);
    struct batch *batch = own == NULL ? NULL : REGION_NEW(own, struct batch);
    if (region == NULL || batch_region == NULL || batch == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    *batch = (struct batch){.sender = sender, .region = batch_region};
    bool go_on = true;
    TRY(plan_digests(sender, region, error));
    while (go_on)
        TRY(run_turn(sender, batch, region, error, &go_on));
    return OK;
}

void mail_pass(struct mail_sender *sender)
{
    struct error error = {0};
    if (clock_seconds(sender->application->clock) < sender->quiet_until)
        return;
    if (run(sender, &error) != OK)
        log_error("mail could not be sent; it is tried again", &error);
}

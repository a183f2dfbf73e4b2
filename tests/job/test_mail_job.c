/* Sending what the outbox holds, with a mail server that does what a test wants and a clock that stands still. */
#include "../pulse/world.h"

#include "job/mail_job.h"
#include "mail/mail.h"
#include "people/deputy.h"
#include "people/invite.h"

STATEMENT(TEST_MAIL_WAITING, "SELECT count(*) FROM outbox WHERE org_id = $1");
STATEMENT(TEST_MAIL_LINKS, "SELECT count(*) FROM signin_link WHERE org_id = $1");
STATEMENT(TEST_MAIL_WISHES, "SELECT count(*) FROM signin_wish WHERE address <> $1");

enum { MAILS_MAXIMUM = 200, TEAM_MEMBERS = 6 };

/* A letter box: what was sent, and what to answer. */
struct post {
    struct world *w;
    struct mail_sender sender;
    struct smtp_message sent[MAILS_MAXIMUM];
    size_t count, tried;
    enum smtp_outcome answer;
    bool was_refusing;
    const char *refuses;        /* an address; NULL: none */
    int64_t takes;              /* seconds for each mail */
    struct mail_sender *beside; /* another process, which runs while this one sends */
};

static struct slice keep(struct world *w, struct slice text)
{
    return region_copy(w->region, text);
}

static enum error_code take(void *context, const struct smtp_message *message, struct error *error,
                            struct smtp_result *ret_result)
{
    struct post *post = context;
    (void)error;
    post->tried++;
    world_wait(post->w, post->takes);
    if (post->beside != NULL)
        mail_pass(post->beside);
    bool refused = post->refuses != NULL && slice_equal(message->to, slice_from_text(post->refuses));
    *ret_result = (struct smtp_result){.outcome = refused ? SMTP_REFUSED : post->answer,
                                       .was_refusing = post->was_refusing,
                                       .code = refused ? 550 : 0,
                                       .words = "as the test wants"};
    if (ret_result->outcome == SMTP_SENT && post->count < MAILS_MAXIMUM) {
        struct smtp_message *copy = &post->sent[post->count++];
        *copy = *message;
        for (struct slice *field = &copy->from_name; field <= &copy->html; field++)
            *field = keep(post->w, *field);
    }
    return OK;
}

static struct post *open_post(struct world *w)
{
    struct post *post = REGION_NEW(w->region, struct post);
    assert_non_null(post);
    *post = (struct post){.w = w, .answer = SMTP_SENT};
    post->sender = (struct mail_sender){.application = &w->application,
                                        .url = S("https://trust.example.org"),
                                        .from = S("hecht@example.org"),
                                        .send = take,
                                        .context = post};
    w->application.mail_on = true;
    log_set_quiet(true);
    return post;
}

/* Sends what is due, and forgets what was sent before. */
static size_t pass(struct post *post)
{
    post->count = 0;
    post->tried = 0;
    mail_pass(&post->sender);
    return post->count;
}

static int64_t waiting(struct world *w)
{
    return world_integer(w, &TEST_MAIL_WAITING, PARAMETERS(V_INTEGER(w->org)));
}

static void go_to(struct world *w, const char *moment)
{
    int64_t seconds;
    assert_true(date_parse_utc(slice_from_text(moment), &seconds));
    clock_manual_set(&w->clock, seconds);
}

static int64_t open_round(struct world *w)
{
    int64_t number = 0;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    return number;
}

static bool has(struct slice text, const char *part)
{
    return slice_find(text, slice_from_text(part)) < text.length;
}

/* The token behind the first "/signin/" of a mail. */
static struct slice token_of(const struct smtp_message *message)
{
    struct slice rest = slice_from(message->text, slice_find(message->text, S("/signin/")) + 8);
    size_t length = 0;
    while (length < rest.length && strchr("\r\n ", rest.data[length]) == NULL)
        length++;
    return slice_part(rest, 0, length);
}

struct step {
    struct world *w;
    struct slice address;
    int64_t person;
    bool stopped;
};

static enum error_code wish(struct store_session *session, void *context, struct error *error)
{
    const struct step *step = context;
    return signin_wish_add(session, &step->w->application, step->address, error);
}

static enum error_code stop(struct store_session *session, void *context, struct error *error)
{
    const struct step *step = context;
    return mail_recipient_set_stopped(session, step->w->org, step->person, step->stopped, error);
}

static enum error_code invite(struct store_session *session, void *context, struct error *error)
{
    const struct step *step = context;
    return invite_all(session, step->w->org, clock_seconds(&step->w->clock), error);
}

static enum error_code invite_again(struct store_session *session, void *context, struct error *error)
{
    const struct step *step = context;
    return invite_refused_again(session, step->w->org, clock_seconds(&step->w->clock), error);
}

static void wish_for(struct world *w, const char *address)
{
    struct step step = {.w = w, .address = slice_from_text(address)};
    assert_ok(w, store_write(w->store, wish, &step, &w->error));
}

/* ---- Rounds --------------------------------------------------------------------------------------------------- */

static void everybody_in_the_round_gets_one_mail(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    world_team(w, "Blue", 0, TEAM_MEMBERS, true);
    open_round(w);
    assert_int_equal(pass(post), TEAM_MEMBERS);
    for (size_t i = 0; i < TEAM_MEMBERS; i++) {
        char address[40];
        snprintf(address, sizeof address, "m%zu@blue.example", i + 1);
        size_t mails = 0;
        for (size_t m = 0; m < TEAM_MEMBERS; m++)
            mails += slice_equal(post->sent[m].to, slice_from_text(address));
        assert_int_equal(mails, 1);
    }
    assert_int_equal(pass(post), 0);
}

static void a_mail_says_what_and_until_when(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    world_team(w, "Blue", 0, 1, true);
    open_round(w);
    assert_int_equal(pass(post), 1);
    const struct smtp_message *mail = &post->sent[0];
    assert_true(has(mail->text, "https://trust.example.org/signin/"));
    assert_true(has(mail->html, "https://trust.example.org/signin/"));
    assert_true(has(mail->unsubscribe, "https://trust.example.org/mail/stop/"));
    assert_true(has(mail->text, "30 "));    /* until the thirtieth */
    assert_true(has(mail->subject, "10 ")); /* questions */
    assert_false(has(mail->html, "<img"));
    assert_false(has(mail->html, "src="));
    assert_true(slice_ends_with(mail->id, S("@example.org")));
    /* The link is the one of this person, and good until the round closes. */
    int64_t org, person;
    assert_ok(w, signin_link_look(w->session, token_of(mail), WORLD_START + ORG_ROUND_DAYS * DAY_SECONDS - 1,
                                  &w->error, &org, &person));
    assert_int_equal(person, world_person(w, "m1@blue.example"));
    assert_failure(w,
                   signin_link_look(w->session, token_of(mail), WORLD_START + ORG_ROUND_DAYS * DAY_SECONDS,
                                    &w->error, &org, &person),
                   ERROR_GONE, "signin-link-over");
}

static void without_mail_nothing_is_written(void **state)
{
    struct world *w = *state;
    world_team(w, "Blue", 0, TEAM_MEMBERS, true);
    open_round(w);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    assert_int_equal(waiting(w), 0);
}

static void reminders_and_result(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    world_team(w, "Blue", 0, TEAM_MEMBERS, true);
    open_round(w); /* Monday, 8:00 */
    assert_int_equal(pass(post), TEAM_MEMBERS);
    go_to(w, "2026-11-25T07:59:00Z");
    assert_int_equal(pass(post), 0);
    go_to(w, "2026-11-25T08:00:00Z");
    assert_int_equal(pass(post), TEAM_MEMBERS);
    go_to(w, "2026-11-27T08:00:00Z");
    assert_int_equal(pass(post), TEAM_MEMBERS);
    go_to(w, "2026-11-29T12:00:00Z");
    assert_int_equal(pass(post), 0);
    assert_int_equal(waiting(w), 0); /* two, and no more */
}

static void the_result_is_told_without_a_figure(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    int64_t blue = world_team(w, "Blue", 0, TEAM_MEMBERS, true);
    world_team(w, "Red", 0, TEAM_MEMBERS, true);
    open_round(w);
    (void)pass(post);
    for (int i = 1; i <= TEAM_MEMBERS; i++) {
        char address[40];
        snprintf(address, sizeof address, "m%d@blue.example", i);
        world_answer(w, blue, address, 4);
    }
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    assert_int_equal(pass(post), 2 * (TEAM_MEMBERS + 1)); /* with the leaders */
    assert_int_equal(waiting(w), 0);                      /* no reminder is left of a closed round */
    for (size_t i = 1; i < post->count; i++) {
        /* The same words for a team with a result and for one without. */
        assert_true(slice_equal(post->sent[i].subject, post->sent[0].subject));
        struct slice a = slice_part(post->sent[i].html, 0, slice_find(post->sent[i].html, S("<body>")));
        struct slice b = slice_part(post->sent[0].html, 0, slice_find(post->sent[0].html, S("<body>")));
        assert_true(slice_equal(a, b));
    }
}

static enum error_code lead_and_stand_in(struct store_session *session, void *context, struct error *error)
{
    struct world *w = context;
    struct team *teams;
    size_t count;
    int64_t now = clock_seconds(&w->clock);
    TRY(team_list(session, w->org, w->region, error, &teams, &count)); /* by name */
    TRY(team_add_leader(session, &w->application, w->org, teams[0].id, world_person(w, "m1@red.example"),
                        error));
    TRY(deputy_name(session, w->org, teams[0].id, world_person(w, "m1@blue.example"), 0, 0, now, error));
    return deputy_name(session, w->org, teams[1].id, world_person(w, "leader@blue.example"), 0, 0, now,
                       error);
}

static size_t mails_to(const struct post *post, const char *address)
{
    size_t count = 0;
    for (size_t i = 0; i < post->count; i++)
        count += slice_equal(post->sent[i].to, slice_from_text(address));
    return count;
}

/* Of two leaders both hear that the result is there, and so does who stands in; each once, whatever else they are. */
static void leaders_and_who_stands_in_hear_of_the_result(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    world_team(w, "Blue", 0, TEAM_MEMBERS, true);
    world_team(w, "Red", 0, TEAM_MEMBERS, false);
    assert_ok(w, store_write(w->store, lead_and_stand_in, w, &w->error));
    open_round(w);
    assert_int_equal(pass(post), 2 * TEAM_MEMBERS); /* who stands in is asked as a member, or not */
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    assert_int_equal(pass(post), 2 * TEAM_MEMBERS + 1);
    assert_int_equal(mails_to(post, "leader@blue.example"), 1); /* leads Blue, stands in at Red */
    assert_int_equal(mails_to(post, "m1@red.example"), 1);      /* leads Blue too, member of Red */
    assert_int_equal(mails_to(post, "m1@blue.example"), 1);     /* member, and stands in */
}

static void a_round_that_is_closed_asks_nobody(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    world_team(w, "Blue", 0, TEAM_MEMBERS, true);
    go_to(w, "2026-11-28T10:00:00Z"); /* a Saturday: the mails wait for Monday */
    open_round(w);
    assert_int_equal(pass(post), 0);
    assert_true(waiting(w) > 0);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    go_to(w, "2026-11-30T08:00:00Z");
    assert_int_equal(pass(post), TEAM_MEMBERS + 1);
    for (size_t i = 0; i < post->count; i++)
        assert_false(has(post->sent[i].text, "questions"));
}

/* ---- A mail a week ---------------------------------------------------------------------------------------------- */

struct wanting {
    struct world *w;
    int64_t person;
    bool on;
};

static enum error_code want(struct store_session *session, void *context, struct error *error)
{
    const struct wanting *wanting = context;
    int64_t now = clock_seconds(&wanting->w->clock);
    return mail_digest_set(session, wanting->w->org, wanting->person, wanting->on,
                           mail_week_of(NULL, now).monday, error);
}

static void set_digest(struct world *w, const char *address, bool on)
{
    struct wanting wanting = {w, world_person(w, address), on};
    assert_ok(w, store_write(w->store, want, &wanting, &w->error));
}

/* The weekly mails among those that were sent, moved to the front. */
static size_t digests(struct post *post)
{
    size_t count = 0;
    (void)pass(post);
    for (size_t i = 0; i < post->count; i++)
        if (has(post->sent[i].text, "gebeurt er deze week in je teams"))
            post->sent[count++] = post->sent[i];
    return count;
}

static struct slice lines_of(const struct smtp_message *mail)
{
    size_t from = slice_find(mail->text, S("Dit gebeurt")), until = slice_find(mail->text, S("Naar Hecht"));
    assert_true(from < until && until < mail->text.length);
    return slice_part(mail->text, from, until - from);
}

static void a_mail_a_week_for_who_wants_one(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    int64_t blue = world_team(w, "Blue", 0, TEAM_MEMBERS, true);
    world_team(w, "Red", 0, TEAM_MEMBERS, true);
    set_digest(w, "m1@blue.example", true);
    set_digest(w, "m2@blue.example", true);
    set_digest(w, "m1@red.example", true);
    set_digest(w, "m1@red.example", false);
    assert_int_equal(digests(post), 0); /* this week's has left */
    go_to(w, "2026-11-27T09:00:00Z");
    open_round(w);
    world_answer(w, blue, "m1@blue.example", 4);
    assert_int_equal(digests(post), 0);
    go_to(w, "2026-11-30T07:59:00Z");
    assert_int_equal(digests(post), 0); /* outside the hours of mail */
    go_to(w, "2026-11-30T08:00:00Z");
    assert_int_equal(digests(post), 2);
    assert_true(has(post->sent[0].text, "Blue: er loopt een ronde tot") && !has(post->sent[0].text, "Red"));
    assert_true(has(post->sent[0].unsubscribe, "/mail/stop/") &&
                has(post->sent[0].html, "er loopt een ronde"));
    /* Who answered reads the same as who did not. */
    assert_true(slice_equal(lines_of(&post->sent[0]), lines_of(&post->sent[1])));
    assert_int_equal(digests(post), 0);
    go_to(w, "2026-12-02T08:00:00Z");
    assert_int_equal(digests(post), 0); /* once a week */
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    struct step step = {.w = w, .person = world_person(w, "m2@blue.example"), .stopped = true};
    assert_ok(w, store_write(w->store, stop, &step, &w->error));
    go_to(w, "2026-12-07T08:00:00Z");
    assert_int_equal(digests(post), 1);
    assert_true(slice_equal(post->sent[0].to, S("m1@blue.example")));
    assert_true(has(post->sent[0].text, "Blue: de ronde is gesloten op 2 december 2026"));
    go_to(w, "2026-12-14T08:00:00Z");
    assert_int_equal(digests(post), 0); /* nothing to say */
    assert_int_equal(waiting(w), 0);
}

static void a_week_that_was_missed_is_over(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    world_team(w, "Blue", 0, TEAM_MEMBERS, true);
    set_digest(w, "m1@blue.example", true);
    go_to(w, "2026-12-04T09:00:00Z");
    open_round(w);
    go_to(w, "2026-12-05T09:00:00Z"); /* Saturday: the machine was off all week */
    assert_int_equal(digests(post), 0);
    go_to(w, "2026-12-07T08:00:00Z");
    assert_int_equal(digests(post), 1);
}

/* ---- The same for all ------------------------------------------------------------------------------------------ */

/* A mail with its secrets and the seconds of its making taken out. */
static struct slice canonical(struct world *w, const struct smtp_message *mail)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    const struct slice *fields[] = {&mail->to,       &mail->to_name, &mail->from_name, &mail->subject,
                                    &mail->language, &mail->text,    &mail->html};
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        struct slice rest = *fields[i];
        for (;;) {
            size_t link = slice_find(rest, S("/signin/")), stop = slice_find(rest, S("/mail/stop/"));
            size_t next = link < stop ? link + 8 : stop < rest.length ? stop + 11 : rest.length;
            buffer_append(&out, slice_part(rest, 0, next));
            rest = slice_from(rest, next);
            if (rest.length == 0)
                break;
            while (rest.length > 0 && strchr("\r\n\"< ", rest.data[0]) == NULL)
                rest = slice_from(rest, 1);
        }
        buffer_append_byte(&out, '\n');
    }
    buffer_format(&out, "%" PRId64 "\n", mail->date);
    assert_false(out.failed);
    return keep(w, buffer_slice(&out));
}

static int compare_slices(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* A whole round, in which those from `first` on answer; all its mails as one text. */
static struct slice mails_of_a_round(struct world *w, int first, int count)
{
    static const char *const MOMENTS[] = {"2026-11-23T08:10:00Z", "2026-11-25T08:10:00Z",
                                          "2026-11-27T08:10:00Z", "2026-11-30T08:10:00Z",
                                          "2026-12-07T08:10:00Z"};
    struct post *post = open_post(w);
    struct slice *all = REGION_ARRAY(w->region, MAILS_MAXIMUM, struct slice);
    size_t mails = 0;
    int64_t blue = world_team(w, "Blue", 0, 2 * TEAM_MEMBERS, true);
    open_round(w);
    for (size_t m = 0; m < COUNT_OF(MOMENTS); m++) {
        go_to(w, MOMENTS[m]);
        for (int i = first; m == 0 && i < first + count; i++) {
            char address[40];
            snprintf(address, sizeof address, "m%d@blue.example", i);
            world_answer(w, blue, address, 4);
        }
        assert_ok(w, round_close_due(&w->application, w->org, w->region, &w->error));
        (void)pass(post);
        for (size_t i = 0; i < post->count; i++)
            all[mails++] = canonical(w, &post->sent[i]);
    }
    assert_int_equal(mails, 3 * 2 * TEAM_MEMBERS + 2 * TEAM_MEMBERS + 1);
    qsort(all, mails, sizeof *all, compare_slices);
    CLEANUP(buffer_free) struct buffer out = BUFFER(8 << 20);
    for (size_t i = 0; i < mails; i++)
        buffer_append(&out, all[i]);
    return keep(w, buffer_slice(&out));
}

/* Two worlds that differ in who answered: the mails are the same to the letter. */
static void mails_do_not_tell_who_answered(void **state)
{
    struct world *first = *state;
    void *other = &world_engines[first->engine == STORE_POSTGRES ? 1 : 0];
    assert_int_equal(world_setup(&other), 0);
    struct slice a = mails_of_a_round(first, 1, TEAM_MEMBERS);
    struct slice b = mails_of_a_round(other, TEAM_MEMBERS + 1, TEAM_MEMBERS);
    assert_true(a.length > 10000);
    assert_true(slice_equal(a, b));
    assert_int_equal(world_teardown(&other), 0);
}

/* ---- Trouble ---------------------------------------------------------------------------------------------------- */

static void a_server_that_is_away_loses_nothing_and_floods_nobody(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    world_team(w, "Blue", 0, TEAM_MEMBERS, true);
    open_round(w);
    post->answer = SMTP_TROUBLE;
    assert_int_equal(pass(post), 0);
    assert_int_equal(post->tried, 1); /* the others would fare no better */
    assert_int_equal(waiting(w), 3 * TEAM_MEMBERS);
    assert_int_equal(world_integer(w, &TEST_MAIL_LINKS, PARAMETERS(V_INTEGER(w->org))), 0);
    (void)pass(post);
    assert_int_equal(post->tried, 0); /* not at once again */
    for (int minutes = 0; minutes < 24 * 60; minutes += 15) {
        world_wait(w, 15 * MINUTE_SECONDS);
        (void)pass(post);
    }
    assert_int_equal(waiting(w), 3 * TEAM_MEMBERS);
    /* A day later, all of it, once. */
    post->answer = SMTP_SENT;
    world_wait(w, 20 * MINUTE_SECONDS);
    assert_int_equal(pass(post), TEAM_MEMBERS);
    /* Away from here until after the last reminder has begun: one mail, not two. */
    go_to(w, "2026-11-27T09:00:00Z");
    assert_int_equal(pass(post), TEAM_MEMBERS);
    assert_int_equal(waiting(w), TEAM_MEMBERS); /* the middle one is over, and is cleaned up */
    assert_int_equal(pass(post), 0);
}

static void a_message_that_is_put_off_waits_longer_and_longer(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    world_team(w, "Blue", 0, 1, false);
    open_round(w);
    post->answer = SMTP_LATER;
    size_t tries = 0;
    for (int minutes = 0; minutes < 60; minutes++) {
        (void)pass(post);
        tries += post->tried;
        world_wait(w, MINUTE_SECONDS);
    }
    assert_in_range(tries, 4, 6);
    assert_int_equal(waiting(w), 3);
    post->answer = SMTP_SENT;
    world_wait(w, HOUR_SECONDS);
    assert_int_equal(pass(post), 1);
}

/* A message at which the connection breaks every time must not keep the others from leaving. */
static void one_bad_message_does_not_block_the_rest(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    world_team(w, "Blue", 0, 3, false);
    open_round(w);
    post->answer = SMTP_TROUBLE;
    post->was_refusing = true;
    assert_int_equal(pass(post), 0);
    post->answer = SMTP_SENT;
    world_wait(w, 70);
    assert_int_equal(pass(post), 2); /* the first waits two minutes */
    world_wait(w, 70);
    assert_int_equal(pass(post), 1);
}

/* Twelve times is enough; then the owner is told. */
static void trying_has_an_end(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    struct step step = {.w = w};
    struct mail_recipient recipient;
    size_t tries = 0;
    world_team(w, "Blue", 0, 1, false);
    assert_ok(w, store_write(w->store, invite, &step, &w->error));
    post->answer = SMTP_LATER;
    for (int hours = 0; hours < 40; hours++) {
        for (int minutes = 0; minutes < 60; minutes += 20) {
            (void)pass(post);
            tries += post->tried;
            world_wait(w, 20 * MINUTE_SECONDS);
        }
    }
    assert_int_equal(tries, MAIL_ATTEMPTS_MAXIMUM);
    assert_int_equal(waiting(w), 0);
    assert_ok(w, mail_recipient_load(w->session, w->org, world_person(w, "m1@blue.example"), &w->error,
                                     &recipient));
    assert_int_equal(recipient.refused_code, 400);
}

static void a_refused_address_is_shown_and_left_alone(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    struct refused *refused;
    size_t count;
    struct mail_recipient recipient;
    world_team(w, "Blue", 0, 3, false);
    open_round(w);
    post->refuses = "m2@blue.example";
    assert_int_equal(pass(post), 2);
    assert_int_equal(post->tried, 3);
    assert_ok(w, invite_refused(w->session, w->org, w->region, &w->error, &refused, &count));
    assert_int_equal(count, 1);
    assert_int_equal(refused[0].code, 550);
    assert_true(slice_equal(refused[0].person.address, S("m2@blue.example")));
    go_to(w, "2026-11-25T08:00:00Z");
    assert_int_equal(pass(post), 2);
    assert_int_equal(post->tried, 2); /* no second try at an address that is refused */
    /* A link that the person asks for is tried, and when it is taken all is well again. */
    post->refuses = NULL;
    wish_for(w, "m2@blue.example");
    assert_int_equal(pass(post), 1);
    assert_ok(w, mail_recipient_load(w->session, w->org, world_person(w, "m2@blue.example"), &w->error,
                                     &recipient));
    assert_int_equal(recipient.refused_code, 0);
}

static void several_processes_send_each_mail_once(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w), *second = open_post(w);
    world_team(w, "Blue", 0, 45, false);
    open_round(w);
    post->beside = &second->sender;
    (void)pass(post);
    assert_int_equal(post->count + second->count, 45);
    for (size_t i = 0; i < post->count; i++)
        for (size_t j = 0; j < second->count; j++)
            assert_false(slice_equal(post->sent[i].to, second->sent[j].to));
}

/* What was claimed and not sent before the claim ends may be another's: it is left alone, and sent once. */
static void a_slow_server_makes_no_mail_leave_twice(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w), *second = open_post(w);
    world_team(w, "Blue", 0, MAIL_BATCH, false);
    open_round(w);
    post->takes = MINUTE_SECONDS; /* what smtp_send takes at most */
    post->beside = &second->sender;
    assert_in_range(pass(post), 2, MAIL_BATCH - 2);
    assert_int_equal(second->count, 0);
    world_wait(w, 2 * MINUTE_SECONDS);
    mail_pass(&second->sender);
    assert_int_equal(post->count + second->count, MAIL_BATCH);
    for (size_t i = 0; i < post->count; i++)
        for (size_t j = 0; j < second->count; j++)
            assert_false(slice_equal(post->sent[i].to, second->sent[j].to));
}

/* ---- People ----------------------------------------------------------------------------------------------------- */

static void a_link_is_mailed_to_whoever_is_known(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    world_team(w, "Blue", 0, 2, true);
    go_to(w, "2026-11-28T03:00:00Z"); /* at night and at the weekend, too */
    wish_for(w, "m1@blue.example");
    wish_for(w, "m1@blue.example");
    wish_for(w, "nobody@blue.example");
    assert_int_equal(pass(post), 1);
    assert_int_equal(world_integer(w, &TEST_MAIL_WISHES, PARAMETERS(V_TEXT(S("")))), 0);
    assert_int_equal(waiting(w), 0);
    const struct smtp_message mail = post->sent[0];
    assert_int_equal(mail.unsubscribe.length, 0); /* a sign-in link can always be asked for */
    int64_t org, person;
    assert_ok(
        w, signin_link_look(w->session, token_of(&mail), clock_seconds(&w->clock), &w->error, &org, &person));
    assert_int_equal(person, world_person(w, "m1@blue.example"));
    /* Asking again gives another link, in a mail that is another to mail programs; five an hour. */
    size_t sent = 0;
    for (int i = 0; i < 10; i++) {
        world_wait(w, 1);
        wish_for(w, "m1@blue.example");
        sent += pass(post);
        assert_true(post->count == 0 || !slice_equal(post->sent[0].id, mail.id));
    }
    assert_int_equal(sent, MAIL_ASKED_AN_HOUR - 2);
}

static void who_wants_no_mail_gets_links_only(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    world_team(w, "Blue", 0, 2, false);
    struct step step = {.w = w, .person = world_person(w, "m1@blue.example"), .stopped = true};
    open_round(w);
    assert_ok(w, store_write(w->store, stop, &step, &w->error)); /* after the mails were written */
    assert_int_equal(pass(post), 1);
    assert_true(slice_equal(post->sent[0].to, S("m2@blue.example")));
    wish_for(w, "m1@blue.example");
    assert_int_equal(pass(post), 1);
    step.stopped = false;
    assert_ok(w, store_write(w->store, stop, &step, &w->error));
    go_to(w, "2026-11-25T08:00:00Z");
    assert_int_equal(pass(post), 2);
}

static void everybody_is_invited_once(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    int64_t count = 0;
    struct step step = {.w = w};
    world_team(w, "Blue", 0, 3, true);
    assert_ok(w, invite_count(w->session, w->org, &w->error, &count));
    assert_int_equal(count, 4);
    for (int i = 0; i < 2; i++)
        assert_ok(w, store_write(w->store, invite, &step, &w->error));
    assert_ok(w, invite_count(w->session, w->org, &w->error, &count));
    assert_int_equal(count, 0);
    post->refuses = "m3@blue.example";
    assert_int_equal(pass(post), 3);
    assert_ok(w, invite_count(w->session, w->org, &w->error, &count));
    assert_int_equal(count, 0);
    /* The refused one gets another try when an owner wants it, and is in order once it was taken. */
    post->refuses = NULL;
    assert_ok(w, store_write(w->store, invite_again, &step, &w->error));
    assert_int_equal(pass(post), 1);
    struct refused *refused;
    size_t left;
    assert_ok(w, invite_refused(w->session, w->org, w->region, &w->error, &refused, &left));
    assert_int_equal(left, 0);
}

static void mails_speak_the_language_of_the_person(void **state)
{
    struct world *w = *state;
    struct post *post = open_post(w);
    struct step step = {.w = w};
    world_team(w, "Blue", 0, 1, false);
    assert_ok(w, store_write(w->store, invite, &step, &w->error));
    assert_int_equal(pass(post), 1);
    bool dutch = slice_equal(post->sent[0].language, S("nl"));
    assert_true(has(post->sent[0].html, dutch ? "<html lang=\"nl\">" : "<html lang=\"en\">"));
    assert_true(has(post->sent[0].text, dutch ? "Dag " : "Hello "));
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(everybody_in_the_round_gets_one_mail),
        SQLITE_ONLY(a_mail_says_what_and_until_when),
        SQLITE_ONLY(without_mail_nothing_is_written),
        SQLITE_ONLY(reminders_and_result),
        SQLITE_ONLY(the_result_is_told_without_a_figure),
        BOTH(leaders_and_who_stands_in_hear_of_the_result),
        SQLITE_ONLY(a_round_that_is_closed_asks_nobody),
        BOTH(mails_do_not_tell_who_answered),
        BOTH(a_mail_a_week_for_who_wants_one),
        SQLITE_ONLY(a_week_that_was_missed_is_over),
        SQLITE_ONLY(a_server_that_is_away_loses_nothing_and_floods_nobody),
        SQLITE_ONLY(a_message_that_is_put_off_waits_longer_and_longer),
        SQLITE_ONLY(one_bad_message_does_not_block_the_rest),
        SQLITE_ONLY(trying_has_an_end),
        BOTH(a_refused_address_is_shown_and_left_alone),
        BOTH(several_processes_send_each_mail_once),
        SQLITE_ONLY(a_slow_server_makes_no_mail_leave_twice),
        BOTH(a_link_is_mailed_to_whoever_is_known),
        SQLITE_ONLY(who_wants_no_mail_gets_links_only),
        BOTH(everybody_is_invited_once),
        SQLITE_ONLY(mails_speak_the_language_of_the_person),
    };
    return WORLD_RUN(tests);
}

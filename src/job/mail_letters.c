#include "job/mail_letters.h"

enum {
    QUESTIONS_SHORT = 12,
    SECONDS_A_QUESTION_HALF = 17
}; /* 8.5 seconds a question, as counted in the guides */

static struct slice say(const struct letter *letter, struct region *region, enum message message)
{
    return message_text(region, letter->language, message, NO_ARGUMENTS);
}

static struct slice moment_text(const struct letter *letter, const struct zone *zone, int64_t seconds,
                                struct region *region)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(200);
    struct date date = zone_date(zone, seconds);
    format_civil_date_time(&text, letter->language, &date);
    return region_copy(region, buffer_slice(&text));
}

static struct slice takes_text(const struct letter *letter, int64_t questions, struct region *region)
{
    if (questions <= QUESTIONS_SHORT)
        return say(letter, region, MESSAGE_MAIL_TAKES_SHORT);
    int64_t minutes = (questions * SECONDS_A_QUESTION_HALF + 60) / 120;
    return message_text(region, letter->language, MESSAGE_MAIL_TAKES, ARGUMENTS(A_INTEGER("n", minutes)));
}

static void make_signin(const struct letter_facts *facts, struct region *region, struct letter *letter)
{
    letter->subject = message_text(region, letter->language, MESSAGE_MAIL_SIGNIN_SUBJECT,
                                   ARGUMENTS(A_TEXT("organisation", facts->org->name)));
    letter_add(letter, say(letter, region, MESSAGE_MAIL_SIGNIN_TEXT));
    letter->link_text = say(letter, region, MESSAGE_MAIL_SIGNIN_BUTTON);
    letter->why = say(letter, region, MESSAGE_MAIL_SIGNIN_WHY);
}

static void add_without_name(const struct letter_facts *facts, struct region *region, struct letter *letter)
{
    letter_add(letter, message_text(region, letter->language, MESSAGE_MAIL_WITHOUT_NAME,
                                    ARGUMENTS(A_INTEGER("k", facts->org->k))));
}

static void make_invitation(const struct letter_facts *facts, struct region *region, struct letter *letter)
{
    letter->subject = message_text(region, letter->language, MESSAGE_MAIL_INVITATION_SUBJECT,
                                   ARGUMENTS(A_TEXT("organisation", facts->org->name)));
    letter_add(letter, message_text(region, letter->language, MESSAGE_MAIL_INVITATION_WHAT,
                                    ARGUMENTS(A_TEXT("organisation", facts->org->name))));
    letter_add(letter, say(letter, region, MESSAGE_MAIL_INVITATION_COSTS));
    add_without_name(facts, region, letter);
    letter_add(letter, say(letter, region, MESSAGE_MAIL_INVITATION_LINK));
    letter->link_text = say(letter, region, MESSAGE_MAIL_SIGNIN_BUTTON);
}

static void make_open(const struct letter_facts *facts, struct slice until, struct region *region,
                      struct letter *letter)
{
    int64_t questions = facts->round->questions;
    letter->subject =
        message_text(region, letter->language, MESSAGE_MAIL_OPEN_SUBJECT,
                     ARGUMENTS(A_TEXT("organisation", facts->org->name), A_INTEGER("n", questions)));
    letter_add(letter, message_text(region, letter->language, MESSAGE_MAIL_OPEN_TEXT,
                                    ARGUMENTS(A_INTEGER("n", questions), A_TEXT("until", until))));
    letter_add(letter, takes_text(letter, questions, region));
    add_without_name(facts, region, letter);
    letter->link_text = say(letter, region, MESSAGE_MAIL_ROUND_BUTTON);
}

static void make_reminder(const struct letter_facts *facts, struct slice until, struct region *region,
                          struct letter *letter)
{
    bool last = facts->mail->kind == MAIL_ROUND_LAST;
    int64_t questions = facts->round->questions;
    letter->subject =
        message_text(region, letter->language, last ? MESSAGE_MAIL_LAST_SUBJECT : MESSAGE_MAIL_MIDDLE_SUBJECT,
                     ARGUMENTS(A_TEXT("organisation", facts->org->name), A_TEXT("until", until)));
    letter_add(letter, message_text(region, letter->language, MESSAGE_MAIL_REMIND_TEXT,
                                    ARGUMENTS(A_INTEGER("n", questions), A_TEXT("until", until))));
    letter_add(letter, takes_text(letter, questions, region));
    letter_add(letter, say(letter, region, MESSAGE_MAIL_REMIND_ALIKE));
    add_without_name(facts, region, letter);
    letter->link_text = say(letter, region, MESSAGE_MAIL_ROUND_BUTTON);
}

static void make_result(const struct letter_facts *facts, struct region *region, struct letter *letter)
{
    letter->subject = message_text(region, letter->language, MESSAGE_MAIL_RESULT_SUBJECT,
                                   ARGUMENTS(A_TEXT("organisation", facts->org->name)));
    letter_add(letter, say(letter, region, MESSAGE_MAIL_RESULT_TEXT));
    letter_add(letter, say(letter, region, MESSAGE_MAIL_RESULT_TALK));
    letter->link_text = say(letter, region, MESSAGE_MAIL_RESULT_BUTTON);
}

/* As pages write days. */
static struct slice day_text(const struct letter *letter, int64_t seconds, struct region *region)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(200);
    format_date(&text, letter->language, seconds);
    return region_copy(region, buffer_slice(&text));
}

static void make_digest(const struct letter_facts *facts, struct region *region, struct letter *letter)
{
    static const enum message lines[] = {[DIGEST_ROUND_OPEN] = MESSAGE_MAIL_DIGEST_OPEN,
                                         [DIGEST_RESULT] = MESSAGE_MAIL_DIGEST_RESULT,
                                         [DIGEST_PROMISE] = MESSAGE_MAIL_DIGEST_PROMISE};
    letter->subject = message_text(region, letter->language, MESSAGE_MAIL_DIGEST_SUBJECT,
                                   ARGUMENTS(A_TEXT("organisation", facts->org->name)));
    letter_add(letter, say(letter, region, MESSAGE_MAIL_DIGEST_TEXT));
    for (size_t i = 0; i < facts->digest->count; i++) {
        const struct digest_line *line = &facts->digest->lines[i];
        struct slice at = line->kind == DIGEST_ROUND_OPEN ? moment_text(letter, facts->zone, line->at, region)
                                                          : day_text(letter, line->at, region);
        letter_add(letter, message_text(region, letter->language, lines[line->kind],
                                        ARGUMENTS(A_TEXT("team", line->team), A_TEXT("at", at))));
    }
    if (facts->digest->more)
        letter_add(letter, say(letter, region, MESSAGE_MAIL_DIGEST_MORE));
    letter->link_text = say(letter, region, MESSAGE_MAIL_DIGEST_BUTTON);
    letter_add_after(
        letter,
        message_text(region, letter->language, MESSAGE_MAIL_DIGEST_OFF,
                     ARGUMENTS(A_TEXT("address", region_format(region, "%.*s/me", SLICE_ARG(facts->url))))));
}

static void add_link(const struct letter_facts *facts, struct region *region, struct letter *letter)
{
    letter->link = region_format(region, "%.*s/signin/%.*s", SLICE_ARG(facts->url), SLICE_ARG(facts->token));
    letter_add_after(
        letter, message_text(
                    region, letter->language, MESSAGE_MAIL_LINK_ONCE,
                    ARGUMENTS(A_TEXT("until", moment_text(letter, facts->zone, facts->link_until, region)))));
    letter_add_after(
        letter, message_text(region, letter->language, MESSAGE_MAIL_LINK_NEW,
                             ARGUMENTS(A_TEXT("address",
                                              region_format(region, "%.*s/signin", SLICE_ARG(facts->url))))));
}

static void add_stop(const struct letter_facts *facts, struct region *region, struct letter *letter)
{
    letter->why = message_text(region, letter->language, MESSAGE_MAIL_WHY,
                               ARGUMENTS(A_TEXT("organisation", facts->org->name)));
    letter->stop =
        region_format(region, "%.*s/mail/stop/%.*s", SLICE_ARG(facts->url), SLICE_ARG(facts->stop_token));
    letter->stop_text = say(letter, region, MESSAGE_MAIL_STOP);
}

static enum language language_of(struct slice first, struct slice second)
{
    enum language language = LANGUAGE_EN;
    if (!language_from_code(first, &language))
        (void)language_from_code(second, &language);
    return language;
}

void letter_make(const struct letter_facts *facts, struct region *region, struct letter *ret_letter)
{
    struct letter letter = {.language = language_of(facts->person->language, facts->org->language),
                            .organisation = facts->org->name};
    struct slice until = moment_text(&letter, facts->zone, facts->round->closes_at, region);
    letter.greeting = message_text(region, letter.language, MESSAGE_MAIL_HELLO,
                                   ARGUMENTS(A_TEXT("name", facts->person->name)));
    switch (facts->mail->kind) {
    case MAIL_SIGNIN:
        make_signin(facts, region, &letter);
        break;
    case MAIL_INVITATION:
        make_invitation(facts, region, &letter);
        break;
    case MAIL_ROUND_OPEN:
        make_open(facts, until, region, &letter);
        break;
    case MAIL_ROUND_MIDDLE:
    case MAIL_ROUND_LAST:
        make_reminder(facts, until, region, &letter);
        break;
    case MAIL_ROUND_RESULT:
        make_result(facts, region, &letter);
        break;
    case MAIL_DIGEST:
        make_digest(facts, region, &letter);
        break;
    }
    add_link(facts, region, &letter);
    if (facts->mail->kind != MAIL_SIGNIN)
        add_stop(facts, region, &letter);
    *ret_letter = letter;
}

void letter_make_test(enum language language, struct region *region, struct letter *ret_letter)
{
    struct letter letter = {.language = language, .organisation = S("Hecht")};
    letter.subject = say(&letter, region, MESSAGE_MAIL_TEST_SUBJECT);
    letter_add(&letter, say(&letter, region, MESSAGE_MAIL_TEST_TEXT));
    letter.why = say(&letter, region, MESSAGE_MAIL_TEST_WHY);
    *ret_letter = letter;
}

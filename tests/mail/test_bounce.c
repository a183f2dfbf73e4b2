/* Mails that come back: what a notification says, and that only what quotes a mail of this installation counts. */
#include "../pulse/world.h"

#include "mail/bounce.h"
#include "people/bounced.h"

#define HEAD                                                                                                   \
    "From: MAILER-DAEMON@mx.example\r\nTo: hecht@example.org\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n" \
    "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"AA/1=x\"\r\n\r\n"            \
    "preamble\r\n--AA/1=x\r\nContent-Type: text/plain\r\n\r\nIt did not work.\r\n"
#define STATUS(...)                                                                                          \
    "--AA/1=x\r\nContent-Description: report\r\nContent-Type: message/delivery-status\r\n\r\n"               \
    "Reporting-MTA: dns; mx.example\r\n\r\n" __VA_ARGS__
#define RETURNED(id)                                                                                         \
    "\r\n--AA/1=x\r\nContent-Type: message/rfc822\r\n\r\nFrom: De Linde <hecht@example.org>\r\n"             \
    "To: Sam\r\n <Sam@Example.org>\r\nMessage-ID:\r\n <" id ">\r\nSubject: x\r\n\r\nbody\r\n--AA/1=x--\r\n"
#define FAILED "Final-Recipient: rfc822; sam@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"

static void assert_slice(struct slice found, const char *wanted)
{
    if (!slice_equal(found, slice_from_text(wanted)))
        fail_msg("found \"%.*s\", not \"%s\"", SLICE_ARG(found), wanted);
}

static struct bounce read_one(struct world *w, const char *text)
{
    struct bounce bounce;
    assert_ok(w, bounce_read(slice_from_text(text), &w->error, &bounce));
    assert_int_equal(bounce.recipient_count, 1);
    return bounce;
}

static void what_a_notification_says(void **state)
{
    struct world *w = *state;
    struct bounce bounce =
        read_one(w, HEAD STATUS("Original-Recipient: rfc822;sam@example.org\r\n" FAILED
                                "Diagnostic-Code: smtp; 552 5.1.1 no\r\n such user\r\n") RETURNED("ab@c"));
    assert_slice(bounce.recipients[0].original, "sam@example.org");
    assert_slice(bounce.recipients[0].final, "sam@example.org");
    assert_true(bounce.recipients[0].permanent);
    assert_int_equal(bounce.recipients[0].code, 552);
    assert_slice(bounce.message_id, "ab@c");
    assert_slice(bounce.to, "Sam@Example.org");
    bounce = read_one(w, HEAD STATUS(FAILED)); /* cut off: what is there counts */
    assert_int_equal(bounce.recipients[0].code, BOUNCE_CODE_UNKNOWN);
    assert_int_equal(bounce.message_id.length, 0);
    bounce = read_one(w, HEAD STATUS("Final-Recipient: rfc822; a@b\r\nAction: failed\r\nStatus: 4.4.7\r\n"));
    assert_false(bounce.recipients[0].permanent);
    bounce = read_one(w, HEAD STATUS("Final-Recipient: rfc822; a@b\r\nAction: delayed\r\nStatus: 5.0.0\r\n"));
    assert_false(bounce.recipients[0].permanent); /* it says itself that it still tries */
    bounce = read_one(w, HEAD STATUS("final-recipient: RFC822; a@b\r\naction: FAILED\r\n"
                                     "diagnostic-code: SMTP; 550 no\r\n"));
    assert_true(bounce.recipients[0].permanent); /* without a status the server's reply counts */
    assert_int_equal(bounce.recipients[0].code, 550);
}

static void what_is_no_notification(void **state)
{
    struct world *w = *state;
    struct bounce bounce;
    static const char *const texts[] = {
        "",
        "\r\n",
        "Subject: Out of office\r\n\r\nI am on holiday: failed 5.1.1 sam@example.org\r\n",
        "Content-Type: multipart/report\r\n\r\n" STATUS(FAILED), /* no boundary */
        "Content-Type: multipart/mixed; boundary=\"AA/1=x\"\r\n\r\n" STATUS(FAILED),
        HEAD,
        HEAD STATUS(""),
        HEAD STATUS("Final-Recipient: rfc822; a@b\r\nAction: delivered\r\nStatus: 2.0.0\r\n"),
        HEAD STATUS("Action: failed\r\nStatus: 5.1.1\r\n"), /* nobody */
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (bounce_read(slice_from_text(texts[i]), &w->error, &bounce) == OK)
            fail_msg("text %zu is no notification", i);
}

static void many_recipients_are_cut_off(void **state)
{
    struct world *w = *state;
    CLEANUP(buffer_free) struct buffer text = BUFFER(1 << 20);
    struct bounce bounce;
    buffer_append_text(&text, HEAD STATUS(""));
    for (int i = 0; i < 3 * BOUNCE_RECIPIENTS_MAXIMUM; i++)
        buffer_append_text(&text, FAILED "\r\n");
    assert_ok(w, bounce_read(buffer_slice(&text), &w->error, &bounce));
    assert_int_equal(bounce.recipient_count, BOUNCE_RECIPIENTS_MAXIMUM);
}

/* ---- Whose mail it was -------------------------------------------------------------------------------------- */

struct noting {
    struct world *w;
    struct bounce bounce;
    struct bounced bounced;
    struct mail mail;
    int64_t person;
};

static enum error_code make_person(struct store_session *session, void *context, struct error *error)
{
    struct noting *noting = context;
    return person_ensure(session, &noting->w->application, noting->w->org, S("sam@example.org"), S("Sam"),
                         S("nl"), error, &noting->person);
}

static enum error_code note(struct store_session *session, void *context, struct error *error)
{
    struct noting *noting = context;
    return bounced_note(session, &noting->w->application, &noting->bounce, noting->w->region, error,
                        &noting->bounced);
}

static struct mail_recipient note_text(struct noting *noting, const char *status, struct slice id)
{
    struct world *w = noting->w;
    struct mail_recipient recipient;
    struct slice text = region_format(w->region,
                                      "%s%s\r\n--AA/1=x\r\nContent-Type: text/rfc822-headers\r\n\r\n"
                                      "Message-Id: <%.*s>\r\n--AA/1=x--\r\n",
                                      HEAD, status, SLICE_ARG(id));
    assert_ok(w, bounce_read(text, &w->error, &noting->bounce));
    assert_ok(w, store_write(w->store, note, noting, &w->error));
    assert_ok(w, mail_recipient_load(w->session, w->org, noting->person, &w->error, &recipient));
    return recipient;
}

STATEMENT(TEST_BOUNCES, "SELECT bounces FROM mail_recipient WHERE org_id = $1 AND person_id = $2");

static enum error_code took(struct store_session *session, void *context, struct error *error)
{
    const struct noting *noting = context;
    return mail_recipient_took(session, noting->w->org, noting->person, error);
}

static void only_own_mails_count(void **state)
{
    struct world *w = *state;
    struct noting noting = {.w = w};
    assert_ok(w, store_write(w->store, make_person, &noting, &w->error));
    assert_ok(w, store_write(w->store, took, &noting, &w->error));
    const struct mail mail = {
        .org = w->org, .person = noting.person, .kind = MAIL_ROUND_OPEN, .round = 1, .over_at = 7};
    struct mail other = mail;
    other.person++;
    struct slice id = mail_message_id(&w->application, &mail, S("example.org"), w->region);
    struct slice of_other = mail_message_id(&w->application, &other, S("example.org"), w->region);
    assert_true(slice_equal(id, mail_message_id(&w->application, &mail, S("example.org"), w->region)));
    /* Somebody made it up, or it was a mail to somebody else. */
    assert_int_equal(note_text(&noting, STATUS(FAILED), S("made-up@example.org")).refused_code, 0);
    assert_int_equal(note_text(&noting, STATUS(FAILED), of_other).refused_code, 0);
    assert_int_equal(note_text(&noting, STATUS(FAILED), S("")).refused_code, 0);
    assert_int_equal(noting.bounced.foreign, 1);
    /* For now only: counted, nothing stops. */
    assert_int_equal(
        note_text(&noting,
                  STATUS("Final-Recipient: rfc822; SAM@example.org\r\nAction: delayed\r\nStatus: 4.2.2\r\n"),
                  id)
            .refused_code,
        0);
    assert_int_equal(noting.bounced.counted, 1);
    assert_int_equal(world_integer(w, &TEST_BOUNCES, PARAMETERS(V_INTEGER(w->org), V_INTEGER(noting.person))),
                     1);
    struct mail_recipient recipient = note_text(&noting, STATUS(FAILED), id);
    assert_int_equal(recipient.refused_code, BOUNCE_CODE_UNKNOWN);
    assert_true(recipient.refused_on > 0 && recipient.invited);
    struct mail_refusal *refusals;
    size_t count;
    assert_ok(w, mail_refusals(w->session, w->org, w->region, &w->error, &refusals, &count));
    assert_int_equal(count, 1);
    assert_int_equal(refusals[0].person, noting.person);
    /* A mail that arrives again ends it. */
    assert_ok(w, store_write(w->store, took, &noting, &w->error));
    assert_ok(w, mail_refusals(w->session, w->org, w->region, &w->error, &refusals, &count));
    assert_int_equal(count, 0);
}

int main(void)
{
    struct CMUnitTest tests[] = {BOTH(what_a_notification_says), BOTH(what_is_no_notification),
                                 BOTH(many_recipients_are_cut_off), BOTH(only_own_mails_count)};
    return WORLD_RUN(tests);
}

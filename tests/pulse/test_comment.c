/* Comments: a token of their own, joined to nobody and to no answer; kept of teams where ten or more answered; read by who
 * was there; taken away by name. */
#include "comment_client.h"

#include "pulse/comment_kept.h"

STATEMENT(TEST_COMMENTS_LEFT, "SELECT (SELECT count(*) FROM sealed_comment), "
                              "(SELECT count(*) FROM comment_issuance), (SELECT count(*) FROM team_comment), "
                              "(SELECT count(*) FROM team_round WHERE sealed_comment_key IS NOT NULL)");
STATEMENT(TEST_COMMENT_SIZES, "SELECT count(DISTINCT length(body)), count(*) FROM sealed_comment");
STATEMENT(TEST_TEXTS, "SELECT text FROM team_comment ORDER BY text");

static int64_t open_round_with(struct world *w, const char *name, int members, int64_t *ret_team)
{
    int64_t number;
    world_takes_comments(w);
    *ret_team = world_team(w, name, 0, members, true);
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    return number;
}

static void answer_all(struct world *w, int64_t team, const char *name, int count)
{
    for (int i = 1; i <= count; i++) {
        char address[64];
        snprintf(address, sizeof address, "m%d@%s.example", i, name);
        world_answer(w, team, address, 2 + i % 3);
    }
}

static void close_now(struct world *w)
{
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
}

static struct descriptor descriptor_of(struct world *w, int64_t team)
{
    struct descriptor descriptor;
    struct team_round part = world_part(w, team);
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &descriptor));
    return descriptor;
}

static void expect(struct world *w, const struct statement *statement, const char *kinds,
                   const char *expected)
{
    struct slice rows = world_rows(w, kinds, statement, NO_PARAMETERS);
    if (!slice_equal(rows, slice_from_text(expected))) {
        print_error("%.*s\nis not\n%s\n", SLICE_ARG(rows), expected);
        fail();
    }
}

/* A client with its token; the caller ends it. */
static struct comment_client fetch(struct world *w, int64_t team, const char *address)
{
    struct comment_client client;
    struct slice signature;
    struct descriptor descriptor = descriptor_of(w, team);
    struct team_round part = world_part(w, team);
    assert_ok(w, comment_client_begin(&descriptor, part.rid, w->region, &w->error, &client));
    assert_ok(w, comment_issue(&w->application, w->session, w->org, world_person(w, address), client.rid,
                               client.blinded.blinded, w->region, &w->error, &signature));
    assert_ok(w, comment_client_finish(&client, signature, w->region, &w->error));
    return client;
}

static enum error_code send(struct world *w, const struct comment_client *client, const char *text,
                            int64_t version)
{
    struct comment_submission submission;
    struct answer_receipt receipt;
    assert_ok(w, comment_client_submission(client, slice_from_text(text), version, w->region, &w->error,
                                           &submission));
    return comment_submit(&w->application, w->session, &submission, w->region, &w->error, &receipt);
}

/* ---- When nobody is asked ------------------------------------------------------------------------ */

static void test_off_until_turned_on(void **state)
{
    struct world *w = *state;
    int64_t number, team = world_team(w, "noord", 0, 12, true);
    uint8_t bytes[256] = {1};
    struct slice signature;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    assert_int_equal(descriptor_of(w, team).comment_spki.length, 0);
    struct team_round part = world_part(w, team);
    assert_failure(w,
                   comment_issue(&w->application, w->session, w->org, world_person(w, "m1@noord.example"),
                                 part.rid, slice_from_bytes(bytes, sizeof bytes), w->region, &w->error,
                                 &signature),
                   ERROR_NOT_FOUND, "no-comments");
    world_takes_comments(w); /* an open round keeps what it began with */
    assert_int_equal(descriptor_of(w, team).comment_spki.length, 0);
    close_now(w);
    world_wait(w, DAY_SECONDS);
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    assert_true(descriptor_of(w, team).comment_spki.length > 0);
}

static void test_small_teams_are_not_asked(void **state)
{
    struct world *w = *state;
    int64_t small;
    open_round_with(w, "noord", 9, &small);
    assert_int_equal(descriptor_of(w, small).comment_spki.length, 0);
    expect(w, &TEST_COMMENTS_LEFT, "iiii", "0|0|0|0\n");
}

/* ---- Tokens -------------------------------------------------------------------------------------- */

static void test_one_token_for_each_member(void **state)
{
    struct world *w = *state;
    int64_t team;
    struct slice again;
    open_round_with(w, "noord", 10, &team);
    CLEANUP(comment_client_end) struct comment_client client = fetch(w, team, "m1@noord.example");
    int64_t person = world_person(w, "m1@noord.example");
    assert_ok(w, comment_issue(&w->application, w->session, w->org, person, client.rid,
                               client.blinded.blinded, w->region, &w->error, &again)); /* after a crash */
    struct descriptor descriptor = descriptor_of(w, team);
    CLEANUP(comment_client_end) struct comment_client other = {0};
    assert_ok(w, comment_client_begin(&descriptor, client.rid, w->region, &w->error, &other));
    assert_failure(w,
                   comment_issue(&w->application, w->session, w->org, person, client.rid,
                                 other.blinded.blinded, w->region, &w->error, &again),
                   ERROR_CONFLICT, "token-issued");
    assert_failure(w,
                   comment_issue(&w->application, w->session, w->org, world_person(w, "leader@noord.example"),
                                 client.rid, other.blinded.blinded, w->region, &w->error, &again),
                   ERROR_DENIED, "not-in-roster");
    assert_failure(w,
                   comment_issue(&w->application, w->session, w->org + 1, person, client.rid,
                                 other.blinded.blinded, w->region, &w->error, &again),
                   ERROR_NOT_FOUND, "round-unknown");
    assert_failure(w,
                   comment_issue(&w->application, w->session, w->org, person, client.rid, S("short"),
                                 w->region, &w->error, &again),
                   ERROR_INPUT, "blinded-length");
}

/* What is bought with one token cannot be paid with the other. */
static void test_tokens_are_not_for_each_other(void **state)
{
    struct world *w = *state;
    int64_t team;
    struct device device;
    struct answer_receipt receipt;
    struct comment_submission submission;
    const int values[PROTOCOL_ITEMS_MAXIMUM] = {3, 3, 3, 3, 3, 3, 3, 3, 3, 3};
    open_round_with(w, "noord", 10, &team);
    CLEANUP(comment_client_end) struct comment_client client = fetch(w, team, "m1@noord.example");
    device_prepare(w, team, &device);
    assert_ok(w, device_fetch(w, &device, world_person(w, "m1@noord.example")));
    device_fill(w, &device, 1, values);
    assert_ok(w, comment_client_submission(&client, S("Hello"), 1, w->region, &w->error, &submission));

    struct comment_submission crossed = submission;
    crossed.signature = device.submission.signature;
    assert_failure(w, comment_submit(&w->application, w->session, &crossed, w->region, &w->error, &receipt),
                   ERROR_CRYPTO, "token-false");
    crossed.prepared = device.submission.prepared;
    assert_failure(w, comment_submit(&w->application, w->session, &crossed, w->region, &w->error, &receipt),
                   ERROR_CRYPTO, "token-false");
    struct answer_submission answer = device.submission;
    answer.signature = client.signature;
    assert_failure(w, answer_submit(&w->application, w->session, &answer, w->region, &w->error, &receipt),
                   ERROR_CRYPTO, "token-false");
    crossed = submission;
    crossed.osig[10] ^= 1;
    assert_failure(w, comment_submit(&w->application, w->session, &crossed, w->region, &w->error, &receipt),
                   ERROR_CRYPTO, "comment-signature");
    crossed = submission;
    crossed.version = 2; /* signed for version 1 */
    assert_failure(w, comment_submit(&w->application, w->session, &crossed, w->region, &w->error, &receipt),
                   ERROR_CRYPTO, "comment-signature");
    expect(w, &TEST_COMMENTS_LEFT, "iiii", "0|1|0|1\n");
    device_free(&device);
}

static void test_what_is_no_comment(void **state)
{
    struct world *w = *state;
    struct slice body, text;
    char long_text[COMMENT_TEXT_MAXIMUM + 2];
    memset(long_text, 'a', sizeof long_text);
    assert_failure(w,
                   comment_body_write(slice_from_bytes(long_text, COMMENT_TEXT_MAXIMUM + 1), w->region,
                                      &w->error, &body),
                   ERROR_INPUT, "comment-text");
    assert_failure(w, comment_body_write(S("a\tb"), w->region, &w->error, &body), ERROR_INPUT,
                   "comment-text");
    assert_failure(w, comment_body_write(S("a\xff"), w->region, &w->error, &body), ERROR_INPUT,
                   "comment-text");
    assert_ok(w, comment_body_write(slice_from_bytes(long_text, COMMENT_TEXT_MAXIMUM), w->region, &w->error,
                                    &body));
    assert_ok(w, comment_body_read(body, &w->error, &text));
    assert_int_equal(text.length, COMMENT_TEXT_MAXIMUM);
    assert_ok(w, comment_body_write(S(" two\nlines "), w->region, &w->error, &body));
    assert_ok(w, comment_body_read(body, &w->error, &text));
    assert_true(slice_equal(text, S("two\nlines")));
    uint8_t *bytes = REGION_ARRAY(w->region, body.length, uint8_t);
    memcpy(bytes, body.data, body.length);
    bytes[COMMENT_BODY_BYTES - 1] = 'x'; /* something hidden behind the text */
    assert_failure(w, comment_body_read(slice_from_bytes(bytes, body.length), &w->error, &text), ERROR_INPUT,
                   "comment-text");
    bytes[COMMENT_BODY_BYTES - 1] = 0;
    bytes[0] = 0xff; /* longer than there is room */
    assert_failure(w, comment_body_read(slice_from_bytes(bytes, body.length), &w->error, &text), ERROR_INPUT,
                   "comment-text");
    assert_failure(w, comment_body_read(slice_part(body, 0, 100), &w->error, &text), ERROR_INPUT,
                   "comment-text");
}

/* ---- Changing, taking back, closing -------------------------------------------------------------- */

static void test_changed_and_taken_back(void **state)
{
    struct world *w = *state;
    int64_t team;
    open_round_with(w, "noord", 12, &team);
    answer_all(w, team, "noord", 10);
    CLEANUP(comment_client_end) struct comment_client one = fetch(w, team, "m1@noord.example");
    CLEANUP(comment_client_end) struct comment_client two = fetch(w, team, "m2@noord.example");
    assert_ok(w, send(w, &one, "first words", 1));
    assert_ok(w, send(w, &one, "first words", 1)); /* the same again */
    assert_failure(w, send(w, &one, "other words", 1), ERROR_CONFLICT, "comment-version");
    assert_ok(w, send(w, &one, "other words", 2));
    assert_failure(w, send(w, &one, "first words", 1), ERROR_CONFLICT, "comment-version");
    assert_ok(w, send(w, &two, "to be taken back", 1));
    expect(w, &TEST_COMMENT_SIZES, "ii", "1|2\n");
    assert_ok(w, send(w, &two, "", 2));
    expect(w, &TEST_COMMENT_SIZES, "ii", "1|2\n"); /* looks like any other */
    close_now(w);
    expect(w, &TEST_TEXTS, "t", "other words\n");
    expect(w, &TEST_COMMENTS_LEFT, "iiii", "0|0|1|0\n");
    assert_failure(w, send(w, &one, "too late", 3), ERROR_GONE, "round-closed");
}

static void test_nothing_is_kept_below_ten_answers(void **state)
{
    struct world *w = *state;
    int64_t team;
    open_round_with(w, "noord", 12, &team);
    answer_all(w, team, "noord", 9);
    for (int i = 1; i <= 12; i++) {
        char address[64];
        snprintf(address, sizeof address, "m%d@noord.example", i);
        world_comment(w, team, address, "something", NULL);
    }
    close_now(w);
    expect(w, &TEST_COMMENTS_LEFT, "iiii", "0|0|0|0\n");
}

/* ---- Reading and taking away --------------------------------------------------------------------- */

static size_t seen_by(struct world *w, int64_t team, const char *address, struct kept_comment **ret_comments)
{
    size_t count;
    assert_ok(w, comments_list(w->session, w->org, team, world_person(w, address), w->region, &w->error,
                               ret_comments, &count));
    return count;
}

static int64_t counted_for(struct world *w, int64_t team, const char *address)
{
    int64_t count = -1;
    assert_ok(w, comments_count(w->session, w->org, team, world_person(w, address), &w->error, &count));
    return count;
}

struct taking {
    struct world *w;
    int64_t team, person;
    uint8_t id[COMMENT_ID_BYTES];
};

static enum error_code write_taking(struct store_session *session, void *context, struct error *error)
{
    const struct taking *taking = context;
    return comment_remove(session, taking->w->org, taking->team, taking->person, taking->id,
                          clock_seconds(&taking->w->clock), error);
}

static enum error_code write_clean_up(struct store_session *session, void *context, struct error *error)
{
    return comments_clean_up(session, clock_seconds(context), error);
}

static void test_read_by_who_was_there(void **state)
{
    struct world *w = *state;
    int64_t team, number;
    struct kept_comment *comments;
    open_round_with(w, "noord", 11, &team);
    int64_t other = world_team(w, "zuid", 0, 10, true);
    answer_all(w, team, "noord", 10);
    world_comment(w, team, "m3@noord.example", "Wij luisteren beter.\nEcht.", NULL);
    world_comment(w, team, "m4@noord.example", "Minder vergaderen", NULL);
    close_now(w);
    assert_int_equal(seen_by(w, team, "m1@noord.example", &comments), 2);
    assert_int_equal(seen_by(w, team, "leader@noord.example", &comments), 2);
    assert_int_equal(counted_for(w, team, "leader@noord.example"), 2);
    assert_int_equal(seen_by(w, team, "m1@zuid.example", &comments), 0);
    assert_int_equal(counted_for(w, team, "m1@zuid.example"), 0);
    assert_int_equal(seen_by(w, other, "m1@noord.example", &comments), 0);

    seen_by(w, team, "m1@noord.example", &comments);
    struct taking taking = {w, team, world_person(w, "m1@zuid.example"), {0}};
    memcpy(taking.id, comments[0].id, sizeof taking.id);
    assert_failure(w, store_write(w->store, write_taking, &taking, &w->error), ERROR_NOT_FOUND,
                   "comment-unknown");
    taking.person = world_person(w, "leader@noord.example");
    assert_ok(w, store_write(w->store, write_taking, &taking, &w->error));
    assert_failure(w, store_write(w->store, write_taking, &taking, &w->error), ERROR_NOT_FOUND,
                   "comment-unknown");
    assert_int_equal(seen_by(w, team, "m1@noord.example", &comments), 2);
    assert_false(comments[0].removed);
    assert_true(comments[1].removed);
    assert_true(comments[1].removed_by.length > 0);
    assert_int_equal(comments[1].removed_at, clock_seconds(&w->clock));

    world_wait(w, DAY_SECONDS); /* the next round has none: the page still has the earlier ones */
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    close_now(w);
    assert_int_equal(seen_by(w, team, "m1@noord.example", &comments), 2);
    assert_int_equal(counted_for(w, team, "m1@noord.example"), 0);
    world_wait(w, (int64_t)COMMENT_KEPT_DAYS * DAY_SECONDS - DAY_SECONDS - 1);
    assert_ok(w, store_write(w->store, write_clean_up, &w->clock, &w->error));
    assert_int_equal(seen_by(w, team, "m1@noord.example", &comments), 2);
    world_wait(w, 2);
    assert_ok(w, store_write(w->store, write_clean_up, &w->clock, &w->error));
    assert_int_equal(seen_by(w, team, "m1@noord.example", &comments), 1);
    assert_true(comments[0].removed);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_off_until_turned_on),
        BOTH(test_small_teams_are_not_asked),
        BOTH(test_one_token_for_each_member),
        BOTH(test_tokens_are_not_for_each_other),
        SQLITE_ONLY(test_what_is_no_comment),
        BOTH(test_changed_and_taken_back),
        BOTH(test_nothing_is_kept_below_ten_answers),
        BOTH(test_read_by_who_was_there),
    };
    return WORLD_RUN(tests);
}

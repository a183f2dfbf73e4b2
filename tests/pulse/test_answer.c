/* The way of an answer, both sides of it in one process: prepare, blind, issue, finalize, submit, change,
 * replay. */
#include "world.h"

#include "people/device.h"
#include "privacy/ledger.h"

#include "pulse/answer_kept.h"

STATEMENT(TEST_COUNT_ANSWERS, "SELECT count(*) FROM sealed_answer WHERE org_id = $1");
STATEMENT(TEST_COUNT_ISSUED, "SELECT count(*) FROM issuance WHERE org_id = $1");
STATEMENT(TEST_BODY_SIZES, "SELECT DISTINCT length(body) FROM sealed_answer WHERE org_id = $1");

enum { ALL = PROTOCOL_ITEMS_MAXIMUM };

static const int *all(int value)
{
    static int values[ALL];
    for (size_t i = 0; i < ALL; i++)
        values[i] = value;
    return values;
}

static int64_t open_round(struct world *w, bool full)
{
    int64_t number = 0;
    assert_ok(w, round_open(&w->application, w->org, full, w->region, &w->error, &number));
    return number;
}

static int64_t count(struct world *w, const struct statement *statement)
{
    return world_integer(w, statement, PARAMETERS(V_INTEGER(w->org)));
}

static void test_whole_life(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true), person = world_person(w, "m1@noord.example");
    struct device device;
    struct answer_receipt first, again;
    struct org org;
    bool issued = true;
    open_round(w, false);
    device_prepare(w, team, &device);
    assert_int_equal(device.descriptor.item_count, 10);
    assert_ok(w, answer_issued(w->session, w->org, person, device.submission.rid, &w->error, &issued));
    assert_false(issued);
    assert_ok(w, device_fetch(w, &device, person));
    assert_ok(w, answer_issued(w->session, w->org, person, device.submission.rid, &w->error, &issued));
    assert_true(issued);

    device_fill(w, &device, 1, all(4));
    assert_ok(w, device_send(w, &device, &first));
    assert_ok(w, org_load(w->session, w->org, w->region, &w->error, &org));
    assert_ok(w, log_verify(org.log_public, first.text, first.signature, &w->error));
    assert_true(slice_starts_with(first.text, S("hecht-receipt-v1\nrid ")));
    assert_ok(w, device_send(w, &device, &again)); /* the reply was lost: the same request, the same reply */
    assert_true(slice_equal(first.text, again.text));
    assert_memory_equal(first.signature, again.signature, sizeof first.signature);
    assert_int_equal(count(w, &TEST_COUNT_ANSWERS), 1);

    device_fill(w, &device, 1, all(5)); /* other content under the same version */
    assert_failure(w, device_send(w, &device, &again), ERROR_CONFLICT, "answer-version");
    device_fill(w, &device, 1, all(4)); /* other salts are other content, too */
    assert_failure(w, device_send(w, &device, &again), ERROR_CONFLICT, "answer-version");
    device_fill(w, &device, 2, all(0));
    assert_ok(w, device_send(w, &device, &again));
    assert_false(slice_equal(first.text, again.text));
    device_fill(w, &device, 1, all(3));
    assert_failure(w, device_send(w, &device, &again), ERROR_CONFLICT, "answer-version");
    assert_int_equal(count(w, &TEST_COUNT_ANSWERS), 1);
    assert_int_equal(count(w, &TEST_COUNT_ISSUED), 1);
    device_free(&device);
}

/* The member's program ends between any two steps: what it kept is enough to go on, with the same messages. */
static void test_what_is_kept_is_enough(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true), version = 7, until;
    int64_t person = world_person(w, "m1@noord.example");
    struct answer_client first, second;
    struct answer_submission submission;
    struct answer_receipt receipt;
    struct slice text, again, signature, same;
    open_round(w, false);
    struct team_round part = world_part(w, team);
    assert_ok(w, answer_client_begin(part.descriptor, part.rid, w->region, &w->error, &first));
    assert_ok(w, answer_kept_write(&first, 0, w->region, &w->error, &text));
    assert_true(answer_kept_until(text, &until));
    assert_int_equal(until, first.descriptor.extended);
    assert_ok(w, answer_issue(&w->application, w->session, w->org, person, part.rid, first.blinded.blinded,
                              S(""), w->region, &w->error, &signature));
    answer_client_end(&first);

    assert_ok(w,
              answer_kept_resume(text, part.descriptor, part.rid, w->region, &w->error, &second, &version));
    assert_int_equal(version, 0);
    assert_ok(w, answer_kept_write(&second, 0, w->region, &w->error, &again));
    assert_true(slice_equal(text, again));
    assert_ok(w, answer_issue(&w->application, w->session, w->org, person, part.rid, second.blinded.blinded,
                              S(""), w->region, &w->error, &same));
    assert_true(slice_equal(signature, same));
    assert_ok(w, answer_client_finish(&second, same, w->region, &w->error));
    for (int v = 1; v <= 2; v++) {
        assert_ok(w, answer_client_submission(&second, all(3 + v), v, &w->random, w->region, &w->error,
                                              &submission));
        assert_ok(w, answer_submit(&w->application, w->session, &submission, w->region, &w->error, &receipt));
    }
    assert_int_equal(count(w, &TEST_COUNT_ANSWERS), 1);
    answer_client_end(&second);
}

/* Any byte that is changed, missing or too many is found, at the latest when the signature comes. */
static void test_what_is_kept_and_damaged(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true), other = world_team(w, "zuid", 0, 5, true), version;
    int64_t person = world_person(w, "m1@noord.example");
    struct answer_client client;
    struct slice text, signature;
    open_round(w, false);
    struct team_round part = world_part(w, team), foreign = world_part(w, other);
    assert_ok(w, answer_client_begin(part.descriptor, part.rid, w->region, &w->error, &client));
    assert_ok(w, answer_kept_write(&client, 3, w->region, &w->error, &text));
    assert_ok(w, answer_issue(&w->application, w->session, w->org, person, part.rid, client.blinded.blinded,
                              S(""), w->region, &w->error, &signature));
    answer_client_end(&client);
    assert_failure(
        w, answer_kept_resume(text, foreign.descriptor, foreign.rid, w->region, &w->error, &client, &version),
        ERROR_CRYPTO, "kept-damaged");
    assert_failure(
        w, answer_kept_resume(text, foreign.descriptor, part.rid, w->region, &w->error, &client, &version),
        ERROR_CRYPTO, "round-not-as-said");
    char *bytes = region_allocate(w->region, text.length + 1);
    memcpy(bytes, text.data, text.length);
    bytes[text.length] = '\n';
    assert_failure(w,
                   answer_kept_resume(slice_from_bytes(bytes, text.length + 1), part.descriptor, part.rid,
                                      w->region, &w->error, &client, &version),
                   ERROR_CRYPTO, "kept-damaged");
    size_t until = slice_find(text, S("until ")), number = slice_find(text, S("version ")) + 8;
    for (size_t i = 0; i < text.length; i += 7) {
        if ((i >= until && i < until + 26) || i == number)
            continue; /* the time and the number may be others */
        assert_failure(w,
                       answer_kept_resume(slice_part(text, 0, i), part.descriptor, part.rid, w->region,
                                          &w->error, &client, &version),
                       ERROR_CRYPTO, "kept-damaged");
        bytes[i] = bytes[i] == 'A' ? 'B' : 'A';
        if (answer_kept_resume(slice_from_bytes(bytes, text.length), part.descriptor, part.rid, w->region,
                               &w->error, &client, &version) == OK) {
            bool bound = answer_client_finish(&client, signature, w->region, &w->error) == OK;
            /* blinded itself goes to the server, which answers 409 to other bytes */
            assert_true(!bound || i >= slice_find(text, S("blinded ")));
            answer_client_end(&client);
        }
        bytes[i] = text.data[i];
    }
}

static void test_one_token_for_each_member(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    int64_t person = world_person(w, "m1@noord.example");
    struct device device, second;
    open_round(w, false);
    device_prepare(w, team, &device);
    device_prepare(w, team, &second);
    assert_failure(w, device_fetch(w, &device, world_person(w, "leader@noord.example")), ERROR_DENIED,
                   "not-in-roster");
    assert_failure(w, device_fetch(w, &device, 12345), ERROR_DENIED, "not-in-roster");
    assert_ok(w, device_fetch(w, &device, person));
    assert_ok(w, device_fetch(w, &device, person)); /* the same blinded bytes again, after a lost reply */
    assert_failure(w, device_fetch(w, &second, person), ERROR_CONFLICT, "token-issued");
    assert_ok(w, device_fetch(w, &second, world_person(w, "m2@noord.example")));
    assert_int_equal(count(w, &TEST_COUNT_ISSUED), 2);
    device_free(&device);
    device_free(&second);
}

/* What cannot be signed costs nobody the one token. */
static void test_nonsense_is_not_issued(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true), person = world_person(w, "m1@noord.example");
    struct device device;
    struct slice signature;
    char bytes[BLIND_MODULUS_BITS / 8];
    open_round(w, false);
    device_prepare(w, team, &device);
    memset(bytes, 0xFF, sizeof bytes); /* not below the modulus */
    assert_failure(w,
                   answer_issue(&w->application, w->session, w->org, person, device.submission.rid,
                                slice_from_bytes(bytes, sizeof bytes), S(""), w->region, &w->error,
                                &signature),
                   ERROR_INPUT, "blinded-range");
    assert_failure(w,
                   answer_issue(&w->application, w->session, w->org, person, device.submission.rid,
                                S("short"), S(""), w->region, &w->error, &signature),
                   ERROR_INPUT, "blinded-length");
    assert_int_equal(count(w, &TEST_COUNT_ISSUED), 0);
    assert_ok(w, device_fetch(w, &device, person));
    device_free(&device);
}

static void test_other_organisation(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true), person = world_person(w, "m1@noord.example");
    struct device device;
    struct slice signature;
    open_round(w, false);
    device_prepare(w, team, &device);
    assert_failure(w,
                   answer_issue(&w->application, w->session, w->org + 1, person, device.submission.rid,
                                device.message.blinded, S(""), w->region, &w->error, &signature),
                   ERROR_NOT_FOUND, "round-unknown");
    device.submission.rid[0] ^= 1;
    assert_failure(w, device_fetch(w, &device, person), ERROR_NOT_FOUND, "round-unknown");
    device_free(&device);
}

static void test_false_tokens(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 5, true), south = world_team(w, "zuid", 0, 5, true);
    struct device device, other, moved;
    struct answer_receipt receipt;
    open_round(w, false);
    device_prepare(w, north, &device);
    device_prepare(w, south, &other);
    assert_ok(w, device_fetch(w, &device, world_person(w, "m1@noord.example")));
    device_fill(w, &device, 1, all(2));

    struct device changed = device; /* another value than was signed */
    struct answer_cell cells[ALL];
    memcpy(cells, device.submission.cells, device.submission.cell_count * sizeof *cells);
    cells[3].value = 5;
    changed.submission.cells = cells;
    assert_failure(w, device_send(w, &changed, &receipt), ERROR_CRYPTO, "answer-signature");

    moved = other; /* a token of the other team's round */
    moved.submission.prepared = device.submission.prepared;
    moved.submission.signature = device.submission.signature;
    device_fill(w, &moved, 1, all(2));
    assert_failure(w, device_send(w, &moved, &receipt), ERROR_CRYPTO, "token-false");
    memcpy(moved.submission.opk, device.submission.opk, sizeof moved.submission.opk);
    assert_failure(w, device_send(w, &moved, &receipt), ERROR_CRYPTO, "token-false");

    changed = device; /* a token for another key */
    memcpy(changed.submission.opk, other.submission.opk, sizeof changed.submission.opk);
    assert_failure(w, device_send(w, &changed, &receipt), ERROR_CRYPTO, "token-false");
    changed = device; /* no token at all: the blind signature is none on the message itself */
    changed.submission.signature = other.message.blinded;
    assert_failure(w, device_send(w, &changed, &receipt), ERROR_CRYPTO, "token-false");
    assert_int_equal(count(w, &TEST_COUNT_ANSWERS), 0);
    device_free(&device);
    device_free(&other);
}

static void test_wrong_cells(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    struct device device;
    struct answer_receipt receipt;
    open_round(w, false);
    device_prepare(w, team, &device);
    assert_ok(w, device_fetch(w, &device, world_person(w, "m1@noord.example")));
    device_fill(w, &device, 1, all(6)); /* there are five options */
    assert_failure(w, device_send(w, &device, &receipt), ERROR_INPUT, "cells-wrong");
    device_fill(w, &device, 1, all(5));
    device.submission.cell_count--;
    assert_failure(w, device_send(w, &device, &receipt), ERROR_INPUT, "cells-wrong");
    device.submission.cell_count++;
    struct answer_cell first = device.submission.cells[0];
    device.submission.cells[0] = device.submission.cells[1];
    device.submission.cells[1] = first;
    assert_failure(w, device_send(w, &device, &receipt), ERROR_INPUT, "cells-wrong");
    device_fill(w, &device, 1, all(5));
    device.submission.version = 0;
    assert_failure(w, device_send(w, &device, &receipt), ERROR_INPUT, "version-range");
    device.submission.version = PROTOCOL_VERSION_MAXIMUM + 1;
    assert_failure(w, device_send(w, &device, &receipt), ERROR_INPUT, "version-range");
    assert_int_equal(count(w, &TEST_COUNT_ANSWERS), 0);
    device_free(&device);
}

static void test_after_the_close(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    int64_t person = world_person(w, "m1@noord.example");
    struct device device, late;
    struct answer_receipt receipt;
    open_round(w, false);
    device_prepare(w, team, &device);
    device_prepare(w, team, &late);
    assert_ok(w, device_fetch(w, &device, person));
    device_fill(w, &device, 1, all(5));
    world_wait(w,
               (int64_t)ORG_ROUND_DAYS * DAY_SECONDS); /* due, and the clock counts before the job has run */
    assert_failure(w, device_send(w, &device, &receipt), ERROR_GONE, "round-closed");
    assert_failure(w, device_fetch(w, &late, world_person(w, "m2@noord.example")), ERROR_GONE,
                   "round-closed");
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    assert_failure(w, device_send(w, &device, &receipt), ERROR_GONE, "round-closed");
    assert_failure(w, device_fetch(w, &late, world_person(w, "m2@noord.example")), ERROR_GONE,
                   "round-closed");
    assert_int_equal(count(w, &TEST_COUNT_ANSWERS), 0);
    device_free(&device);
    device_free(&late);
}

static void test_bodies_have_one_size(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    int64_t size = 0;
    open_round(w, false);
    world_answer(w, team, "m1@noord.example", 0);
    world_answer(w, team, "m2@noord.example", 5);
    struct device device;
    struct answer_receipt receipt;
    device_prepare(w, team, &device);
    assert_ok(w, device_fetch(w, &device, world_person(w, "m3@noord.example")));
    device_fill(w, &device, PROTOCOL_VERSION_MAXIMUM, all(1));
    assert_ok(w, device_send(w, &device, &receipt));
    size = count(w, &TEST_BODY_SIZES); /* more than one row is a failure */
    assert_int_equal(size, 1 + sizeof(struct answer_token) + answer_body_size(10) + SEAL_OVERHEAD_BYTES);
    assert_int_equal(count(w, &TEST_COUNT_ANSWERS), 3);
    device_free(&device);
}

/* ---- Devices ------------------------------------------------------------------------------------ */

static struct slice device_signature(struct world *w, const struct one_time_key *key, const struct device *of,
                                     bool other_round)
{
    uint8_t rid[32], hash[32], message[DEVICE_MESSAGE_BYTES], *signature = region_allocate(w->region, 64);
    memcpy(rid, of->submission.rid, sizeof rid);
    rid[0] ^= other_round;
    sha256(of->message.blinded, hash);
    device_message(rid, hash, message);
    assert_ok(w, one_time_sign(key, slice_from_bytes(message, sizeof message), &w->error, signature));
    return slice_from_bytes(signature, 64);
}

struct device_ending {
    int64_t org, person;
    const uint8_t *point;
};

static enum error_code end_device(struct store_session *session, void *context, struct error *error)
{
    const struct device_ending *ending = context;
    return device_end(session, ending->org, ending->person, ending->point, error);
}

static void test_devices_sign_requests(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 2, false);
    open_round(w, false);
    int64_t person = world_person(w, "m1@noord.example"), other = world_person(w, "m2@noord.example");
    struct one_time_key *key;
    struct device_key point, listed[DEVICES_MAXIMUM];
    struct device device;
    struct slice signature;
    size_t found;
    device_prepare(w, team, &device);
    assert_ok(w, one_time_key_make(&w->error, &key));
    assert_ok(w, one_time_key_public(key, &w->error, point.point));
    struct slice good = device_signature(w, key, &device, false);
#define ISSUE(who, by)                                                                                       \
    answer_issue(&w->application, w->session, w->org, who, device.submission.rid, device.message.blinded,    \
                 by, w->region, &w->error, &signature)
    assert_failure(w, ISSUE(person, good), ERROR_CRYPTO, "device-signature"); /* not registered */
    assert_ok(w, device_register(&w->application, w->org, person, &point, &w->error));
    assert_ok(w, device_register(&w->application, w->org, person, &point, &w->error)); /* once more */
    assert_ok(w, device_list(w->session, w->org, person, &w->error, listed, &found));
    assert_int_equal(found, 1);
    assert_memory_equal(listed[0].point, point.point, sizeof point.point);
    assert_ok(w, device_list(w->session, w->org, other, &w->error, listed, &found));
    assert_int_equal(found, 0);
    assert_failure(w, ISSUE(other, good), ERROR_CRYPTO, "device-signature"); /* of somebody else */
    assert_failure(w, ISSUE(person, device_signature(w, key, &device, true)), ERROR_CRYPTO,
                   "device-signature");
    assert_failure(w, ISSUE(person, slice_part(good, 0, 63)), ERROR_CRYPTO, "device-signature");
    assert_int_equal(count(w, &TEST_COUNT_ISSUED), 0); /* nobody lost the one token by it */
    assert_ok(w, ISSUE(person, good));
    assert_int_equal(count(w, &TEST_COUNT_ISSUED), 1);
    assert_ok(w, device_list(w->session, w->org, person, &w->error, listed, &found));
    assert_int_equal(listed[0].registered_on % DAY_SECONDS, 0); /* a day, not a moment */
    assert_true(listed[0].registered_on <= clock_seconds(&w->clock));
    assert_true(listed[0].registered_on > clock_seconds(&w->clock) - DAY_SECONDS);
    struct device later;
    device_prepare(w, team, &later);
    struct device_ending ending = {w->org, other, point.point};
    assert_ok(w,
              store_write(w->store, end_device, &ending, &w->error)); /* of somebody else: nothing happens */
    assert_ok(w, device_list(w->session, w->org, person, &w->error, listed, &found));
    assert_int_equal(found, 1);
    ending.person = person;
    assert_ok(w, store_write(w->store, end_device, &ending, &w->error));
    assert_ok(w, store_write(w->store, end_device, &ending, &w->error)); /* once more */
    assert_failure(w, ISSUE(person, good), ERROR_CRYPTO, "device-signature");
    device_free(&later);
#undef ISSUE
    point.point[10] ^= 1;
    assert_failure(w, device_register(&w->application, w->org, person, &point, &w->error), ERROR_CRYPTO,
                   "device-key");
    one_time_key_free(key);
    device_free(&device);
}

static void test_a_person_has_not_too_many_devices(void **state)
{
    struct world *w = *state;
    world_team(w, "noord", 0, 1, false);
    int64_t person = world_person(w, "m1@noord.example");
    for (int i = 0; i <= DEVICES_MAXIMUM; i++) {
        struct one_time_key *key;
        struct device_key point;
        assert_ok(w, one_time_key_make(&w->error, &key));
        assert_ok(w, one_time_key_public(key, &w->error, point.point));
        one_time_key_free(key);
        if (i < DEVICES_MAXIMUM)
            assert_ok(w, device_register(&w->application, w->org, person, &point, &w->error));
        else
            assert_failure(w, device_register(&w->application, w->org, person, &point, &w->error),
                           ERROR_LIMIT, "devices-full");
    }
}

/* ---- JSON --------------------------------------------------------------------------------------- */

static struct slice submission_json(struct world *w, const struct answer_submission *submission)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(ANSWER_JSON_MAXIMUM);
    answer_to_json(submission, &out);
    assert_false(out.failed);
    return region_copy(w->region, buffer_slice(&out));
}

static void test_json_both_ways(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, true);
    struct device device;
    struct answer_receipt receipt;
    open_round(w, true); /* the longest body there is */
    device_prepare(w, team, &device);
    assert_int_equal(device.descriptor.item_count, 43);
    assert_ok(w, device_fetch(w, &device, world_person(w, "m1@noord.example")));
    device_fill(w, &device, 1, all(3));
    struct slice json = submission_json(w, &device.submission);
    struct answer_submission read = {0};
    assert_ok(w, answer_from_json(json, w->region, &w->error, &read));
    assert_true(slice_equal(json, submission_json(w, &read)));
    device.submission = read;
    assert_ok(w, device_send(w, &device, &receipt));
    device_free(&device);
}

static struct slice replaced(struct world *w, struct slice text, const char *from, const char *to)
{
    size_t at = slice_find(text, slice_from_text(from));
    assert_int_not_equal(at, text.length);
    struct slice rest = slice_from(text, at + strlen(from));
    return region_format(w->region, "%.*s%s%.*s", (int)at, text.data, to, SLICE_ARG(rest));
}

static void test_json_is_strict(void **state)
{
    struct world *w = *state;
    struct answer_submission read;
    struct answer_cell cell = {.item = S("tr1"), .value = 3};
    struct answer_submission submission = {
        .prepared = S("m"), .signature = S("s"), .version = 1, .cells = &cell, .cell_count = 1};
    struct slice good = submission_json(w, &submission);
    assert_ok(w, answer_from_json(good, w->region, &w->error, &read));
    const char *changes[][2] = {
        {"{\"rid\"", "{\"more\":1,\"rid\""},
        {"{\"rid\"", "{\"version\":1,\"rid\""},
        {"{\"rid\"", "{\"bid\""},
        {"\"rid\":\"00", "\"rid\":\"0"},
        {"\"rid\":\"00", "\"rid\":\"0G"},
        {"\"version\":1", "\"version\":1.5"},
        {"\"version\":1", "\"version\":\"1\""},
        {"\"value\":3", "\"value\":-1"},
        {"\"value\":3", "\"value\":10"},
        {"\"value\":3", "\"value\":true"},
        {"\"value\":3", "\"value\":3,\"name\":\"x\""},
        {"\"q\":\"tr1\"", "\"q\":\"\""},
        {"\"q\":\"tr1\"", "\"q\":\"an-item-that-is-longer-than-the-longest\""},
        {"\"cells\":[", "\"cells\":[],\"x\":["},
        {"\"opk\":\"", "\"opk\":\"A"},
        {"\"osig\":\"", "\"osig\":\"+"},
        {"\"m\":\"bQ\"", "\"m\":\"\""},
        {"\"m\":\"bQ\"", "\"m\":7"},
        {"}]}", "}]"},
        {"}]}", "}]}x"},
    };
    for (size_t i = 0; i < COUNT_OF(changes); i++)
        assert_failure(
            w, answer_from_json(replaced(w, good, changes[i][0], changes[i][1]), w->region, &w->error, &read),
            ERROR_INPUT, "answer-json");
    assert_failure(w, answer_from_json(S(""), w->region, &w->error, &read), ERROR_INPUT, "answer-json");
    assert_failure(w, answer_from_json(S("[]"), w->region, &w->error, &read), ERROR_INPUT, "answer-json");
}

static void test_token_json(void **state)
{
    struct world *w = *state;
    struct slice blinded, device;
    assert_ok(w, token_from_json(S("{\"blinded\":\"AQI\"}"), w->region, &w->error, &blinded, &device));
    assert_int_equal(blinded.length, 2);
    assert_int_equal(device.length, 0);
    assert_ok(w, token_from_json(S("{\"blinded\":\"AQI\",\"device_signature\":\"AQID\"}"), w->region,
                                 &w->error, &blinded, &device));
    assert_int_equal(device.length, 3);
    const char *wrong[] = {"{}",
                           "{\"blinded\":\"\"}",
                           "{\"blinded\":1}",
                           "{\"blinded\":\"AQI\",\"x\":1}",
                           "null",
                           "{\"blinded\":\"AQI\",\"device_signature\":1}",
                           "{\"blinded\":\"AQI\",\"blinded\":\"AQI\"}"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_failure(w, token_from_json(slice_from_text(wrong[i]), w->region, &w->error, &blinded, &device),
                       ERROR_INPUT, "answer-json");
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_whole_life),
        BOTH(test_what_is_kept_is_enough),
        SQLITE_ONLY(test_what_is_kept_and_damaged),
        BOTH(test_one_token_for_each_member),
        BOTH(test_nonsense_is_not_issued),
        SQLITE_ONLY(test_other_organisation),
        SQLITE_ONLY(test_false_tokens),
        SQLITE_ONLY(test_wrong_cells),
        BOTH(test_after_the_close),
        BOTH(test_bodies_have_one_size),
        BOTH(test_devices_sign_requests),
        SQLITE_ONLY(test_a_person_has_not_too_many_devices),
        SQLITE_ONLY(test_json_both_ways),
        SQLITE_ONLY(test_json_is_strict),
        SQLITE_ONLY(test_token_json),
    };
    return WORLD_RUN(tests);
}

#include "cli/cli.h"

#include "cli/questionnaire_fetch.h"
#include "cli/web_client.h"
#include "privacy/proquint.h"
#include "pulse/own_answer.h"
#include "pulse/verify.h"
#include "pulse/witness.h"

#include <jansson.h>

static const char HELP[] =
    "Usage: hecht verify URL|FILE ... [--receipt FILE] [--witness KEY] [--json]\n\n"
    "Checks what is published of closed rounds, without trusting the server: says for each line what holds,\n"
    "what FAILS, and what is only a signed claim that cannot be checked from outside. FILE is a record as\n"
    "/api/rounds/RID/record gives it (- is standard input). URL is any address with the rid of a round in it,\n"
    "or that of a server: then the rounds it lists. Records of the same team are compared with each other.\n"
    "docs/ledger.md explains every check.\n\n"
    "Exit code: 0 nothing fails, 1 something fails or could not be read, 2 wrong use.\n\n"
    "Options:\n"
    "  --receipt FILE  what hecht answer --json printed: your own answer must be in one of the records, unchanged\n"
    "  --witness KEY   a witness whom you trust must have signed the log (hecht witness --init prints its key)\n"
    "  --json          the checks as JSON\n\n"
    "Examples:\n"
    "  hecht verify record.json\n"
    "  hecht verify https://trust.example.org/api/rounds/4fb0.../record\n"
    "  hecht verify https://trust.example.org/api/rounds/4fb0.../record --receipt mine.json\n"
    "  hecht verify http://127.0.0.1:8080\n";

enum { SOURCES_MAXIMUM = 1000, VERIFY_REGION_MAXIMUM = 1 << 30, LOGS_REGION_MAXIMUM = 1 << 30 };

struct seen_log {
    int64_t team;
    struct team_log log;
    const char *source;
};

struct run {
    struct region *logs; /* outlives single records */
    struct error *error;
    struct web_client *web;
    bool json, failed;
    struct slice witness; /* its name; empty: none is wanted */
    uint8_t witness_key[LOG_PUBLIC_BYTES];
    struct own_answer own; /* receipt empty: none was given */
    bool own_found;
    struct json_writer writer;
    struct buffer out;
    struct seen_log *seen;
    size_t seen_count;
};

static void json_cleanup(json_t **json)
{
    json_decref(*json);
}

/* ---- Saying it ----------------------------------------------------------------------------------- */

static const char *state_word(enum check_state state, bool json)
{
    if (json)
        return state == CHECK_HOLDS ? "holds" : state == CHECK_FAILS ? "fails" : "claim";
    return state == CHECK_HOLDS ? "holds" : state == CHECK_FAILS ? "FAILS" : "signed claim only";
}

static void say_json(struct run *run, const char *source, const struct record *record,
                     const struct verification *v)
{
    char rid[65];
    hex_encode(record->rid, 32, rid);
    json_write_object_begin(&run->writer);
    json_write_key(&run->writer, "source");
    json_write_text(&run->writer, slice_from_text(source));
    json_write_key(&run->writer, "rid");
    json_write_text(&run->writer, slice_from_text(rid));
    json_write_key(&run->writer, "holds");
    json_write_boolean(&run->writer, !v->failed);
    json_write_key(&run->writer, "checks");
    json_write_array_begin(&run->writer);
    for (size_t i = 0; i < v->count; i++) {
        json_write_object_begin(&run->writer);
        json_write_key(&run->writer, "check");
        json_write_text(&run->writer, slice_from_text(v->checks[i].name));
        json_write_key(&run->writer, "state");
        json_write_text(&run->writer, slice_from_text(state_word(v->checks[i].state, true)));
        json_write_key(&run->writer, "text");
        json_write_text(&run->writer, v->checks[i].text);
        json_write_object_end(&run->writer);
    }
    json_write_array_end(&run->writer);
    json_write_object_end(&run->writer);
}

static void say_text(const char *source, const struct record *record, const struct verification *v)
{
    char words[RID_WORDS_LENGTH + 1];
    size_t claims = 0, fails = 0;
    rid_words(record->rid, words);
    printf("%s\n", source);
    if (v->descriptor.team != 0)
        printf("Round %" PRId64 " of %.*s (%.*s), %s\n", v->descriptor.round_number,
               SLICE_ARG(v->descriptor.team_name), SLICE_ARG(v->descriptor.organisation), words);
    for (size_t i = 0; i < v->count; i++) {
        const struct check *check = &v->checks[i];
        claims += check->state == CHECK_CLAIM;
        fails += check->state == CHECK_FAILS;
        printf("  %-17s  %-13s  %.*s\n", state_word(check->state, false), check->name,
               SLICE_ARG(check->text));
    }
    printf("%zu hold, %zu fail, %zu are signed claims only\n\n", v->count - claims - fails, fails, claims);
}

/* What could not even be read is a failure with one line. */
static void say_unreadable(struct run *run, const char *source, const struct error *error)
{
    run->failed = true;
    if (!run->json) {
        printf("%s\n  FAILS              format         %s\n\n", source, error->detail);
        return;
    }
    struct record none = {0};
    struct verification v = {.failed = true, .count = 1};
    v.checks[0] = (struct check){CHECK_FAILS, "format", slice_from_text(error->detail)};
    say_json(run, source, &none, &v);
}

/* ---- One record ---------------------------------------------------------------------------------- */

/* Two records of one team must come from one log: otherwise somebody was shown another history. */
static void compare_logs(struct run *run, const struct record *record, struct region *region,
                         struct verification *v, const char *source)
{
    int64_t team = v->descriptor.team;
    for (size_t i = 0; i < run->seen_count; i++)
        if (run->seen[i].team == team)
            verify_add(v, verify_same_log(&run->seen[i].log, &record->log) ? CHECK_HOLDS : CHECK_FAILS,
                       "same-log",
                       region_format(region, "%s with the log of %s",
                                     verify_same_log(&run->seen[i].log, &record->log)
                                         ? "consistent"
                                         : "another history or another key: not consistent",
                                     run->seen[i].source));
    if (team == 0 || run->seen_count == SOURCES_MAXIMUM)
        return;
    struct seen_log *seen = &run->seen[run->seen_count];
    *seen = (struct seen_log){.team = team, .log = record->log};
    seen->source = region_text(run->logs, slice_from_text(source));
    seen->log.leaves = REGION_ARRAY(run->logs, record->log.leaf_count, struct merkle_hash);
    if (seen->log.leaves == NULL)
        return;
    memcpy(seen->log.leaves, record->log.leaves, record->log.leaf_count * sizeof *seen->log.leaves);
    run->seen_count++;
}

/* A witness has seen this log, so nobody else can be shown another one. */
static void check_witness(const struct run *run, const struct record *record, struct region *region,
                          struct verification *v)
{
    int64_t time;
    char when[DATE_UTC_LENGTH];
    if (run->witness.length == 0)
        return;
    if (!witness_has_signed(record->log.checkpoint, run->witness, run->witness_key, region, &time)) {
        verify_add(v, CHECK_FAILS, "witness",
                   region_format(region, "%.*s has not signed this log, or not as it is now",
                                 SLICE_ARG(run->witness)));
        return;
    }
    date_format_utc(time, when);
    verify_add(v, CHECK_HOLDS, "witness",
               region_format(region, "%.*s has seen this log on %s, and nothing in it was changed before",
                             SLICE_ARG(run->witness), when));
}

/* NULL where it is not known: of a file, only the one of this program is. ret_other: the server gave another one. */
static enum error_code find_questionnaire(struct run *run, const struct record *record, struct slice origin,
                                          struct region *region, bool *ret_other,
                                          const struct instrument **ret_instrument)
{
    struct descriptor *descriptor = REGION_NEW(region, struct descriptor);
    struct error error = {0};
    *ret_instrument = instrument_builtin();
    if (descriptor == NULL)
        return FAIL(run->error, ERROR_MEMORY, "no-memory", "no memory");
    if (origin.length == 0 || descriptor_read(record->descriptor, region, &error, descriptor) != OK)
        return OK;
    enum error_code code = questionnaire_fetch(run->web, origin, descriptor, region, &error, ret_instrument);
    *ret_other = code == ERROR_CRYPTO;
    return code == OK || code == ERROR_CRYPTO || code == ERROR_NOT_FOUND
               ? OK
               : FAIL(run->error, code, error.reason, "%s", error.detail);
}

/* wanted: the rid of the round that was asked for; NULL: whatever the text holds. origin: of the server that it came from;
 * empty: a file. */
static enum error_code verify_text(struct run *run, const char *source, struct slice text,
                                   struct slice origin, const uint8_t *wanted, struct region *region)
{
    bool other = false;
    const struct instrument *instrument = NULL;
    struct error error = {0};
    struct record *record = REGION_NEW(region, struct record);        /* large */
    struct verification *v = REGION_NEW(region, struct verification); /* large */
    if (record == NULL || v == NULL)
        return FAIL(run->error, ERROR_MEMORY, "no-memory", "no memory");
    enum error_code read = record_read(text, region, &error, record);
    if (read == ERROR_INPUT) {
        say_unreadable(run, source, &error);
        return OK;
    }
    if (read != OK)
        return FAIL(run->error, error.code, error.reason, "%s", error.detail);
    TRY(find_questionnaire(run, record, origin, region, &other, &instrument));
    TRY(verify_record(record, instrument, region, run->error, v));
    if (other)
        verify_add(v, CHECK_FAILS, "questionnaire",
                   S("the server gave another questionnaire than the one that the round fixed"));
    if (wanted != NULL)
        verify_add(v, memcmp(record->rid, wanted, sizeof record->rid) == 0 ? CHECK_HOLDS : CHECK_FAILS,
                   "asked-for",
                   memcmp(record->rid, wanted, sizeof record->rid) == 0
                       ? S("it is the record of the round that was asked for")
                       : S("it is the record of another round than the one that was asked for"));
    check_witness(run, record, region, v);
    if (run->own.receipt.length > 0 && own_answer_verify(&run->own, record, region, v))
        run->own_found = true;
    compare_logs(run, record, region, v, source);
    run->failed = run->failed || v->failed;
    if (run->json)
        say_json(run, source, record, v);
    else
        say_text(source, record, v);
    return OK;
}

/* ---- Where records come from ---------------------------------------------------------------------- */

static bool is_url(struct slice source)
{
    return slice_starts_with(source, S("http://")) || slice_starts_with(source, S("https://"));
}

static struct slice origin_of(struct slice url)
{
    size_t scheme = slice_starts_with(url, S("https://")) ? 8 : 7;
    return slice_part(url, 0, scheme + slice_find_byte(slice_from(url, scheme), '/'));
}

/* The first 64 hexadecimal digits between other characters; false when there are none. */
static bool rid_in(struct slice url, char ret_hex[65])
{
    uint8_t rid[32];
    for (size_t i = 0; i + 64 <= url.length; i++)
        if (hex_decode(slice_part(url, i, 64), rid, sizeof rid)) {
            hex_encode(rid, sizeof rid, ret_hex);
            return true;
        }
    return false;
}

static enum error_code get(struct run *run, const char *url, struct region *region, struct slice *ret_body)
{
    struct web_response response;
    if (run->web == NULL)
        TRY(web_client_open(run->error, &run->web));
    TRY(web_send(run->web, &(struct web_request){.url = url, .anonymous = true}, region, run->error,
                 &response));
    if (response.status != 200)
        return FAIL(run->error, ERROR_IO, "refused", "%s: the server answered %ld", url, response.status);
    *ret_body = response.body;
    return OK;
}

static enum error_code verify_round(struct run *run, struct slice origin, const char *rid)
{
    CLEANUP(region_cleanup) struct region *region = region_new(VERIFY_REGION_MAXIMUM);
    struct slice body;
    if (region == NULL)
        return FAIL(run->error, ERROR_MEMORY, "no-memory", "no memory");
    const char *url =
        region_text(region, region_format(region, "%.*s/api/rounds/%s/record", SLICE_ARG(origin), rid));
    TRY(get(run, url, region, &body));
    uint8_t wanted[32];
    bool read = hex_decode(slice_from_text(rid), wanted, sizeof wanted);
    return verify_text(run, url, body, origin, read ? wanted : NULL, region);
}

static enum error_code verify_server(struct run *run, struct slice origin, struct region *region)
{
    struct slice body;
    const char *url = region_text(region, region_format(region, "%.*s/api/records", SLICE_ARG(origin)));
    TRY(get(run, url, region, &body));
    CLEANUP(json_cleanup) json_t *json = json_loadb(body.data, body.length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *list = json_object_get(json, "records");
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count == 0)
        return FAIL(
            run->error, ERROR_NOT_FOUND, "no-records",
            "%.*s lists no rounds (it lists those of example organisations only); give the address of a "
            "round, with its rid",
            SLICE_ARG(origin));
    for (size_t i = 0; i < count; i++) {
        char rid[65];
        if (!rid_in(slice_from_text(json_string_value(json_array_get(list, i))), rid))
            return FAIL(run->error, ERROR_IO, "reply", "the server's list of rounds was not understood");
        TRY(verify_round(run, origin, rid));
    }
    return OK;
}

static enum error_code verify_source(struct run *run, const char *source)
{
    struct slice text = slice_from_text(source);
    char rid[65];
    CLEANUP(region_cleanup) struct region *region = region_new(VERIFY_REGION_MAXIMUM);
    if (region == NULL)
        return FAIL(run->error, ERROR_MEMORY, "no-memory", "no memory");
    if (is_url(text) && rid_in(text, rid))
        return verify_round(run, origin_of(text), rid);
    if (is_url(text))
        return verify_server(run, origin_of(text), region);
    struct slice content;
    TRY(file_read(source, RECORD_JSON_MAXIMUM, region, run->error, &content));
    return verify_text(run, source, content, S(""), NULL, region);
}

static enum error_code verify_all(struct run *run, const struct arguments *arguments)
{
    run->seen = REGION_ARRAY(run->logs, SOURCES_MAXIMUM, struct seen_log);
    if (run->seen == NULL)
        return FAIL(run->error, ERROR_MEMORY, "no-memory", "no memory");
    run->writer = JSON_WRITER(&run->out);
    run->writer.indent = true;
    json_write_object_begin(&run->writer);
    json_write_key(&run->writer, "records");
    json_write_array_begin(&run->writer);
    for (size_t i = 0; i < arguments->positional_count; i++)
        TRY(verify_source(run, arguments->positionals[i]));
    json_write_array_end(&run->writer);
    json_write_key(&run->writer, "holds");
    json_write_boolean(&run->writer, !run->failed);
    json_write_object_end(&run->writer);
    if (run->json)
        printf("%.*s\n", SLICE_ARG(buffer_slice(&run->out)));
    return OK;
}

static enum error_code verify_with(struct run *run, const struct arguments *arguments)
{
    const char *path = argument_value(arguments, "--receipt");
    struct slice text;
    if (path != NULL) {
        TRY(file_read(path, OWN_ANSWER_MAXIMUM, run->logs, run->error, &text));
        TRY(own_answer_read(text, run->logs, run->error, &run->own));
    }
    TRY(verify_all(run, arguments));
    if (path != NULL && !run->own_found)
        return FAIL(run->error, ERROR_NOT_FOUND, "other-round", "%s is of none of these rounds", path);
    return OK;
}

static int verify(int argc, char **argv)
{
    struct option options[] = {
        {.name = "--json", .flag = true}, {.name = "--witness"}, {.name = "--receipt"}};
    struct arguments arguments;
    struct error error = {0};
    bool done;
    int code = arguments_parse(&COMMAND_VERIFY, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    if (arguments.positional_count == 0)
        return usage_error(&COMMAND_VERIFY, "give a record or an address");
    struct run run = {.error = &error, .json = argument_flag(&arguments, "--json"), .out = BUFFER(64 << 20)};
    const char *witness = argument_value(&arguments, "--witness");
    if (witness != NULL &&
        witness_key_read(slice_from_text(witness), &error, &run.witness, run.witness_key) != OK)
        return usage_error(&COMMAND_VERIFY, "--witness: %s", error.detail);
    run.logs = region_new(LOGS_REGION_MAXIMUM);
    enum error_code verified = run.logs == NULL ? FAIL(&error, ERROR_MEMORY, "no-memory", "no memory")
                                                : verify_with(&run, &arguments);
    web_client_close(run.web);
    region_free(run.logs);
    buffer_free(&run.out);
    if (verified != OK)
        return report_error(&error);
    return run.failed ? EXIT_FAILED : EXIT_DONE;
}

const struct command COMMAND_VERIFY = {"verify", "check what is published of a round, without the server",
                                       HELP, verify};

#include "cli/cli.h"

#include "cli/web_client.h"
#include "http/http.h"
#include "pulse/log_seen.h"
#include "pulse/witness.h"

#include <errno.h>
#include <jansson.h>
#include <sys/stat.h>

static const char HELP[] =
    "Usage: hecht witness --init NAME [--state DIR]\n"
    "       hecht witness URL [--state DIR] [--json]\n\n"
    "Watches the logs of an installation, so that nobody can be shown another history: checks that each team's\n"
    "log goes on where the one seen last ended, and signs it (C2SP tlog-cosignature). For a works council, or\n"
    "another organisation, on a machine of its own. A witness sees hashes, how many teams there are, and when a\n"
    "round opens or closes; never who, what or how many.\n\n"
    "--init makes a key and prints its public half; an owner enters that on the page Settings that protect.\n"
    "Then run it again and again, for instance every hour by cron. Who trusts the witness checks a record with\n"
    "hecht verify --witness KEY.\n\n"
    "Options:\n"
    "  --init NAME   make a key for a witness of this name (no blanks, no +)\n"
    "  --state DIR   where the key and what was seen stand (default: hecht-witness)\n"
    "  --json        print what was found as JSON\n\n"
    "Exit code: 0 all logs went on and are signed, 1 one did not, or could not be read, 2 wrong use.\n\n"
    "Examples:\n"
    "  hecht witness --init works-council.example.org\n"
    "  hecht witness https://trust.example.org\n";

enum { WITNESS_REGION_MAXIMUM = 256 << 20, KEY_FILE_MAXIMUM = 256 };

struct watch {
    const char *folder;
    struct slice name, origin; /* origin: of the server */
    uint8_t seed[LOG_SEED_BYTES], public_key[LOG_PUBLIC_BYTES];
    struct web_client *web;
    struct region *region;
    struct error *error;
    bool json, failed;
    struct json_writer writer;
    struct buffer out;
    size_t logs; /* looked at */
};

static void json_cleanup(json_t **json)
{
    json_decref(*json);
}

static const char *path_in(const struct watch *watch, const char *name)
{
    return region_text(watch->region, region_format(watch->region, "%s/%s", watch->folder, name));
}

/* ---- The key ------------------------------------------------------------------------------------ */

static enum error_code make_key(const struct watch *watch, const char *name)
{
    uint8_t seed[LOG_SEED_BYTES], public_key[LOG_PUBLIC_BYTES], read_key[LOG_PUBLIC_BYTES];
    struct slice text, read_name, old;
    const char *path = path_in(watch, "key");
    char hex[2 * (LOG_SEED_BYTES + LOG_PUBLIC_BYTES) + 1];
    if (mkdir(watch->folder, S_IRWXU) != 0 && errno != EEXIST)
        return FAIL(watch->error, ERROR_IO, "state-folder", "cannot make the folder %s: %m", watch->folder);
    if (file_read(path, KEY_FILE_MAXIMUM, watch->region, NULL, &old) == OK)
        return FAIL(watch->error, ERROR_CONFLICT, "witness-key", "there is a key in %s already", path);
    TRY(log_key_make(watch->error, seed, public_key));
    text = witness_key_write(slice_from_text(name), public_key, watch->region);
    if (witness_key_read(text, NULL, &read_name, read_key) != OK)
        return FAIL(watch->error, ERROR_INPUT, "witness-name",
                    "'%s' is no name for a witness: 1 to %d bytes without blanks and +", name,
                    WITNESS_NAME_MAXIMUM);
    hex_encode(seed, sizeof seed, hex);
    hex_encode(public_key, sizeof public_key, hex + 2 * sizeof seed);
    struct slice kept = region_format(watch->region, "hecht-witness-v1 %s %s\n", name, hex);
    wipe(seed, sizeof seed);
    TRY(file_replace_private(path, kept, watch->error));
    printf("%.*s\n", SLICE_ARG(text));
    return OK;
}

static enum error_code load_key(struct watch *watch)
{
    struct slice text, format;
    uint8_t bytes[LOG_SEED_BYTES + LOG_PUBLIC_BYTES];
    const char *path = path_in(watch, "key");
    TRY(file_read(path, KEY_FILE_MAXIMUM, watch->region, watch->error, &text));
    text = slice_trim(text);
    if (!slice_take(&text, ' ', &format) || !slice_equal(format, S("hecht-witness-v1")) ||
        !slice_take(&text, ' ', &watch->name) || !hex_decode(text, bytes, sizeof bytes))
        return FAIL(watch->error, ERROR_INPUT, "witness-key", "%s is not the key of a witness", path);
    memcpy(watch->seed, bytes, sizeof watch->seed);
    memcpy(watch->public_key, bytes + LOG_SEED_BYTES, sizeof watch->public_key);
    wipe(bytes, sizeof bytes);
    return OK;
}

static enum error_code not_understood(const struct watch *watch)
{
    return FAIL(watch->error, ERROR_IO, "reply", "the server's list of logs was not understood");
}

/* ---- One log ------------------------------------------------------------------------------------ */

static enum error_code read_leaves(const struct watch *watch, const json_t *leaves, struct team_log *log)
{
    log->leaf_count = json_array_size(leaves);
    log->leaves = REGION_ARRAY(watch->region, log->leaf_count, struct merkle_hash);
    if (log->leaves == NULL)
        return FAIL(watch->error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < log->leaf_count; i++) {
        const char *text = json_string_value(json_array_get(leaves, i));
        if (text == NULL || !base64url_decode_exactly(slice_from_text(text), log->leaves[i].bytes, 32))
            return not_understood(watch);
    }
    return OK;
}

/* Signed by its key, and of exactly these leaves. */
static enum error_code check_log(const struct watch *watch, const struct team_log *log, int64_t team)
{
    struct checkpoint checkpoint;
    struct merkle_hash root;
    TRY(checkpoint_open(log->checkpoint, log_origin(log->public_key, team, watch->region), log->public_key,
                        watch->region, watch->error, &checkpoint));
    merkle_list_root(log->leaves, log->leaf_count, &root);
    if (checkpoint.size != log->leaf_count || memcmp(&root, &checkpoint.root, sizeof root) != 0)
        return FAIL(watch->error, ERROR_CRYPTO, "log-false",
                    "the listed entries do not have the root and size that the checkpoint signs");
    return OK;
}

static enum error_code check_seen(const struct watch *watch, const struct team_log *log, int64_t team)
{
    struct slice text;
    struct log_seen seen;
    uint8_t hash[32];
    char hex[33];
    sha256(region_format(watch->region, "%.*s %" PRId64, SLICE_ARG(watch->origin), team), hash);
    hex_encode(hash, 16, hex);
    const char *path =
        path_in(watch, region_text(watch->region, region_format(watch->region, "%s.log", hex)));
    enum error_code code = file_read(path, LOG_SEEN_MAXIMUM, watch->region, watch->error, &text);
    if (code != OK && code != ERROR_NOT_FOUND)
        return code;
    if (code == OK && !log_seen_read(text, &seen))
        return FAIL(watch->error, ERROR_CRYPTO, "seen-damaged", "%s is damaged", path);
    if (code == OK)
        TRY(log_seen_compare(log, &seen, watch->error));
    return file_replace_private(path, log_seen_write(log, watch->region), watch->error);
}

static enum error_code send_line(const struct watch *watch, int64_t team, struct slice line)
{
    CLEANUP(buffer_free) struct buffer body = BUFFER(4 << 10);
    struct web_response response;
    struct json_writer json = JSON_WRITER(&body);
    json_write_object_begin(&json);
    json_write_key(&json, "team");
    json_write_text(&json, region_format(watch->region, "%" PRId64, team));
    json_write_key(&json, "line");
    json_write_text(&json, line);
    json_write_object_end(&json);
    struct web_request request = {
        .url = region_text(watch->region,
                           region_format(watch->region, "%.*s/api/cosignatures", SLICE_ARG(watch->origin))),
        .anonymous = true,
        .content_type = "application/json",
        .body = buffer_slice(&body),
    };
    TRY(web_send(watch->web, &request, watch->region, watch->error, &response));
    if (response.status == 404)
        return FAIL(watch->error, ERROR_NOT_FOUND, "witness-unknown",
                    "the server does not know this witness yet: an owner must enter its key (%.*s)",
                    SLICE_ARG(witness_key_write(watch->name, watch->public_key, watch->region)));
    if (response.status != 200)
        return FAIL(
            watch->error, ERROR_IO, "refused",
            "the signature was not taken (the server answered %ld); when a round opened or closed at this "
            "moment, run it again",
            response.status);
    return OK;
}

static enum error_code witness_one(const struct watch *watch, const json_t *json, int64_t *ret_team,
                                   size_t *ret_size)
{
    struct team_log log = {0};
    struct note note;
    struct slice line;
    int64_t team = 0;
    const char *key = json_string_value(json_object_get(json, "log_key"));
    const char *checkpoint = json_string_value(json_object_get(json, "checkpoint"));
    if (key == NULL || checkpoint == NULL ||
        !slice_to_integer(slice_from_text(json_string_value(json_object_get(json, "team"))), 1, INT64_MAX,
                          &team) ||
        !base64url_decode_exactly(slice_from_text(key), log.public_key, sizeof log.public_key))
        return not_understood(watch);
    *ret_team = team;
    log.checkpoint = slice_from_text(checkpoint);
    TRY(read_leaves(watch, json_object_get(json, "leaves"), &log));
    *ret_size = log.leaf_count;
    TRY(check_log(watch, &log, team));
    TRY(check_seen(watch, &log, team)); /* remembered before it is signed */
    TRY(note_read(log.checkpoint, watch->region, watch->error, &note));
    TRY(cosignature_make(note.text, clock_seconds(clock_system()), watch->name, watch->seed,
                         watch->public_key, watch->region, watch->error, &line));
    return send_line(watch, team, line);
}

static void say(struct watch *watch, int64_t team, size_t size, enum error_code code)
{
    watch->failed = watch->failed || code != OK;
    watch->logs++;
    if (!watch->json) {
        if (code == OK)
            printf("signed   team %" PRId64 ", %zu entries\n", team, size);
        else
            printf("NOT SIGNED  team %" PRId64 ": %s\n", team, watch->error->detail);
        return;
    }
    json_write_object_begin(&watch->writer);
    json_write_key(&watch->writer, "team");
    json_write_text(&watch->writer, region_format(watch->region, "%" PRId64, team));
    json_write_key(&watch->writer, "entries");
    json_write_integer(&watch->writer, (int64_t)size);
    json_write_key(&watch->writer, "signed");
    json_write_boolean(&watch->writer, code == OK);
    if (code != OK) {
        json_write_key(&watch->writer, "why");
        json_write_text(&watch->writer, slice_from_text(watch->error->detail));
    }
    json_write_object_end(&watch->writer);
}

/* ---- All logs of a server ----------------------------------------------------------------------- */

/* Some of them, those behind the team `after`. */
static enum error_code fetch_logs(const struct watch *watch, int64_t after, json_t **ret_json)
{
    struct web_response response;
    struct web_request request = {
        .url = region_text(watch->region, region_format(watch->region, "%.*s/api/logs?after=%" PRId64,
                                                        SLICE_ARG(watch->origin), after)),
        .anonymous = true,
    };
    TRY(web_send(watch->web, &request, watch->region, watch->error, &response));
    if (response.status != 200)
        return FAIL(watch->error, ERROR_IO, "refused", "%s: the server answered %ld", request.url,
                    response.status);
    *ret_json = json_loadb(response.body.data, response.body.length, JSON_REJECT_DUPLICATES, NULL);
    return json_is_array(json_object_get(*ret_json, "logs")) ? OK : not_understood(watch);
}

/* ret_last: the team of the last one; 0 when there are no more. */
static enum error_code witness_page(struct watch *watch, int64_t after, int64_t *ret_last)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    TRY(fetch_logs(watch, after, &json));
    const json_t *logs = json_object_get(json, "logs");
    *ret_last = 0;
    for (size_t i = 0; i < json_array_size(logs); i++) {
        int64_t team = 0;
        size_t size = 0;
        enum error_code code = witness_one(watch, json_array_get(logs, i), &team, &size);
        if (team <= after) /* a server that goes in circles */
            return not_understood(watch);
        say(watch, team, size, code);
        *ret_last = after = team;
    }
    return OK;
}

static enum error_code witness_server(struct watch *watch, const char *url)
{
    bool secure;
    int64_t after = 0, last = 0;
    TRY(http_parse_url_origin(slice_from_text(url), watch->error, watch->region, &watch->origin, &secure));
    TRY(load_key(watch));
    TRY(web_client_open(watch->error, &watch->web));
    watch->writer = JSON_WRITER(&watch->out);
    watch->writer.indent = true;
    json_write_object_begin(&watch->writer);
    json_write_key(&watch->writer, "logs");
    json_write_array_begin(&watch->writer);
    do {
        TRY(witness_page(watch, after, &last));
        after = last;
    } while (last != 0);
    json_write_array_end(&watch->writer);
    json_write_object_end(&watch->writer);
    if (watch->json)
        printf("%.*s\n", SLICE_ARG(buffer_slice(&watch->out)));
    if (watch->logs == 0)
        fputs("hecht: this server has no log for a witness yet: an owner enters its key, and a round opens\n",
              stderr);
    return OK;
}

static int witness(int argc, char **argv)
{
    struct option options[] = {{.name = "--init"}, {.name = "--state"}, {.name = "--json", .flag = true}};
    struct arguments arguments;
    struct error error = {0};
    bool done;
    int code = arguments_parse(&COMMAND_WITNESS, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    const char *name = argument_value(&arguments, "--init"), *state = argument_value(&arguments, "--state");
    if (arguments.positional_count != (name != NULL ? 0 : 1))
        return usage_error(&COMMAND_WITNESS, "give the address of an installation, or --init NAME");
    CLEANUP(region_cleanup) struct region *region = region_new(WITNESS_REGION_MAXIMUM);
    struct watch watch = {.folder = state != NULL ? state : "hecht-witness",
                          .region = region,
                          .error = &error,
                          .json = argument_flag(&arguments, "--json"),
                          .out = BUFFER(64 << 20)};
    enum error_code result =
        name != NULL ? make_key(&watch, name) : witness_server(&watch, arguments.positionals[0]);
    web_client_close(watch.web);
    buffer_free(&watch.out);
    wipe(watch.seed, sizeof watch.seed);
    if (result != OK)
        return report_error(&error);
    return watch.failed ? EXIT_FAILED : EXIT_DONE;
}

const struct command COMMAND_WITNESS = {"witness", "watch the logs of an installation, and sign them", HELP,
                                        witness};

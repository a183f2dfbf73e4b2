#include "cli/cli.h"

#include "cli/answer_device.h"
#include "cli/answer_log.h"
#include "cli/answer_questions.h"
#include "cli/questionnaire_fetch.h"
#include "cli/web_client.h"
#include "privacy/ledger.h"
#include "privacy/proquint.h"
#include "pulse/own_answer.h"
#include "pulse/roster.h"
#include "pulse/witness.h"

#include <jansson.h>
#include <unistd.h>

static const char HELP[] =
    "Usage: hecht answer URL [--team NAME] [--values N,N,...] [--language CODE]\n"
    "              [--json] [--witness KEY] [--state DIR | --no-state]\n"
    "       hecht answer URL --withdraw [--team NAME] [--json] [--witness KEY] [--state DIR]\n"
    "       hecht answer --forget [--state DIR]\n\n"
    "Answers an open round at the prompt, without a browser, with the same protocol: your token is signed "
    "blind, and the\n"
    "answer goes on a connection of its own, without cookies. URL is your sign-in link.\n\n"
    "What only you may know of the round (never what you answered) is stored on this machine before anything "
    "is sent, in a\n"
    "file that only you can read. So nothing is lost when something breaks off: run it again with a new "
    "sign-in link. In the\n"
    "same way you change your answer until the round closes. The file is removed by the first hecht answer "
    "that runs more\n"
    "than a day after the round's last day.\n\n"
    "Before it asks for anything it checks your team's signed log: that this round is in it, and that it is the "
    "log it saw\n"
    "last time, which it remembers beside that file (no secret; --forget leaves it). If not, nothing is sent.\n\n"
    "Options:\n"
    "  --team NAME       which team, when a round is open in several of yours\n"
    "  --values N,N,...  the answers in the order of the questions, instead of asking; 0 = no answer\n"
    "  --language CODE   read the questions in this language of the questionnaire, such as de\n"
    "  --withdraw        take back what you sent from this machine: then nothing of it counts\n"
    "  --json            print the signed receipt and what finds your answer in the record later, as JSON; keep it in a\n"
    "                    private file and try it after the close with hecht verify ADDRESS --receipt FILE\n"
    "  --witness KEY     send nothing unless this witness has signed the log as it is now\n"
    "  --state DIR       where the file stands (default: $XDG_STATE_HOME/hecht, or ~/.local/state/hecht)\n"
    "  --no-state        store nothing here; when it breaks off, your answer of this round may be lost, and "
    "you cannot\n"
    "                    change it\n"
    "  --forget          remove all such files; what you sent counts, but cannot be changed any more\n\n"
    "Examples:\n"
    "  hecht answer http://127.0.0.1:8080/signin/AbCd...\n"
    "  hecht answer https://trust.example.org/signin/AbCd... --values 4,4,5,3,0,4,4,5,3,4\n";

enum { ANSWER_TRIES = 5, LINE_MAXIMUM = 200 };

struct session {
    struct web_client *web;
    struct region *region;
    struct error *error;
    struct slice origin; /* "https://host:port" */
    const char *csrf;
    json_t *rounds;       /* the whole reply */
    struct slice witness; /* its name; empty: none is demanded */
    uint8_t witness_key[LOG_PUBLIC_BYTES];
    uint8_t log_key[LOG_PUBLIC_BYTES]; /* of the team, once its log was checked */
    struct answer_state state;
};

/* What was asked for at the prompt. */
struct wish {
    const char *url, *team, *values;
    bool withdraw;
    const char *language; /* of the questions; NULL: as the server chooses */
};

static void json_cleanup(json_t **json)
{
    json_decref(*json);
}

static const char *url_at(const struct session *session, struct slice origin, const char *path,
                          const char *rest)
{
    return region_text(session->region,
                       region_format(session->region, "%.*s%s%s", SLICE_ARG(origin), path, rest));
}

static const char *url_of(const struct session *session, const char *path, const char *rest)
{
    return url_at(session, session->origin, path, rest);
}

/* Where what goes without a name is sent: a second address of the server, when it has one. */
static struct slice anonymous_origin(const struct session *session)
{
    const char *voice = json_string_value(json_object_get(session->rounds, "voice"));
    return voice != NULL ? slice_from_text(voice) : session->origin;
}

static const char *anonymous_url(const struct session *session, const char *path, const char *rest)
{
    return url_at(session, anonymous_origin(session), path, rest);
}

/* What the server said is wrong, in its own words when it sent problem+json. */
static enum error_code refused(const struct session *session, const char *what,
                               const struct web_response *response)
{
    CLEANUP(json_cleanup) json_t *problem = json_loadb(response->body.data, response->body.length, 0, NULL);
    const char *title = json_string_value(json_object_get(problem, "detail"));
    if (title == NULL)
        title = json_string_value(json_object_get(problem, "title"));
    return FAIL(session->error, ERROR_DENIED, "refused", "%s: the server answered %ld%s%s", what,
                response->status, title != NULL ? ", " : "", title != NULL ? title : "");
}

/* ---- Signing in --------------------------------------------------------------------------------- */

static enum error_code split_origin(const char *url, struct error *error, struct slice *ret_origin)
{
    struct slice text = slice_from_text(url);
    size_t scheme = slice_starts_with(text, S("https://"))  ? 8
                    : slice_starts_with(text, S("http://")) ? 7
                                                            : 0;
    size_t host = slice_find_byte(slice_from(text, scheme), '/');
    if (scheme == 0 || host == 0 || slice_find(text, S("/signin/")) == text.length)
        return FAIL(error, ERROR_INPUT, "answer-url", "%s is not a sign-in link (http://.../signin/...)",
                    url);
    *ret_origin = slice_part(text, 0, scheme + host);
    return OK;
}

/* value="..." of the hidden field, as our own pages write it; empty when it is not there. */
static struct slice hidden_field(struct slice page, const char *name, struct region *region)
{
    struct slice mark = region_format(region, "name=\"%s\" value=\"", name);
    size_t at = slice_find(page, mark);
    struct slice rest = slice_from(page, at + mark.length);
    return at == page.length ? S("") : slice_part(rest, 0, slice_find_byte(rest, '"'));
}

static enum error_code sign_in(struct session *session, const char *url)
{
    struct web_response page, done;
    TRY(web_send(session->web, &(struct web_request){.url = url}, session->region, session->error, &page));
    if (page.status != 200)
        return refused(session, "the sign-in link was not accepted", &page);
    struct slice body = region_format(session->region, "csrf=%.*s&once=%.*s",
                                      SLICE_ARG(hidden_field(page.body, "csrf", session->region)),
                                      SLICE_ARG(hidden_field(page.body, "once", session->region)));
    struct web_request post = {.url = url, .content_type = "application/x-www-form-urlencoded", .body = body};
    TRY(web_send(session->web, &post, session->region, session->error, &done));
    if (done.status != 200)
        return refused(session, "signing in failed", &done);
    return OK;
}

static enum error_code load_rounds(struct session *session, const char *language)
{
    struct web_response response;
    CLEANUP(buffer_free) struct buffer query = BUFFER(LINE_MAXIMUM);
    if (language != NULL) {
        buffer_append_text(&query, "?questions=");
        escape_url_part(&query, slice_from_text(language));
    }
    const char *rest = region_text(session->region, buffer_slice(&query));
    TRY(web_send(session->web, &(struct web_request){.url = url_of(session, "/api/rounds", rest)},
                 session->region, session->error, &response));
    if (response.status != 200)
        return refused(session, "the open rounds could not be read", &response);
    session->rounds = json_loadb(response.body.data, response.body.length, JSON_REJECT_DUPLICATES, NULL);
    session->csrf = json_string_value(json_object_get(session->rounds, "csrf"));
    if (session->csrf == NULL)
        return FAIL(session->error, ERROR_IO, "reply", "the server's reply was not understood");
    if (json_array_size(json_object_get(session->rounds, "rounds")) == 0)
        return FAIL(session->error, ERROR_NOT_FOUND, "no-round-open", "no round is open for you now");
    return OK;
}

/* ---- Asking ---------------------------------------------------------------------------------- */

static enum error_code values_from_option(const char *text, const json_t *questions, struct error *error,
                                          int *values)
{
    struct slice rest = slice_from_text(text), part;
    size_t count = 0;
    while (slice_take(&rest, ',', &part)) {
        int64_t value = 0;
        size_t options = json_array_size(json_object_get(json_array_get(questions, count), "options"));
        if (count == json_array_size(questions) ||
            !slice_to_integer(slice_trim(part), 0, (int64_t)options, &value))
            return FAIL(error, ERROR_INPUT, "values", "--values: number %zu does not fit its question",
                        count + 1);
        values[count++] = (int)value;
    }
    if (count != json_array_size(questions))
        return FAIL(error, ERROR_INPUT, "values", "--values has %zu numbers, the round %zu questions", count,
                    json_array_size(questions));
    return OK;
}

static enum error_code ask_one(const json_t *question, size_t number, size_t total, const char *no_answer,
                               struct error *error, int *ret_value)
{
    const json_t *options = json_object_get(question, "options");
    fprintf(stderr, "\n%zu/%zu  %s\n", number, total, json_string_value(json_object_get(question, "text")));
    for (size_t i = 0; i < json_array_size(options); i++)
        fprintf(stderr, "  %zu  %s\n", i + 1, json_string_value(json_array_get(options, i)));
    fprintf(stderr, "  0  %s\n", no_answer);
    for (;;) {
        char line[LINE_MAXIMUM];
        int64_t value;
        fputs("> ", stderr);
        if (fgets(line, sizeof line, stdin) == NULL)
            return FAIL(error, ERROR_INPUT, "stopped", "stopped; nothing was sent");
        if (slice_to_integer(slice_trim(slice_from_text(line)), 0, (int64_t)json_array_size(options),
                             &value)) {
            *ret_value = (int)value;
            return OK;
        }
        fprintf(stderr, "A number from 0 to %zu, please.\n", json_array_size(options));
    }
}

static enum error_code collect_values(const json_t *round, const char *given, struct error *error,
                                      int *values)
{
    const json_t *questions = json_object_get(round, "questions");
    size_t total = json_array_size(questions);
    const char *no_answer = json_string_value(json_object_get(round, "no_answer"));
    if (total == 0 || total > PROTOCOL_ITEMS_MAXIMUM || no_answer == NULL)
        return FAIL(error, ERROR_IO, "reply", "the server's reply was not understood");
    if (given != NULL)
        return values_from_option(given, questions, error, values);
    fprintf(stderr, "%s\n%s\n", json_string_value(json_object_get(round, "team_name")),
            json_string_value(json_object_get(round, "frame")));
    for (size_t i = 0; i < total; i++)
        TRY(ask_one(json_array_get(questions, i), i + 1, total, no_answer, error, &values[i]));
    return OK;
}

/* ---- Sending --------------------------------------------------------------------------------- */

/* Repeats after a lost connection: every message may be sent twice. */
static enum error_code send_surely(const struct session *session, const struct web_request *request,
                                   struct web_response *ret_response)
{
    enum error_code code = OK;
    for (unsigned attempt = 0; attempt < ANSWER_TRIES; attempt++) {
        if (attempt > 0)
            sleep(attempt);
        code = web_send(session->web, request, session->region, session->error, ret_response);
        if (code == OK && ret_response->status != 503 && ret_response->status != 429)
            return OK;
    }
    return code;
}

/* A round that is closed for good takes nothing any more: what was kept for it is of no use. Until its one extension is over it
 * may open again. */
static enum error_code round_refused(const struct session *session, const struct answer_client *client,
                                     const char *what, const struct web_response *response)
{
    if (response->status == 410 && clock_seconds(clock_system()) > client->descriptor.extended)
        answer_state_remove(&session->state);
    return refused(session, what, response);
}

static void device_cleanup(struct one_time_key **key)
{
    *key = one_time_key_free(*key);
}

/* The key of this machine is made known, which does no harm a second time; false when the server wants no more. */
static enum error_code register_device(const struct session *session, const struct one_time_key *key,
                                       bool *ret_known)
{
    uint8_t point[ONE_TIME_PUBLIC_BYTES];
    CLEANUP(buffer_free) struct buffer body = BUFFER(1 << 10);
    struct web_response response;
    TRY(one_time_key_public(key, session->error, point));
    buffer_append_text(&body, "{\"public_key\":\"");
    base64url_append(&body, point, sizeof point);
    buffer_append_text(&body, "\"}");
    struct web_request request = {.url = url_of(session, "/api/devices", ""),
                                  .content_type = "application/json",
                                  .body = buffer_slice(&body),
                                  .csrf = session->csrf};
    TRY(send_surely(session, &request, &response));
    *ret_known = response.status == 200;
    return OK;
}

/* This machine signs for the token; empty when it keeps no key. */
static enum error_code sign_request(const struct session *session, const struct answer_client *client,
                                    uint8_t ret_signature[static ONE_TIME_SIGNATURE_BYTES], bool *ret_signed)
{
    CLEANUP(device_cleanup) struct one_time_key *key = NULL;
    const char *person = json_string_value(json_object_get(session->rounds, "person"));
    uint8_t hash[32], message[DEVICE_MESSAGE_BYTES];
    *ret_signed = false;
    TRY(answer_device_key(&session->state, slice_from_text(person), session->region, session->error, &key));
    if (key == NULL)
        return OK;
    TRY(register_device(session, key, ret_signed));
    if (!*ret_signed)
        return OK;
    sha256(client->blinded.blinded, hash);
    device_message(client->rid, hash, message);
    return one_time_sign(key, slice_from_bytes(message, sizeof message), session->error, ret_signature);
}

static enum error_code fetch_token(const struct session *session, const char *rid,
                                   struct answer_client *client)
{
    CLEANUP(buffer_free) struct buffer body = BUFFER(4 << 10);
    uint8_t device_signature[ONE_TIME_SIGNATURE_BYTES];
    bool is_signed;
    TRY(sign_request(session, client, device_signature, &is_signed));
    buffer_append_text(&body, "{\"blinded\":\"");
    base64url_append(&body, client->blinded.blinded.data, client->blinded.blinded.length);
    if (is_signed) {
        buffer_append_text(&body, "\",\"device_signature\":\"");
        base64url_append(&body, device_signature, sizeof device_signature);
    }
    buffer_append_text(&body, "\"}");
    struct web_request request = {
        .url = url_of(session, "/api/rounds/",
                      region_text(session->region, region_format(session->region, "%s/token", rid))),
        .content_type = "application/json",
        .body = buffer_slice(&body),
        .csrf = session->csrf,
    };
    struct web_response response;
    TRY(send_surely(session, &request, &response));
    if (response.status != 200)
        return round_refused(session, client, "the form was not handed out", &response);
    CLEANUP(json_cleanup) json_t *json = json_loadb(response.body.data, response.body.length, 0, NULL);
    uint8_t signature[BLIND_BYTES_MAXIMUM];
    size_t length = 0;
    const char *text = json_string_value(json_object_get(json, "blind_signature"));
    if (!base64url_decode(slice_from_text(text), signature, sizeof signature, &length))
        return FAIL(session->error, ERROR_IO, "reply", "the server's reply was not understood");
    enum error_code code =
        answer_client_finish(client, slice_from_bytes(signature, length), session->region, session->error);
    if (code == ERROR_CRYPTO)
        answer_state_remove(&session->state); /* the server cheated: nothing of it may be used again */
    return code;
}

/* That the server took exactly this answer, signed by the key of the team's log: with it a dropped answer can be proved. */
static enum error_code check_receipt(const struct session *session, const struct answer_client *client,
                                     const struct answer_submission *submission, struct slice reply,
                                     struct own_answer *ret_own)
{
    CLEANUP(json_cleanup) json_t *json = json_loadb(reply.data, reply.length, JSON_REJECT_DUPLICATES, NULL);
    const char *text = json_string_value(json_object_get(json, "receipt"));
    const char *signature_text = json_string_value(json_object_get(json, "signature"));
    uint8_t answer_id[32], signature[64];
    struct slice receipt;
    struct error ignored = {0};
    sha256(slice_from_bytes(submission->opk, sizeof submission->opk), answer_id);
    TRY(receipt_text(client->rid, answer_id, submission->version, submission->cells, submission->cell_count,
                     session->region, session->error, &receipt));
    bool good = text != NULL && signature_text != NULL && slice_equal(slice_from_text(text), receipt) &&
                base64url_decode_exactly(slice_from_text(signature_text), signature, sizeof signature) &&
                log_verify(session->log_key, receipt, signature, &ignored) == OK;
    ret_own->receipt = receipt;
    ret_own->signature_text = region_copy(session->region, slice_from_text(signature_text));
    return good
               ? OK
               : FAIL(
                     session->error, ERROR_CRYPTO, "receipt",
                     "the server gave no good receipt for the answer: whether it is stored is not known; run this again, and if "
                     "it stays so, tell whoever looks after Hecht");
}

static enum error_code send_answer(const struct session *session, const struct answer_client *client,
                                   struct slice descriptor, const int *values, struct own_answer *ret_own)
{
    int64_t version;
    struct answer_submission submission;
    CLEANUP(buffer_free) struct buffer body = BUFFER(ANSWER_JSON_MAXIMUM);
    TRY(answer_state_next_version(&session->state, client, descriptor, session->region, session->error,
                                  &version));
    TRY(answer_client_submission(client, values, version, random_system(), session->region, session->error,
                                 &submission));
    answer_to_json(&submission, &body);
    struct web_request request = {
        .url = anonymous_url(session, "/api/answers", ""),
        .anonymous = true,
        .content_type = "application/json",
        .body = buffer_slice(&body),
    };
    struct web_response response;
    TRY(send_surely(session, &request, &response));
    if (response.status != 200)
        return round_refused(session, client, "the answer was not taken", &response);
    TRY(check_receipt(session, client, &submission, response.body, ret_own));
    own_answer_token(client, &ret_own->token);
    return OK;
}

/* Without cookies, as whoever: the same for everybody. */
static enum error_code fetch_anonymously(const struct session *session, const char *rid, const char *what,
                                         struct slice *ret_body)
{
    struct web_response response;
    struct web_request fetch = {
        .url =
            anonymous_url(session, "/api/rounds/",
                          region_text(session->region, region_format(session->region, "%s/%s", rid, what))),
        .anonymous = true,
    };
    TRY(web_send(session->web, &fetch, session->region, session->error, &response));
    if (response.status != 200)
        return refused(session, "the round could not be read", &response);
    *ret_body = response.body;
    return OK;
}

/* Whom this person trusts to have seen the log; a server cannot name another one. */
static enum error_code check_witness(const struct session *session, struct slice json)
{
    struct team_log log;
    int64_t time;
    if (session->witness.length == 0)
        return OK;
    TRY(record_log_read(json, session->region, session->error, &log));
    if (!witness_has_signed(log.checkpoint, session->witness, session->witness_key, session->region, &time))
        return FAIL(
            session->error, ERROR_CRYPTO, "witness",
            "%.*s has not signed the log of this team as it is now; nothing was sent. A witness comes by "
            "from time to time: try again later, or without --witness",
            SLICE_ARG(session->witness));
    return OK;
}

/* Before anything is asked for as oneself: the round is in the team's log, and the log is the one that this
 * machine knows. */
static enum error_code check_log(struct session *session, const char *rid_text, struct slice descriptor,
                                 const uint8_t rid[static 32])
{
    struct slice log;
    TRY(fetch_anonymously(session, rid_text, "log", &log));
    TRY(answer_log_check(&session->state, session->origin, log, descriptor, rid, session->region,
                         session->error, session->log_key));
    return check_witness(session, log);
}

/* Asked for as oneself, which the server knows; compared with what was fetched without a name. */
static enum error_code check_roster(const struct session *session, const char *rid,
                                    const struct descriptor *descriptor)
{
    struct web_response response;
    int64_t person;
    const char *text = json_string_value(json_object_get(session->rounds, "person"));
    const char *path = region_text(session->region, region_format(session->region, "%s/roster", rid));
    TRY(web_send(session->web, &(struct web_request){.url = url_of(session, "/api/rounds/", path)},
                 session->region, session->error, &response));
    if (response.status != 200)
        return refused(session, "the list of members could not be read", &response);
    if (text == NULL || !slice_to_integer(slice_from_text(text), 1, INT64_MAX, &person))
        return FAIL(session->error, ERROR_IO, "reply", "the server's reply was not understood");
    return roster_check(response.body, descriptor, person, session->region, session->error);
}

/* For two members to compare: the same round, or one that was made for one of them. */
static void tell_words(const struct answer_client *client)
{
    char words[RID_WORDS_LENGTH + 1];
    rid_words(client->rid, words);
    fprintf(stderr, "Round %" PRId64 " of %.*s: %s. Your colleagues see the same four words.\n",
            client->descriptor.round_number, SLICE_ARG(client->descriptor.team_name), words);
}

static enum error_code answer_round(struct session *session, const json_t *round, const struct wish *wish,
                                    struct own_answer *ret_own)
{
    const char *rid_text = json_string_value(json_object_get(round, "rid"));
    uint8_t rid[32];
    int values[PROTOCOL_ITEMS_MAXIMUM] = {0};
    struct slice descriptor;
    if (!hex_decode(slice_from_text(rid_text), rid, sizeof rid))
        return FAIL(session->error, ERROR_IO, "reply", "the server's reply was not understood");
    if (!wish->withdraw)
        TRY(collect_values(round, wish->values, session->error, values));
    TRY(fetch_anonymously(session, rid_text, "descriptor", &descriptor));
    const struct instrument *instrument = NULL;
    CLEANUP(answer_client_end) struct answer_client client = {0};
    const char *person = json_string_value(json_object_get(session->rounds, "person"));
    TRY(answer_state_begin(&session->state, slice_from_text(person), descriptor, rid, session->region,
                           session->error, &client));
    if (wish->withdraw && !session->state.resumed) {
        answer_state_remove(&session->state);
        return FAIL(
            session->error, ERROR_NOT_FOUND, "nothing-kept",
            "nothing is kept on this machine of an answer in this round; take it back where you sent it");
    }
    TRY(questionnaire_fetch(session->web, anonymous_origin(session), &client.descriptor, session->region,
                            session->error, &instrument));
    TRY(answer_questions_check(&client.descriptor, instrument, json_object_get(round, "questions"),
                               session->region, session->error));
    TRY(check_log(session, rid_text, descriptor, rid));
    TRY(check_roster(session, rid_text, &client.descriptor));
    TRY(fetch_token(session, rid_text, &client));
    ret_own->counts = false;
    for (size_t i = 0; i < client.descriptor.item_count; i++)
        ret_own->counts = ret_own->counts || values[i] != 0;
    tell_words(&client);
    return send_answer(session, &client, descriptor, values, ret_own);
}

/* The round of the team that was asked for; without a wish the only one. */
static enum error_code choose_round(const struct session *session, const char *team, const json_t **ret_round)
{
    const json_t *rounds = json_object_get(session->rounds, "rounds");
    struct slice names = S("");
    for (size_t i = 0; i < json_array_size(rounds); i++) {
        const json_t *round = json_array_get(rounds, i);
        struct slice name = slice_from_text(json_string_value(json_object_get(round, "team_name")));
        if (team == NULL ? json_array_size(rounds) == 1 : slice_equal(name, slice_from_text(team))) {
            *ret_round = round;
            return OK;
        }
        names = region_format(session->region, "%.*s%s%.*s", SLICE_ARG(names), i > 0 ? ", " : "",
                              SLICE_ARG(name));
    }
    if (team != NULL)
        return FAIL(session->error, ERROR_NOT_FOUND, "no-round-open",
                    "no round is open for you in the team %s; there is one in: %.*s", team, SLICE_ARG(names));
    return FAIL(session->error, ERROR_INPUT, "several-rounds",
                "a round is open for you in several teams; say which with --team NAME: %.*s",
                SLICE_ARG(names));
}

static enum error_code run(struct session *session, const struct wish *wish, struct own_answer *ret_own)
{
    const json_t *round = NULL;
    TRY(split_origin(wish->url, session->error, &session->origin));
    TRY(web_client_open(session->error, &session->web));
    TRY(sign_in(session, wish->url));
    TRY(load_rounds(session, wish->language));
    TRY(choose_round(session, wish->team, &round));
    return answer_round(session, round, wish, ret_own);
}

static int send_one(struct session *session, const struct wish *wish, bool json)
{
    struct own_answer own = {0};
    CLEANUP(buffer_free) struct buffer out = BUFFER(OWN_ANSWER_MAXIMUM);
    enum error_code sent = run(session, wish, &own);
    json_decref(session->rounds);
    web_client_close(session->web);
    if (sent != OK)
        return report_error(session->error);
    fprintf(stderr, "%s%s\n",
            own.counts ? "Your answer is stored, without your name."
                       : "No answer of yours counts in this round.",
            session->state.folder != NULL
                ? " To change it before the round closes, run this again with a new sign-in link."
                : "");
    struct json_writer writer = JSON_WRITER(&out);
    own_answer_write(&own, &writer);
    if (json)
        printf("%.*s\n", SLICE_ARG(buffer_slice(&out)));
    return EXIT_DONE;
}

static int forget(const struct session *session)
{
    size_t count;
    if (answer_state_forget(&session->state, session->region, session->error, &count) != OK)
        return report_error(session->error);
    fprintf(stderr, "hecht: removed what was kept of %zu round%s in %s\n", count, count == 1 ? "" : "s",
            session->state.folder);
    return EXIT_DONE;
}

static int check_use(const struct arguments *arguments)
{
    bool forgets = argument_flag(arguments, "--forget");
    if (argument_flag(arguments, "--no-state") && (argument_value(arguments, "--state") != NULL || forgets))
        return usage_error(&COMMAND_ANSWER, "--no-state goes with neither --state nor --forget");
    if (forgets && arguments->positional_count > 0)
        return usage_error(&COMMAND_ANSWER, "--forget takes no link");
    if (!forgets && arguments->positional_count != 1)
        return usage_error(&COMMAND_ANSWER, "give your sign-in link");
    if (argument_flag(arguments, "--withdraw") &&
        (argument_value(arguments, "--values") != NULL || argument_flag(arguments, "--no-state") || forgets))
        return usage_error(&COMMAND_ANSWER, "--withdraw goes with neither --values, --no-state nor --forget");
    return EXIT_DONE;
}

static int answer(int argc, char **argv)
{
    struct option options[] = {{.name = "--team"},
                               {.name = "--values"},
                               {.name = "--language"},
                               {.name = "--state"},
                               {.name = "--witness"},
                               {.name = "--json", .flag = true},
                               {.name = "--no-state", .flag = true},
                               {.name = "--forget", .flag = true},
                               {.name = "--withdraw", .flag = true}};
    struct arguments arguments;
    struct error error = {0};
    bool done;
    int code = arguments_parse(&COMMAND_ANSWER, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    code = check_use(&arguments);
    if (code != EXIT_DONE)
        return code;
    CLEANUP(region_cleanup) struct region *region = region_new(32 << 20);
    struct session session = {.region = region, .error = &error};
    if (!argument_flag(&arguments, "--no-state") &&
        answer_state_open(argument_value(&arguments, "--state"), region, &error, &session.state) != OK)
        return report_error(&error);
    if (argument_flag(&arguments, "--forget"))
        return forget(&session);
    const char *witness = argument_value(&arguments, "--witness");
    if (witness != NULL &&
        witness_key_read(slice_from_text(witness), &error, &session.witness, session.witness_key) != OK)
        return usage_error(&COMMAND_ANSWER, "--witness: %s", error.detail);
    struct wish wish = {arguments.positionals[0], argument_value(&arguments, "--team"),
                        argument_value(&arguments, "--values"), argument_flag(&arguments, "--withdraw"),
                        argument_value(&arguments, "--language")};
    return send_one(&session, &wish, argument_flag(&arguments, "--json"));
}

const struct command COMMAND_ANSWER = {"answer", "answer a round at the prompt", HELP, answer};

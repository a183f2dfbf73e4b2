#include "cli/cli.h"

#include "base/file.h"
#include "cli/web_client.h"
#include "http/http.h"
#include "privacy/tls_pair.h"
#include "view/picture.h"

#include <stdarg.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

static const char HELP[] =
    "Usage: hecht doctor [--url URL] [--voice-origin URL] [--tls-cert FILE --tls-key FILE]\n"
    "                    [--db FILE|postgres://...] [--json]\n\n"
    "Looks whether people and their phones can use this installation: the database and its key, room on the disk, the\n"
    "clock, and the public address from here: is it https, is its certificate good, does Hecht answer there? Says of\n"
    "each what is wrong and what mends it. Changes nothing.\n\n"
    "Exit code: 0 nothing is wrong (there may be warnings), 1 something is, 2 wrong use.\n\n"
    "Options:\n"
    "  --url URL           the public address, when hecht serve has not run under it yet\n"
    "  --voice-origin URL  the second address, when there is one\n"
    "  --tls-cert FILE     the certificate that hecht serve is to use, and\n"
    "  --tls-key FILE      its private key\n"
    "  --db ...            the database (default: HECHT_DB, or hecht.db)\n"
    "  --json              what was found as JSON\n\n"
    "Examples:\n"
    "  hecht doctor\n"
    "  hecht doctor --url https://trust.example.org --voice-origin https://voice.example.org\n"
    "Mail has a command of its own: hecht mail test ADDRESS\n";

enum {
    FINDINGS_MAXIMUM = 16,
    PEM_MAXIMUM = 64 << 10,
    ROOM_LEAST = 50 << 20,
    ROOM_GOOD = 500 << 20,
    EXPIRES_SOON_SECONDS = 14 * DAY_SECONDS,
};

enum state { GOOD = 0, WARNING, WRONG };

struct finding {
    const char *name;
    enum state state;
    struct slice what, remedy; /* remedy empty: nothing is to be done */
};

struct doctor {
    struct region *region;
    struct slice phone; /* address that a phone opens to test itself; empty: none can */
    struct finding findings[FINDINGS_MAXIMUM];
    size_t count;
};

static void find(struct doctor *doctor, const char *name, enum state state, const char *remedy,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

static void find(struct doctor *doctor, const char *name, enum state state, const char *remedy,
                 const char *format, ...)
{
    char text[600];
    va_list arguments;
    if (doctor->count == FINDINGS_MAXIMUM)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    doctor->findings[doctor->count++] =
        (struct finding){name, state, region_copy(doctor->region, slice_from_text(text)),
                         slice_from_text(remedy == NULL ? "" : remedy)};
}

/* ---- This machine ---------------------------------------------------------------------------------------------- */

static void look_at_key(struct doctor *doctor, const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        find(doctor, "key-file", WRONG, "Give its path in HECHT_KEY_FILE.",
             "The key file %s cannot be seen: %m.", path);
    else if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        find(doctor, "key-file", WRONG, "Take the rights of others away: chmod 600.",
             "Others on this machine may read the key file %s, which opens the answers of open rounds.",
             path);
    else
        find(doctor, "key-file", GOOD, NULL, "Only its owner may read the key file %s.", path);
}

static void look_at_room(struct doctor *doctor, const char *database)
{
    const char *slash = strrchr(database, '/');
    struct slice folder = slash == NULL ? S(".") : slice_from_bytes(database, (size_t)(slash - database) + 1);
    struct statvfs disk;
    if (statvfs(region_text(doctor->region, folder), &disk) != 0)
        return;
    uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize;
    enum state state = room < ROOM_LEAST ? WRONG : room < ROOM_GOOD ? WARNING : GOOD;
    find(doctor, "disk", state,
         state == GOOD ? NULL : "Make room, or move the database: a full disk takes no answers.",
         "%" PRIu64 " MB are free beside the database.", room >> 20);
}

static void look_at_clock(struct doctor *doctor)
{
    struct timex clock = {0};
    bool in_step = adjtimex(&clock) >= 0 && (clock.status & STA_UNSYNC) == 0;
    find(doctor, "clock", in_step ? GOOD : WARNING,
         in_step ? NULL : "Let systemd-timesyncd or chrony keep it, if nobody else does.",
         in_step ? "The clock is kept in step."
                 : "Nobody keeps the clock in step, as far as the kernel knows.");
}

static void look_at_database(struct doctor *doctor, const char *database, struct slice *url)
{
    struct application application = {0};
    struct error error = {0};
    bool file = !slice_starts_with(slice_from_text(database), S("postgres"));
    if (application_open(database, true, &error, &application) != OK) {
        find(doctor, "database", WRONG, "hecht serve makes a new one; --db or HECHT_DB names another.", "%s",
             error.detail);
        return;
    }
    find(doctor, "database", GOOD, NULL, "The database opens, and the key file is the one it was made with.");
    if (application.claimed)
        find(doctor, "owner", GOOD, NULL, "The installation has an owner.");
    else
        find(doctor, "owner", WARNING, "hecht serve prints the link by which the owner takes over.",
             "Nobody owns this installation yet.");
    if (url->length == 0 && installation_url(&application, doctor->region, &error, url) != OK)
        *url = S("");
    application_close(&application);
    look_at_key(doctor, application_key_path(database, doctor->region));
    if (file)
        look_at_room(doctor, database);
}

/* ---- The address ----------------------------------------------------------------------------------------------- */

static enum error_code get(struct doctor *doctor, struct web_client *web, struct slice origin,
                           const char *path, struct error *error, struct web_response *ret_response)
{
    const char *url =
        region_text(doctor->region, region_format(doctor->region, "%.*s%s", SLICE_ARG(origin), path));
    return web_send(web, &(struct web_request){.url = url}, doctor->region, error, ret_response);
}

/* Before the claim every page says in a few words that it is not there yet, with 503. */
static bool is_of_hecht(const struct web_response *page)
{
    return page->status == 503 || slice_find(page->body, S("Hecht")) < page->body.length;
}

static void reach(struct doctor *doctor, struct web_client *web, const char *name, struct slice origin)
{
    struct web_response health, page;
    struct error error = {0};
    if (get(doctor, web, origin, "/healthz", &error, &health) != OK)
        find(
            doctor, name, WRONG,
            "Is hecht serve running, and the proxy? Does the name lead here, does the firewall let it in, is the certificate good?",
            "From this machine %.*s does not answer: %s.", SLICE_ARG(origin), error.detail);
    else if (health.status != 200)
        find(doctor, name, WRONG, "Look at the proxy: it must pass everything on to hecht serve.",
             "%.*s/healthz answers %ld.", SLICE_ARG(origin), health.status);
    else if (strcmp(name, "address") == 0 &&
             (get(doctor, web, origin, "/signin", &error, &page) != OK || !is_of_hecht(&page)))
        find(doctor, name, WRONG, "Does the name lead to another server?",
             "At %.*s something else answers than Hecht.", SLICE_ARG(origin));
    else
        find(doctor, name, GOOD, NULL, "Hecht answers at %.*s.", SLICE_ARG(origin));
}

static void look_at_address(struct doctor *doctor, struct web_client *web, struct slice url)
{
    if (url.length == 0) {
        find(doctor, "address", WARNING, "Give it: hecht serve --url https://...",
             "No public address is known yet.");
        return;
    }
    if (!slice_starts_with(url, S("https://")))
        find(
            doctor, "https", WRONG,
            "Put a proxy with a certificate in front (packaging/Caddyfile, nginx-hecht.conf), or use --tls-cert, and start with --url https://...",
            "%.*s is not https: phones make no keys there, so nobody can answer on one.", SLICE_ARG(url));
    else if (!http_url_is_for_phones(url))
        find(doctor, "https", WRONG, "Start hecht serve with the name that others use: --url https://...",
             "%.*s is this very machine: no phone comes here.", SLICE_ARG(url));
    else
        find(doctor, "https", GOOD, NULL, "The public address is https and not this machine alone.");
    reach(doctor, web, "address", url);
    if (!http_url_is_for_phones(url))
        return;
    doctor->phone = region_format(doctor->region, "%.*s/phone", SLICE_ARG(url));
    find(doctor, "phone", GOOD, NULL, "A phone sees for itself whether it can take part at %.*s",
         SLICE_ARG(doctor->phone));
}

static void look_at_voice(struct doctor *doctor, struct web_client *web, struct slice voice)
{
    struct web_response page;
    struct error error = {0};
    reach(doctor, web, "voice-origin", voice);
    if (get(doctor, web, voice, "/signin", &error, &page) == OK && page.status == 200)
        find(
            doctor, "voice-origin", WRONG,
            "hecht serve must run with the same --voice-origin, and the proxy must pass the Host header on.",
            "Pages with cookies are served at %.*s, too; it should know nothing but what goes without a name.",
            SLICE_ARG(voice));
}

static struct slice host_of(struct slice url)
{
    struct slice host = slice_from(url, slice_find(url, S("://")) + 3);
    return slice_part(host, 0, slice_find_byte(host, ':'));
}

static void look_at_certificate(struct doctor *doctor, const char *certificate_path, const char *key_path,
                                struct slice url)
{
    struct slice certificate, key;
    struct tls_pair pair;
    struct error error = {0};
    int64_t now = clock_seconds(clock_system());
    const char *host =
        region_text(doctor->region, slice_find(url, S("://")) < url.length ? host_of(url) : S(""));
    if (file_read(certificate_path, PEM_MAXIMUM, doctor->region, &error, &certificate) != OK ||
        file_read(key_path, PEM_MAXIMUM, doctor->region, &error, &key) != OK ||
        tls_pair_read(certificate, key, &error, &pair) != OK)
        find(doctor, "certificate", WRONG,
             "Give the certificate with its chain and the key that belongs to it, both as PEM.", "%s.",
             error.detail);
    else if (now < pair.not_before || now > pair.not_after)
        find(doctor, "certificate", WRONG, "Renew it, then start hecht serve again.",
             "The certificate does not hold today.");
    else if (host[0] != '\0' && !tls_certificate_is_for(certificate, host))
        find(doctor, "certificate", WRONG, "Get one for this name.", "The certificate is not for %s.", host);
    else
        find(doctor, "certificate", now > pair.not_after - EXPIRES_SOON_SECONDS ? WARNING : GOOD,
             now > pair.not_after - EXPIRES_SOON_SECONDS ? "Renew it, then start hecht serve again." : NULL,
             "Certificate and key fit, and hold for %" PRId64 " days.", (pair.not_after - now) / DAY_SECONDS);
}

/* ---- Saying it ------------------------------------------------------------------------------------------------- */

static const char *const STATES[] = {"ok", "warning", "wrong"};

static void print_json(const struct doctor *doctor)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(64 << 10);
    struct json_writer json = JSON_WRITER(&out);
    json_write_object_begin(&json);
    json_write_key(&json, "findings");
    json_write_array_begin(&json);
    for (size_t i = 0; i < doctor->count; i++) {
        const struct finding *finding = &doctor->findings[i];
        json_write_object_begin(&json);
        json_write_key(&json, "name");
        json_write_text(&json, slice_from_text(finding->name));
        json_write_key(&json, "state");
        json_write_text(&json, slice_from_text(STATES[finding->state]));
        json_write_key(&json, "what");
        json_write_text(&json, finding->what);
        json_write_key(&json, "remedy");
        json_write_text(&json, finding->remedy);
        json_write_object_end(&json);
    }
    json_write_array_end(&json);
    json_write_object_end(&json);
    printf("%.*s\n", SLICE_ARG(buffer_slice(&out)));
}

static void print_words(const struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->count; i++) {
        const struct finding *finding = &doctor->findings[i];
        printf("%-8s %-13s %.*s\n", finding->state == WRONG ? "WRONG" : STATES[finding->state], finding->name,
               SLICE_ARG(finding->what));
        if (finding->remedy.length > 0)
            printf("%-22s %.*s\n", "", SLICE_ARG(finding->remedy));
    }
}

/* To be held up to a phone; in a file or pipe it would be noise. */
static void print_code(const struct doctor *doctor)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(64 << 10);
    if (doctor->phone.length == 0 || isatty(STDOUT_FILENO) == 0)
        return;
    picture_qr_terminal(&out, doctor->phone);
    printf("\n%.*s", SLICE_ARG(buffer_slice(&out)));
}

static enum error_code origin_of(struct doctor *doctor, const char *text, struct error *error,
                                 struct slice *ret_origin)
{
    bool secure;
    return text == NULL
               ? OK
               : http_parse_url_origin(slice_from_text(text), error, doctor->region, ret_origin, &secure);
}

static enum error_code examine(struct doctor *doctor, const struct arguments *arguments, struct error *error)
{
    struct slice url = S(""), voice = S("");
    struct web_client *web = NULL;
    const char *certificate = argument_value(arguments, "--tls-cert"),
               *key = argument_value(arguments, "--tls-key");
    TRY(origin_of(doctor, argument_value(arguments, "--url"), error, &url));
    TRY(origin_of(doctor, argument_value(arguments, "--voice-origin"), error, &voice));
    TRY(web_client_open(error, &web));
    look_at_database(doctor, database_address(arguments), &url);
    look_at_clock(doctor);
    if (certificate != NULL)
        look_at_certificate(doctor, certificate, key, url);
    look_at_address(doctor, web, url);
    if (voice.length > 0)
        look_at_voice(doctor, web, voice);
    web_client_close(web);
    return OK;
}

static int run(int argc, char **argv)
{
    struct option options[] = {{.name = "--url"},      {.name = "--voice-origin"},
                               {.name = "--tls-cert"}, {.name = "--tls-key"},
                               {.name = "--db"},       {.name = "--json", .flag = true}};
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    struct doctor doctor = {.region = region};
    struct arguments arguments;
    struct error error = {0};
    bool done, wrong = false;
    int code = arguments_parse(&COMMAND_DOCTOR, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    if (arguments.positional_count > 0)
        return usage_error(&COMMAND_DOCTOR, "%s is one argument too many", arguments.positionals[0]);
    if ((argument_value(&arguments, "--tls-cert") == NULL) !=
        (argument_value(&arguments, "--tls-key") == NULL))
        return usage_error(&COMMAND_DOCTOR, "--tls-cert and --tls-key go together");
    if (examine(&doctor, &arguments, &error) != OK)
        return report_error(&error);
    if (argument_flag(&arguments, "--json"))
        print_json(&doctor);
    else
        print_words(&doctor);
    if (!argument_flag(&arguments, "--json"))
        print_code(&doctor);
    for (size_t i = 0; i < doctor.count; i++)
        wrong = wrong || doctor.findings[i].state == WRONG;
    return wrong ? EXIT_FAILED : EXIT_DONE;
}

const struct command COMMAND_DOCTOR = {"doctor", "find what keeps people and phones away", HELP, run};

#include "cli/mail_options.h"
#include "cli/openid_options.h"

static const char HELP[] =
    "Usage: hecht serve [--listen ADDRESS:PORT | --port N] [--url URL] [--voice-origin URL]\n"
    "                   [--tls-cert FILE --tls-key FILE] [--smtp-url URL --mail-from ADDRESS]\n"
    "                   [--oidc-issuer URL --oidc-client-id ID --oidc-client-secret-file FILE] [--db FILE|postgres://...]\n\n"
    "Runs Hecht. In an empty folder it makes hecht.db (everything is in this one file) and hecht.db.key "
    "(keep both, and\n"
    "keep the key out of your backups of the database), listens on 127.0.0.1 and prints the link by which "
    "the owner takes\n"
    "over; until then every other page answers 503.\n\n"
    "Options:\n"
    "  --listen ADDRESS:PORT  where to listen (default 127.0.0.1:8080); port 0 takes a free one\n"
    "  --port N               the same with 127.0.0.1\n"
    "  --url URL              the public address, e.g. https://trust.example.org; links are made from it\n"
    "  --voice-origin URL     a second public address, e.g. https://voice.example.org, for what goes without a "
    "name: it\n"
    "                         never sees a cookie, and may lie behind another proxy or in another network\n"
    "  --tls-cert FILE        speak https itself, in a small place without a proxy: the certificate and its chain, PEM\n"
    "  --tls-key FILE         its private key; after a renewal start hecht serve again\n"
    "  --db FILE|URL          the database (default: HECHT_DB, or hecht.db)\n\n"
    "Mail, without which nobody is invited or reminded by Hecht (try it with hecht mail test ADDRESS). None leaves while "
    "--url\nis not https, because a phone could do nothing with its links:\n" MAIL_OPTIONS_HELP
    "\nSign-in by OpenID Connect, beside links. It opens nothing for an address that is not in Hecht already:\n" OPENID_OPTIONS_HELP
    "\nEnvironment: HECHT_DB, HECHT_KEY_FILE, HECHT_SMTP_URL, HECHT_MAIL_FROM, HECHT_SMTP_LOGIN, HECHT_SMTP_CA, "
    "CREDENTIALS_DIRECTORY\n(of systemd; its files hecht-key, hecht-smtp and hecht-oidc).\n\n"
    "Examples:\n"
    "  hecht serve\n"
    "  hecht serve --port 9000 --db /srv/hecht/hecht.db --url https://trust.example.org\n"
    "  hecht serve --db postgres://hecht@localhost/hecht\n"
    "  hecht serve --listen 0.0.0.0:443 --url https://trust.example.org --tls-cert chain.pem --tls-key key.pem\n"
    "  hecht serve --url https://trust.example.org --smtp-url smtp://mail.example.org:587 --mail-from "
    "hecht@example.org \\\n"
    "    --smtp-login /etc/hecht/smtp\n";

/* One line on standard output: the claim link, or the address of a claimed installation. */
static int print_address(struct application *application, struct slice public_url, void *context)
{
    (void)context;
    if (application->claimed) {
        printf("%.*s/\n", SLICE_ARG(public_url));
    } else {
        CLEANUP(region_cleanup) struct region *region = region_new(4 << 10);
        struct error error = {0};
        struct slice token;
        if (installation_claim_token(application, region, &error, &token) != OK)
            return report_error(&error);
        fputs("hecht: nobody owns this installation yet. Open this link once to take it over:\n", stderr);
        printf("%.*s/claim/%.*s\n", SLICE_ARG(public_url), SLICE_ARG(token));
    }
    fflush(stdout);
    return EXIT_DONE;
}

static int listen_text(const struct arguments *arguments, char room[static 64], const char **ret_listen)
{
    const char *listen = argument_value(arguments, "--listen"), *port = argument_value(arguments, "--port");
    int64_t number = 8080;
    if (listen != NULL && port != NULL)
        return usage_error(&COMMAND_SERVE, "--listen and --port exclude each other");
    if (port != NULL && !slice_to_integer(slice_from_text(port), 0, 65535, &number))
        return usage_error(&COMMAND_SERVE, "%s is no port (0 to 65535)", port);
    snprintf(room, 64, "127.0.0.1:%" PRId64, number);
    *ret_listen = listen != NULL ? listen : room;
    return EXIT_DONE;
}

static int serve(int argc, char **argv)
{
    struct option options[] = {
        {.name = "--listen"},       {.name = "--port"},     {.name = "--url"},     {.name = "--db"},
        {.name = "--voice-origin"}, {.name = "--tls-cert"}, {.name = "--tls-key"}, MAIL_OPTIONS, OPENID_OPTIONS};
    struct arguments arguments;
    struct error error = {0};
    bool done;
    char room[64];
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 10);
    struct smtp_options mail = {0};
    struct openid_options openid = {0};
    struct serving serving = {.on_ready = print_address};
    int code = arguments_parse(&COMMAND_SERVE, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    if (arguments.positional_count > 0)
        return usage_error(&COMMAND_SERVE, "%s is one argument too many", arguments.positionals[0]);
    code = listen_text(&arguments, room, &serving.listen);
    if (code != EXIT_DONE)
        return code;
    serving.tls_certificate = argument_value(&arguments, "--tls-cert");
    serving.tls_key = argument_value(&arguments, "--tls-key");
    if ((serving.tls_certificate == NULL) != (serving.tls_key == NULL))
        return usage_error(&COMMAND_SERVE, "--tls-cert and --tls-key go together");
    code = mail_options_read(&COMMAND_SERVE, &arguments, region, &mail);
    if (code != EXIT_DONE)
        return code;
    serving.mail = mail.url != NULL ? &mail : NULL;
    code = openid_options_read(&COMMAND_SERVE, &arguments, region, &openid);
    if (code != EXIT_DONE)
        return code;
    serving.openid = openid.issuer != NULL ? &openid : NULL;
    serving.url = argument_value(&arguments, "--url");
    serving.voice_url = argument_value(&arguments, "--voice-origin");
    struct application application = {0};
    if (application_open(database_address(&arguments), false, &error, &application) != OK)
        return report_error(&error);
    code = serve_until_signal(&application, &serving);
    application_close(&application);
    return code;
}

const struct command COMMAND_SERVE = {"serve", "run Hecht", HELP, serve};

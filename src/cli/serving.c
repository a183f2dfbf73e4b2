/* The web server as serve and demo run it. */
#include "cli/cli.h"

#include "base/file.h"
#include "http/http.h"
#include "insight/insight_pages.h"
#include "job/job.h"
#include "job/mail_job.h"
#include "openid/provider.h"
#include "people/page.h"
#include "privacy/tls_pair.h"
#include "promise/promise_pages.h"
#include "pulse/client_api.h"
#include "pulse/pulse.h"
#include "pulse/waiting.h"
#include "view/asset.h"

#include <assert.h>

enum { JOB_PERIOD_SECONDS = 15, MAIL_PERIOD_SECONDS = 5, KEYS_READY_MAXIMUM = 256 };

static const struct http_policy POLICY = {
    .identify = policy_identify,
    .authorise = policy_authorise,
    .error_page = page_error,
    .is_claimed = policy_is_claimed,
    .asset = asset_find,
};

/* ---- Mail ------------------------------------------------------------------------------------------------------- */

struct mailing {
    struct smtp_options options;
    struct smtp *smtp;
    struct mail_sender sender;
    struct job_runner *runner;
    _Atomic bool stop;
};

static enum error_code send_one(void *context, const struct smtp_message *message, struct error *error,
                                struct smtp_result *ret_result)
{
    return smtp_send(context, message, error, ret_result);
}

static void run_mail(void *sender)
{
    mail_pass(sender);
}

static void run_rounds(void *application)
{
    job_run_once(application);
}

static void wake_mail(void *runner)
{
    job_wake(runner);
}

/* Before the web server starts, since its pages tell whether mail leaves. Does nothing without a mail server, or while the
 * links in a mail would lead nowhere. */
static enum error_code mail_start(struct application *application, const struct serving *serving,
                                  struct region *region, struct error *error, struct mailing *mailing)
{
    struct slice url;
    bool secure;
    if (serving->mail == NULL)
        return OK;
    if (serving->url == NULL || !http_url_is_for_phones(slice_from_text(serving->url))) {
        log_line(
            "hecht: no mail leaves, because phones could do nothing with its links: give the public address with --url "
            "https://...");
        return OK;
    }
    TRY(http_parse_url_origin(slice_from_text(serving->url), error, region, &url, &secure));
    mailing->options = *serving->mail;
    mailing->options.stop = &mailing->stop;
    TRY(smtp_open(&mailing->options, error, &mailing->smtp));
    mailing->sender = (struct mail_sender){.application = application,
                                           .url = url,
                                           .from = slice_from_text(mailing->options.from),
                                           .send = send_one,
                                           .context = mailing->smtp,
                                           .stop = &mailing->stop};
    application->mail_on = true;
    TRY(job_start(run_mail, &mailing->sender, MAIL_PERIOD_SECONDS, error, &mailing->runner));
    application->mail_waker = mailing->runner;
    application->mail_wake = wake_mail;
    return OK;
}

static void mail_stop(struct mailing *mailing)
{
    mailing->stop = true;
    job_stop(mailing->runner);
    smtp_close(mailing->smtp);
}

static int run(struct application *application, struct http_server *server, const struct serving *serving)
{
    struct error error = {0};
    struct job_runner *jobs = NULL;
    /* Before the address is printed: whoever reads it may ask for a sign-in link at once. */
    if (installation_note_url(application, http_server_public_url(server), &error) != OK)
        return report_error(&error);
    int code = serving->on_ready(application, http_server_public_url(server), serving->context);
    if (code == EXIT_DONE && job_start(run_rounds, application, JOB_PERIOD_SECONDS, &error, &jobs) != OK)
        code = report_error(&error);
    if (code == EXIT_DONE)
        signals_wait();
    job_stop(jobs);
    return code;
}

size_t serving_routes(struct http_route_table *ret_tables)
{
    const struct http_route_table tables[] = {PEOPLE_ROUTES, PULSE_ROUTES, PULSE_CLIENT_ROUTES,
                                              INSIGHT_ROUTES, PROMISE_ROUTES};
    static_assert(COUNT_OF(tables) <= SERVING_TABLES_MAXIMUM, "room for the tables");
    memcpy(ret_tables, tables, sizeof tables);
    return COUNT_OF(tables);
}

/* ---- TLS ------------------------------------------------------------------------------------------------------- */

enum { PEM_MAXIMUM = 64 << 10, EXPIRES_SOON_SECONDS = 14 * DAY_SECONDS };

static enum error_code read_tls(const struct application *application, const struct serving *serving,
                                struct region *region, struct error *error, struct http_options *options)
{
    struct slice certificate, key;
    struct tls_pair pair;
    int64_t now = clock_seconds(application->clock);
    if (serving->tls_certificate == NULL)
        return OK;
    TRY(file_read(serving->tls_certificate, PEM_MAXIMUM, region, error, &certificate));
    TRY(file_read(serving->tls_key, PEM_MAXIMUM, region, error, &key));
    TRY(tls_pair_read(certificate, key, error, &pair));
    if (now < pair.not_before || now > pair.not_after)
        log_line("hecht: the certificate does not hold today: browsers will warn of this server");
    else if (now > pair.not_after - EXPIRES_SOON_SECONDS)
        log_line("hecht: the certificate ends within two weeks; renew it, then start hecht serve again");
    options->tls_certificate = region_text(region, certificate);
    options->tls_key = region_text(region, key);
    return OK;
}

/* Before the web server starts, since its pages tell who signs people in. */
static enum error_code openid_start(struct application *application, const struct serving *serving,
                                    struct error *error)
{
    if (serving->openid == NULL)
        return OK;
    struct openid_options options = *serving->openid;
    options.clock = application->clock;
    return openid_provider_open(&options, error, &application->openid);
}

int serve_until_signal(struct application *application, const struct serving *serving)
{
    CLEANUP(region_cleanup) struct region *region = region_new(512 << 10);
    struct error error = {0};
    struct http_server *server = NULL;
    uint8_t form_key[32];
    hmac_sha256(application->key.bytes, sizeof application->key.bytes, S("hecht-form-key-v1"), form_key);
    struct http_options options = {
        .public_url = serving->url, .voice_url = serving->voice_url, .form_key = form_key};
    struct http_route_table tables[SERVING_TABLES_MAXIMUM];
    size_t table_count = serving_routes(tables);
    application->teams_waiting = pulse_teams_waiting;
    signals_block();
    if (http_parse_listen(slice_from_text(serving->listen), &error, region, &options.listen_address,
                          &options.port) != OK) {
        report_error(&error);
        return EXIT_USAGE;
    }
    if (read_tls(application, serving, region, &error, &options) != OK)
        return report_error(&error);
    if (application->key_pool == NULL &&
        blind_key_pool_start(1, KEYS_READY_MAXIMUM, &error, &application->key_pool) != OK)
        return report_error(&error);
    struct mailing mailing = {0};
    if (openid_start(application, serving, &error) != OK)
        return report_error(&error);
    int code =
        mail_start(application, serving, region, &error, &mailing) == OK ? EXIT_DONE : report_error(&error);
    if (code == EXIT_DONE &&
        http_server_start(&options, tables, table_count, &POLICY, application, application->store,
                          application->clock, application->random, &error, &server) != OK)
        code = report_error(&error);
    if (code == EXIT_DONE)
        code = run(application, server, serving);
    http_server_stop(server);
    mail_stop(&mailing);
    return code;
}

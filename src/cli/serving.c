/* The web server as serve and demo run it. */
#include "cli/cli.h"

#include "http/http.h"
#include "insight/insight_pages.h"
#include "job/job.h"
#include "openid/provider.h"
#include "people/page.h"
#include "promise/promise_pages.h"
#include "pulse/client_api.h"
#include "pulse/pulse.h"
#include "pulse/waiting.h"
#include "view/asset.h"

enum { JOB_PERIOD_SECONDS = 15, KEYS_READY_MAXIMUM = 256 };

static const struct http_policy POLICY = {
    .identify = policy_identify,
    .authorise = policy_authorise,
    .error_page = page_error,
    .is_claimed = policy_is_claimed,
    .asset = asset_find,
};

static int run(struct application *application, struct http_server *server, const struct serving *serving)
{
    struct error error = {0};
    struct job_runner *jobs = NULL;
    /* Before the address is printed: whoever reads it may ask for a sign-in link at once. */
    if (installation_note_url(application, http_server_public_url(server), &error) != OK)
        return report_error(&error);
    int code = serving->on_ready(application, http_server_public_url(server), serving->context);
    if (code == EXIT_DONE && job_start(application, JOB_PERIOD_SECONDS, &error, &jobs) != OK)
        code = report_error(&error);
    if (code == EXIT_DONE)
        signals_wait();
    job_stop(jobs);
    return code;
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
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 10);
    struct error error = {0};
    struct http_server *server = NULL;
    uint8_t form_key[32];
    hmac_sha256(application->key.bytes, sizeof application->key.bytes, S("hecht-form-key-v1"), form_key);
    struct http_options options = {
        .public_url = serving->url, .voice_url = serving->voice_url, .form_key = form_key};
    const struct http_route_table tables[] = {PEOPLE_ROUTES, PULSE_ROUTES, PULSE_CLIENT_ROUTES,
                                              INSIGHT_ROUTES, PROMISE_ROUTES};
    application->teams_waiting = pulse_teams_waiting;
    signals_block();
    if (http_parse_listen(slice_from_text(serving->listen), &error, region, &options.listen_address,
                          &options.port) != OK) {
        report_error(&error);
        return EXIT_USAGE;
    }
    if (application->key_pool == NULL &&
        blind_key_pool_start(1, KEYS_READY_MAXIMUM, &error, &application->key_pool) != OK)
        return report_error(&error);
    if (openid_start(application, serving, &error) != OK)
        return report_error(&error);
    if (http_server_start(&options, tables, COUNT_OF(tables), &POLICY, application, application->store,
                          application->clock, application->random, &error, &server) != OK)
        return report_error(&error);
    int code = run(application, server, serving);
    http_server_stop(server);
    return code;
}

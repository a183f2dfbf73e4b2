/* Coming and going: the start page, sign-in links, the language. */
#include "openid/provider.h"
#include "people/handlers.h"
#include "people/places.h"
#include "templates.h"

enum error_code home_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct places places;
    enum welcome_step reached;
    TRY(places_load(request->application, request->session, request->identity.org, request->identity.person,
                    request->region, error, &places));
    TRY(org_welcome_load(request->session, request->identity.org, error, &reached));
    bool on_the_way =
        places.role == ORG_ROLE_OWNER && reached < WELCOME_PROMISE; /* left in the middle of it */
    http_redirect(request, response, on_the_way ? S("/start") : places_home(&places, request->region));
    return OK;
}

static enum error_code show(struct http_request *request, struct http_response *response, struct html body,
                            struct error *error)
{
    struct page page = {
        .title = message_text(request->region, page_view(request, NULL).language, MESSAGE_SIGNIN_WINDOW,
                              NO_ARGUMENTS),
        .body = body,
        .bare = true,
    };
    return page_render(request, response, &page, error);
}

/* "https://trust.example.org" without its first part. */
static struct slice host_of(struct slice url)
{
    size_t at = slice_find(url, S("://"));
    return at == url.length ? url : slice_from(url, at + 3);
}

static enum error_code show_signin(struct http_request *request, struct http_response *response,
                                   struct slice typed, struct slice wrong, struct error *error)
{
    struct view view = page_view(request, NULL);
    struct template_signin body = {
        .host = host_of(http_server_public_url(request->server)),
        .mail = request->application->mail_on,
        .sent = request->application->mail_on && slice_equal(http_query(request, "sent"), S("1")),
        .deleted = slice_equal(http_query(request, "deleted"), S("1")),
        .typed = typed,
        .wrong = wrong,
        .minutes = SIGNIN_LINK_ASKED_SECONDS / MINUTE_SECONDS,
    };
    if (request->application->openid != NULL)
        body.provider = openid_provider_name(request->application->openid);
    return show(request, response, template_signin_html(request->region, &view, &body), error);
}

enum error_code signin_get(struct http_request *request, struct http_response *response, struct error *error)
{
    if (request->identity.person != 0) {
        http_redirect(request, response, S("/"));
        return OK;
    }
    return show_signin(request, response, S(""), S(""), error);
}

struct wish_write {
    struct application *application;
    struct slice address;
};

static enum error_code write_wish(struct store_session *session, void *context, struct error *error)
{
    const struct wish_write *write = context;
    return signin_wish_add(session, write->application, write->address, error);
}

/* Does the same whether anybody has that address or not: whoever asks learns nothing. */
enum error_code signin_post(struct http_request *request, struct http_response *response, struct error *error)
{
    struct wish_write write = {.application = request->application};
    struct slice typed = http_form(request, "address");
    struct error failure = {0};
    if (!request->application->mail_on)
        return FAIL(error, ERROR_NOT_FOUND, "route-unknown", "no mail leaves from here");
    if (address_check(typed, request->region, &failure, &write.address) != OK) {
        response->status = 422;
        return show_signin(request, response, typed,
                           page_field_text(request->region, page_view(request, NULL).language, &failure),
                           error);
    }
    TRY(store_write(request->store, write_wish, &write, error));
    application_wake_mail(request->application);
    http_redirect(request, response, S("/signin?sent=1"));
    return OK;
}

/* Mail programs and scanners open links to look at them, so looking must not spend one. */
enum error_code signin_link_get(struct http_request *request, struct http_response *response,
                                struct error *error)
{
    struct person person;
    struct org org;
    int64_t org_id = 0, person_id = 0;
    enum error_code found = signin_link_look(request->session, http_path(request, "token"),
                                             clock_seconds(request->clock), error, &org_id, &person_id);
    if (found == ERROR_GONE && request->identity.person != 0) {
        http_redirect(request, response, S("/")); /* the link of a mail, opened once more */
        return OK;
    }
    TRY(found);
    TRY(person_load(request->session, org_id, person_id, request->region, error, &person));
    TRY(org_load(request->session, org_id, request->region, error, &org));
    if (http_query(request, "language").length == 0)
        request->identity.language = person.language; /* the page greets in the person's language */
    struct view view = page_view(request, NULL);
    struct template_signin_link body = {
        .action = request->path, .name = person.name, .address = person.address, .organisation = org.name};
    return show(request, response, template_signin_link_html(request->region, &view, &body), error);
}

struct signin_write {
    struct slice token;
    int64_t now;
    struct slice device;
    uint8_t hash[32];
};

static enum error_code spend_link(struct store_session *session, void *context, struct error *error)
{
    struct signin_write *write = context;
    int64_t org = 0, person = 0;
    TRY(signin_link_spend(session, write->token, write->now, error, &org, &person));
    return web_session_create(session, org, person, write->hash, write->device, write->now, error);
}

enum error_code signin_link_post(struct http_request *request, struct http_response *response,
                                 struct error *error)
{
    struct signin_write write = {.token = http_path(request, "token"),
                                 .now = clock_seconds(request->clock),
                                 .device = web_session_device(request->user_agent)};
    http_session_begin(request, response, write.hash);
    TRY(store_write(request->store, spend_link, &write, error));
    http_redirect(request, response, S("/"));
    return OK;
}

static enum error_code end_session(struct store_session *session, void *context, struct error *error)
{
    const struct http_identity *identity = context;
    return web_session_end_one(session, identity->org, identity->person, identity->session, error);
}

enum error_code signout_post(struct http_request *request, struct http_response *response,
                             struct error *error)
{
    TRY(store_write(request->store, end_session, &request->identity, error));
    http_session_end(request, response);
    http_redirect(request, response, S("/signin"));
    return OK;
}

static enum error_code save_language(struct store_session *session, void *context, struct error *error)
{
    const struct http_request *request = context;
    return person_set_language(session, request->identity.org, request->identity.person,
                               http_form(request, "language"), error);
}

/* No one-time form id: choosing the same language twice changes nothing. */
enum error_code language_post(struct http_request *request, struct http_response *response,
                              struct error *error)
{
    enum language language;
    struct slice back = http_form(request, "back"), code = http_form(request, "language");
    if (!language_from_code(code, &language))
        return FAIL(error, ERROR_INPUT, "language-unknown", "no such language");
    if (!slice_starts_with(back, S("/")) || slice_starts_with(back, S("//")) ||
        slice_starts_with(back, S("/\\")) || !slice_is_clean_text(back, ""))
        back = S("/");
    if (request->identity.person != 0)
        TRY(store_write(request->store, save_language, request, error));
    else
        back = region_format(request->region, "%.*s?language=%s",
                             SLICE_ARG(slice_part(back, 0, slice_find_byte(back, '?'))),
                             language_code(language));
    http_redirect(request, response, back);
    return OK;
}

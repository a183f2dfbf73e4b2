/* What is kept about the person who asks, and what that person may change about it. */
#include "mail/mail.h"
#include "people/device.h"
#include "people/handlers.h"
#include "people/places.h"
#include "people/signin_openid.h"
#include "privacy/proquint.h"
#include "privacy/seal.h"
#include "templates.h"

static const char ME_FORM[] = "me";

static struct template_me_teams *team_rows(const struct places *places, struct region *region)
{
    struct template_me_teams *rows = REGION_ARRAY(region, places->count, struct template_me_teams);
    for (size_t i = 0; i < places->count && rows != NULL; i++)
        rows[i] = (struct template_me_teams){places->teams[i].team.id, places->teams[i].team.name,
                                             places->teams[i].leads, places->teams[i].deputy};
    return rows;
}

static enum error_code list_devices(struct http_request *request, struct error *error,
                                    const struct template_me_devices **ret_rows, size_t *ret_count)
{
    struct device_key keys[DEVICES_MAXIMUM];
    size_t count;
    TRY(device_list(request->session, request->identity.org, request->identity.person, error, keys, &count));
    struct template_me_devices *rows = REGION_ARRAY(request->region, count, struct template_me_devices);
    for (size_t i = 0; i < count && rows != NULL; i++) {
        uint8_t hash[32];
        char words[RID_WORDS_LENGTH + 1], point[BASE64URL_LENGTH(sizeof keys[i].point) + 1];
        sha256(slice_from_bytes(keys[i].point, sizeof keys[i].point), hash);
        rid_words(hash, words);
        base64url_encode(keys[i].point, sizeof keys[i].point, point);
        rows[i] = (struct template_me_devices){
            .point = region_copy(request->region, slice_from_text(point)),
            .words = region_copy(request->region, slice_from_text(words)),
            .dated = keys[i].registered_on > 0,
            .registered = keys[i].registered_on,
        };
    }
    if (region_failed(request->region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    *ret_rows = rows;
    *ret_count = count;
    return OK;
}

/* "iphone" as words. */
static struct slice device_words(struct http_request *request, enum language language, struct slice kind)
{
    enum message message =
        kind.length == 0 ? MESSAGE_NONE
                         : message_find(region_format(request->region, "session.%.*s", SLICE_ARG(kind)));
    return message_text(request->region, language, message == MESSAGE_NONE ? MESSAGE_SESSION_OTHER : message,
                        NO_ARGUMENTS);
}

static enum error_code list_logins(struct http_request *request, enum language language, struct error *error,
                                   struct template_me *body)
{
    struct web_session sessions[WEB_SESSIONS_SHOWN_MAXIMUM];
    const struct http_identity *identity = &request->identity;
    size_t count;
    TRY(web_session_list(request->session, identity->org, identity->person, clock_seconds(request->clock),
                         request->region, error, sessions, &count));
    struct template_me_logins *rows = REGION_ARRAY(request->region, count, struct template_me_logins);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++) {
        bool own = memcmp(sessions[i].hash, identity->session, sizeof identity->session) == 0;
        char *name = REGION_ARRAY(request->region, 2 * sizeof sessions[i].hash + 1, char);
        if (name == NULL)
            return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
        hex_encode(sessions[i].hash, sizeof sessions[i].hash, name);
        body->others = body->others || !own;
        rows[i] = (struct template_me_logins){
            .name = slice_from_text(name),
            .device = device_words(request, language, sessions[i].device),
            .own = own,
            .since = sessions[i].started,
            .used_known = sessions[i].used_on > 0,
            .used = sessions[i].used_on,
            .ends = sessions[i].expires,
        };
    }
    body->logins = rows;
    body->logins_count = count;
    return OK;
}

static enum error_code list_ties(struct http_request *request, struct template_me *body, struct error *error)
{
    struct openid_tie ties[OPENID_TIES_MAXIMUM];
    size_t count;
    TRY(openid_tie_list(request->session, request->identity.org, request->identity.person, request->region,
                        error, ties, &count));
    struct template_me_ties *rows = REGION_ARRAY(request->region, count, struct template_me_ties);
    for (size_t i = 0; i < count && rows != NULL; i++)
        rows[i] = (struct template_me_ties){openid_host(ties[i].issuer), ties[i].tied_at};
    body->tied = count > 0;
    body->ties = rows;
    body->ties_count = rows != NULL ? count : 0;
    return OK;
}

static enum error_code show(struct http_request *request, struct http_response *response,
                            struct slice typed_name, struct slice wrong_name, struct error *error)
{
    const struct http_identity *identity = &request->identity;
    struct view view = page_view(request, ME_FORM);
    struct person person;
    struct person_record record;
    struct places places;
    struct org org;
    struct mail_recipient recipient;
    TRY(person_load(request->session, identity->org, identity->person, request->region, error, &person));
    TRY(mail_recipient_load(request->session, identity->org, identity->person, error, &recipient));
    TRY(person_record_load(request->session, identity->org, identity->person, clock_seconds(request->clock),
                           error, &record));
    TRY(places_load(request->application, request->session, identity->org, identity->person, request->region,
                    error, &places));
    TRY(org_load(request->session, identity->org, request->region, error, &org));
    struct template_me body = {
        .name = person.name,
        .address = person.address,
        .typed_name = wrong_name.length > 0 ? typed_name : person.name,
        .wrong_name = wrong_name,
        .organisation = org.name,
        .since = record.since,
        .person = identity->person,
        .owner = places.role == ORG_ROLE_OWNER,
        .viewer = places.role == ORG_ROLE_VIEWER,
        .dutch = view.language == LANGUAGE_NL,
        .lists = record.rounds_listed,
        .forms = record.forms_fetched,
        .sessions = record.sessions,
        .acts = record.named_acts,
        .mail = request->application->mail_on,
        .stopped = recipient.stopped,
        .digest = recipient.digest,
        .teams = team_rows(&places, request->region),
        .teams_count = places.count,
    };
    struct template_me_seats seats[SEATS];
    for (int seat = SEAT_CONFIDANT; seat < SEATS; seat++)
        if (places.seats[seat])
            seats[body.seats_count++].role = seat_message((enum seat)seat);
    body.seats = seats;
    TRY(list_devices(request, error, &body.devices, &body.devices_count));
    TRY(list_ties(request, &body, error));
    TRY(list_logins(request, view.language, error, &body));
    if (body.teams == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_ME_WINDOW, NO_ARGUMENTS),
        .body = template_me_html(request->region, &view, &body),
        .script = "me_page.js",
    };
    return page_render(request, response, &page, error);
}

enum error_code me_get(struct http_request *request, struct http_response *response, struct error *error)
{
    return show(request, response, (struct slice){0}, (struct slice){0}, error);
}

static enum error_code apply_name(struct store_session *session, struct change *change, struct error *error)
{
    return person_set_name(session, change->org, change->person, change->name, error);
}

enum error_code me_name_post(struct http_request *request, struct http_response *response,
                             struct error *error)
{
    struct change change = {.request = request,
                            .apply = apply_name,
                            .person = request->identity.person,
                            .name = http_form(request, "name")};
    struct error failure = {0};
    bool done = false;
    enum error_code code = change_perform(&change, ME_FORM, &failure, &done);
    if (code != OK && strcmp(failure.reason, "person-name") == 0) {
        response->status = 422;
        return show(request, response, change.name,
                    page_field_text(request->region, page_view(request, NULL).language, &failure), error);
    }
    if (code != OK) {
        *error = failure;
        return code;
    }
    http_redirect(request, response, S("/me"));
    return OK;
}

static enum error_code end_sessions(struct store_session *session, void *context, struct error *error)
{
    const struct http_identity *identity = context;
    return web_session_end(session, identity->org, identity->person, error);
}

/* No one-time form id: after the first time nobody is signed in. */
enum error_code me_sessions_post(struct http_request *request, struct http_response *response,
                                 struct error *error)
{
    TRY(store_write(request->store, end_sessions, &request->identity, error));
    http_session_end(request, response);
    http_redirect(request, response, S("/signin"));
    return OK;
}

struct session_ending {
    const struct http_identity *identity;
    uint8_t hash[32];
};

static enum error_code end_session(struct store_session *session, void *context, struct error *error)
{
    const struct session_ending *ending = context;
    return web_session_end_one(session, ending->identity->org, ending->identity->person, ending->hash, error);
}

/* No one-time form id: a second time there is nothing to end. */
enum error_code me_session_end_post(struct http_request *request, struct http_response *response,
                                    struct error *error)
{
    struct session_ending ending = {.identity = &request->identity};
    if (!hex_decode(http_form(request, "session"), ending.hash, sizeof ending.hash))
        return FAIL(error, ERROR_INPUT, "form-syntax", "the form names no session");
    TRY(store_write(request->store, end_session, &ending, error));
    bool own = memcmp(ending.hash, request->identity.session, sizeof ending.hash) == 0;
    if (own)
        http_session_end(request, response);
    http_redirect(request, response, own ? S("/signin") : S("/me#sessions"));
    return OK;
}

static enum error_code end_others(struct store_session *session, void *context, struct error *error)
{
    const struct http_identity *identity = context;
    return web_session_end_others(session, identity->org, identity->person, identity->session, error);
}

/* No one-time form id: a second time there is nothing to end. */
enum error_code me_sessions_others_post(struct http_request *request, struct http_response *response,
                                        struct error *error)
{
    TRY(store_write(request->store, end_others, &request->identity, error));
    http_redirect(request, response, S("/me#sessions"));
    return OK;
}

struct ending {
    const struct http_identity *identity;
    uint8_t point[ONE_TIME_PUBLIC_BYTES];
};

static enum error_code end_device(struct store_session *session, void *context, struct error *error)
{
    const struct ending *ending = context;
    return device_end(session, ending->identity->org, ending->identity->person, ending->point, error);
}

/* No one-time form id: a second time there is nothing to end. */
enum error_code me_device_end_post(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    struct ending ending = {.identity = &request->identity};
    if (!base64url_decode_exactly(http_form(request, "device"), ending.point, sizeof ending.point))
        return FAIL(error, ERROR_INPUT, "device-key", "not the key of a device");
    TRY(store_write(request->store, end_device, &ending, error));
    http_redirect(request, response, S("/me#devices"));
    return OK;
}

static enum error_code mark_links_seen(struct store_session *session, void *context, struct error *error)
{
    const struct http_identity *identity = context;
    return operator_links_mark_seen(session, identity->org, identity->person, error);
}

enum error_code me_links_seen_post(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    TRY(store_write(request->store, mark_links_seen, &request->identity, error));
    http_redirect(request, response, S("/"));
    return OK;
}

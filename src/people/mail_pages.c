/* Mail, as people set it: stopping it without signing in, starting it again, and the hours at which it leaves. */
#include "mail/mail.h"
#include "people/handlers.h"
#include "templates.h"

static const char HOURS_FORM[] = "mail-hours";

/* ---- Stopping ------------------------------------------------------------------------------------------------- */

struct stop_write {
    int64_t org, person;
    bool stopped;
};

static enum error_code write_stop(struct store_session *session, void *context, struct error *error)
{
    const struct stop_write *write = context;
    return mail_recipient_set_stopped(session, write->org, write->person, write->stopped, error);
}

static enum error_code show_stop(struct http_request *request, struct http_response *response,
                                 const struct stop_write *stop, struct error *error)
{
    struct org org;
    struct person person;
    TRY(org_load(request->session, stop->org, request->region, error, &org));
    TRY(person_load(request->session, stop->org, stop->person, request->region, error, &person));
    if (http_query(request, "language").length == 0)
        request->identity.language = person.language;
    struct view view = page_view(request, NULL);
    struct template_mail_stop body = {
        .action = request->path, .organisation = org.name, .stopped = stop->stopped};
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_MAIL_STOP_WINDOW, NO_ARGUMENTS),
        .body = template_mail_stop_html(request->region, &view, &body),
        .bare = true,
    };
    return page_render(request, response, &page, error);
}

/* Scanners open every link of a mail, so looking stops nothing. */
enum error_code mail_stop_get(struct http_request *request, struct http_response *response,
                              struct error *error)
{
    struct stop_write stop = {0};
    struct mail_recipient recipient;
    TRY(mail_stop_read(request->application, http_path(request, "token"), error, &stop.org, &stop.person));
    TRY(mail_recipient_load(request->session, stop.org, stop.person, error, &recipient));
    stop.stopped = recipient.stopped;
    return show_stop(request, response, &stop, error);
}

/* RFC 8058: mail programs send this by themselves, without a cookie, and follow no redirect. */
enum error_code mail_stop_post(struct http_request *request, struct http_response *response,
                               struct error *error)
{
    struct stop_write stop = {.stopped = true};
    struct person person;
    TRY(mail_stop_read(request->application, http_path(request, "token"), error, &stop.org, &stop.person));
    /* Whoever was deleted gets no mail anyway. */
    TRY(person_load(request->session, stop.org, stop.person, request->region, error, &person));
    TRY(store_write(request->store, write_stop, &stop, error));
    return show_stop(request, response, &stop, error);
}

struct digest_write {
    int64_t org, person, monday;
    bool on;
};

static enum error_code write_digest(struct store_session *session, void *context, struct error *error)
{
    const struct digest_write *write = context;
    return mail_digest_set(session, write->org, write->person, write->on, write->monday, error);
}

/* The first one comes next week: this week's has left. */
static enum error_code set_digest(struct http_request *request, bool on, struct error *error)
{
    struct digest_write write = {.org = request->identity.org, .person = request->identity.person, .on = on};
    struct mail_hours hours;
    TRY(mail_hours_load(request->session, write.org, request->region, error, &hours));
    write.monday =
        mail_week_of(mail_hours_zone(&hours, request->region), clock_seconds(request->clock)).monday;
    return store_write(request->store, write_digest, &write, error);
}

/* No one-time form id: saying the same twice changes nothing. */
enum error_code me_mail_post(struct http_request *request, struct http_response *response,
                             struct error *error)
{
    struct stop_write stop = {request->identity.org, request->identity.person,
                              slice_equal(http_form(request, "mail"), S("stop"))};
    struct slice wish = http_form(request, "mail");
    if (slice_starts_with(wish, S("digest-")))
        TRY(set_digest(request, slice_equal(wish, S("digest-on")), error));
    else
        TRY(store_write(request->store, write_stop, &stop, error));
    http_redirect(request, response, S("/me#mail"));
    return OK;
}

/* ---- Hours ------------------------------------------------------------------------------------------------------ */

static struct slice now_text(struct http_request *request, enum language language,
                             const struct mail_hours *hours)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(200);
    struct date date = zone_date(mail_hours_zone(hours, request->region), clock_seconds(request->clock));
    format_civil_date_time(&text, language, &date);
    return region_copy(request->region, buffer_slice(&text));
}

static enum error_code list_zones(struct http_request *request, const struct mail_hours *hours,
                                  struct error *error, struct template_mail_hours *page)
{
    struct slice *names;
    size_t count;
    TRY(zone_list(request->region, error, &names, &count));
    struct template_mail_hours_zones *rows =
        REGION_ARRAY(request->region, count, struct template_mail_hours_zones);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct template_mail_hours_zones){names[i], slice_equal(names[i], hours->time_zone)};
    page->zones = rows;
    page->zones_count = count;
    return OK;
}

static enum error_code show_hours(struct http_request *request, struct http_response *response,
                                  const struct mail_hours *hours, enum message wrong, struct error *error)
{
    struct view view = page_view(request, HOURS_FORM);
    struct template_mail_hours_from *from =
        REGION_ARRAY(request->region, 24, struct template_mail_hours_from);
    struct template_mail_hours_until *until =
        REGION_ARRAY(request->region, 24, struct template_mail_hours_until);
    if (from == NULL || until == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (int64_t i = 0; i < 24; i++) {
        from[i] = (struct template_mail_hours_from){i, i == hours->from};
        until[i] = (struct template_mail_hours_until){i + 1, i + 1 == hours->until};
    }
    struct template_mail_hours body = {
        .on = request->application->mail_on,
        .saved = slice_equal(http_query(request, "saved"), S("1")),
        .wrong = wrong,
        .machine = hours->time_zone.length == 0,
        .now = now_text(request, view.language, hours),
        .weekends = hours->weekends,
        .from = from,
        .from_count = 24,
        .until = until,
        .until_count = 24,
    };
    TRY(list_zones(request, hours, error, &body));
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_MAIL_HOURS_TITLE, NO_ARGUMENTS),
        .body = template_mail_hours_html(request->region, &view, &body),
        .place = PAGE_HOW,
    };
    return page_render(request, response, &page, error);
}

enum error_code mail_hours_get(struct http_request *request, struct http_response *response,
                               struct error *error)
{
    struct mail_hours hours;
    TRY(mail_hours_load(request->session, request->identity.org, request->region, error, &hours));
    return show_hours(request, response, &hours, MESSAGE_NONE, error);
}

struct hours_change {
    struct change change; /* first, so that apply finds the rest */
    struct mail_hours hours;
};

static enum error_code apply_hours(struct store_session *session, struct change *change, struct error *error)
{
    const struct hours_change *own = (const struct hours_change *)change;
    return mail_hours_save(session, change->org, &own->hours, change->request->region, error);
}

enum error_code mail_hours_post(struct http_request *request, struct http_response *response,
                                struct error *error)
{
    struct hours_change own = {.change = {.request = request, .apply = apply_hours},
                               .hours = {.time_zone = http_form(request, "zone"),
                                         .weekends = slice_equal(http_form(request, "weekends"), S("yes"))}};
    struct error failure = {0};
    bool done = false;
    if (!slice_to_integer(http_form(request, "from"), 0, 23, &own.hours.from) ||
        !slice_to_integer(http_form(request, "until"), 1, 24, &own.hours.until))
        return FAIL(error, ERROR_INPUT, "form-syntax", "hours are 0 to 24");
    enum error_code code = change_perform(&own.change, HOURS_FORM, &failure, &done);
    if (code == ERROR_INPUT &&
        (strcmp(failure.reason, "mail-hours") == 0 || strcmp(failure.reason, "zone-unknown") == 0)) {
        bool hours = strcmp(failure.reason, "mail-hours") == 0;
        response->status = 422;
        return show_hours(request, response, &own.hours,
                          hours ? MESSAGE_MAIL_HOURS_WRONG : MESSAGE_MAIL_HOURS_ZONE_WRONG, error);
    }
    if (code != OK) {
        *error = failure;
        return code;
    }
    http_redirect(request, response, S("/settings/mail?saved=1"));
    return OK;
}

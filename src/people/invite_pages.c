/* What invitations will leave, to how many, before they do. */
#include "mail/mail.h"
#include "people/handlers.h"
#include "people/invite.h"
#include "templates.h"

static const char INVITE_FORM[] = "invite";

static enum error_code check_on(const struct http_request *request, struct error *error)
{
    if (request->application->mail_on)
        return OK;
    return FAIL(error, ERROR_NOT_FOUND, "mail-off", "no mail leaves from here");
}

static enum error_code list_names(struct http_request *request, struct error *error,
                                  struct template_invite *page)
{
    struct person *people;
    size_t count;
    TRY(invite_names(request->session, request->identity.org, request->region, error, &people, &count));
    struct template_invite_people *rows = REGION_ARRAY(request->region, count, struct template_invite_people);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct template_invite_people){people[i].name, people[i].address};
    page->people = rows;
    page->people_count = count;
    page->more = page->count - (int64_t)count;
    return OK;
}

static enum error_code list_refused(struct http_request *request, struct error *error,
                                    struct template_invite *page)
{
    struct refused *refused;
    size_t count;
    TRY(invite_refused(request->session, request->identity.org, request->region, error, &refused, &count));
    struct template_invite_refused *rows =
        REGION_ARRAY(request->region, count, struct template_invite_refused);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct template_invite_refused){refused[i].person.name, refused[i].person.address,
                                                   refused[i].code, refused[i].on};
    page->refused = rows;
    page->refused_count = count;
    return OK;
}

enum error_code invite_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct org org;
    struct view view = page_view(request, INVITE_FORM);
    struct template_invite body = {.sent = slice_equal(http_query(request, "sent"), S("1"))};
    TRY(check_on(request, error));
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(invite_count(request->session, org.id, error, &body.count));
    TRY(invite_waiting(request->session, org.id, error, &body.waiting));
    TRY(list_names(request, error, &body));
    TRY(list_refused(request, error, &body));
    body.organisation = org.name;
    body.k = org.k;
    body.days = MAIL_KEPT_SECONDS / DAY_SECONDS;
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_INVITE_TITLE, NO_ARGUMENTS),
        .body = template_invite_html(request->region, &view, &body),
        .place = PAGE_PEOPLE,
    };
    return page_render(request, response, &page, error);
}

static enum error_code apply_invite(struct store_session *session, struct change *change, struct error *error)
{
    int64_t now = clock_seconds(change->request->clock);
    return slice_equal(http_form(change->request, "who"), S("refused"))
               ? invite_refused_again(session, change->org, now, error)
               : invite_all(session, change->org, now, error);
}

enum error_code invite_post(struct http_request *request, struct http_response *response, struct error *error)
{
    struct change change = {.request = request, .apply = apply_invite};
    bool done = false;
    TRY(check_on(request, error));
    TRY(change_perform(&change, INVITE_FORM, error, &done));
    application_wake_mail(request->application);
    http_redirect(request, response, S("/people/invite?sent=1"));
    return OK;
}

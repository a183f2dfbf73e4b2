/* The first page of an installation: who are you, and whose is it? It shows a form until everything in it is right, then makes
 * the organisation and leads to the next step. */
#include "people/claim.h"
#include "people/handlers.h"
#include "templates.h"

enum { CLAIM_ERRORS_MAXIMUM = 4 };

struct claim_form {
    struct http_request *request;
    enum language language;
    struct template_claim page;
    struct template_claim_errors errors[CLAIM_ERRORS_MAXIMUM];
    struct claim claim;
};

static void add_wrong(struct claim_form *form, struct slice *place, struct slice field, struct slice sentence)
{
    if (form->page.errors_count == CLAIM_ERRORS_MAXIMUM)
        return;
    *place = sentence;
    form->errors[form->page.errors_count++] = (struct template_claim_errors){field, sentence};
}

static void add_wrong_error(struct claim_form *form, struct slice *place, struct slice field,
                            const struct error *error)
{
    add_wrong(form, place, field, page_field_text(form->request->region, form->language, error));
}

static enum error_code show(struct claim_form *form, struct http_response *response, struct error *error)
{
    struct http_request *request = form->request;
    struct view view = page_view(request, NULL);
    form->page.errors = form->errors;
    form->page.step = WELCOME_NAME;
    form->page.steps = WELCOME_SEND;
    form->page.action = region_format(request->region, "%.*s?language=%s", SLICE_ARG(request->path),
                                      language_code(form->language));
    struct page page = {
        .title = message_text(request->region, form->language, MESSAGE_CLAIM_WINDOW, NO_ARGUMENTS),
        .body = template_claim_html(request->region, &view, &form->page),
        .bare = true,
    };
    return page_render(request, response, &page, error);
}

enum error_code claim_get(struct http_request *request, struct http_response *response, struct error *error)
{
    TRY(installation_check_token(request->session, http_path(request, "token"), error));
    struct claim_form form = {.request = request, .language = page_view(request, NULL).language};
    form.page.dutch = form.language == LANGUAGE_NL;
    return show(&form, response, error);
}

/* ---- What was typed ---------------------------------------------------------------------------------- */

static void read_typed(struct claim_form *form)
{
    struct http_request *request = form->request;
    struct template_claim *page = &form->page;
    page->address = http_form(request, "address");
    page->name = http_form(request, "name");
    page->dutch = slice_equal(http_form(request, "language"), S("nl"));
    page->organisation = http_form(request, "organisation");
}

static void check_name(struct claim_form *form, struct slice text, size_t maximum, const char *reason,
                       struct slice *place, struct slice field, struct slice *ret_name)
{
    struct error error = {0};
    if (name_check(text, maximum, reason, &error, ret_name) != OK)
        add_wrong_error(form, place, field, &error);
}

/* In the order of the page, so that the summary reads from top to bottom. */
static void check_typed(struct claim_form *form)
{
    struct template_claim *page = &form->page;
    struct claim *claim = &form->claim;
    struct error error = {0};
    claim->token = http_path(form->request, "token");
    claim->language = page->dutch ? S("nl") : S("en");
    check_name(form, page->name, PERSON_NAME_MAXIMUM, "person-name", &page->wrong_name, S("name"),
               &claim->name);
    if (address_check(page->address, form->request->region, &error, &claim->address) != OK)
        add_wrong_error(form, &page->wrong_address, S("address"), &error);
    check_name(form, page->organisation, ORG_NAME_MAXIMUM, "org-name", &page->wrong_organisation,
               S("organisation"), &claim->organisation);
}

/* No one-time form id: the token of the link is spent by the same write, which is stricter. */
enum error_code claim_post(struct http_request *request, struct http_response *response, struct error *error)
{
    TRY(installation_check_token(request->session, http_path(request, "token"), error));
    struct claim_form form = {.request = request, .language = page_view(request, NULL).language};
    struct error failure = {0};
    int64_t org = 0;
    read_typed(&form);
    check_typed(&form);
    if (form.page.errors_count > 0) {
        response->status = 422;
        return show(&form, response, error);
    }
    form.claim.device = web_session_device(request->user_agent);
    http_session_begin(request, response, form.claim.session_hash);
    enum error_code code = installation_claim(request->application, &form.claim, &failure, &org);
    if (code == OK) {
        http_redirect(request, response, S("/start/team"));
        return OK;
    }
    if (strcmp(failure.reason, "org-name-taken") != 0) {
        *error = failure;
        return code;
    }
    response->header_count = 0; /* the session did not come to be */
    response->status = 422;
    add_wrong_error(&form, &form.page.wrong_organisation, S("organisation"), &failure);
    return show(&form, response, error);
}

/* Who has which role, and every change of it: for owners, who give and take the roles of people who stand apart, and for
 * auditors and the works council to read. */
#include "people/handlers.h"
#include "people/seat.h"
#include "templates.h"

enum { ROLES_ERRORS_MAXIMUM = 3 };

static const char ROLES_FORM[] = "roles";

struct roles_form {
    struct http_request *request;
    enum language language;
    struct template_roles page;
    struct template_roles_errors errors[ROLES_ERRORS_MAXIMUM];
    enum seat chosen;
};

static struct slice text_of(const struct roles_form *form, enum message message)
{
    return message_text(form->request->region, form->language, message, NO_ARGUMENTS);
}

/* ---- The lists --------------------------------------------------------------------------------------- */

static enum error_code fill_seats(struct roles_form *form, struct error *error)
{
    static const enum message SEES[SEATS] = {MESSAGE_NONE, MESSAGE_ROLES_CONFIDANT_SEES,
                                             MESSAGE_ROLES_AUDITOR_SEES, MESSAGE_ROLES_COUNCIL_SEES};
    static const enum message SEES_NOT[SEATS] = {MESSAGE_NONE, MESSAGE_ROLES_CONFIDANT_NOT,
                                                 MESSAGE_ROLES_AUDITOR_NOT, MESSAGE_ROLES_COUNCIL_NOT};
    struct http_request *request = form->request;
    struct seat_holder *holders;
    size_t count;
    TRY(seat_list(request->session, request->identity.org, request->region, error, &holders, &count));
    struct template_roles_seats *seats =
        REGION_ARRAY(request->region, SEATS - 1, struct template_roles_seats);
    if (seats == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (int seat = SEAT_CONFIDANT; seat < SEATS; seat++) {
        struct template_roles_seats_holders *rows =
            REGION_ARRAY(request->region, count, struct template_roles_seats_holders);
        size_t filled = 0;
        for (size_t i = 0; rows != NULL && i < count; i++)
            if (holders[i].seat == (enum seat)seat)
                rows[filled++] =
                    (struct template_roles_seats_holders){holders[i].person.id, holders[i].person.name,
                                                          holders[i].person.address, holders[i].since};
        seats[seat - 1] = (struct template_roles_seats){
            .key = seat_name((enum seat)seat),
            .role = seat_message((enum seat)seat),
            .label = text_of(form, seat_message((enum seat)seat)),
            .sees = SEES[seat],
            .sees_not = SEES_NOT[seat],
            .chosen = form->chosen == (enum seat)seat,
            .holders = rows,
            .holders_count = filled,
        };
    }
    form->page.seats = seats;
    form->page.seats_count = SEATS - 1;
    return OK;
}

static enum error_code fill_holders(struct roles_form *form, struct error *error)
{
    struct http_request *request = form->request;
    struct org_role_holder *holders;
    size_t count;
    TRY(people_org_role_list(request->session, request->identity.org, request->region, error, &holders,
                             &count));
    struct template_roles_holders *rows = REGION_ARRAY(request->region, count, struct template_roles_holders);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct template_roles_holders){holders[i].person.name, holders[i].person.address,
                                                  holders[i].role == ORG_ROLE_OWNER};
        form->page.owner =
            form->page.owner || (rows[i].owner && holders[i].person.id == request->identity.person);
    }
    form->page.holders = rows;
    form->page.holders_count = count;
    return OK;
}

static struct slice role_text(const struct roles_form *form, const struct role_change *change)
{
    struct slice role = change->role;
    enum seat seat = seat_from_name(role);
    if (slice_equal(role, S("deputy")))
        return message_text(form->request->region, form->language, MESSAGE_DEPUTY_ROLE,
                            ARGUMENTS(A_TEXT("team", change->team_name)));
    if (seat != SEAT_NONE)
        return text_of(form, seat_message(seat));
    return text_of(form, slice_equal(role, S("owner")) ? MESSAGE_ROLES_OWNER : MESSAGE_ROLES_VIEWER);
}

static enum error_code fill_changes(struct roles_form *form, struct error *error)
{
    struct http_request *request = form->request;
    struct role_change *changes;
    size_t count;
    TRY(role_changes(request->session, request->identity.org, request->region, error, &changes, &count));
    struct template_roles_changes *rows = REGION_ARRAY(request->region, count, struct template_roles_changes);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct template_roles_changes){
            .given = changes[i].given,
            .name = page_name(request->region, form->language, changes[i].person_name),
            .role = role_text(form, &changes[i]),
            .by = changes[i].by_name,
            .itself = changes[i].team_name.length > 0 && !changes[i].given,
            .on = changes[i].changed_at,
        };
    form->page.changes = rows;
    form->page.changes_count = count;
    return OK;
}

static enum error_code show(struct roles_form *form, struct http_response *response, struct error *error)
{
    struct http_request *request = form->request;
    struct view view = page_view(request, ROLES_FORM);
    form->page.errors = form->errors;
    TRY(fill_seats(form, error));
    TRY(fill_holders(form, error));
    TRY(fill_changes(form, error));
    struct page page = {
        .title = text_of(form, MESSAGE_ROLES_WINDOW),
        .body = template_roles_html(request->region, &view, &form->page),
        .place = PAGE_PEOPLE,
    };
    return page_render(request, response, &page, error);
}

enum error_code roles_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct roles_form form = {.request = request, .language = page_view(request, NULL).language};
    return show(&form, response, error);
}

/* ---- Giving and taking ------------------------------------------------------------------------------- */

static void add_wrong(struct roles_form *form, struct slice *place, struct slice field, struct slice sentence)
{
    *place = sentence;
    form->errors[form->page.errors_count++] = (struct template_roles_errors){field, sentence};
}

static enum error_code show_again(struct roles_form *form, struct http_response *response,
                                  struct error *error)
{
    response->status = 422;
    return show(form, response, error);
}

static enum error_code apply_give(struct store_session *session, struct change *change, struct error *error)
{
    int64_t person = 0;
    TRY(person_ensure(session, change->request->application, change->org, change->address, change->name,
                      change->language, error, &person));
    return seat_give(session, change->org, person, change->seat, change->request->identity.person,
                     clock_seconds(change->request->clock), error);
}

enum error_code roles_give_post(struct http_request *request, struct http_response *response,
                                struct error *error)
{
    struct roles_form form = {.request = request, .language = page_view(request, NULL).language};
    struct error failure = {0};
    bool done = false;
    form.chosen = seat_from_name(http_form(request, "role"));
    form.page.address = http_form(request, "address");
    form.page.name = http_form(request, "name");
    if (form.chosen == SEAT_NONE) {
        add_wrong(&form, &form.page.wrong_role, S("which"), text_of(&form, MESSAGE_ROLES_CHOOSE));
        return show_again(&form, response, error);
    }
    struct change change = {.request = request,
                            .apply = apply_give,
                            .address = form.page.address,
                            .name = form.page.name,
                            .seat = form.chosen};
    enum error_code code = change_perform(&change, ROLES_FORM, &failure, &done);
    if (code == OK) {
        http_redirect(request, response,
                      region_format(request->region, "/roles#role-%.*s", SLICE_ARG(seat_name(form.chosen))));
        return OK;
    }
    if (!change_is_mendable(&failure) || strcmp(failure.reason, "form-expired") == 0) {
        *error = failure;
        return code;
    }
    bool about_name = strcmp(failure.reason, "person-name") == 0;
    add_wrong(&form, about_name ? &form.page.wrong_name : &form.page.wrong_address,
              about_name ? S("name") : S("address"),
              page_field_text(request->region, form.language, &failure));
    return show_again(&form, response, error);
}

static enum error_code apply_take(struct store_session *session, struct change *change, struct error *error)
{
    return seat_take(session, change->org, change->person, change->seat, change->request->identity.person,
                     clock_seconds(change->request->clock), error);
}

enum error_code roles_take_post(struct http_request *request, struct http_response *response,
                                struct error *error)
{
    int64_t person = 0;
    bool done = false;
    if (!slice_to_integer(http_form(request, "person"), 1, INT64_MAX, &person))
        return FAIL(error, ERROR_INPUT, "form-syntax", "person is the id of a person");
    struct change change = {.request = request,
                            .apply = apply_take,
                            .person = person,
                            .seat = seat_from_name(http_form(request, "role"))};
    TRY(change_perform(&change, ROLES_FORM, error, &done));
    http_redirect(request, response, S("/roles"));
    return OK;
}

/* ---- Whom to talk to ---------------------------------------------------------------------------------- */

struct html talk_to_html(struct region *region, const struct view *view, const struct person *confidants,
                         size_t count)
{
    struct template_talk_to_confidants *rows =
        REGION_ARRAY(region, count, struct template_talk_to_confidants);
    for (size_t i = 0; rows != NULL && i < count; i++)
        rows[i] = (struct template_talk_to_confidants){
            confidants[i].name, confidants[i].address,
            region_format(region, "mailto:%.*s", SLICE_ARG(confidants[i].address))};
    struct template_talk_to filled = {.confidants = rows, .confidants_count = rows != NULL ? count : 0};
    return template_talk_to_html(region, view, &filled);
}

enum error_code talk_to_of_team(struct http_request *request, const struct view *view, int64_t team,
                                struct error *error, struct html *ret_html)
{
    struct person *confidants;
    size_t count;
    TRY(seat_confidants(request->session, request->identity.org, team, request->region, error, &confidants,
                        &count));
    *ret_html = talk_to_html(request->region, view, confidants, count);
    return OK;
}

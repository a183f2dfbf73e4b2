/* The page with all that is kept about oneself, the file of it, and deletion: of oneself, and by owners of who has left. */
#include "people/handlers.h"
#include "people/my_data.h"
#include "people/places.h"
#include "templates.h"

static const char DATA_FORM[] = "my-data", LEFT_FORM[] = "people-left";

static const struct {
    enum message name, what, after;
} SUBJECTS[MY_DATA_SUBJECTS] = {
    [MY_DATA_PERSON] = {MESSAGE_MY_DATA_PERSON, MESSAGE_MY_DATA_PERSON_WHAT, MESSAGE_MY_DATA_AFTER_GONE},
    [MY_DATA_ROLES] = {MESSAGE_MY_DATA_ROLES, MESSAGE_MY_DATA_ROLES_WHAT, MESSAGE_MY_DATA_AFTER_GONE},
    [MY_DATA_SIGNIN] = {MESSAGE_MY_DATA_SIGNIN, MESSAGE_MY_DATA_SIGNIN_WHAT, MESSAGE_MY_DATA_AFTER_GONE},
    [MY_DATA_DEVICES] = {MESSAGE_MY_DATA_DEVICES, MESSAGE_MY_DATA_DEVICES_WHAT, MESSAGE_MY_DATA_AFTER_GONE},
    [MY_DATA_MAIL] = {MESSAGE_MY_DATA_MAIL, MESSAGE_MY_DATA_MAIL_WHAT, MESSAGE_MY_DATA_AFTER_GONE},
    [MY_DATA_LISTS] = {MESSAGE_MY_DATA_LISTS, MESSAGE_MY_DATA_LISTS_WHAT, MESSAGE_MY_DATA_LISTS_AFTER},
    [MY_DATA_FORMS] = {MESSAGE_MY_DATA_FORMS, MESSAGE_MY_DATA_FORMS_WHAT, MESSAGE_MY_DATA_FORMS_AFTER},
    [MY_DATA_LED] = {MESSAGE_MY_DATA_LED, MESSAGE_MY_DATA_LED_WHAT, MESSAGE_MY_DATA_LED_AFTER},
    [MY_DATA_GUESSES] = {MESSAGE_MY_DATA_GUESSES, MESSAGE_MY_DATA_GUESSES_WHAT, MESSAGE_MY_DATA_AFTER_GONE},
    [MY_DATA_PROMISES] = {MESSAGE_MY_DATA_PROMISES, MESSAGE_MY_DATA_PROMISES_WHAT,
                          MESSAGE_MY_DATA_PROMISES_AFTER},
    [MY_DATA_ACTS] = {MESSAGE_MY_DATA_ACTS, MESSAGE_MY_DATA_ACTS_WHAT, MESSAGE_MY_DATA_ACTS_AFTER},
};

/* ---- GET /me/data ------------------------------------------------------------------------------------- */

static struct slice say(struct http_request *request, const struct view *view, enum message message)
{
    return message_text(request->region, view->language, message, NO_ARGUMENTS);
}

static enum error_code fill_kept(struct http_request *request, const struct view *view, struct error *error,
                                 struct template_my_data *body)
{
    int64_t counts[MY_DATA_SUBJECTS];
    struct template_my_data_kept *rows =
        REGION_ARRAY(request->region, MY_DATA_SUBJECTS, struct template_my_data_kept);
    struct template_my_data_none *none =
        REGION_ARRAY(request->region, MY_DATA_SUBJECTS, struct template_my_data_none);
    TRY(my_data_count(request->session, request->identity.org, request->identity.person, error, counts));
    if (rows == NULL || none == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < MY_DATA_SUBJECTS; i++) {
        struct slice name = say(request, view, SUBJECTS[i].name), what = say(request, view, SUBJECTS[i].what),
                     after = say(request, view, SUBJECTS[i].after);
        if (counts[i] > 0)
            rows[body->kept_count++] = (struct template_my_data_kept){name, what, after, counts[i]};
        else
            none[body->none_count++] = (struct template_my_data_none){name, what, after};
    }
    body->kept = rows;
    body->none = none;
    body->led = counts[MY_DATA_LED] > 0;
    return OK;
}

/* What a deletion means for the teams of this person, and for a round that is open. */
static enum error_code fill_deletion(struct http_request *request, struct error *error,
                                     struct template_my_data *body)
{
    const struct http_identity *identity = &request->identity;
    struct places places;
    TRY(places_load(request->application, request->session, identity->org, identity->person, request->region,
                    error, &places));
    TRY(places_round_open(request->session, identity->org, clock_seconds(request->clock), error,
                          &body->round_open, &body->round_closes));
    TRY(my_data_last_owner(request->session, identity->org, identity->person, error, &body->last_owner));
    struct template_my_data_teams *rows =
        REGION_ARRAY(request->region, places.count, struct template_my_data_teams);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < places.count; i++)
        rows[i] =
            (struct template_my_data_teams){places.teams[i].team.name, places.teams[i].leads,
                                            places.teams[i].deputy, places.teams[i].team.pair[0].id != 0};
    body->teams = rows;
    body->teams_count = places.count;
    return OK;
}

static enum error_code show(struct http_request *request, struct http_response *response, enum message wrong,
                            struct error *error)
{
    struct view view = page_view(request, DATA_FORM);
    struct org org;
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    struct template_my_data body = {.organisation = org.name};
    if (wrong != MESSAGE_NONE) {
        response->status = 422;
        body.wrong = say(request, &view, wrong);
    }
    TRY(fill_kept(request, &view, error, &body));
    TRY(fill_deletion(request, error, &body));
    struct page page = {
        .title = say(request, &view, MESSAGE_MY_DATA_TITLE),
        .body = template_my_data_html(request->region, &view, &body),
    };
    return page_render(request, response, &page, error);
}

enum error_code my_data_get(struct http_request *request, struct http_response *response, struct error *error)
{
    return show(request, response, MESSAGE_NONE, error);
}

enum error_code my_data_export_get(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    struct view view = page_view(request, NULL);
    TRY(my_data_export(request->session, request->identity.org, request->identity.person,
                       clock_seconds(request->clock), say(request, &view, MESSAGE_MY_DATA_FILE_ANSWERS),
                       request->region, error, &response->body));
    response->content_type = "application/json";
    http_add_header(response, "Content-Disposition", S("attachment; filename=\"hecht-my-data.json\""));
    return OK;
}

/* ---- POST /me/delete ---------------------------------------------------------------------------------- */

static enum error_code apply_delete(struct store_session *session, struct change *change, struct error *error)
{
    return my_data_delete(session, change->org, change->person, error);
}

enum error_code my_data_delete_post(struct http_request *request, struct http_response *response,
                                    struct error *error)
{
    struct change change = {.request = request, .apply = apply_delete, .person = request->identity.person};
    bool done = false;
    if (!slice_equal(http_form(request, "sure"), S("yes")))
        return show(request, response, MESSAGE_MY_DATA_DELETE_MISSING, error);
    TRY(change_perform(&change, DATA_FORM, error, &done));
    http_session_end(request, response);
    http_redirect(request, response, S("/signin?deleted=1"));
    return OK;
}

/* ---- /people/left ------------------------------------------------------------------------------------- */

/* Was this person ticked in the form? */
static bool is_chosen(const struct http_request *request, int64_t person)
{
    int64_t id;
    for (size_t i = 0; i < request->form.count; i++)
        if (slice_equal(request->form.items[i].name, S("person[]")) &&
            slice_to_integer(request->form.items[i].value, 1, INT64_MAX, &id) && id == person)
            return true;
    return false;
}

static enum error_code show_left(struct http_request *request, struct http_response *response,
                                 struct slice wrong, struct error *error)
{
    struct view view = page_view(request, LEFT_FORM);
    struct person *people = REGION_ARRAY(request->region, MY_DATA_LEFT_MAXIMUM, struct person);
    struct template_people_left_people *rows =
        REGION_ARRAY(request->region, MY_DATA_LEFT_MAXIMUM, struct template_people_left_people);
    struct template_people_left body = {.wrong = wrong};
    if (people == NULL || rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(my_data_left(request->session, request->identity.org, request->region, error, people,
                     &body.people_count, &body.total));
    for (size_t i = 0; i < body.people_count; i++)
        rows[i] = (struct template_people_left_people){people[i].id, people[i].name, people[i].address,
                                                       is_chosen(request, people[i].id)};
    body.people = rows;
    body.more = body.total - (int64_t)body.people_count;
    if (!slice_to_integer(http_query(request, "deleted"), 1, MY_DATA_LEFT_MAXIMUM, &body.deleted))
        body.deleted = 0;
    struct page page = {
        .title = say(request, &view, MESSAGE_MY_DATA_LEFT),
        .body = template_people_left_html(request->region, &view, &body),
        .place = PAGE_PEOPLE,
    };
    return page_render(request, response, &page, error);
}

enum error_code people_left_get(struct http_request *request, struct http_response *response,
                                struct error *error)
{
    return show_left(request, response, S(""), error);
}

static enum error_code apply_left(struct store_session *session, struct change *change, struct error *error)
{
    const struct http_fields *form = &change->request->form;
    int64_t person;
    change->made = 0;
    for (size_t i = 0; i < form->count; i++) {
        if (!slice_equal(form->items[i].name, S("person[]")))
            continue;
        if (!slice_to_integer(form->items[i].value, 1, INT64_MAX, &person))
            return FAIL(error, ERROR_NOT_FOUND, "person-unknown", "the form names no person");
        TRY(my_data_delete_left(session, change->org, person, error));
        change->made++;
    }
    return change->made > 0 ? OK : FAIL(error, ERROR_INPUT, "nobody-chosen", "nobody was chosen");
}

enum error_code people_left_post(struct http_request *request, struct http_response *response,
                                 struct error *error)
{
    struct change change = {.request = request, .apply = apply_left};
    struct error failure = {0};
    bool done = false;
    enum error_code code = OK;
    if (!slice_equal(http_form(request, "sure"), S("yes")))
        code = FAIL(&failure, ERROR_INPUT, "deletion-not-sure", "the box was not ticked");
    else
        code = change_perform(&change, LEFT_FORM, &failure, &done);
    if (code == OK) {
        http_redirect(request, response,
                      done ? region_format(request->region, "/people/left?deleted=%" PRId64, change.made)
                           : S("/people/left"));
        return OK;
    }
    if (change_is_mendable(&failure) && strcmp(failure.reason, "form-expired") != 0) {
        response->status = 422;
        return show_left(request, response,
                         page_field_text(request->region, page_view(request, NULL).language, &failure),
                         error);
    }
    *error = failure;
    return code;
}

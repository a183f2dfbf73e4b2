/* People and teams, for owners: the list, and what is added to it. One team has a page of its own
 * (team_pages.c). */
#include "people/handlers.h"
#include "people/invite.h"
#include "people/places.h"
#include "people/seat.h"
#include "templates.h"

enum {
    TEAMS_SHOWN_MAXIMUM = 300,
    TEAMS_WITHOUT_SEARCH = 30,
    PEOPLE_ERRORS_MAXIMUM = 4,
};

static const char PEOPLE_FORM[] = "people";

struct people_form {
    struct http_request *request;
    enum language language;
    struct template_people page;
    struct template_people_errors errors[PEOPLE_ERRORS_MAXIMUM];
    int64_t team_unit, unit_parent; /* chosen */
};

/* ---- The list ---------------------------------------------------------------------------------------- */

static struct slice path_of_parent(const struct template_people_units *rows, size_t count, int64_t parent)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].id == parent)
            return rows[i].path;
    return S("");
}

static int compare_paths(const void *a, const void *b)
{
    const struct template_people_units *first = a, *second = b;
    return slice_compare(first->path, second->path);
}

static enum error_code fill_units(struct people_form *form, struct error *error)
{
    struct region *region = form->request->region;
    struct unit *units;
    size_t count;
    TRY(unit_list(form->request->session, form->request->identity.org, region, error, &units, &count));
    struct template_people_units *rows = REGION_ARRAY(region, count, struct template_people_units);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++) {
        struct slice above = path_of_parent(rows, i, units[i].parent); /* parents come first */
        rows[i] = (struct template_people_units){
            .id = units[i].id,
            .path = above.length == 0
                        ? units[i].name
                        : region_format(region, "%.*s › %.*s", SLICE_ARG(above), SLICE_ARG(units[i].name)),
            .chosen_for_team = units[i].id == form->team_unit,
            .chosen_for_unit = units[i].id == form->unit_parent,
        };
    }
    if (count > 0)
        qsort(rows, count, sizeof *rows, compare_paths);
    form->page.units = rows;
    form->page.units_count = count;
    return OK;
}

static bool contains_ignore_case(struct slice text, struct slice part)
{
    for (size_t i = 0; i + part.length <= text.length; i++)
        if (slice_equal_ignore_case(slice_part(text, i, part.length), part))
            return true;
    return false;
}

/* The teams that are shown, moved to the front; returns how many. */
static size_t choose_teams(struct people_form *form, struct team *teams, size_t count)
{
    size_t shown = 0;
    for (size_t i = 0; i < count; i++) {
        form->page.members += team_has_list(&teams[i]) ? teams[i].members : 0;
        form->page.teams += team_has_list(&teams[i]);
        if (!contains_ignore_case(teams[i].name, form->page.find))
            continue;
        if (shown < TEAMS_SHOWN_MAXIMUM)
            teams[shown++] = teams[i];
        else
            form->page.left_out++;
    }
    form->page.searchable = count > TEAMS_WITHOUT_SEARCH;
    return shown;
}

static void add_group(struct people_form *form, struct template_people_groups *groups, int64_t unit,
                      struct slice path, const struct team *teams, size_t count)
{
    struct template_people_groups_rows *rows =
        REGION_ARRAY(form->request->region, count, struct template_people_groups_rows);
    size_t filled = 0;
    for (size_t i = 0; i < count && rows != NULL; i++) {
        if (teams[i].unit != unit)
            continue;
        bool alone = teams[i].kind == TEAM_ALONE, talk = alone && teams[i].members < TEAM_TALK_BELOW,
             small = alone && !talk && teams[i].members < TEAM_SMALL_BELOW;
        form->page.has_talk = form->page.has_talk || talk;
        form->page.has_small = form->page.has_small || small;
        rows[filled++] = (struct template_people_groups_rows){
            .id = teams[i].id,
            .name = teams[i].name,
            .leader = page_leader_names(form->request->region, form->language, &teams[i]),
            .members = teams[i].members,
            .talk = talk,
            .small = small,
            .plain = team_has_list(&teams[i]) && !team_has_leader(&teams[i]),
            .part = teams[i].kind == TEAM_PART,
            .joint = teams[i].kind == TEAM_JOINT,
            .over = teams[i].kind == TEAM_JOINT_OVER,
        };
    }
    if (filled > 0)
        groups[form->page.groups_count++] = (struct template_people_groups){path, rows, filled};
}

static enum error_code fill_teams(struct people_form *form, struct error *error)
{
    struct http_request *request = form->request;
    struct team *teams;
    size_t count;
    TRY(team_list(request->session, request->identity.org, request->region, error, &teams, &count));
    size_t shown = choose_teams(form, teams, count);
    struct template_people_groups *groups =
        REGION_ARRAY(request->region, form->page.units_count + 1, struct template_people_groups);
    if (groups == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    add_group(form, groups, 0, S(""), teams, shown);
    for (size_t i = 0; i < form->page.units_count; i++)
        add_group(form, groups, form->page.units[i].id, form->page.units[i].path, teams, shown);
    form->page.groups = groups;
    return OK;
}

static enum error_code fill_holders(struct people_form *form, struct error *error)
{
    struct http_request *request = form->request;
    struct org_role_holder *holders;
    size_t count;
    TRY(people_org_role_list(request->session, request->identity.org, request->region, error, &holders,
                             &count));
    struct template_people_holders *rows =
        REGION_ARRAY(request->region, count, struct template_people_holders);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++)
        rows[i] =
            (struct template_people_holders){holders[i].person.id, holders[i].person.name,
                                             holders[i].person.address, holders[i].role == ORG_ROLE_OWNER};
    form->page.holders = rows;
    form->page.holders_count = count;
    return OK;
}

/* Who has had no invitation yet, and whose mail is refused: only where mail leaves. */
static enum error_code fill_mail(struct people_form *form, struct error *error)
{
    struct http_request *request = form->request;
    struct refused *refused;
    size_t count;
    form->page.mail = request->application->mail_on;
    if (!form->page.mail)
        return OK;
    TRY(invite_count(request->session, request->identity.org, error, &form->page.uninvited));
    TRY(invite_refused(request->session, request->identity.org, request->region, error, &refused, &count));
    form->page.refused = (int64_t)count;
    return OK;
}

static enum error_code show(struct people_form *form, struct http_response *response, struct error *error)
{
    struct http_request *request = form->request;
    struct view view = page_view(request, PEOPLE_FORM);
    TRY(places_round_open(request->session, request->identity.org, clock_seconds(request->clock), error,
                          &form->page.round_open, &form->page.round_closes));
    form->page.find = slice_trim(http_query(request, "find"));
    form->page.errors = form->errors;
    TRY(fill_units(form, error));
    TRY(fill_teams(form, error));
    TRY(fill_holders(form, error));
    TRY(fill_mail(form, error));
    form->page.team_form = form->page.team_form || form->page.teams == 0;
    form->page.tags = form->page.has_talk || form->page.has_small;
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_PEOPLE_TITLE, NO_ARGUMENTS),
        .body = template_people_html(request->region, &view, &form->page),
        .place = PAGE_PEOPLE,
    };
    return page_render(request, response, &page, error);
}

enum error_code people_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct people_form form = {.request = request, .language = page_view(request, NULL).language};
    return show(&form, response, error);
}

/* ---- Adding ------------------------------------------------------------------------------------------ */

static void add_wrong(struct people_form *form, struct slice *place, struct slice field,
                      struct slice sentence)
{
    if (form->page.errors_count == PEOPLE_ERRORS_MAXIMUM)
        return;
    *place = sentence;
    form->errors[form->page.errors_count++] = (struct template_people_errors){field, sentence};
}

static enum error_code show_again(struct people_form *form, struct http_response *response,
                                  struct error *error)
{
    response->status = 422;
    return show(form, response, error);
}

/* What the write refused is said at the field it belongs to; everything else is an error page. */
static enum error_code after_change(struct people_form *form, struct http_response *response,
                                    enum error_code code, const struct error *failure, struct slice *place,
                                    struct slice field, struct error *error)
{
    if (code == OK) {
        http_redirect(form->request, response, S("/people"));
        return OK;
    }
    if (!change_is_mendable(failure) || strcmp(failure->reason, "form-expired") == 0) {
        *error = *failure;
        return code;
    }
    add_wrong(form, place, field, page_field_text(form->request->region, form->language, failure));
    return show_again(form, response, error);
}

static int64_t form_id(const struct http_request *request, const char *name)
{
    int64_t id = 0;
    return slice_to_integer(http_form(request, name), 1, INT64_MAX, &id) ? id : 0;
}

static enum error_code apply_unit(struct store_session *session, struct change *change, struct error *error)
{
    return unit_create(session, change->request->application, change->org, change->name, change->unit, error,
                       &change->made);
}

enum error_code people_unit_post(struct http_request *request, struct http_response *response,
                                 struct error *error)
{
    struct people_form form = {.request = request, .language = page_view(request, NULL).language};
    struct error failure = {0};
    bool done = false;
    form.page.unit_form = true;
    form.page.unit_name = http_form(request, "name");
    form.unit_parent = form_id(request, "parent");
    struct change change = {
        .request = request, .apply = apply_unit, .name = form.page.unit_name, .unit = form.unit_parent};
    enum error_code code = change_perform(&change, PEOPLE_FORM, &failure, &done);
    return after_change(&form, response, code, &failure, &form.page.wrong_unit_name, S("unit-name"), error);
}

static enum error_code apply_team(struct store_session *session, struct change *change, struct error *error)
{
    TRY(team_create(session, change->request->application, change->org, change->name, change->unit, error,
                    &change->team));
    if (change->leader.address.length > 0)
        TRY(change_set_leader(session, change, error));
    return change_add_members(session, change, error);
}

static void check_team(struct people_form *form, struct change *change)
{
    struct template_people *page = &form->page;
    struct http_request *request = form->request;
    struct pasted_person *people = NULL;
    struct slice sentence;
    struct error error = {0};
    if (name_check(page->team_name, TEAM_NAME_MAXIMUM, "team-name", &error, &change->name) != OK)
        add_wrong(form, &page->wrong_team_name, S("team-name"),
                  page_field_text(request->region, form->language, &error));
    if (!change_read_address(request, form->language, page->team_leader, &change->leader, &sentence))
        add_wrong(form, &page->wrong_team_leader, S("team-leader"), sentence);
    if (!change_read_people(request, form->language, page->team_members, &people, &change->people_count,
                            &sentence))
        add_wrong(form, &page->wrong_team_members, S("team-members"), sentence);
    change->people = people;
}

enum error_code people_team_post(struct http_request *request, struct http_response *response,
                                 struct error *error)
{
    struct people_form form = {.request = request, .language = page_view(request, NULL).language};
    struct error failure = {0};
    bool done = false;
    form.page.team_form = true;
    form.page.team_name = http_form(request, "name");
    form.page.team_leader = http_form(request, "leader");
    form.page.team_members = http_form(request, "members");
    form.team_unit = form_id(request, "unit");
    struct change change = {.request = request, .apply = apply_team, .unit = form.team_unit};
    check_team(&form, &change);
    if (form.page.errors_count > 0)
        return show_again(&form, response, error);
    enum error_code code = change_perform(&change, PEOPLE_FORM, &failure, &done);
    if (code == OK && done) {
        http_redirect(request, response,
                      region_format(request->region, "/people/team/%" PRId64, change.team));
        return OK;
    }
    bool about_members = code != OK && (strcmp(failure.reason, "leader-not-member") == 0 ||
                                        strcmp(failure.reason, "too-many-members") == 0);
    return after_change(&form, response, code, &failure,
                        about_members ? &form.page.wrong_team_members : &form.page.wrong_team_name,
                        about_members ? S("team-members") : S("team-name"), error);
}

/* ---- Viewers ----------------------------------------------------------------------------------------- */

static enum error_code apply_viewer(struct store_session *session, struct change *change, struct error *error)
{
    int64_t person = 0;
    TRY(person_ensure(session, change->request->application, change->org, change->address, change->name,
                      change->language, error, &person));
    return role_give(session, change->org, person, ORG_ROLE_VIEWER, change->request->identity.person,
                     clock_seconds(change->request->clock), error);
}

enum error_code people_viewer_post(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    struct people_form form = {.request = request, .language = page_view(request, NULL).language};
    struct error failure = {0};
    bool done = false;
    form.page.viewer_form = true;
    form.page.viewer_address = http_form(request, "address");
    form.page.viewer_name = http_form(request, "name");
    struct change change = {.request = request,
                            .apply = apply_viewer,
                            .address = form.page.viewer_address,
                            .name = form.page.viewer_name};
    enum error_code code = change_perform(&change, PEOPLE_FORM, &failure, &done);
    bool about_name = code != OK && strcmp(failure.reason, "person-name") == 0;
    return after_change(&form, response, code, &failure,
                        about_name ? &form.page.wrong_viewer_name : &form.page.wrong_viewer_address,
                        about_name ? S("viewer-name") : S("viewer-address"), error);
}

static enum error_code apply_viewer_end(struct store_session *session, struct change *change,
                                        struct error *error)
{
    return role_end_viewer(session, change->org, change->person, change->request->identity.person,
                           clock_seconds(change->request->clock), error);
}

enum error_code people_viewer_remove_post(struct http_request *request, struct http_response *response,
                                          struct error *error)
{
    struct change change = {
        .request = request, .apply = apply_viewer_end, .person = form_id(request, "person")};
    bool done = false;
    TRY(change_perform(&change, PEOPLE_FORM, error, &done));
    http_redirect(request, response, S("/people"));
    return OK;
}

/* Only somebody on the page's list: an owner is looked up as a viewer first. */
static enum error_code apply_owner(struct store_session *session, struct change *change, struct error *error)
{
    enum org_role role;
    TRY(people_org_role(session, change->org, change->person, error, &role));
    if (role == ORG_ROLE_NONE)
        return FAIL(error, ERROR_NOT_FOUND, "person-unknown", "nobody with a role in this organisation");
    return role_give(session, change->org, change->person, ORG_ROLE_OWNER, change->request->identity.person,
                     clock_seconds(change->request->clock), error);
}

enum error_code people_owner_post(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    struct change change = {.request = request, .apply = apply_owner, .person = form_id(request, "person")};
    bool done = false;
    TRY(change_perform(&change, PEOPLE_FORM, error, &done));
    http_redirect(request, response, S("/people#holders"));
    return OK;
}

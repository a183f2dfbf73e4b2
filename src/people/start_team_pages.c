/* The second step from the claim to the first round: the first team, and how its people come in. Everything typed is in the
 * database when the page is left, so that the way can be left and gone on with anywhere. */
#include "people/handlers.h"
#include "people/join.h"
#include "templates.h"

static const char START_FORM[] = "start-team";
enum { START_ERRORS_MAXIMUM = 4 };

struct start_form {
    struct change change; /* first: apply gets a pointer to it */
    enum language language;
    struct org org;
    struct team *teams;
    size_t team_count;
    struct template_start_team page;
    struct template_start_team_errors errors[START_ERRORS_MAXIMUM];
};

static void add_wrong(struct start_form *form, struct slice *place, struct slice field, struct slice sentence)
{
    if (form->page.errors_count == START_ERRORS_MAXIMUM)
        return;
    *place = sentence;
    form->errors[form->page.errors_count++] = (struct template_start_team_errors){field, sentence};
}

static void add_wrong_message(struct start_form *form, struct slice *place, struct slice field,
                              enum message message)
{
    add_wrong(form, place, field,
              message_text(form->change.request->region, form->language, message, NO_ARGUMENTS));
}

static enum error_code load(struct start_form *form, struct error *error)
{
    struct http_request *request = form->change.request;
    form->language = page_view(request, NULL).language;
    TRY(org_load(request->session, request->identity.org, request->region, error, &form->org));
    return team_list(request->session, form->org.id, request->region, error, &form->teams, &form->team_count);
}

/* ---- Showing -------------------------------------------------------------------------------------------- */

/* The code stands on the page itself, to be held up or printed. */
static enum error_code fill_link(struct start_form *form, struct error *error)
{
    struct http_request *request = form->change.request;
    struct template_start_team *page = &form->page;
    const struct team *team = &form->teams[0];
    struct join_state state;
    TRY(join_state_load(request->session, form->org.id, team->id, clock_seconds(request->clock),
                        request->region, error, &state));
    TRY(join_asker_count(request->session, form->org.id, team->id, error, &page->askers));
    page->reachable = joining_phones_can_come(request, &form->org);
    if (state.words.length == 0)
        return OK;
    page->address = joining_address(request, state.words);
    if (page->reachable)
        page->code = joining_code(request, form->language, team, "join-code", page->address);
    return OK;
}

static enum error_code fill_made(struct start_form *form, struct error *error)
{
    struct region *region = form->change.request->region;
    struct template_start_team *page = &form->page;
    int64_t members = 0, teams = 0;
    for (size_t i = 0; i < form->team_count; i++) {
        members += team_has_list(&form->teams[i]) ? form->teams[i].members : 0;
        teams += team_has_list(&form->teams[i]);
    }
    page->made = true;
    page->one = form->team_count == 1;
    page->id = form->teams[0].id;
    page->anybody = members > 0;
    page->members = message_text(region, form->language,
                                 members > 0 ? MESSAGE_PEOPLE_COUNT_MEMBERS : MESSAGE_START_NOBODY_YET,
                                 ARGUMENTS(A_INTEGER("n", members)));
    page->teams = message_text(region, form->language, MESSAGE_START_TEAMS, ARGUMENTS(A_INTEGER("n", teams)));
    if (!page->one)
        return OK;
    page->team = form->teams[0].name;
    page->phone = phone_code(form->change.request, form->language);
    return fill_link(form, error);
}

static enum error_code show(struct start_form *form, struct http_response *response, struct error *error)
{
    struct http_request *request = form->change.request;
    struct view view = page_view(request, START_FORM);
    form->page.step = WELCOME_TEAM;
    form->page.steps = WELCOME_SEND;
    form->page.errors = form->errors;
    if (form->team_count > 0)
        TRY(fill_made(form, error));
    struct page page = {
        .title = message_text(request->region, form->language, MESSAGE_START_TEAM_TITLE, NO_ARGUMENTS),
        .body = template_start_team_html(request->region, &view, &form->page),
        .bare = true,
    };
    return page_render(request, response, &page, error);
}

enum error_code start_team_get(struct http_request *request, struct http_response *response,
                               struct error *error)
{
    struct start_form form = {.change = {.request = request}};
    TRY(load(&form, error));
    return show(&form, response, error);
}

/* ---- What was typed ------------------------------------------------------------------------------------- */

static void check_members(struct start_form *form, struct slice leader, bool owner_leads)
{
    struct change *change = &form->change;
    struct template_start_team *page = &form->page;
    struct pasted_person *people = NULL;
    struct slice sentence;
    if (!change_read_people(change->request, form->language, page->typed_members, &people,
                            &change->people_count, &sentence)) {
        add_wrong(form, &page->wrong_members, S("members"), sentence);
        return;
    }
    change->people = people;
    if (change->people_count == 0)
        add_wrong_message(form, &page->wrong_members, S("members"), MESSAGE_START_MEMBERS_NONE);
    for (size_t i = 0; i < change->people_count; i++)
        if (leader.length > 0 && slice_equal(people[i].address, leader)) {
            add_wrong_message(form, &page->wrong_members, S("members"),
                              owner_leads ? MESSAGE_CLAIM_SELF_MEMBER : MESSAGE_CLAIM_LEADER_MEMBER);
            return;
        }
}

static enum error_code read_typed(struct start_form *form, struct error *error)
{
    struct http_request *request = form->change.request;
    struct template_start_team *page = &form->page;
    struct change *change = &form->change;
    struct error wrong = {0};
    struct person owner;
    TRY(person_load(request->session, form->org.id, request->identity.person, request->region, error,
                    &owner));
    page->team = http_form(request, "team");
    page->other_leads = slice_equal(http_form(request, "leads"), S("other"));
    page->leader = http_form(request, "leader");
    page->by_link = slice_equal(http_form(request, "way"), S("link"));
    page->typed_members = http_form(request, "members");
    if (name_check(page->team, TEAM_NAME_MAXIMUM, "team-name", &wrong, &change->name) != OK)
        add_wrong(form, &page->wrong_team, S("team"),
                  page_field_text(request->region, form->language, &wrong));
    if (page->other_leads &&
        address_check(page->leader, request->region, NULL, &change->leader.address) != OK)
        add_wrong_message(form, &page->wrong_leader, S("leader"), MESSAGE_CLAIM_LEADER_WRONG);
    bool owner_leads = !page->other_leads || slice_equal(change->leader.address, owner.address);
    change->person = owner_leads ? owner.id : 0;
    if (!page->by_link)
        check_members(form, owner_leads ? owner.address : change->leader.address, owner_leads);
    return OK;
}

/* ---- Changing ------------------------------------------------------------------------------------------- */

static enum error_code apply_make(struct store_session *session, struct change *change, struct error *error)
{
    const struct start_form *form = (const struct start_form *)change;
    struct application *application = change->request->application;
    TRY(team_create(session, application, change->org, change->name, 0, error, &change->team));
    if (change->person != 0)
        TRY(team_give_role(session, application, change->org, change->team, change->person, TEAM_ROLE_LEADER,
                           error));
    else
        TRY(change_set_leader(session, change, error));
    if (form->page.by_link)
        return join_link_make(session, application, change->org, change->team, error);
    TRY(change_add_members(session, change, error));
    return org_welcome_reach(session, change->org, WELCOME_TEAM, error);
}

static enum error_code apply_members(struct store_session *session, struct change *change,
                                     struct error *error)
{
    TRY(change_add_members(session, change, error));
    return org_welcome_reach(session, change->org, WELCOME_TEAM, error);
}

static enum error_code apply_link(struct store_session *session, struct change *change, struct error *error)
{
    return join_link_make(session, change->request->application, change->org, change->team, error);
}

static enum error_code show_refused(struct start_form *form, struct http_response *response,
                                    struct error *error)
{
    response->status = 422;
    return show(form, response, error);
}

/* A refusal of the write that the form can show beside a field. */
static bool is_shown(struct start_form *form, const struct error *failure)
{
    struct template_start_team *page = &form->page;
    if (!change_is_mendable(failure) || strcmp(failure->reason, "form-expired") == 0)
        return false;
    struct slice sentence = page_field_text(form->change.request->region, form->language, failure);
    if (slice_starts_with(slice_from_text(failure->reason), S("team-name")))
        add_wrong(form, &page->wrong_team, S("team"), sentence);
    else if (strcmp(failure->reason, "leader-not-member") == 0)
        add_wrong_message(form, &page->wrong_members, S("members"), MESSAGE_CLAIM_LEADER_MEMBER);
    else
        add_wrong(form, &page->wrong_members, S("members"), sentence);
    return true;
}

static enum error_code perform(struct start_form *form, struct http_response *response, struct slice next,
                               struct error *error)
{
    struct error failure = {0};
    bool done = false;
    if (form->page.errors_count > 0)
        return show_refused(form, response, error);
    enum error_code code = change_perform(&form->change, START_FORM, &failure, &done);
    if (code != OK && is_shown(form, &failure))
        return show_refused(form, response, error);
    if (code != OK) {
        *error = failure;
        return code;
    }
    http_redirect(form->change.request, response, next);
    return OK;
}

/* To a team that is there already. */
static enum error_code perform_more(struct start_form *form, struct http_response *response,
                                    struct error *error)
{
    struct http_request *request = form->change.request;
    form->change.team = form->teams[0].id;
    if (slice_equal(http_form(request, "act"), S("link"))) {
        form->change.apply = apply_link;
        return perform(form, response, S("/start/team"), error);
    }
    form->page.typed_members = http_form(request, "members");
    form->change.apply = apply_members;
    check_members(form, form->teams[0].leader.address, form->teams[0].leader.id == request->identity.person);
    return perform(form, response, S("/start/team"), error);
}

enum error_code start_team_post(struct http_request *request, struct http_response *response,
                                struct error *error)
{
    struct start_form form = {.change = {.request = request, .apply = apply_make}};
    bool make = slice_equal(http_form(request, "act"), S("make"));
    TRY(load(&form, error));
    if (form.team_count == 1 && !make)
        return perform_more(&form, response, error);
    if (form.team_count > 0) { /* made in another window, or sent once more: it is shown */
        http_redirect(request, response, S("/start/team"));
        return OK;
    }
    TRY(read_typed(&form, error));
    return perform(&form, response, form.page.by_link ? S("/start/team") : S("/start/rhythm"), error);
}

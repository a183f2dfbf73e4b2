/* Who stands in for a team's leader: named by the leader or an owner, ended by them or by who stands in. */
#include "people/deputy.h"
#include "people/handlers.h"
#include "templates.h"

static const char DEPUTY_FORM[] = "deputy";

struct deputy_page {
    struct http_request *request;
    enum language language;
    struct team team;
    struct template_deputy body;
    bool owner;
    bool may_name; /* leads the team, or is an owner; otherwise the one who stands in */
    int64_t chosen;
};

static struct slice text_of(const struct deputy_page *page, enum message message)
{
    return message_text(page->request->region, page->language, message, NO_ARGUMENTS);
}

/* The permission of these routes has looked that the team is one of the organisation's. */
static enum error_code load(struct http_request *request, struct error *error, struct deputy_page *page)
{
    int64_t id = 0, org = request->identity.org;
    enum team_role role;
    enum org_role of_org;
    page->request = request;
    page->language = page_view(request, NULL).language;
    TRY(http_path_id(request, "team", error, &id));
    TRY(team_load(request->session, org, id, request->region, error, &page->team));
    if (!team_has_list(&page->team))
        return FAIL(error, ERROR_CONFLICT, "joint-no-list", "a joint group has no list of its own");
    TRY(people_team_role(request->session, org, id, request->identity.person, error, &role));
    TRY(people_org_role(request->session, org, request->identity.person, error, &of_org));
    page->owner = of_org == ORG_ROLE_OWNER;
    page->may_name = page->owner || role == TEAM_ROLE_LEADER;
    return OK;
}

static enum error_code fill_now(struct deputy_page *page, struct error *error)
{
    struct http_request *request = page->request;
    struct deputy deputies[DEPUTIES_MAXIMUM];
    size_t count;
    TRY(deputy_list(request->session, request->identity.org, page->team.id, clock_seconds(request->clock),
                    request->region, error, deputies, &count));
    if (count == 0)
        return OK;
    page->body.deputy = deputies[0].person.name;
    page->body.address = deputies[0].person.address;
    page->body.since = deputies[0].since;
    page->body.has_until = deputies[0].until != 0;
    page->body.until = deputies[0].until;
    page->body.own = deputies[0].person.id == request->identity.person;
    page->body.may_end = page->may_name || page->body.own;
    return OK;
}

static enum error_code fill_members(struct deputy_page *page, struct error *error)
{
    struct http_request *request = page->request;
    struct person *members;
    size_t count;
    TRY(team_members(request->session, request->identity.org, page->team.id, request->region, error, &members,
                     &count));
    struct template_deputy_members *rows =
        REGION_ARRAY(request->region, count, struct template_deputy_members);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++)
        rows[i] =
            (struct template_deputy_members){members[i].id, members[i].name, members[i].id == page->chosen};
    page->body.members = rows;
    page->body.members_count = count;
    return OK;
}

static struct slice day_text(const struct deputy_page *page, int days)
{
    char day[DATE_DAY_LENGTH];
    date_format_day(clock_seconds(page->request->clock) + (int64_t)days * DAY_SECONDS, day);
    return region_copy(page->request->region, slice_from_text(day));
}

static enum error_code show(struct deputy_page *page, struct http_response *response, struct error *error)
{
    struct http_request *request = page->request;
    struct view view = page_view(request, DEPUTY_FORM);
    page->body.team = page->team.id;
    page->body.name = page->team.name;
    page->body.owner = page->owner;
    page->body.may_name = page->may_name;
    page->body.earliest = day_text(page, 0);
    page->body.latest = day_text(page, DEPUTY_DAYS_MAXIMUM - 1);
    TRY(fill_now(page, error));
    if (page->may_name)
        TRY(fill_members(page, error));
    struct page frame = {
        .title = message_text(request->region, page->language, MESSAGE_DEPUTY_WINDOW,
                              ARGUMENTS(A_TEXT("name", page->team.name))),
        .body = template_deputy_html(request->region, &view, &page->body),
        .place = page->owner ? PAGE_PEOPLE : PAGE_TEAM,
    };
    return page_render(request, response, &frame, error);
}

static enum error_code show_again(struct deputy_page *page, struct http_response *response,
                                  struct error *error)
{
    response->status = 422;
    return show(page, response, error);
}

enum error_code deputy_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct deputy_page page = {0};
    TRY(load(request, error, &page));
    return show(&page, response, error);
}

/* ---- Naming ------------------------------------------------------------------------------------------ */

struct naming {
    struct change change; /* first: apply gets a pointer to it */
    int64_t until;
    bool owner; /* who may name somebody new */
};

static enum error_code apply_name(struct store_session *session, struct change *change, struct error *error)
{
    const struct naming *naming = (const struct naming *)change;
    struct http_request *request = change->request;
    struct person person;
    int64_t id = change->person;
    if (id == 0 && naming->owner)
        TRY(person_ensure(session, request->application, change->org, change->leader.address,
                          change->leader.name, change->language, error, &id));
    else if (id == 0) {
        struct slice clean;
        TRY(address_check(change->leader.address, request->region, error, &clean));
        TRY(person_find(session, change->org, clean, request->region, error, &person));
        id = person.id;
    } else
        TRY(person_load(session, change->org, id, request->region, error, &person));
    return deputy_name(session, change->org, change->team, id, naming->until, request->identity.person,
                       clock_seconds(request->clock), error);
}

/* False, and the sentence at its field, when nothing can be made of what was typed. */
static bool read_form(struct deputy_page *page, struct naming *naming)
{
    struct http_request *request = page->request;
    struct slice member = http_form(request, "member"), until = slice_trim(http_form(request, "until"));
    page->body.typed_address = http_form(request, "address");
    page->body.typed_until = until;
    if (member.length > 0 && !slice_to_integer(member, 1, INT64_MAX, &naming->change.person))
        page->body.wrong_who = text_of(page, MESSAGE_DEPUTY_CHOOSE);
    page->chosen = naming->change.person;
    if (page->body.wrong_who.length == 0)
        change_read_address(request, page->language, page->body.typed_address, &naming->change.leader,
                            &page->body.wrong_who);
    if (page->body.wrong_who.length == 0) {
        bool typed = naming->change.leader.address.length > 0, chosen = naming->change.person != 0;
        if (typed == chosen)
            page->body.wrong_who = text_of(page, typed ? MESSAGE_DEPUTY_CHOOSE_ONE : MESSAGE_DEPUTY_CHOOSE);
    }
    if (page->body.wrong_who.length == 0 && until.length > 0 && !date_parse_day_end(until, &naming->until))
        page->body.wrong_until = text_of(page, MESSAGE_FIELD_DEPUTY_UNTIL);
    return page->body.wrong_who.length == 0 && page->body.wrong_until.length == 0;
}

enum error_code deputy_post(struct http_request *request, struct http_response *response, struct error *error)
{
    struct deputy_page page = {0};
    struct error failure = {0};
    bool done = false;
    TRY(load(request, error, &page));
    if (!page.may_name)
        return FAIL(error, ERROR_DENIED, "deputy-named", "who stands in names nobody");
    struct naming naming = {.change = {.request = request, .apply = apply_name, .team = page.team.id},
                            .owner = page.owner};
    if (!read_form(&page, &naming))
        return show_again(&page, response, error);
    enum error_code code = change_perform(&naming.change, DEPUTY_FORM, &failure, &done);
    if (code == OK) {
        http_redirect(request, response,
                      region_format(request->region, "/teams/%" PRId64 "/deputy", page.team.id));
        return OK;
    }
    bool unknown = strcmp(failure.reason, "person-unknown") == 0;
    if (!unknown && (!change_is_mendable(&failure) || strcmp(failure.reason, "form-expired") == 0)) {
        *error = failure;
        return code;
    }
    struct slice sentence = unknown ? text_of(&page, MESSAGE_DEPUTY_UNKNOWN)
                                    : page_field_text(request->region, page.language, &failure);
    if (strcmp(failure.reason, "deputy-until") == 0)
        page.body.wrong_until = sentence;
    else
        page.body.wrong_who = sentence;
    return show_again(&page, response, error);
}

/* ---- Ending ------------------------------------------------------------------------------------------ */

static enum error_code apply_end(struct store_session *session, struct change *change, struct error *error)
{
    return deputy_end(session, change->org, change->team, change->request->identity.person,
                      clock_seconds(change->request->clock), error);
}

enum error_code deputy_end_post(struct http_request *request, struct http_response *response,
                                struct error *error)
{
    struct deputy_page page = {0};
    bool done = false;
    TRY(load(request, error, &page));
    struct change change = {.request = request, .apply = apply_end, .team = page.team.id};
    TRY(change_perform(&change, DEPUTY_FORM, error, &done));
    /* Who stood in has nothing more to see at the team, unless as a member. */
    http_redirect(request, response,
                  page.may_name ? region_format(request->region, "/teams/%" PRId64 "/deputy", page.team.id)
                                : S("/"));
    return OK;
}

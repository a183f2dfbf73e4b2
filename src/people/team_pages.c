/* One team, for owners: its leader and its members. */
#include "mail/mail.h"
#include "people/deputy.h"
#include "people/handlers.h"
#include "people/invite.h"
#include "people/joint.h"
#include "people/places.h"
#include "templates.h"

static const char TEAM_FORM[] = "people-team";

/* What was typed and refused; all empty when the page is only looked at. */
struct typed {
    struct slice leader, wrong_leader;
    bool beside;
    struct slice members, wrong_members;
};

static struct template_people_team_members *member_rows(const struct person *members, size_t count,
                                                        struct region *region)
{
    struct template_people_team_members *rows =
        REGION_ARRAY(region, count, struct template_people_team_members);
    for (size_t i = 0; i < count && rows != NULL; i++)
        rows[i] = (struct template_people_team_members){
            .id = members[i].id, .name = members[i].name, .address = members[i].address};
    return rows;
}

static size_t leader_rows(const struct team *team,
                          struct template_people_team_leaders ret_rows[static TEAM_LEADERS_MAXIMUM])
{
    const struct person *leaders = team->pair[0].id != 0 ? team->pair : &team->leader;
    size_t count = team->pair[0].id != 0 ? TEAM_LEADERS_MAXIMUM : team->leader.id != 0;
    for (size_t i = 0; i < count; i++)
        ret_rows[i] = (struct template_people_team_leaders){
            .id = leaders[i].id, .name = leaders[i].name, .address = leaders[i].address};
    return count;
}

/* Whose address refuses mail: a thing of the address, known from the mail server, and of no answer. */
static enum error_code mark_refusals(struct http_request *request,
                                     struct template_people_team_leaders *leaders,
                                     struct template_people_team_members *rows,
                                     struct template_people_team *body, struct error *error)
{
    struct mail_refusal *refusals;
    size_t count;
    TRY(mail_refusals(request->session, request->identity.org, request->region, error, &refusals, &count));
    for (size_t i = 0; i < count; i++) {
        for (size_t l = 0; l < body->leaders_count; l++)
            if (leaders[l].id == refusals[i].person) {
                leaders[l].refused = body->refusals = true;
                leaders[l].refused_on = refusals[i].on;
            }
        for (size_t m = 0; m < body->members_count; m++)
            if (rows[m].id == refusals[i].person) {
                rows[m].refused = body->refusals = true;
                rows[m].refused_on = refusals[i].on;
            }
    }
    return OK;
}

static enum error_code unit_name(struct http_request *request, int64_t unit, struct error *error,
                                 struct slice *ret_name)
{
    struct unit *units;
    size_t count;
    *ret_name = S("");
    if (unit == 0)
        return OK;
    TRY(unit_list(request->session, request->identity.org, request->region, error, &units, &count));
    for (size_t i = 0; i < count; i++)
        if (units[i].id == unit)
            *ret_name = units[i].name;
    return OK;
}

/* What an owner reads of measuring together; empty when this team has no part in it. */
static enum error_code joint_words(struct http_request *request, const struct view *view,
                                   const struct team *team, struct error *error, struct slice *ret_words)
{
    struct joint joint;
    int64_t org = request->identity.org;
    TRY(team_has_list(team) ? joint_of_part(request->session, org, team->id, request->region, error, &joint)
                            : joint_of_team(request->session, org, team->id, request->region, error, &joint));
    enum message said = joint.state == JOINT_NONE       ? MESSAGE_NONE
                        : !team_has_list(team)          ? MESSAGE_JOINT_PEOPLE_GROUP
                        : joint.state == JOINT_PROPOSED ? MESSAGE_JOINT_NOTICE_PROPOSED
                                                        : MESSAGE_JOINT_NOTICE_PART;
    *ret_words =
        said == MESSAGE_NONE
            ? S("")
            : message_text(request->region, view->language, said,
                           ARGUMENTS(A_TEXT("names", joint_part_names(&joint, team->id, request->region))));
    return OK;
}

static enum error_code show(struct http_request *request, struct http_response *response, int64_t team_id,
                            const struct typed *typed, struct error *error)
{
    int64_t org = request->identity.org;
    struct view view = page_view(request, TEAM_FORM);
    struct team team;
    struct person *members;
    size_t count;
    bool open = false;
    int64_t closes_at = 0;
    struct slice unit;
    TRY(team_load(request->session, org, team_id, request->region, error, &team));
    TRY(team_members(request->session, org, team_id, request->region, error, &members, &count));
    TRY(places_round_open(request->session, org, clock_seconds(request->clock), error, &open, &closes_at));
    TRY(unit_name(request, team.unit, error, &unit));
    struct template_people_team body = {
        .id = team.id,
        .name = team.name,
        .unit = unit,
        .member_count = team.members,
        .round_open = open,
        .round_closes = closes_at,
        .talk = team.kind == TEAM_ALONE && count > 0 && count < TEAM_TALK_BELOW,
        .small = team.kind == TEAM_ALONE && count >= TEAM_TALK_BELOW &&
                 count<TEAM_SMALL_BELOW, .group = !team_has_list(&team), .leader = team.leader.name,
                       .leader_beside = typed->beside, .typed_leader = typed->leader,
                       .typed_members = typed->members, .leader_form = typed->wrong_leader.length> 0,
        .wrong_leader = typed->wrong_leader,
        .wrong_members = typed->wrong_members,
        .members_count = count,
    };
    TRY(joint_words(request, &view, &team, error, &body.joint_note));
    body.joins = body.joint_note.length == 0;
    struct template_people_team_members *rows = member_rows(members, count, request->region);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    body.members = rows;
    struct template_people_team_leaders leaders[TEAM_LEADERS_MAXIMUM];
    body.leaders = leaders;
    body.leaders_count = leader_rows(&team, leaders);
    body.two = body.leaders_count > 1;
    struct deputy deputies[DEPUTIES_MAXIMUM];
    size_t deputy_count;
    TRY(deputy_list(request->session, org, team_id, clock_seconds(request->clock), request->region, error,
                    deputies, &deputy_count));
    body.deputy = deputy_count > 0 ? deputies[0].person.name : S("");
    if (request->application->mail_on) {
        TRY(invite_count(request->session, org, error, &body.uninvited));
        TRY(mark_refusals(request, leaders, rows, &body, error));
    }
    struct page page = {
        .title = team.name,
        .body = template_people_team_html(request->region, &view, &body),
        .place = PAGE_PEOPLE,
    };
    return page_render(request, response, &page, error);
}

static enum error_code show_again(struct http_request *request, struct http_response *response, int64_t team,
                                  const struct typed *typed, struct error *error)
{
    response->status = 422;
    return show(request, response, team, typed, error);
}

/* The permission of these routes is that of an owner; that the team is one of theirs is checked here. */
static enum error_code find_team(struct http_request *request, struct error *error, int64_t *ret_team)
{
    struct team team;
    TRY(http_path_id(request, "team", error, ret_team));
    return team_load(request->session, request->identity.org, *ret_team, request->region, error, &team);
}

enum error_code people_team_get(struct http_request *request, struct http_response *response,
                                struct error *error)
{
    int64_t team = 0;
    TRY(find_team(request, error, &team));
    return show(request, response, team, &(struct typed){0}, error);
}

static void redirect_to_team(struct http_request *request, struct http_response *response, int64_t team)
{
    http_redirect(request, response, region_format(request->region, "/people/team/%" PRId64, team));
}

/* The sentence for a refusal that the form can show; empty when it belongs on an error page. */
static struct slice refusal(struct http_request *request, enum language language, const struct error *failure,
                            enum message leader_clash)
{
    if (!change_is_mendable(failure) || strcmp(failure->reason, "form-expired") == 0)
        return S("");
    if (strcmp(failure->reason, "leader-not-member") == 0)
        return message_text(request->region, language, leader_clash, NO_ARGUMENTS);
    return page_field_text(request->region, language, failure);
}

enum error_code people_members_post(struct http_request *request, struct http_response *response,
                                    struct error *error)
{
    enum language language = page_view(request, NULL).language;
    struct typed typed = {.members = http_form(request, "members")};
    struct change change = {.request = request, .apply = change_add_members};
    struct pasted_person *people = NULL;
    struct error failure = {0};
    bool done = false;
    TRY(find_team(request, error, &change.team));
    if (change_read_people(request, language, typed.members, &people, &change.people_count,
                           &typed.wrong_members) &&
        change.people_count == 0)
        typed.wrong_members =
            message_text(request->region, language, MESSAGE_PEOPLE_PASTE_EMPTY, NO_ARGUMENTS);
    if (typed.wrong_members.length > 0)
        return show_again(request, response, change.team, &typed, error);
    change.people = people;
    enum error_code code = change_perform(&change, TEAM_FORM, &failure, &done);
    if (code == OK) {
        redirect_to_team(request, response, change.team);
        return OK;
    }
    typed.wrong_members = refusal(request, language, &failure, MESSAGE_PEOPLE_MEMBER_IS_LEADER);
    if (typed.wrong_members.length > 0)
        return show_again(request, response, change.team, &typed, error);
    *error = failure;
    return code;
}

enum error_code people_leader_post(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    enum language language = page_view(request, NULL).language;
    struct typed typed = {.leader = http_form(request, "leader"),
                          .beside = slice_equal(http_form(request, "how"), S("beside"))};
    struct change change = {.request = request,
                            .apply = typed.beside ? change_add_leader : change_set_leader};
    struct error failure = {0};
    bool done = false;
    TRY(find_team(request, error, &change.team));
    if (change_read_address(request, language, typed.leader, &change.leader, &typed.wrong_leader) &&
        change.leader.address.length == 0)
        typed.wrong_leader =
            message_text(request->region, language, MESSAGE_PEOPLE_PASTE_EMPTY, NO_ARGUMENTS);
    if (typed.wrong_leader.length > 0)
        return show_again(request, response, change.team, &typed, error);
    enum error_code code = change_perform(&change, TEAM_FORM, &failure, &done);
    if (code == OK) {
        redirect_to_team(request, response, change.team);
        return OK;
    }
    typed.wrong_leader = refusal(request, language, &failure, MESSAGE_PEOPLE_LEADER_IS_MEMBER);
    if (typed.wrong_leader.length > 0)
        return show_again(request, response, change.team, &typed, error);
    *error = failure;
    return code;
}

static enum error_code apply_remove(struct store_session *session, struct change *change, struct error *error)
{
    return team_take_role(session, change->org, change->team, change->person,
                          clock_seconds(change->request->clock), error);
}

enum error_code people_remove_post(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    struct change change = {.request = request, .apply = apply_remove};
    bool done = false;
    TRY(find_team(request, error, &change.team));
    if (!slice_to_integer(http_form(request, "person"), 1, INT64_MAX, &change.person))
        return FAIL(error, ERROR_NOT_FOUND, "person-unknown", "the form names no person");
    TRY(change_perform(&change, TEAM_FORM, error, &done));
    redirect_to_team(request, response, change.team);
    return OK;
}

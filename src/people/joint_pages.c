/* Measuring small teams together: for the leader of a team, or an owner. */
#include "people/joint.h"

#include "people/handlers.h"
#include "people/places.h"
#include "templates.h"

static const char JOINT_FORM[] = "joint";

struct looking {
    struct http_request *request;
    struct team team;
    struct joint joint;
    bool speaks; /* for the team: its leader, or an owner where it has none */
};

/* The permission of these routes has looked that the team is one of the organisation's. */
static enum error_code load(struct http_request *request, struct error *error, struct looking *ret_looking)
{
    int64_t id = 0, org = request->identity.org;
    enum team_role role;
    ret_looking->request = request;
    TRY(http_path_id(request, "team", error, &id));
    TRY(team_load(request->session, org, id, request->region, error, &ret_looking->team));
    TRY(people_team_role(request->session, org, id, request->identity.person, error, &role));
    ret_looking->speaks = role == TEAM_ROLE_LEADER || !team_has_leader(&ret_looking->team);
    return team_has_list(&ret_looking->team)
               ? joint_of_part(request->session, org, id, request->region, error, &ret_looking->joint)
               : joint_of_team(request->session, org, id, request->region, error, &ret_looking->joint);
}

static bool was_chosen(const struct http_request *request, int64_t team)
{
    int64_t chosen;
    for (size_t i = 0; i < request->form.count; i++)
        if (slice_equal(request->form.items[i].name, S("with[]")) &&
            slice_to_integer(request->form.items[i].value, 1, INT64_MAX, &chosen) && chosen == team)
            return true;
    return false;
}

static enum error_code fill_choices(const struct looking *looking, struct template_joint *body,
                                    struct error *error)
{
    struct http_request *request = looking->request;
    struct team teams[JOINT_CHOICES_MAXIMUM];
    size_t count = 0;
    struct template_joint_choices *rows =
        REGION_ARRAY(request->region, JOINT_CHOICES_MAXIMUM, struct template_joint_choices);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(joint_choices(request->session, request->identity.org, &looking->team, request->region, error, teams,
                      &count));
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct template_joint_choices){teams[i].id, teams[i].name, teams[i].members,
                                                  was_chosen(request, teams[i].id)};
    body->choices = rows;
    body->choices_count = count;
    return OK;
}

static enum error_code fill_parts(const struct looking *looking, struct template_joint *body,
                                  struct error *error)
{
    const struct joint *joint = &looking->joint;
    struct template_joint_parts *rows =
        REGION_ARRAY(looking->request->region, JOINT_PARTS_MAXIMUM, struct template_joint_parts);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < joint->count; i++) {
        const struct joint_part *part = &joint->parts[i];
        rows[i] = (struct template_joint_parts){part->name, part->members, !part->agreed};
        body->may_answer = body->may_answer || (joint->state == JOINT_PROPOSED && !part->agreed &&
                                                part->team == looking->team.id && looking->speaks);
    }
    body->parts = rows;
    body->parts_count = joint->count;
    return OK;
}

static enum error_code show(const struct looking *looking, struct http_response *response, struct slice wrong,
                            struct error *error)
{
    struct http_request *request = looking->request;
    const struct joint *joint = &looking->joint;
    struct view view = page_view(request, JOINT_FORM);
    bool open = false;
    int64_t closes_at = 0;
    struct template_joint body = {
        .team = looking->team.id,
        .name = looking->team.name,
        .wrong = wrong,
        .none = joint->state == JOINT_NONE,
        .small = looking->team.members > 0 && looking->team.members < TEAM_TALK_BELOW,
        .proposed = joint->state == JOINT_PROPOSED,
        .fixed = joint->state == JOINT_FIXED,
        .over = joint->state == JOINT_OVER,
        .part = looking->team.kind == TEAM_PART,
        .group = joint->team != looking->team.id ? joint->team : 0,
        .group_name = joint->name,
        .since = joint->since,
    };
    TRY(places_round_open(request->session, request->identity.org, clock_seconds(request->clock), error,
                          &open, &closes_at));
    body.round_open = open;
    TRY(fill_parts(looking, &body, error));
    if (body.none && body.small)
        TRY(fill_choices(looking, &body, error));
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_JOINT_TITLE, NO_ARGUMENTS),
        .body = template_joint_html(request->region, &view, &body),
        .place = PAGE_TEAM,
    };
    return page_render(request, response, &page, error);
}

enum error_code joint_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct looking looking = {0};
    TRY(load(request, error, &looking));
    return show(&looking, response, S(""), error);
}

static enum error_code apply_propose(struct store_session *session, struct change *change,
                                     struct error *error)
{
    const struct http_fields *form = &change->request->form;
    int64_t others[JOINT_PARTS_MAXIMUM] = {0};
    size_t count = 0;
    for (size_t i = 0; i < form->count; i++) {
        if (!slice_equal(form->items[i].name, S("with[]")))
            continue;
        if (count == JOINT_PARTS_MAXIMUM - 1)
            return FAIL(error, ERROR_INPUT, "joint-nobody", "a group has two to four teams");
        if (!slice_to_integer(form->items[i].value, 1, INT64_MAX, &others[count++]))
            return FAIL(error, ERROR_NOT_FOUND, "team-unknown", "the form names no team");
    }
    return joint_propose(session, change->request->application, change->org, change->team, others, count,
                         change->request->identity.person, error);
}

static enum error_code apply_answer(struct store_session *session, struct change *change, struct error *error)
{
    return slice_equal(http_form(change->request, "answer"), S("yes"))
               ? joint_agree(session, change->request->application, change->org, change->team,
                             change->request->identity.person, error)
               : joint_decline(session, change->org, change->team, error);
}

static enum error_code apply_leave(struct store_session *session, struct change *change, struct error *error)
{
    return joint_leave(session, change->org, change->team, clock_seconds(change->request->clock), error);
}

/* What can be mended stands on the page, with what was chosen. */
static enum error_code perform(struct http_request *request, struct http_response *response,
                               enum error_code (*apply)(struct store_session *session, struct change *change,
                                                        struct error *error),
                               struct error *error)
{
    struct looking looking = {0};
    struct error failure = {0};
    bool done = false;
    TRY(load(request, error, &looking));
    struct change change = {.request = request, .apply = apply, .team = looking.team.id};
    enum error_code code = change_perform(&change, JOINT_FORM, &failure, &done);
    if (code == OK) {
        http_redirect(request, response,
                      region_format(request->region, "/teams/%" PRId64 "/together", looking.team.id));
        return OK;
    }
    if (change_is_mendable(&failure) && strncmp(failure.reason, "joint-", 6) == 0) {
        response->status = 422;
        return show(&looking, response,
                    page_error_text(request->region, page_view(request, NULL).language, &failure), error);
    }
    *error = failure;
    return code;
}

enum error_code joint_propose_post(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    return perform(request, response, apply_propose, error);
}

enum error_code joint_answer_post(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    return perform(request, response, apply_answer, error);
}

enum error_code joint_leave_post(struct http_request *request, struct http_response *response,
                                 struct error *error)
{
    return perform(request, response, apply_leave, error);
}

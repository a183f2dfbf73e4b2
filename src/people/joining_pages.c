/* A team's join link, its cards and who asks to join: for an owner, or the leader of the team. */
#include "people/handlers.h"
#include "people/join.h"
#include "people/places.h"
#include "templates.h"
#include "view/picture.h"

static const char JOINING_FORM[] = "joining";

struct slice joining_address(const struct http_request *request, struct slice words)
{
    struct slice url = http_server_public_url(request->server);
    return region_format(request->region, "%.*s/join/%.*s", SLICE_ARG(url), SLICE_ARG(words));
}

static struct slice host_of(struct slice url)
{
    size_t at = slice_find(url, S("://"));
    return at == url.length ? url : slice_from(url, at + 3);
}

/* Phones make no keys at an address without https, and find none on this machine alone. The demo is looked at here. */
bool joining_phones_can_come(const struct http_request *request, const struct org *org)
{
    return org->kind == ORG_EXAMPLE || http_url_is_for_phones(http_server_public_url(request->server));
}

/* The permission of these routes has looked that the team is one of the organisation's. */
static enum error_code load(struct http_request *request, struct error *error, struct org *ret_org,
                            struct team *ret_team)
{
    int64_t id = 0;
    TRY(http_path_id(request, "team", error, &id));
    TRY(org_load(request->session, request->identity.org, request->region, error, ret_org));
    TRY(team_load(request->session, request->identity.org, id, request->region, error, ret_team));
    return team_has_list(ret_team)
               ? OK
               : FAIL(error, ERROR_CONFLICT, "joint-no-list", "a joint group has no list of its own");
}

static struct template_joining_askers *asker_rows(const struct join_asker *askers, size_t count,
                                                  struct region *region)
{
    struct template_joining_askers *rows = REGION_ARRAY(region, count, struct template_joining_askers);
    for (size_t i = 0; i < count && rows != NULL; i++)
        rows[i] = (struct template_joining_askers){askers[i].person.id, askers[i].person.name,
                                                   askers[i].asked_at, askers[i].doubled};
    return rows;
}

static struct template_joining_members *member_rows(const struct person *members, size_t count,
                                                    struct region *region)
{
    struct template_joining_members *rows = REGION_ARRAY(region, count, struct template_joining_members);
    for (size_t i = 0; i < count && rows != NULL; i++)
        rows[i] = (struct template_joining_members){members[i].name, members[i].address};
    return rows;
}

struct html joining_code(const struct http_request *request, enum language language, const struct team *team,
                         const char *id, struct slice address)
{
    struct slice title =
        message_text(request->region, language, MESSAGE_JOINING_CODE, ARGUMENTS(A_TEXT("team", team->name)));
    return picture_qr(request->region, id, title, address);
}

static enum error_code show(struct http_request *request, struct http_response *response, struct slice typed,
                            struct slice wrong, struct error *error)
{
    int64_t org_id = request->identity.org, now = clock_seconds(request->clock), closes_at = 0;
    struct view view = page_view(request, JOINING_FORM);
    struct org org;
    struct team team;
    struct join_state state;
    struct join_asker *askers;
    struct person *members;
    size_t count, member_count;
    bool open = false;
    enum org_role role = ORG_ROLE_NONE;
    TRY(load(request, error, &org, &team));
    TRY(join_state_load(request->session, org_id, team.id, now, request->region, error, &state));
    TRY(join_askers(request->session, org_id, team.id, request->region, error, &askers, &count));
    TRY(team_members(request->session, org_id, team.id, request->region, error, &members, &member_count));
    TRY(places_round_open(request->session, org_id, now, error, &open, &closes_at));
    TRY(people_org_role(request->session, org_id, request->identity.person, error, &role));
    struct slice address = state.words.length > 0 ? joining_address(request, state.words) : S("");
    bool reachable = joining_phones_can_come(request, &org);
    struct template_joining body = {
        .id = team.id,
        .team = team.name,
        .owner = role == ORG_ROLE_OWNER,
        .member_count = team.members,
        .round_open = open,
        .round_closes = closes_at,
        .address = address,
        .expires = state.link_expires,
        .reachable = reachable,
        .code = address.length > 0 && reachable
                    ? joining_code(request, view.language, &team, "join-code", address)
                    : (struct html){0},
        .cards_open = state.cards_open,
        .cards_used = state.cards_used,
        .typed_count = typed.length > 0 ? typed : S("10"),
        .wrong_count = wrong,
        .members = member_rows(members, member_count, request->region),
        .members_count = member_count,
        .askers = asker_rows(askers, count, request->region),
        .askers_count = count,
        .asker_count = (int64_t)count,
    };
    if (body.askers == NULL || body.members == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_JOINING_WINDOW,
                              ARGUMENTS(A_TEXT("team", team.name))),
        .body = template_joining_html(request->region, &view, &body),
        .place = PAGE_TEAM,
    };
    return page_render(request, response, &page, error);
}

enum error_code joining_get(struct http_request *request, struct http_response *response, struct error *error)
{
    return show(request, response, S(""), S(""), error);
}

enum error_code joining_poster_get(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    struct view view = page_view(request, NULL);
    struct org org;
    struct team team;
    struct join_state state;
    TRY(load(request, error, &org, &team));
    TRY(join_state_load(request->session, org.id, team.id, clock_seconds(request->clock), request->region,
                        error, &state));
    if (state.words.length == 0 || !joining_phones_can_come(request, &org))
        return FAIL(error, ERROR_GONE, "join-over", "the team has no join link that a phone can use");
    struct template_join_poster body = {
        .team_id = team.id,
        .organisation = org.name,
        .team = team.name,
        .leader = team.leader.name,
        .k = org.k,
        .expires = state.link_expires,
        .host = host_of(http_server_public_url(request->server)),
        .words = state.words,
        .code =
            joining_code(request, view.language, &team, "join-code", joining_address(request, state.words)),
    };
    struct page page = {.title = team.name,
                        .body = template_join_poster_html(request->region, &view, &body),
                        .place = PAGE_TEAM};
    return page_render(request, response, &page, error);
}

/* ---- Changes ----------------------------------------------------------------------------------------- */

static enum error_code perform(struct http_request *request, struct http_response *response,
                               struct change *change, struct error *error)
{
    bool done = false;
    change->request = request;
    TRY(http_path_id(request, "team", error, &change->team));
    TRY(change_perform(change, JOINING_FORM, error, &done));
    http_redirect(request, response,
                  region_format(request->region, "/teams/%" PRId64 "/joining", change->team));
    return OK;
}

static enum error_code make_link(struct store_session *session, struct change *change, struct error *error)
{
    return join_link_make(session, change->request->application, change->org, change->team, error);
}

enum error_code joining_link_post(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    return perform(request, response, &(struct change){.apply = make_link}, error);
}

static enum error_code end_link(struct store_session *session, struct change *change, struct error *error)
{
    return join_link_end(session, change->org, change->team, error);
}

enum error_code joining_link_end_post(struct http_request *request, struct http_response *response,
                                      struct error *error)
{
    return perform(request, response, &(struct change){.apply = end_link}, error);
}

static enum error_code accept(struct store_session *session, struct change *change, struct error *error)
{
    return join_accept(session, change->request->application, change->org, change->team, change->person,
                       error);
}

static enum error_code refuse(struct store_session *session, struct change *change, struct error *error)
{
    return join_refuse(session, change->org, change->team, change->person, error);
}

enum error_code joining_answer_post(struct http_request *request, struct http_response *response,
                                    struct error *error)
{
    bool yes = slice_equal(http_form(request, "answer"), S("yes"));
    struct change change = {.apply = yes ? accept : refuse};
    if (!slice_to_integer(http_form(request, "person"), 1, INT64_MAX, &change.person))
        return FAIL(error, ERROR_NOT_FOUND, "join-asker-gone", "the form names nobody");
    return perform(request, response, &change, error);
}

static enum error_code end_cards(struct store_session *session, struct change *change, struct error *error)
{
    return join_cards_end(session, change->org, change->team, error);
}

enum error_code joining_cards_end_post(struct http_request *request, struct http_response *response,
                                       struct error *error)
{
    return perform(request, response, &(struct change){.apply = end_cards}, error);
}

/* ---- Cards, shown once ------------------------------------------------------------------------------- */

struct cards {
    struct change change; /* first: apply gets a pointer to it */
    size_t count;
    struct slice *words;
};

static enum error_code make_cards(struct store_session *session, struct change *change, struct error *error)
{
    struct cards *cards = (struct cards *)change;
    return join_cards_make(session, change->request->application, change->org, change->team, cards->count,
                           change->request->region, error, &cards->words);
}

static enum error_code show_cards(struct http_request *request, struct http_response *response,
                                  const struct cards *cards, const struct org *org, const struct team *team,
                                  struct error *error)
{
    struct view view = page_view(request, NULL);
    struct template_join_cards_cards *rows =
        REGION_ARRAY(request->region, cards->count, struct template_join_cards_cards);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < cards->count; i++) {
        const char *id = region_text(request->region, region_format(request->region, "card-%zu", i));
        rows[i] = (struct template_join_cards_cards){
            .words = cards->words[i],
            .code =
                joining_code(request, view.language, team, id, joining_address(request, cards->words[i]))};
    }
    struct template_join_cards body = {
        .team_id = team->id,
        .organisation = org->name,
        .team = team->name,
        .host = host_of(http_server_public_url(request->server)),
        .expires = clock_seconds(request->clock) + JOIN_CARD_SECONDS,
        .cards = rows,
        .cards_count = cards->count,
        .card_count = (int64_t)cards->count,
    };
    struct page page = {.title = team->name,
                        .body = template_join_cards_html(request->region, &view, &body),
                        .place = PAGE_TEAM};
    return page_render(request, response, &page, error);
}

enum error_code joining_cards_post(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    enum language language = page_view(request, NULL).language;
    struct slice typed = http_form(request, "count");
    struct cards cards = {.change = {.request = request, .apply = make_cards}};
    struct error failure = {0};
    struct org org;
    struct team team;
    int64_t count = 0;
    bool done = false;
    TRY(load(request, error, &org, &team));
    if (!joining_phones_can_come(request, &org))
        return FAIL(error, ERROR_CONFLICT, "join-address", "no phone can come to the address of this server");
    if (!slice_to_integer(slice_trim(typed), 1, JOIN_CARDS_MAXIMUM, &count)) {
        response->status = 422;
        return show(request, response, typed,
                    message_text(request->region, language, MESSAGE_JOINING_CARDS_WRONG, NO_ARGUMENTS),
                    error);
    }
    cards.change.team = team.id;
    cards.count = (size_t)count;
    enum error_code code = change_perform(&cards.change, JOINING_FORM, &failure, &done);
    if (code == ERROR_LIMIT) {
        response->status = 422;
        return show(request, response, typed, page_field_text(request->region, language, &failure), error);
    }
    if (code == OK && !done)
        return FAIL(error, ERROR_CONFLICT, "cards-shown", "these cards were made and shown before");
    if (code != OK) {
        *error = failure;
        return code;
    }
    return show_cards(request, response, &cards, &org, &team, error);
}

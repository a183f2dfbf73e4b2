/* Coming in by a join link or a card (join.h). */
#include "people/handlers.h"
#include "people/join.h"
#include "templates.h"

static enum error_code show(struct http_request *request, struct http_response *response, struct html body,
                            struct error *error)
{
    struct page page = {
        .title = message_text(request->region, page_view(request, NULL).language, MESSAGE_JOIN_WINDOW,
                              NO_ARGUMENTS),
        .body = body,
        .bare = true,
    };
    return page_render(request, response, &page, error);
}

enum error_code join_words_get(struct http_request *request, struct http_response *response,
                               struct error *error)
{
    struct view view = page_view(request, NULL);
    struct template_join_words body = {0};
    return show(request, response, template_join_words_html(request->region, &view, &body), error);
}

/* Whether the words open anything the next page says, which is the same for a guess as for an old card. */
enum error_code join_words_post(struct http_request *request, struct http_response *response,
                                struct error *error)
{
    struct view view = page_view(request, NULL);
    struct slice typed = http_form(request, "words"), words = join_words_read(typed, request->region);
    if (words.length > 0) {
        http_redirect(request, response, region_format(request->region, "/join/%.*s", SLICE_ARG(words)));
        return OK;
    }
    struct template_join_words body = {
        .typed = typed,
        .wrong = message_text(request->region, view.language, MESSAGE_JOIN_WORDS_WRONG, NO_ARGUMENTS)};
    response->status = 422;
    return show(request, response, template_join_words_html(request->region, &view, &body), error);
}

/* ---- The door ---------------------------------------------------------------------------------------- */

static enum error_code read_door(struct http_request *request, struct error *error, struct slice *ret_words,
                                 struct join_door *ret_door)
{
    *ret_words = join_words_read(http_path(request, "words"), request->region);
    TRY(join_look(request->session, *ret_words, clock_seconds(request->clock), error, ret_door));
    if (request->identity.person != 0 && request->identity.org != ret_door->org)
        return FAIL(error, ERROR_DENIED, "join-elsewhere", "the person belongs to another organisation");
    return OK;
}

static enum error_code show_door(struct http_request *request, struct http_response *response,
                                 const struct join_door *door, struct slice typed, struct slice wrong,
                                 struct error *error)
{
    const struct http_identity *identity = &request->identity;
    struct org org;
    struct team team;
    enum team_role role = TEAM_ROLE_NONE;
    TRY(org_load(request->session, door->org, request->region, error, &org));
    TRY(team_load(request->session, door->org, door->team, request->region, error, &team));
    if (identity->person != 0)
        TRY(people_team_role(request->session, door->org, door->team, identity->person, error, &role));
    struct view view = page_view(request, NULL);
    struct template_join body = {
        .action = request->path,
        .organisation = org.name,
        .team = team.name,
        .team_id = team.id,
        .leader = team.leader.name,
        .card = door->card,
        .person = identity->name,
        .belongs = role != TEAM_ROLE_NONE,
        .k = org.k,
        .name = typed,
        .wrong_name = wrong,
    };
    return show(request, response, template_join_html(request->region, &view, &body), error);
}

/* Looking changes nothing: cameras and messengers open links by themselves. */
enum error_code join_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct join_door door;
    struct slice words;
    TRY(read_door(request, error, &words, &door));
    return show_door(request, response, &door, S(""), S(""), error);
}

struct entry {
    struct application *application;
    struct slice words, name, language;
    int64_t person_org, person; /* 0: somebody new */
    struct join_door door;
    bool begins; /* a session */
    uint8_t hash[32];
    struct slice device;
};

static enum error_code enter(struct store_session *session, void *context, struct error *error)
{
    struct entry *entry = context;
    int64_t person = entry->begins ? 0 : entry->person; /* a second run makes the person anew */
    TRY(join_enter(session, entry->application, entry->words, entry->person_org, entry->name, entry->language,
                   error, &entry->door, &person));
    entry->person = person;
    return entry->begins ? web_session_create(session, entry->door.org, person, entry->hash, entry->device,
                                              clock_seconds(entry->application->clock), error)
                         : OK;
}

/* No one-time form id: whoever came in has a session and is not made a second time; a card is spent once. */
enum error_code join_post(struct http_request *request, struct http_response *response, struct error *error)
{
    struct view view = page_view(request, NULL);
    struct error failure = {0};
    struct entry entry = {
        .application = request->application,
        .name = http_form(request, "name"),
        .language = slice_from_text(language_code(view.language)),
        .person_org = request->identity.org,
        .person = request->identity.person,
        .begins = request->identity.person == 0,
        .device = web_session_device(request->user_agent),
    };
    TRY(read_door(request, error, &entry.words, &entry.door));
    struct join_door door = entry.door;
    if (entry.begins)
        http_session_begin(request, response, entry.hash);
    enum error_code code = store_write(request->store, enter, &entry, &failure);
    if (code == OK) {
        http_redirect(request, response, S("/"));
        return OK;
    }
    response->header_count = 0; /* no session began */
    if (strcmp(failure.reason, "person-name") != 0) {
        *error = failure;
        return code;
    }
    response->status = 422;
    return show_door(request, response, &door, entry.name,
                     page_field_text(request->region, view.language, &failure), error);
}

/* ---- After the question ------------------------------------------------------------------------------ */

enum error_code join_asked_get(struct http_request *request, struct http_response *response,
                               struct error *error)
{
    const struct http_identity *identity = &request->identity;
    struct slice *names;
    size_t count;
    TRY(join_asked(request->session, identity->org, identity->person, request->region, error, &names,
                   &count));
    struct template_join_asked_teams *teams =
        REGION_ARRAY(request->region, count, struct template_join_asked_teams);
    if (teams == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++)
        teams[i] = (struct template_join_asked_teams){names[i]};
    struct view view = page_view(request, NULL);
    struct template_join_asked body = {.name = identity->name, .teams = teams, .teams_count = count};
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_JOIN_WINDOW, NO_ARGUMENTS),
        .body = template_join_asked_html(request->region, &view, &body),
    };
    return page_render(request, response, &page, error);
}

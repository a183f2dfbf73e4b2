#include "people/page.h"

#include "people/places.h"
#include "templates.h"
#include "view/asset.h"

enum { FRAME_BYTES = 8 << 10 }; /* around a page's body, mostly */
enum { MENU_TEAMS_MAXIMUM = 6, MENU_MAXIMUM = 2 * MENU_TEAMS_MAXIMUM + 7 };

struct view page_view(struct http_request *request, const char *purpose)
{
    return (struct view){
        .language = language_choose(request->identity.language, http_query(request, "language"),
                                    request->accept_language, (struct slice){0}),
        .csrf = request->csrf,
        .once = purpose == NULL ? (struct slice){0} : http_once_make(request, purpose),
    };
}

enum message seat_message(enum seat seat)
{
    static const enum message NAMES[SEATS] = {MESSAGE_NONE, MESSAGE_ROLES_CONFIDANT, MESSAGE_ROLES_AUDITOR,
                                              MESSAGE_ROLES_COUNCIL};
    return NAMES[seat];
}

/* ---- Menu -------------------------------------------------------------------------------------------- */

struct menu {
    struct http_request *request;
    const struct page *page;
    enum language language;
    struct template_frame_links *links;
    size_t count;
};

static void add_link(struct menu *menu, struct slice address, struct slice label, bool here)
{
    if (menu->count < MENU_MAXIMUM)
        menu->links[menu->count++] = (struct template_frame_links){address, label, here};
}

static void add_fixed(struct menu *menu, struct slice address, enum message label, enum page_place place)
{
    add_link(menu, address, message_text(menu->request->region, menu->language, label, NO_ARGUMENTS),
             menu->page->place == place);
}

static void add_team(struct menu *menu, const struct place *place, bool alone)
{
    struct region *region = menu->request->region;
    struct slice address = region_format(region, "/teams/%" PRId64, place->team.id);
    struct slice id = slice_from(address, sizeof("/teams/") - 1);
    bool here = slice_equal(http_path(menu->request, "team"), id);
    add_link(menu, address, place->team.name, here && menu->page->place == PAGE_TEAM);
    if (!place->may_answer)
        return;
    struct slice label = alone ? message_text(region, menu->language, MESSAGE_FRAME_ANSWER, NO_ARGUMENTS)
                               : message_text(region, menu->language, MESSAGE_FRAME_ANSWER_TEAM,
                                              ARGUMENTS(A_TEXT("team", place->team.name)));
    add_link(menu, region_format(region, "%.*s/answer", SLICE_ARG(address)), label,
             here && menu->page->place == PAGE_ANSWER);
}

static enum error_code fill_menu(struct menu *menu, struct error *error)
{
    const struct http_identity *identity = &menu->request->identity;
    struct places places;
    TRY(places_load(menu->request->application, menu->request->session, identity->org, identity->person,
                    menu->request->region, error, &places));
    for (size_t i = 0; i < places.count && i < MENU_TEAMS_MAXIMUM; i++)
        add_team(menu, &places.teams[i], places.count == 1);
    if (places.role >= ORG_ROLE_VIEWER)
        add_fixed(menu, S("/organisation"), MESSAGE_FRAME_ORGANISATION, PAGE_ORGANISATION);
    if (places.role == ORG_ROLE_OWNER) {
        add_fixed(menu, S("/people"), MESSAGE_FRAME_PEOPLE, PAGE_PEOPLE);
        add_fixed(menu, S("/rounds"), MESSAGE_FRAME_ROUNDS, PAGE_ROUNDS);
    }
    for (int seat = SEAT_CONFIDANT; seat < SEATS; seat++)
        if (places.seats[seat])
            add_link(menu, seat_path((enum seat)seat),
                     message_text(menu->request->region, menu->language, seat_message((enum seat)seat),
                                  NO_ARGUMENTS),
                     slice_equal(menu->request->path, seat_path((enum seat)seat)));
    return OK;
}

/* ---- Frame ------------------------------------------------------------------------------------------- */

/* The one piece of HTML that is not made by a template: a template names each asset, a page chooses one. */
static struct html script_element(struct region *region, const char *name)
{
    struct slice path = name == NULL ? (struct slice){0} : asset_path(name);
    if (path.length == 0)
        return (struct html){0};
    return (struct html){
        region_format(region, "<script type=\"module\" src=\"%.*s\"></script>", SLICE_ARG(path))};
}

/* Where a change of language leads back to: a page that can be opened again. */
static struct slice path_to_return(const struct http_request *request)
{
    return request->route != NULL && request->method == HTTP_GET ? request->path : S("/");
}

static void write_frame(struct http_request *request, struct http_response *response,
                        struct template_frame *frame)
{
    struct view view = page_view(request, NULL);
    frame->claimed = policy_is_claimed(request->application);
    frame->dutch = view.language == LANGUAGE_NL;
    frame->voice = http_server_voice_origin(request->server);
    frame->back = path_to_return(request);
    buffer_reserve(&response->body, frame->body.bytes.length + FRAME_BYTES);
    http_add_header(response, "Content-Language", slice_from_text(language_code(view.language)));
    template_frame(&response->body, &view, frame);
}

enum error_code page_render(struct http_request *request, struct http_response *response,
                            const struct page *page, struct error *error)
{
    const struct http_identity *identity = &request->identity;
    bool signed_in = identity->person != 0;
    struct menu menu = {.request = request,
                        .page = page,
                        .language = page_view(request, NULL).language,
                        .links = REGION_ARRAY(request->region, MENU_MAXIMUM, struct template_frame_links)};
    struct template_frame frame = {
        .title = page->title,
        .body = page->body,
        .script = script_element(request->region, page->script),
        .has_menu = signed_in && !page->bare,
        .signed_in = signed_in,
        .person = identity->name,
        .at_me = slice_equal(request->path, S("/me")),
    };
    if (frame.has_menu && menu.links != NULL) {
        TRY(fill_menu(&menu, error));
        TRY(operator_links_unseen(request->session, identity->org, identity->person, error,
                                  &frame.operator_links, &frame.operator_last));
        frame.links = menu.links;
        frame.links_count = menu.count;
    }
    write_frame(request, response, &frame);
    return OK;
}

/* ---- Failures ---------------------------------------------------------------------------------------- */

static enum message find_message(const char *prefix, const char *key)
{
    char text[100];
    int length = snprintf(text, sizeof text, "%s%s", prefix, key);
    return length > 0 && (size_t)length < sizeof text ? message_find(slice_from_text(text)) : MESSAGE_NONE;
}

struct slice page_error_text(struct region *region, enum language language, const struct error *error)
{
    enum message message = find_message("error.", error->reason == NULL ? "" : error->reason);
    if (message == MESSAGE_NONE)
        message = find_message("error.code.", error_code_name(error->code));
    if (message == MESSAGE_NONE)
        message = MESSAGE_ERROR_CODE_INTERNAL;
    return message_text(region, language, message, NO_ARGUMENTS);
}

struct slice page_name(struct region *region, enum language language, struct slice name)
{
    return name.length > 0 ? name : message_text(region, language, MESSAGE_PEOPLE_NOBODY_NOW, NO_ARGUMENTS);
}

struct slice page_leader_names(struct region *region, enum language language, const struct team *team)
{
    if (team->pair[0].id == 0)
        return team->leader.name;
    return message_text(region, language, MESSAGE_PEOPLE_PAIR,
                        ARGUMENTS(A_TEXT("one", team->pair[0].name), A_TEXT("other", team->pair[1].name)));
}

struct slice page_field_text(struct region *region, enum language language, const struct error *error)
{
    enum message message = find_message("field.", error->reason == NULL ? "" : error->reason);
    if (message == MESSAGE_NONE)
        return page_error_text(region, language, error);
    return message_text(region, language, message, NO_ARGUMENTS);
}

static struct slice error_title(struct region *region, enum language language, const struct error *error)
{
    enum message message = find_message("error.title.", error_code_name(error->code));
    return message_text(region, language, message == MESSAGE_NONE ? MESSAGE_ERROR_TITLE_INTERNAL : message,
                        NO_ARGUMENTS);
}

/* Scripts ask these; they want the reason as a word too. */
static bool wants_json(const struct http_request *request)
{
    return slice_starts_with(request->path, S("/api/")) ||
           (request->route != NULL && request->route->body == BODY_JSON);
}

/* RFC 9457. */
static void write_problem(struct http_request *request, const struct error *error,
                          struct http_response *response)
{
    enum language language = page_view(request, NULL).language;
    struct json_writer json = JSON_WRITER(&response->body);
    response->content_type = "application/problem+json";
    json_write_object_begin(&json);
    json_write_key(&json, "title");
    json_write_text(&json, error_title(request->region, language, error));
    json_write_key(&json, "status");
    json_write_integer(&json, response->status);
    json_write_key(&json, "detail");
    json_write_text(&json, page_error_text(request->region, language, error));
    json_write_key(&json, "reason");
    json_write_text(&json, slice_from_text(error->reason));
    json_write_object_end(&json);
}

void page_error(struct http_request *request, const struct error *error, struct http_response *response)
{
    struct error shown = *error;
    struct region *region = request->region;
    bool claim_is_over = request->route != NULL && request->route->permission == PERMISSION_CLAIM &&
                         policy_is_claimed(request->application);
    if (claim_is_over)
        shown.reason = "claimed";
    if (wants_json(request)) {
        write_problem(request, &shown, response);
        return;
    }
    if (request->application->mail_on && strcmp(shown.reason, "signin-link-over") == 0)
        shown.reason = "signin-link-over-mail";
    struct view view = page_view(request, NULL);
    struct template_error_page body = {
        .title = error_title(region, view.language, &shown),
        .explanation = page_error_text(region, view.language, &shown),
        .to_signin =
            strcmp(shown.reason, "sign-in-needed") == 0 || strcmp(error->reason, "signin-link-over") == 0,
    };
    /* Without a menu, because that asks the database, which may be what failed. */
    struct template_frame frame = {
        .title = body.title,
        .body = template_error_page_html(region, &view, &body),
        .signed_in = request->identity.person != 0,
        .person = request->identity.name,
    };
    write_frame(request, response, &frame);
}

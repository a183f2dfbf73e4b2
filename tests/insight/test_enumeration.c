/* Everything that anybody can fetch, twice: in the second world the members of a hidden team answered otherwise. Every GET
 * route of the program is asked for, as every role and for every team and round, and every form that stands on a page is sent.
 * So a new one is in by itself; a parameter that this test does not know fails it, and so does a form that it cannot find. Nothing may differ but random bytes: not a figure, not a count, not a
 * word, and neither may the export. */
#include "../http/fixture.h"
#include "../pulse/world.h"

#include "insight/insight.h"
#include "insight/insight_pages.h"
#include "insight/team_result.h"
#include "people/deputy.h"
#include "people/page.h"
#include "promise/promise_pages.h"
#include "pulse/client_api.h"
#include "pulse/pulse.h"
#include "view/asset.h"

enum { WEEKS = 2, PATHS_MAXIMUM = 256, PIECES_MAXIMUM = 1 << 14, HIDDEN = 3 };

static const struct http_policy POLICY = {
    .identify = policy_identify,
    .authorise = policy_authorise,
    .error_page = page_error,
    .is_claimed = policy_is_claimed,
    .asset = asset_find,
};

static const char *const TEAMS[] = {"noord", "buren", "zuid"}; /* of 8, HIDDEN and 12 */
static const int SIZES[] = {8, HIDDEN, 12};
static const char *const ROLES[] = {"m1@noord.example",
                                    "m1@buren.example",
                                    "m1@zuid.example",
                                    "m8@noord.example",
                                    "leader@noord.example",
                                    "leader@buren.example",
                                    "hr@example.org",
                                    "owner@example.org",
                                    "seat1@example.org",
                                    "seat2@example.org",
                                    "seat3@example.org",
                                    "deputy@example.org",
                                    ""};

/* What the members of the hidden team say in a week (0 sends nothing), and whether one member of a shown team says
 * something else. */
struct scenario {
    int answers[HIDDEN];
    bool shown_differs;
};

struct city {
    struct world *w;
    struct http_server *server;
    int64_t unit, teams[COUNT_OF(TEAMS)];
    char rids[WEEKS * COUNT_OF(TEAMS)][65];
    size_t rid_count;
    char headers[256];
};

static struct reply reply; /* too large for a stack */

/* ---- Two weeks --------------------------------------------------------------------------------------------- */

static enum error_code write_roles(struct store_session *session, void *context, struct error *error)
{
    struct world *w = context;
    int64_t person;
    TRY(person_ensure(session, &w->application, w->org, S("hr@example.org"), S("Ingrid"), S("nl"), error,
                      &person));
    TRY(people_give_org_role(session, w->org, person, ORG_ROLE_VIEWER, error));
    TRY(person_ensure(session, &w->application, w->org, S("owner@example.org"), S("Olga"), S("nl"), error,
                      &person));
    TRY(people_give_org_role(session, w->org, person, ORG_ROLE_OWNER, error));
    TRY(person_ensure(session, &w->application, w->org, S("deputy@example.org"), S("Dora"), S("nl"), error,
                      &person));
    struct team *teams;
    size_t count;
    TRY(team_list(session, w->org, w->region, error, &teams, &count)); /* by name: the hidden one first */
    TRY(deputy_name(session, w->org, teams[0].id, person, 0, 0, clock_seconds(&w->clock), error));
    for (int seat = SEAT_CONFIDANT; seat < SEATS; seat++) {
        TRY(person_ensure(session, &w->application, w->org,
                          region_format(w->region, "seat%d@example.org", seat), S("Sea"), S("nl"), error,
                          &person));
        TRY(seat_give(session, w->org, person, (enum seat)seat, 0, 0, error));
    }
    return OK;
}

static void answer(struct world *w, int64_t team, const char *name, int member, int value)
{
    struct device device;
    struct answer_receipt receipt;
    int values[PROTOCOL_ITEMS_MAXIMUM];
    char address[64];
    snprintf(address, sizeof address, "m%d@%s.example", member, name);
    device_prepare(w, team, &device);
    assert_ok(w, device_fetch(w, &device, world_person(w, address)));
    for (size_t i = 0; i < device.descriptor.item_count; i++)
        values[i] = value < 0 ? 2 + (member + (int)i) % 3 : value;
    device_fill(w, &device, 1, values);
    if (value != 0)
        assert_ok(w, device_send(w, &device, &receipt));
    device_free(&device);
}

static void week(struct city *city, const struct scenario *scenario)
{
    struct world *w = city->w;
    int64_t number;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    for (size_t t = 0; t < COUNT_OF(TEAMS); t++) {
        struct team_round part = world_part(w, city->teams[t]);
        hex_encode(part.rid, sizeof part.rid, city->rids[city->rid_count++]);
        for (int member = 1; member <= SIZES[t]; member++)
            answer(w, city->teams[t], TEAMS[t], member,
                   SIZES[t] == HIDDEN                                 ? scenario->answers[member - 1]
                   : t == 0 && member == 1 && scenario->shown_differs ? 5
                                                                      : -1);
    }
    world_wait(w, 4 * DAY_SECONDS);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    world_wait(w, 24 * DAY_SECONDS);
}

static void city_begin(struct world *w, const struct scenario scenarios[WEEKS], struct city *city)
{
    const struct http_route_table tables[] = {PEOPLE_ROUTES, PULSE_ROUTES, PULSE_CLIENT_ROUTES,
                                              INSIGHT_ROUTES, PROMISE_ROUTES};
    struct http_options options = {.listen_address = "127.0.0.1",
                                   .public_url = "http://hecht.example",
                                   .workers = 1,
                                   .event_threads = 1};
    *city = (struct city){.w = w};
    int64_t unit = city->unit = world_unit(w, "stad", 0);
    for (size_t t = 0; t < COUNT_OF(TEAMS); t++)
        city->teams[t] = world_team(w, TEAMS[t], t < 2 ? unit : 0, SIZES[t], true);
    assert_ok(w, store_write(w->store, write_roles, w, &w->error));
    for (int i = 0; i < WEEKS; i++)
        week(city, &scenarios[i]);
    w->application.random = random_system(); /* the server's threads use it */
    w->application.claimed = true;
    w->application.team_results = team_results_new();
    setenv("HECHT_RATE_LIMITS", "off", 1);
    assert_ok(w, http_server_start(&options, tables, COUNT_OF(tables), &POLICY, &w->application, w->store,
                                   &w->clock, random_system(), &w->error, &city->server));
}

static void city_end(struct city *city)
{
    city->server = http_server_stop(city->server);
    city->w->application.team_results = cache_free(city->w->application.team_results);
}

/* ---- Every path -------------------------------------------------------------------------------------------- */

struct paths {
    char path[PATHS_MAXIMUM][160];
    size_t count;
};

struct listing {
    const struct city *city;
    struct paths *paths;
};

static void add(struct paths *paths, const char *before, const char *value, const char *after)
{
    assert_true(paths->count < PATHS_MAXIMUM);
    snprintf(paths->path[paths->count++], sizeof paths->path[0], "%s%s%s", before, value, after);
}

/* In place of the parameter everything that it can name. */
static void add_route(const struct http_route *route, void *context)
{
    const struct listing *listing = context;
    const struct city *city = listing->city;
    char before[128], number[24];
    const char *parameter = strchr(route->pattern, ':');
    if (route->method != HTTP_GET)
        return;
    if (parameter == NULL) {
        add(listing->paths, route->pattern, "", "");
        return;
    }
    snprintf(before, sizeof before, "%.*s", (int)(parameter - route->pattern), route->pattern);
    const char *after = parameter + strcspn(parameter, "/");
    struct slice name = slice_from_bytes(parameter + 1, (size_t)(after - parameter - 1));
    if (strchr(after, ':') != NULL)
        fail_msg("%s has two parameters: teach this test", route->pattern);
    if (slice_equal(name, S("rid"))) {
        for (size_t i = 0; i < city->rid_count; i++)
            add(listing->paths, before, city->rids[i], after);
    } else if (slice_equal(name, S("team"))) {
        for (size_t t = 0; t < COUNT_OF(TEAMS); t++) {
            snprintf(number, sizeof number, "%" PRId64, city->teams[t]);
            add(listing->paths, before, number, after);
        }
    } else if (slice_equal(name, S("unit"))) {
        snprintf(number, sizeof number, "%" PRId64, city->unit);
        add(listing->paths, before, number, after);
    } else if (slice_equal(name, S("example"))) {
        static const char *const EXAMPLES[] = {"leader", "member",    "new-team", "few-answers",
                                               "viewer", "confidant", "auditor",  "works-council"};
        for (size_t i = 0; i < COUNT_OF(EXAMPLES); i++)
            add(listing->paths, before, EXAMPLES[i], after);
    } else if (slice_equal(name, S("questionnaire"))) {
        add(listing->paths, before, "built-in", after);
    } else if (!slice_equal(name, S("token")) && !slice_equal(name, S("hash")) &&
               !slice_equal(name, S("words"))) { /* these open nothing that is counted */
        fail_msg("%s: this test does not know :%.*s", route->pattern, SLICE_ARG(name));
    }
}

static void list_paths(const struct city *city, struct paths *ret_paths)
{
    const struct http_route_table tables[] = {PEOPLE_ROUTES, PULSE_ROUTES, PULSE_CLIENT_ROUTES,
                                              INSIGHT_ROUTES, PROMISE_ROUTES};
    struct listing listing = {city, ret_paths};
    ret_paths->count = 0;
    http_route_list(tables, COUNT_OF(tables), add_route, &listing);
}

/* ---- A visitor --------------------------------------------------------------------------------------------- */

struct link_write {
    struct world *w;
    int64_t person;
    struct slice token;
};

static enum error_code write_link(struct store_session *session, void *context, struct error *error)
{
    struct link_write *link = context;
    return signin_link_create(session, &link->w->application, link->w->org, link->person, false, HOUR_SECONDS,
                              link->w->region, error, &link->token);
}

static void sign_in(struct city *city, const char *address)
{
    struct world *w = city->w;
    snprintf(city->headers, sizeof city->headers, "Accept-Language: nl\r\n");
    if (address[0] == '\0')
        return;
    struct link_write link = {w, world_person(w, address), {0}};
    assert_ok(w, store_write(w->store, write_link, &link, &w->error));
    char path[128], body[256], once[120] = "";
    snprintf(path, sizeof path, "/signin/%.*s", SLICE_ARG(link.token));
    request_get(http_server_port(city->server), path, city->headers, &reply);
    const char *at = strstr(reply.body, "name=\"once\" value=\"");
    if (at != NULL)
        snprintf(once, sizeof once, "%.*s", (int)strcspn(at + 19, "\""), at + 19);
    snprintf(body, sizeof body, "csrf=&once=%s", once);
    request_post(http_server_port(city->server), path,
                 "Accept-Language: nl\r\nContent-Type: application/x-www-form-urlencoded\r\n", body, &reply);
    assert_int_equal(reply.status, 303);
    struct slice cookie = reply_header(&reply, "Set-Cookie");
    snprintf(city->headers, sizeof city->headers, "Accept-Language: nl\r\nCookie: %.*s\r\n",
             (int)slice_find_byte(cookie, ';'), cookie.data);
}

/* ---- What is left without random bytes --------------------------------------------------------------------- */

static bool is_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '+' || c == '/' || c == '=';
}

/* Consonant, vowel, consonant, vowel, consonant: one of the words of a round. */
static bool is_proquint(struct slice word)
{
    if (word.length != 5)
        return false;
    for (size_t i = 0; i < 5; i++)
        if (memchr(i % 2 == 0 ? "bdfghjklmnprstvz" : "aiou", word.data[i], i % 2 == 0 ? 16 : 4) == NULL)
            return false;
    return true;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ (hash >> 29);
}

static int by_value(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* What stands in brackets or on a line is a piece; lists may be sorted by hash, so their order does not count. A long
 * word counts by being there. */
static uint64_t digest(struct slice text)
{
    static uint64_t pieces[PIECES_MAXIMUM];
    size_t count = 0, from = 0;
    uint64_t piece = 0, all = 0;
    for (size_t i = 0; i <= text.length; i++) {
        char c = i < text.length ? text.data[i] : '\n';
        if (is_of_word(c))
            continue;
        struct slice word = slice_part(text, from, i - from);
        from = i + 1;
        if (word.length >= 16 || is_proquint(word))
            piece = mix(piece, 1);
        for (size_t k = 0; word.length < 16 && !is_proquint(word) && k < word.length; k++)
            piece = mix(piece, (uint8_t)word.data[k]);
        piece = mix(piece, (uint8_t)c);
        if (strchr("{}[]\n", c) != NULL) {
            assert_true(count < PIECES_MAXIMUM);
            pieces[count++] = piece;
            piece = 0;
        }
    }
    qsort(pieces, count, sizeof pieces[0], by_value);
    for (size_t i = 0; i < count; i++)
        all = mix(all, pieces[i]);
    return all;
}

struct seen {
    uint64_t digests[COUNT_OF(ROLES)][PATHS_MAXIMUM];
    uint64_t export;
    size_t opened; /* replies with status 200 */
};

static void look_at_everything(struct city *city, struct paths *ret_paths, struct seen *ret_seen)
{
    struct world *w = city->w;
    *ret_seen = (struct seen){.opened = 0};
    list_paths(city, ret_paths);
    for (size_t r = 0; r < COUNT_OF(ROLES); r++) {
        sign_in(city, ROLES[r]);
        for (size_t p = 0; p < ret_paths->count; p++) {
            request_get(http_server_port(city->server), ret_paths->path[p], city->headers, &reply);
            assert_true(reply.status >= 200 && reply.status < 500);
            ret_seen->opened += reply.status == 200;
            ret_seen->digests[r][p] =
                mix(digest(slice_from_bytes(reply.body, reply.body_length)), (uint64_t)reply.status);
        }
    }
    CLEANUP(buffer_free) struct buffer out = BUFFER(16 << 20);
    assert_ok(w, insight_export(&w->application, w->org, true, w->region, &w->error, &out));
    ret_seen->export = digest(buffer_slice(&out));
}

/* ---- Every form of every page, sent ------------------------------------------------------------------------------ */

enum { FORMS_MAXIMUM = 400, FORM_BYTES = 4096, FORM_PARTS_MAXIMUM = 16 };

/* What people write where a page has nothing yet; other fields are sent as they stand. */
static const struct field {
    const char *name, *value;
} WRITTEN[] = {
    {"name", "Oost"},
    {"address", "x1%40oost.example"},
    {"members", "x2%40oost.example"},
    {"due", "2027-03-01"},
    {"text", "Elke+maandag"},
    {"sure", "yes"},
    {"key", "no-witness"},
    {"count", "5"},
    {"file", "naam%3Badres%0A"},
    {"guess", "3"},
};

/* These end what the test needs. */
static const char *const LEFT_OUT[] = {"/signout", "/language", "/me/sessions/others", "/me/delete",
                                       "/rounds/open"};

/* Routes of which no page of this small world has a form, each with the reason why its reply cannot hold a figure. */
static const char *const WITHOUT_FORM[] = {
    "/claim/:token", /* before there is an organisation */
    "/signin",       /* without mail, as here, pages have no form for it; so the next one */
    "/me/mail",
    "/teams/:team/joining/cards", /* needs an address that phones reach */
    "/teams/:team/guess/show",    /* after a guess and a result; to the page it came from */
    "/signin/:token",             /* sign_in() sends it */
    "/mail/stop/:token",          /* one sentence, from the mail */
    "/join/:words",               /* needs the words of a link */
    "/people/import/apply",       /* after a preview, made of the file */
    "/people/viewer/remove",      /* to the page it came from, as the next ones */
    "/people/left",
    "/roles/take",
    "/me/devices/end",
    "/me/openid/end",
    "/me/links-seen",
    "/teams/:team/joining/answer",
    "/teams/:team/joining/link/end",
    "/teams/:team/joining/cards/end",
    "/teams/:team/comments/remove",
    "/questionnaires/:questionnaire/use",
    "/questionnaires/:questionnaire/retire",
    "/people/invite",
    "/start/team",           /* before there are several teams */
    "/teams/:team/together", /* needs two small teams; these three go back to the page they came from */
    "/teams/:team/together/answer",
    "/teams/:team/together/leave",
};

struct form {
    char action[160], fields[FORM_BYTES];
};

static struct form forms[FORMS_MAXIMUM];
static size_t form_count;
static bool route_sent[PATHS_MAXIMUM]; /* by place among the POST routes */

static const char *value_of(const char *tag, const char *end, const char *attribute, size_t *ret_length)
{
    char before[32];
    snprintf(before, sizeof before, " %s=\"", attribute);
    const char *at = strstr(tag, before);
    if (at == NULL || at > end)
        return NULL;
    at += strlen(before);
    *ret_length = strcspn(at, "\"");
    return at;
}

static void add_field(struct form *form, const char *name, size_t name_length, const char *value,
                      size_t value_length)
{
    size_t length = strlen(form->fields);
    char key[64];
    snprintf(key, sizeof key, "&%.*s=", (int)name_length, name);
    if (strstr(form->fields, key) != NULL) /* the first of several options */
        return;
    for (size_t i = 0; value_length == 0 && i < COUNT_OF(WRITTEN); i++)
        if (strlen(WRITTEN[i].name) == name_length && memcmp(WRITTEN[i].name, name, name_length) == 0) {
            value = WRITTEN[i].value;
            value_length = strlen(value);
        }
    snprintf(form->fields + length, sizeof form->fields - length, "%s%.*s", key, (int)value_length, value);
}

/* Inputs, lists (their first option) and buttons that have a name. */
static void read_fields(const char *from, const char *to, struct form *form)
{
    static const char *const TAGS[] = {"<input ", "<textarea ", "<select ", "<button "};
    for (size_t t = 0; t < COUNT_OF(TAGS); t++)
        for (const char *tag = strstr(from, TAGS[t]); tag != NULL && tag < to;
             tag = strstr(tag + 1, TAGS[t])) {
            const char *end = tag + strcspn(tag, ">"), *holder = tag;
            size_t name_length = 0, value_length = 0;
            const char *name = value_of(tag, end, "name", &name_length);
            if (t == 2) {
                holder = strstr(end, "<option");
                end = holder != NULL ? holder + strcspn(holder, ">") : end;
            }
            const char *value = holder != NULL ? value_of(holder, end, "value", &value_length) : NULL;
            if (name != NULL)
                add_field(form, name, name_length, value != NULL ? value : "",
                          value != NULL ? value_length : 0);
        }
}

static void read_forms(const char *page)
{
    for (const char *at = strstr(page, "<form "); at != NULL; at = strstr(at + 1, "<form ")) {
        const char *end = at + strcspn(at, ">"), *close = strstr(at, "</form>");
        size_t length = 0, method_length = 0;
        const char *action = value_of(at, end, "action", &length),
                   *method = value_of(at, end, "method", &method_length);
        if (action == NULL || method == NULL || memcmp(method, "post", 4) != 0 || close == NULL)
            continue;
        assert_true(form_count < FORMS_MAXIMUM);
        struct form *form = &forms[form_count];
        *form = (struct form){{0}, {0}};
        snprintf(form->action, sizeof form->action, "%.*s", (int)length, action);
        read_fields(at, close, form);
        bool again = false; /* on another page, too: the same but for what is made anew each time */
        for (size_t f = 0; f < form_count; f++)
            again = again || strcmp(forms[f].action, form->action) == 0;
        form_count += !again;
    }
}

static bool is_left_out(const char *path)
{
    for (size_t i = 0; i < COUNT_OF(LEFT_OUT); i++)
        if (strcmp(path, LEFT_OUT[i]) == 0)
            return true;
    return false;
}

static bool fits(const char *pattern, const char *path)
{
    while (*pattern != '\0' && *pattern == *path) {
        pattern++;
        path++;
        if (*pattern == ':') {
            pattern += strcspn(pattern, "/");
            path += strcspn(path, "/");
        }
    }
    return *pattern == '\0' && *path == '\0';
}

struct post_routes {
    const char *pattern[PATHS_MAXIMUM];
    size_t count;
};

static void add_post_route(const struct http_route *route, void *context)
{
    struct post_routes *routes = context;
    if (route->method == HTTP_POST && routes->count < PATHS_MAXIMUM)
        routes->pattern[routes->count++] = route->pattern;
}

static void list_post_routes(struct post_routes *ret_routes)
{
    const struct http_route_table tables[] = {PEOPLE_ROUTES, PULSE_ROUTES, PULSE_CLIENT_ROUTES,
                                              INSIGHT_ROUTES, PROMISE_ROUTES};
    ret_routes->count = 0;
    http_route_list(tables, COUNT_OF(tables), add_post_route, ret_routes);
}

static void send_form(struct city *city, const struct form *form)
{
    char headers[512];
    snprintf(headers, sizeof headers, "%sContent-Type: application/x-www-form-urlencoded\r\n", city->headers);
    request_post(http_server_port(city->server), form->action, headers, form->fields + 1, &reply);
    struct post_routes routes;
    list_post_routes(&routes);
    for (size_t i = 0; i < routes.count; i++)
        route_sent[i] = route_sent[i] || fits(routes.pattern[i], form->action);
}

/* The forms of a role are read from all pages before the first is sent. Replies are compared by their place, which is the same in
 * both worlds, since the pages are. */
static void send_everything(struct city *city, struct paths *ret_paths, struct seen *ret_seen)
{
    *ret_seen = (struct seen){.opened = 0};
    static struct paths pages;
    struct world *w = city->w;
    int64_t number; /* a round is open, in which nobody answers: leaders guess */
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    list_paths(city, &pages);
    ret_paths->count = 0;
    for (size_t r = 0; r < COUNT_OF(ROLES); r++) {
        sign_in(city, ROLES[r]);
        form_count = 0;
        for (size_t p = 0; p < pages.count; p++) {
            if (strncmp(pages.path[p], "/api/", 5) == 0)
                continue;
            request_get(http_server_port(city->server), pages.path[p], city->headers, &reply);
            read_forms(reply.body);
        }
        for (size_t f = 0; f < form_count; f++) {
            if (is_left_out(forms[f].action))
                continue;
            send_form(city, &forms[f]);
            assert_true(reply.status >= 200 && reply.status < 500);
            ret_seen->opened += reply.status < 400;
            if (f >= ret_paths->count) {
                assert_true(f < PATHS_MAXIMUM);
                snprintf(ret_paths->path[f], sizeof ret_paths->path[f], "form %zu", f);
                ret_paths->count = f + 1;
            }
            ret_seen->digests[r][f] =
                mix(digest(slice_from_bytes(reply.body, reply.body_length)),
                    mix(digest(reply_header(&reply, "Location")), (uint64_t)reply.status));
        }
    }
}

static void check_register(void)
{
    struct post_routes routes;
    size_t unknown = 0;
    list_post_routes(&routes);
    for (size_t i = 0; i < routes.count; i++) {
        bool known =
            route_sent[i] || is_left_out(routes.pattern[i]) || strncmp(routes.pattern[i], "/api/", 5) == 0;
        for (size_t w = 0; w < COUNT_OF(WITHOUT_FORM); w++)
            known = known || strcmp(WITHOUT_FORM[w], routes.pattern[i]) == 0;
        if (!known)
            print_error("POST %s: no form of it was sent; if no page here has one, list it with the reason\n",
                        routes.pattern[i]);
        unknown += !known;
    }
    assert_int_equal(unknown, 0);
}

static size_t differences(const struct paths *paths, const struct seen *a, const struct seen *b, bool say)
{
    size_t found = a->export != b->export;
    if (found > 0 && say)
        print_error("the export differs\n");
    for (size_t r = 0; r < COUNT_OF(ROLES); r++)
        for (size_t p = 0; p < paths->count; p++) {
            if (a->digests[r][p] == b->digests[r][p])
                continue;
            found++;
            if (say)
                print_error("%s sees a difference on %s\n", ROLES[r], paths->path[p]);
        }
    return found;
}

typedef void look_function(struct city *city, struct paths *ret_paths, struct seen *ret_seen);

/* In a world of its own on the same engine as the test's. */
static void see_scenario(const struct world *like, const struct scenario scenarios[WEEKS],
                         look_function *look, struct paths *ret_paths, struct seen *ret_seen)
{
    void *state = &world_engines[like->engine == STORE_SQLITE ? 0 : 1];
    struct city city;
    assert_int_equal(world_setup(&state), 0);
    city_begin(state, scenarios, &city);
    look(&city, ret_paths, ret_seen);
    city_end(&city);
    world_teardown(&state);
}

static void test_nobody_sees_anything_of_a_hidden_team(void **state)
{
    static const struct scenario plain[WEEKS] = {{.answers = {1, 1, 1}}, {.answers = {2, 2, 2}}};
    static const struct scenario others[][WEEKS] = {
        {{.answers = {1, 5, 1}}, {.answers = {4, 2, 3}}}, /* other ones in both weeks */
        {{.answers = {1, 0, 0}}, {.answers = {0, 2, 2}}}, /* fewer of them */
        {{.answers = {5, 5, 5}}, {.answers = {2, 2, 2}}}, /* other answers, then the same */
        {{.answers = {0, 0, 0}}, {.answers = {0, 0, 0}}}, /* none, though all fetched a form */
    };
    static struct paths paths, other_paths;
    static struct seen seen, other;
    see_scenario(*state, plain, look_at_everything, &paths, &seen);
    assert_true(paths.count > 40);
    assert_true(seen.opened > 150);
    /* The engine changes what is stored, not what is said of it: two of them are enough there. */
    size_t count = ((struct world *)*state)->engine == STORE_SQLITE ? COUNT_OF(others) : 2;
    for (size_t i = 0; i < count; i++) {
        see_scenario(*state, others[i], look_at_everything, &other_paths, &other);
        assert_int_equal(paths.count, other_paths.count);
        assert_int_equal(differences(&paths, &seen, &other, true), 0);
    }
}

/* Would it be seen at all? One answer in a shown team changes what its people and the organisation see. */
static void test_a_shown_team_is_seen(void **state)
{
    static const struct scenario plain[WEEKS] = {{.answers = {1, 1, 1}}, {.answers = {2, 2, 2}}},
                                 other_week[WEEKS] = {{.answers = {1, 1, 1}},
                                                      {.answers = {2, 2, 2}, .shown_differs = true}};
    static struct paths paths;
    static struct seen seen, other;
    see_scenario(*state, plain, look_at_everything, &paths, &seen);
    see_scenario(*state, other_week, look_at_everything, &paths, &other);
    assert_true(seen.export != other.export);
    assert_true(differences(&paths, &seen, &other, false) > 5);
}

/* Replies to what is sent say no more than pages do. */
static void test_nobody_is_told_anything_of_a_hidden_team(void **state)
{
    static const struct scenario plain[WEEKS] = {{.answers = {1, 1, 1}}, {.answers = {2, 2, 2}}},
                                 others[WEEKS] = {{.answers = {1, 5, 1}}, {.answers = {4, 0, 3}}};
    static struct paths paths, other_paths;
    static struct seen seen, other;
    see_scenario(*state, plain, send_everything, &paths, &seen);
    check_register();
    print_message("# %zu forms were taken\n", seen.opened);
    assert_true(seen.opened > 15);
    see_scenario(*state, others, send_everything, &other_paths, &other);
    assert_int_equal(paths.count, other_paths.count);
    assert_int_equal(differences(&paths, &seen, &other, true), 0);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_nobody_sees_anything_of_a_hidden_team),
        SQLITE_ONLY(test_nobody_is_told_anything_of_a_hidden_team),
        SQLITE_ONLY(test_a_shown_team_is_seen),
    };
    return WORLD_RUN(tests);
}

/* The pages of people through a real server: claim, signing in, forms, failures. */
#include "../http/fixture.h"
#include "../pulse/world.h"

#include "people/page.h"
#include "view/asset.h"

static const struct http_policy POLICY = {
    .identify = policy_identify,
    .authorise = policy_authorise,
    .error_page = page_error,
    .is_claimed = policy_is_claimed,
    .asset = asset_find,
};

struct house {
    struct world *w;
    struct http_server *server;
    uint16_t port;
    char headers[512]; /* cookie and language of the visitor */
    char csrf[80], once[120];
    struct reply reply;
};

static void house_end(struct house *house)
{
    house->server = http_server_stop(house->server);
}

static void house_begin(struct world *w, struct house *ret_house)
{
    struct http_options options = {.listen_address = "127.0.0.1", .workers = 2, .event_threads = 1};
    *ret_house = (struct house){.w = w};
    w->application.random = random_system(); /* the server's threads use it */
    setenv("HECHT_RATE_LIMITS", "off", 1);
    assert_ok(w, http_server_start(&options, &PEOPLE_ROUTES, 1, &POLICY, &w->application, w->store, &w->clock,
                                   random_system(), &w->error, &ret_house->server));
    ret_house->port = http_server_port(ret_house->server);
    snprintf(ret_house->headers, sizeof ret_house->headers, "Accept-Language: nl\r\n");
}

/* ---- A visitor --------------------------------------------------------------------------------------- */

static void find_value(const struct reply *reply, const char *before, char *ret_text, size_t room)
{
    const char *at = strstr(reply->body, before);
    size_t length = 0;
    if (at != NULL) {
        at += strlen(before);
        length = strcspn(at, "\"");
    }
    assert_true(length < room);
    if (length > 0)
        memcpy(ret_text, at, length);
    ret_text[length] = '\0';
}

static void get(struct house *house, const char *path)
{
    request_get(house->port, path, house->headers, &house->reply);
    find_value(&house->reply, "name=\"csrf\" value=\"", house->csrf, sizeof house->csrf);
    find_value(&house->reply, "name=\"once\" value=\"", house->once, sizeof house->once);
}

/* fields: "a=b&c=d"; the hidden fields of the page that was read last come by themselves. */
static void post(struct house *house, const char *path, const char *fields)
{
    char headers[640];
    CLEANUP(buffer_free) struct buffer body = BUFFER(1 << 20);
    snprintf(headers, sizeof headers, "%sContent-Type: application/x-www-form-urlencoded\r\n",
             house->headers);
    buffer_format(&body, "csrf=%s&once=%s%s%s", house->csrf, house->once, fields[0] == '\0' ? "" : "&",
                  fields);
    buffer_append_byte(&body, '\0');
    request_post(house->port, path, headers, body.data, &house->reply);
}

static bool shows(const struct house *house, const char *text)
{
    return strstr(house->reply.body, text) != NULL;
}

static void take_cookie(struct house *house)
{
    struct slice cookie = reply_header(&house->reply, "Set-Cookie");
    assert_true(slice_starts_with(cookie, S("hecht=")));
    snprintf(house->headers, sizeof house->headers, "Accept-Language: nl\r\nCookie: %.*s\r\n",
             (int)slice_find_byte(cookie, ';'), cookie.data);
}

struct link_write {
    struct house *house;
    int64_t org, person;
    struct slice token;
};

static enum error_code write_link(struct store_session *session, void *context, struct error *error)
{
    struct link_write *link = context;
    struct world *w = link->house->w;
    return signin_link_create(session, &w->application, link->org, link->person, true,
                              SIGNIN_LINK_OPERATOR_SECONDS, w->region, error, &link->token);
}

static struct slice link_path(struct house *house, int64_t org, int64_t person)
{
    struct link_write link = {.house = house, .org = org, .person = person};
    assert_ok(house->w, store_write(house->w->store, write_link, &link, &house->w->error));
    return region_format(house->w->region, "/signin/%.*s", SLICE_ARG(link.token));
}

static void sign_in(struct house *house, int64_t org, const char *address)
{
    struct world *w = house->w;
    struct person person;
    assert_ok(w, person_find(w->session, org, slice_from_text(address), w->region, &w->error, &person));
    struct slice path = link_path(house, org, person.id);
    snprintf(house->headers, sizeof house->headers, "Accept-Language: nl\r\n");
    get(house, path.data);
    post(house, path.data, "");
    assert_int_equal(house->reply.status, 303);
    take_cookie(house);
}

static enum error_code write_owner(struct store_session *session, void *context, struct error *error)
{
    struct world *w = context;
    int64_t person;
    TRY(person_ensure(session, &w->application, w->org, S("owner@example.org"), S("Noor <b>"), S("nl"), error,
                      &person));
    return people_give_org_role(session, w->org, person, ORG_ROLE_OWNER, error);
}

/* A claimed house; its owner is the visitor. */
static void house_of_owner(struct world *w, struct house *ret_house)
{
    house_begin(w, ret_house);
    w->application.claimed = true;
    assert_ok(w, store_write(w->store, write_owner, w, &w->error));
    sign_in(ret_house, w->org, "owner@example.org");
}

/* ---- Claim ------------------------------------------------------------------------------------------- */

#define CLAIM_FIELDS "name=Noor&address=noor%40example.org&language=nl&organisation=De+Linde"

static void claim_once(void **state)
{
    struct world *w = *state;
    CLEANUP(house_end) struct house house;
    struct slice token;
    int64_t org;
    house_begin(w, &house);
    assert_ok(w, installation_claim_token(&w->application, w->region, &w->error, &token));
    const char *path = region_text(w->region, region_format(w->region, "/claim/%.*s", SLICE_ARG(token)));
    get(&house, "/signin");
    assert_int_equal(house.reply.status, 503);
    get(&house, "/claim/AAAA");
    assert_int_equal(house.reply.status, 404);
    get(&house, path);
    assert_int_equal(house.reply.status, 200);
    assert_true(shows(&house, "name=\"organisation\"") && shows(&house, "Stap 1 van 5"));
    assert_int_equal(reply_header(&house.reply, "Set-Cookie").length, 0);
    post(&house, path, CLAIM_FIELDS);
    assert_int_equal(house.reply.status, 303);
    assert_slice(reply_header(&house.reply, "Location"), "/start/team");
    take_cookie(&house);
    assert_ok(w, org_find(w->session, S("De Linde"), &w->error, &org));
    get(&house, "/");
    assert_int_equal(house.reply.status, 303);
    assert_slice(reply_header(&house.reply, "Location"), "/start"); /* where the way goes on */
    post(&house, path, CLAIM_FIELDS);
    assert_int_equal(house.reply.status, 404);
    assert_true(shows(&house, "heeft al een eigenaar"));
}

static void claim_keeps_what_was_typed(void **state)
{
    struct world *w = *state;
    CLEANUP(house_end) struct house house;
    struct slice token;
    house_begin(w, &house);
    assert_ok(w, installation_claim_token(&w->application, w->region, &w->error, &token));
    const char *path = region_text(w->region, region_format(w->region, "/claim/%.*s", SLICE_ARG(token)));
    static const struct {
        const char *fields, *field;
    } cases[] = {
        {"name=%3Ci%3EZ&address=zz&language=nl&organisation=Oo", "#address"},
        {"name=%3Ci%3EZ&address=zz%40b&language=nl&organisation=+", "#organisation"},
        {"name=%3Ci%3EZ&address=zz%40b&language=nl&organisation=Voorbeeld", "#organisation"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char link[80];
        post(&house, path, cases[i].fields);
        assert_int_equal(house.reply.status, 422);
        snprintf(link, sizeof link, "<li><a href=\"%s\">", cases[i].field);
        if (!shows(&house, link) || !shows(&house, "aria-invalid") || !shows(&house, "&lt;i&gt;Z"))
            fail_msg("case %zu: %s", i, house.reply.body);
        assert_int_equal(reply_header(&house.reply, "Set-Cookie").length, 0);
    }
    post(&house, path, "");
    assert_int_equal(house.reply.status, 422);
    assert_false(w->application.claimed);
}

/* ---- The step behind the claim ----------------------------------------------------------------------- */

#define SAM_AND_MIA "Sam+%3Csam%40example.org%3E%0Amia%40example.org"

static void house_of_claimer(struct world *w, struct house *ret_house, int64_t *ret_org)
{
    struct slice token;
    house_begin(w, ret_house);
    assert_ok(w, installation_claim_token(&w->application, w->region, &w->error, &token));
    const char *path = region_text(w->region, region_format(w->region, "/claim/%.*s", SLICE_ARG(token)));
    get(ret_house, path);
    post(ret_house, path, CLAIM_FIELDS);
    take_cookie(ret_house);
    assert_ok(w, org_find(w->session, S("De Linde"), &w->error, ret_org));
}

static void first_team_by_addresses(void **state)
{
    struct world *w = *state;
    CLEANUP(house_end) struct house house;
    int64_t org;
    struct team *teams;
    size_t count;
    enum welcome_step reached;
    house_of_claimer(w, &house, &org);
    static const struct {
        const char *fields, *field;
    } cases[] = {
        {"act=make&team=+&leads=self&way=paste&members=sam%40example.org", "#team"},
        {"act=make&team=Tt&leads=other&leader=nobody&way=paste&members=sam%40example.org", "#leader"},
        {"act=make&team=Tt&leads=self&way=paste&members=", "#members"},
        {"act=make&team=Tt&leads=self&way=paste&members=not+one", "#members"},
        {"act=make&team=Tt&leads=self&way=paste&members=noor%40example.org", "#members"},
        {"act=make&team=Tt&leads=other&leader=sam%40example.org&way=paste&members=sam%40example.org",
         "#members"},
    };
    get(&house, "/start/team");
    assert_int_equal(house.reply.status, 200);
    assert_true(shows(&house, "Stap 2 van 5"));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char link[80];
        post(&house, "/start/team", cases[i].fields);
        snprintf(link, sizeof link, "<li><a href=\"%s\">", cases[i].field);
        if (house.reply.status != 422 || !shows(&house, link) || !shows(&house, "aria-invalid"))
            fail_msg("case %zu: %s", i, house.reply.body);
        get(&house, "/start/team");
    }
    post(&house, "/start/team", "act=make&team=Noord&leads=self&way=paste&members=" SAM_AND_MIA);
    assert_slice(reply_header(&house.reply, "Location"), "/start/rhythm");
    post(&house, "/start/team", "act=make&team=Noord&leads=self&way=paste&members=" SAM_AND_MIA);
    assert_slice(reply_header(&house.reply, "Location"), "/start/team"); /* sent once more: it is shown */
    assert_ok(w, team_list(w->session, org, w->region, &w->error, &teams, &count));
    assert_int_equal(count, 1);
    assert_int_equal(teams[0].members, 2);
    assert_true(slice_equal(teams[0].leader.address, S("noor@example.org")));
    assert_ok(w, org_welcome_load(w->session, org, &w->error, &reached));
    assert_int_equal(reached, WELCOME_TEAM);
    get(&house, "/start/team");
    assert_true(shows(&house, "Noord: 2 teamleden") && !shows(&house, "name=\"team\""));
    post(&house, "/start/team", "act=members&members=ada%40example.org");
    get(&house, "/start/team");
    assert_true(shows(&house, "Noord: 3 teamleden"));
}

static void first_team_by_code(void **state)
{
    struct world *w = *state;
    CLEANUP(house_end) struct house house;
    int64_t org;
    house_of_claimer(w, &house, &org);
    get(&house, "/start/team");
    post(&house, "/start/team",
         "act=make&team=Noord&leads=other&leader=ria%40example.org&way=link&members=not+one");
    assert_slice(reply_header(&house.reply, "Location"), "/start/team"); /* where the code is */
    get(&house, "/start/team");
    assert_true(shows(&house, "/join/") && shows(&house, "href=\"/start/rhythm\""));
    get(&house, "/");
    assert_slice(reply_header(&house.reply, "Location"), "/start");
}

/* ---- Signing in -------------------------------------------------------------------------------------- */

static void signin_link_by_button_only(void **state)
{
    struct world *w = *state;
    CLEANUP(house_end) struct house house;
    house_of_owner(w, &house);
    struct person person;
    assert_ok(w, person_find(w->session, w->org, S("owner@example.org"), w->region, &w->error, &person));
    const char *path = region_text(w->region, link_path(&house, w->org, person.id));
    snprintf(house.headers, sizeof house.headers, "Accept-Language: en\r\n");
    for (int i = 0; i < 5; i++) {
        get(&house, path);
        assert_int_equal(house.reply.status, 200);
        assert_true(
            shows(&house, "Dag Noor &lt;b&gt;")); /* in the person's language, whatever the browser says */
    }
    post(&house, path, "");
    assert_int_equal(house.reply.status, 303);
    assert_slice(reply_header(&house.reply, "Location"), "/");
    post(&house, path, "");
    assert_int_equal(house.reply.status, 410);
    assert_true(shows(&house, "hecht signin-link"));
    assert_int_equal(reply_header(&house.reply, "Set-Cookie").length, 0);
    get(&house, path);
    assert_int_equal(house.reply.status, 410);
}

static void signing_out(void **state)
{
    struct world *w = *state;
    CLEANUP(house_end) struct house house;
    house_of_owner(w, &house);
    get(&house, "/me");
    assert_int_equal(house.reply.status, 200);
    post(&house, "/signout", "");
    assert_int_equal(house.reply.status, 303);
    get(&house, "/me"); /* with the old cookie */
    assert_int_equal(house.reply.status, 303);
    assert_slice(reply_header(&house.reply, "Location"), "/signin");
    get(&house, "/");
    assert_slice(reply_header(&house.reply, "Location"), "/signin");
    get(&house, "/signin");
    assert_int_equal(house.reply.status, 200);
    assert_true(shows(&house, "hecht signin-link") && !shows(&house, "<input"));
    post(&house, "/people/unit", "name=Zorg");
    assert_int_equal(house.reply.status, 401);
    assert_true(shows(&house, "href=\"/signin\""));
}

static void operator_notice(void **state)
{
    struct world *w = *state;
    CLEANUP(house_end) struct house house;
    house_of_owner(w, &house);
    get(&house, "/people");
    assert_true(shows(&house, "action=\"/me/links-seen\""));
    get(&house, "/me"); /* looking is not enough */
    assert_true(shows(&house, "action=\"/me/links-seen\""));
    post(&house, "/me/links-seen", "");
    assert_int_equal(house.reply.status, 303);
    get(&house, "/people");
    assert_false(shows(&house, "action=\"/me/links-seen\""));
}

static void language_switch(void **state)
{
    struct world *w = *state;
    CLEANUP(house_end) struct house house;
    house_of_owner(w, &house);
    get(&house, "/me");
    assert_true(shows(&house, "<html lang=\"nl\">"));
    post(&house, "/language", "language=en&back=/me");
    assert_slice(reply_header(&house.reply, "Location"), "/me");
    get(&house, "/me");
    assert_true(shows(&house, "<html lang=\"en\">"));
    assert_slice(reply_header(&house.reply, "Content-Language"), "en");
    static const char *const elsewhere[] = {"//evil.example", "/\\evil.example", "https://evil.example",
                                            "/a%0Ab", ""};
    for (size_t i = 0; i < COUNT_OF(elsewhere); i++) {
        char fields[80];
        snprintf(fields, sizeof fields, "language=nl&back=%s", elsewhere[i]);
        post(&house, "/language", fields);
        assert_slice(reply_header(&house.reply, "Location"), "/");
    }
    post(&house, "/language", "language=xx&back=/");
    assert_int_equal(house.reply.status, 400);
    snprintf(house.headers, sizeof house.headers, "Accept-Language: en\r\n");
    post(&house, "/language", "language=nl&back=/signin");
    assert_slice(reply_header(&house.reply, "Location"), "/signin?language=nl");
    get(&house, "/signin?language=nl");
    assert_true(shows(&house, "<html lang=\"nl\">"));
}

/* ---- Forms ------------------------------------------------------------------------------------------- */

static size_t units_of(struct world *w)
{
    struct unit *units;
    size_t count;
    assert_ok(w, unit_list(w->session, w->org, w->region, &w->error, &units, &count));
    return count;
}

static void a_form_counts_once(void **state)
{
    struct world *w = *state;
    CLEANUP(house_end) struct house house;
    house_of_owner(w, &house);
    get(&house, "/people");
    post(&house, "/people/unit", "name=Zorg");
    assert_slice(reply_header(&house.reply, "Location"), "/people");
    assert_int_equal(units_of(w), 1);
    post(&house, "/people/unit", "name=Zorg"); /* pressed twice */
    assert_slice(reply_header(&house.reply, "Location"), "/people");
    assert_int_equal(units_of(w), 1);
    get(&house, "/people");
    post(&house, "/people/unit", "name=Zorg"); /* filled in again: two units may have one name */
    assert_int_equal(units_of(w), 2);
    snprintf(house.once, sizeof house.once, "x");
    post(&house, "/people/unit", "name=Zorg");
    assert_int_equal(house.reply.status, 400);
    get(&house, "/people");
    house.csrf[0] = house.csrf[0] == 'A' ? 'B' : 'A';
    post(&house, "/people/unit", "name=Zorg");
    assert_int_equal(house.reply.status, 403);
    assert_int_equal(units_of(w), 2);
}

static void team_form(void **state)
{
    struct world *w = *state;
    CLEANUP(house_end) struct house house;
    struct team *teams;
    size_t count;
    char path[80];
    house_of_owner(w, &house);
    get(&house, "/people");
    assert_true(shows(&house, "Nog geen teams"));
    post(&house, "/people/team",
         "name=Noord&leader=Bram+%3Cbram%40x.org%3E&members=a%40x.org%0Abram%40x.org");
    assert_int_equal(house.reply.status, 422);
    assert_true(shows(&house, "href=\"#team-members\"") && shows(&house, "Bram &lt;bram@x.org&gt;"));
    assert_ok(w, team_list(w->session, w->org, w->region, &w->error, &teams, &count));
    assert_int_equal(count, 0); /* nothing of it stayed */
    get(&house, "/people");
    post(&house, "/people/team",
         "name=Noord&leader=Bram+%3Cbram%40x.org%3E&members=a%40x.org%0Ab%40x.org&unit=999");
    assert_int_equal(house.reply.status, 422);
    get(&house, "/people");
    post(&house, "/people/team",
         "name=Noord&leader=Bram+%3Cbram%40x.org%3E&members=a%40x.org%0Ab%40x.org&unit=0");
    assert_int_equal(house.reply.status, 303);
    assert_ok(w, team_list(w->session, w->org, w->region, &w->error, &teams, &count));
    assert_int_equal(count, 1);
    assert_int_equal(teams[0].members, 2);
    assert_true(slice_equal(teams[0].leader.name, S("Bram")));
    snprintf(path, sizeof path, "/people/team/%" PRId64 "/members", teams[0].id);
    get(&house, "/people");
    post(&house, path, "members=bram%40x.org"); /* the id on that page is for other forms */
    assert_int_equal(house.reply.status, 400);
    path[strlen(path) - strlen("/members")] = '\0';
    get(&house, path);
    snprintf(path, sizeof path, "/people/team/%" PRId64 "/members", teams[0].id);
    post(&house, path, "members=bram%40x.org");
    assert_int_equal(house.reply.status, 422);
    assert_true(shows(&house, "bram@x.org</textarea>"));
    post(&house, path, "members=c%40x.org%0Aa%40x.org");
    assert_int_equal(house.reply.status, 303);
    assert_ok(w, team_list(w->session, w->org, w->region, &w->error, &teams, &count));
    assert_int_equal(teams[0].members, 3);
}

static enum error_code write_other_org(struct store_session *session, void *context, struct error *error)
{
    struct world *w = context;
    int64_t org, team;
    TRY(org_create(session, &w->application, S("Elders"), ORG_REAL, S("nl"), 28, 0, error, &org));
    TRY(team_create(session, &w->application, org, S("Elders-team"), 0, error, &team));
    w->org = team; /* handed back here */
    return OK;
}

static void other_peoples_business(void **state)
{
    struct world *w = *state;
    CLEANUP(house_end) struct house house;
    char path[80];
    house_of_owner(w, &house);
    int64_t org = w->org;
    assert_ok(w, store_write(w->store, write_other_org, w, &w->error));
    int64_t foreign = w->org;
    w->org = org;
    snprintf(path, sizeof path, "/people/team/%" PRId64, foreign);
    get(&house, path);
    assert_int_equal(house.reply.status, 404);
    get(&house, "/people");
    static const char *const acts[] = {"members", "leader", "remove"};
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        snprintf(path, sizeof path, "/people/team/%" PRId64 "/%s", foreign, acts[i]);
        post(&house, path, "members=a%40b&leader=a%40b&person=1");
        assert_int_equal(house.reply.status, 404);
    }
    world_team(w, "Noord", 0, 1, true);
    sign_in(&house, w->org, "m1@noord.example");
    get(&house, "/people");
    assert_int_equal(house.reply.status, 403);
    assert_true(shows(&house, "Alleen een eigenaar"));
    get(&house, "/me");
    post(&house, "/people/viewer", "address=m1%40noord.example");
    assert_int_equal(house.reply.status, 403);
}

static void failures_as_pages_and_as_data(void **state)
{
    struct world *w = *state;
    CLEANUP(house_end) struct house house;
    house_of_owner(w, &house);
    get(&house, "/nowhere");
    assert_int_equal(house.reply.status, 404);
    assert_true(shows(&house, "<h1>") && shows(&house, "Je bent niets kwijt"));
    get(&house, "/api/nowhere");
    assert_int_equal(house.reply.status, 404);
    assert_slice(reply_header(&house.reply, "Content-Type"), "application/problem+json");
    assert_true(shows(&house, "\"reason\":\"route-unknown\"") && shows(&house, "\"status\":404"));
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(claim_once),
        BOTH(first_team_by_addresses),
        BOTH(first_team_by_code),
        SQLITE_ONLY(claim_keeps_what_was_typed),
        BOTH(signin_link_by_button_only),
        SQLITE_ONLY(signing_out),
        SQLITE_ONLY(operator_notice),
        SQLITE_ONLY(language_switch),
        BOTH(a_form_counts_once),
        BOTH(team_form),
        SQLITE_ONLY(other_peoples_business),
        SQLITE_ONLY(failures_as_pages_and_as_data),
    };
    return WORLD_RUN(tests);
}

/* The pages of a result through a real server: who sees what, and what is never shown. */
#include "../http/fixture.h"
#include "kept.h"

#include "insight/insight_pages.h"
#include "insight/team_result.h"
#include "people/page.h"
#include "promise/promise_pages.h"
#include "view/asset.h"

static const struct http_policy POLICY = {
    .identify = policy_identify,
    .authorise = policy_authorise,
    .error_page = page_error,
    .is_claimed = policy_is_claimed,
    .asset = asset_find,
};

/* Team Noord of eight with a leader, two closed rounds and guesses; one line is mostly low. Team Zuid of
 * three. */
struct house {
    struct world *w;
    struct http_server *server;
    int64_t north, south;
    char headers[256], csrf[80], once[120];
    struct reply reply;
};

STATEMENT(GUESS_ADD,
          "INSERT INTO guess (org_id, round_number, team_id, item, value) VALUES ($1, 2, $2, $3, $4)");
STATEMENT(GUESS_REVEAL, "UPDATE team_round SET guess_shown = 1 WHERE org_id = $1 AND team_id = $2");
STATEMENT(PROMISES_COUNT, "SELECT count(*) FROM promise WHERE org_id = $1");

static void keep_round(struct house *house, int64_t number, double mean)
{
    static const char *const LINES[] = {"leader", "team", "connection"};
    static const char *const ITEMS[][2] = {
        {"lr1", "leader"}, {"li1", "leader"}, {"tr1", "team"}, {"ti1", "team"}, {"climate", "climate"}};
    struct world *w = house->w;
    int64_t leader = world_person(w, "leader@noord.example");
    kept_round(w, number, number * 28, "pulse");
    kept_part(w, number, house->north, leader, 8);
    kept_part(w, number, house->south, world_person(w, "leader@zuid.example"), 3);
    kept_group(w, number, "team", house->north, 8);
    for (size_t i = 0; i < COUNT_OF(LINES); i++) {
        struct kept_pool pool = {LINES[i], 0.5, 20, "few-teams", 0, 0, 0, 0, 0.2, 0.01 / 28};
        kept_construct(w, number, "team", house->north, LINES[i], "", 8, mean);
        kept_pool(w, number, &pool);
    }
    kept_construct(w, number, "team", house->north, "safety", "mostly-low", 0, 0);
    kept_pool(w, number, &(struct kept_pool){"safety", 0.5, 20, "few-teams", 0, 0, 0, 0, 0.2, 0.01 / 28});
    for (size_t i = 0; i < COUNT_OF(ITEMS); i++)
        kept_item(w, number, house->north, ITEMS[i][0], ITEMS[i][1], "", i == 0 ? "1 4 2 1 0" : "0 1 2 3 2");
}

static enum error_code write_viewer(struct store_session *session, void *context, struct error *error)
{
    struct world *w = context;
    int64_t person;
    TRY(person_ensure(session, &w->application, w->org, S("hr@example.org"), S("Ingrid"), S("nl"), error,
                      &person));
    return people_give_org_role(session, w->org, person, ORG_ROLE_VIEWER, error);
}

static void house_begin(struct world *w, struct house *ret_house)
{
    const struct http_route_table tables[] = {PEOPLE_ROUTES, INSIGHT_ROUTES, PROMISE_ROUTES};
    struct http_options options = {.listen_address = "127.0.0.1", .workers = 2, .event_threads = 1};
    *ret_house = (struct house){.w = w};
    ret_house->north = world_team(w, "Noord", 0, 8, true);
    ret_house->south = world_team(w, "Zuid", 0, 3, true);
    assert_ok(w, store_write(w->store, write_viewer, w, &w->error));
    world_wait(w, 80 * (int64_t)DAY_SECONDS);
    w->application.random = random_system(); /* the server's threads use it */
    w->application.claimed = true;
    w->application.team_results = team_results_new();
    setenv("HECHT_RATE_LIMITS", "off", 1);
    assert_ok(w, http_server_start(&options, tables, COUNT_OF(tables), &POLICY, &w->application, w->store,
                                   &w->clock, random_system(), &w->error, &ret_house->server));
}

static void house_with_result(struct world *w, struct house *ret_house)
{
    static const char *const ITEMS[] = {"lr1", "li1", "tr1", "ti1"};
    house_begin(w, ret_house);
    keep_round(ret_house, 1, 3.2);
    keep_round(ret_house, 2, 3.6);
    for (size_t i = 0; i < COUNT_OF(ITEMS); i++)
        world_execute(w, &GUESS_ADD,
                      PARAMETERS(V_INTEGER(w->org), V_INTEGER(ret_house->north),
                                 V_TEXT(slice_from_text(ITEMS[i])),
                                 V_INTEGER(i == 0  ? 2
                                           : i < 3 ? 4
                                                   : 1)));
}

static void house_end(struct house *house)
{
    house->server = http_server_stop(house->server);
    house->w->application.team_results = cache_free(house->w->application.team_results);
}

/* ---- A visitor ---------------------------------------------------------------------------------- */

static void find_value(const struct reply *reply, const char *before, char *ret_text, size_t room)
{
    const char *at = strstr(reply->body, before);
    size_t length = at != NULL ? strcspn(at + strlen(before), "\"") : 0;
    assert_true(length < room);
    if (length > 0)
        memcpy(ret_text, at + strlen(before), length);
    ret_text[length] = '\0';
}

static void get(struct house *house, const char *path)
{
    request_get(http_server_port(house->server), path, house->headers, &house->reply);
    find_value(&house->reply, "name=\"csrf\" value=\"", house->csrf, sizeof house->csrf);
    find_value(&house->reply, "name=\"once\" value=\"", house->once, sizeof house->once);
}

static void post(struct house *house, const char *path, const char *fields)
{
    CLEANUP(buffer_free) struct buffer headers = BUFFER(1 << 10), body = BUFFER(8 << 10);
    buffer_format(&headers, "%sContent-Type: application/x-www-form-urlencoded\r\n", house->headers);
    buffer_format(&body, "csrf=%s&once=%s%s", house->csrf, house->once, fields);
    buffer_append_byte(&headers, '\0');
    buffer_append_byte(&body, '\0');
    request_post(http_server_port(house->server), path, headers.data, body.data, &house->reply);
}

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

static void sign_in(struct house *house, const char *address)
{
    struct world *w = house->w;
    struct link_write link = {w, world_person(w, address), {0}};
    assert_ok(w, store_write(w->store, write_link, &link, &w->error));
    struct slice path = region_format(w->region, "/signin/%.*s", SLICE_ARG(link.token));
    snprintf(house->headers, sizeof house->headers, "Accept-Language: nl\r\n");
    get(house, path.data);
    post(house, path.data, "");
    assert_int_equal(house->reply.status, 303);
    struct slice cookie = reply_header(&house->reply, "Set-Cookie");
    snprintf(house->headers, sizeof house->headers, "Accept-Language: nl\r\nCookie: %.*s\r\n",
             (int)slice_find_byte(cookie, ';'), cookie.data);
}

static const char *team_path(struct house *house, int64_t team, const char *rest)
{
    return region_format(house->w->region, "/teams/%" PRId64 "%s", team, rest).data;
}

static void see(struct house *house, const char *address, const char *path, int status)
{
    sign_in(house, address);
    get(house, path);
    assert_int_equal(house->reply.status, status);
}

static bool shows(const struct house *house, const char *text)
{
    return strstr(house->reply.body, text) != NULL;
}

/* ---- The team page ------------------------------------------------------------------------------ */

static void test_before_the_first_round(void **state)
{
    struct house house;
    house_begin(*state, &house);
    see(&house, "m1@noord.example", team_path(&house, house.north, ""), 200);
    assert_true(shows(&house, "Voorbeeld: geen cijfers van jouw team"));
    assert_true(shows(&house, "Er is nog geen ronde gepland."));
    assert_false(shows(&house, "0,0"));
    house_end(&house);
}

static void test_too_few(void **state)
{
    struct house house;
    house_with_result(*state, &house);
    see(&house, "m1@zuid.example", team_path(&house, house.south, ""), 200);
    assert_true(shows(&house, "Te weinig antwoorden voor een uitkomst"));
    assert_true(shows(&house, "Jullie team heeft 3 teamleden."));
    assert_true(shows(&house, "Start het gesprek"));
    assert_false(shows(&house, "pic-strip"));
    assert_false(shows(&house, "waarschijnlijk"));
    house_end(&house);
}

/* A closed round in which the team had fewer answers than k: nothing of it was kept. */
static void keep_nothing(struct house *house, int64_t number)
{
    struct world *w = house->w;
    kept_round(w, number, number * 28, "pulse");
    kept_part(w, number, house->north, world_person(w, "leader@noord.example"), 8);
}

static void test_too_few_keeps_what_was_published(void **state)
{
    struct house house;
    house_with_result(*state, &house);
    keep_nothing(&house, 3);
    see(&house, "m1@noord.example", team_path(&house, house.north, ""), 200);
    assert_true(shows(&house, "Te weinig antwoorden voor een uitkomst"));
    assert_true(shows(&house, "Eerdere uitkomsten"));
    assert_true(shows(&house, "Over de laatste ronde zijn er geen cijfers."));
    assert_true(shows(&house, "pic-trend"));
    assert_true(shows(&house, "3,2"));
    assert_true(shows(&house, "3,6"));
    assert_true(shows(&house, "te weinig antwoorden"));
    assert_false(shows(&house, "pic-strip"));
    assert_false(shows(&house, "pic-guess"));
    assert_false(shows(&house, "Sinds "));
    house_end(&house);
}

static void test_first_result_after_one_without(void **state)
{
    struct house house;
    house_begin(*state, &house);
    keep_nothing(&house, 1);
    see(&house, "m1@noord.example", team_path(&house, house.north, ""), 200);
    assert_false(shows(&house, "Eerdere uitkomsten"));
    keep_round(&house, 2, 3.2);
    get(&house, team_path(&house, house.north, ""));
    assert_true(shows(&house, "Dit is de eerste uitkomst met cijfers van dit team."));
    assert_true(shows(&house, "Er is nog geen eerdere uitkomst om mee te vergelijken."));
    house_end(&house);
}

/* The comparison names the round it is made with, when that is not the one before. */
static void test_change_over_a_round_without(void **state)
{
    struct house house;
    house_begin(*state, &house);
    keep_round(&house, 1, 3.2);
    keep_nothing(&house, 2);
    keep_round(&house, 3, 3.6);
    see(&house, "m1@noord.example", team_path(&house, house.north, ""), 200);
    assert_true(shows(&house, "Sinds 21 december 2026: "));
    assert_false(shows(&house, "Sinds de vorige ronde"));
    house_end(&house);
}

static void test_result_in_words(void **state)
{
    struct house house;
    house_with_result(*state, &house);
    see(&house, "m1@noord.example", team_path(&house, house.north, ""), 200);
    assert_true(shows(&house, "Vertrouwen in Leader"));
    /* 3.6 -+ 1.7247 * sqrt(0.5 / 5), outwards to one decimal: that there were eight is not said */
    assert_true(shows(&house, "waarschijnlijk tussen 3,0 en 4,2"));
    assert_true(shows(&house, "5 antwoorden of meer"));
    assert_false(shows(&house, "8 antwoorden"));
    assert_true(shows(&house, "nog niet te zeggen"));
    assert_true(shows(&house, "Overwegend laag"));
    assert_true(shows(&house, "zodat niemand zeker weet wat een ander antwoordde"));
    assert_true(shows(&house, "Sfeer in het team"));
    house_end(&house);
}

static void test_guesses_are_the_leaders_until_shown(void **state)
{
    struct world *w = *state;
    struct house house;
    house_with_result(w, &house);
    const char *path = team_path(&house, house.north, "");
    see(&house, "leader@noord.example", path, 200);
    assert_true(shows(&house, "pic-guess"));
    assert_true(shows(&house, "schatte jij 1; je team zegt 3,8."));
    assert_true(shows(&house, "Wanneer is het makkelijk om hier eerlijk te zijn"));
    assert_true(shows(&house, "/guess/show"));
    see(&house, "m1@noord.example", path, 200);
    assert_false(shows(&house, "pic-guess"));
    assert_false(shows(&house, "chatt")); /* no word about a guess */
    get(&house, team_path(&house, house.north, "/talk"));
    assert_false(shows(&house, "makkelijk om hier eerlijk")); /* that would tell where the gap was */
    assert_true(shows(&house, "Wat heb ik toegezegd"));       /* the lowest */
    world_execute(w, &GUESS_REVEAL, PARAMETERS(V_INTEGER(w->org), V_INTEGER(house.north)));
    get(&house, path);
    assert_true(shows(&house, "pic-guess"));
    assert_true(shows(&house, "Wat Leader had geschat"));
    assert_false(shows(&house, "/guess/show"));
    house_end(&house);
}

static enum error_code write_leader(struct store_session *session, void *context, struct error *error)
{
    struct house *house = context;
    struct world *w = house->w;
    int64_t person;
    TRY(person_ensure(session, &w->application, w->org, S("new@noord.example"), S("Nieuw"), S("nl"), error,
                      &person));
    return team_give_role(session, &w->application, w->org, house->north, person, TEAM_ROLE_LEADER, error);
}

/* What was said about the former leader, and what that leader guessed, is not for the next one. */
static void test_a_new_leader_does_not_inherit(void **state)
{
    struct world *w = *state;
    struct house house;
    house_with_result(w, &house);
    assert_ok(w, store_write(w->store, write_leader, &house, &w->error));
    see(&house, "new@noord.example", team_path(&house, house.north, ""), 200);
    assert_true(shows(&house, "De lijn over Leader is daarmee afgesloten."));
    assert_true(shows(&house, "Vertrouwen in het team"));
    assert_false(shows(&house, "Vertrouwen in Leader"));
    assert_false(shows(&house, "Vertrouwen in Nieuw"));
    assert_false(shows(&house, "pic-guess"));
    get(&house, team_path(&house, house.north, "/talk"));
    assert_false(shows(&house, "Wat heb ik toegezegd")); /* the lowest, but about somebody else */
    assert_true(shows(&house, "Welke afspraak lukt ons goed"));
    see(&house, "leader@noord.example", team_path(&house, house.north, ""), 403);
    house_end(&house);
}

static void test_who_may_not(void **state)
{
    struct house house;
    house_with_result(*state, &house);
    see(&house, "m1@zuid.example", team_path(&house, house.north, ""), 403);
    see(&house, "m1@zuid.example", team_path(&house, house.north, "/talk"), 403);
    see(&house, "hr@example.org", team_path(&house, house.north, ""), 403);
    see(&house, "m1@zuid.example", "/organisation", 403);
    see(&house, "leader@noord.example", "/organisation", 403);
    house_end(&house);
}

/* ---- What is remembered of a result -------------------------------------------------------------- */

STATEMENT(TEST_ROUND_WHOLE,
          "UPDATE round SET closed_at = closed_at + 1 WHERE org_id = $1 AND round_number = 2");
STATEMENT(TEST_POOL_CHANGED,
          "UPDATE result_pool SET within_variance = 8 WHERE org_id = $1 AND round_number = 2");
STATEMENT(TEST_NAME, "UPDATE person SET name = $3 WHERE org_id = $1 AND person_id = $2");
STATEMENT(TEST_LANGUAGE, "UPDATE person SET language = $3 WHERE org_id = $1 AND person_id = $2");
STATEMENT(TEST_MEMBER_GONE, "DELETE FROM team_role WHERE org_id = $1 AND team_id = $2 AND person_id = $3");

static size_t remembered(const struct house *house)
{
    return cache_count(house->w->application.team_results);
}

/* The page without what is of one session or one moment. */
static struct slice page_text(const struct house *house)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(1 << 20);
    struct slice rest = slice_from_text(house->reply.body), line;
    while (slice_take(&rest, '>', &line))
        if (slice_find(line, S(" value=\"")) == line.length)
            buffer_append(&text, line);
    return region_copy(house->w->region, buffer_slice(&text));
}

static void test_a_remembered_result_is_the_same(void **state)
{
    struct house house;
    house_with_result(*state, &house);
    const char *path = team_path(&house, house.north, "");
    see(&house, "m1@noord.example", path, 200);
    struct slice made = page_text(&house);
    assert_int_equal(remembered(&house), 1);
    get(&house, path);
    assert_true(slice_equal(made, page_text(&house)));
    see(&house, "m2@noord.example", path, 200);
    assert_true(shows(&house, "Vertrouwen in Leader"));
    assert_int_equal(remembered(&house), 1);
    assert_true(cache_bytes(house.w->application.team_results) < TEAM_RESULTS_BYTES);
    see(&house, "m1@zuid.example", path, 403); /* who may see it is asked first */
    see(&house, "hr@example.org", path, 403);
    see(&house, "m1@zuid.example", team_path(&house, house.south, ""), 200);
    assert_false(shows(&house, "Vertrouwen in Leader"));
    assert_true(shows(&house, "Te weinig antwoorden voor een uitkomst"));
    assert_int_equal(remembered(&house), 2);
    get(&house, team_path(&house, house.south, ""));
    assert_true(shows(&house, "Te weinig antwoorden voor een uitkomst"));
    assert_true(shows(&house, "Start het gesprek"));
    assert_false(shows(&house, "Vertrouwen in Leader"));
    house_end(&house);
}

/* Each change by another process: only the database tells. */
static void test_a_remembered_result_is_never_stale(void **state)
{
    struct world *w = *state;
    struct house house;
    house_with_result(w, &house);
    const char *path = team_path(&house, house.north, "");
    struct store_value org = V_INTEGER(w->org), north = V_INTEGER(house.north);
    struct store_value member = V_INTEGER(world_person(w, "m1@noord.example")),
                       leader = V_INTEGER(world_person(w, "leader@noord.example"));
    see(&house, "m1@noord.example", path, 200);
    assert_true(shows(&house, "waarschijnlijk tussen 3,0 en 4,2"));
    world_execute(w, &TEST_POOL_CHANGED, PARAMETERS(org)); /* as when the last team's part closes */
    world_execute(w, &TEST_ROUND_WHOLE, PARAMETERS(org));
    get(&house, path);
    assert_false(shows(&house, "waarschijnlijk tussen 3,0 en 4,2"));
    world_execute(w, &TEST_NAME, PARAMETERS(org, leader, V_TEXT(S("Sanne"))));
    get(&house, path);
    assert_true(shows(&house, "Vertrouwen in Sanne"));
    assert_false(shows(&house, "Vertrouwen in Leader"));
    world_execute(w, &TEST_LANGUAGE, PARAMETERS(org, member, V_TEXT(S("en"))));
    get(&house, path);
    assert_true(shows(&house, "Trust in Sanne"));
    assert_false(shows(&house, "waarschijnlijk"));
    keep_round(&house, 3, 4.4); /* a close */
    get(&house, path);
    assert_true(shows(&house, ">4.4<"));
    world_execute(w, &TEST_MEMBER_GONE, PARAMETERS(org, north, member));
    get(&house, path);
    assert_int_equal(house.reply.status, 403);
    house_end(&house);
}

/* The leader's page has a form until the guesses are shown: a form is of one session. */
static void test_a_page_with_a_form_is_not_remembered(void **state)
{
    struct world *w = *state;
    struct house house;
    house_with_result(w, &house);
    const char *path = team_path(&house, house.north, "");
    see(&house, "leader@noord.example", path, 200);
    assert_true(shows(&house, "/guess/show"));
    assert_int_equal(remembered(&house), 0);
    see(&house, "m1@noord.example", path, 200);
    assert_false(shows(&house, "pic-guess"));
    see(&house, "leader@noord.example", path, 200); /* the member's is not the leader's */
    assert_true(shows(&house, "pic-guess"));
    world_execute(w, &GUESS_REVEAL, PARAMETERS(V_INTEGER(w->org), V_INTEGER(house.north)));
    get(&house, path);
    assert_true(shows(&house, "schatte jij 1; je team zegt 3,8."));
    see(&house, "m1@noord.example", path, 200);
    assert_true(shows(&house, "Wat Leader had geschat"));
    assert_false(shows(&house, "schatte jij"));
    assert_int_equal(remembered(&house), 3); /* member before and after, leader after */
    house_end(&house);
}

/* ---- Promise ------------------------------------------------------------------------------------ */

/* WORLD_START + 80 days is 2027-02-11. */
#define GOOD_PROMISE "&text=Ik+vertel+elke+maandag%0D%0Awat+er+is+besloten.&due=2027-03-01"

static void test_promise(void **state)
{
    struct world *w = *state;
    struct house house;
    house_with_result(w, &house);
    const char *talk = team_path(&house, house.north, "/talk"),
               *path = team_path(&house, house.north, "/promise");
    see(&house, "leader@noord.example", talk, 200);
    assert_true(shows(&house, "min=\"2027-02-11\""));
    post(&house, path, "&text=Ik+luister+%3Cb%3E&due=2027-02-10");
    assert_int_equal(house.reply.status, 422);
    assert_true(shows(&house, "Ik luister &lt;b&gt;</textarea>"));
    assert_true(shows(&house, "Kies een datum vanaf vandaag"));
    assert_true(shows(&house, "value=\"2027-02-10\""));
    get(&house, talk);
    post(&house, path, "&text=+++&due=2027-03-01");
    assert_int_equal(house.reply.status, 422);
    assert_true(shows(&house, "Schrijf één zin"));
    get(&house, talk);
    post(&house, path, GOOD_PROMISE);
    assert_int_equal(house.reply.status, 303);
    post(&house, path, GOOD_PROMISE); /* the same form once more */
    assert_int_equal(house.reply.status, 303);
    assert_int_equal(world_integer(w, &PROMISES_COUNT, PARAMETERS(V_INTEGER(w->org))), 1);
    see(&house, "m1@noord.example", team_path(&house, house.north, ""), 200);
    assert_true(shows(&house, "Ik vertel elke maandag wat er is besloten."));
    assert_true(shows(&house, "1 maart 2027"));
    house_end(&house);
}

static void test_a_second_promise_is_refused_with_its_text(void **state)
{
    struct world *w = *state;
    struct house house;
    house_with_result(w, &house);
    const char *talk = team_path(&house, house.north, "/talk"),
               *path = team_path(&house, house.north, "/promise");
    struct house second;
    see(&house, "leader@noord.example", talk, 200);
    second = house;
    get(&second, talk); /* a second window */
    post(&house, path, GOOD_PROMISE);
    assert_int_equal(house.reply.status, 303);
    post(&second, path, "&text=Iets+anders&due=2027-03-01");
    assert_int_equal(second.reply.status, 422);
    assert_true(shows(&second, "Bij deze uitkomst hoort al een belofte."));
    assert_true(shows(&second, "Iets anders</textarea>"));
    snprintf(second.once, sizeof second.once, "x");
    post(&second, path, "&text=Iets+anders&due=2027-03-01");
    assert_int_equal(second.reply.status, 422);
    assert_true(shows(&second, "Iets anders</textarea>"));
    see(&house, "m1@noord.example", talk, 200);
    assert_false(shows(&house, "<textarea"));
    post(&house, path, GOOD_PROMISE);
    assert_int_equal(house.reply.status, 403);
    house_end(&house);
}

/* ---- The organisation --------------------------------------------------------------------------- */

static void test_map(void **state)
{
    struct house house;
    house_begin(*state, &house);
    see(&house, "hr@example.org", "/organisation", 200);
    assert_true(shows(&house, "Zo ziet het overzicht eruit"));
    keep_round(&house, 1, 3.2);
    keep_round(&house, 2, 3.6);
    get(&house, "/organisation");
    assert_true(shows(&house, "3,6"));
    assert_true(shows(&house, "overwegend laag"));
    assert_true(shows(&house, "te weinig antwoorden"));
    assert_true(shows(&house, "minder dan vijf leidinggevenden"));
    assert_false(shows(&house, "Vertrouwen in Leader"));
    assert_false(shows(&house, "Leader"));
    assert_true(shows(&house, "/organisation?round=1"));
    get(&house, "/organisation?round=1");
    assert_true(shows(&house, "3,2"));
    assert_true(shows(&house, "/organisation?round=2"));
    get(&house, "/organisation?round=3");
    assert_int_equal(house.reply.status, 404);
    get(&house, "/organisation?round=x");
    assert_int_equal(house.reply.status, 404);
    house_end(&house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SQLITE_ONLY(test_before_the_first_round),
        SQLITE_ONLY(test_too_few),
        SQLITE_ONLY(test_too_few_keeps_what_was_published),
        SQLITE_ONLY(test_first_result_after_one_without),
        SQLITE_ONLY(test_change_over_a_round_without),
        SQLITE_ONLY(test_result_in_words),
        SQLITE_ONLY(test_guesses_are_the_leaders_until_shown),
        SQLITE_ONLY(test_a_new_leader_does_not_inherit),
        SQLITE_ONLY(test_who_may_not),
        BOTH(test_a_remembered_result_is_the_same),
        BOTH(test_a_remembered_result_is_never_stale),
        SQLITE_ONLY(test_a_page_with_a_form_is_not_remembered),
        SQLITE_ONLY(test_promise),
        SQLITE_ONLY(test_a_second_promise_is_refused_with_its_text),
        SQLITE_ONLY(test_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

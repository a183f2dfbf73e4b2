/* People from a file: what is wrong with it, what it would change, and that it changes all of it or nothing. */
#include "../pulse/world.h"

#include "people/deputy.h"
#include "people/people_import.h"
#include "pulse/round.h"

STATEMENT(TEST_DEPUTIES, "SELECT t.name, p.address FROM team_deputy d JOIN team t ON t.org_id = d.org_id "
                         "AND t.team_id = d.team_id JOIN person p ON p.org_id = d.org_id "
                         "AND p.person_id = d.person_id WHERE d.org_id = $1 ORDER BY t.name");
STATEMENT(TEST_ROLES, "SELECT t.name, p.address, r.role FROM team_role r "
                      "JOIN team t ON t.org_id = r.org_id AND t.team_id = r.team_id "
                      "JOIN person p ON p.org_id = r.org_id AND p.person_id = r.person_id "
                      "WHERE r.org_id = $1 ORDER BY t.name, r.role, p.address");
STATEMENT(TEST_PERSONS, "SELECT address, name, language FROM person WHERE org_id = $1 ORDER BY address");
STATEMENT(TEST_PLACES, "SELECT t.name, coalesce(u.name, ''), coalesce(a.name, '') FROM team t "
                       "LEFT JOIN unit u ON u.org_id = t.org_id AND u.unit_id = t.unit_id "
                       "LEFT JOIN unit a ON a.org_id = u.org_id AND a.unit_id = u.parent_id "
                       "WHERE t.org_id = $1 ORDER BY t.name");
STATEMENT(TEST_UNIT_COUNT, "SELECT count(*) FROM unit WHERE org_id = $1");
STATEMENT(TEST_EVERYTHING, "SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM team) + "
                           "(SELECT count(*) FROM unit) + (SELECT count(*) FROM team_role)");
STATEMENT(TEST_ROSTER, "SELECT count(*) FROM roster WHERE org_id = $1");

struct attempt {
    struct world *w;
    struct slice text;
    bool only_add, write;
    struct people_import import;
};

static enum error_code make(struct store_session *session, void *context, struct error *error)
{
    struct attempt *attempt = context;
    struct world *w = attempt->w;
    TRY(people_import_plan(session, w->org, attempt->text, attempt->only_add, w->region, error,
                           &attempt->import));
    return attempt->write
               ? people_import_write(session, &w->application, w->org, S("nl"), &attempt->import, error)
               : OK;
}

static struct people_import plan(struct world *w, const char *text)
{
    struct attempt attempt = {.w = w, .text = slice_from_text(text)};
    assert_ok(w, store_write(w->store, make, &attempt, &w->error));
    return attempt.import;
}

static struct people_import import_with(struct world *w, const char *text, bool only_add)
{
    struct attempt attempt = {.w = w, .text = slice_from_text(text), .only_add = only_add, .write = true};
    assert_ok(w, store_write(w->store, make, &attempt, &w->error));
    return attempt.import;
}

static struct people_import import(struct world *w, const char *text)
{
    return import_with(w, text, false);
}

static void expect(struct world *w, const char *kinds, const struct statement *statement,
                   const char *expected)
{
    struct slice rows = world_rows(w, kinds, statement, PARAMETERS(V_INTEGER(w->org)));
    if (!slice_equal(rows, slice_from_text(expected))) {
        print_error("%.*s\nis not\n%s\n", SLICE_ARG(rows), expected);
        fail();
    }
}

/* As "leaves joins moves leaders teams placed units talk". */
static void expect_counts(const struct people_import *import, const char *expected)
{
    char counts[100];
    size_t length = 0;
    for (int kind = 0; kind < IMPORT_LIST_COUNT; kind++)
        length += (size_t)snprintf(counts + length, sizeof counts - length, kind == 0 ? "%zu" : " %zu",
                                   import->lists[kind].count);
    assert_string_equal(counts, expected);
}

static void expect_line(struct world *w, const struct people_import *import, enum import_list_kind kind,
                        size_t at, const char *expected)
{
    struct slice subject, change;
    assert_true(at < import->lists[kind].count);
    import_line_words(kind, &import->lists[kind].lines[at], LANGUAGE_EN, w->region, &subject, &change);
    struct slice words = region_format(w->region, "%.*s: %.*s", SLICE_ARG(subject), SLICE_ARG(change));
    assert_string_equal(region_text(w->region, words), expected);
}

/* ---- Mistakes ---------------------------------------------------------------------------------------- */

#define LONG_20 "abcdefghijklmnopqrst"
#define LONG_120 LONG_20 LONG_20 LONG_20 LONG_20 LONG_20 LONG_20

static const struct mistake {
    const char *text;
    int64_t line;
    enum message message;
} MISTAKES[] = {
    {"", 0, MESSAGE_IMPORT_WRONG_EMPTY},
    {" \r\n\n", 0, MESSAGE_IMPORT_WRONG_EMPTY},
    {"email,team\n", 0, MESSAGE_IMPORT_WRONG_NO_ROWS},
    {"email,team\n,\n\n", 0, MESSAGE_IMPORT_WRONG_NO_ROWS},
    {"name,team\nA,T\n", 1, MESSAGE_IMPORT_WRONG_NO_ADDRESS_COLUMN},
    {"adres;team\nc@d;T\n", 1, MESSAGE_IMPORT_WRONG_NO_ADDRESS_COLUMN},
    {"email,name\na@b,A\n", 1, MESSAGE_IMPORT_WRONG_NO_TEAM_COLUMN},
    {"email,team,E-Mail\na@b,T,c@d\n", 1, MESSAGE_IMPORT_WRONG_COLUMN_TWICE},
    {"email,\"team\na@b,T\n", 1, MESSAGE_IMPORT_WRONG_QUOTE},
    {"email,team\na@b,T\nc@d,\"T\n", 3, MESSAGE_IMPORT_WRONG_QUOTE},
    {"email,team\na@b,T\"\n", 2, MESSAGE_IMPORT_WRONG_QUOTE},
    {"email,team\na@b,T,U\n", 2, MESSAGE_IMPORT_WRONG_CELLS},
    {"email,team\na@b,T\xFF\n", 2, MESSAGE_IMPORT_WRONG_CHARACTERS},
    {"email,team\na@b,\"T\nU\"\n", 2, MESSAGE_IMPORT_WRONG_CHARACTERS},
    {"email,team,name\na@b,T,\x01\n", 2, MESSAGE_IMPORT_WRONG_CHARACTERS},
    {"email,team\na@b," LONG_120 "x\n", 2, MESSAGE_IMPORT_WRONG_LONG},
    {"email,team,name\na@b,T," LONG_120 "\n", 2, MESSAGE_IMPORT_WRONG_LONG},
    {"email,team\n" LONG_120 LONG_120 "@example.org.org,T\n", 2, MESSAGE_IMPORT_WRONG_LONG},
    {"email,team\n,T\n", 2, MESSAGE_IMPORT_WRONG_ADDRESS_MISSING},
    {"email,team\nanna,T\n", 2, MESSAGE_IMPORT_WRONG_ADDRESS},
    {"email,team\na@b@c,T\n", 2, MESSAGE_IMPORT_WRONG_ADDRESS},
    {"email,team\na@b,T\n\nA@B,T\n", 4, MESSAGE_IMPORT_WRONG_DUPLICATE},
    {"email,team,role\na@b,T,member\na@b,T,leader\n", 3, MESSAGE_IMPORT_WRONG_DUPLICATE},
    {"email,team,name\na@b,T,Anna\na@b,U,Bram\n", 3, MESSAGE_IMPORT_WRONG_TWO_NAMES},
    {"email,team,name\na@b,T,Anna\na@b,U,\na@b,V,Bram\n", 4, MESSAGE_IMPORT_WRONG_TWO_NAMES},
    {"email,team\na@b,\n", 2, MESSAGE_IMPORT_WRONG_TEAM_MISSING},
    {"email,team,unit\na@b,T,U\nc@d,T,\ne@f,T,V\n", 4, MESSAGE_IMPORT_WRONG_TEAM_UNITS},
    {"email,team,role\na@b,T,boss\n", 2, MESSAGE_IMPORT_WRONG_ROLE},
    {"email,team,role\na@b,T,leader\nc@d,U,leader\ne@f,T,leader\ng@h,T,leader\n", 5,
     MESSAGE_IMPORT_WRONG_THREE_LEADERS},
    {"email,team,language\na@b,T,fr\n", 2, MESSAGE_IMPORT_WRONG_LANGUAGE},
    {"email,team,unit\na@b,T,Care /  / North\n", 2, MESSAGE_IMPORT_WRONG_UNIT_PARTS},
    {"email,team,unit\na@b,T,1 / 2 / 3 / 4 / 5 / 6 / 7 / 8 / 9 / 10 / 11 / 12 / 13\n", 2,
     MESSAGE_IMPORT_WRONG_UNIT_DEEP},
    {"email,team,unit,parent\na@b,T,U,W\n", 2, MESSAGE_IMPORT_WRONG_UNIT_UNKNOWN},
    {"email,team,unit,parent\na@b,T,U,U\n", 2, MESSAGE_IMPORT_WRONG_UNIT_LOOP},
    {"email,team,unit,parent\na@b,T,U,Top\nc@d,S,Top,\ne@f,R,U,Other\n", 4,
     MESSAGE_IMPORT_WRONG_UNIT_PARENTS},
    {"email,team,unit,parent\na@b,T,U,Twice\n", 2, MESSAGE_IMPORT_WRONG_UNIT_SEVERAL},
};

static void each_mistake_has_its_line(void **state)
{
    struct world *w = *state;
    world_unit(w, "Twice", world_unit(w, "Twice", 0));
    for (size_t i = 0; i < COUNT_OF(MISTAKES); i++) {
        const struct mistake *mistake = &MISTAKES[i];
        struct people_import import = plan(w, mistake->text);
        if (import.file.problem_total != 1 || import.file.problems[0].line != mistake->line ||
            import.file.problems[0].message != mistake->message) {
            for (size_t p = 0; p < import.file.problem_count; p++)
                print_error("line %" PRId64 ": %.*s\n", import.file.problems[p].line,
                            SLICE_ARG(people_problem_text(&import.file.problems[p], LANGUAGE_EN, w->region)));
            fail_msg("%zu: %s", i, mistake->text);
        }
        assert_int_equal(import.change_count, 0);
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            struct slice words =
                people_problem_text(&import.file.problems[0], (enum language)language, w->region);
            assert_true(words.length > 0 && slice_find_byte(words, '{') == words.length);
        }
    }
}

static void a_loop_is_told_where_it_is(void **state)
{
    struct world *w = *state;
    struct people_import import = plan(w, "email,team,unit,parent\n"
                                          "a@b,T,A,B\n"
                                          "c@d,S,B,C\n"
                                          "e@f,R,C,A\n"
                                          "g@h,Q,D,A\n"); /* hangs below it */
    assert_int_equal(import.file.problem_total, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(import.file.problems[i].message, MESSAGE_IMPORT_WRONG_UNIT_LOOP);
        assert_int_equal(import.file.problems[i].line, i + 2);
    }
    struct slice words = people_problem_text(&import.file.problems[0], LANGUAGE_EN, w->region);
    assert_true(slice_find(words, S("A › C")) < words.length || slice_find(words, S("A › B")) < words.length);
}

static void a_team_of_more_than_a_thousand(void **state)
{
    struct world *w = *state;
    CLEANUP(buffer_free) struct buffer text = BUFFER(1 << 20);
    world_team(w, "Noord", 0, 3, false);
    buffer_append_text(&text, "email,team\n");
    for (int i = 0; i < TEAM_MEMBERS_MAXIMUM; i++)
        buffer_format(&text, "p%d@x.example,Noord\n", i);
    buffer_append_byte(&text, '\0');
    struct attempt attempt = {.w = w, .text = slice_from_text(text.data), .only_add = true};
    assert_int_equal(plan(w, text.data).file.problem_total, 0);
    assert_ok(w,
              store_write(w->store, make, &attempt, &w->error)); /* with the three who stay it is too much */
    assert_int_equal(attempt.import.file.problem_total, 1);
    assert_int_equal(attempt.import.file.problems[0].message, MESSAGE_IMPORT_WRONG_MEMBERS);
}

/* Memory stays bounded, and of many mistakes some are told and all are counted. */
static void fifty_thousand_rows(void **state)
{
    struct world *w = *state;
    CLEANUP(buffer_free) struct buffer text = BUFFER(8 << 20);
    CLEANUP(region_cleanup) struct region *region = region_new(IMPORT_REGION_MAXIMUM);
    struct people_import import;
    buffer_append_text(&text, "E-mail;Naam;Team;Afdeling\r\n");
    for (int i = 1; i <= PEOPLE_FILE_ROWS_MAXIMUM; i++)
        buffer_format(&text, "person%d@%s;\"Person, %d\";Team %d;Unit %d / Part %d\r\n", i,
                      i == 43210 ? "" : "example.org", i, i % 5000, i % 50, i % 500);
    assert_false(text.failed);
    struct slice file = buffer_slice(&text);
    assert_ok(w, people_import_plan(w->session, w->org, file, false, region, &w->error, &import));
    assert_int_equal(import.file.problem_total, 1);
    assert_int_equal(import.file.problems[0].line, 43211);
    assert_int_equal(import.file.problems[0].message, MESSAGE_IMPORT_WRONG_ADDRESS);
    char *wrong = memmem(text.data, text.length, "person43210@;", 13);
    assert_non_null(wrong);
    memcpy(wrong, "person4321@x;", 13);
    region_clear(region);
    assert_ok(w, people_import_plan(w->session, w->org, file, false, region, &w->error, &import));
    assert_int_equal(import.file.problem_total, 0);
    assert_int_equal(import.people, PEOPLE_FILE_ROWS_MAXIMUM);
    expect_counts(&import, "0 50000 0 0 5000 0 550 0");
    assert_true(region_used(region) < IMPORT_REGION_MAXIMUM / 2);
    buffer_append_text(&text, "one.more@example.org;;Team 1;\r\n");
    region_clear(region);
    assert_ok(w,
              people_import_plan(w->session, w->org, buffer_slice(&text), false, region, &w->error, &import));
    assert_int_equal(import.file.problem_total, 1);
    assert_int_equal(import.file.problems[0].line, 50002);
    assert_int_equal(import.file.problems[0].message, MESSAGE_IMPORT_WRONG_ROWS);
    for (size_t i = 0; i < text.length; i++)
        text.data[i] = text.data[i] == '@' ? '#' : text.data[i];
    region_clear(region);
    assert_ok(w, people_import_plan(w->session, w->org, file, false, region, &w->error, &import));
    assert_int_equal(import.file.problem_total, PEOPLE_FILE_ROWS_MAXIMUM);
    assert_int_equal(import.file.problem_count, PEOPLE_FILE_PROBLEMS_MAXIMUM);
}

/* On a clock that stands still: their ids differ all the same. */
static void thousands_at_once(void **state)
{
    struct world *w = *state;
    CLEANUP(buffer_free) struct buffer text = BUFFER(1 << 20);
    buffer_append_text(&text, "email,team,unit\n");
    for (int i = 0; i < 8000; i++)
        buffer_format(&text, "p%d@x.example,Team %d,Unit %d\n", i, i % 1600, i % 200);
    buffer_append_byte(&text, '\0');
    import(w, text.data);
    assert_int_equal(world_integer(w, &TEST_EVERYTHING, NO_PARAMETERS), 8000 + 1600 + 200 + 8000);
}

/* ---- Ways to write it -------------------------------------------------------------------------------- */

static void ways_to_write_a_file(void **state)
{
    struct world *w = *state;
    static const char *const files[] = {
        "email,name,team,role,unit,language\nanna@x.org,Anna de Vries,Noord,leader,Zorg / Dag,en\n"
        "bram@x.org,Bram Smit,Noord,member,Zorg / Dag,\n",
        "\xEF\xBB\xBF\"E-mail\";\"Naam\";\"Team\";\"Rol\";\"Afdeling\";\"Taal\"\r\n"
        "Anna@X.org;\"Anna de Vries\";Noord;Leidinggevende;Zorg › Dag;Engels\r\n"
        ";;;;;\r\nbram@x.org;Bram Smit;Noord;;Zorg / Dag",
        "Taal\tTeam\tVoornaam\tTussenvoegsel\tAchternaam\tE-mailadres\tRol in het team\tAfdeling\tBovenliggende afdeling\n"
        "EN\tNoord\tAnna\tde\tVries\t anna@x.org \tTeamleider\tDag\tZorg\n"
        "\tNoord\tBram\t\tSmit\tbram@x.org\tTeamlid\tDag\t\n"
        "\tNoord\t\t\t\tZorg@x.org\tTeamlid\tDag\tZorg\n",
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        if (i == 2)
            world_unit(w, "Zorg", 0); /* known, not in the file as a unit */
        struct people_import seen = i == 2 ? import(w, files[i]) : plan(w, files[i]);
        assert_int_equal(seen.file.problem_total, 0);
        assert_int_equal(seen.new_people, i == 2 ? 3 : 2);
        expect_line(w, &seen, IMPORT_LEADERS, 0, "Noord: Anna de Vries leads the team");
        expect_line(w, &seen, IMPORT_JOINS, 0, "Bram Smit: bram@x.org · Noord");
        expect_line(w, &seen, IMPORT_TEAMS, 0, "Noord: Zorg › Dag");
    }
    expect(w, "ttt", &TEST_PERSONS,
           "anna@x.org|Anna de Vries|en\nbram@x.org|Bram Smit|nl\nzorg@x.org|Zorg|nl\n");
    expect(w, "ttt", &TEST_PLACES, "Noord|Dag|Zorg\n");
    expect(w, "ttt", &TEST_ROLES,
           "Noord|anna@x.org|leader\nNoord|bram@x.org|member\nNoord|zorg@x.org|member\n");
}

static void other_columns_are_named_and_forgotten(void **state)
{
    struct world *w = *state;
    struct people_import seen = plan(w, "email,Salary,team,\xFF,Date of birth\na@b,1000,T,\xFF,\"x\n\"\n");
    assert_int_equal(seen.file.problem_total, 0);
    assert_int_equal(seen.file.unused_count, 2);
    assert_true(slice_equal(seen.file.unused[0], S("Salary")) &&
                slice_equal(seen.file.unused[1], S("Date of birth")));
}

/* ---- Changes ----------------------------------------------------------------------------------------- */

static const char FIRST[] = "email,name,team,role,unit\n"
                            "lena@x.org,Lena,Noord,leader,Zorg\n"
                            "a@x.org,A,Noord,member,Zorg\n"
                            "b@x.org,B,Noord,member,Zorg\n"
                            "c@x.org,C,Zuid,member,Zorg\n"
                            "c@x.org,C,Noord,member,Zorg\n";

static void the_same_file_again_changes_nothing(void **state)
{
    struct world *w = *state;
    struct people_import first = import(w, FIRST);
    expect_counts(&first, "0 4 0 1 2 0 1 2");
    assert_true(first.changes_anything);
    assert_int_equal(first.people, 4);
    assert_int_equal(first.new_people, 4);
    assert_int_equal(first.teams, 2);
    struct people_import again = import(w, FIRST);
    expect_counts(&again, "0 0 0 0 0 0 0 2");
    assert_false(again.changes_anything);
    assert_int_equal(again.new_people, 0);
}

static void joiners_leavers_moves_and_roles(void **state)
{
    struct world *w = *state;
    import(w, FIRST);
    world_team(w, "Elders", 0, 2, true);
    struct people_import second = import(w, "email,name,team,role,unit\n"
                                            "a@x.org,Another name,Noord,leader,Wonen\n" /* was a member */
                                            "b@x.org,B,Zuid,,\n"                        /* goes */
                                            "c@x.org,C,Noord,,\n"
                                            "d@x.org,D,Noord,,\n"); /* new; Lena is in it no more */
    expect_counts(&second, "1 1 1 1 0 1 1 2");
    expect_line(w, &second, IMPORT_LEAVES, 0, "C: c@x.org · Zuid");
    expect_line(w, &second, IMPORT_JOINS, 0, "D: d@x.org · Noord");
    expect_line(w, &second, IMPORT_MOVES, 0, "B: b@x.org · from Noord to Zuid");
    expect_line(w, &second, IMPORT_LEADERS, 0, "Noord: A takes over from Lena");
    expect_line(w, &second, IMPORT_PLACED, 0, "Noord: from Zorg to Wonen");
    expect_line(w, &second, IMPORT_TALK, 0, "Noord: 2 team members");
    expect(
        w, "ttt", &TEST_ROLES,
        "Elders|leader@elders.example|leader\nElders|m1@elders.example|member\nElders|m2@elders.example|member\n"
        "Noord|a@x.org|leader\nNoord|c@x.org|member\nNoord|d@x.org|member\nZuid|b@x.org|member\n");
    expect(w, "ttt", &TEST_PLACES, "Elders||\nNoord|Wonen|\nZuid|Zorg|\n");
    struct person a;
    assert_ok(w, person_find(w->session, w->org, S("a@x.org"), w->region, &w->error, &a));
    assert_true(slice_equal(a.name, S("A"))); /* whoever is known keeps the own name */
    struct people_import third =
        import(w, "email,team,role\nlena@x.org,Noord,leader\na@x.org,Noord,member\n");
    expect_line(w, &third, IMPORT_LEADERS, 0, "Noord: Lena takes over from A");
    expect_line(w, &third, IMPORT_JOINS, 0, "A: a@x.org · Noord");
    expect_counts(&third, "2 1 0 1 0 0 0 1");
}

static void without_a_role_column_leaders_stay(void **state)
{
    struct world *w = *state;
    import(w, FIRST);
    struct people_import seen = import(w, "email,team\na@x.org,Noord\n");
    expect_counts(&seen, "2 0 0 0 0 0 0 1");
    expect(w, "ttt", &TEST_ROLES, "Noord|lena@x.org|leader\nNoord|a@x.org|member\nZuid|c@x.org|member\n");
    seen = import(w, "email,team\nlena@x.org,Noord\na@x.org,Noord\n"); /* an empty role keeps what one is */
    assert_false(seen.changes_anything);
    seen =
        import(w, "email,team,role\na@x.org,Noord,\n"); /* with the column the file says that nobody leads */
    expect_line(w, &seen, IMPORT_LEADERS, 0, "Noord: Lena stops, nobody leads the team");
}

static enum error_code name_deputies(struct store_session *session, void *context, struct error *error)
{
    struct world *w = context;
    struct team *teams;
    size_t count;
    TRY(team_list(session, w->org, w->region, error, &teams, &count));
    for (size_t i = 0; i < count; i++)
        TRY(deputy_name(session, w->org, teams[i].id, world_person(w, i == 0 ? "a@x.org" : "lena@x.org"), 0,
                        0, clock_seconds(&w->clock), error));
    return OK;
}

static void two_lead_together(void **state)
{
    struct world *w = *state;
    import(w, FIRST);
    assert_ok(w, store_write(w->store, name_deputies, w, &w->error));
    struct people_import seen = import(w, "email,team,role\nlena@x.org,Noord,leader\na@x.org,Noord,leader\n"
                                          "b@x.org,Noord,\nc@x.org,Noord,\n");
    expect_line(w, &seen, IMPORT_LEADERS, 0,
                "Noord: A and Lena lead the team together; nobody is asked about a leader");
    expect(w, "ttt", &TEST_ROLES,
           "Noord|a@x.org|leader\nNoord|lena@x.org|leader\nNoord|b@x.org|member\nNoord|c@x.org|member\n"
           "Zuid|c@x.org|member\n");
    expect(w, "tt", &TEST_DEPUTIES, "Zuid|lena@x.org\n"); /* in Noord the leaders changed */
    seen = import(w, "email,team\nlena@x.org,Noord\na@x.org,Noord\nb@x.org,Noord\nc@x.org,Noord\n");
    assert_false(seen.changes_anything);
    seen = plan(w, "email,team,role\nlena@x.org,Noord,\na@x.org,Noord,\nb@x.org,Noord,\nc@x.org,Noord,\n");
    assert_false(seen.changes_anything);
    seen = plan(w, "email,team,role\nb@x.org,Noord,\nc@x.org,Noord,\n");
    expect_line(w, &seen, IMPORT_LEADERS, 0, "Noord: A and Lena stop, nobody leads the team");
    seen = plan(w, "email,team,role\nnew@x.org,Noord,leader\nb@x.org,Noord,\nc@x.org,Noord,\n");
    expect_line(w, &seen, IMPORT_LEADERS, 0, "Noord: New leads the team alone from now on");
    /* One is named as the leader, the other only as somebody of the team: then that one gives way. */
    seen = import(
        w, "email,team,role\nlena@x.org,Noord,leader\na@x.org,Noord,\nb@x.org,Noord,\nc@x.org,Noord,\n");
    expect_line(w, &seen, IMPORT_LEADERS, 0, "Noord: Lena leads the team alone from now on");
    expect(w, "ttt", &TEST_ROLES,
           "Noord|lena@x.org|leader\nNoord|b@x.org|member\nNoord|c@x.org|member\nZuid|c@x.org|member\n");
}

/* A member who stands in and leaves the team. */
static void who_leaves_stands_in_no_more(void **state)
{
    struct world *w = *state;
    import(w, FIRST);
    assert_ok(w, store_write(w->store, name_deputies, w, &w->error));
    import(w, "email,team\nlena@x.org,Noord\nb@x.org,Noord\nc@x.org,Noord\n");
    expect(w, "tt", &TEST_DEPUTIES, "Zuid|lena@x.org\n");
}

static void only_adding(void **state)
{
    struct world *w = *state;
    import(w, FIRST);
    struct people_import seen =
        import_with(w, "email,team,role\nd@x.org,Noord,member\nb@x.org,Zuid,\n", true);
    expect_counts(&seen, "0 2 0 0 0 0 0 2");
    expect(w, "ttt", &TEST_ROLES,
           "Noord|lena@x.org|leader\nNoord|a@x.org|member\nNoord|b@x.org|member\nNoord|c@x.org|member\n"
           "Noord|d@x.org|member\nZuid|b@x.org|member\nZuid|c@x.org|member\n");
    seen = import_with(w, "email,team,role\nnew@x.org,Noord,leader\n", true); /* a team has one leader */
    expect_line(w, &seen, IMPORT_LEADERS, 0, "Noord: New takes over from Lena");
}

static enum error_code make_owner(struct store_session *session, void *context, struct error *error)
{
    struct world *w = context;
    int64_t person;
    TRY(person_ensure(session, &w->application, w->org, S("a@x.org"), S("A"), S("nl"), error, &person));
    return people_give_org_role(session, w->org, person, ORG_ROLE_OWNER, error);
}

static void owners_stay_owners(void **state)
{
    struct world *w = *state;
    import(w, FIRST);
    assert_ok(w, store_write(w->store, make_owner, w, &w->error));
    struct people_import seen = import(w, "email,team\nz@x.org,Noord\n");
    assert_int_equal(seen.lists[IMPORT_LEAVES].count, 3);
    struct person a;
    enum org_role role;
    assert_ok(w, person_find(w->session, w->org, S("a@x.org"), w->region, &w->error, &a));
    assert_ok(w, people_org_role(w->session, w->org, a.id, &w->error, &role));
    assert_int_equal(role, ORG_ROLE_OWNER);
}

static void one_mistake_and_nothing_changes(void **state)
{
    struct world *w = *state;
    import(w, FIRST);
    int64_t before = world_integer(w, &TEST_EVERYTHING, NO_PARAMETERS);
    struct attempt attempt = {
        .w = w,
        .text = S("email,team,unit\nn@x.org,Nieuw,Wonen\nm@x.org,Nieuw,Wonen\nwrong,Nieuw,\n"),
        .write = true};
    assert_failure(w, store_write(w->store, make, &attempt, &w->error), ERROR_INPUT, "people-file-wrong");
    assert_int_equal(attempt.import.file.problem_total, 1);
    assert_int_equal(world_integer(w, &TEST_EVERYTHING, NO_PARAMETERS), before);
}

/* What one person saw is what another state of things no longer gives. */
static void the_digest_is_that_of_the_changes(void **state)
{
    struct world *w = *state;
    static const char next[] = "email,team\na@x.org,Noord\nd@x.org,Noord\n";
    import(w, FIRST);
    struct people_import seen = plan(w, next), again = plan(w, next);
    assert_memory_equal(seen.digest, again.digest, IMPORT_DIGEST_BYTES);
    struct attempt adding = {.w = w, .text = slice_from_text(next), .only_add = true};
    assert_ok(w, store_write(w->store, make, &adding, &w->error));
    assert_memory_not_equal(seen.digest, adding.import.digest, IMPORT_DIGEST_BYTES);
    world_team(w, "Elders", 0, 1, false); /* does not touch what the file changes */
    again = plan(w, next);
    assert_memory_equal(seen.digest, again.digest, IMPORT_DIGEST_BYTES);
    import_with(w, "email,team\nz@x.org,Noord\n", true); /* somebody who would leave now */
    again = plan(w, next);
    assert_memory_not_equal(seen.digest, again.digest, IMPORT_DIGEST_BYTES);
}

static void units_by_the_unit_above(void **state)
{
    struct world *w = *state;
    int64_t care = world_unit(w, "Zorg", 0), day = world_unit(w, "Dag", care);
    world_team(w, "Noord", day, 1, false);
    struct people_import seen = import(w, "email,team,unit,parent\n"
                                          "a@x.org,Noord,Dag,\n"       /* where it is */
                                          "b@x.org,Oost,Ochtend,Dag\n" /* below one that is known */
                                          "c@x.org,West,Vroeg,Ochtend\n"
                                          "d@x.org,Top,Wonen,\n");
    expect_counts(&seen, "1 4 0 0 3 0 3 4");
    expect(w, "ttt", &TEST_PLACES, "Noord|Dag|Zorg\nOost|Ochtend|Dag\nTop|Wonen|\nWest|Vroeg|Ochtend\n");
    assert_int_equal(world_integer(w, &TEST_UNIT_COUNT, PARAMETERS(V_INTEGER(w->org))), 5);
    seen = import(w, "email,team,unit\na@x.org,Noord,\n"); /* an empty cell moves nothing */
    assert_false(seen.changes_anything);
}

static void an_open_round_keeps_its_list(void **state)
{
    struct world *w = *state;
    int64_t number = 0;
    import(w, FIRST);
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    int64_t before = world_integer(w, &TEST_ROSTER, PARAMETERS(V_INTEGER(w->org)));
    assert_int_equal(before, 4);
    import(w, "email,team,role\nb@x.org,Noord,leader\nd@x.org,Noord,\n");
    assert_int_equal(world_integer(w, &TEST_ROSTER, PARAMETERS(V_INTEGER(w->org))), before);
    struct {
        struct team *teams;
        size_t count;
    } list;
    assert_ok(w, team_list(w->session, w->org, w->region, &w->error, &list.teams, &list.count));
    struct person lena;
    assert_ok(w, person_find(w->session, w->org, S("lena@x.org"), w->region, &w->error, &lena));
    struct team_round part = world_part(w, list.teams[0].id);
    assert_int_equal(part.leader, lena.id); /* the questions are still about the leader of the opening */
    world_wait(w, 4 * DAY_SECONDS);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    struct person bram;
    assert_ok(w, person_find(w->session, w->org, S("b@x.org"), w->region, &w->error, &bram));
    assert_int_equal(world_part(w, list.teams[0].id).leader, bram.id); /* a line of another leader begins */
}

/* Came in by a link or a card: no file can name them, so none takes them out. */
struct arrival {
    struct world *w;
    int64_t team, person;
};

static enum error_code arrive(struct store_session *session, void *context, struct error *error)
{
    struct arrival *arrival = context;
    struct application *application = &arrival->w->application;
    TRY(person_create_without_address(session, application, arrival->w->org, S("Kim"), S("nl"), error,
                                      &arrival->person));
    return team_give_role(session, application, arrival->w->org, arrival->team, arrival->person,
                          TEAM_ROLE_MEMBER, error);
}

static void who_has_no_address_stays(void **state)
{
    struct world *w = *state;
    struct team *teams;
    size_t count;
    import(w, FIRST);
    assert_ok(w, team_list(w->session, w->org, w->region, &w->error, &teams, &count));
    struct arrival arrival = {.w = w, .team = teams[0].id};
    assert_ok(w, store_write(w->store, arrive, &arrival, &w->error));
    struct people_import again = import(w, FIRST);
    assert_false(again.changes_anything);
    enum team_role role;
    assert_ok(w, people_team_role(w->session, w->org, arrival.team, arrival.person, &w->error, &role));
    assert_int_equal(role, TEAM_ROLE_MEMBER);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(who_has_no_address_stays),
        SQLITE_ONLY(each_mistake_has_its_line),
        SQLITE_ONLY(a_loop_is_told_where_it_is),
        SQLITE_ONLY(a_team_of_more_than_a_thousand),
        SQLITE_ONLY(fifty_thousand_rows),
        BOTH(thousands_at_once),
        BOTH(ways_to_write_a_file),
        SQLITE_ONLY(other_columns_are_named_and_forgotten),
        BOTH(the_same_file_again_changes_nothing),
        BOTH(joiners_leavers_moves_and_roles),
        BOTH(without_a_role_column_leaders_stay),
        BOTH(two_lead_together),
        BOTH(who_leaves_stands_in_no_more),
        BOTH(only_adding),
        BOTH(owners_stay_owners),
        BOTH(one_mistake_and_nothing_changes),
        BOTH(the_digest_is_that_of_the_changes),
        BOTH(units_by_the_unit_above),
        BOTH(an_open_round_keeps_its_list),
    };
    return WORLD_RUN(tests);
}

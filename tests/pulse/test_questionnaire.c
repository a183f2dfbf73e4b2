/* Own questionnaires: brought whole or not at all, an id stands for the same words for good, a round keeps what it asked. */
#include "questionnaire_world.h"

#include "pulse/guess.h"
#include "pulse/settings.h"

static size_t count_files(struct world *w)
{
    struct questionnaire *all;
    size_t count;
    assert_ok(w, questionnaire_list(w->session, w->org, w->region, &w->error, &all, &count));
    return count;
}

static void assert_refused(struct world *w, struct slice text, const char *rule, size_t findings)
{
    size_t before = count_files(w);
    assert_failure(w, bring(w, text), ERROR_INPUT, "instrument-wrong");
    assert_int_equal(upload.finding_count, findings);
    assert_string_equal(upload.findings[0].rule, rule);
    assert_true(upload.findings[0].line > 0);
    assert_int_equal(count_files(w), before);
}

static void test_an_id_keeps_its_words(void **state)
{
    struct world *w = *state;
    world_team(w, "noord", 0, 6, true);
    struct slice first = example_text(w), second = replaced(w, first, "version 1\n", "version 2\n");
    assert_refused(w, replaced(w, first, "item short-e1", "item SHORT"), "id", 1);
    assert_ok(w, bring(w, first));
    assert_int_equal(count_files(w), 2);
    assert_failure(w, bring(w, first), ERROR_CONFLICT, "questionnaire-there");
    assert_failure(w, bring(w, instrument_builtin_text()), ERROR_CONFLICT, "questionnaire-there");
    /* the same version with other words, and a new version with other words under the old id */
    assert_refused(w, replaced(w, first, "with energy.", "with zest."), "version", 2);
    assert_refused(w, replaced(w, second, "with energy.", "with zest."), "changed-item", 1);
    assert_refused(w, replaced(w, second, "mit Energie", "mit Kraft"), "changed-item", 1);
    assert_refused(w, replaced(w, second, "item short-e1", "item short-e9"), "changed-construct", 1);
    assert_refused(w, replaced(w, second, "two weeks.", "three weeks."), "changed-scale", 1);
    assert_refused(w, replaced(w, second, "  de teils, teils", "  de mal so, mal so"), "changed-scale", 1);
    assert_refused(w, replaced(w, second, "short-energy", "energy-scale"), "scale-name", 1);
    /* under a new id it may; a name of a construct is no question */
    assert_ok(w, bring(w, replaced(w, replaced(w, second, "item short-e1", "item short-e9"), "short-energy",
                                   "short-vigour")));
    assert_ok(w, bring(w, replaced(w, replaced(w, first, "version 1\n", "version 3\n"), "  en energy\n",
                                   "  en vigour\n")));
    assert_int_equal(count_files(w), 4);
}

static void test_against_the_built_in_one(void **state)
{
    struct world *w = *state;
    world_team(w, "noord", 0, 6, true);
    struct slice text = instrument_builtin_text();
    assert_refused(w, replaced(w, text, "honest with each other.", "open with each other."), "version", 2);
    assert_refused(w,
                   replaced(w, replaced(w, text, "version 1\n", "version 2\n"), "honest with each other.",
                            "open with each other."),
                   "changed-item", 1);
    assert_ok(w, bring(w, replaced(w, text, "version 1\n", "version 2\n")));
}

static void test_languages(void **state)
{
    struct world *w = *state;
    const struct instrument *instrument;
    size_t german, found;
    world_team(w, "noord", 0, 6, true);
    assert_ok(w, bring(w, example_text(w)));
    assert_ok(w, questionnaire_load(w->session, w->org, brought_hash(w), w->region, &w->error, &instrument));
    assert_int_equal(instrument->language_count, 4);
    assert_true(instrument_language_find(instrument, S("de-AT"), &german));
    assert_true(slice_equal(instrument->languages[german].name, S("Deutsch")));
    assert_false(instrument->languages[german].right_to_left);
    assert_true(instrument->languages[german + 1].right_to_left);
    assert_false(instrument_language_find(instrument, S("fr"), &found));
    assert_false(instrument_language_find(instrument, S(""), &found));
    /* chosen; else what the browser asks for first where the pages lack it; else the page's */
    assert_int_equal(instrument_language_choose(instrument, S("de"), S("nl"), LANGUAGE_NL), german);
    assert_int_equal(instrument_language_choose(instrument, S("fr"), S("de-DE,de;q=0.9"), LANGUAGE_NL),
                     german);
    assert_int_equal(instrument_language_choose(instrument, S(""), S("nl,de;q=0.9"), LANGUAGE_EN),
                     LANGUAGE_EN);
    assert_int_equal(instrument_language_choose(instrument, S(""), S("fr,de;q=0.9"), LANGUAGE_NL),
                     LANGUAGE_NL);
    /* a word less in one language is a mistake, and another word is another file */
    uint8_t hash[32];
    memcpy(hash, upload.hash, sizeof hash);
    assert_refused(w, replaced(w, example_text(w), "  de Ich gehe mit Energie zur Arbeit.\n", ""),
                   "missing-text", 1);
    assert_refused(
        w, replaced(w, example_text(w), "language de Deutsch\n", "language de Deutsch\nlanguage nl Vlaams\n"),
        "language", 1);
    assert_memory_not_equal(hash, upload.hash, sizeof hash);
}

static void answer_all(struct world *w, int64_t team)
{
    for (int i = 1; i <= 6; i++) {
        char address[32];
        snprintf(address, sizeof address, "m%d@noord.example", i);
        world_answer(w, team, address, 2 + i % 3);
    }
}

STATEMENT(ITEMS_OF_ROUND, "SELECT count(*) FROM result_item WHERE org_id = $1 AND round_number = $2 "
                          "AND item LIKE 'short-%'");

static void test_a_round_keeps_what_it_asked(void **state)
{
    struct world *w = *state;
    struct descriptor before, after;
    const struct instrument *asked;
    struct setting_change *changes;
    size_t count;
    int64_t number, team = world_team(w, "noord", 0, 6, true);
    assert_ok(w, bring(w, example_text(w)));
    struct slice hash = brought_hash(w);
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    assert_ok(w, choose(w, hash, false));
    struct team_round part = world_part(w, team);
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &before));
    assert_true(slice_equal(before.instrument, instrument_builtin()->id));
    assert_ok(w, questionnaire_of_round(w->session, w->org, number, w->region, &w->error, &asked));
    assert_ptr_equal(asked, instrument_builtin());
    answer_all(w, team);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    world_wait(w, DAY_SECONDS);

    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    part = world_part(w, team);
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &after));
    assert_true(slice_equal(after.instrument, S("example-short")));
    assert_true(slice_equal(descriptor_instrument(&after), hash));
    assert_true(slice_equal(after.items[0], S("short-t1")));
    assert_int_equal(after.item_count, 10);
    /* while it is open another one is put to use, and this one is retired: the round goes on with it */
    assert_failure(w, choose(w, hash, true), ERROR_CONFLICT, "questionnaire-in-use");
    assert_ok(w, choose(w, S(""), false));
    assert_ok(w, choose(w, hash, true));
    assert_failure(w, choose(w, hash, false), ERROR_CONFLICT, "questionnaire-retired");
    answer_all(w, team);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    assert_int_equal(world_integer(w, &ITEMS_OF_ROUND, PARAMETERS(V_INTEGER(w->org), V_INTEGER(number))), 10);
    assert_ok(w, questionnaire_of_round(w->session, w->org, number, w->region, &w->error, &asked));
    assert_true(slice_equal(asked->id, S("example-short")));
    /* the same file brings it back */
    assert_ok(w, bring(w, example_text(w)));
    assert_ok(w, choose(w, hash, false));
    assert_ok(w, settings_changes(w->session, w->org, w->region, &w->error, &changes, &count));
    assert_int_equal(count, 4);
    assert_true(changes[0].questionnaire && slice_equal(changes[0].chosen, S("example-short")));
    assert_true(changes[1].retired);
    assert_true(slice_equal(changes[2].chosen, instrument_builtin()->id));
}

static void test_of_another_organisation(void **state)
{
    struct world *w = *state;
    const struct instrument *instrument;
    struct questionnaire found;
    world_team(w, "noord", 0, 6, true);
    assert_ok(w, bring(w, example_text(w)));
    struct slice hash = brought_hash(w);
    assert_failure(w, questionnaire_load(w->session, w->org + 1, hash, w->region, &w->error, &instrument),
                   ERROR_VERSION, "instrument-other");
    assert_failure(w, questionnaire_find(w->session, w->org + 1, hash, w->region, &w->error, &found),
                   ERROR_NOT_FOUND, "questionnaire-unknown");
}

static void test_compare(void **state)
{
    struct world *w = *state;
    const struct instrument *own;
    struct questionnaire_change change;
    world_team(w, "noord", 0, 6, true);
    assert_ok(w, bring(w, example_text(w)));
    assert_ok(w, questionnaire_load(w->session, w->org, brought_hash(w), w->region, &w->error, &own));
    questionnaire_compare(instrument_builtin(), own, &change);
    assert_int_equal(change.items_same, 0);
    assert_int_equal(change.items_new, 10);
    assert_int_equal(change.items_ended, 43);
    assert_int_equal(change.new_line_count, 4);
    questionnaire_compare(own, own, &change);
    assert_int_equal(change.items_same, 10);
    assert_int_equal(change.new_line_count + change.items_new + change.items_ended, 0);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_an_id_keeps_its_words),       BOTH(test_against_the_built_in_one), BOTH(test_languages),
        BOTH(test_a_round_keeps_what_it_asked), BOTH(test_of_another_organisation),  BOTH(test_compare),
    };
    return WORLD_RUN(tests);
}

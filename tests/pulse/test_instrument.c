/* The questionnaire that is shipped, and what a round asks of it. */
#include "instrument_reading.h"
#include "privacy/seal.h"

/* ---- the file that is shipped ---- */

static size_t items_in(const struct instrument *instrument, const char *construct, const char *facet)
{
    size_t count = 0;
    for (size_t i = 0; i < instrument->item_count; i++) {
        const struct instrument_item *item = &instrument->items[i];
        bool same = slice_equal(instrument->constructs[item->construct].id, slice_from_text(construct));
        if (facet != NULL)
            same = same && slice_equal(instrument->facets[item->facet].id, slice_from_text(facet));
        count += same;
    }
    return count;
}

static enum facet_kind kind_of(const struct instrument *instrument, const struct instrument_item *item)
{
    return instrument->facets[item->facet].kind;
}

static void test_shipped_has_no_finding(void **state)
{
    (void)state;
    CLEANUP(reading_free) struct reading reading;
    read_text(shipped, &reading);
    findings_print(&reading);
    assert_int_equal(reading.count, 0);
    assert_int_equal(reading.code, OK);
    uint8_t hash[32];
    sha256(shipped, hash);
    assert_memory_equal(reading.instrument.hash, hash, 32);
    assert_true(slice_equal(reading.instrument.id, S("hecht-trust")));
    assert_int_equal(reading.instrument.version, 1);
    assert_false(reading.instrument.validated);
}

static void test_builtin_is_the_shipped_file(void **state)
{
    (void)state;
    const struct instrument *builtin = instrument_builtin();
    assert_ptr_equal(builtin, instrument_builtin());
    uint8_t hash[32];
    sha256(shipped, hash);
    assert_memory_equal(builtin->hash, hash, 32);
    /* Read after its region is gone. */
    assert_true(slice_starts_with(builtin->frame.text[LANGUAGE_NL], S("Denk aan de afgelopen vier weken.")));
    assert_true(slice_starts_with(builtin->frame.text[LANGUAGE_EN], S("Think of the past four weeks.")));
}

static void test_shipped_counts(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_builtin();
    static const struct {
        const char *construct, *facet;
        size_t items;
    } expected[] = {
        {"leader", NULL, 12},
        {"leader", "reliability", 2},
        {"leader", "integrity", 2},
        {"leader", "competence", 2},
        {"leader", "consistency", 2},
        {"leader", "transparency", 2},
        {"leader", "empathy", 2},
        {"team", NULL, 6},
        {"team", "reliability", 2},
        {"team", "integrity", 2},
        {"team", "competence", 2},
        {"connection", NULL, 10},
        {"connection", "belonging", 1},
        {"connection", "nearness", 1},
        {"connection", "with-leader", 2},
        {"connection", "goal", 2},
        {"connection", "empathy", 1},
        {"connection", "respect", 1},
        {"connection", "appreciation", 2},
        {"safety", NULL, 6},
        {"open-communication", NULL, 1},
        {"collaboration", NULL, 1},
        {"productivity", NULL, 1},
        {"performance", NULL, 1},
        {"cohesion", NULL, 1},
        {"climate", NULL, 1},
        {"well-being", NULL, 1},
        {"satisfaction", NULL, 1},
        {"between-teams", NULL, 1},
    };
    assert_int_equal(instrument->item_count, 43);
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_int_equal(items_in(instrument, expected[i].construct, expected[i].facet), expected[i].items);
}

static void test_shipped_lines_and_kinds(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_builtin();
    static const char *const lines[] = {"leader", "team", "connection", "safety"};
    size_t found = 0;
    for (size_t i = 0; i < instrument->construct_count; i++) {
        const struct instrument_construct *construct = &instrument->constructs[i];
        assert_int_equal(construct->about_leader, slice_equal(construct->id, S("leader")));
        if (construct->line)
            assert_true(slice_equal(construct->id, slice_from_text(lines[found++])));
    }
    assert_int_equal(found, 4);
    /* Sources are measured apart from the core, and no construct blends outcomes. */
    for (size_t i = 0; i < instrument->facet_count; i++) {
        const struct instrument_facet *facet = &instrument->facets[i];
        bool source = slice_equal(facet->id, S("consistency")) || slice_equal(facet->id, S("transparency")) ||
                      slice_equal(facet->id, S("empathy")) || slice_equal(facet->id, S("goal")) ||
                      slice_equal(facet->id, S("respect")) || slice_equal(facet->id, S("appreciation"));
        assert_int_equal(facet->kind == FACET_SOURCE, source);
        if (facet->kind != FACET_OUTCOME)
            continue;
        size_t items = 0;
        for (size_t j = 0; j < instrument->item_count; j++)
            items += instrument->items[j].construct == facet->construct;
        assert_int_equal(items, 1);
    }
}

static void test_shipped_pulse(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_builtin();
    size_t rotating = 0;
    for (size_t i = 0; i < instrument->item_count; i++) {
        const struct instrument_item *item = &instrument->items[i];
        assert_false(item->reversed);
        assert_int_equal(item->rotate, kind_of(instrument, item) == FACET_OUTCOME);
        rotating += item->rotate;
        if (item->anchor == 0)
            continue;
        assert_int_equal(kind_of(instrument, item), FACET_CORE);
        assert_true(instrument->constructs[item->construct].line);
        assert_int_equal(item->about_leader, instrument->constructs[item->construct].about_leader);
    }
    assert_int_equal(rotating, 8);
}

static void test_shipped_texts(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_builtin();
    /* Items say things positively; words such as these have no place in them. */
    static const char *const banned[LANGUAGE_COUNT][20] = {
        [LANGUAGE_EN] = {" not ", " no ", "n't", "n’t", " never ", "without", "nothing", "nobody",
                         " my leader", " and ", " or ", "manager", "employee", "!", "  "},
        [LANGUAGE_NL] = {"niet", "geen", "nooit", "zonder", "niets", "niemand", " u ", " uw ",
                         "leidinggevende", " en ", " of ", "manager", "medewerker", "!", "  "},
    };
    for (size_t i = 0; i < instrument->item_count; i++)
        for (size_t l = 0; l < LANGUAGE_COUNT; l++) {
            struct slice text = instrument->items[i].text.text[l];
            assert_true(slice_ends_with(text, S(".")));
            for (size_t b = 0; b < COUNT_OF(banned[l]) && banned[l][b] != NULL; b++)
                if (slice_find(text, slice_from_text(banned[l][b])) < text.length)
                    fail_msg("\"%.*s\" holds \"%s\"", SLICE_ARG(text), banned[l][b]);
            size_t words = 1;
            for (size_t c = 0; c < text.length; c++)
                words += text.data[c] == ' ';
            assert_true(words <= 15);
        }
}

static void test_shipped_options(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_builtin();
    static const char *const dutch[] = {"klopt helemaal niet", "klopt niet", "deels wel en deels niet",
                                        "klopt", "klopt helemaal"};
    assert_int_equal(instrument->option_count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_true(slice_equal(instrument->options[i].text[LANGUAGE_NL], slice_from_text(dutch[i])));
    assert_true(slice_equal(instrument->options[0].text[LANGUAGE_EN], S("not at all true")));
    assert_true(slice_equal(instrument->options[4].text[LANGUAGE_EN], S("completely true")));
    assert_true(slice_equal(instrument->no_answer.text[LANGUAGE_NL],
                            S("Geen antwoord (ik weet het niet of zeg het liever niet)")));
}

/* ---- what a round asks ---- */

static void test_pulse_begins_with_the_anchors(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_builtin();
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    static const char *const lines[] = {"team", "connection", "safety", "leader"};
    for (int64_t round = 1; round <= 9; round++) {
        assert_int_equal(instrument_select(instrument, false, round, true, items), 10);
        for (int i = 0; i < 8; i++) {
            assert_int_equal(items[i]->anchor, i + 1);
            assert_true(
                slice_equal(instrument->constructs[items[i]->construct].id, slice_from_text(lines[i / 2])));
        }
        assert_true(items[8]->rotate && items[9]->rotate);
        assert_ptr_not_equal(items[8], items[9]);
    }
}

static void test_same_round_asks_the_same(void **state)
{
    (void)state;
    const struct instrument_item *first[INSTRUMENT_ITEMS_MAXIMUM], *again[INSTRUMENT_ITEMS_MAXIMUM];
    for (int64_t round = 1; round < 40; round++) {
        size_t count = instrument_select(instrument_builtin(), false, round, true, first);
        assert_int_equal(instrument_select(instrument_builtin(), false, round, true, again), count);
        assert_memory_equal(first, again, count * sizeof(first[0]));
        /* The outcomes do not depend on the leader. */
        assert_int_equal(instrument_select(instrument_builtin(), false, round, false, again), count - 2);
        assert_memory_equal(first + 8, again + 6, 2 * sizeof(first[0]));
    }
}

/* How often each item of the instrument is asked in the rounds first, first + step, ... */
static void count_asked(const struct instrument *instrument, int64_t first, int64_t step, int rounds,
                        int ret_times[INSTRUMENT_ITEMS_MAXIMUM])
{
    memset(ret_times, 0, INSTRUMENT_ITEMS_MAXIMUM * sizeof(int));
    for (int i = 0; i < rounds; i++) {
        const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
        size_t count = instrument_select(instrument, false, first + i * step, true, items);
        for (size_t j = 0; j < count; j++)
            ret_times[items[j] - instrument->items]++;
    }
}

static void test_outcomes_rotate_evenly(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_builtin();
    int times[INSTRUMENT_ITEMS_MAXIMUM];
    for (int64_t cycle = 0; cycle < 10; cycle++) {
        count_asked(instrument, 1 + cycle * 4, 1, 4, times);
        for (size_t i = 0; i < instrument->item_count; i++)
            assert_int_equal(times[i], instrument->items[i].anchor ? 4 : instrument->items[i].rotate ? 1 : 0);
    }
    /* Also for teams that take part in every second, third or fourth round only. */
    for (int64_t step = 2; step <= 4; step++) {
        count_asked(instrument, 1, step, 16, times);
        for (size_t i = 0; i < instrument->item_count; i++)
            if (instrument->items[i].rotate)
                assert_int_equal(times[i], 4);
    }
}

/* Also for other numbers of outcomes: none, one, two, an odd number. */
static void test_any_number_of_outcomes_rotates_evenly(void **state)
{
    (void)state;
    struct instrument instrument = *instrument_builtin();
    for (size_t keep = 0; keep <= 7; keep++) {
        instrument = *instrument_builtin();
        size_t kept = 0;
        for (size_t i = 0; i < instrument.item_count; i++)
            if (instrument.items[i].rotate)
                instrument.items[i].rotate = kept++ < keep;
        int taken = keep < 2 ? (int)keep : 2;
        const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
        assert_int_equal(instrument_select(&instrument, false, 3, true, items), 8 + taken);
        int times[INSTRUMENT_ITEMS_MAXIMUM];
        count_asked(&instrument, 1, 1, 420, times); /* a multiple of every cycle */
        for (size_t i = 0; i < instrument.item_count; i++)
            if (instrument.items[i].rotate)
                assert_int_equal(times[i], 420 * taken / (int)keep);
    }
}

static void test_odd_round_numbers(void **state)
{
    (void)state;
    static const int64_t numbers[] = {INT64_MIN, -1, 0, 1, INT64_MAX};
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM], *first[INSTRUMENT_ITEMS_MAXIMUM];
    instrument_select(instrument_builtin(), false, 1, true, first);
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        assert_int_equal(instrument_select(instrument_builtin(), false, numbers[i], true, items), 10);
        assert_ptr_not_equal(items[8], items[9]);
        if (numbers[i] <= 1)
            assert_memory_equal(items, first, 10 * sizeof(items[0]));
    }
}

static void test_full_form_asks_everything_once(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_builtin();
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    bool asked[INSTRUMENT_ITEMS_MAXIMUM] = {false};
    size_t count = instrument_select(instrument, true, 5, true, items);
    assert_int_equal(count, instrument->item_count);
    for (size_t i = 0; i < count; i++) {
        size_t index = (size_t)(items[i] - instrument->items);
        assert_false(asked[index]);
        asked[index] = true;
        assert_int_equal(items[i]->anchor, i < 8 ? (int)i + 1 : 0);
    }
}

static void test_nothing_about_a_leader_who_is_not_there(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_builtin();
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    for (int full = 0; full <= 1; full++) {
        size_t count = instrument_select(instrument, full, 1, false, items);
        assert_int_equal(count, full ? 29 : 8);
        int connection_anchors = 0;
        for (size_t i = 0; i < count; i++) {
            for (size_t l = 0; l < LANGUAGE_COUNT; l++)
                assert_int_equal(slice_find(items[i]->text.text[l], S("{L}")), items[i]->text.text[l].length);
            connection_anchors +=
                items[i]->anchor != 0 &&
                slice_equal(instrument->constructs[items[i]->construct].id, S("connection"));
        }
        assert_int_equal(connection_anchors, 2); /* its line stays what it is with a leader */
    }
}

static void test_item_find(void **state)
{
    (void)state;
    const struct instrument *instrument = instrument_builtin();
    for (size_t i = 0; i < instrument->item_count; i++)
        assert_ptr_equal(instrument_item_find(instrument, instrument->items[i].id), &instrument->items[i]);
    assert_null(instrument_item_find(instrument, S("")));
    assert_null(instrument_item_find(instrument, S("lr")));
    assert_null(instrument_item_find(instrument, S("LR1")));
}

static void test_fill(void **state)
{
    (void)state;
    static const struct {
        const char *text, *leader, *filled;
    } rows[] = {
        {"", "Sanne", ""},
        {"{L}", "Sanne", "Sanne"},
        {"{L}", "", ""},
        {"{L}{L}", "a{L}b", "a{L}ba{L}b"}, /* a name is text, whatever it holds */
        {"Wat {L} van ons vraagt, doet {L} zelf ook.", "Zoë", "Wat Zoë van ons vraagt, doet Zoë zelf ook."},
        {"In dit team.", "Sanne", "In dit team."},
        {"{L", "Sanne", "{L"},
        {"L}{L}{", "x", "L}x{"},
    };
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice filled =
            instrument_fill(slice_from_text(rows[i].text), slice_from_text(rows[i].leader), region);
        assert_true(slice_equal(filled, slice_from_text(rows[i].filled)));
    }
    assert_int_equal(instrument_fill((struct slice){0}, (struct slice){0}, region).length, 0);
    CLEANUP(region_cleanup) struct region *tiny = region_new(4);
    assert_int_equal(instrument_fill(S("{L} en {L}"), S("Sanne"), tiny).length, 0);
    assert_true(region_failed(tiny));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_has_no_finding),
        cmocka_unit_test(test_builtin_is_the_shipped_file),
        cmocka_unit_test(test_shipped_counts),
        cmocka_unit_test(test_shipped_lines_and_kinds),
        cmocka_unit_test(test_shipped_pulse),
        cmocka_unit_test(test_shipped_texts),
        cmocka_unit_test(test_shipped_options),
        cmocka_unit_test(test_pulse_begins_with_the_anchors),
        cmocka_unit_test(test_same_round_asks_the_same),
        cmocka_unit_test(test_outcomes_rotate_evenly),
        cmocka_unit_test(test_any_number_of_outcomes_rotates_evenly),
        cmocka_unit_test(test_odd_round_numbers),
        cmocka_unit_test(test_full_form_asks_everything_once),
        cmocka_unit_test(test_nothing_about_a_leader_who_is_not_there),
        cmocka_unit_test(test_item_find),
        cmocka_unit_test(test_fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What only the whole file shows. */
#include "pulse/instrument_draft.h"

static const struct slice leader_mark = {"{L}", 3};

static bool contains(struct slice text, struct slice part)
{
    return slice_find(text, part) < text.length;
}

/* ---- texts ---- */

/* Which words negate. Pairs such as "neither ... nor" are left out: together they negate once. */
static const char *const negations[LANGUAGE_COUNT][12] = {
    [LANGUAGE_EN] = {"not", "no", "never", "nobody", "none", "nothing", "nowhere", "without", "cannot"},
    [LANGUAGE_NL] = {"niet", "geen", "nooit", "niemand", "niets", "niks", "nergens", "zonder"},
};

static bool is_negation(enum language language, struct slice word)
{
    for (size_t i = 0; i < COUNT_OF(negations[0]) && negations[language][i] != NULL; i++)
        if (slice_equal_ignore_case(word, slice_from_text(negations[language][i])))
            return true;
    if (language != LANGUAGE_EN || word.length < 4)
        return false;
    return slice_ends_with(word, S("n't")) ||
           slice_ends_with(word, S("n\xE2\x80\x99t")); /* don't, with either sign */
}

/* A word may hold letters, apostrophes and the bytes of characters beyond ASCII. */
static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'' || (unsigned char)c >= 0x80;
}

static int negations_count(enum language language, struct slice text)
{
    int count = 0;
    for (size_t at = 0; at < text.length;) {
        size_t end = at;
        while (end < text.length && is_word_byte(text.data[end]))
            end++;
        if (is_negation(language, slice_part(text, at, end - at)))
            count++;
        at = end + 1;
    }
    return count;
}

/* Braces other than {L} are a slip: nothing else is filled in. */
static bool has_stray_brace(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '}')
            return true;
        if (text.data[i] != '{')
            continue;
        if (!slice_starts_with(slice_from(text, i), leader_mark))
            return true;
        i += leader_mark.length - 1;
    }
    return false;
}

/* The rules for every text. */
static void text_check(struct instrument_draft *draft, const struct instrument_text *text,
                       const struct place *place, bool may_name_leader)
{
    size_t languages = draft->instrument.language_count, count = 0;
    bool named[INSTRUMENT_LANGUAGES_MAXIMUM] = {false};
    for (size_t i = 0; i < languages; i++) {
        struct slice s = text->text[i];
        size_t characters = slice_count_characters(s);
        if (characters > TEXT_CHARACTERS_MAXIMUM)
            finding_add(draft, place->text[i], "text-length",
                        "This text has %zu characters. Use at most %d, so that it fits on a phone.",
                        characters, TEXT_CHARACTERS_MAXIMUM);
        if (has_stray_brace(s))
            finding_add(draft, place->text[i], "placeholder",
                        "Only {L}, the name of the leader, is filled in. Remove "
                        "the other braces.");
        named[i] = contains(s, leader_mark);
        count += named[i];
        if (named[i] && !may_name_leader)
            finding_add(
                draft, place->text[i], "placeholder",
                "{L} can stand in items and in the name of a construct with about-leader. Remove it here.");
    }
    for (size_t i = 0; i < languages; i++)
        if (count > 0 && !named[i] && place->text[i] != 0)
            finding_add(draft, place->text[i], "placeholder",
                        "{L} stands in another language only. Use it in all or in none.");
}

static void texts_check(struct instrument_draft *draft)
{
    const struct instrument *instrument = &draft->instrument;
    text_check(draft, &instrument->frame, &draft->head, false);
    text_check(draft, &instrument->no_answer, &draft->no_answer, false);
    for (size_t i = 0; i < instrument->option_count; i++)
        text_check(draft, &instrument->options[i], &draft->options[i], false);
    for (size_t i = 0; i < instrument->construct_count; i++)
        text_check(draft, &instrument->constructs[i].name, &draft->constructs[i],
                   instrument->constructs[i].about_leader);
    for (size_t i = 0; i < instrument->facet_count; i++)
        text_check(draft, &instrument->facets[i].name, &draft->facets[i], false);
    for (size_t i = 0; i < instrument->item_count; i++)
        text_check(draft, &instrument->items[i].text, &draft->items[i], true);
}

/* A text of this item or option that an earlier one has too. */
static void same_text_find(struct instrument_draft *draft, const struct instrument_text *earlier,
                           const struct place *earlier_place, const struct instrument_text *text,
                           const struct place *place)
{
    for (size_t i = 0; i < draft->instrument.language_count; i++)
        if (text->text[i].length > 0 && slice_equal_ignore_case(earlier->text[i], text->text[i]))
            finding_add(draft, place->text[i], "same-text",
                        "This text stands in line %d already. Change one of them.", earlier_place->text[i]);
}

static void same_texts_find(struct instrument_draft *draft)
{
    const struct instrument *instrument = &draft->instrument;
    for (size_t i = 0; i < instrument->item_count; i++)
        for (size_t earlier = 0; earlier < i; earlier++)
            same_text_find(draft, &instrument->items[earlier].text, &draft->items[earlier],
                           &instrument->items[i].text, &draft->items[i]);
    for (size_t i = 0; i < instrument->option_count; i++)
        for (size_t earlier = 0; earlier < i; earlier++)
            same_text_find(draft, &instrument->options[earlier], &draft->options[earlier],
                           &instrument->options[i], &draft->options[i]);
}

static void item_text_check(struct instrument_draft *draft, const struct instrument_item *item,
                            const struct place *place)
{
    for (size_t i = 0; i < LANGUAGE_COUNT; i++)
        if (negations_count((enum language)i, item->text.text[i]) > 1)
            finding_add(draft, place->text[i], "double-negation",
                        "This text negates twice, which many readers turn round. Say it positively.");
    if (item->text.text[LANGUAGE_EN].length > 0 &&
        slice_equal(item->text.text[LANGUAGE_EN], item->text.text[LANGUAGE_NL]))
        finding_add(draft, place->text[LANGUAGE_EN], "missing-text",
                    "The text is the same in nl and en. Translate one of them.");
}

/* ---- the file ---- */

static void statements_check(struct instrument_draft *draft)
{
    const char *const missing = "missing-statement";
    if (draft->id_line == 0)
        finding_add(draft, 0, missing, "Add \"instrument ID\" at the top.");
    if (draft->version_line == 0)
        finding_add(draft, 0, missing, "Add \"version 1\" at the top.");
    if (draft->status_line == 0)
        finding_add(draft, 0, missing, "Add \"status not-validated\" at the top.");
    for (size_t i = 0; i < draft->instrument.language_count; i++)
        if (draft->head.text[i] == 0)
            finding_add(draft, 0, "missing-text", "Add \"frame.%.*s\" and the period the items are about.",
                        SLICE_ARG(draft->instrument.languages[i].code));
    if (draft->no_answer.line == 0)
        finding_add(draft, 0, missing, "Add \"no-answer\" with its texts: nobody may be made to answer.");
    if (draft->instrument.option_count < OPTIONS_MINIMUM)
        finding_add(draft, 0, "options", "Add options: an answer needs at least %d to choose from.",
                    OPTIONS_MINIMUM);
}

/* ---- constructs and facets ---- */

static size_t items_of_construct(const struct instrument *instrument, size_t construct)
{
    size_t count = 0;
    for (size_t i = 0; i < instrument->item_count; i++)
        count += instrument->items[i].construct == construct;
    return count;
}

static void lines_check(struct instrument_draft *draft)
{
    const struct instrument *instrument = &draft->instrument;
    size_t lines = 0;
    for (size_t i = 0; i < instrument->construct_count; i++)
        lines += instrument->constructs[i].line;
    if (lines != PULSE_LINES)
        finding_add(draft, 0, "lines",
                    "%zu constructs have \"line\". The team page needs exactly %d, each with %d anchors.",
                    lines, PULSE_LINES, ANCHORS_OF_A_LINE);
}

/* Says where the facet holds both kinds; a mean of them would tell about the leader in a line of the team. */
static void facet_mix_find(struct instrument_draft *draft, size_t facet)
{
    const struct instrument *instrument = &draft->instrument;
    const struct instrument_item *first = NULL;
    for (size_t i = 0; i < instrument->item_count; i++) {
        const struct instrument_item *item = &instrument->items[i];
        if (item->facet != facet)
            continue;
        if (first == NULL)
            first = item;
        if (item->about_leader == first->about_leader)
            continue;
        finding_add(
            draft, draft->items[i].line, "mixed-facet",
            "This facet holds items about the leader and others. Give the items with {L} their own facet.");
        return;
    }
}

static bool facet_has_items(const struct instrument *instrument, size_t facet)
{
    for (size_t i = 0; i < instrument->item_count; i++)
        if (instrument->items[i].facet == facet)
            return true;
    return false;
}

static void facets_check(struct instrument_draft *draft)
{
    const struct instrument *instrument = &draft->instrument;
    for (size_t i = 0; i < instrument->facet_count; i++) {
        const struct instrument_facet *facet = &instrument->facets[i];
        if (facet->construct != UNRESOLVED && !facet_has_items(instrument, i) && !draft->items_cut)
            finding_add(draft, draft->facets[i].line, "unused",
                        "No item belongs to this facet. Add items or remove it.");
        if (facet->construct != UNRESOLVED && !instrument->constructs[facet->construct].about_leader)
            facet_mix_find(draft, i); /* where all items must name the leader, another rule says so */
        if (facet->kind == FACET_OUTCOME && facet->construct != UNRESOLVED &&
            instrument->constructs[facet->construct].line)
            finding_add(draft, draft->facets[i].line, "outcome-apart",
                        "An outcome cannot be part of a line. Give it a construct of its own.");
    }
}

static void constructs_check(struct instrument_draft *draft)
{
    const struct instrument *instrument = &draft->instrument;
    for (size_t i = 0; i < instrument->construct_count; i++)
        if (items_of_construct(instrument, i) == 0 && !draft->items_cut)
            finding_add(draft, draft->constructs[i].line, "unused",
                        "No item belongs to this construct. Add items or remove it.");
}

/* ---- the pulse ---- */

static void anchor_places_check(struct instrument_draft *draft)
{
    const struct instrument *instrument = &draft->instrument;
    int line_of[PULSE_ANCHORS + 1] = {0};
    for (size_t i = 0; i < instrument->item_count; i++) {
        int anchor = instrument->items[i].anchor;
        int line = draft->items[i].attribute[ATTRIBUTE_ANCHOR];
        if (anchor == 0)
            continue;
        if (line_of[anchor] != 0)
            finding_add(draft, line, "pulse-anchors",
                        "Anchor %d stands in line %d already. Use each number once.", anchor,
                        line_of[anchor]);
        else
            line_of[anchor] = line;
    }
    for (int anchor = 1; anchor <= PULSE_ANCHORS; anchor++)
        if (line_of[anchor] == 0)
            finding_add(draft, 0, "pulse-anchors",
                        "No item has \"anchor %d\". Use each number from 1 to %d once.", anchor,
                        PULSE_ANCHORS);
}

static void anchors_of_lines_check(struct instrument_draft *draft)
{
    const struct instrument *instrument = &draft->instrument;
    for (size_t i = 0; i < instrument->construct_count; i++) {
        int anchors = 0;
        for (size_t j = 0; j < instrument->item_count; j++)
            anchors += instrument->items[j].construct == i && instrument->items[j].anchor != 0;
        if (instrument->constructs[i].line && anchors != ANCHORS_OF_A_LINE)
            finding_add(draft, draft->constructs[i].line, "pulse-anchors",
                        "This line has %d anchors. Give exactly %d of its items an anchor.", anchors,
                        ANCHORS_OF_A_LINE);
    }
}

static void anchor_check(struct instrument_draft *draft, const struct instrument_item *item,
                         const struct place *place)
{
    const struct instrument *instrument = &draft->instrument;
    int line = place->attribute[ATTRIBUTE_ANCHOR];
    if (item->construct != UNRESOLVED && !instrument->constructs[item->construct].line)
        finding_add(draft, line, "pulse-anchors",
                    "Only items of a construct with \"line\" can be an anchor.");
    if (item->facet != UNRESOLVED && instrument->facets[item->facet].kind == FACET_SOURCE)
        finding_add(
            draft, line, "pulse-anchors",
            "A line is measured by its core, apart from its sources. Choose an item of a core facet.");
    if (item->about_leader && item->construct != UNRESOLVED &&
        !instrument->constructs[item->construct].about_leader)
        finding_add(
            draft, line, "leader-in-pulse",
            "An anchor with {L} needs a construct with about-leader: without a leader this line would end.");
}

static void rotating_check(struct instrument_draft *draft, const struct instrument_item *item,
                           const struct place *place)
{
    int line = place->attribute[ATTRIBUTE_ROTATE];
    if (item->facet != UNRESOLVED && draft->instrument.facets[item->facet].kind != FACET_OUTCOME)
        finding_add(draft, line, "pulse-rotating",
                    "Only items of an outcome facet can rotate. Remove \"rotate\".");
    if (item->anchor != 0)
        finding_add(draft, line, "pulse-rotating",
                    "An anchor is in every pulse, so it cannot rotate. Remove one of the two.");
    if (item->about_leader)
        finding_add(draft, line, "leader-in-pulse",
                    "A rotating item is the same for everybody. Word it without {L} or remove \"rotate\".");
}

static void reversed_check(struct instrument_draft *draft, size_t index)
{
    const struct instrument *instrument = &draft->instrument;
    const struct instrument_item *item = &instrument->items[index];
    int line = draft->items[index].attribute[ATTRIBUTE_REVERSED];
    if (item->anchor != 0 || item->rotate)
        finding_add(draft, line, "reversed",
                    "An item of the pulse cannot be reversed. Word it the other way round.");
    if (item->construct == UNRESOLVED)
        return;
    if (items_of_construct(instrument, item->construct) < REVERSED_NEEDS_ITEMS && !draft->items_cut)
        finding_add(
            draft, line, "reversed",
            "A scale of fewer than %d items cannot hold a reversed item. Word it the other way round.",
            REVERSED_NEEDS_ITEMS);
    for (size_t i = 0; i < index; i++)
        if (instrument->items[i].construct == item->construct && instrument->items[i].reversed) {
            finding_add(draft, line, "reversed",
                        "Line %d of this construct is reversed already. Word this item the other way round.",
                        draft->items[i].attribute[ATTRIBUTE_REVERSED]);
            return;
        }
}

static void items_check(struct instrument_draft *draft)
{
    const struct instrument *instrument = &draft->instrument;
    for (size_t i = 0; i < instrument->item_count; i++) {
        const struct instrument_item *item = &instrument->items[i];
        item_text_check(draft, item, &draft->items[i]);
        if (!item->about_leader && item->construct != UNRESOLVED &&
            instrument->constructs[item->construct].about_leader)
            finding_add(draft, draft->items[i].line, "placeholder",
                        "An item of a construct with about-leader must name {L}: a team without one is not "
                        "asked it.");
        if (item->anchor != 0)
            anchor_check(draft, item, &draft->items[i]);
        if (item->rotate)
            rotating_check(draft, item, &draft->items[i]);
        if (item->reversed)
            reversed_check(draft, i);
    }
}

void instrument_check(struct instrument_draft *draft)
{
    statements_check(draft);
    texts_check(draft);
    same_texts_find(draft);
    lines_check(draft);
    constructs_check(draft);
    facets_check(draft);
    if (!draft->items_cut) {
        anchor_places_check(draft);
        anchors_of_lines_check(draft);
    }
    items_check(draft);
}

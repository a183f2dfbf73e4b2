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
            finding_add(
                draft, place->text[i], "text-length", MESSAGE_QUESTIONNAIRE_FINDING_TEXT_LENGTH,
                ARGUMENTS(A_INTEGER("n", (int64_t)characters), A_INTEGER("most", TEXT_CHARACTERS_MAXIMUM)));
        if (has_stray_brace(s))
            finding_add(draft, place->text[i], "placeholder", MESSAGE_QUESTIONNAIRE_FINDING_BRACES,
                        ARGUMENTS(A_TEXT("leader", leader_mark)));
        named[i] = contains(s, leader_mark);
        count += named[i];
        if (named[i] && !may_name_leader)
            finding_add(draft, place->text[i], "placeholder", MESSAGE_QUESTIONNAIRE_FINDING_LEADER_HERE,
                        ARGUMENTS(A_TEXT("leader", leader_mark)));
    }
    for (size_t i = 0; i < languages; i++)
        if (count > 0 && !named[i] && place->text[i] != 0)
            finding_add(draft, place->text[i], "placeholder", MESSAGE_QUESTIONNAIRE_FINDING_LEADER_LANGUAGES,
                        ARGUMENTS(A_TEXT("leader", leader_mark)));
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
            finding_add(draft, place->text[i], "same-text", MESSAGE_QUESTIONNAIRE_FINDING_SAME_TEXT,
                        ARGUMENTS(A_INTEGER("line", (int64_t)earlier_place->text[i])));
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
            finding_add(draft, place->text[i], "double-negation", MESSAGE_QUESTIONNAIRE_FINDING_NEGATES_TWICE,
                        NO_ARGUMENTS);
    if (item->text.text[LANGUAGE_EN].length > 0 &&
        slice_equal(item->text.text[LANGUAGE_EN], item->text.text[LANGUAGE_NL]))
        finding_add(draft, place->text[LANGUAGE_EN], "missing-text",
                    MESSAGE_QUESTIONNAIRE_FINDING_UNTRANSLATED, NO_ARGUMENTS);
}

/* ---- the file ---- */

static void statements_check(struct instrument_draft *draft)
{
    const char *const missing = "missing-statement";
    if (draft->id_line == 0)
        finding_add(draft, 0, missing, MESSAGE_QUESTIONNAIRE_FINDING_INSTRUMENT_MISSING, NO_ARGUMENTS);
    if (draft->version_line == 0)
        finding_add(draft, 0, missing, MESSAGE_QUESTIONNAIRE_FINDING_VERSION_MISSING, NO_ARGUMENTS);
    if (draft->status_line == 0)
        finding_add(draft, 0, missing, MESSAGE_QUESTIONNAIRE_FINDING_STATUS_MISSING, NO_ARGUMENTS);
    for (size_t i = 0; i < draft->instrument.language_count; i++)
        if (draft->head.text[i] == 0)
            finding_add(draft, 0, "missing-text", MESSAGE_QUESTIONNAIRE_FINDING_FRAME_MISSING,
                        ARGUMENTS(A_TEXT("language", draft->instrument.languages[i].code)));
    if (draft->no_answer.line == 0)
        finding_add(draft, 0, missing, MESSAGE_QUESTIONNAIRE_FINDING_NO_ANSWER_MISSING, NO_ARGUMENTS);
    if (draft->instrument.option_count < OPTIONS_MINIMUM)
        finding_add(draft, 0, "options", MESSAGE_QUESTIONNAIRE_FINDING_OPTIONS_FEW,
                    ARGUMENTS(A_INTEGER("least", OPTIONS_MINIMUM)));
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
        finding_add(draft, 0, "lines", MESSAGE_QUESTIONNAIRE_FINDING_LINES,
                    ARGUMENTS(A_INTEGER("n", (int64_t)lines), A_INTEGER("wanted", PULSE_LINES),
                              A_INTEGER("anchors", ANCHORS_OF_A_LINE)));
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
        finding_add(draft, draft->items[i].line, "mixed-facet", MESSAGE_QUESTIONNAIRE_FINDING_MIXED_FACET,
                    ARGUMENTS(A_TEXT("leader", leader_mark)));
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
            finding_add(draft, draft->facets[i].line, "unused", MESSAGE_QUESTIONNAIRE_FINDING_FACET_UNUSED,
                        NO_ARGUMENTS);
        if (facet->construct != UNRESOLVED && !instrument->constructs[facet->construct].about_leader)
            facet_mix_find(draft, i); /* where all items must name the leader, another rule says so */
        if (facet->kind == FACET_OUTCOME && facet->construct != UNRESOLVED &&
            instrument->constructs[facet->construct].line)
            finding_add(draft, draft->facets[i].line, "outcome-apart",
                        MESSAGE_QUESTIONNAIRE_FINDING_OUTCOME_APART, NO_ARGUMENTS);
    }
}

static void constructs_check(struct instrument_draft *draft)
{
    const struct instrument *instrument = &draft->instrument;
    for (size_t i = 0; i < instrument->construct_count; i++)
        if (items_of_construct(instrument, i) == 0 && !draft->items_cut)
            finding_add(draft, draft->constructs[i].line, "unused",
                        MESSAGE_QUESTIONNAIRE_FINDING_CONSTRUCT_UNUSED, NO_ARGUMENTS);
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
            finding_add(draft, line, "pulse-anchors", MESSAGE_QUESTIONNAIRE_FINDING_ANCHOR_AGAIN,
                        ARGUMENTS(A_INTEGER("number", anchor), A_INTEGER("line", (int64_t)line_of[anchor])));
        else
            line_of[anchor] = line;
    }
    for (int anchor = 1; anchor <= PULSE_ANCHORS; anchor++)
        if (line_of[anchor] == 0)
            finding_add(draft, 0, "pulse-anchors", MESSAGE_QUESTIONNAIRE_FINDING_ANCHOR_MISSING,
                        ARGUMENTS(A_INTEGER("number", anchor), A_INTEGER("most", PULSE_ANCHORS)));
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
                        MESSAGE_QUESTIONNAIRE_FINDING_LINE_ANCHORS,
                        ARGUMENTS(A_INTEGER("n", anchors), A_INTEGER("wanted", ANCHORS_OF_A_LINE)));
    }
}

static void anchor_check(struct instrument_draft *draft, const struct instrument_item *item,
                         const struct place *place)
{
    const struct instrument *instrument = &draft->instrument;
    int line = place->attribute[ATTRIBUTE_ANCHOR];
    if (item->construct != UNRESOLVED && !instrument->constructs[item->construct].line)
        finding_add(draft, line, "pulse-anchors", MESSAGE_QUESTIONNAIRE_FINDING_ANCHOR_LINE, NO_ARGUMENTS);
    if (item->facet != UNRESOLVED && instrument->facets[item->facet].kind == FACET_SOURCE)
        finding_add(draft, line, "pulse-anchors", MESSAGE_QUESTIONNAIRE_FINDING_ANCHOR_CORE, NO_ARGUMENTS);
    if (item->about_leader && item->construct != UNRESOLVED &&
        !instrument->constructs[item->construct].about_leader)
        finding_add(draft, line, "leader-in-pulse", MESSAGE_QUESTIONNAIRE_FINDING_ANCHOR_LEADER,
                    ARGUMENTS(A_TEXT("leader", leader_mark)));
}

static void rotating_check(struct instrument_draft *draft, const struct instrument_item *item,
                           const struct place *place)
{
    int line = place->attribute[ATTRIBUTE_ROTATE];
    if (item->facet != UNRESOLVED && draft->instrument.facets[item->facet].kind != FACET_OUTCOME)
        finding_add(draft, line, "pulse-rotating", MESSAGE_QUESTIONNAIRE_FINDING_ROTATE_OUTCOME,
                    NO_ARGUMENTS);
    if (item->anchor != 0)
        finding_add(draft, line, "pulse-rotating", MESSAGE_QUESTIONNAIRE_FINDING_ROTATE_ANCHOR, NO_ARGUMENTS);
    if (item->about_leader)
        finding_add(draft, line, "leader-in-pulse", MESSAGE_QUESTIONNAIRE_FINDING_ROTATE_LEADER,
                    ARGUMENTS(A_TEXT("leader", leader_mark)));
}

static void reversed_check(struct instrument_draft *draft, size_t index)
{
    const struct instrument *instrument = &draft->instrument;
    const struct instrument_item *item = &instrument->items[index];
    int line = draft->items[index].attribute[ATTRIBUTE_REVERSED];
    if (item->anchor != 0 || item->rotate)
        finding_add(draft, line, "reversed", MESSAGE_QUESTIONNAIRE_FINDING_REVERSED_PULSE, NO_ARGUMENTS);
    if (item->construct == UNRESOLVED)
        return;
    if (items_of_construct(instrument, item->construct) < REVERSED_NEEDS_ITEMS && !draft->items_cut)
        finding_add(draft, line, "reversed", MESSAGE_QUESTIONNAIRE_FINDING_REVERSED_FEW,
                    ARGUMENTS(A_INTEGER("least", REVERSED_NEEDS_ITEMS)));
    for (size_t i = 0; i < index; i++)
        if (instrument->items[i].construct == item->construct && instrument->items[i].reversed) {
            finding_add(draft, line, "reversed", MESSAGE_QUESTIONNAIRE_FINDING_REVERSED_AGAIN,
                        ARGUMENTS(A_INTEGER("line", (int64_t)draft->items[i].attribute[ATTRIBUTE_REVERSED])));
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
                        MESSAGE_QUESTIONNAIRE_FINDING_LEADER_UNNAMED,
                        ARGUMENTS(A_TEXT("leader", leader_mark)));
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

/* An id stands for the same words for good; see questionnaire.h. */
#include "pulse/questionnaire_rules.h"

static void add(struct questionnaire_upload *upload, int line, const char *rule, enum message message,
                const struct argument *arguments, size_t argument_count)
{
    instrument_finding_add(upload->findings, &upload->finding_count, upload->region, line, rule, message,
                           arguments, argument_count);
}

/* The line of the file that begins with these words. The file was read without a finding, so it is there. */
static int line_of(const struct questionnaire_upload *upload, struct slice statement, struct slice value)
{
    struct slice line;
    int number = 0;
    for (struct slice rest = upload->text; slice_take(&rest, '\n', &line);) {
        number++;
        struct slice words = slice_trim(line);
        if (slice_starts_with(words, statement) && words.data == line.data &&
            slice_equal(slice_trim(slice_from(words, statement.length)), value))
            return number;
    }
    return 0;
}

/* In every language that both have. */
static bool same_words(const struct instrument *a, const struct instrument_text *of_a,
                       const struct instrument *b, const struct instrument_text *of_b)
{
    for (size_t i = 0; i < a->language_count; i++)
        for (size_t j = 0; j < b->language_count; j++)
            if (slice_equal(a->languages[i].code, b->languages[j].code) &&
                !slice_equal(of_a->text[i], of_b->text[j]))
                return false;
    return true;
}

static bool same_scale(const struct instrument *a, const struct instrument *b)
{
    bool same = a->option_count == b->option_count && same_words(a, &a->frame, b, &b->frame) &&
                same_words(a, &a->no_answer, b, &b->no_answer);
    for (size_t i = 0; same && i < a->option_count; i++)
        same = same_words(a, &a->options[i], b, &b->options[i]);
    return same;
}

static const struct instrument_construct *construct_find(const struct instrument *instrument, struct slice id)
{
    for (size_t i = 0; i < instrument->construct_count; i++)
        if (slice_equal(instrument->constructs[i].id, id))
            return &instrument->constructs[i];
    return NULL;
}

/* Every item of the construct of a stands in the one of b, as an anchor of it or not as there. */
static bool items_within(const struct instrument *a, const struct instrument_construct *of_a,
                         const struct instrument *b, const struct instrument_construct *of_b)
{
    for (size_t i = 0; i < a->item_count; i++) {
        const struct instrument_item *item = &a->items[i];
        if (&a->constructs[item->construct] != of_a)
            continue;
        const struct instrument_item *other = instrument_item_find(b, item->id);
        if (other == NULL || &b->constructs[other->construct] != of_b ||
            (item->anchor > 0) != (other->anchor > 0))
            return false;
    }
    return true;
}

static bool same_construct(const struct instrument *a, const struct instrument_construct *of_a,
                           const struct instrument *b, const struct instrument_construct *of_b)
{
    return of_a->line == of_b->line && of_a->about_leader == of_b->about_leader &&
           items_within(a, of_a, b, of_b) && items_within(b, of_b, a, of_a);
}

/* ---- The rules ---------------------------------------------------------------------------------- */

void questionnaire_rules_own(struct questionnaire_upload *upload, const struct instrument *instrument)
{
    if (instrument->option_count != QUESTIONNAIRE_OPTIONS)
        add(upload, line_of(upload, S("option"), S("1")), "five-options",
            MESSAGE_QUESTIONNAIRE_FINDING_FIVE_OPTIONS,
            ARGUMENTS(A_INTEGER("n", (int64_t)instrument->option_count),
                      A_INTEGER("wanted", QUESTIONNAIRE_OPTIONS)));
    for (size_t i = 0; i < instrument->construct_count; i++)
        if (slice_ends_with(instrument->constructs[i].id, S("-scale")))
            add(upload, line_of(upload, S("construct"), instrument->constructs[i].id), "scale-name",
                MESSAGE_QUESTIONNAIRE_FINDING_SCALE_NAME, NO_ARGUMENTS);
}

static void version_check(struct questionnaire_upload *upload, const struct instrument *instrument,
                          const struct instrument *known)
{
    if (slice_equal(instrument->id, known->id) && instrument->version <= known->version)
        add(upload,
            line_of(upload, S("version"), region_format(upload->region, "%" PRId64, instrument->version)),
            "version", MESSAGE_QUESTIONNAIRE_FINDING_VERSION,
            ARGUMENTS(A_INTEGER("there", known->version), A_INTEGER("next", known->version + 1)));
}

void questionnaire_rules_known(struct questionnaire_upload *upload, const struct instrument *instrument,
                               const struct instrument *known)
{
    bool scale = same_scale(instrument, known), told = false;
    version_check(upload, instrument, known);
    for (size_t i = 0; i < instrument->item_count; i++) {
        const struct instrument_item *item = &instrument->items[i];
        const struct instrument_item *other = instrument_item_find(known, item->id);
        if (other == NULL)
            continue;
        if (!scale && !told)
            add(upload, line_of(upload, S("option"), S("1")), "changed-scale",
                MESSAGE_QUESTIONNAIRE_FINDING_CHANGED_SCALE,
                ARGUMENTS(A_TEXT("id", known->id), A_INTEGER("version", known->version)));
        told = told || !scale;
        if (item->reversed != other->reversed || !same_words(instrument, &item->text, known, &other->text))
            add(upload, line_of(upload, S("item"), item->id), "changed-item",
                MESSAGE_QUESTIONNAIRE_FINDING_CHANGED_ITEM,
                ARGUMENTS(A_TEXT("item", item->id), A_TEXT("id", known->id),
                          A_INTEGER("version", known->version)));
    }
    for (size_t i = 0; i < instrument->construct_count; i++) {
        const struct instrument_construct *construct = &instrument->constructs[i];
        const struct instrument_construct *other = construct_find(known, construct->id);
        if (other != NULL && !same_construct(instrument, construct, known, other))
            add(upload, line_of(upload, S("construct"), construct->id), "changed-construct",
                MESSAGE_QUESTIONNAIRE_FINDING_CHANGED_CONSTRUCT,
                ARGUMENTS(A_TEXT("construct", construct->id), A_TEXT("id", known->id),
                          A_INTEGER("version", known->version)));
    }
}

void questionnaire_compare(const struct instrument *from, const struct instrument *to,
                           struct questionnaire_change *ret_change)
{
    struct questionnaire_change change = {0};
    for (size_t i = 0; i < to->item_count; i++)
        change.items_same += instrument_item_find(from, to->items[i].id) != NULL;
    change.items_new = to->item_count - change.items_same;
    change.items_ended = from->item_count - change.items_same;
    for (size_t i = 0; i < to->construct_count; i++)
        if (to->constructs[i].line && construct_find(from, to->constructs[i].id) == NULL)
            change.new_lines[change.new_line_count++] = &to->constructs[i];
    *ret_change = change;
}

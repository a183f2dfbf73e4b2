#include "pulse/instrument.h"

#include "privacy/seal.h"
#include "pulse/instrument_draft.h"

static const struct slice leader_mark = {"{L}", 3};

void instrument_finding_add(struct instrument_finding findings[static INSTRUMENT_FINDINGS_MAXIMUM],
                            size_t *count, struct region *region, int line, const char *rule,
                            enum message message, const struct argument *arguments, size_t argument_count)
{
    if (*count == INSTRUMENT_FINDINGS_MAXIMUM)
        return;
    struct instrument_finding *finding = &findings[(*count)++];
    *finding = (struct instrument_finding){.line = line, .rule = rule, .what = message};
    for (size_t i = 0; i < LANGUAGE_COUNT; i++)
        finding->text[i] = message_text(region, (enum language)i, message, arguments, argument_count);
}

void finding_add(struct instrument_draft *draft, int line, const char *rule, enum message message,
                 const struct argument *arguments, size_t argument_count)
{
    instrument_finding_add(draft->findings, &draft->finding_count, draft->region, line, rule, message,
                           arguments, argument_count);
}

bool has_hidden_characters(struct slice s)
{
    for (size_t i = 0; i + 3 <= s.length; i++) {
        const unsigned char *b = (const unsigned char *)s.data + i;
        if (b[0] == 0xE2 && b[1] == 0x80 &&
            ((b[2] >= 0x8B && b[2] <= 0x8F) || (b[2] >= 0xAA && b[2] <= 0xAE)))
            return true;
        if (b[0] == 0xE2 && b[1] == 0x81 && b[2] >= 0xA0 && b[2] <= 0xAF)
            return true;
        if (b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF)
            return true;
    }
    return false;
}

struct slice finding_quote(struct slice s)
{
    enum { LONGEST = 32 };
    if (!slice_is_clean_text(s, "") || has_hidden_characters(s))
        return S("\xE2\x80\xA6"); /* an ellipsis */
    if (s.length <= LONGEST)
        return s;
    size_t length = LONGEST;
    while (length > 0 && ((unsigned char)s.data[length] & 0xC0) == 0x80) /* not inside a character */
        length--;
    return slice_part(s, 0, length);
}

/* By line, keeping the order within a line; at most 100, so insertion is quick enough. */
static void findings_sort(struct instrument_finding *findings, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct instrument_finding moving = findings[i];
        size_t at = i;
        for (; at > 0 && findings[at - 1].line > moving.line; at--)
            findings[at] = findings[at - 1];
        findings[at] = moving;
    }
}

enum error_code instrument_read(struct slice text, struct region *region, struct error *error,
                                struct instrument_finding *ret_findings, size_t *ret_finding_count,
                                struct instrument *ret_instrument)
{
    *ret_finding_count = 0;
    struct instrument_draft *draft = REGION_NEW(region, struct instrument_draft);
    if (draft == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to read a questionnaire");
    draft->findings = ret_findings;
    draft->region = region;
    if (text.length > INSTRUMENT_SIZE_MAXIMUM) {
        finding_add(
            draft, 0, "too-large", MESSAGE_QUESTIONNAIRE_FINDING_TOO_LARGE,
            ARGUMENTS(A_INTEGER("n", (int64_t)text.length), A_INTEGER("most", INSTRUMENT_SIZE_MAXIMUM)));
    } else {
        instrument_parse(text, draft);
        instrument_check(draft);
    }
    findings_sort(ret_findings, draft->finding_count);
    *ret_finding_count = draft->finding_count;
    if (draft->finding_count > 0)
        return FAIL(error, ERROR_INPUT, "instrument-wrong", "%zu findings; the first, in line %d: %.*s",
                    draft->finding_count, ret_findings[0].line, SLICE_ARG(ret_findings[0].text[LANGUAGE_EN]));
    sha256(text, draft->instrument.hash);
    *ret_instrument = draft->instrument;
    return OK;
}

static bool is_asked(const struct instrument_item *item, bool has_leader)
{
    return has_leader || !item->about_leader;
}

static const struct instrument_item *anchor_find(const struct instrument *instrument, int anchor)
{
    for (size_t i = 0; i < instrument->item_count; i++)
        if (instrument->items[i].anchor == anchor)
            return &instrument->items[i];
    return NULL;
}

/* The outcomes of a pulse. A cycle of rounds asks each one equally often. The next cycle starts one step
 * further, so that a team that takes part in every second round, or has the full form every fourth, still
 * gets each of them. */
static size_t rotating_select(const struct instrument *instrument, int64_t round_number,
                              const struct instrument_item **ret_items)
{
    const struct instrument_item *rotating[INSTRUMENT_ITEMS_MAXIMUM];
    uint64_t count = 0;
    for (size_t i = 0; i < instrument->item_count; i++)
        if (instrument->items[i].rotate)
            rotating[count++] = &instrument->items[i];
    if (count == 0)
        return 0;
    uint64_t taken = count < INSTRUMENT_ROTATING_IN_PULSE ? count : INSTRUMENT_ROTATING_IN_PULSE;
    uint64_t rounds_in_cycle = count % taken == 0 ? count / taken : count;
    uint64_t rounds_before = round_number > 1 ? (uint64_t)round_number - 1 : 0;
    uint64_t step = (rounds_before % rounds_in_cycle + rounds_before / rounds_in_cycle) % rounds_in_cycle;
    for (uint64_t i = 0; i < taken; i++)
        ret_items[i] = rotating[(step * taken + i) % count];
    return (size_t)taken;
}

/* Anchors come first in the full form too: the same question after the same questions can be compared. */
size_t instrument_select(const struct instrument *instrument, bool full, int64_t round_number,
                         bool has_leader,
                         const struct instrument_item *ret_items[static INSTRUMENT_ITEMS_MAXIMUM])
{
    size_t count = 0;
    for (int anchor = 1; anchor <= PULSE_ANCHORS; anchor++) {
        const struct instrument_item *item = anchor_find(instrument, anchor);
        if (item != NULL && is_asked(item, has_leader))
            ret_items[count++] = item;
    }
    if (!full)
        return count + rotating_select(instrument, round_number, ret_items + count);
    for (size_t i = 0; i < instrument->item_count; i++) {
        const struct instrument_item *item = &instrument->items[i];
        if (item->anchor == 0 && is_asked(item, has_leader))
            ret_items[count++] = item;
    }
    return count;
}

const struct instrument_item *instrument_item_find(const struct instrument *instrument, struct slice id)
{
    for (size_t i = 0; i < instrument->item_count; i++)
        if (slice_equal(instrument->items[i].id, id))
            return &instrument->items[i];
    return NULL;
}

bool instrument_language_find(const struct instrument *instrument, struct slice code, size_t *ret_language)
{
    struct slice language = slice_part(code, 0, slice_find_byte(code, '-'));
    for (size_t i = 0; i < instrument->language_count; i++)
        if (code.length > 0 && slice_equal_ignore_case(instrument->languages[i].code, code)) {
            *ret_language = i;
            return true;
        }
    return language.length < code.length && instrument_language_find(instrument, language, ret_language);
}

size_t instrument_language_choose(const struct instrument *instrument, struct slice chosen,
                                  struct slice accept_language, enum language page)
{
    size_t found;
    enum language of_pages;
    struct slice first = slice_part(accept_language, 0, slice_find_byte(accept_language, ','));
    first = slice_trim(slice_part(first, 0, slice_find_byte(first, ';')));
    if (instrument_language_find(instrument, chosen, &found))
        return found;
    if (!language_from_code(first, &of_pages) && instrument_language_find(instrument, first, &found))
        return found;
    return page;
}

struct slice instrument_fill(struct slice text, struct slice leader, struct region *region)
{
    size_t marks = 0;
    for (struct slice rest = text; slice_find(rest, leader_mark) < rest.length; marks++)
        rest = slice_from(rest, slice_find(rest, leader_mark) + leader_mark.length);
    size_t added;
    if (__builtin_mul_overflow(marks, leader.length, &added) ||
        __builtin_add_overflow(added, text.length, &added))
        return (struct slice){0};
    size_t length = added - marks * leader_mark.length;
    char *filled = region_allocate(region, length + 1);
    if (filled == NULL)
        return (struct slice){0};
    size_t at = 0;
    for (struct slice rest = text; rest.length > 0;) {
        size_t mark = slice_find(rest, leader_mark);
        memcpy(filled + at, rest.data, mark);
        at += mark;
        if (mark == rest.length)
            break;
        if (leader.length > 0)
            memcpy(filled + at, leader.data, leader.length);
        at += leader.length;
        rest = slice_from(rest, mark + leader_mark.length);
    }
    return (struct slice){filled, length};
}

/* Lines to draft. Statements without indentation stand alone or begin a block; indented ones belong to it. */
#include "pulse/instrument_draft.h"

enum block_kind {
    BLOCK_NONE,    /* before the first block */
    BLOCK_UNKNOWN, /* its first line has a finding already, so its content is passed over */
    BLOCK_OPTION,
    BLOCK_NO_ANSWER,
    BLOCK_CONSTRUCT,
    BLOCK_FACET,
    BLOCK_ITEM,
};

static const struct block_type {
    const char *name;
    const char *attributes; /* for the finding about an unknown one */
} block_types[] = {
    [BLOCK_OPTION] = {"option", "nl, en"},
    [BLOCK_NO_ANSWER] = {"no-answer", "nl, en"},
    [BLOCK_CONSTRUCT] = {"construct", "nl, en, about-leader, line"},
    [BLOCK_FACET] = {"facet", "kind, nl, en"},
    [BLOCK_ITEM] = {"item", "construct, facet, anchor, rotate, reversed, nl, en"},
};

static const struct attribute_type {
    const char *name;
    enum block_kind block;
    bool has_value;
} attribute_types[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_ABOUT_LEADER] = {"about-leader", BLOCK_CONSTRUCT, false},
    [ATTRIBUTE_LINE] = {"line", BLOCK_CONSTRUCT, false},
    [ATTRIBUTE_KIND] = {"kind", BLOCK_FACET, true},
    [ATTRIBUTE_CONSTRUCT] = {"construct", BLOCK_ITEM, true},
    [ATTRIBUTE_FACET] = {"facet", BLOCK_ITEM, true},
    [ATTRIBUTE_ANCHOR] = {"anchor", BLOCK_ITEM, true},
    [ATTRIBUTE_ROTATE] = {"rotate", BLOCK_ITEM, false},
    [ATTRIBUTE_REVERSED] = {"reversed", BLOCK_ITEM, false},
};

struct parser {
    struct instrument_draft *draft;
    int line;
    /* The block being read; it goes into the draft when the next one begins. */
    enum block_kind block;
    struct slice head; /* what stands behind the word that begins the block */
    struct place place;
    struct instrument_text text;
    struct slice value[ATTRIBUTE_COUNT];
};

static bool is_id(struct slice s)
{
    for (size_t i = 0; i < s.length; i++) {
        char c = s.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return s.length > 0 && s.length <= ID_MAXIMUM;
}

static void id_check(struct parser *parser, int line, struct slice id)
{
    if (!is_id(id))
        finding_add(parser->draft, line, "id", MESSAGE_QUESTIONNAIRE_FINDING_ID,
                    ARGUMENTS(A_TEXT("id", finding_quote(id)), A_INTEGER("most", ID_MAXIMUM)));
}

size_t draft_construct_find(const struct instrument_draft *draft, struct slice id)
{
    for (size_t i = 0; i < draft->instrument.construct_count; i++)
        if (slice_equal(draft->instrument.constructs[i].id, id))
            return i;
    return UNRESOLVED;
}

size_t draft_facet_find(const struct instrument_draft *draft, size_t construct, struct slice id)
{
    for (size_t i = 0; i < draft->instrument.facet_count; i++)
        if (draft->instrument.facets[i].construct == construct &&
            slice_equal(draft->instrument.facets[i].id, id))
            return i;
    return UNRESOLVED;
}

static void option_finish(struct parser *parser)
{
    struct instrument *instrument = &parser->draft->instrument;
    size_t count = instrument->option_count;
    int64_t number;
    if (count == INSTRUMENT_OPTIONS_MAXIMUM) {
        finding_add(parser->draft, parser->place.line, "options", MESSAGE_QUESTIONNAIRE_FINDING_OPTIONS_MANY,
                    ARGUMENTS(A_INTEGER("most", INSTRUMENT_OPTIONS_MAXIMUM)));
        return;
    }
    if (!slice_to_integer(parser->head, 1, INSTRUMENT_OPTIONS_MAXIMUM, &number) ||
        number != (int64_t)count + 1)
        finding_add(parser->draft, parser->place.line, "options",
                    MESSAGE_QUESTIONNAIRE_FINDING_OPTIONS_NUMBER,
                    ARGUMENTS(A_INTEGER("number", (int64_t)(count + 1))));
    instrument->options[count] = parser->text;
    parser->draft->options[count] = parser->place;
    instrument->option_count++;
}

static void no_answer_finish(struct parser *parser)
{
    struct instrument_draft *draft = parser->draft;
    if (draft->no_answer.line != 0) {
        finding_add(draft, parser->place.line, "repeated", MESSAGE_QUESTIONNAIRE_FINDING_NO_ANSWER_AGAIN,
                    ARGUMENTS(A_INTEGER("line", (int64_t)draft->no_answer.line)));
        return;
    }
    if (parser->head.length > 0)
        finding_add(draft, parser->place.line, "value", MESSAGE_QUESTIONNAIRE_FINDING_NO_ANSWER_VALUE,
                    NO_ARGUMENTS);
    draft->no_answer = parser->place;
    draft->instrument.no_answer = parser->text;
}

static void construct_finish(struct parser *parser)
{
    struct instrument_draft *draft = parser->draft;
    struct instrument *instrument = &draft->instrument;
    id_check(parser, parser->place.line, parser->head);
    size_t same = draft_construct_find(draft, parser->head);
    if (same != UNRESOLVED) {
        finding_add(draft, parser->place.line, "repeated", MESSAGE_QUESTIONNAIRE_FINDING_CONSTRUCT_AGAIN,
                    ARGUMENTS(A_TEXT("id", finding_quote(parser->head)),
                              A_INTEGER("line", (int64_t)draft->constructs[same].line)));
        return;
    }
    if (instrument->construct_count == INSTRUMENT_CONSTRUCTS_MAXIMUM) {
        finding_add(draft, parser->place.line, "too-many", MESSAGE_QUESTIONNAIRE_FINDING_CONSTRUCTS_MANY,
                    ARGUMENTS(A_INTEGER("most", INSTRUMENT_CONSTRUCTS_MAXIMUM)));
        return;
    }
    draft->constructs[instrument->construct_count] = parser->place;
    instrument->constructs[instrument->construct_count++] = (struct instrument_construct){
        .id = parser->head,
        .name = parser->text,
        .about_leader = parser->place.attribute[ATTRIBUTE_ABOUT_LEADER] != 0,
        .line = parser->place.attribute[ATTRIBUTE_LINE] != 0,
    };
}

static enum facet_kind facet_kind_read(struct parser *parser)
{
    struct slice kind = parser->value[ATTRIBUTE_KIND];
    if (slice_equal(kind, S("core")))
        return FACET_CORE;
    if (slice_equal(kind, S("source")))
        return FACET_SOURCE;
    if (slice_equal(kind, S("outcome")))
        return FACET_OUTCOME;
    int line = parser->place.attribute[ATTRIBUTE_KIND];
    finding_add(parser->draft, line == 0 ? parser->place.line : line, "facet-kind",
                MESSAGE_QUESTIONNAIRE_FINDING_FACET_KIND, NO_ARGUMENTS);
    return FACET_CORE;
}

static void facet_finish(struct parser *parser)
{
    struct instrument_draft *draft = parser->draft;
    struct instrument *instrument = &draft->instrument;
    int line = parser->place.line;
    size_t blank = slice_find_byte(parser->head, ' ');
    struct slice construct_id = slice_part(parser->head, 0, blank);
    struct slice id = slice_trim(slice_from(parser->head, blank));
    id_check(parser, line, id);
    size_t construct = draft_construct_find(draft, construct_id);
    if (construct == UNRESOLVED)
        finding_add(draft, line, "unknown-construct", MESSAGE_QUESTIONNAIRE_FINDING_FACET_CONSTRUCT,
                    ARGUMENTS(A_TEXT("id", finding_quote(construct_id))));
    enum facet_kind kind = facet_kind_read(parser);
    size_t same = draft_facet_find(draft, construct, id);
    if (same != UNRESOLVED) {
        finding_add(
            draft, line, "repeated", MESSAGE_QUESTIONNAIRE_FINDING_FACET_AGAIN,
            ARGUMENTS(A_TEXT("id", finding_quote(id)), A_INTEGER("line", (int64_t)draft->facets[same].line)));
        return;
    }
    if (instrument->facet_count == INSTRUMENT_FACETS_MAXIMUM) {
        finding_add(draft, line, "too-many", MESSAGE_QUESTIONNAIRE_FINDING_FACETS_MANY,
                    ARGUMENTS(A_INTEGER("most", INSTRUMENT_FACETS_MAXIMUM)));
        return;
    }
    draft->facets[instrument->facet_count] = parser->place;
    instrument->facets[instrument->facet_count++] =
        (struct instrument_facet){.id = id, .construct = construct, .kind = kind, .name = parser->text};
}

static void item_references_read(struct parser *parser, struct instrument_item *item)
{
    struct instrument_draft *draft = parser->draft;
    const int *line_of = parser->place.attribute;
    item->facet = UNRESOLVED;
    item->construct = draft_construct_find(draft, parser->value[ATTRIBUTE_CONSTRUCT]);
    if (line_of[ATTRIBUTE_CONSTRUCT] == 0)
        finding_add(draft, parser->place.line, "missing-statement",
                    MESSAGE_QUESTIONNAIRE_FINDING_ITEM_CONSTRUCT, NO_ARGUMENTS);
    else if (item->construct == UNRESOLVED)
        finding_add(draft, line_of[ATTRIBUTE_CONSTRUCT], "unknown-construct",
                    MESSAGE_QUESTIONNAIRE_FINDING_CONSTRUCT_UNKNOWN,
                    ARGUMENTS(A_TEXT("id", finding_quote(parser->value[ATTRIBUTE_CONSTRUCT]))));
    if (line_of[ATTRIBUTE_FACET] == 0) {
        finding_add(draft, parser->place.line, "missing-statement", MESSAGE_QUESTIONNAIRE_FINDING_ITEM_FACET,
                    NO_ARGUMENTS);
    } else if (item->construct != UNRESOLVED) {
        item->facet = draft_facet_find(draft, item->construct, parser->value[ATTRIBUTE_FACET]);
        if (item->facet == UNRESOLVED)
            finding_add(draft, line_of[ATTRIBUTE_FACET], "unknown-facet",
                        MESSAGE_QUESTIONNAIRE_FINDING_FACET_UNKNOWN,
                        ARGUMENTS(A_TEXT("id", finding_quote(parser->value[ATTRIBUTE_FACET]))));
    }
}

static void item_finish(struct parser *parser)
{
    struct instrument_draft *draft = parser->draft;
    struct instrument *instrument = &draft->instrument;
    int line = parser->place.line;
    id_check(parser, line, parser->head);
    if (slice_equal(parser->head, S("promise")))
        finding_add(draft, line, "id", MESSAGE_QUESTIONNAIRE_FINDING_PROMISE_ID, NO_ARGUMENTS);
    for (size_t i = 0; i < instrument->item_count; i++)
        if (slice_equal(instrument->items[i].id, parser->head))
            finding_add(draft, line, "repeated", MESSAGE_QUESTIONNAIRE_FINDING_ITEM_AGAIN,
                        ARGUMENTS(A_TEXT("id", finding_quote(parser->head)),
                                  A_INTEGER("line", (int64_t)draft->items[i].line)));
    if (instrument->item_count == INSTRUMENT_ITEMS_MAXIMUM) {
        if (!draft->items_cut)
            finding_add(draft, line, "too-many", MESSAGE_QUESTIONNAIRE_FINDING_ITEMS_MANY,
                        ARGUMENTS(A_INTEGER("most", INSTRUMENT_ITEMS_MAXIMUM)));
        draft->items_cut = true;
        return;
    }
    struct instrument_item item = {
        .id = parser->head,
        .rotate = parser->place.attribute[ATTRIBUTE_ROTATE] != 0,
        .reversed = parser->place.attribute[ATTRIBUTE_REVERSED] != 0,
        .text = parser->text,
    };
    item_references_read(parser, &item);
    int64_t anchor;
    if (slice_to_integer(parser->value[ATTRIBUTE_ANCHOR], 1, PULSE_ANCHORS, &anchor))
        item.anchor = (int)anchor;
    else if (parser->place.attribute[ATTRIBUTE_ANCHOR] != 0)
        finding_add(draft, parser->place.attribute[ATTRIBUTE_ANCHOR], "pulse-anchors",
                    MESSAGE_QUESTIONNAIRE_FINDING_ANCHOR_NUMBER, ARGUMENTS(A_INTEGER("most", PULSE_ANCHORS)));
    for (size_t i = 0; i < instrument->language_count; i++)
        item.about_leader =
            item.about_leader || slice_find(item.text.text[i], S("{L}")) < item.text.text[i].length;
    draft->items[instrument->item_count] = parser->place;
    instrument->items[instrument->item_count++] = item;
}

static void missing_texts_find(struct parser *parser)
{
    const struct instrument *instrument = &parser->draft->instrument;
    for (size_t i = 0; i < instrument->language_count; i++)
        if (parser->place.text[i] == 0)
            finding_add(parser->draft, parser->place.line, "missing-text",
                        MESSAGE_QUESTIONNAIRE_FINDING_TEXT_MISSING,
                        ARGUMENTS(A_TEXT("language", instrument->languages[i].code),
                                  A_TEXT("block", slice_from_text(block_types[parser->block].name))));
}

static void block_finish(struct parser *parser)
{
    if (parser->block > BLOCK_UNKNOWN)
        missing_texts_find(parser);
    switch (parser->block) {
    case BLOCK_NONE:
    case BLOCK_UNKNOWN:
        break;
    case BLOCK_OPTION:
        option_finish(parser);
        break;
    case BLOCK_NO_ANSWER:
        no_answer_finish(parser);
        break;
    case BLOCK_CONSTRUCT:
        construct_finish(parser);
        break;
    case BLOCK_FACET:
        facet_finish(parser);
        break;
    case BLOCK_ITEM:
        item_finish(parser);
        break;
    }
}

static void block_begin(struct parser *parser, enum block_kind block, struct slice head)
{
    *parser = (struct parser){.draft = parser->draft, .line = parser->line, .block = block, .head = head};
    parser->place.line = parser->line;
}

/* False with a finding when the statement stood before; otherwise notes the line. */
static bool first_time(struct parser *parser, int *line, struct slice name)
{
    if (*line != 0) {
        finding_add(parser->draft, parser->line, "repeated", MESSAGE_QUESTIONNAIRE_FINDING_STATEMENT_AGAIN,
                    ARGUMENTS(A_TEXT("name", finding_quote(name)), A_INTEGER("line", *line)));
        return false;
    }
    *line = parser->line;
    return true;
}

static void text_read(struct parser *parser, struct slice name, struct slice value, int *line,
                      struct slice *ret_text)
{
    if (!first_time(parser, line, name))
        return;
    if (value.length == 0)
        finding_add(parser->draft, parser->line, "missing-text", MESSAGE_QUESTIONNAIRE_FINDING_TEXT_EMPTY,
                    ARGUMENTS(A_TEXT("name", name)));
    *ret_text = value;
}

/* SIZE_MAX: none of the file. */
static size_t language_find(const struct parser *parser, struct slice name)
{
    const struct instrument *instrument = &parser->draft->instrument;
    for (size_t i = 0; i < instrument->language_count; i++)
        if (slice_equal(name, instrument->languages[i].code))
            return i;
    return SIZE_MAX;
}

static bool attribute_find(enum block_kind block, struct slice name, enum attribute *ret_attribute)
{
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++)
        if (attribute_types[i].block == block &&
            slice_equal(name, slice_from_text(attribute_types[i].name))) {
            *ret_attribute = (enum attribute)i;
            return true;
        }
    return false;
}

static void attribute_read(struct parser *parser, struct slice name, struct slice value)
{
    size_t language = language_find(parser, name);
    enum attribute attribute;
    if (parser->block == BLOCK_UNKNOWN)
        return;
    if (parser->block == BLOCK_NONE) {
        finding_add(parser->draft, parser->line, "outside-block", MESSAGE_QUESTIONNAIRE_FINDING_OUTSIDE_BLOCK,
                    NO_ARGUMENTS);
    } else if (language != SIZE_MAX) {
        text_read(parser, name, value, &parser->place.text[language], &parser->text.text[language]);
    } else if (attribute_find(parser->block, name, &attribute)) {
        if (!first_time(parser, &parser->place.attribute[attribute], name))
            return;
        if (attribute_types[attribute].has_value != (value.length > 0))
            finding_add(parser->draft, parser->line, "value",
                        value.length > 0 ? MESSAGE_QUESTIONNAIRE_FINDING_VALUE_NONE
                                         : MESSAGE_QUESTIONNAIRE_FINDING_VALUE_MISSING,
                        ARGUMENTS(A_TEXT("name", name)));
        parser->value[attribute] = value;
    } else {
        finding_add(parser->draft, parser->line, "unknown-statement",
                    MESSAGE_QUESTIONNAIRE_FINDING_ATTRIBUTE_UNKNOWN,
                    ARGUMENTS(A_TEXT("name", finding_quote(name)),
                              A_TEXT("block", slice_from_text(block_types[parser->block].name)),
                              A_TEXT("known", slice_from_text(block_types[parser->block].attributes))));
    }
}

static void version_read(struct parser *parser, struct slice value)
{
    if (!slice_to_integer(value, 1, VERSION_MAXIMUM, &parser->draft->instrument.version))
        finding_add(parser->draft, parser->line, "value", MESSAGE_QUESTIONNAIRE_FINDING_VERSION_NUMBER,
                    ARGUMENTS(A_INTEGER("most", VERSION_MAXIMUM)));
}

static void status_read(struct parser *parser, struct slice value)
{
    parser->draft->instrument.validated = slice_equal(value, S("validated"));
    if (!parser->draft->instrument.validated && !slice_equal(value, S("not-validated")))
        finding_add(parser->draft, parser->line, "value", MESSAGE_QUESTIONNAIRE_FINDING_STATUS, NO_ARGUMENTS);
}

/* "de", "ckb", "pt-BR", "zh-Hant" */
static bool is_language_code(struct slice code)
{
    size_t dash = slice_find_byte(code, '-');
    for (size_t i = 0; i < code.length; i++) {
        char c = code.data[i];
        bool small = c >= 'a' && c <= 'z', other = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (i != dash && !small && (i < dash || !other))
            return false;
    }
    return (dash == 2 || dash == 3) &&
           (dash == code.length || (code.length - dash - 1 >= 2 && code.length - dash - 1 <= 4));
}

static bool is_right_to_left(struct slice code)
{
    static const char *const CODES[] = {"ar", "arc", "ckb", "dv", "fa", "he",
                                        "ps", "sd",  "syr", "ug", "ur", "yi"};
    struct slice language = slice_part(code, 0, slice_find_byte(code, '-'));
    for (size_t i = 0; i < COUNT_OF(CODES); i++)
        if (slice_equal(language, slice_from_text(CODES[i])))
            return true;
    return false;
}

/* language CODE NAME: from here on texts of this language may stand beside those of the pages. */
static void language_read(struct parser *parser, struct slice value)
{
    struct instrument *instrument = &parser->draft->instrument;
    size_t blank = slice_find_byte(value, ' '), same;
    struct slice code = slice_part(value, 0, blank), name = slice_trim(slice_from(value, blank));
    if (!is_language_code(code) || name.length == 0 || slice_count_characters(name) > LANGUAGE_NAME_MAXIMUM) {
        finding_add(parser->draft, parser->line, "language", MESSAGE_QUESTIONNAIRE_FINDING_LANGUAGE,
                    ARGUMENTS(A_INTEGER("most", LANGUAGE_NAME_MAXIMUM)));
    } else if ((same = language_find(parser, code)) != SIZE_MAX) {
        finding_add(parser->draft, parser->line, "language", MESSAGE_QUESTIONNAIRE_FINDING_LANGUAGE_AGAIN,
                    ARGUMENTS(A_TEXT("code", instrument->languages[same].code)));
    } else if (parser->draft->head.text[LANGUAGE_EN] + parser->draft->head.text[LANGUAGE_NL] +
                   (int)instrument->option_count + parser->draft->no_answer.line +
                   (int)instrument->construct_count + (int)instrument->item_count >
               0) {
        finding_add(parser->draft, parser->line, "language", MESSAGE_QUESTIONNAIRE_FINDING_LANGUAGE_PLACE,
                    NO_ARGUMENTS);
    } else if (instrument->language_count == INSTRUMENT_LANGUAGES_MAXIMUM) {
        finding_add(parser->draft, parser->line, "too-many", MESSAGE_QUESTIONNAIRE_FINDING_LANGUAGES_MANY,
                    ARGUMENTS(A_INTEGER("most", INSTRUMENT_LANGUAGES_MAXIMUM)));
    } else {
        parser->draft->languages[instrument->language_count] = parser->line;
        instrument->languages[instrument->language_count++] =
            (struct instrument_language){code, name, is_right_to_left(code)};
    }
}

/* The statements that stand alone. False when this is none of them. */
static bool head_read(struct parser *parser, struct slice name, struct slice value)
{
    struct instrument_draft *draft = parser->draft;
    size_t language =
        slice_starts_with(name, S("frame.")) ? language_find(parser, slice_from(name, 6)) : SIZE_MAX;
    if (slice_equal(name, S("instrument"))) {
        if (!first_time(parser, &draft->id_line, name))
            return true;
        id_check(parser, parser->line, value);
        draft->instrument.id = value;
    } else if (slice_equal(name, S("version"))) {
        if (first_time(parser, &draft->version_line, name))
            version_read(parser, value);
    } else if (slice_equal(name, S("status"))) {
        if (first_time(parser, &draft->status_line, name))
            status_read(parser, value);
    } else if (slice_equal(name, S("language"))) {
        language_read(parser, value);
    } else if (language != SIZE_MAX) {
        text_read(parser, name, value, &draft->head.text[language], &draft->instrument.frame.text[language]);
    } else {
        return false;
    }
    return true;
}

static void statement_read(struct parser *parser, struct slice name, struct slice value)
{
    for (size_t i = BLOCK_OPTION; i < COUNT_OF(block_types); i++)
        if (slice_equal(name, slice_from_text(block_types[i].name))) {
            block_finish(parser);
            block_begin(parser, (enum block_kind)i, value);
            return;
        }
    enum attribute attribute;
    if (language_find(parser, name) != SIZE_MAX || attribute_find(parser->block, name, &attribute)) {
        finding_add(parser->draft, parser->line, "indentation", MESSAGE_QUESTIONNAIRE_FINDING_INDENTATION,
                    NO_ARGUMENTS);
        attribute_read(parser, name, value);
        return;
    }
    block_finish(parser);
    block_begin(parser, BLOCK_NONE, (struct slice){0});
    if (head_read(parser, name, value))
        return;
    parser->block = BLOCK_UNKNOWN;
    finding_add(parser->draft, parser->line, "unknown-statement",
                MESSAGE_QUESTIONNAIRE_FINDING_STATEMENT_UNKNOWN,
                ARGUMENTS(A_TEXT("name", finding_quote(name))));
}

static void characters_check(struct parser *parser, struct slice line)
{
    if (!slice_is_utf8(line))
        finding_add(parser->draft, parser->line, "characters", MESSAGE_QUESTIONNAIRE_FINDING_UTF_8,
                    NO_ARGUMENTS);
    else if (!slice_is_clean_text(line, ""))
        finding_add(parser->draft, parser->line, "characters", MESSAGE_QUESTIONNAIRE_FINDING_CONTROL,
                    NO_ARGUMENTS);
    else if (has_hidden_characters(line))
        finding_add(parser->draft, parser->line, "characters", MESSAGE_QUESTIONNAIRE_FINDING_INVISIBLE,
                    NO_ARGUMENTS);
}

static void line_read(struct parser *parser, struct slice line)
{
    if (slice_ends_with(line, S("\r"))) /* a file from Windows is as good */
        line = slice_part(line, 0, line.length - 1);
    characters_check(parser, line);
    if (parser->line == 1 && slice_starts_with(line, S("\xEF\xBB\xBF")))
        line = slice_from(line, 3);
    struct slice words = slice_trim(line);
    if (words.length == 0 || words.data[0] == '#')
        return;
    size_t blank = slice_find_byte(words, ' ');
    struct slice name = slice_part(words, 0, blank);
    struct slice value = slice_trim(slice_from(words, blank));
    if (words.data != line.data)
        attribute_read(parser, name, value);
    else
        statement_read(parser, name, value);
}

void instrument_parse(struct slice text, struct instrument_draft *draft)
{
    struct parser parser = {.draft = draft};
    struct instrument *instrument = &draft->instrument;
    struct slice line;
    instrument->languages[LANGUAGE_EN] = (struct instrument_language){S("en"), S("English"), false};
    instrument->languages[LANGUAGE_NL] = (struct instrument_language){S("nl"), S("Nederlands"), false};
    instrument->language_count = LANGUAGE_COUNT;
    for (struct slice rest = text; slice_take(&rest, '\n', &line);) {
        parser.line++;
        line_read(&parser, line);
    }
    block_finish(&parser);
}

#include "catalogue.h"

/* In the order of enum language. */
static const struct {
    const char *code;
    const char *symbol;
} languages[TOOL_LANGUAGE_COUNT] = {{"en", "LANGUAGE_EN"}, {"nl", "LANGUAGE_NL"}};

/* An entry of one file on its way into the catalogue. */
struct item {
    const struct source *source;
    const struct po_entry *entry;
};

struct items {
    struct item *items; /* sorted by key */
    size_t count;
};

bool catalogue_name(struct slice path, struct slice *ret_area, size_t *ret_language)
{
    struct slice name = path_name(path);
    size_t dot = slice_find_byte(name, '.');
    struct slice rest = slice_from(name, dot);
    for (size_t i = 0; i < TOOL_LANGUAGE_COUNT; i++) {
        char ending[16];
        snprintf(ending, sizeof(ending), ".%s.po", languages[i].code);
        if (dot > 0 && slice_equal(rest, slice_from_text(ending))) {
            *ret_area = slice_part(name, 0, dot);
            *ret_language = i;
            return true;
        }
    }
    return false;
}

static int compare_items(const void *a, const void *b)
{
    const struct item *left = a;
    const struct item *right = b;
    return slice_compare(left->entry->key, right->entry->key);
}

/* Every area in every language, each once. */
static enum error_code check_files(const struct source *sources, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        bool found[TOOL_LANGUAGE_COUNT] = {false};
        struct slice area;
        struct slice other_area;
        size_t language;
        if (!catalogue_name(sources[i].path, &area, &language))
            return source_fail(&sources[i], 0, error, "the name must be AREA.en.po or AREA.nl.po");
        for (size_t j = 0; j < count; j++) {
            if (!catalogue_name(sources[j].path, &other_area, &language) || !slice_equal(area, other_area))
                continue;
            if (found[language])
                return source_fail(&sources[j], 0, error, "the area %.*s has two files in %s",
                                   SLICE_ARG(area), languages[language].code);
            found[language] = true;
        }
        for (size_t j = 0; j < TOOL_LANGUAGE_COUNT; j++)
            if (!found[j])
                return source_fail(&sources[i], 0, error, "%.*s.%s.po is missing", SLICE_ARG(area),
                                   languages[j].code);
    }
    return OK;
}

/* All entries of one language. */
static enum error_code gather(const struct source *sources, size_t count, size_t language,
                              struct region *region, struct error *error, struct items *ret_items)
{
    struct po_file *files = REGION_ARRAY(region, count, struct po_file);
    struct items all = {0};
    if (files == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    for (size_t i = 0; i < count; i++) {
        struct slice area;
        size_t of;
        if (!catalogue_name(sources[i].path, &area, &of) || of != language)
            continue;
        TRY(po_parse(&sources[i], slice_from_text(languages[language].code), region, error, &files[i]));
        all.count += files[i].count;
    }
    all.items = REGION_ARRAY(region, all.count, struct item);
    if (all.items == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    size_t next = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < files[i].count; j++)
            all.items[next++] = (struct item){&sources[i], &files[i].entries[j]};
    qsort(all.items, all.count, sizeof(*all.items), compare_items);
    for (size_t i = 1; i < all.count; i++)
        if (compare_items(&all.items[i - 1], &all.items[i]) == 0)
            return source_fail(all.items[i].source, all.items[i].entry->offset, error,
                               "the key %.*s stands twice (also in %.*s:%zu)",
                               SLICE_ARG(all.items[i].entry->key), SLICE_ARG(all.items[i - 1].source->path),
                               source_line(all.items[i - 1].source, all.items[i - 1].entry->offset));
    *ret_items = all;
    return OK;
}

static bool is_placeholder(struct slice name)
{
    for (size_t i = 0; i < name.length; i++) {
        char c = name.data[i];
        if (c != '_' && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.length > 0 && name.length <= PLACEHOLDER_LENGTH;
}

static enum error_code add_placeholder(const struct item *item, struct slice name, struct error *error,
                                       struct slice *names, size_t *count)
{
    size_t at = 0;
    while (at < *count && slice_compare(names[at], name) < 0)
        at++;
    if (at < *count && slice_equal(names[at], name))
        return OK;
    if (*count >= PLACEHOLDERS_MAXIMUM)
        return source_fail(item->source, item->entry->offset, error, "%.*s has more than %d placeholders",
                           SLICE_ARG(item->entry->key), PLACEHOLDERS_MAXIMUM);
    memmove(&names[at + 1], &names[at], (*count - at) * sizeof(*names));
    names[at] = name;
    (*count)++;
    return OK;
}

/* The placeholders of one text, added to the sorted list. A brace has no other meaning in a text. */
static enum error_code scan_placeholders(const struct item *item, struct slice text, struct error *error,
                                         struct slice *names, size_t *count)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '{') {
            struct slice rest = slice_from(text, i + 1);
            size_t end = slice_find_byte(rest, '}');
            struct slice name = slice_part(rest, 0, end);
            if (end < rest.length && is_placeholder(name)) {
                TRY(add_placeholder(item, name, error, names, count));
                i += end + 1;
                continue;
            }
        }
        if (text.data[i] == '{' || text.data[i] == '}')
            return source_fail(item->source, item->entry->offset, error,
                               "%.*s: a brace must be part of a placeholder like {name}",
                               SLICE_ARG(item->entry->key));
    }
    return OK;
}

static enum error_code item_placeholders(const struct item *item, struct region *region, struct error *error,
                                         struct slice **ret_names, size_t *ret_count)
{
    struct slice *names = REGION_ARRAY(region, PLACEHOLDERS_MAXIMUM, struct slice);
    size_t count = 0;
    if (names == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    for (size_t i = 0; i < COUNT_OF(item->entry->text); i++)
        TRY(scan_placeholders(item, item->entry->text[i], error, names, &count));
    if (item->entry->plural)
        TRY(add_placeholder(item, S("n"), error, names, &count));
    *ret_names = names;
    *ret_count = count;
    return OK;
}

static struct slice message_symbol(struct region *region, struct slice key)
{
    CLEANUP(buffer_free) struct buffer symbol = BUFFER(PO_KEY_MAXIMUM + 16);
    buffer_append_text(&symbol, "MESSAGE_");
    for (size_t i = 0; i < key.length; i++) {
        char c = key.data[i];
        buffer_append_byte(&symbol, c >= 'a' && c <= 'z'   ? (char)(c - 'a' + 'A')
                                    : c >= '0' && c <= '9' ? c
                                                           : '_');
    }
    return region_copy(region, buffer_slice(&symbol));
}

static int compare_symbols(const void *a, const void *b)
{
    const struct catalogue_entry *const *left = a;
    const struct catalogue_entry *const *right = b;
    return slice_compare((*left)->symbol, (*right)->symbol);
}

/* Two keys like a.b and a_b would get one name in C. */
static enum error_code check_symbols(const struct catalogue *catalogue, const struct items *english,
                                     struct region *region, struct error *error)
{
    const struct catalogue_entry **sorted =
        REGION_ARRAY(region, catalogue->count, const struct catalogue_entry *);
    if (sorted == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct catalogue_entry *entry = &catalogue->entries[i];
        sorted[i] = entry;
        if (slice_equal(entry->symbol, S("MESSAGE_NONE")) || slice_equal(entry->symbol, S("MESSAGE_COUNT")))
            return source_fail(english->items[i].source, english->items[i].entry->offset, error,
                               "the key %.*s is reserved", SLICE_ARG(entry->key));
    }
    qsort(sorted, catalogue->count, sizeof(const struct catalogue_entry *), compare_symbols);
    for (size_t i = 1; i < catalogue->count; i++) {
        const struct item *item = &english->items[sorted[i] - catalogue->entries];
        if (slice_equal(sorted[i - 1]->symbol, sorted[i]->symbol))
            return source_fail(item->source, item->entry->offset, error,
                               "the keys %.*s and %.*s both become %.*s", SLICE_ARG(sorted[i - 1]->key),
                               SLICE_ARG(sorted[i]->key), SLICE_ARG(sorted[i]->symbol));
    }
    return OK;
}

static enum error_code build_english(const struct items *english, struct region *region, struct error *error,
                                     struct catalogue *ret_catalogue)
{
    struct catalogue catalogue = {REGION_ARRAY(region, english->count, struct catalogue_entry),
                                  english->count};
    if (catalogue.entries == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    for (size_t i = 0; i < english->count; i++) {
        const struct po_entry *from = english->items[i].entry;
        struct catalogue_entry *to = &catalogue.entries[i];
        *to = (struct catalogue_entry){.key = from->key, .plural = from->plural};
        to->symbol = message_symbol(region, from->key);
        memcpy(to->text[0], from->text, sizeof(to->text[0]));
        TRY(item_placeholders(&english->items[i], region, error, &to->placeholders, &to->placeholder_count));
    }
    TRY(check_symbols(&catalogue, english, region, error));
    *ret_catalogue = catalogue;
    return OK;
}

static enum error_code check_agreement(const struct catalogue_entry *entry, const struct item *item,
                                       struct region *region, struct error *error)
{
    struct slice *names;
    size_t count = 0;
    if (entry->plural != item->entry->plural)
        return source_fail(item->source, item->entry->offset, error, "%.*s has a plural in one language only",
                           SLICE_ARG(entry->key));
    TRY(item_placeholders(item, region, error, &names, &count));
    bool same = count == entry->placeholder_count;
    for (size_t i = 0; same && i < count; i++)
        same = slice_equal(names[i], entry->placeholders[i]);
    if (!same)
        return source_fail(item->source, item->entry->offset, error,
                           "%.*s has other placeholders than in English", SLICE_ARG(entry->key));
    return OK;
}

static enum error_code add_language(struct catalogue *catalogue, const struct items *english, size_t language,
                                    const struct items *others, struct region *region, struct error *error)
{
    for (size_t i = 0, j = 0; i < catalogue->count || j < others->count;) {
        const struct item *ours = i < catalogue->count ? &english->items[i] : NULL;
        const struct item *theirs = j < others->count ? &others->items[j] : NULL;
        int order = ours == NULL ? 1 : theirs == NULL ? -1 : compare_items(ours, theirs);
        if (order < 0)
            return source_fail(ours->source, ours->entry->offset, error, "%.*s is missing in %s",
                               SLICE_ARG(ours->entry->key), languages[language].code);
        if (order > 0)
            return source_fail(theirs->source, theirs->entry->offset, error, "%.*s is missing in en",
                               SLICE_ARG(theirs->entry->key));
        TRY(check_agreement(&catalogue->entries[i], theirs, region, error));
        memcpy(catalogue->entries[i].text[language], theirs->entry->text, sizeof(theirs->entry->text));
        i++;
        j++;
    }
    return OK;
}

enum error_code catalogue_build(const struct source *sources, size_t count, bool only_english,
                                struct region *region, struct error *error, struct catalogue *ret_catalogue)
{
    struct items english;
    struct catalogue catalogue;
    if (!only_english)
        TRY(check_files(sources, count, error));
    TRY(gather(sources, count, 0, region, error, &english));
    TRY(build_english(&english, region, error, &catalogue));
    for (size_t i = 1; i < TOOL_LANGUAGE_COUNT && !only_english; i++) {
        struct items others;
        TRY(gather(sources, count, i, region, error, &others));
        TRY(add_language(&catalogue, &english, i, &others, region, error));
    }
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    *ret_catalogue = catalogue;
    return OK;
}

const struct catalogue_entry *catalogue_find(const struct catalogue *catalogue, struct slice key)
{
    size_t low = 0;
    size_t high = catalogue->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_compare(key, catalogue->entries[middle].key);
        if (order == 0)
            return &catalogue->entries[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

void catalogue_write_header(struct buffer *out, const struct catalogue *catalogue)
{
    buffer_append_text(out, "/* Generated from po/. Included by view/view.h. */\n"
                            "#ifndef HECHT_MESSAGES_H\n#define HECHT_MESSAGES_H\n\n"
                            "/* In the order of the keys. */\nenum message {\n    MESSAGE_NONE = 0,\n");
    for (size_t i = 0; i < catalogue->count; i++)
        buffer_format(out, "    %.*s,\n", SLICE_ARG(catalogue->entries[i].symbol));
    buffer_append_text(out, "    MESSAGE_COUNT\n};\n\n#endif\n");
}

static void write_text(struct buffer *out, struct slice text)
{
    buffer_append_text(out, "{");
    append_c_string(out, text, "            ");
    buffer_format(out, ", %zu}", text.length);
}

void catalogue_write_tables(struct buffer *out, const struct catalogue *catalogue)
{
    buffer_append_text(out, "/* Generated from po/. */\n#include \"view/catalogue.h\"\n\n"
                            "const struct catalogue_message catalogue_messages[MESSAGE_COUNT] = {\n");
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct catalogue_entry *entry = &catalogue->entries[i];
        buffer_format(out, "    [%.*s] = {.key = ", SLICE_ARG(entry->symbol));
        write_text(out, entry->key);
        buffer_format(out, ", .plural = %s, .text = {\n", entry->plural ? "true" : "false");
        for (size_t j = 0; j < TOOL_LANGUAGE_COUNT; j++) {
            buffer_format(out, "        [%s] = {", languages[j].symbol);
            write_text(out, entry->text[j][0]);
            buffer_append_text(out, ",\n            ");
            write_text(out, entry->text[j][entry->plural]);
            buffer_append_text(out, "},\n");
        }
        buffer_append_text(out, "    }},\n");
    }
    buffer_append_text(out, "};\n");
}

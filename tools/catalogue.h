/* All texts of the program: the .po files of every area and language, checked against each other. */
#ifndef HECHT_TOOLS_CATALOGUE_H
#define HECHT_TOOLS_CATALOGUE_H

#include "po.h"

enum {
    TOOL_LANGUAGE_COUNT = 2,
    CATALOGUE_FILES_MAXIMUM = 200,
    PLACEHOLDERS_MAXIMUM = 16,
    PLACEHOLDER_LENGTH = 40
};

struct catalogue_entry {
    struct slice key;
    struct slice symbol; /* MESSAGE_CLAIM_TITLE */
    bool plural;
    struct slice text[TOOL_LANGUAGE_COUNT][2];
    struct slice *placeholders; /* sorted, each once; with "n" when there is a plural */
    size_t placeholder_count;
};

struct catalogue {
    struct catalogue_entry *entries; /* sorted by key */
    size_t count;
};

/* Area and language from "po/claim.nl.po"; false when the name is another. */
bool catalogue_name(struct slice path, struct slice *ret_area, size_t *ret_language);

/* With only_english the other languages' files are passed over (their texts stay empty); without, every area
 * must have a file in every language and the languages must agree. */
enum error_code catalogue_build(const struct source *sources, size_t count, bool only_english,
                                struct region *region, struct error *error,
                                struct catalogue *ret_catalogue) MUST_CHECK;
const struct catalogue_entry *catalogue_find(const struct catalogue *catalogue, struct slice key);

void catalogue_write_header(struct buffer *out, const struct catalogue *catalogue);
void catalogue_write_tables(struct buffer *out, const struct catalogue *catalogue);

#endif

/* Reads gettext's .po files, strictly: what msgfmt lets pass as a warning is an error here. */
#ifndef HECHT_TOOLS_PO_H
#define HECHT_TOOLS_PO_H

#include "tool.h"

enum { PO_ENTRIES_MAXIMUM = 20000, PO_TEXT_MAXIMUM = 20000, PO_KEY_MAXIMUM = 100 };

struct po_entry {
    struct slice key;     /* [a-z0-9._-]+ beginning with a letter */
    struct slice text[2]; /* [0] the only form, or that for n = 1; [1] is empty without plural */
    bool plural;
    size_t offset; /* of its msgid */
};

struct po_file {
    struct source source;
    struct po_entry *entries; /* without the header; in the order of the file */
    size_t count;
};

/* language ("nl") is compared with the header's Language, when there is one. */
enum error_code po_parse(const struct source *source, struct slice language, struct region *region,
                         struct error *error, struct po_file *ret_file) MUST_CHECK;

#endif

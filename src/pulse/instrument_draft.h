/* A questionnaire while it is being read, with the line of everything in it. Private to instrument*.c.
 *
 * The parser fills the draft as far as it understands the file and notes findings; the checks then look at
 * the draft as a whole. A draft may hold references that do not resolve (UNRESOLVED); a finished instrument
 * may not, which is safe because each of them has a finding. */
#ifndef HECHT_PULSE_INSTRUMENT_DRAFT_H
#define HECHT_PULSE_INSTRUMENT_DRAFT_H

#include "pulse/instrument.h"

enum {
    PULSE_ANCHORS = 8,
    PULSE_LINES = 4,
    ANCHORS_OF_A_LINE = PULSE_ANCHORS / PULSE_LINES,
    REVERSED_NEEDS_ITEMS = 6,      /* in a shorter scale one reversed item weighs too much */
    TEXT_CHARACTERS_MAXIMUM = 120, /* three lines on a phone 320 pixels wide */
    OPTIONS_MINIMUM = 2,
    ID_MAXIMUM = 24,
    LANGUAGE_NAME_MAXIMUM = 24,
    VERSION_MAXIMUM = 1000000,
};
#define UNRESOLVED SIZE_MAX

enum attribute {
    ATTRIBUTE_ABOUT_LEADER,
    ATTRIBUTE_LINE,
    ATTRIBUTE_KIND,
    ATTRIBUTE_CONSTRUCT,
    ATTRIBUTE_FACET,
    ATTRIBUTE_ANCHOR,
    ATTRIBUTE_ROTATE,
    ATTRIBUTE_REVERSED,
    ATTRIBUTE_COUNT
};

/* Line numbers count from 1; 0 means that the statement is not there. */
struct place {
    int line;
    int text[INSTRUMENT_LANGUAGES_MAXIMUM];
    int attribute[ATTRIBUTE_COUNT];
};

struct instrument_draft {
    struct instrument instrument;
    struct place head; /* text: the frame */
    int id_line, version_line, status_line;
    int languages[INSTRUMENT_LANGUAGES_MAXIMUM]; /* lines; 0 for those of the pages */
    struct place no_answer;
    struct place options[INSTRUMENT_OPTIONS_MAXIMUM];
    struct place constructs[INSTRUMENT_CONSTRUCTS_MAXIMUM];
    struct place facets[INSTRUMENT_FACETS_MAXIMUM];
    struct place items[INSTRUMENT_ITEMS_MAXIMUM];
    /* More of these were in the file than fit, so that rules about counts would only repeat it. */
    bool items_cut;
    struct region *region;
    struct instrument_finding *findings; /* room for INSTRUMENT_FINDINGS_MAXIMUM */
    size_t finding_count;
};

/* Findings beyond the maximum are dropped. */
void finding_add(struct instrument_draft *draft, int line, const char *rule, enum message message,
                 const struct argument *arguments, size_t argument_count);
/* A piece of the file that is short and harmless enough to stand in a finding. */
struct slice finding_quote(struct slice s);
/* Invisible characters and those that turn the direction of writing: U+200B..F, U+202A..E, U+2060..F, U+FEFF.
 */
bool has_hidden_characters(struct slice s);

void instrument_parse(struct slice text, struct instrument_draft *draft);
void instrument_check(struct instrument_draft *draft);

/* UNRESOLVED when there is none. */
size_t draft_construct_find(const struct instrument_draft *draft, struct slice id);
size_t draft_facet_find(const struct instrument_draft *draft, size_t construct, struct slice id);

#endif

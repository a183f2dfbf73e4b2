/* Questionnaires as data: versioned files in instruments/, read strictly, embedded in the program.
 *
 * Format (UTF-8, one statement a line, '#' begins a comment line, blank lines separate):
 *     instrument hecht-trust
 *     version 1
 *     status not-validated
 *     language de Deutsch             (beside nl and en, which every file has; then each text has a line "de")
 *     frame.nl Denk aan de afgelopen vier weken.
 *     frame.en Think of the past four weeks.
 *     option 1
 *       nl klopt helemaal niet
 *       en not at all true
 *     ... (options 1..n, lowest first)
 *     no-answer
 *       nl Geen antwoord (ik weet het niet of zeg het liever niet)
 *       en No answer (...)
 *     construct leader
 *       nl vertrouwen in {L}
 *       en trust in {L}
 *       about-leader                  (only the leader and the team see this line)
 *       line                          (one of the four lines of the team page)
 *     facet leader reliability        (construct, facet)
 *       kind core                     (core or source or outcome)
 *       nl ...
 *       en ...
 *     item lr1
 *       construct leader
 *       facet reliability
 *       anchor 1                      (place in the pulse; absent: full form only)
 *       rotate                        (outcome that rotates in the pulse)
 *       reversed                      (scored as low + high - answer)
 *       nl Als {L} iets toezegt, reken ik erop dat het gebeurt.
 *       en When {L} agrees to do something, I count on it happening.
 */
#ifndef HECHT_PULSE_INSTRUMENT_H
#define HECHT_PULSE_INSTRUMENT_H

#include "base/base.h"
#include "view/view.h"

enum {
    INSTRUMENT_SIZE_MAXIMUM = 192 << 10,
    INSTRUMENT_ITEMS_MAXIMUM = 45,
    INSTRUMENT_CONSTRUCTS_MAXIMUM = 16,
    INSTRUMENT_FACETS_MAXIMUM = 40,
    INSTRUMENT_OPTIONS_MAXIMUM = 7,
    INSTRUMENT_ROTATING_IN_PULSE = 2,
    INSTRUMENT_LANGUAGES_MAXIMUM = 12,
};

/* By language: first those of the pages, as in enum language; then those the file brings, in its order. */
struct instrument_text {
    struct slice text[INSTRUMENT_LANGUAGES_MAXIMUM];
};

struct instrument_language {
    struct slice code; /* "de", "pt-BR" */
    struct slice name; /* as its speakers call it */
    bool right_to_left;
};

enum facet_kind { FACET_CORE = 1, FACET_SOURCE, FACET_OUTCOME };

struct instrument_construct {
    struct slice id;
    struct instrument_text name;
    bool about_leader;
    bool line;
};

struct instrument_facet {
    struct slice id;
    size_t construct;
    enum facet_kind kind;
    struct instrument_text name;
};

struct instrument_item {
    struct slice id; /* [a-z0-9-]{1,24} */
    size_t construct;
    size_t facet;
    int anchor; /* 1..8, 0: none */
    bool rotate;
    bool reversed;
    bool about_leader; /* its text holds {L} */
    struct instrument_text text;
};

struct instrument {
    struct slice id;
    int64_t version;
    bool validated;
    uint8_t hash[32]; /* SHA-256 of the file, so of its words in every language */
    struct instrument_language languages[INSTRUMENT_LANGUAGES_MAXIMUM];
    size_t language_count;
    struct instrument_text frame, no_answer;
    struct instrument_text options[INSTRUMENT_OPTIONS_MAXIMUM]; /* [0] is option 1, the lowest */
    size_t option_count;
    struct instrument_construct constructs[INSTRUMENT_CONSTRUCTS_MAXIMUM];
    size_t construct_count;
    struct instrument_facet facets[INSTRUMENT_FACETS_MAXIMUM];
    size_t facet_count;
    struct instrument_item items[INSTRUMENT_ITEMS_MAXIMUM];
    size_t item_count;
};

struct instrument_finding {
    int line;         /* 0: the file as a whole */
    const char *rule; /* "pulse-anchors", "missing-text", ... */
    enum message what;
    struct slice text[LANGUAGE_COUNT]; /* says what to do; in the region of the reading */
};
enum { INSTRUMENT_FINDINGS_MAXIMUM = 100 };
/* Beyond the maximum it is dropped. */
void instrument_finding_add(struct instrument_finding findings[static INSTRUMENT_FINDINGS_MAXIMUM],
                            size_t *count, struct region *region, int line, const char *rule,
                            enum message message, const struct argument *arguments, size_t argument_count);

/* Reads and checks. Findings (all of them, not just the first) go to ret_findings; with at least one the
 * result is ERROR_INPUT, reason "instrument-wrong". The instrument's slices point into text, which must stay
 * alive. */
enum error_code instrument_read(struct slice text, struct region *region, struct error *error,
                                struct instrument_finding *ret_findings, size_t *ret_finding_count,
                                struct instrument *ret_instrument) MUST_CHECK;

/* The built-in questionnaire, read once at the start and then constant. Thread safe. */
const struct instrument *instrument_builtin(void);
struct slice instrument_builtin_text(void); /* its file */

/* Which items a round asks, in order: pulse = anchors 1..8 and two outcomes that rotate with the round
 * number, full = all. Items about the leader are left out when the team has none. Returns how many were
 * written. */
size_t instrument_select(const struct instrument *instrument, bool full, int64_t round_number,
                         bool has_leader,
                         const struct instrument_item *ret_items[static INSTRUMENT_ITEMS_MAXIMUM]);
/* The index of a language of the questionnaire: "de-AT" finds de where there is no de-AT. False when there is none. */
bool instrument_language_find(const struct instrument *instrument, struct slice code, size_t *ret_language);
/* In which language a member reads the questions: the one chosen on the page, else the first that the browser asks for where
 * the pages lack it, else that of the page. */
size_t instrument_language_choose(const struct instrument *instrument, struct slice chosen,
                                  struct slice accept_language, enum language page);
/* NULL when there is none. */
const struct instrument_item *instrument_item_find(const struct instrument *instrument, struct slice id);
/* Replaces {L}; into the region. */
struct slice instrument_fill(struct slice text, struct slice leader, struct region *region);

#endif

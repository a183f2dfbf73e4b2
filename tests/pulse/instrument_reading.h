/* Reading a questionnaire in a test, with what must hold for every finding. */
#ifndef HECHT_TESTS_PULSE_INSTRUMENT_READING_H
#define HECHT_TESTS_PULSE_INSTRUMENT_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pulse/instrument.h"
#include "pulse/instrument_text.h"

enum { REGION_MAXIMUM = 4 << 20 };

static const struct slice shipped = {INSTRUMENT_TEXT, sizeof(INSTRUMENT_TEXT) - 1};

struct reading {
    struct region *region;
    struct instrument_finding findings[INSTRUMENT_FINDINGS_MAXIMUM];
    size_t count;
    struct error error;
    enum error_code code;
    struct instrument instrument;
};

static inline void reading_free(struct reading *reading)
{
    region_free(reading->region);
}

/* Which findings there were in any test of this program: the messages of findings stand one behind the other, by name. */
enum {
    FIRST_FINDING = MESSAGE_QUESTIONNAIRE_FINDING_ANCHOR_AGAIN,
    LAST_FINDING = MESSAGE_QUESTIONNAIRE_FINDING_VERSION_NUMBER
};
static bool finding_seen[LAST_FINDING - FIRST_FINDING + 1];

/* Words that Dutch does not have; what stands in quotation marks is of the file. */
static inline bool is_english(struct slice text)
{
    static const char *const WORDS[] = {
        "the",    "this",    "these",    "use",       "write", "add",     "with",  "without",
        "and",    "or",      "not",      "already",   "keep",  "stands",  "below", "above",
        "behind", "nothing", "rename",   "remove",    "there", "belongs", "other", "only",
        "has",    "have",    "question", "questions", "each",  "to",      "of",    "text"};
    bool quoted = false;
    for (size_t at = 0; at < text.length;) {
        size_t end = at;
        while (end < text.length && text.data[end] != ' ')
            end++;
        struct slice word = slice_part(text, at, end - at);
        quoted = quoted || slice_starts_with(word, S("\xE2\x80\x9C"));
        for (size_t i = 0; !quoted && i < COUNT_OF(WORDS); i++)
            if (slice_equal_ignore_case(word, slice_from_text(WORDS[i])))
                return !slice_equal(word, S("of")); /* or, in Dutch */
        quoted = quoted && slice_find(word, S("\xE2\x80\x9D")) == word.length;
        at = end + 1;
    }
    return false;
}

static inline void finding_verify(const struct instrument_finding *finding)
{
    assert_in_range(finding->what, FIRST_FINDING, LAST_FINDING);
    finding_seen[finding->what - FIRST_FINDING] = true;
    for (size_t language = 0; language < LANGUAGE_COUNT; language++) {
        assert_true(slice_is_clean_text(finding->text[language], ""));
        assert_true(slice_ends_with(finding->text[language], S("."))); /* a whole sentence, not cut off */
    }
    if (is_english(finding->text[LANGUAGE_NL]) ||
        slice_equal(finding->text[LANGUAGE_NL], finding->text[LANGUAGE_EN]))
        fail_msg("not Dutch: %.*s", SLICE_ARG(finding->text[LANGUAGE_NL]));
}

/* What holds for every finding, whatever the file. */
static inline void findings_verify(const struct reading *reading, struct slice text)
{
    int lines = 1;
    for (size_t i = 0; i < text.length; i++)
        lines += text.data[i] == '\n';
    assert_true(reading->count <= INSTRUMENT_FINDINGS_MAXIMUM);
    assert_int_equal(reading->code, reading->count == 0 ? OK : ERROR_INPUT);
    for (size_t i = 0; i < reading->count; i++) {
        finding_verify(&reading->findings[i]);
        assert_in_range(reading->findings[i].line, 0, lines);
        assert_true(i == 0 || reading->findings[i - 1].line <= reading->findings[i].line);
        assert_non_null(reading->findings[i].rule);
    }
}

static inline void read_text(struct slice text, struct reading *reading)
{
    memset(reading, 0, sizeof(*reading));
    reading->region = region_new(REGION_MAXIMUM);
    assert_non_null(reading->region);
    reading->code = instrument_read(text, reading->region, &reading->error, reading->findings,
                                    &reading->count, &reading->instrument);
    findings_verify(reading, text);
}

static inline void findings_print(const struct reading *reading)
{
    for (size_t i = 0; i < reading->count; i++)
        print_message("# line %d [%s] %.*s\n", reading->findings[i].line, reading->findings[i].rule,
                      SLICE_ARG(reading->findings[i].text[LANGUAGE_EN]));
}

#endif

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

/* What holds for every finding, whatever the file. */
static inline void findings_verify(const struct reading *reading, struct slice text)
{
    int lines = 1;
    for (size_t i = 0; i < text.length; i++)
        lines += text.data[i] == '\n';
    assert_true(reading->count <= INSTRUMENT_FINDINGS_MAXIMUM);
    assert_int_equal(reading->code, reading->count == 0 ? OK : ERROR_INPUT);
    for (size_t i = 0; i < reading->count; i++) {
        struct slice said = slice_from_text(reading->findings[i].text);
        assert_in_range(reading->findings[i].line, 0, lines);
        assert_true(i == 0 || reading->findings[i - 1].line <= reading->findings[i].line);
        assert_true(slice_is_clean_text(said, ""));
        assert_true(slice_ends_with(said, S("."))); /* a whole sentence, not cut off */
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
        print_message("# line %d [%s] %s\n", reading->findings[i].line, reading->findings[i].rule,
                      reading->findings[i].text);
}

#endif

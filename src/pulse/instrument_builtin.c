#include "pulse/instrument.h"

#include <pthread.h>

/* Made by the build from instruments/hecht-trust.txt: #define INSTRUMENT_TEXT "..." */
#include "pulse/instrument_text.h"

enum { READING_MAXIMUM = 1 << 20 };

static struct instrument builtin;
static pthread_once_t builtin_once = PTHREAD_ONCE_INIT;

/* The file was checked by the tests of this build, so only missing memory is left; the program cannot work
 * then. */
static void builtin_read(void)
{
    struct region *region = region_new(READING_MAXIMUM);
    struct instrument_finding *findings =
        region == NULL ? NULL : REGION_ARRAY(region, INSTRUMENT_FINDINGS_MAXIMUM, struct instrument_finding);
    size_t count;
    if (findings == NULL ||
        instrument_read(S(INSTRUMENT_TEXT), region, NULL, findings, &count, &builtin) != OK)
        abort();
    region_free(region); /* the slices point into the literal */
}

const struct instrument *instrument_builtin(void)
{
    pthread_once(&builtin_once, builtin_read);
    return &builtin;
}

struct slice instrument_builtin_text(void)
{
    return S(INSTRUMENT_TEXT);
}

/* Time comes from here only, so that tests and the demo can live in another time. */
#ifndef HECHT_BASE_CLOCK_H
#define HECHT_BASE_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

struct clock {
    int64_t (*milliseconds)(const struct clock *clock); /* since 1970-01-01T00:00:00Z */
    _Atomic int64_t manual;                             /* used by clock_manual only */
};

/* The machine's clock. */
const struct clock *clock_system(void);
/* A clock that stands still until it is set. */
void clock_manual_init(struct clock *ret_clock, int64_t seconds);
void clock_manual_set(struct clock *clock, int64_t seconds);

int64_t clock_seconds(const struct clock *clock);
int64_t clock_milliseconds(const struct clock *clock);

enum { MINUTE_SECONDS = 60, HOUR_SECONDS = 3600, DAY_SECONDS = 86400, WEEK_SECONDS = 604800 };

#endif

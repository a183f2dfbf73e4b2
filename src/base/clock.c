#include "base/base.h"

enum { SECOND_MILLISECONDS = 1000, MILLISECOND_NANOSECONDS = 1000000 };

static int64_t system_milliseconds(const struct clock *clock)
{
    (void)clock;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        abort(); /* cannot happen with this clock; a wrong time would end rounds */
    return (int64_t)now.tv_sec * SECOND_MILLISECONDS + now.tv_nsec / MILLISECOND_NANOSECONDS;
}

static int64_t manual_milliseconds(const struct clock *clock)
{
    return atomic_load(&clock->manual);
}

const struct clock *clock_system(void)
{
    static const struct clock clock = {.milliseconds = system_milliseconds};
    return &clock;
}

void clock_manual_init(struct clock *ret_clock, int64_t seconds)
{
    ret_clock->milliseconds = manual_milliseconds;
    clock_manual_set(ret_clock, seconds);
}

void clock_manual_set(struct clock *clock, int64_t seconds)
{
    int64_t milliseconds;
    if (__builtin_mul_overflow(seconds, SECOND_MILLISECONDS, &milliseconds))
        milliseconds = seconds < 0 ? INT64_MIN : INT64_MAX;
    atomic_store(&clock->manual, milliseconds);
}

/* Rounded down, also before 1970. */
int64_t clock_seconds(const struct clock *clock)
{
    int64_t milliseconds = clock_milliseconds(clock);
    return milliseconds / SECOND_MILLISECONDS - (milliseconds % SECOND_MILLISECONDS < 0);
}

int64_t clock_milliseconds(const struct clock *clock)
{
    return clock->milliseconds(clock);
}

#include "base/base.h"

#include <errno.h>
#include <sys/random.h>

/* 2020-01-01T00:00:00Z in milliseconds, the start of ordered ids. */
static const int64_t id_epoch = 1577836800000;

enum { ID_RANDOM_BITS = 22, ID_TIME_BITS = 41 };

/* Without randomness there are no secrets and no anonymity, so there is nothing sensible left to do. */
static void system_fill(struct random *random, void *ret_bytes, size_t length)
{
    (void)random;
    char *to = ret_bytes;
    while (length > 0) {
        ssize_t got = getrandom(to, length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            abort();
        to += got;
        length -= (size_t)got;
    }
}

struct random *random_system(void)
{
    static struct random random = {.fill = system_fill};
    return &random;
}

/* splitmix64 (Steele, Lea, Flood 2014): any seed, also 0, gives a good sequence. */
static uint64_t splitmix64(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15U;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

/* Byte by byte from the low end, so that a seed gives the same on every machine. */
static void seeded_fill(struct random *random, void *ret_bytes, size_t length)
{
    unsigned char *to = ret_bytes;
    for (size_t i = 0; i < length;) {
        uint64_t value = splitmix64(&random->state);
        for (size_t end = length - i < 8 ? length : i + 8; i < end; i++, value >>= 8)
            to[i] = (unsigned char)(value & 0xFF);
    }
}

void random_seeded_init(struct random *ret_random, uint64_t seed)
{
    *ret_random = (struct random){.fill = seeded_fill, .state = seed};
}

void random_bytes(struct random *random, void *ret_bytes, size_t length)
{
    random->fill(random, ret_bytes, length);
}

static uint64_t random_bits(struct random *random)
{
    unsigned char bytes[8];
    random_bytes(random, bytes, sizeof(bytes));
    uint64_t value = 0;
    for (size_t i = sizeof(bytes); i > 0; i--)
        value = value << 8 | bytes[i - 1];
    return value;
}

uint64_t random_integer(struct random *random, uint64_t below)
{
    if (below == 0)
        abort(); /* there is no such number; a bug */
    /* 2^64 mod below values at the low end would make some results likelier; they are drawn again. */
    uint64_t refused = (0 - below) % below;
    uint64_t value;
    do {
        value = random_bits(random);
    } while (value < refused);
    return value % below;
}

double random_unit(struct random *random)
{
    return (double)(random_bits(random) >> 11) * 0x1p-53; /* 53 bits, all that a double holds below 1 */
}

int64_t id_ordered(struct random *random, const struct clock *clock)
{
    const int64_t latest = (INT64_C(1) << ID_TIME_BITS) - 1; /* in the year 2089 */
    int64_t now = clock_milliseconds(clock);
    /* Compared before subtracting, because a manual clock may stand anywhere. */
    int64_t time = now < id_epoch ? 0 : now > id_epoch + latest ? latest : now - id_epoch;
    int64_t id;
    do {
        id = time << ID_RANDOM_BITS | (int64_t)(random_bits(random) >> (64 - ID_RANDOM_BITS));
    } while (id == 0);
    return id;
}

int64_t id_random(struct random *random)
{
    int64_t id;
    do {
        id = (int64_t)(random_bits(random) & INT64_MAX);
    } while (id == 0);
    return id;
}

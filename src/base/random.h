/* Randomness comes from here only. Secrets are made from random_system(); the seeded source is for tests and
 * the invented answers of the demo and is not fit for secrets. */
#ifndef HECHT_BASE_RANDOM_H
#define HECHT_BASE_RANDOM_H

#include "base/clock.h"
#include "base/error.h"

struct random {
    void (*fill)(struct random *random, void *ret_bytes, size_t length);
    uint64_t state; /* seeded source only; not thread safe */
};

struct random *random_system(void); /* the kernel's; thread safe; ends the program when the kernel has none */
void random_seeded_init(struct random *ret_random, uint64_t seed);

void random_bytes(struct random *random, void *ret_bytes, size_t length);
uint64_t random_integer(struct random *random, uint64_t below); /* uniform in 0..below-1; below > 0 */
double random_unit(struct random *random);                      /* uniform in [0, 1) */

/* Ids are 63-bit and positive. Ordinary things get time-ordered ids, anonymous things random ones. */
int64_t id_ordered(struct random *random, const struct clock *clock);
int64_t id_random(struct random *random);

#endif

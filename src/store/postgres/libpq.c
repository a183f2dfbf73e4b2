#define LIBPQ_ITSELF
#include "store/postgres/libpq.h"

#include <pthread.h>

struct libpq libpq;

static struct error failure;
static enum error_code loaded;

#define LIBPQ_PLACE(function) {#function, &libpq.function},

static void load(void)
{
    static const struct library_function FUNCTIONS[] = {LIBPQ_FUNCTIONS(LIBPQ_PLACE)};
    loaded = library_load("libpq.so.5", "libpq5", FUNCTIONS, COUNT_OF(FUNCTIONS), &failure);
}

enum error_code libpq_load(struct error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, load);
    if (loaded != OK && error != NULL)
        *error = failure;
    return loaded;
}

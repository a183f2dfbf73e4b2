#define LIBCURL_ITSELF
#include "net/libcurl.h"

#include <pthread.h>

struct libcurl libcurl;

static struct error failure;
static enum error_code loaded;

#define LIBCURL_PLACE(function) {#function, &libcurl.function},

static void load(void)
{
    static const struct library_function FUNCTIONS[] = {LIBCURL_FUNCTIONS(LIBCURL_PLACE)};
    loaded = library_load("libcurl.so.4", "libcurl4", FUNCTIONS, COUNT_OF(FUNCTIONS), &failure);
}

enum error_code libcurl_load(struct error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, load);
    if (loaded != OK && error != NULL)
        *error = failure;
    return loaded;
}

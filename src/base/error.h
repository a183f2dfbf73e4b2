/* The one error idiom.
 *
 * A function that can fail returns an error code and takes a `struct error *` for the details; its results go
 * through `ret_` pointers that stay untouched on failure:
 *
 *     enum error_code team_find(struct store_session *s, int64_t team, struct error *error, struct team *ret_team);
 *     TRY(team_find(session, id, error, &team));
 *
 * `reason` is a short stable key ("round-closed") from which pages choose a translated sentence; `detail` is
 * English, for the command line and the log. Neither may ever hold an answer, a name or an address of a person
 * on the way of an answer. Errors are values: layers never print. */
#ifndef HECHT_BASE_ERROR_H
#define HECHT_BASE_ERROR_H

#include "base/slice.h"

enum error_code {
    OK = 0,
    ERROR_INPUT,     /* what was given is wrong: 400 or 422, exit 2 for arguments, 1 for files */
    ERROR_DENIED,    /* not allowed: 403 */
    ERROR_NOT_FOUND, /* 404 */
    ERROR_CONFLICT,  /* contradicts what is there: 409 */
    ERROR_GONE,      /* was there, is over: 410 */
    ERROR_LIMIT,     /* a stated maximum was passed: 413 or 429 */
    ERROR_BUSY,      /* try again: 503 */
    ERROR_MEMORY,    /* no memory */
    ERROR_STORE,     /* database: disk full, connection lost, constraint */
    ERROR_RETRY,     /* serialisation failure; store_write repeats, others never see it */
    ERROR_IO,        /* file or network */
    ERROR_VERSION,   /* data of a newer program */
    ERROR_CRYPTO,    /* a signature, key or sealed body does not hold */
    ERROR_INTERNAL,  /* a bug */
};

struct error {
    enum error_code code;
    const char *reason; /* static text; never NULL after a failure */
    const char *file;   /* where it was found */
    int line;
    char detail[400];
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* Fills *error (which may be NULL) and returns code. */
enum error_code error_set(struct error *error, enum error_code code, const char *file, int line,
                          const char *reason, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

#define FAIL(error, code, reason, ...) error_set((error), (code), __FILE__, __LINE__, (reason), __VA_ARGS__)

/* Returns the code from the enclosing function when the expression failed. */
#define TRY(expression)                                                                                           \
    do {                                                                                                          \
        enum error_code try_code_ = (expression);                                                                 \
        if (try_code_ != OK)                                                                                      \
            return try_code_;                                                                                     \
    } while (0)

/* The short name of a code ("input", "conflict"), for JSON and logs. */
const char *error_code_name(enum error_code code);

/* CLEANUP(fn) runs fn(&variable) at the end of the scope. */
#define CLEANUP(function) __attribute__((cleanup(function)))

#endif

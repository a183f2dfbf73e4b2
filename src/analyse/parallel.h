/* The same work over parts of a range, on several threads. */
#ifndef HECHT_ANALYSE_PARALLEL_H
#define HECHT_ANALYSE_PARALLEL_H

#include "base/base.h"

enum { PARALLEL_THREADS_MAXIMUM = 16 };

/* Works on from <= i < to; may fail. */
typedef enum error_code (*parallel_work)(void *context, size_t from, size_t to, struct error *error);

/* Divides 0 <= i < count over `threads` threads, this one among them, in parts of the same size. Ends when
 * all have ended; the failure of the first part that failed. When a thread cannot be started its part is
 * done here. */
enum error_code parallel_run(int threads, size_t count, parallel_work work, void *context,
                             struct error *error) MUST_CHECK;

#endif

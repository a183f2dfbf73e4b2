/* Promises kept and broken: how much evidence there is, and what it says. */
#ifndef HECHT_ANALYSE_ANALYSE_PROMISES_H
#define HECHT_ANALYSE_ANALYSE_PROMISES_H

#include "analyse/report.h"
#include "stats/promise_evidence.h"
#include "table/table.h"

struct analyse_promises_options {
    const char *file; /* for messages */
    bool skip_bad;
    struct slice day, kept;     /* columns: a number; 1 kept, 0 broken, missing not decided yet */
    struct promise_model model; /* now: NAN means the last day of the file */
};

struct analyse_promises {
    struct analyse_promises_options options; /* with now as it was used; NAN when there is no day at all */
    struct promise_evidence evidence;
    int64_t undecided; /* rows without kept */
    struct table_counts counts;
};

/* Everything is in the region. ERROR_INPUT for a row without a day or with another kept than 0 or 1, unless
 * skip_bad. */
enum error_code analyse_promises(struct table *table, const struct analyse_promises_options *options,
                                 struct region *region, struct error *error,
                                 struct analyse_promises *ret_result) MUST_CHECK;
void analyse_promises_json(const void *result, struct json_writer *json);
void analyse_promises_report(const void *result, struct report *report);

#endif

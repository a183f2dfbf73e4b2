/* What goes along with an outcome most. */
#ifndef HECHT_ANALYSE_ANALYSE_DRIVERS_H
#define HECHT_ANALYSE_ANALYSE_DRIVERS_H

#include "analyse/report.h"
#include "stats/drivers.h"
#include "table/table.h"

struct analyse_drivers_options {
    struct slice outcome;
    struct slice predictors[DRIVERS_MAXIMUM];
    size_t predictor_count;
    struct slice group; /* length 0: rows are independent */
    size_t resamples;
    uint64_t seed;
};

/* One regression with its intervals. Figures that do not exist are NAN; why, the reasons say. */
struct analyse_drivers_part {
    bool has_figures, has_intervals;
    struct drivers drivers;
    struct drivers_intervals intervals;
    struct slice reason, intervals_reason; /* English; length 0: nothing is missing */
};

struct analyse_drivers {
    struct analyse_drivers_options options;
    struct table_counts counts;
    int64_t n; /* rows with all values */
    size_t groups;
    struct analyse_drivers_part all;
    struct analyse_drivers_part within;  /* deviations from the group's means; only with groups */
    struct analyse_drivers_part between; /* the groups' means, each counts once */
};

/* Reads the whole table. ERROR_INPUT: of the file or the options, with what was expected. */
enum error_code analyse_drivers(struct table *table, const struct analyse_drivers_options *options,
                                struct region *region, struct error *error,
                                struct analyse_drivers *ret_result) MUST_CHECK;
void analyse_drivers_json(const void *result, struct json_writer *json);
void analyse_drivers_report(const void *result, struct report *report);

#endif

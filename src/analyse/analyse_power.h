/* How much change n people can show. */
#ifndef HECHT_ANALYSE_ANALYSE_POWER_H
#define HECHT_ANALYSE_ANALYSE_POWER_H

#include "analyse/report.h"

struct analyse_power_options {
    int64_t n;            /* people who answer twice, >= 2 */
    double sd_difference; /* > 0 */
    double delta;         /* NAN: no change is asked about */
    double team_size;     /* people of one team who come together, >= 1; NAN: teams are not asked about */
    double icc1;          /* share of the differences that is between teams, 0 to 1 */
};

struct analyse_power {
    struct analyse_power_options options;
    double smallest_change; /* found with a power of .8 */
    double power;           /* of delta; NAN without one */
    double design_effect;   /* of whole teams; NAN without a team size */
    double effective_n;     /* n / design effect */
};

enum error_code analyse_power(const struct analyse_power_options *options, struct error *error,
                              struct analyse_power *ret_result) MUST_CHECK;
void analyse_power_json(const void *result, struct json_writer *json);
void analyse_power_report(const void *result, struct report *report);

#endif

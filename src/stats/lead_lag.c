#include "stats/lead_lag.h"

#include <math.h>
#include <stdbool.h>

enum lead_lag_verdict lead_lag_verdict(const struct lead_lag_paths *paths, double critical)
{
    double difference = fabs(paths->x_to_y) - fabs(paths->y_to_x);
    if (!(paths->se_x_to_y > 0) || !(paths->se_y_to_x > 0) || !(paths->se_difference > 0) || !(critical > 0))
        return LEAD_LAG_CANNOT_TELL;
    bool x_leads = fabs(paths->x_to_y) >= critical * paths->se_x_to_y;
    bool y_leads = fabs(paths->y_to_x) >= critical * paths->se_y_to_x;
    if (x_leads && y_leads)
        return LEAD_LAG_BOTH;
    if (x_leads && difference >= critical * paths->se_difference)
        return LEAD_LAG_X_FIRST;
    if (y_leads && -difference >= critical * paths->se_difference)
        return LEAD_LAG_Y_FIRST;
    return LEAD_LAG_CANNOT_TELL;
}

/* Which of two things comes first: the rule that turns two cross paths into a verdict. */
#ifndef HECHT_STATS_LEAD_LAG_H
#define HECHT_STATS_LEAD_LAG_H

enum lead_lag_verdict {
    LEAD_LAG_CANNOT_TELL = 0,
    LEAD_LAG_X_FIRST, /* earlier x goes along with later y, more than the other way round */
    LEAD_LAG_Y_FIRST,
    LEAD_LAG_BOTH,
};

/* Standardised: by how many standard deviations the later one is higher when the earlier one is one
 * higher. */
struct lead_lag_paths {
    double x_to_y, y_to_x;
    double se_x_to_y, se_y_to_x;
    double se_difference; /* of |x_to_y| - |y_to_x| */
};

/* A path is there when it is `critical` standard errors or more from zero. Both there: BOTH. One there
 * and the other not: that one is first, but only when their sizes also differ by `critical` standard
 * errors; that one passes a threshold and the other does not says little (Gelman & Stern, The American
 * Statistician 60 (2006) 328-331). Everything else, and figures that are not finite: CANNOT_TELL. */
enum lead_lag_verdict lead_lag_verdict(const struct lead_lag_paths *paths, double critical);

#endif

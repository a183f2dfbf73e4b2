/* Power of the paired t test. The tests compare it with R's power.t.test. */
#include "stats/power.h"

#include "stats/distribution.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>

static double critical(int64_t n, double significance)
{
    return student_quantile(1 - significance / 2, (double)(n - 1));
}

static bool is_sound(int64_t n, double sd, double significance)
{
    return n >= 2 && isfinite(sd) && sd > 0 && significance > 0 && significance < 1;
}

double paired_t_power(int64_t n, double sd, double delta, double significance)
{
    if (!is_sound(n, sd, significance) || !isfinite(delta))
        return NAN;
    double t = critical(n, significance), df = (double)(n - 1);
    double noncentrality = sqrt((double)n) * fabs(delta) / sd;
    if (noncentrality > 1e4 * (1 + t))
        return 1; /* the other 0 are below the smallest number */
    double above = noncentral_student_probability(-t, df, -noncentrality); /* P(T > t), without 1 - P */
    return above + noncentral_student_probability(-t, df, noncentrality);
}

struct wanted {
    double t, df, power;
};

/* Power of the right tail minus the power that is wanted, as a function of the noncentrality. */
static double shortfall(double noncentrality, void *parameters)
{
    const struct wanted *wanted = parameters;
    return noncentral_student_probability(-wanted->t, wanted->df, -noncentrality) - wanted->power;
}

static void solver_cleanup(gsl_root_fsolver **solver)
{
    if (*solver != NULL)
        gsl_root_fsolver_free(*solver);
}

double paired_t_detectable(int64_t n, double sd, double significance, double power)
{
    if (!is_sound(n, sd, significance) || !(power > significance / 2 && power < 1))
        return NAN;
    gsl_without_abort();
    struct wanted wanted = {critical(n, significance), (double)(n - 1), power};
    double high = wanted.t + 1;
    while (high < 1e6 && shortfall(high, &wanted) < 0)
        high *= 2;
    gsl_function function = {shortfall, &wanted};
    CLEANUP(solver_cleanup) gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    if (solver == NULL || gsl_root_fsolver_set(solver, &function, 0, high) != GSL_SUCCESS)
        return NAN;
    for (int i = 0; i < 200; i++) {
        if (gsl_root_fsolver_iterate(solver) != GSL_SUCCESS)
            return NAN;
        if (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver), gsl_root_fsolver_x_upper(solver), 0,
                                   1e-13) == GSL_SUCCESS)
            break;
    }
    return gsl_root_fsolver_root(solver) * sd / sqrt((double)n);
}

double design_effect(double people_per_team, double icc1)
{
    if (!isfinite(people_per_team) || people_per_team < 1 || !(icc1 >= 0 && icc1 <= 1))
        return NAN;
    return 1 + (people_per_team - 1) * icc1;
}

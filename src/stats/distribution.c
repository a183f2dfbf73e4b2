#include "stats/distribution.h"

#include "base/base.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <pthread.h>

static void handler_off(void)
{
    gsl_set_error_handler_off();
}

void gsl_without_abort(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, handler_off);
}

double normal_probability(double z)
{
    return gsl_cdf_ugaussian_P(z);
}

double student_quantile(double p, double df)
{
    if (!(p > 0 && p < 1) || !(df > 0))
        return NAN;
    gsl_without_abort();
    return gsl_cdf_tdist_Pinv(p, df);
}

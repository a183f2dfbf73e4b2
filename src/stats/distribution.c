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

double normal_quantile(double p)
{
    return p > 0 && p < 1 ? gsl_cdf_ugaussian_Pinv(p) : NAN;
}

double normal_two_sided(double z)
{
    return 2 * gsl_cdf_ugaussian_Q(fabs(z));
}

double chi_square_upper(double x, double df)
{
    if (isnan(x) || !(df > 0) || isinf(df))
        return NAN;
    if (x <= 0 || isinf(x))
        return x <= 0 ? 1 : 0;
    gsl_without_abort();
    return gsl_cdf_chisq_Q(x, df);
}

/* A page with a history asks for the same few again and again, and each is found by iteration. */
enum { REMEMBERED_BITS = 6 };

struct remembered {
    double p, df, quantile; /* all 0: free */
};

static struct remembered *place_of(double p, double df)
{
    static _Thread_local struct remembered places[1 << REMEMBERED_BITS];
    uint64_t a, b;
    memcpy(&a, &p, sizeof a);
    memcpy(&b, &df, sizeof b);
    return &places[(a * 3 + b) * UINT64_C(0x9E3779B97F4A7C15) >> (64 - REMEMBERED_BITS)];
}

static bool same(double a, double b)
{
    return a >= b && a <= b;
}

double student_quantile(double p, double df)
{
    if (!(p > 0 && p < 1) || !(df > 0))
        return NAN;
    struct remembered *place = place_of(p, df);
    if (!same(place->p, p) || !same(place->df, df)) {
        gsl_without_abort();
        *place = (struct remembered){p, df, gsl_cdf_tdist_Pinv(p, df)};
    }
    return place->quantile;
}

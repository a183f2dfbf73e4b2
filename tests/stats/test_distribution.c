#include "stats/distribution.h"

#include "base/base.h"
#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_close((actual), (expected), (relative)))

/* Relative also where the value is tiny; is_near gives up below 1e-12. */
static bool is_close(double actual, double expected, double relative)
{
    return fabs(actual - expected) <= relative * fabs(expected);
}

/* Results of R 4.2.2: the parameters, then the value. F quantiles with more than 400,000 degrees of
 * freedom are not those of qf, which takes them for infinitely many there, but of qbeta. Noncentral
 * values, which R gives to few digits in the tails, are from mpmath 1.3.0 with 40 digits: direct
 * integration of the definition for t, the Poisson mixture for chi-square. */

/* t, df; 2 pt(-|t|, df) */
static const double student_tails[][3] = {
    {2, 4, 0.11611652351681551},       {1e-08, 1, 0.99999999363380221},  {-3.5, 10.5, 0.0053236301403036907},
    {8, 31, 4.940263701903391e-09},    {15, 31, 9.2763486265208584e-16}, {15, 44, 6.548049814751665e-19},
    {30, 200, 5.7241612088278407e-76}, {2, 7283, 0.045537332745782443},  {5, 1e+07, 5.7331280750085435e-07},
    {0.5, 0.5, 0.75731807292943665},
};

/* p, df; qt */
static const double student_quantiles[][3] = {
    {0.025, 3, -3.1824463052837091},    {0.95, 4, 2.131846786326649},    {0.975, 1, 12.706204736174694},
    {0.6, 10.5, 0.25985520426697423},   {0.9995, 31, 3.633456349758371}, {0.975, 7283, 1.9602897649635933},
    {0.975, 1e+07, 1.9599642217672049}, {1e-06, 2, -707.10572052593386},
};

/* z; 2 pnorm(-|z|) */
static const double normal_tails[][2] = {
    {0, 1},
    {1e-08, 0.99999999202115442},
    {1, 0.31731050786291409},
    {-1.95996398454005, 0.050000000000000024},
    {8, 1.244192114854357e-15},
    {37, 1.1451142445049154e-299},
};

/* p; qnorm */
static const double normal_quantiles[][2] = {
    {1e-300, -37.047096299361201},   {1e-20, -9.2623400897984052}, {1e-05, -4.2648907939228256},
    {0.025, -1.9599639845400538},    {0.3, -0.52440051270804067},  {0.5, 0},
    {0.6, 0.25334710313579978},      {0.9, 1.2815515655446008},    {0.975, 1.9599639845400536},
    {0.9999999, 5.1993375822906618},
};

/* x, df; pchisq(lower.tail = FALSE) */
static const double chi_square_tails[][3] = {
    {0.001, 0.5, 0.83504024923158726},
    {3.84, 1, 0.050043521248705224},
    {7477, 44, 0},
    {44.5, 44, 0.45058801047770136},
    {250, 170, 6.2890567106977646e-05},
    {1100, 1000, 0.014614408126295201},
    {1003000, 1e+06, 0.017016772933266314},
    {998000, 1e+06, 0.92141970801285511},
    {300, 3, 9.948758346327708e-65},
};

/* x, df1, df2; pf(lower.tail = FALSE) */
static const double f_tails[][4] = {
    {1.4461, 98, 7283, 0.0027807986239627774},   {0.3, 1, 1, 0.68099427996002304},
    {20, 3, 7, 0.00082257924660751472},          {5, 1, 999999, 0.025347538352688732},
    {20, 2, 18999981, 2.0611970155856504e-09},   {1.05, 79999, 50000, 7.7344252354869429e-10},
    {1.01, 1000, 18999981, 0.40603589832945858}, {5, 44, 18999981, 3.016992890969043e-25},
    {2, 7000, 98, 9.2654383006452628e-06},       {1.2, 79999, 919999, 2.645911489331863e-282},
};

/* p, df1, df2 */
static const double f_quantiles[][4] = {
    {0.975, 98, 7283, 1.3015811950842662},         {0.025, 79999, 919999, 0.98981288290030189},
    {0.975, 79999, 919999, 1.0102470593053976},    {0.025, 999999, 18999981, 0.99715838296577131},
    {0.975, 999999, 18999981, 1.0028460149777223}, {0.95, 3, 18999981, 2.6049097682355091},
    {0.975, 999999, 5, 6.0153218997968159},        {0.001, 1, 1, 2.4674051589901414e-06},
    {0.99, 2, 999999, 4.6051913936668525},         {0.5, 19, 999999, 0.96514027165691008},
    {0.025, 19, 18999981, 0.46876392552736212},    {0.975, 98, 999999, 1.2988169710689967},
};

/* p, a, b; qbeta */
static const double beta_quantiles[][4] = {
    {0.025, 1, 8, 0.0031597235312519067},     {0.975, 200, 3, 0.99692673210160299},
    {0.05, 0.5, 0.5, 0.0061558297024311365},  {0.001, 0.01, 2, 3.6971121232911552e-301},
    {0.9, 0.01, 4.2, 4.0461264666509899e-06}, {0.975, 30.5, 1e+05, 0.00042223073436009888},
    {0.025, 10000, 9, 0.99842555196403815},   {0.5, 2, 2, 0.5},
    {0.975, 1.37, 1.02, 0.98027235126951939},
};

/* x, a, b; pbeta(lower.tail = FALSE) */
static const double beta_tails[][4] = {
    {0.5, 2, 3, 0.31250000000000006},
    {1e-06, 0.5, 0.5, 0.99936338012152914},
    {0.999999, 0.7, 9, 3.9391909021170101e-55},
    {0.7, 30.5, 4.2, 0.99542063702995121},
    {0.01, 10000, 1e+05, 1},
    {0.12, 10000, 1e+05, 2.2367199506449754e-209},
    {0.975, 9, 1, 0.20376449142929487},
};

/* t, df, delta; P(T <= t) */
static const double noncentral_t[][4] = {
    {2.3646, 7, 1.7678, 0.66681413774578543}, {-2.3646, 7, 1.7678, 0.00021364958539294786},
    {2.093, 19, 2.2361, 0.43549624212068718}, {0, 5, 1, 0.15865525393145705},
    {1.5, 1, -3, 0.99980238399193993},        {40, 11, 30, 0.85875080572325626},
    {-3, 30, 2.8, 3.0255440818836504e-8},     {2, 2, 12, 3.0823844479460325e-11},
    {-0.5, 30, 2.8, 0.00050250381774301401},  {1.96, 5000, 2.8, 0.20047194236570048},
    {-8, 4, 5, 3.3584817078460846e-12},       {2, 1, 30, 4.8464118424055098e-41},
    {31, 200, 30, 0.69765805353618493},       {3, 1.5, 0, 0.93322612287254337},
};

/* x, df, lambda; P(X <= x) */
static const double noncentral_chi_square[][4] = {
    {7477, 44, 7000, 0.99462740519191471},
    {7477, 44, 7433, 0.50230800160158544},
    {7477, 44, 7152.9, 0.94985166254468946},
    {7477, 44, 7726.3, 0.046835689815549235},
    {1, 1, 0.5, 0.57129701038674589},
    {30, 44, 0.1, 0.052097107807469452},
    {98103.62866048841, 1, 1e5, 0.0012943406683699173},
    {110000, 1e4, 1e5, 0.50060581088051321},
    {20, 3, 100, 6.9717204242270492e-9},
    {5000, 300, 7500, 3.5694869722624859e-71},
    {0.001, 1, 1000, 2.1121761829353827e-219},
    {0.001, 2, 5, 4.1057888752792385e-5},
};

static void test_student(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(student_tails); i++) {
        const double *row = student_tails[i];
        assert_near(student_two_sided(row[0], row[1]), row[2], 1e-12);
        assert_near(student_two_sided(-row[0], row[1]), row[2], 1e-12);
    }
    for (size_t i = 0; i < COUNT_OF(student_quantiles); i++)
        assert_near(student_quantile(student_quantiles[i][0], student_quantiles[i][1]),
                    student_quantiles[i][2], 1e-9);
    assert_near(student_two_sided(0, 3), 1, 0);
    assert_near(student_two_sided(INFINITY, 3), 0, 0);
    assert_near(student_two_sided(1e200, 3), 0, 0);
    assert_true(isnan(student_two_sided(NAN, 3)));
    assert_true(isnan(student_two_sided(1, NAN)));
    assert_true(isnan(student_two_sided(1, 0)));
    assert_true(isnan(student_quantile(0, 3)));
    assert_true(isnan(student_quantile(1, 3)));
    assert_true(isnan(student_quantile(NAN, 3)));
    assert_true(isnan(student_quantile(0.5, -1)));
}

static void test_normal(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(normal_tails); i++)
        assert_near(normal_two_sided(normal_tails[i][0]), normal_tails[i][1], 1e-12);
    for (size_t i = 0; i < COUNT_OF(normal_quantiles); i++)
        assert_near(normal_quantile(normal_quantiles[i][0]), normal_quantiles[i][1], 1e-12);
    assert_true(isnan(normal_quantile(0)));
    assert_true(isnan(normal_quantile(1)));
    assert_true(isnan(normal_quantile(NAN)));
    assert_true(isnan(normal_two_sided(NAN)));
    assert_near(normal_two_sided(-INFINITY), 0, 0);
}

static void test_chi_square(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(chi_square_tails); i++)
        assert_near(chi_square_upper(chi_square_tails[i][0], chi_square_tails[i][1]), chi_square_tails[i][2],
                    1e-11);
    assert_near(chi_square_upper(0, 3), 1, 0);
    assert_near(chi_square_upper(-1, 3), 1, 0);
    assert_near(chi_square_upper(INFINITY, 3), 0, 0);
    assert_true(isnan(chi_square_upper(NAN, 3)));
    assert_true(isnan(chi_square_upper(3, 0)));
    assert_true(isnan(chi_square_upper(3, NAN)));
}

static void test_f(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(f_tails); i++)
        assert_near(f_upper(f_tails[i][0], f_tails[i][1], f_tails[i][2]), f_tails[i][3], 1e-11);
    for (size_t i = 0; i < COUNT_OF(f_quantiles); i++) {
        const double *row = f_quantiles[i];
        assert_near(f_quantile(row[0], row[1], row[2]), row[3], 1e-11);
        assert_near(1 / f_quantile(1 - row[0], row[2], row[1]), row[3], 1e-11);
    }
    assert_near(f_upper(0, 2, 3), 1, 0);
    assert_near(f_upper(-1, 2, 3), 1, 0);
    assert_near(f_upper(INFINITY, 2, 3), 0, 0);
    assert_true(isnan(f_upper(NAN, 2, 3)));
    assert_true(isnan(f_upper(1, 0, 3)));
    assert_true(isnan(f_upper(1, 2, INFINITY)));
    assert_true(isnan(f_quantile(0, 2, 3)));
    assert_true(isnan(f_quantile(1, 2, 3)));
    assert_true(isnan(f_quantile(NAN, 2, 3)));
    assert_true(isnan(f_quantile(0.5, 0, 3)));
    assert_true(isnan(f_quantile(0.5, 2, NAN)));
}

static void test_beta(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(beta_tails); i++)
        assert_near(beta_upper(beta_tails[i][0], beta_tails[i][1], beta_tails[i][2]), beta_tails[i][3],
                    1e-11);
    for (size_t i = 0; i < COUNT_OF(beta_quantiles); i++) {
        const double *row = beta_quantiles[i];
        assert_near(beta_quantile(row[0], row[1], row[2]), row[3], 1e-11);
        if (row[3] > 0.01)
            assert_near(1 - beta_quantile(1 - row[0], row[2], row[1]), row[3], 1e-11);
    }
    /* With one parameter 1 it is a power. */
    assert_near(beta_quantile(0.3, 7, 1), pow(0.3, 1.0 / 7), 1e-13);
    assert_near(beta_upper(0.3, 1, 7), pow(0.7, 7), 1e-13);
    assert_near(beta_upper(0, 2, 3), 1, 0);
    assert_near(beta_upper(-0.1, 2, 3), 1, 0);
    assert_near(beta_upper(1, 2, 3), 0, 0);
    assert_near(beta_upper(1.5, 2, 3), 0, 0);
    assert_true(isnan(beta_upper(NAN, 2, 3)));
    assert_true(isnan(beta_upper(0.5, 0, 3)));
    assert_true(isnan(beta_upper(0.5, 2, -3)));
    assert_true(isnan(beta_quantile(0, 2, 3)));
    assert_true(isnan(beta_quantile(1, 2, 3)));
    assert_true(isnan(beta_quantile(NAN, 2, 3)));
    assert_true(isnan(beta_quantile(0.5, NAN, 3)));
}

static void test_noncentral_student(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(noncentral_t); i++) {
        const double *row = noncentral_t[i];
        assert_near(noncentral_student_probability(row[0], row[1], row[2]), row[3], 1e-11);
        /* The other tail is that of the mirrored variable. */
        assert_near(1 - noncentral_student_probability(-row[0], row[1], -row[2]), row[3],
                    1e-11 + 1e-15 / row[3]);
    }
    for (double df = 0.5; df < 1e6; df *= 7) /* without noncentrality it is t */
        for (double t = 0.01; t < 30; t *= 3)
            assert_near(2 * noncentral_student_probability(-t, df, 0), student_two_sided(t, df), 1e-10);
    assert_near(noncentral_student_probability(2, 9, 1e6), 0, 0);
    assert_near(noncentral_student_probability(-1e200, 9, 1), 0, 0);
    assert_true(isnan(noncentral_student_probability(1e5, 2, 1e4))); /* rather than a number of few digits */
    assert_near(noncentral_student_probability(INFINITY, 3, 1), 1, 0);
    assert_near(noncentral_student_probability(-INFINITY, 3, 1), 0, 0);
    assert_true(isnan(noncentral_student_probability(NAN, 3, 1)));
    assert_true(isnan(noncentral_student_probability(1, 0, 1)));
    assert_true(isnan(noncentral_student_probability(1, INFINITY, 1)));
    assert_true(isnan(noncentral_student_probability(1, 3, NAN)));
}

static void test_noncentral_chi_square(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(noncentral_chi_square); i++) {
        const double *row = noncentral_chi_square[i];
        assert_near(noncentral_chi_square_probability(row[0], row[1], row[2]), row[3], 1e-11);
    }
    assert_near(noncentral_chi_square_probability(44.5, 44, 0), 1 - chi_square_upper(44.5, 44), 1e-13);
    assert_near(noncentral_chi_square_probability(44.5, 44, 1e-14), 1 - chi_square_upper(44.5, 44), 1e-12);
    assert_near(noncentral_chi_square_probability(0, 3, 1), 0, 0);
    assert_near(noncentral_chi_square_probability(-1, 3, 1), 0, 0);
    assert_near(noncentral_chi_square_probability(INFINITY, 3, 1), 1, 0);
    assert_true(isnan(noncentral_chi_square_probability(NAN, 3, 1)));
    assert_true(isnan(noncentral_chi_square_probability(1, 0, 1)));
    assert_true(isnan(noncentral_chi_square_probability(1, 3, -1)));
    assert_true(isnan(noncentral_chi_square_probability(1, 3, NAN)));
    assert_true(isnan(noncentral_chi_square_probability(1, 3, INFINITY)));
}

/* The quantiles another program wrote for this project. */
static void test_reference_quantiles(void **state)
{
    (void)state;
    struct reference *reference = reference_open("power_and_quantiles");
#define AT(path, i) reference_element(reference, "quantiles/" path, (i))
    for (size_t i = 0; i < reference_length(reference, "quantiles/qt/q"); i++)
        assert_near(student_quantile(AT("qt/p", i), AT("qt/df", i)), AT("qt/q", i), 1e-9);
    for (size_t i = 0; i < reference_length(reference, "quantiles/qf/q"); i++)
        assert_near(f_quantile(AT("qf/p", i), AT("qf/df1", i), AT("qf/df2", i)), AT("qf/q", i), 1e-11);
    for (size_t i = 0; i < reference_length(reference, "quantiles/qbeta/q"); i++)
        assert_near(beta_quantile(AT("qbeta/p", i), AT("qbeta/a", i), AT("qbeta/b", i)), AT("qbeta/q", i),
                    1e-11);
    for (size_t i = 0; i < reference_length(reference, "quantiles/qchisq/q"); i++)
        assert_near(chi_square_upper(AT("qchisq/q", i), AT("qchisq/df", i)), 1 - AT("qchisq/p", i), 1e-11);
#undef AT
    reference_close(reference);
}

/* Quantile and tail undo each other over the whole domain, and rise. */
static void test_round_trip(void **state)
{
    (void)state;
    for (double a = 0.02; a < 1e5; a *= 9)
        for (double b = 0.02; b < 1e5; b *= 9) {
            double before = 0;
            for (int i = 1; i < 100; i += 7) {
                double p = i / 100.0, f = f_quantile(p, 2 * a, 2 * b), x = beta_quantile(p, a, b);
                assert_true(x >= before);
                before = x;
                /* Near 1 or beyond the range of numbers the beta quantile itself is rounded. */
                if (x > 1e-300 && x < 0.999)
                    assert_near(beta_upper(x, a, b), 1 - p, 1e-9);
                if (f > 1e-300 && f < 1e300)
                    assert_near(f_upper(f, 2 * a, 2 * b), 1 - p, 1e-9);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_student),
        cmocka_unit_test(test_normal),
        cmocka_unit_test(test_chi_square),
        cmocka_unit_test(test_f),
        cmocka_unit_test(test_beta),
        cmocka_unit_test(test_noncentral_student),
        cmocka_unit_test(test_noncentral_chi_square),
        cmocka_unit_test(test_reference_quantiles),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "stats/network.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static struct network measure(const struct network_tie *ties, size_t count, size_t nodes,
                              struct region *region)
{
    struct network network = {.nodes = -1};
    struct error error = {.code = OK};
    assert_int_equal(network_measure(ties, count, nodes, region, &error, &network), OK);
    return network;
}

/* --- degenerate cases --------------------------------------------------------------------------------- */

static void test_no_node_and_one_node(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct network network = measure(NULL, 0, 0, region);
    assert_int_equal(network.nodes + network.edges + network.isolates + network.weak_components, 0);
    assert_true(isnan(network.density) && isnan(network.coverage) && isnan(network.reciprocity_edgewise));
    assert_true(isnan(network.in_centralization) && isnan(network.in_degree_gini));
    const struct network_tie self = {0, 0};
    network = measure(&self, 1, 1, region);
    assert_int_equal(network.edges, 0);
    assert_int_equal(network.self_loops, 1);
    assert_int_equal(network.isolates, 1);
    assert_int_equal(network.weak_components, 1);
    assert_int_equal(network.null_dyads, 0);
    assert_true(isnan(network.density) && isnan(network.reciprocity_dyadic_match));
    assert_true(isnan(network.out_centralization) && isnan(network.out_degree_gini));
    assert_near(network.coverage, 0, 0);
}

static void test_no_ties(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct network network = measure(NULL, 0, 4, region);
    assert_near(network.density, 0, 0);
    assert_int_equal(network.null_dyads, 6);
    assert_int_equal(network.isolates, 4);
    assert_int_equal(network.weak_components, 4);
    assert_true(isnan(network.reciprocity_edgewise) && isnan(network.reciprocity_dyad_ratio));
    assert_true(isnan(network.reciprocity_excess) && isnan(network.in_degree_gini));
    assert_near(network.reciprocity_dyadic_match, 1, 0);
    assert_near(network.in_centralization, 0, 0);
    assert_near(network.coverage, 0, 0);
}

static void test_everybody_knows_everybody(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct network_tie ties[6];
    size_t count = 0;
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t j = 0; j < 3; j++)
            if (i != j)
                ties[count++] = (struct network_tie){i, j};
    struct network network = measure(ties, count, 3, region);
    assert_near(network.density, 1, 0);
    assert_near(network.reciprocity_edgewise, 1, 0);
    assert_true(isnan(network.reciprocity_excess));
    assert_near(network.in_degree_gini, 0, 0);
    assert_near(network.coverage, 1, 0);
    assert_int_equal(network.weak_components, 1);
}

static void test_a_star_by_hand(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    /* Four people thank node 0, one twice; node 0 thanks itself and node 1; node 5 stands alone. */
    const struct network_tie ties[] = {{1, 0}, {2, 0}, {3, 0}, {4, 0}, {2, 0}, {0, 0}, {0, 1}};
    struct network network = measure(ties, COUNT_OF(ties), 6, region);
    assert_int_equal(network.edges, 5);
    assert_int_equal(network.repeated_ties, 1);
    assert_int_equal(network.self_loops, 1);
    assert_int_equal(network.mutual_dyads, 1);
    assert_int_equal(network.asymmetric_dyads, 3);
    assert_int_equal(network.null_dyads, 11);
    assert_int_equal(network.isolates, 1);
    assert_int_equal(network.never_received, 4);
    assert_int_equal(network.never_gave, 1);
    assert_int_equal(network.weak_components, 2);
    assert_near(network.density, 5.0 / 30, 1e-15);
    assert_near(network.reciprocity_edgewise, 0.4, 1e-15);
    assert_near(network.reciprocity_dyad_ratio, 0.25, 1e-15);
    assert_near(network.reciprocity_dyadic_match, 0.8, 1e-15);
    assert_near(network.in_centralization, (6 * 4 - 5) / 25.0, 1e-15);
    assert_near(network.in_degree_gini, (3 * 1 + 5 * 4) / (6 * 5.0), 1e-15); /* ranks 5 and 6 of 6 */
    assert_near(network.coverage, 2.0 / 6, 1e-15);
    assert_int_equal(network.in_degree[0], 4);
    assert_int_equal(network.out_degree[5], 0);
}

static void test_bad_input_is_refused(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct network network = {.nodes = 77};
    const struct network_tie tie = {0, 3};
    struct error error = {.code = OK};
    assert_int_equal(network_measure(&tie, 1, 3, region, &error, &network), ERROR_INPUT);
    assert_string_equal(error.reason, "unknown-node");
    assert_int_equal(network_measure(NULL, 0, (size_t)NETWORK_NODES_MAXIMUM + 1, region, NULL, &network),
                     ERROR_LIMIT);
    CLEANUP(region_cleanup) struct region *small = region_new(100);
    assert_int_equal(network_measure(NULL, 0, 1000, small, NULL, &network), ERROR_MEMORY);
    assert_int_equal(network.nodes, 77);
}

/* --- against plain code on a matrix ------------------------------------------------------------------- */

enum { SIDE = 14 };

struct matrix {
    bool tie[SIDE][SIDE];
    size_t n;
};

static void mark(const struct matrix *matrix, size_t node, bool *reached)
{
    reached[node] = true;
    for (size_t j = 0; j < matrix->n; j++)
        if (!reached[j] && (matrix->tie[node][j] || matrix->tie[j][node]))
            mark(matrix, j, reached);
}

static int count_components(const struct matrix *matrix)
{
    bool reached[SIDE] = {false};
    int components = 0;
    for (size_t i = 0; i < matrix->n; i++) {
        if (reached[i])
            continue;
        components++;
        mark(matrix, i, reached);
    }
    return components;
}

/* Mean absolute difference over twice the mean: the definition. */
static double gini_of(const uint32_t *degree, size_t n)
{
    double difference = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += degree[i];
        for (size_t j = 0; j < n; j++)
            difference += fabs((double)degree[i] - (double)degree[j]);
    }
    return sum > 0 ? difference / (2 * (double)n * sum) : NAN;
}

static void compare(const struct network *network, const struct matrix *matrix)
{
    size_t n = matrix->n;
    int64_t edges = 0, mutual = 0, none = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t in = 0, out = 0;
        for (size_t j = 0; j < n; j++) {
            in += matrix->tie[j][i];
            out += matrix->tie[i][j];
            edges += matrix->tie[i][j];
            mutual += i < j && matrix->tie[i][j] && matrix->tie[j][i];
            none += i < j && !matrix->tie[i][j] && !matrix->tie[j][i];
        }
        assert_int_equal(network->in_degree[i], in);
        assert_int_equal(network->out_degree[i], out);
    }
    assert_int_equal(network->edges, edges);
    assert_int_equal(network->mutual_dyads, mutual);
    assert_int_equal(network->null_dyads, none);
    assert_int_equal(network->weak_components, count_components(matrix));
    assert_near(network->in_degree_gini, gini_of(network->in_degree, n), 1e-12);
    assert_near(network->out_degree_gini, gini_of(network->out_degree, n), 1e-12);
}

static void test_random_networks(void **state)
{
    (void)state;
    struct generator generator = {42};
    for (int repeat = 0; repeat < 2000; repeat++) {
        CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
        struct matrix matrix = {.n = 1 + (size_t)(draw_uniform(&generator) * SIDE)};
        struct network_tie ties[SIDE * SIDE];
        size_t count = (size_t)(draw_uniform(&generator) * (double)(matrix.n * matrix.n));
        for (size_t i = 0; i < count; i++) {
            uint32_t from = (uint32_t)(draw_uniform(&generator) * (double)matrix.n);
            uint32_t to = (uint32_t)(draw_uniform(&generator) * (double)matrix.n);
            ties[i] = (struct network_tie){from, to};
            matrix.tie[from][to] = from != to;
        }
        struct network network = measure(ties, count, matrix.n, region);
        compare(&network, &matrix);
        assert_int_equal(network.edges + network.self_loops + network.repeated_ties, count);
    }
}

/* Numbering the nodes otherwise changes nothing but the order of the degrees. */
static void test_names_do_not_matter(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(8 << 20);
    struct generator generator = {43};
    enum { NODES = 500, TIES = 1500 };
    static struct network_tie ties[TIES], other[TIES];
    for (size_t i = 0; i < TIES; i++) {
        ties[i] = (struct network_tie){(uint32_t)(draw_uniform(&generator) * NODES),
                                       (uint32_t)(draw_uniform(&generator) * NODES)};
        other[TIES - 1 - i] =
            (struct network_tie){(ties[i].from * 7 + 3) % NODES, (ties[i].to * 7 + 3) % NODES};
    }
    struct network a = measure(ties, TIES, NODES, region), b = measure(other, TIES, NODES, region);
    assert_int_equal(a.edges, b.edges);
    assert_int_equal(a.mutual_dyads, b.mutual_dyads);
    assert_int_equal(a.isolates, b.isolates);
    assert_int_equal(a.weak_components, b.weak_components);
    assert_near(a.in_degree_gini, b.in_degree_gini, 0);
    assert_near(a.in_centralization, b.in_centralization, 0);
    for (size_t i = 0; i < NODES; i++)
        assert_int_equal(a.in_degree[i], b.in_degree[(i * 7 + 3) % NODES]);
}

/* --- reference results -------------------------------------------------------------------------------- */

static double expected(const struct reference *reference, const char *key)
{
    char path[100];
    (void)snprintf(path, sizeof(path), "network/%s", key);
    return reference_number(reference, path);
}

static void check_reference(const char *name)
{
    struct table *table = table_open(name);
    struct reference *reference = reference_open(name);
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct network_tie *ties = REGION_ARRAY(region, table_rows(table), struct network_tie);
    assert_non_null(ties);
    for (size_t i = 0; i < table_rows(table); i++)
        ties[i] = (struct network_tie){(uint32_t)table_number(table, i, 0) - 1,
                                       (uint32_t)table_number(table, i, 1) - 1};
    size_t nodes = (size_t)reference_number(reference, "nodes");
    struct network n = measure(ties, table_rows(table), nodes, region);
    const struct {
        const char *key;
        double value;
    } numbers[] = {
        {"edges", (double)n.edges},
        {"density", n.density},
        {"mutual_dyads", (double)n.mutual_dyads},
        {"asymmetric_dyads", (double)n.asymmetric_dyads},
        {"null_dyads", (double)n.null_dyads},
        {"reciprocity_edgewise", n.reciprocity_edgewise},
        {"reciprocity_dyad_ratio", n.reciprocity_dyad_ratio},
        {"reciprocity_dyadic_match", n.reciprocity_dyadic_match},
        {"reciprocity_excess_garlaschelli", n.reciprocity_excess},
        {"isolates", (double)n.isolates},
        {"never_received", (double)n.never_received},
        {"never_gave", (double)n.never_gave},
        {"in_centralization_freeman", n.in_centralization},
        {"out_centralization_freeman", n.out_centralization},
        {"in_degree_gini", n.in_degree_gini},
        {"out_degree_gini", n.out_degree_gini},
        {"weak_components", (double)n.weak_components},
    };
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        assert_near(numbers[i].value, expected(reference, numbers[i].key), 1e-10);
    assert_int_equal(reference_length(reference, "network/in_degree"), nodes);
    for (size_t i = 0; i < nodes; i++) {
        assert_near(n.in_degree[i], reference_element(reference, "network/in_degree", i), 0);
        assert_near(n.out_degree[i], reference_element(reference, "network/out_degree", i), 0);
    }
    reference_close(reference);
    table_close(table);
}

static void test_references(void **state)
{
    (void)state;
    check_reference("coleman_fall");
    check_reference("emon_cheyenne");
    check_reference("emon_texas");
    check_reference("emon_mtsi");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_node_and_one_node),      cmocka_unit_test(test_no_ties),
        cmocka_unit_test(test_everybody_knows_everybody), cmocka_unit_test(test_a_star_by_hand),
        cmocka_unit_test(test_bad_input_is_refused),      cmocka_unit_test(test_random_networks),
        cmocka_unit_test(test_names_do_not_matter),       cmocka_unit_test(test_references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

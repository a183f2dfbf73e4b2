#include "stats/network.h"

#include <math.h>

/* A tie as one number that sorts by sender, then receiver. */
static uint64_t key_of(uint32_t from, uint32_t to)
{
    return (uint64_t)from << 32 | to;
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Sorted, every tie once, without self loops; the two that are left out are counted. */
struct ties {
    uint64_t *keys;
    size_t count;
};

static enum error_code collect(const struct network_tie *given, size_t count, size_t nodes,
                               struct region *region, struct error *error, struct network *network,
                               struct ties *ret_ties)
{
    struct ties ties = {REGION_ARRAY(region, count, uint64_t), 0};
    if (ties.keys == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu ties", count);
    for (size_t i = 0; i < count; i++) {
        if (given[i].from >= nodes || given[i].to >= nodes)
            return FAIL(error, ERROR_INPUT, "unknown-node", "tie %zu names a node that is not there", i);
        if (given[i].from == given[i].to)
            network->self_loops++;
        else
            ties.keys[ties.count++] = key_of(given[i].from, given[i].to);
    }
    if (ties.count > 0)
        qsort(ties.keys, ties.count, sizeof(*ties.keys), compare_keys);
    size_t different = 0;
    for (size_t i = 0; i < ties.count; i++) {
        if (different > 0 && ties.keys[different - 1] == ties.keys[i])
            network->repeated_ties++;
        else
            ties.keys[different++] = ties.keys[i];
    }
    ties.count = different;
    *ret_ties = ties;
    return OK;
}

static uint32_t sender(uint64_t key)
{
    return (uint32_t)(key >> 32);
}

static uint32_t receiver(uint64_t key)
{
    return (uint32_t)key;
}

static void count_dyads(const struct ties *ties, struct network *network)
{
    for (size_t i = 0; i < ties->count; i++) {
        uint32_t from = sender(ties->keys[i]), to = receiver(ties->keys[i]);
        network->in_degree[to]++;
        network->out_degree[from]++;
        uint64_t back = key_of(to, from);
        if (from < to && bsearch(&back, ties->keys, ties->count, sizeof(back), compare_keys) != NULL)
            network->mutual_dyads++;
    }
    int64_t n = network->nodes;
    network->edges = (int64_t)ties->count;
    network->asymmetric_dyads = network->edges - 2 * network->mutual_dyads;
    network->null_dyads = n * (n - 1) / 2 - network->mutual_dyads - network->asymmetric_dyads;
    for (int64_t i = 0; i < n; i++) {
        network->never_received += network->in_degree[i] == 0;
        network->never_gave += network->out_degree[i] == 0;
        network->isolates += network->in_degree[i] == 0 && network->out_degree[i] == 0;
    }
}

static uint32_t root_of(uint32_t *parent, uint32_t node)
{
    while (parent[node] != node) {
        parent[node] = parent[parent[node]]; /* halves the path for those who come later */
        node = parent[node];
    }
    return node;
}

/* Union and find; the smaller number becomes the root. */
static int64_t weak_components(const struct ties *ties, size_t nodes, uint32_t *parent)
{
    int64_t components = (int64_t)nodes;
    for (uint32_t i = 0; i < nodes; i++)
        parent[i] = i;
    for (size_t i = 0; i < ties->count; i++) {
        uint32_t a = root_of(parent, sender(ties->keys[i])), b = root_of(parent, receiver(ties->keys[i]));
        if (a == b)
            continue;
        parent[a > b ? a : b] = a > b ? b : a;
        components--;
    }
    return components;
}

/* Centralisation and Gini coefficient of one kind of degree. histogram has room for `nodes` numbers: a degree
 * is at most nodes - 1, so counting sorts them. */
static void spread(const uint32_t *degree, size_t nodes, uint32_t *histogram, double *ret_centralization,
                   double *ret_gini)
{
    double sum = 0, weighted = 0, n = (double)nodes, largest = 0, below = 0;
    for (size_t i = 0; i < nodes; i++)
        histogram[i] = 0;
    for (size_t i = 0; i < nodes; i++) {
        histogram[degree[i]]++;
        sum += degree[i];
        largest = fmax(largest, degree[i]);
    }
    for (size_t value = 0; value < nodes; value++) {
        double same = histogram[value];
        /* The sum of 2 i - n - 1 over the ranks i = below + 1 .. below + same. */
        weighted += (double)value * same * (2 * below + same - n);
        below += same;
    }
    *ret_centralization = nodes < 2 ? NAN : (n * largest - sum) / ((n - 1) * (n - 1));
    *ret_gini = sum > 0 ? weighted / (n * sum) : NAN;
}

static void divide(struct network *network)
{
    double n = (double)network->nodes, edges = (double)network->edges, mutual = (double)network->mutual_dyads;
    double asymmetric = (double)network->asymmetric_dyads, none = (double)network->null_dyads;
    double d = n < 2 ? NAN : edges / (n * (n - 1)), returned = edges > 0 ? 2 * mutual / edges : NAN;
    network->density = d;
    network->reciprocity_edgewise = returned;
    network->reciprocity_dyad_ratio = edges > 0 ? mutual / (mutual + asymmetric) : NAN;
    network->reciprocity_dyadic_match = n < 2 ? NAN : (mutual + none) / (mutual + asymmetric + none);
    network->reciprocity_excess = d < 1 ? (returned - d) / (1 - d) : NAN;
    network->coverage = n < 1 ? NAN : (n - (double)network->never_received) / n;
}

enum error_code network_measure(const struct network_tie *ties, size_t count, size_t nodes,
                                struct region *region, struct error *error, struct network *ret_network)
{
    if (count > NETWORK_TIES_MAXIMUM || nodes > NETWORK_NODES_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-large", "%zu ties and %zu nodes, at most %d and %d", count,
                    nodes, NETWORK_TIES_MAXIMUM, NETWORK_NODES_MAXIMUM);
    struct network network = {
        .nodes = (int64_t)nodes,
        .in_degree = REGION_ARRAY(region, nodes, uint32_t),
        .out_degree = REGION_ARRAY(region, nodes, uint32_t),
    };
    uint32_t *scratch = REGION_ARRAY(region, nodes, uint32_t);
    struct ties kept = {0};
    TRY(collect(ties, count, nodes, region, error, &network, &kept));
    if (network.in_degree == NULL || network.out_degree == NULL || scratch == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu nodes", nodes);
    count_dyads(&kept, &network);
    network.weak_components = weak_components(&kept, nodes, scratch);
    spread(network.in_degree, nodes, scratch, &network.in_centralization, &network.in_degree_gini);
    spread(network.out_degree, nodes, scratch, &network.out_centralization, &network.out_degree_gini);
    divide(&network);
    *ret_network = network;
    return OK;
}

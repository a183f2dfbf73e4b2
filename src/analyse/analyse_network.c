#include "analyse/analyse_network.h"

#include "table/wording.h"

#include <math.h>

enum { FROM, TO, ENDS };

/* A name where it stands. */
struct mention {
    struct slice name;
    double number;  /* of the name; NAN: it is none */
    uint32_t where; /* row * ENDS + end */
};

/* Names and where each end of each row leads. */
struct directory {
    struct mention *mentions;
    size_t mention_count;
    bool numbers;      /* every name is one */
    int64_t low, high; /* of the names, when they are all whole numbers; otherwise high < low */
    uint32_t *node;    /* per end: row * ENDS + end; NONE: missing */
    struct slice *names;
    size_t count;
};

static const uint32_t NONE = UINT32_MAX;

static int compare_names(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;
    return slice_compare(x->name, y->name);
}

static int compare_numbers(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;
    int by_number = (x->number > y->number) - (x->number < y->number);
    return by_number != 0 ? by_number : slice_compare(x->name, y->name);
}

static void collect(const struct table_values *values, struct directory *directory)
{
    directory->numbers = true;
    directory->low = INT64_MAX;
    directory->high = INT64_MIN;
    bool whole = true;
    for (size_t i = 0; i < values->rows; i++) {
        for (size_t end = 0; end < ENDS; end++) {
            struct mention mention = {values->texts[end][i], (double)NAN, (uint32_t)(i * ENDS + end)};
            int64_t integer = 0;
            directory->node[mention.where] = NONE;
            if (mention.name.length == 0)
                continue;
            if (!slice_to_real(mention.name, &mention.number))
                directory->numbers = false;
            if (slice_to_integer(mention.name, 0, INT32_MAX, &integer)) {
                directory->low = integer < directory->low ? integer : directory->low;
                directory->high = integer > directory->high ? integer : directory->high;
            } else {
                whole = false;
            }
            directory->mentions[directory->mention_count++] = mention;
        }
    }
    if (!whole)
        directory->high = directory->low - 1;
}

/* Each different name is a node, in order. */
static void number_names(struct directory *directory)
{
    if (directory->mention_count > 0)
        qsort(directory->mentions, directory->mention_count, sizeof(*directory->mentions),
              directory->numbers ? compare_numbers : compare_names);
    for (size_t i = 0; i < directory->mention_count; i++) {
        const struct mention *mention = &directory->mentions[i];
        if (i == 0 || !slice_equal(mention->name, directory->mentions[i - 1].name))
            directory->names[directory->count++] = mention->name;
        directory->node[mention->where] = (uint32_t)directory->count - 1;
    }
}

static enum error_code prepare(const struct table_values *values, struct region *region, struct error *error,
                               struct directory *directory)
{
    if (values->rows > NETWORK_TIES_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-large", "%zu rows, at most %d", values->rows,
                    NETWORK_TIES_MAXIMUM);
    directory->mentions = REGION_ARRAY(region, values->rows * ENDS, struct mention);
    directory->node = REGION_ARRAY(region, values->rows * ENDS, uint32_t);
    directory->names = REGION_ARRAY(region, values->rows * ENDS, struct slice);
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu rows", values->rows);
    collect(values, directory);
    number_names(directory);
    return OK;
}

/* Which row brings the first name too many. */
static enum error_code too_many(const struct table_values *values, const struct directory *directory,
                                const struct analyse_network_options *options, struct region *region,
                                struct error *error)
{
    bool *seen = REGION_ARRAY(region, directory->count, bool);
    int64_t known = 0;
    for (size_t i = 0; seen != NULL && i < values->rows * ENDS; i++) {
        uint32_t node = directory->node[i];
        if (node == NONE || seen[node])
            continue;
        seen[node] = true;
        char name[WORDING_FOUND];
        if (++known > options->nodes)
            return FAIL(error, ERROR_INPUT, "unknown-node",
                        "%s: row %" PRId64 ", column %.*s: expected at most %" PRId64
                        " different names (--nodes), found one more: \"%s\"",
                        options->file, values->row_numbers[i / ENDS],
                        SLICE_ARG(i % ENDS == FROM ? options->from : options->to), options->nodes,
                        wording_text(directory->names[node], name, sizeof(name)));
    }
    return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu names", directory->count);
}

/* With nodes given and names 1 to nodes, a name is its node's number. */
static enum error_code place_nodes(const struct table_values *values, struct directory *directory,
                                   const struct analyse_network_options *options, struct region *region,
                                   struct error *error)
{
    size_t nodes = (size_t)options->nodes;
    if (options->nodes == 0)
        return OK;
    if (directory->count > nodes)
        return too_many(values, directory, options, region, error);
    struct slice *names = REGION_ARRAY(region, nodes, struct slice);
    if (names == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu nodes", nodes);
    bool in_place =
        directory->low >= 1 && directory->high >= directory->low && directory->high <= options->nodes;
    for (size_t i = 0; in_place && i < nodes; i++)
        names[i] = region_format(region, "%zu", i + 1);
    for (size_t i = 0; !in_place && i < directory->count; i++)
        names[i] = directory->names[i];
    for (size_t i = 0; in_place && i < values->rows * ENDS; i++) {
        int64_t number = 0;
        if (directory->node[i] != NONE &&
            slice_to_integer(directory->names[directory->node[i]], 1, options->nodes, &number))
            directory->node[i] = (uint32_t)number - 1;
    }
    directory->names = names;
    directory->count = nodes;
    return OK;
}

enum error_code analyse_network(struct table *table, const struct analyse_network_options *options,
                                struct region *region, struct error *error,
                                struct analyse_network *ret_result)
{
    struct analyse_network result = {.options = *options};
    struct table_wanted wanted[ENDS] = {{.kind = TABLE_TEXT}, {.kind = TABLE_TEXT}};
    struct table_values values;
    struct directory directory = {.mention_count = 0};
    TRY(table_column_find(table, options->from, error, &wanted[FROM].column));
    TRY(table_column_find(table, options->to, error, &wanted[TO].column));
    TRY(table_load(table, wanted, ENDS, region, error, &values, &result.counts));
    TRY(prepare(&values, region, error, &directory));
    TRY(place_nodes(&values, &directory, options, region, error));
    struct network_tie *ties = REGION_ARRAY(region, values.rows, struct network_tie);
    if (ties == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu ties", values.rows);
    size_t count = 0;
    for (size_t i = 0; i < values.rows; i++) {
        struct network_tie tie = {directory.node[i * ENDS + FROM], directory.node[i * ENDS + TO]};
        if (tie.from == NONE || tie.to == NONE)
            result.rows_without_tie++;
        else
            ties[count++] = tie;
    }
    TRY(network_measure(ties, count, directory.count, region, error, &result.network));
    result.names = directory.names;
    *ret_result = result;
    return OK;
}

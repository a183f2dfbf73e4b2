/* The JSON of `hecht analyse network`: the names are a contract (docs/analyse.md). */
#include "analyse/analyse_network.h"
#include "analyse/left_out.h"

#include <math.h>

static void write_integer(struct json_writer *json, const char *key, int64_t value)
{
    json_write_key(json, key);
    json_write_integer(json, value);
}

/* Returns whether there is a value. */
static bool write_real(struct json_writer *json, const char *key, double value)
{
    json_write_key(json, key);
    json_write_real(json, value); /* not finite: null */
    return isfinite(value);
}

static void write_degrees(struct json_writer *json, const char *key, const uint32_t *degrees, int64_t nodes)
{
    json_write_key(json, key);
    json_write_array_begin(json);
    for (int64_t i = 0; i < nodes; i++)
        json_write_integer(json, degrees[i]);
    json_write_array_end(json);
}

static void write_names(struct json_writer *json, const struct analyse_network *result)
{
    json_write_key(json, "node");
    json_write_array_begin(json);
    for (int64_t i = 0; i < result->network.nodes; i++)
        if (result->names[i].length > 0)
            json_write_text(json, result->names[i]);
        else
            json_write_null(json);
    json_write_array_end(json);
}

static const char *reason_of(const struct network *network)
{
    if (network->nodes == 0)
        return "there is no node";
    if (network->nodes == 1)
        return "one node has nobody to be tied to";
    return network->edges == 0 ? "there is no tie"
                               : "every possible tie is there, so nothing can exceed chance";
}

void analyse_network_json(const void *result, struct json_writer *json)
{
    const struct analyse_network *analysis = result;
    const struct network *n = &analysis->network;
    bool whole = true;
    json_write_object_begin(json);
    write_integer(json, "nodes", n->nodes);
    write_integer(json, "edges", n->edges);
    whole &= write_real(json, "density", n->density);
    write_integer(json, "mutual_dyads", n->mutual_dyads);
    write_integer(json, "asymmetric_dyads", n->asymmetric_dyads);
    write_integer(json, "null_dyads", n->null_dyads);
    whole &= write_real(json, "reciprocity_edgewise", n->reciprocity_edgewise);
    whole &= write_real(json, "reciprocity_dyad_ratio", n->reciprocity_dyad_ratio);
    whole &= write_real(json, "reciprocity_dyadic_match", n->reciprocity_dyadic_match);
    whole &= write_real(json, "reciprocity_excess_garlaschelli", n->reciprocity_excess);
    write_integer(json, "isolates", n->isolates);
    write_integer(json, "never_received", n->never_received);
    write_integer(json, "never_gave", n->never_gave);
    write_degrees(json, "in_degree", n->in_degree, n->nodes);
    write_degrees(json, "out_degree", n->out_degree, n->nodes);
    whole &= write_real(json, "in_centralization_freeman", n->in_centralization);
    whole &= write_real(json, "out_centralization_freeman", n->out_centralization);
    whole &= write_real(json, "in_degree_gini", n->in_degree_gini);
    whole &= write_real(json, "out_degree_gini", n->out_degree_gini);
    write_integer(json, "weak_components", n->weak_components);
    whole &= write_real(json, "coverage", n->coverage);
    write_integer(json, "self_loops", n->self_loops);
    write_integer(json, "repeated_ties", n->repeated_ties);
    write_integer(json, "rows_without_tie", analysis->rows_without_tie);
    write_names(json, analysis);
    if (!whole) {
        json_write_key(json, "reason");
        json_write_text(json, slice_from_text(reason_of(n)));
    }
    left_out_json(&analysis->counts, json);
    json_write_object_end(json);
}

/* A directed network, such as who thanked whom: size, return and spread. Wasserman & Faust, Social Network
 * Analysis (1994), chapters 4, 5 and 13; SCIENCE 2.12. */
#ifndef HECHT_STATS_NETWORK_H
#define HECHT_STATS_NETWORK_H

#include "base/base.h"

enum { NETWORK_NODES_MAXIMUM = 1 << 24, NETWORK_TIES_MAXIMUM = 1 << 27 };

struct network_tie {
    uint32_t from, to; /* 0 .. nodes - 1 */
};

/* A share without anything to divide by is NAN: density, dyadic match and centralisation below 2 nodes, the
 * other reciprocities and the Gini coefficients without ties, the excess at density 1, coverage without
 * nodes. */
struct network {
    int64_t nodes;
    int64_t edges;         /* different ties, without ties to oneself */
    int64_t self_loops;    /* left out */
    int64_t repeated_ties; /* said again; counted once */
    int64_t mutual_dyads, asymmetric_dyads, null_dyads;
    int64_t isolates; /* neither given nor received */
    int64_t never_received, never_gave;
    int64_t weak_components; /* each isolate is one */

    double density;                  /* d = E / (n (n - 1)) */
    double reciprocity_edgewise;     /* 2 M / E: share of ties that are returned */
    double reciprocity_dyad_ratio;   /* M / (M + A) */
    double reciprocity_dyadic_match; /* (M + N) / dyads: also pairs without any tie agree */
    double reciprocity_excess;       /* (2 M / E - d) / (1 - d): Garlaschelli & Loffredo, Physical Review
                                         Letters 93 (2004) 268701 */
    double coverage;                 /* share of nodes with at least one tie received */
    double in_centralization, out_centralization; /* sum(max - degree) / (n - 1)^2: Freeman, Social Networks 1
                                                     (1979) 215-239 */
    double in_degree_gini, out_degree_gini;       /* sum((2 i - n - 1) x_(i)) / (n sum x), x sorted */

    uint32_t *in_degree, *out_degree; /* per node, in the region */
};

/* Ties in any order. ERROR_INPUT, reason "unknown-node", when a tie names a node that is not there;
 * ERROR_LIMIT past the maxima. Scratch memory from the region: 8 bytes a tie, 16 a node. O(ties log ties +
 * nodes). */
enum error_code network_measure(const struct network_tie *ties, size_t count, size_t nodes,
                                struct region *region, struct error *error,
                                struct network *ret_network) MUST_CHECK;

#endif

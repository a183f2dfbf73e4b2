/* Who thanks whom: a directed network from a list of ties. */
#ifndef HECHT_ANALYSE_ANALYSE_NETWORK_H
#define HECHT_ANALYSE_ANALYSE_NETWORK_H

#include "analyse/report.h"
#include "stats/network.h"
#include "table/table.h"

struct analyse_network_options {
    const char *file;      /* for messages */
    struct slice from, to; /* columns; names or numbers of nodes */
    int64_t nodes;         /* how many there are, with those of whom no row speaks; 0: those of the file */
};

struct analyse_network {
    struct analyse_network_options options;
    struct network network;
    struct slice *names;      /* one per node; empty: a node without a name (and without ties) */
    int64_t rows_without_tie; /* one end or both are missing */
    struct table_counts counts;
};

/* Nodes are sorted: by number when every name is a number, otherwise by bytes; those without a name come
 * last. When nodes are given and all names are whole numbers from 1 to that many, name i is node i. A row
 * with one name makes its node known, as no tie. Everything is in the region. ERROR_INPUT when there are
 * more names than nodes. */
enum error_code analyse_network(struct table *table, const struct analyse_network_options *options,
                                struct region *region, struct error *error,
                                struct analyse_network *ret_result) MUST_CHECK;
void analyse_network_json(const void *result, struct json_writer *json);
void analyse_network_report(const void *result, struct report *report);

#endif

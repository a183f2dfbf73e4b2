/* The generated table of assets; for asset.c only. */
#ifndef HECHT_VIEW_ASSET_TABLE_H
#define HECHT_VIEW_ASSET_TABLE_H

#include "base/base.h"

struct asset {
    struct slice name; /* "app.css" */
    struct slice path; /* "/assets/app.0123456789.css" */
    const char *type;
    struct slice plain;
    struct slice gzip; /* empty when it is not smaller */
};

extern const struct asset asset_table[]; /* sorted by name */
extern const size_t asset_table_count;

#endif

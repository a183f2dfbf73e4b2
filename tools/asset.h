/* Assets on their way into the program: named by their content, with their imports of each other rewritten.
 */
#ifndef HECHT_TOOLS_ASSET_H
#define HECHT_TOOLS_ASSET_H

#include "tool.h"

enum { ASSETS_MAXIMUM = 500, ASSET_HASH_LENGTH = 10 };

struct asset_source {
    struct source source;
    struct slice name;    /* "app.js" */
    const char *type;     /* Content-Type */
    struct slice content; /* with the imports rewritten */
    struct slice path;    /* "/assets/app.0123456789.js"; empty until it is known */
    struct slice gzip;    /* empty when it is not smaller */
    bool in_progress;
};

/* Fills all members behind `source` and sorts by name.
 *
 * In .js files the text './NAME' or "./NAME" behind from, import, import( and URL( becomes the path of the
 * asset NAME, in .css files the same behind url( and @import, there also without quotes in url(). So modules
 * find each other by relative path in the source tree as well as under their hashed names. An unknown NAME
 * and a circle of imports are errors: the hash of a file covers the hashes of what it imports. */
enum error_code assets_build(struct asset_source *assets, size_t count, struct region *region,
                             struct error *error) MUST_CHECK;

void assets_write(struct buffer *out, const struct asset_source *assets, size_t count);

#endif

/* Compiles one template (docs/templates.md) to C. */
#ifndef HECHT_TOOLS_TEMPLATE_H
#define HECHT_TOOLS_TEMPLATE_H

#include "catalogue.h"

/* What a template may name. */
struct template_environment {
    const struct catalogue *catalogue;
    const struct slice *assets; /* file names: "app.css" */
    size_t asset_count;
};

/* Appends the structs and declarations to header and the functions to code; on failure neither is changed. */
enum error_code template_compile(const struct source *source, const struct template_environment *environment,
                                 struct region *region, struct error *error, struct buffer *header,
                                 struct buffer *code, struct slice *ret_name) MUST_CHECK;

#endif

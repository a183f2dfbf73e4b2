/* asset_embedder OUT.c FILE...
 *
 * Makes a C table of all assets with their content, plain and compressed. */
#include "asset.h"

static enum error_code run(int count, char **paths, struct region *region, struct error *error)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(OUTPUT_MAXIMUM);
    if (count < 1 || count - 1 > ASSETS_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "usage", "usage: asset_embedder OUT.c FILE...");
    size_t asset_count = (size_t)count - 1;
    struct asset_source *assets = REGION_ARRAY(region, asset_count, struct asset_source);
    if (assets == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    for (size_t i = 0; i < asset_count; i++)
        TRY(source_read(paths[i + 1], region, error, &assets[i].source));
    TRY(assets_build(assets, asset_count, region, error));
    assets_write(&out, assets, asset_count);
    return output_write(paths[0], &out, error);
}

int main(int argument_count, char **arguments)
{
    struct error error = {0};
    CLEANUP(region_cleanup) struct region *region = region_new(TOOL_REGION_MAXIMUM);
    if (region != NULL && run(argument_count - 1, arguments + 1, region, &error) == OK)
        return 0;
    fprintf(stderr, "%s\n", region == NULL ? "no memory" : error.detail);
    return 1;
}

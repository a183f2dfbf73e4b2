#include "view/asset.h"

#include "view/asset_table.h"
#include "view/template.h"

static const struct asset *find_by_name(struct slice name)
{
    size_t low = 0;
    size_t high = asset_table_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_compare(name, asset_table[middle].name);
        if (order == 0)
            return &asset_table[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

bool asset_find(struct slice path, bool accepts_gzip, struct slice *ret_content, const char **ret_type,
                bool *ret_gzip)
{
    for (size_t i = 0; i < asset_table_count; i++) {
        const struct asset *asset = &asset_table[i];
        if (!slice_equal(asset->path, path))
            continue;
        bool gzip = accepts_gzip && asset->gzip.length > 0;
        *ret_content = gzip ? asset->gzip : asset->plain;
        *ret_type = asset->type;
        *ret_gzip = gzip;
        return true;
    }
    return false;
}

struct slice asset_path(const char *name)
{
    const struct asset *asset = find_by_name(slice_from_text(name));
    return asset == NULL ? (struct slice){0} : asset->path;
}

struct html asset_style(struct region *region, const char *name)
{
    const struct asset *asset = find_by_name(slice_from_text(name));
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    if (asset == NULL)
        return (struct html){0};
    buffer_append_text(&out, "<style>");
    buffer_append(&out, asset->plain);
    buffer_append_text(&out, "</style>");
    return template_html(region, &out);
}

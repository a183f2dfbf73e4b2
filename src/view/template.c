#include "view/template.h"

#include <math.h>

struct html template_html(struct region *region, const struct buffer *written)
{
    if (written->failed) {
        (void)region_allocate(region, SIZE_MAX); /* past any maximum: this is how a region is made to fail */
        return (struct html){0};
    }
    return (struct html){region_copy(region, buffer_slice(written))};
}

void template_decimal(struct buffer *out, double value, int decimals)
{
    if (isfinite(value))
        buffer_append_decimal(out, value, decimals);
}

/* Columns: how often each of a few values occurs. */
#include "view/svg.h"

#include <math.h>

enum { WIDTH = 340, HEIGHT = 150, TOP = 22, BOTTOM = 126, MARGIN = 6, FONT = 13 };

static void draw_column(struct buffer *out, enum language language, const struct picture_columns *columns,
                        size_t i, double most)
{
    double room = (double)(WIDTH - 2 * MARGIN) / (double)columns->count;
    double middle = MARGIN + room * ((double)i + 0.5), width = fmin(room * 0.7, 34);
    double height = (BOTTOM - TOP) * (double)columns->counts[i] / most;
    /* A line as wide as the column: its ends are where the count says, whatever the style sheet does. */
    if (columns->counts[i] > 0)
        svg_line(out, "pic-column", middle, BOTTOM, middle, BOTTOM - height, width);
    svg_text_begin(out, "pic-label", middle, BOTTOM - height - 5, FONT, "middle");
    format_integer(out, language, columns->counts[i]);
    buffer_append_text(out, "</text>");
    svg_text_begin(out, "pic-label", middle, BOTTOM + FONT + 5, FONT, "middle");
    escape_html(out, columns->labels[i]);
    buffer_append_text(out, "</text>");
}

struct html picture_columns(struct region *region, enum language language,
                            const struct picture_columns *columns)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(SVG_MAXIMUM);
    struct picture_columns drawn = *columns;
    double most = 1;
    if (drawn.count > PICTURE_COLUMNS_MAXIMUM)
        drawn.count = PICTURE_COLUMNS_MAXIMUM;
    for (size_t i = 0; i < drawn.count; i++)
        most = fmax(most, (double)drawn.counts[i]);
    svg_begin(&out, drawn.id, "", "pic pic-columns", WIDTH, HEIGHT, drawn.title, drawn.description);
    buffer_append_text(&out, "<g aria-hidden=\"true\">");
    for (size_t i = 0; i < drawn.count; i++)
        draw_column(&out, language, &drawn, i, most);
    svg_line(&out, "pic-axis", MARGIN, BOTTOM, WIDTH - MARGIN, BOTTOM, 1);
    buffer_append_text(&out, "</g></svg>");
    return template_html(region, &out);
}

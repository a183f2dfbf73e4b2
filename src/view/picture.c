/* The strip: one value with its ranges on a scale, to stand in a row of a table. */
#include "view/svg.h"

#include <math.h>

/* Drawn 320 wide. From top to bottom: the guess, the value with its lines, the ends of the scale. */
enum {
    STRIP_WIDTH = 320,
    STRIP_HEIGHT = 40,
    STRIP_MARGIN = 12,
    STRIP_MIDDLE = 18,
    STRIP_GUESS = 5,
    STRIP_LABEL = 38,
    STRIP_FONT = 14,
    DIAMOND = 5,
};

static void draw_scale(struct buffer *out, enum language language, const struct svg_scale *scale)
{
    double marks[SVG_MARKS_MAXIMUM];
    size_t count = svg_marks(scale, marks);
    buffer_append_text(out, "<g aria-hidden=\"true\">");
    for (size_t i = 0; i < count; i++) {
        double x = svg_position(scale, marks[i]);
        svg_line(out, "pic-grid", x, STRIP_MIDDLE - 8, x, STRIP_MIDDLE + 8, 1);
    }
    const double ends[] = {scale->low, scale->high};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        svg_text_begin(out, "pic-label", svg_position(scale, ends[i]), STRIP_LABEL, STRIP_FONT, "middle");
        svg_number(out, language, ends[i]);
        buffer_append_text(out, "</text>");
    }
    buffer_append_text(out, "</g>");
}

static void draw_range(struct buffer *out, const char *class, const struct svg_scale *scale, double low,
                       double high, double width)
{
    if (isnan(low) || isnan(high))
        return;
    svg_line(out, class, svg_position(scale, fmin(low, high)), STRIP_MIDDLE,
             svg_position(scale, fmax(low, high)), STRIP_MIDDLE, width);
}

static void draw_guess(struct buffer *out, double x)
{
    static const int corners[][2] = {{0, -DIAMOND}, {DIAMOND, 0}, {0, DIAMOND}, {-DIAMOND, 0}};
    buffer_append_text(out, "<polygon class=\"pic-guess\" points=\"");
    for (size_t i = 0; i < COUNT_OF(corners); i++) {
        buffer_append_text(out, i == 0 ? "" : " ");
        /* The space between x and y keeps commas out of every coordinate. */
        buffer_append_decimal(out, x + corners[i][0], 2);
        buffer_format(out, " %d", STRIP_GUESS + 1 + corners[i][1]);
    }
    buffer_append_text(out, "\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/>");
}

static void draw_hidden(struct buffer *out)
{
    buffer_format(
        out,
        "<rect class=\"pic-hidden\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"16\" rx=\"8\" fill=\"none\" "
        "stroke=\"currentColor\" stroke-width=\"1\" stroke-dasharray=\"4 4\"/>",
        STRIP_MARGIN, STRIP_MIDDLE - 8, STRIP_WIDTH - 2 * STRIP_MARGIN);
}

struct html picture_strip(struct region *region, enum language language, const struct picture_strip *strip)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(SVG_MAXIMUM);
    struct svg_scale scale = svg_scale(strip->low, strip->high, STRIP_MARGIN, STRIP_WIDTH - 2 * STRIP_MARGIN);
    bool hidden = strip->hidden || isnan(strip->value);
    svg_begin(&out, strip->id, "", "pic pic-strip", STRIP_WIDTH, STRIP_HEIGHT, strip->title,
              strip->description);
    if (hidden) {
        draw_hidden(&out);
    } else {
        draw_scale(&out, language, &scale);
        draw_range(&out, "pic-line90", &scale, strip->line90_low, strip->line90_high, 2);
        draw_range(&out, "pic-line50", &scale, strip->line50_low, strip->line50_high, 6);
        svg_dot(&out, "pic-dot", svg_position(&scale, strip->value), STRIP_MIDDLE, 6);
        if (!isnan(strip->guess))
            draw_guess(&out, svg_position(&scale, strip->guess));
    }
    buffer_append_text(&out, "</svg>");
    return template_html(region, &out);
}

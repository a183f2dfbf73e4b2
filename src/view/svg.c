#include "view/svg.h"

#include <math.h>

struct svg_scale svg_scale(double low, double high, double from, double size)
{
    bool sound = isfinite(low) && isfinite(high) && high > low && isfinite(high - low);
    return (struct svg_scale){sound ? low : 1, sound ? high : 5, from, size};
}

double svg_position(const struct svg_scale *scale, double value)
{
    if (isnan(value))
        return NAN;
    double clipped = fmin(fmax(value, scale->low), scale->high);
    return scale->from + (clipped - scale->low) / (scale->high - scale->low) * scale->size;
}

size_t svg_marks(const struct svg_scale *scale, double values[static SVG_MARKS_MAXIMUM])
{
    size_t count = 0;
    values[count++] = scale->low;
    /* Compared as a difference: ends may be so large that counting up from them would not move. */
    if (scale->high - scale->low <= SVG_MARKS_MAXIMUM - 2 && fabs(scale->low) < 1e6)
        for (double mark = floor(scale->low) + 1; mark < scale->high; mark++)
            values[count++] = mark;
    values[count++] = scale->high;
    return count;
}

/* Hundredths are finer than any screen; -0 and trailing zeros are left out. */
static void coordinate(struct buffer *out, double value)
{
    double rounded = isfinite(value) ? round(value * 100) / 100 : 0;
    double tenths = rounded * 10;
    buffer_append_decimal(out, rounded, rounded == floor(rounded) ? 0 : tenths == floor(tenths) ? 1 : 2);
}

static void attribute(struct buffer *out, const char *name, double value)
{
    buffer_append_byte(out, ' ');
    buffer_append_text(out, name);
    buffer_append_text(out, "=\"");
    coordinate(out, value);
    buffer_append_byte(out, '"');
}

static void write_id(struct buffer *out, const char *id, const char *suffix, char which)
{
    escape_html(out, slice_from_text(id));
    buffer_format(out, "%s-%c", suffix, which);
}

static void write_named(struct buffer *out, const char *element, const char *id, const char *suffix,
                        struct slice text)
{
    buffer_format(out, "<%s id=\"", element);
    write_id(out, id, suffix, element[0]);
    buffer_append_text(out, "\">");
    escape_html(out, text);
    buffer_format(out, "</%s>", element);
}

void svg_begin(struct buffer *out, const char *id, const char *suffix, const char *classes, int width,
               int height, struct slice title, struct slice description)
{
    buffer_format(out,
                  "<svg class=\"%s\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
                  "aria-labelledby=\"",
                  classes, width, height, width, height);
    write_id(out, id, suffix, 't');
    if (description.length > 0) {
        buffer_append_byte(out, ' ');
        write_id(out, id, suffix, 'd');
    }
    buffer_append_text(out, "\">");
    write_named(out, "title", id, suffix, title);
    if (description.length > 0)
        write_named(out, "desc", id, suffix, description);
}

void svg_line(struct buffer *out, const char *classes, double x1, double y1, double x2, double y2,
              double width)
{
    buffer_append_text(out, "<line class=\"");
    buffer_append_text(out, classes);
    buffer_append_byte(out, '"');
    attribute(out, "x1", x1);
    attribute(out, "y1", y1);
    attribute(out, "x2", x2);
    attribute(out, "y2", y2);
    attribute(out, "stroke-width", width);
    buffer_append_text(out, " stroke=\"currentColor\"/>");
}

void svg_dot(struct buffer *out, const char *classes, double x, double y, double radius)
{
    buffer_append_text(out, "<circle class=\"");
    buffer_append_text(out, classes);
    buffer_append_byte(out, '"');
    attribute(out, "cx", x);
    attribute(out, "cy", y);
    attribute(out, "r", radius);
    buffer_append_text(out, " fill=\"currentColor\"/>");
}

void svg_text_begin(struct buffer *out, const char *classes, double x, double y, int size, const char *anchor)
{
    buffer_format(out, "<text class=\"%s\"", classes);
    attribute(out, "x", x);
    attribute(out, "y", y);
    buffer_format(out, " font-size=\"%d\" text-anchor=\"%s\" fill=\"currentColor\">", size, anchor);
}

void svg_number(struct buffer *out, enum language language, double value)
{
    format_decimal(out, language, value, value == floor(value) ? 0 : 1);
}

/* The trend: rounds over time, each a dot with its range, and the level behind them with its band. */
#include "view/svg.h"

#include <math.h>

/* A drawing is made for one width. Text is larger in the narrow one, which small phones shrink a little, and
 * must be 12 px there, too. */
struct format {
    const char *suffix;
    const char *classes;
    int width, height, font;
    int label_width; /* room for one date */
};

static const struct format formats[] = {
    {"-n", "pic pic-trend pic-narrow", 340, 240, 15, 62},
    {"-w", "pic pic-trend pic-wide", 640, 280, 14, 76},
};

static const char *const short_months[LANGUAGE_COUNT][12] = {
    [LANGUAGE_EN] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
    [LANGUAGE_NL] = {"jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"},
};

struct drawing {
    struct buffer *out;
    enum language language;
    const struct picture_trend *trend;
    const struct format *format;
    struct svg_scale values; /* upside down: its size is negative */
    double first, last;      /* of the times or numbers */
    double left, right;      /* where these stand */
    double axis;             /* room for the marks of the values */
    double bottom;
};

static double time_of(const struct picture_trend *trend, size_t i)
{
    return trend->numbers != NULL ? trend->numbers[i] : (double)trend->points[i].time;
}

static double time_position(const struct drawing *drawing, double time)
{
    if (!(drawing->last > drawing->first) || isnan(time))
        return (drawing->left + drawing->right) / 2;
    double part = (time - drawing->first) / (drawing->last - drawing->first);
    return drawing->left + fmin(fmax(part, 0), 1) * (drawing->right - drawing->left);
}

static double point_position(const struct drawing *drawing, size_t i)
{
    return time_position(drawing, time_of(drawing->trend, i));
}

/* Marks at multiples of the step, with the decimals it needs. */
static size_t values_marks(const struct drawing *drawing, double *marks, int *ret_decimals)
{
    double step = drawing->trend->step, low = drawing->values.low, high = drawing->values.high;
    *ret_decimals = -1;
    if (!(step > 0) || !((high - low) / step < SVG_MARKS_MAXIMUM - 1))
        return svg_marks(&drawing->values, marks);
    *ret_decimals = (int)fmin(fmax(ceil(-log10(step) - 1e-9), 0), 9);
    size_t count = 0;
    double first = ceil(low / step - 1e-9);
    for (int i = 0; i < SVG_MARKS_MAXIMUM; i++) {
        double mark = (first + i) * step;
        if (!(mark <= high + step * 1e-9))
            break;
        marks[count++] = mark;
    }
    return count;
}

/* A digit takes about 0.6 of the font; one of a scale from 1 to 5 has room anyway. */
static double axis_room(const struct drawing *drawing)
{
    double marks[SVG_MARKS_MAXIMUM];
    int decimals;
    size_t count = values_marks(drawing, marks, &decimals), longest = 0;
    for (size_t i = 0; decimals >= 0 && i < count; i++) {
        CLEANUP(buffer_free) struct buffer text = BUFFER(400);
        format_decimal(&text, drawing->language, marks[i], decimals);
        size_t length = slice_count_characters(buffer_slice(&text));
        longest = length > longest ? length : longest;
    }
    return fmax(2.2, 0.6 * (double)longest + 0.8) * drawing->format->font;
}

/* In the order of time the caller gives; a stray time is clipped. */
static struct drawing drawing_of(struct buffer *out, enum language language,
                                 const struct picture_trend *trend, const struct format *format)
{
    enum { TOP = 12, PADDING = 16, CHARACTER = 9, NOW_MOST = 110 };
    size_t now = slice_count_characters(trend->now_label);
    double now_width = now == 0 ? 0 : fmin((double)now * CHARACTER + 6, NOW_MOST);
    struct drawing drawing = {.out = out, .language = language, .trend = trend, .format = format};
    drawing.bottom = format->height - 2.6 * format->font - 8;
    drawing.values = svg_scale(trend->low, trend->high, drawing.bottom, TOP - drawing.bottom);
    drawing.axis = axis_room(&drawing);
    drawing.left = drawing.axis + PADDING;
    drawing.right = format->width - fmax(now_width, format->label_width / 2.0 - PADDING) - PADDING;
    if (trend->count > 0) {
        drawing.first = time_of(trend, 0);
        drawing.last = time_of(trend, trend->count - 1);
    }
    return drawing;
}

static void draw_values_axis(const struct drawing *drawing)
{
    const struct format *format = drawing->format;
    double marks[SVG_MARKS_MAXIMUM];
    int decimals;
    size_t count = values_marks(drawing, marks, &decimals);
    for (size_t i = 0; i < count; i++) {
        double y = svg_position(&drawing->values, marks[i]);
        svg_line(drawing->out, "pic-grid", drawing->axis, y, drawing->right + 8, y, 1);
        svg_text_begin(drawing->out, "pic-label", drawing->axis - 0.4 * format->font, y + format->font * 0.35,
                       format->font, "end");
        if (decimals < 0)
            svg_number(drawing->out, drawing->language, marks[i]);
        else
            format_decimal(drawing->out, drawing->language, marks[i], decimals);
        buffer_append_text(drawing->out, "</text>");
    }
}

/* Day and month of one round and, where it is another than at the label before, the year below. */
static void draw_date(const struct drawing *drawing, const struct date *date, double x, bool year)
{
    int font = drawing->format->font;
    double y = drawing->bottom + font + 10;
    svg_line(drawing->out, "pic-axis", x, drawing->bottom + 2, x, drawing->bottom + 6, 1);
    svg_text_begin(drawing->out, "pic-label", x, y, font, "middle");
    buffer_format(drawing->out, "%d %s</text>", date->day, short_months[drawing->language][date->month - 1]);
    if (!year)
        return;
    svg_text_begin(drawing->out, "pic-label", x, y + font * 1.2, font, "middle");
    buffer_format(drawing->out, "%d</text>", date->year);
}

/* A number as it stands in the file: 1871, not 1,871. */
static void draw_number(const struct drawing *drawing, double number, double x)
{
    int font = drawing->format->font;
    svg_line(drawing->out, "pic-axis", x, drawing->bottom + 2, x, drawing->bottom + 6, 1);
    svg_text_begin(drawing->out, "pic-label", x, drawing->bottom + font + 10, font, "middle");
    if (number == floor(number) && fabs(number) < 1e15)
        buffer_append_integer(drawing->out, (int64_t)number);
    else
        format_decimal(drawing->out, drawing->language, number, 2);
    buffer_append_text(drawing->out, "</text>");
}

/* The first and the last round are labelled, and between them as many as have room. */
static void draw_time_axis(const struct drawing *drawing)
{
    const struct picture_trend *trend = drawing->trend;
    double room = drawing->format->label_width;
    double end = time_position(drawing, drawing->last), before = -INFINITY;
    int year = 0;
    for (size_t i = 0; i < trend->count; i++) {
        double x = point_position(drawing, i);
        bool is_last = i == trend->count - 1;
        if (!is_last && (x - before < room || end - x < room) && i > 0)
            continue;
        if (is_last && x - before < room)
            continue; /* two rounds so close that one label does for both */
        before = x;
        if (trend->numbers != NULL) {
            draw_number(drawing, trend->numbers[i], x);
            continue;
        }
        struct date date = date_local(trend->points[i].time);
        draw_date(drawing, &date, x, date.year != year);
        year = date.year;
    }
}

static bool has_level(const struct picture_point *point)
{
    return isfinite(point->level);
}

static bool has_band(const struct picture_point *point)
{
    return has_level(point) && !isnan(point->level_low) && !isnan(point->level_high);
}

static void append_point(struct buffer *out, const char *command, double x, double y)
{
    buffer_append_text(out, command);
    buffer_append_decimal(out, x, 1);
    buffer_append_byte(out, ' ');
    buffer_append_decimal(out, y, 1);
}

/* One round alone still has a level: it is drawn this far to both sides. */
static double reach(size_t from, size_t to)
{
    return to - from == 1 ? 8 : 0;
}

/* The outline runs along the upper edge and back along the lower. */
static void draw_band(const struct drawing *drawing, size_t from, size_t to)
{
    struct buffer *out = drawing->out;
    double extra = reach(from, to);
    buffer_append_text(out, "<path class=\"pic-band\" d=\"");
    for (size_t i = from; i < to; i++) {
        const struct picture_point *point = &drawing->trend->points[i];
        double x = point_position(drawing, i);
        double y = svg_position(&drawing->values, fmax(point->level_low, point->level_high));
        append_point(out, i == from ? "M" : "L", x - extra, y);
        if (extra > 0)
            append_point(out, "L", x + extra, y);
    }
    for (size_t i = to; i > from; i--) {
        const struct picture_point *point = &drawing->trend->points[i - 1];
        double x = point_position(drawing, i - 1);
        double y = svg_position(&drawing->values, fmin(point->level_low, point->level_high));
        append_point(out, "L", x + extra, y);
        if (extra > 0)
            append_point(out, "L", x - extra, y);
    }
    buffer_append_text(out, "Z\" fill=\"currentColor\" fill-opacity=\"0.15\"/>");
}

static void draw_level(const struct drawing *drawing, size_t from, size_t to)
{
    struct buffer *out = drawing->out;
    double extra = reach(from, to);
    buffer_append_text(out, "<path class=\"pic-level\" d=\"");
    for (size_t i = from; i < to; i++) {
        const struct picture_point *point = &drawing->trend->points[i];
        double x = point_position(drawing, i);
        double y = svg_position(&drawing->values, point->level);
        append_point(out, i == from ? "M" : "L", x - extra, y);
        if (extra > 0)
            append_point(out, "L", x + extra, y);
    }
    buffer_append_text(
        out, "\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.5\" stroke-linejoin=\"round\" "
             "stroke-linecap=\"round\"/>");
}

/* Calls draw for every run of neighbouring points that have what it draws; between them is a gap. */
static void draw_runs(const struct drawing *drawing, bool (*has)(const struct picture_point *point),
                      void (*draw)(const struct drawing *drawing, size_t from, size_t to))
{
    const struct picture_trend *trend = drawing->trend;
    for (size_t from = 0; from < trend->count;) {
        size_t to = from;
        while (to < trend->count && has(&trend->points[to]))
            to++;
        if (to > from)
            draw(drawing, from, to);
        from = to + 1;
    }
}

static void draw_rounds(const struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->trend->count; i++) {
        const struct picture_point *point = &drawing->trend->points[i];
        double x = point_position(drawing, i);
        if (!isfinite(point->value)) {
            /* A round took place and is not shown: a mark on the axis, no height. */
            svg_dot(drawing->out, "pic-hidden", x, drawing->bottom, 2);
            continue;
        }
        if (!isnan(point->low) && !isnan(point->high))
            svg_line(drawing->out, "pic-line90", x, svg_position(&drawing->values, point->low), x,
                     svg_position(&drawing->values, point->high), 1.5);
        svg_dot(drawing->out, "pic-dot", x, svg_position(&drawing->values, point->value), 4.5);
    }
}

static void draw_event(const struct drawing *drawing)
{
    if (!drawing->trend->has_event)
        return;
    double x = time_position(drawing, drawing->trend->event);
    svg_line(drawing->out, "pic-event", x, svg_position(&drawing->values, drawing->values.high), x,
             drawing->bottom, 1.5);
}

static void draw_now(const struct drawing *drawing)
{
    const struct picture_trend *trend = drawing->trend;
    size_t last = trend->count;
    while (last > 0 && !has_level(&trend->points[last - 1]))
        last--;
    if (last == 0 || trend->now_label.length == 0)
        return;
    const struct picture_point *point = &trend->points[last - 1];
    int font = drawing->format->font + 1;
    double x = point_position(drawing, last - 1);
    double y = svg_position(&drawing->values, point->level);
    svg_text_begin(drawing->out, "pic-now", x + 12, y + font * 0.35, font, "start");
    escape_html(drawing->out, trend->now_label);
    buffer_append_text(drawing->out, "</text>");
}

struct html picture_trend(struct region *region, enum language language, const struct picture_trend *trend)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(SVG_MAXIMUM);
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        const struct format *format = &formats[i];
        struct drawing drawing = drawing_of(&out, language, trend, format);
        svg_begin(&out, trend->id, format->suffix, format->classes, format->width, format->height,
                  trend->title, trend->description);
        buffer_append_text(&out, "<g aria-hidden=\"true\">");
        draw_values_axis(&drawing);
        draw_time_axis(&drawing);
        buffer_append_text(&out, "</g>");
        draw_event(&drawing);
        draw_runs(&drawing, has_band, draw_band);
        draw_runs(&drawing, has_level, draw_level);
        draw_rounds(&drawing);
        buffer_append_text(&out, "<g aria-hidden=\"true\">");
        draw_now(&drawing);
        buffer_append_text(&out, "</g></svg>");
    }
    return template_html(region, &out);
}

/* A step of 1, 2 or 5 times a power of ten that gives 4 to 8 marks. */
static double step_for(double range)
{
    double power = pow(10, floor(log10(range / 4)));
    double parts = range / 4 / power;
    return power * (parts >= 5 ? 5 : parts >= 2 ? 2 : 1);
}

void picture_trend_axis(struct picture_trend *trend, double low, double high)
{
    if (!(high > low)) {
        low -= 1;
        high += 1;
    }
    trend->step = step_for(high - low);
    trend->low = floor(low / trend->step) * trend->step;
    trend->high = ceil(high / trend->step) * trend->step;
}

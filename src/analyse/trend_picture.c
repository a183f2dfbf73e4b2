#include "analyse/trend_picture.h"

#include "analyse/words.h"

#include <math.h>

enum { DRAWN_MAXIMUM = 400 };

static void stretch(double value, double *low, double *high)
{
    if (!isfinite(value))
        return;
    *low = fmin(*low, value);
    *high = fmax(*high, value);
}

double trend_picture_range(const struct analyse_trend *trend)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < trend->rows; i++)
        stretch(trend->points[i].value, &low, &high);
    return high - low;
}

static void set_axis(const struct picture_point *points, size_t count, struct picture_trend *drawing)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        stretch(points[i].value, &low, &high);
        stretch(points[i].low, &low, &high);
        stretch(points[i].high, &low, &high);
        stretch(points[i].level_low, &low, &high);
        stretch(points[i].level_high, &low, &high);
    }
    picture_trend_axis(drawing, low, high);
}

void trend_picture_draw(const struct analyse_trend *trend, const struct trend_picture *picture,
                        struct picture_point *points, struct report *report)
{
    double *numbers = REGION_ARRAY(report->region, trend->rows, double);
    size_t stride = 1 + (trend->rows - 1) / DRAWN_MAXIMUM, count = 0;
    if (numbers == NULL)
        return;
    for (size_t i = (trend->rows - 1) % stride; i < trend->rows; i += stride) {
        const struct trend_point *point = &trend->points[i];
        double reach = trend->noise_known ? TREND_Z95 * sqrt(point->variance) : (double)NAN;
        points[count] = points[i];
        points[count].value = point->value;
        points[count].low = point->value - reach;
        points[count].high = point->value + reach;
        numbers[count++] = point->time;
    }
    struct picture_trend drawing = {
        .id = picture->id,
        .title = picture->title,
        .description = report_text(report, MESSAGE_ANALYSE_TREND_PICTURE_HOW),
        .points = points,
        .count = count,
        .numbers = numbers,
        .now_label = report_number(report, points[count - 1].level, picture->decimals),
        .has_event = picture->has_event,
        .event = trend->options.event,
    };
    set_axis(points, count, &drawing);
    report_picture(report, picture_trend(report->region, report->language, &drawing));
    report_caption(report, drawing.description);
}

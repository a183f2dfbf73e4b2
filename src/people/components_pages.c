/* GET /components: the visual language as one page, with invented figures. Reads nothing and sends nothing. */
#include "base/buffer.h"
#include "people/handlers.h"
#include "templates.h"
#include "view/picture.h"

#include <math.h>

enum { EXAMPLE_POINTS = 6 };
static const double EXAMPLE_MEAN = 3.7, EXAMPLE_LOW = 3.3, EXAMPLE_HIGH = 4.1;

static struct slice number(struct region *region, enum language language, double value)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(64);
    format_decimal(&text, language, value, 1);
    return region_copy(region, buffer_slice(&text));
}

static struct slice say(struct http_request *request, enum language language, enum message message,
                        const struct template_components *filled)
{
    return message_text(
        request->region, language, message,
        ARGUMENTS(A_TEXT("mean", filled->mean), A_TEXT("low", filled->low), A_TEXT("high", filled->high)));
}

static struct html example_strip(struct http_request *request, enum language language,
                                 const struct template_components *filled)
{
    struct picture_strip strip = {
        .id = "example-shown",
        .title = say(request, language, MESSAGE_COMPONENTS_FIGURE_PICTURE, filled),
        .description = say(request, language, MESSAGE_COMPONENTS_FIGURE_PICTURE_WHAT, filled),
        .low = 1,
        .high = 5,
        .value = EXAMPLE_MEAN,
        .line50_low = 3.54,
        .line50_high = 3.86,
        .line90_low = EXAMPLE_LOW,
        .line90_high = EXAMPLE_HIGH,
        .guess = 4.3,
    };
    return picture_strip(request->region, language, &strip);
}

static struct html example_hidden(struct http_request *request, enum language language,
                                  const struct template_components *filled)
{
    double none = (double)NAN;
    struct picture_strip strip = {
        .id = "example-hidden",
        .title = say(request, language, MESSAGE_COMPONENTS_FIGURE_HIDDEN_WORDS, filled),
        .description = say(request, language, MESSAGE_COMPONENTS_EMPTY_WHAT, filled),
        .low = 1,
        .high = 5,
        .value = none,
        .guess = none,
        .hidden = true,
    };
    return picture_strip(request->region, language, &strip);
}

static struct html example_trend(struct http_request *request, enum language language,
                                 const struct template_components *filled)
{
    enum { WEEKS = 4 };
    static const double VALUES[EXAMPLE_POINTS] = {3.2, 3.4, 3.3, 3.6, 3.5, 3.7};
    static const double LEVELS[EXAMPLE_POINTS] = {3.3, 3.34, 3.38, 3.5, 3.58, 3.7};
    struct picture_point points[EXAMPLE_POINTS];
    double weeks[EXAMPLE_POINTS];
    for (int i = 0; i < EXAMPLE_POINTS; i++) {
        weeks[i] = 1 + WEEKS * i;
        points[i] = (struct picture_point){.value = VALUES[i],
                                           .low = VALUES[i] - 0.4,
                                           .high = VALUES[i] + 0.4,
                                           .level = LEVELS[i],
                                           .level_low = LEVELS[i] - 0.25,
                                           .level_high = LEVELS[i] + 0.25};
    }
    struct picture_trend trend = {
        .id = "example-trend",
        .title = say(request, language, MESSAGE_COMPONENTS_FIGURE_TREND, filled),
        .description = say(request, language, MESSAGE_COMPONENTS_FIGURE_TREND_WHAT, filled),
        .low = 1,
        .high = 5,
        .points = points,
        .count = EXAMPLE_POINTS,
        .now_label = filled->mean,
        .numbers = weeks,
    };
    return picture_trend(request->region, language, &trend);
}

enum error_code components_get(struct http_request *request, struct http_response *response,
                               struct error *error)
{
    struct view view = page_view(request, NULL);
    struct template_components filled = {
        .mean = number(request->region, view.language, EXAMPLE_MEAN),
        .low = number(request->region, view.language, EXAMPLE_LOW),
        .high = number(request->region, view.language, EXAMPLE_HIGH),
    };
    filled.shown = example_strip(request, view.language, &filled);
    filled.hidden = example_hidden(request, view.language, &filled);
    filled.trend = example_trend(request, view.language, &filled);
    struct page page = {
        .title = say(request, view.language, MESSAGE_COMPONENTS_TITLE, &filled),
        .body = template_components_html(request->region, &view, &filled),
    };
    return page_render(request, response, &page, error);
}

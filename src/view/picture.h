/* Pictures as SVG: real text, a title that says the finding, a description, colours by class, no style
 * attributes. Coordinates always with a point, visible numbers by language. The data table beside a picture
 * is the caller's template. */
#ifndef HECHT_VIEW_PICTURE_H
#define HECHT_VIEW_PICTURE_H

#include "view/view.h"

/* One row: a dot with a thick 50 % and a thin 90 % line on a scale from low to high (1..5), for an HTML table
 * or list row; its numbers stand in HTML beside it. A guess (NAN: none) is a hollow diamond above the line.
 * hidden: a dashed empty strip. id must be unique in the page ([a-z0-9-]+). Classes: pic pic-strip pic-line90
 * pic-line50 pic-dot pic-guess pic-grid pic-hidden. */
struct picture_strip {
    const char *id;
    struct slice title, description; /* plain text */
    double low, high;
    double value, line50_low, line50_high, line90_low, line90_high;
    double guess;
    bool hidden;
};
struct html picture_strip(struct region *region, enum language language, const struct picture_strip *strip);

/* A series over rounds: dots with whiskers, a band and a line of the smoothed level, gaps where
 * nothing is shown, a labelled time axis. Drawn twice, for narrow (about 340 wide) and wide (about 640)
 * places; CSS shows one. No text under 12 px at the drawn width. */
struct picture_point {
    int64_t time;                        /* seconds; not used when the picture has numbers */
    double value, low, high;             /* of the round; NAN when hidden */
    double level, level_low, level_high; /* smoothed; NAN before the first value */
};
struct picture_trend {
    const char *id;
    struct slice title, description;
    double low, high;
    const struct picture_point *points;
    size_t count;
    struct slice now_label; /* at the last level, e.g. "3,7" */
    const double
        *numbers;   /* NULL: times are dates. Otherwise numbers such as weeks or years: point i stands at
                               numbers[i] and the axis shows them as they are */
    double step;    /* between the marks of the values; 0: the ends and the whole numbers between */
    bool has_event; /* a vertical line at event, in seconds or as numbers */
    double event;
};
struct html picture_trend(struct region *region, enum language language, const struct picture_trend *trend);
/* Sets low, high and step: the values between low and high fit, and the axis begins and ends at a mark. */
void picture_trend_axis(struct picture_trend *trend, double low, double high);

/* Counts as columns, each with its label below and its number above. Drawn about 340 wide, for up to
 * PICTURE_COLUMNS_MAXIMUM columns; further ones are not drawn. Classes: pic pic-columns pic-column
 * pic-label. */
enum { PICTURE_COLUMNS_MAXIMUM = 12 };
struct picture_columns {
    const char *id;
    struct slice title, description; /* plain text */
    const struct slice *labels;
    const int64_t *counts; /* >= 0 */
    size_t count;
};
struct html picture_columns(struct region *region, enum language language,
                            const struct picture_columns *columns);

/* A QR code of text (to 1000 bytes), with the margin that readers need; empty when it is too long. Dark on light in both
 * colour schemes: many readers know no other. Classes: qr qr-ground. */
struct html picture_qr(struct region *region, const char *id, struct slice title, struct slice text);
/* The same for a terminal, two rows a line, dark on light by colours of its own; nothing when it is too long. */
void picture_qr_terminal(struct buffer *out, struct slice text);

#endif

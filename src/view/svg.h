/* How the pictures write SVG; for them only.
 *
 * Coordinates have a point and at most two decimals and are always finite. Shapes take currentColor, which a
 * rule for their class replaces, so that a picture is readable without any CSS and in forced colours. */
#ifndef HECHT_VIEW_SVG_H
#define HECHT_VIEW_SVG_H

#include "view/picture.h"
#include "view/template.h"

enum { SVG_MAXIMUM = 4 << 20 };

/* A scale that does not run upwards is shown as 1 to 5. */
struct svg_scale {
    double low, high;  /* values */
    double from, size; /* coordinates: low stands at from, high at from + size */
};
struct svg_scale svg_scale(double low, double high, double from, double size);
/* Clipped to the scale; NAN stays NAN. */
double svg_position(const struct svg_scale *scale, double value);
/* The values at which a scale gets a line: its ends and the whole numbers between, when they are few. Returns
 * how many; values has room for SVG_MARKS_MAXIMUM. */
enum { SVG_MARKS_MAXIMUM = 12 };
size_t svg_marks(const struct svg_scale *scale, double values[static SVG_MARKS_MAXIMUM]);

/* <svg> with title and description and the names that tie them to it; `suffix` keeps ids of drawings of one
 * picture apart. Ends with </svg>, which the caller writes. */
void svg_begin(struct buffer *out, const char *id, const char *suffix, const char *classes, int width,
               int height, struct slice title, struct slice description);
void svg_line(struct buffer *out, const char *classes, double x1, double y1, double x2, double y2,
              double width);
void svg_dot(struct buffer *out, const char *classes, double x, double y, double radius);
/* anchor: "start", "middle" or "end". */
void svg_text_begin(struct buffer *out, const char *classes, double x, double y, int size,
                    const char *anchor);
/* A value of the scale, by language, with as many decimals as it needs (0 or 1). */
void svg_number(struct buffer *out, enum language language, double value);

#endif

/* The picture of a series, for the level and for what an event did to it. */
#ifndef HECHT_ANALYSE_TREND_PICTURE_H
#define HECHT_ANALYSE_TREND_PICTURE_H

#include "analyse/analyse_trend.h"
#include "view/picture.h"

struct trend_picture {
    const char *id;
    struct slice title;
    int decimals;
    bool has_event;
};

/* points has one per row with level and band set; times, values and their whiskers are filled in here. Of a
 * long series every second, third ... row is drawn, and the last. */
void trend_picture_draw(const struct analyse_trend *trend, const struct trend_picture *picture,
                        struct picture_point *points, struct report *report);
/* Highest minus lowest value. */
double trend_picture_range(const struct analyse_trend *trend);

#endif

/* JSON for clients other than our own pages. Uses: round. */
#ifndef HECHT_PULSE_CLIENT_API_H
#define HECHT_PULSE_CLIENT_API_H

#include "http/http.h"
#include "view/view.h"

/* The answer at place i (from 0) of the question about a promise. */
struct slice promise_answer_text(struct region *region, enum language language, size_t i);

extern const struct http_route_table PULSE_CLIENT_ROUTES;

#endif

/* The pages and the JSON of rounds and answers. Uses: org, people, promise, and all of pulse. */
#ifndef HECHT_PULSE_PULSE_H
#define HECHT_PULSE_PULSE_H

#include "http/http.h"

/* Pages: /teams/:team/answer, /teams/:team/guess, /rounds, /how. JSON of our own pages: tokens, descriptors,
 * answers. */
extern const struct http_route_table PULSE_ROUTES;

/* What the one-time id of the form "show my guess to my team" is for; it also stands on the page of the
 * result. */
#define GUESS_SHOW_FORM "guess-show"

#endif

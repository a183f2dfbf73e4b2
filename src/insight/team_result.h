/* The part of a team page that follows from closed rounds, remembered as HTML: making it takes five times as long as the
 * rest of the page. Uses: insight, pulse.
 *
 * The key holds all that it is made of, read from the database for each page: organisation, team, its newest closed round
 * and when that round closed as a whole (a close of other teams adds what is pooled), the leader of that round by id and
 * name, whether that one still leads, whether the guesses may be seen and by whom, language. Kept figures are written by
 * a close and never change, so a key is never outdated, whatever other processes do. Who asks is not in it: permission
 * is decided before, and the same key is the same page for everybody. What holds a form is not kept. */
#ifndef HECHT_INSIGHT_TEAM_RESULT_H
#define HECHT_INSIGHT_TEAM_RESULT_H

#include "base/cache.h"

/* At most 2 MiB; a result takes 15 to 60 KiB. For application->team_results, which may be NULL. */
enum { TEAM_RESULTS_REMEMBERED = 256, TEAM_RESULTS_BYTES = 2 << 20 };
struct cache *team_results_new(void);

#endif

/* The parts of the team page, each filled by its own function. Inside insight only. */
#ifndef HECHT_INSIGHT_TEAM_PAGE_H
#define HECHT_INSIGHT_TEAM_PAGE_H

#include "insight/pages.h"

struct making {
    struct visit *visit;
    struct words words;
    bool guesses;  /* the person who looks may see them */
    bool own;      /* and they are that person's */
    bool has_form; /* of the result */
    struct template_insight_team *page;
    struct template_insight_result *result; /* only while that part is filled */
};

struct slice say(const struct making *making, enum message message);
struct slice say_date(const struct making *making, enum message message, int64_t seconds);   /* {date} */
struct slice say_name(const struct making *making, enum message message, struct slice name); /* {name} */

/* State, finding and HTML of the result, remembered or made now. *ret_kept, where it is set, holds both texts until the
 * caller releases it. */
enum error_code fill_result(struct making *making, struct http_request *request, const struct view *view,
                            struct error *error, struct cache_entry **ret_kept) MUST_CHECK;

/* A line about a leader ends with that leader. */
bool line_is_here(const struct making *making, const struct insight_line *line);
void fill_lines(struct making *making);
/* Whether a round before the newest one has figures. */
bool has_earlier_figures(const struct making *making);
/* The one sentence that says what has changed, or that it cannot be told. */
struct slice finding_text(const struct making *making);
void fill_guesses(struct making *making);
void fill_others(struct making *making);
enum error_code fill_facets(struct making *making, struct store_session *session,
                            struct error *error) MUST_CHECK;

#endif

/* What the pages of insight share. Inside insight only. */
#ifndef HECHT_INSIGHT_PAGES_H
#define HECHT_INSIGHT_PAGES_H

#include "http/http.h"
#include "insight/facets.h"
#include "insight/insight.h"
#include "people/deputy.h"
#include "templates.h"

/* What words are made with. */
struct words {
    struct region *region;
    enum language language;
    const struct instrument *instrument; /* whose lines are named */
};

enum { SCALE_LOW = 1, SCALE_HIGH = 5 };

http_handler team_page, talk_page, organisation_page, view_as_page;

/* Who looks at which team. */
struct visit {
    struct org org;
    struct team team;
    enum team_role role;
    struct insight_team insight;
    /* The leader of that round is not the leader of today: the leader line and the guesses are nobody's here. Nor are they
     * anything for who stands in from outside the team. */
    bool ended;
    struct deputy deputies[DEPUTIES_MAXIMUM]; /* who stand in now */
    size_t deputy_count;
    bool leads;          /* leads the team or stands in: prepares the talk, makes the promise */
    bool outside;        /* stands in, and is no member */
    struct slice leader; /* name of the leader of that round; empty: none */
    struct promise *promises;
    size_t promise_count;
    struct team_round open;
    bool has_open;
};
/* Lives in the region of the request. Of the insight only what insight_team_round reads. */
enum error_code visit_load(struct http_request *request, struct error *error,
                           struct visit **ret_visit) MUST_CHECK;
/* The promise that answers the newest result; NULL: none yet. */
const struct promise *visit_promise(const struct visit *visit);
/* May this person see the guesses? */
bool visit_sees_guesses(const struct visit *visit);
/* The shown anchor whose guess lies furthest from the team's answer; NULL without guesses. */
const struct insight_item *visit_widest_gap(const struct visit *visit);
/* What to ask: about that anchor where the person sees the guesses, else about the lowest shown one. */
struct slice visit_question(const struct visit *visit, enum language language, struct region *region);

/* ---- Words: the same thing is said in the same words everywhere --------------------------------- */

struct slice words_line(struct words words, struct slice construct,
                        struct slice leader);                /* begins with a capital */
struct slice words_number(struct words words, double value); /* to 0.1 */
struct slice words_range(struct words words, const double interval[2], enum message with_interval);
struct slice words_figure_range(struct words words, const struct insight_figure *figure,
                                enum message with_interval);
struct slice words_answers(struct words words, int64_t n, bool exact);
struct slice words_answers_short(struct words words, int64_t n, bool exact);
struct slice words_reason(struct words words, struct slice reason);     /* "too few answers" */
struct slice words_reason_why(struct words words, struct slice reason); /* a sentence; may be empty */
struct slice words_list(struct words words, const struct slice *items, size_t count); /* "a, b and c" */
struct slice words_capital(struct words words, struct slice text);
struct slice words_small(struct words words,
                         struct slice text); /* the reverse, for the middle of a sentence */

/* ---- Examples (view_as.c): the same templates, from what the caller invented; nothing is read -------- */

/* page: what does not follow from the visit. */
struct html team_page_example(const struct view *view, struct visit *visit, struct words words,
                              struct template_insight_team *page);
struct html organisation_page_example(const struct view *view, struct words words, const struct org *org,
                                      const struct round *round, const struct insight_group *groups,
                                      size_t count);

#endif

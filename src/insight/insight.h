/* What can honestly be said: results of a team and of an organisation, with their uncertainty. Reads what the
 * close kept; never answers. Uses: org, people, pulse (round, instrument, guess). */
#ifndef HECHT_INSIGHT_INSIGHT_H
#define HECHT_INSIGHT_INSIGHT_H

#include "people/people.h"
#include "privacy/disclosure.h"
#include "pulse/guess.h"
#include "pulse/questionnaire.h"
#include "pulse/round.h"
#include "stats/trend.h"

enum { INSIGHT_LINES_MAXIMUM = 64, INSIGHT_POINTS_MAXIMUM = 520, INSIGHT_THREE_MONTHS_DAYS = 84 };

/* One figure of one group in one round. */
struct insight_figure {
    bool shown;
    struct slice reason;         /* when not shown: "too-few", "mostly-low", ... */
    int64_t n;                   /* answers; leaves only where exact_n */
    int64_t certain_n;           /* by which uncertainty is told: n, or the least it may be */
    bool exact_n;                /* false: say "5 or more" */
    double mean;                 /* the group's own */
    bool has_lines;              /* false: the variance cannot be told */
    double line50[2], line90[2]; /* around the own mean */
    bool pooled;                 /* pooled_mean and se are of the pooled mean; otherwise se of the own mean */
    double pooled_mean;
    double se; /* NAN when it cannot be told */
};

struct insight_point {
    int64_t round_number, time; /* seconds: when that round opened */
    struct insight_figure figure;
    double level, level_low, level_high; /* smoothed, 90 %; NAN before the first shown value */
};

struct insight_change {
    bool possible; /* there is an earlier shown round to compare with, and the noise is known */
    enum trend_verdict verdict;
    double probability_up;
    int64_t since; /* seconds: the opening of the round compared with */
};

/* One of the lines of a team, with its history (oldest first; the last point is the newest closed round). */
struct insight_line {
    struct slice construct; /* id in the instrument */
    bool about_leader;
    struct insight_figure now;
    struct insight_change since_last, since_three_months;
    struct insight_point *points;
    size_t point_count;
};

struct insight_item {
    const struct instrument_item *item;
    bool shown;
    struct slice reason;
    int64_t n;   /* answers; exact only where the lines' exact_n says so */
    double mean; /* after reversal */
    int guess;   /* of the leader; 0: none */
};

enum insight_state {
    INSIGHT_NOTHING = 0, /* no round of this team has closed yet */
    INSIGHT_RESULT,
    INSIGHT_TOO_FEW, /* the newest round had fewer than k answers */
};

struct insight_team {
    enum insight_state state;
    const struct instrument *instrument; /* what that round asked; insight_team_round sets it */
    struct round round;                  /* the newest closed one of this team */
    int64_t roster_count;
    int64_t k;
    int64_t leader; /* person who led the team in that round; 0: none. The leader line and the guesses are
                       theirs */
    bool guess_shown;
    struct insight_line lines[INSIGHT_LINES_MAXIMUM]; /* in the order of the instrument */
    size_t line_count;
    struct insight_item *items; /* anchors first, then the others that were asked */
    size_t item_count;
    size_t guess_count;
};

/* Only what is known before the figures are read: the newest closed round and those who led and answered in it. The
 * state is INSIGHT_NOTHING, or INSIGHT_TOO_FEW until the figures tell. */
enum error_code insight_team_round(struct store_session *session, int64_t org, int64_t team,
                                   struct region *region, struct error *error,
                                   struct insight_team *ret_team) MUST_CHECK;
/* For members and leader of the team alike. */
enum error_code insight_team_load(struct store_session *session, int64_t org, int64_t team,
                                  struct region *region, struct error *error,
                                  struct insight_team *ret_team) MUST_CHECK;

/* One row of the organisation's map, or of the export. */
struct insight_cell {
    struct slice construct;
    bool about_leader;
    struct insight_figure figure;
};
enum insight_kind { INSIGHT_TEAM = 1, INSIGHT_UNIT, INSIGHT_ORG };
struct insight_group {
    enum insight_kind kind;
    int64_t id;
    struct slice name;
    int64_t unit;               /* of a team or the parent of a unit; 0: the organisation */
    struct insight_cell *cells; /* one per construct of the round, in the same order for all groups */
    size_t cell_count;
};

/* Every group of one closed round as the organisation may see it: lines about a leader are hidden for teams
 * (reason "leader-line") and shown for totals over 5 leaders or more. Organisation first, then units, then
 * teams by name. */
enum error_code insight_round_load(struct store_session *session, int64_t org, int64_t round_number,
                                   struct region *region, struct error *error,
                                   struct insight_group **ret_groups, size_t *ret_count) MUST_CHECK;

/* The export: a JSON list of {org, round, team, construct, n, mean, pooled_mean, se, line50, line90, shown,
 * reason}. org 0: all organisations. with_totals adds units and organisations (team null, group "unit" or
 * "org"). */
enum error_code insight_export(struct application *application, int64_t org, bool with_totals,
                               struct region *region, struct error *error, struct buffer *out) MUST_CHECK;

#endif

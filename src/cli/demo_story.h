/* The invented organisation of the demo: who there is, and how each team fares over the rounds. Data only. */
#ifndef HECHT_CLI_DEMO_STORY_H
#define HECHT_CLI_DEMO_STORY_H

#include "base/base.h"

enum { DEMO_ROUNDS = 13, DEMO_TEAMS = 6, DEMO_LINES = 4, DEMO_MEMBERS_MAXIMUM = 12 };

struct demo_text {
    const char *nl, *en;
};

struct demo_team {
    struct demo_text name;
    struct demo_text unit;
    const char *leader;
    int members;   /* 0..DEMO_MEMBERS_MAXIMUM */
    bool new_team; /* made after the last round */
    /* True level of each line (leader, team, connection, safety) on the scale of 1 to 5, by round. */
    double (*level)(int round, int line);
};

struct demo_promise {
    int team, after_round; /* counted from 0 and 1 */
    struct demo_text text;
    int happened; /* what most will answer: 1 yes .. 4 not seen */
};

extern const struct demo_team DEMO_STORY[DEMO_TEAMS];
extern const struct demo_promise DEMO_PROMISES[];
extern const size_t DEMO_PROMISE_COUNT;
extern const char *const DEMO_NAMES[];
extern const size_t DEMO_NAME_COUNT;

#endif

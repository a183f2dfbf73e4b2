/* Why a number of `analyse teams` does not exist, in words of both languages. */
#ifndef HECHT_ANALYSE_TEAMS_WHY_H
#define HECHT_ANALYSE_TEAMS_WHY_H

#include "analyse/analyse_teams.h"

/* Of a reason of src/stats (NULL: MESSAGE_NONE). */
enum message teams_why(const char *reason);
/* MESSAGE_NONE: it is there. */
enum message teams_why_no_listwise(const struct teams_scale *scale);
enum message teams_why_no_item(const struct teams_scale *scale, size_t item);

#endif

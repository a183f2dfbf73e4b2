/* Parts of the report of `analyse teams`; for teams_report*.c only. */
#ifndef HECHT_ANALYSE_TEAMS_REPORT_H
#define HECHT_ANALYSE_TEAMS_REPORT_H

#include "analyse/teams_why.h"
#include "analyse/words.h"

/* A section about the teams of a scale. */
void teams_report_groups(const struct teams_result *result, const struct teams_scale *scale,
                         struct report *report);

#endif

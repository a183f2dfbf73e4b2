#include "analyse/analyse_teams.h"

void analyse_teams_report(const void *pointer, struct report *report)
{
    (void)pointer;
    (void)report;
}

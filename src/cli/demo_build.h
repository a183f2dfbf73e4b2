/* Builds the demo's organisation through the same functions as real life, with a clock of its own. */
#ifndef HECHT_CLI_DEMO_BUILD_H
#define HECHT_CLI_DEMO_BUILD_H

#include "org/org.h"
#include "view/view.h"

struct demo_people {
    int64_t org;
    int64_t leader, member, owner; /* persons whose sign-in links are printed */
};

/* Thirteen closed rounds, four weeks apart, and one that opened today. application->clock is replaced while
 * it builds. progress gets lines for standard error. ERROR_GONE, reason "stopped", soon after a signal. */
enum error_code demo_build(struct application *application, enum language language,
                           void (*progress)(const char *line), struct error *error,
                           struct demo_people *ret_people) MUST_CHECK;

#endif

/* What happens by the clock: rounds open and close, what is over is cleaned up. Layer over the features.
 *
 * Every step may run in several processes at once and be repeated: the database decides. */
#ifndef HECHT_JOB_JOB_H
#define HECHT_JOB_JOB_H

#include "org/org.h"

struct job_runner;

/* One pass over all organisations. A failure in one organisation is logged and does not keep the others
 * waiting. */
void job_run_once(struct application *application);
/* A thread that runs a pass every period. */
typedef void job_pass(void *context);
enum error_code job_start(job_pass *pass, void *context, int period_seconds, struct error *error,
                          struct job_runner **ret_runner) MUST_CHECK;
void job_wake(struct job_runner *runner); /* the next pass begins at once; safe from any thread */
struct job_runner *job_stop(struct job_runner *runner); /* waits for the pass that runs; takes NULL */

#endif

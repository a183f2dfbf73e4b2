/* Checking a published record, by anybody, with nothing but the record: what holds, what does not, and
 * what is only a signed claim of the server. docs/ledger.md lists the checks. Uses: record. */
#ifndef HECHT_PULSE_VERIFY_H
#define HECHT_PULSE_VERIFY_H

#include "privacy/result_statement.h"
#include "pulse/instrument.h"
#include "pulse/record.h"

enum check_state { CHECK_HOLDS = 1, CHECK_FAILS, CHECK_CLAIM };

struct check {
    enum check_state state;
    const char *name;  /* short and stable: "checkpoint", "cells" */
    struct slice text; /* English, one sentence */
};

enum { CHECKS_MAXIMUM = 300 };

struct verification {
    struct check checks[CHECKS_MAXIMUM];
    size_t count;
    bool failed;
    struct descriptor descriptor; /* as far as it could be read */
};

/* Returns OK whether the record holds or not; failures only without memory. instrument: the questionnaire whose hash is in D, from
 * wherever, which says of which questions a figure is made; NULL: that is taken from the server, and figures are claims. */
enum error_code verify_record(const struct record *record, const struct instrument *instrument,
                              struct region *region, struct error *error,
                              struct verification *ret_verification) MUST_CHECK;

/* ---- Parts, also for clients of open rounds ---------------------------------------------------------- */

/* The log is whole and signed, the round is in it, and its key is the one that was fixed before. Adds a
 * check for each; a later check is left out when an earlier one it rests on failed. ret_close (may be
 * NULL) gets the close entry; kind 0 when there is none. */
enum error_code verify_log(const struct team_log *log, const struct descriptor *descriptor,
                           const uint8_t rid[static 32], struct region *region, struct error *error,
                           struct verification *verification, struct log_entry *ret_close) MUST_CHECK;
/* One log is the beginning of the other (or the same), and both have the same key. */
bool verify_same_log(const struct team_log *a, const struct team_log *b);

void verify_add(struct verification *verification, enum check_state state, const char *name,
                struct slice text);

#endif

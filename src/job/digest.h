/* What a weekly mail tells: things that happen in the teams of a person, the same to all of a team. Nothing of it is a figure, and
 * nothing depends on whether somebody answered. */
#ifndef HECHT_JOB_DIGEST_H
#define HECHT_JOB_DIGEST_H

#include "people/people.h"

enum digest_kind { DIGEST_ROUND_OPEN = 1, DIGEST_RESULT, DIGEST_PROMISE };
enum { DIGEST_LINES_MAXIMUM = 9, DIGEST_SECONDS = 7 * DAY_SECONDS };

struct digest {
    struct digest_line {
        enum digest_kind kind;
        struct slice team;
        int64_t at; /* until when the round is open, when it closed, when the promise is due */
    } lines[DIGEST_LINES_MAXIMUM];
    size_t count;
    bool more; /* there was no room for all */
};

/* Open rounds, results of the last seven days, promises of the next seven, of teams that the person leads or is in. */
enum error_code digest_find(struct store_session *session, int64_t org, int64_t person, int64_t now,
                            struct region *region, struct error *error, struct digest *ret_digest) MUST_CHECK;

#endif

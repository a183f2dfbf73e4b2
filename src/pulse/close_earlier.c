#include "pulse/close_earlier.h"

#include <stdlib.h>

#include "people/people.h"

STATEMENT(
    EARLIER_ROUNDS,
    "SELECT r.round_number FROM round r WHERE r.org_id = $1 AND r.round_number < $2 AND r.closed_at > $3 "
    "AND EXISTS (SELECT 1 FROM team_round p WHERE p.org_id = r.org_id AND p.round_number = r.round_number "
    "AND p.cells_open = 1) ORDER BY r.round_number");
STATEMENT(EARLIER_TEAMS,
          "SELECT team_id, roster_count FROM team_round WHERE org_id = $1 AND round_number = $2 "
          "AND cells_open = 1 ORDER BY team_id");
/* Who left Hecht is in no roster any more: he counts in roster_count, and so among those who went. */
STATEMENT(OVERLAPS,
          "SELECT n.team_id, b.team_id, count(*) FROM roster n JOIN roster b ON b.org_id = n.org_id "
          "AND b.person_id = n.person_id AND b.round_number = $3 JOIN team_round p ON p.org_id = b.org_id "
          "AND p.round_number = b.round_number AND p.team_id = b.team_id AND p.cells_open = 1 "
          "WHERE n.org_id = $1 AND n.round_number = $2 GROUP BY n.team_id, b.team_id");

enum { EARLIER_ROUNDS_MAXIMUM = LATER_RELEASE_DAYS + 1, OVERLAPS_MAXIMUM = 4 * TEAMS_MAXIMUM };

static int by_number(const void *a, const void *b)
{
    const int64_t *one = a, *other = b;
    return (*one > *other) - (*one < *other);
}

/* SIZE_MAX: not among them. */
static size_t place_of(const int64_t *teams, size_t count, int64_t team)
{
    const int64_t *found = bsearch(&team, teams, count, sizeof team, by_number);
    return found != NULL ? (size_t)(found - teams) : SIZE_MAX;
}

struct team_sizes {
    int64_t *teams, *members;
    size_t count;
};

static enum error_code sizes_new(const struct opening_round *round, size_t maximum,
                                 struct team_sizes *ret_sizes)
{
    *ret_sizes = (struct team_sizes){REGION_ARRAY(round->region, maximum, int64_t),
                                     REGION_ARRAY(round->region, maximum, int64_t), 0};
    return ret_sizes->teams != NULL && ret_sizes->members != NULL
               ? OK
               : FAIL(round->error, ERROR_MEMORY, "no-memory", "no memory");
}

static enum error_code read_earlier(const struct opening_round *round, int64_t number,
                                    struct team_sizes *before)
{
    before->count = 0;
    STORE_ROWS(rows);
    TRY(store_select(round->session, &EARLIER_TEAMS, PARAMETERS(V_INTEGER(round->org), V_INTEGER(number)),
                     round->error, &rows));
    while (before->count < TEAMS_MAXIMUM && store_next(&rows)) {
        before->teams[before->count] = store_column_integer(&rows, 0);
        before->members[before->count++] = store_column_integer(&rows, 1);
    }
    return store_rows_end(&rows);
}

static enum error_code read_overlaps(const struct opening_round *round, int64_t number,
                                     const struct team_sizes *now, const struct team_sizes *before,
                                     struct release_pair *pair)
{
    pair->overlap_count = 0;
    STORE_ROWS(rows);
    TRY(store_select(round->session, &OVERLAPS,
                     PARAMETERS(V_INTEGER(round->org), V_INTEGER(round->number), V_INTEGER(number)),
                     round->error, &rows));
    while (store_next(&rows)) {
        struct release_overlap overlap = {
            .now = place_of(now->teams, now->count, store_column_integer(&rows, 0)),
            .before = place_of(before->teams, before->count, store_column_integer(&rows, 1)),
            .people = store_column_integer(&rows, 2)};
        if (overlap.now == SIZE_MAX || overlap.before == SIZE_MAX)
            continue;
        if (pair->overlap_count < OVERLAPS_MAXIMUM)
            pair->overlaps[pair->overlap_count++] = overlap;
    }
    return store_rows_end(&rows);
}

static enum error_code read_rounds(const struct opening_round *round, int64_t *rounds, size_t *ret_count)
{
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(round->session, &EARLIER_ROUNDS,
                     PARAMETERS(V_INTEGER(round->org), V_INTEGER(round->number),
                                V_INTEGER(round->now - LATER_RELEASE_DAYS * DAY_SECONDS)),
                     round->error, &rows));
    while (count < EARLIER_ROUNDS_MAXIMUM && store_next(&rows))
        rounds[count++] = store_column_integer(&rows, 0);
    *ret_count = count;
    return store_rows_end(&rows);
}

static enum error_code check_round(const struct opening_round *round, int64_t number,
                                   const struct team_sizes *now, struct team_sizes *before,
                                   struct release_pair *pair, bool *held)
{
    TRY(read_earlier(round, number, before));
    pair->now = now->members;
    pair->now_count = now->count;
    pair->before = before->members;
    pair->before_count = before->count;
    TRY(read_overlaps(round, number, now, before, pair));
    /* So many moves that they do not all fit: nothing opens, rather than no close. */
    for (size_t t = 0; pair->overlap_count == OVERLAPS_MAXIMUM && t < now->count; t++)
        held[t] = true;
    return later_release_check(pair, round->k, round->region, round->error, held);
}

enum error_code close_hold_cells(const struct opening_round *round, struct opening_team *teams, size_t count)
{
    int64_t rounds[EARLIER_ROUNDS_MAXIMUM];
    size_t round_count = 0;
    if (count > 0)
        TRY(read_rounds(round, rounds, &round_count));
    if (round_count == 0)
        return OK;
    struct team_sizes now, before;
    struct release_pair pair = {.overlaps =
                                    REGION_ARRAY(round->region, OVERLAPS_MAXIMUM, struct release_overlap)};
    bool *held = REGION_ARRAY(round->region, count, bool);
    if (pair.overlaps == NULL || held == NULL)
        return FAIL(round->error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(sizes_new(round, count, &now));
    TRY(sizes_new(round, TEAMS_MAXIMUM, &before));
    for (; now.count < count; now.count++) {
        now.teams[now.count] = teams[now.count].team;
        now.members[now.count] = teams[now.count].members;
    }
    for (size_t r = 0; r < round_count; r++)
        TRY(check_round(round, rounds[r], &now, &before, &pair, held));
    for (size_t t = 0; t < count; t++)
        teams[t].held = held[t];
    return OK;
}

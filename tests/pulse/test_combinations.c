/* Every linear combination of what is released about random organisations, in one round and over several. The rules are
 * the program's own (tally.c, totals.c, disclosure.c).
 *
 * The unknowns are what person p answered to question q. What is released are sums of them: how many chose each option of a
 * question in a team, sums of scores of a team, and mean and sum of scores of a total, all as exact as the database keeps them;
 * more than any role gets, since pages round and small teams give no number. Who answered which question is taken to be known.
 *
 * Sought is a combination of releases that depends on the answers of 1 to k-1 people only: then these are determined, or a
 * sum of theirs is. Three steps make that exact and fast.
 *
 * 1. Options need no unknowns of their own. Counts of option o are the same sums for each o; only scores join options, by
 *    adding o times the counts. A combination that leaves few people in terms of options, read for one option alone and
 *    divided by it, leaves no more people in terms of values.
 * 2. People in exactly the same sums (with the same weights) have the same weight in each combination. So who is left are
 *    whole such kinds of people, and a kind of k or more is never left: its columns must vanish. The combinations in
 *    which they do are found by elimination with those columns first.
 * 3. What remains falls apart into blocks that share no column; in each block every set of kinds of together fewer than
 *    k people is tried: it holds a combination exactly when leaving its columns out lowers the rank.
 *
 * Ranks are computed modulo 2^31 - 1: a combination that exists over the fractions exists there too, since the weights are
 * small whole numbers and their common divisor is taken out; one that exists only there would be a false alarm. */
#include "world.h"

#include "pulse/totals.h"

enum {
    TEAMS = 6,
    UNITS = 3,
    QUESTIONS = 3,
    MEASURES = 2,
    PEOPLE = 88,
    ROUNDS = 3,
    ROWS = 400,
    COLUMNS = PEOPLE * QUESTIONS,
    K = 5,
    OPTIONS = 5,
    NO_TEAM = -1,
    WEIGHT = 12, /* of a person in a sum of scores; divisible by the number of answers to it */
    TREES = 8000,
};
static const uint64_t prime = 2147483647;

/* What is done wrong on purpose, to see that it is found. */
enum mistake { NO_MISTAKE = 0, TOTALS_OF_ALL = 1, SCORES_AS_THEY_ARE = 2, TEAMS_ONLY = 4 };

struct answerer {
    int team;
    int values[QUESTIONS]; /* 0: none */
};

struct round_of_people {
    struct answerer people[PEOPLE];
};

struct organisation {
    struct unit units[UNITS]; /* ids 1.. */
    size_t unit_count, team_count, people;
    int64_t unit_of_team[TEAMS];
    struct round_of_people rounds[ROUNDS];
};

/* Columns of one person stand together; row r of a column is one release. */
struct releases {
    uint32_t weights[PEOPLE][QUESTIONS][ROWS];
    size_t rows;
};

static struct random random_of_test;

static int chance(int percent)
{
    return (int)random_integer(&random_of_test, 100) < percent;
}

static int between(int low, int high)
{
    return low + (int)random_integer(&random_of_test, (uint64_t)(high - low + 1));
}

/* ---- Organisations ------------------------------------------------------------------------------------------- */

static const struct close_plan *plan_of_test(void)
{
    static struct close_plan plan = {
        .items = {{{0}, {0}, 1, OPTIONS, false},
                  {{0}, {0}, 1, OPTIONS, false},
                  {{0}, {0}, 1, OPTIONS, false}},
        .item_count = QUESTIONS,
        .measures = {{{0}, {0, 1}, 2, 2, false},
                     {{0}, {0, 1, 2}, 3, 2, false}}, /* a line, and its scale of which two must be answered */
        .measure_count = MEASURES,
        .k = K,
    };
    return &plan;
}

/* Some teams are low, so that their figures are withheld. */
static void answer(struct answerer *person, bool low, int skips)
{
    for (int q = 0; q < QUESTIONS; q++)
        person->values[q] = chance(skips) ? 0 : low && chance(95) ? between(1, 2) : between(1, OPTIONS);
    if (chance(skips)) /* who stops halfway */
        for (int q = between(1, QUESTIONS - 1); q < QUESTIONS; q++)
            person->values[q] = 0;
    if (person->values[0] + person->values[1] + person->values[2] == 0) /* would be no answer */
        person->values[between(0, QUESTIONS - 1)] = between(1, OPTIONS);
}

static void random_organisation(struct organisation *org)
{
    *org = (struct organisation){.unit_count = (size_t)between(0, UNITS),
                                 .team_count = (size_t)between(1, TEAMS)};
    for (size_t u = 0; u < org->unit_count; u++)
        org->units[u] = (struct unit){.id = (int64_t)u + 1, .parent = between(0, (int)u)};
    for (size_t p = 0; p < PEOPLE; p++)
        org->rounds[0].people[p].team = NO_TEAM;
    for (size_t t = 0; t < org->team_count; t++) {
        bool low = chance(15);
        int size = between(0, 12), skips = chance(50) ? 0 : between(3, 25);
        org->unit_of_team[t] = between(0, (int)org->unit_count);
        for (int i = 0; i < size; i++) {
            struct answerer *person = &org->rounds[0].people[org->people++];
            person->team = (int)t;
            answer(person, low, skips);
        }
    }
}

/* A few leave, join, move, skip or answer again; the others do as before. */
static void next_round(struct organisation *org, int round, int changes)
{
    struct round_of_people *now = &org->rounds[round];
    *now = org->rounds[round - 1];
    for (size_t p = 0; p < org->people; p++) {
        if (!chance(changes))
            continue;
        struct answerer *person = &now->people[p];
        if (chance(40))
            person->team = person->team == NO_TEAM ? between(0, (int)org->team_count - 1) : NO_TEAM;
        else if (chance(50))
            person->team = between(0, (int)org->team_count - 1);
        else
            answer(person, false, 30);
        if (person->values[0] + person->values[1] + person->values[2] == 0) /* was not there before */
            answer(person, false, 0);
    }
    for (int joiners = changes > 0 ? between(0, 3) : 0; joiners > 0 && org->people < PEOPLE; joiners--) {
        now->people[org->people].team = between(0, (int)org->team_count - 1);
        answer(&now->people[org->people++], false, 5);
    }
}

/* ---- What is released ----------------------------------------------------------------------------------------- */

static int answered_of(const struct answerer *person, const struct close_measure *measure)
{
    int answered = 0;
    for (size_t i = 0; i < measure->item_count; i++)
        answered += person->values[measure->items[i]] != 0;
    return answered;
}

static uint32_t power(uint64_t base, uint64_t exponent)
{
    uint64_t result = 1;
    for (; exponent > 0; exponent >>= 1, base = base * base % prime)
        if (exponent & 1)
            result = result * base % prime;
    return (uint32_t)result;
}

static bool is_in(const struct answerer *person, unsigned teams)
{
    return person->team != NO_TEAM && (teams >> person->team & 1) != 0;
}

/* A sum of a question over the people of some teams (a bit each). */
static void release_question(struct releases *all, const struct round_of_people *round, unsigned teams,
                             size_t question)
{
    assert_true(all->rows < ROWS);
    for (size_t p = 0; p < PEOPLE; p++) {
        const struct answerer *person = &round->people[p];
        if (is_in(person, teams) && person->values[question] != 0)
            all->weights[p][question][all->rows] = 1;
    }
    all->rows++;
}

/* To the row in hand: sums of scores. */
static void add_scores(struct releases *all, const struct round_of_people *round, unsigned teams,
                       const struct close_measure *measure)
{
    assert_true(all->rows < ROWS);
    for (size_t p = 0; p < PEOPLE; p++) {
        const struct answerer *person = &round->people[p];
        int answered = answered_of(person, measure);
        if (!is_in(person, teams) || answered == 0 || answered < (int)measure->answered_minimum)
            continue;
        for (size_t i = 0; i < measure->item_count; i++)
            if (person->values[measure->items[i]] != 0)
                all->weights[p][measure->items[i]][all->rows] = (uint32_t)(WEIGHT / answered);
    }
}

/* To the row in hand: the mean of the means of the questions, `times` over. */
static void add_mean(struct releases *all, const struct round_of_people *round, unsigned teams,
                     const struct close_measure *measure, uint64_t times)
{
    assert_true(all->rows < ROWS);
    for (size_t i = 0; i < measure->item_count; i++) {
        size_t question = measure->items[i];
        uint64_t answers = 0;
        for (size_t p = 0; p < PEOPLE; p++)
            answers += is_in(&round->people[p], teams) && round->people[p].values[question] != 0;
        uint64_t weight = answers == 0 ? 0 : times * power(answers * measure->item_count, prime - 2) % prime;
        for (size_t p = 0; p < PEOPLE; p++)
            if (is_in(&round->people[p], teams) && round->people[p].values[question] != 0)
                all->weights[p][question][all->rows] = (uint32_t)weight;
    }
}

/* The answers of a round, team by team, and what the rules say of them. */
struct round_closed {
    const struct round_of_people *round;
    struct region *region;
    struct closing closing;
    struct totals totals;
    bool exact_scores[TEAMS][MEASURES]; /* not replaced by what follows from the questions */
};

static void tally_team(struct round_closed *closed, size_t t)
{
    int16_t values[PEOPLE * QUESTIONS];
    struct close_team team = {.values = values};
    for (size_t p = 0; p < PEOPLE; p++) {
        const struct answerer *person = &closed->round->people[p];
        for (int q = 0; person->team == (int)t && q < QUESTIONS; q++)
            values[team.answers * QUESTIONS + (size_t)q] =
                person->values[q] != 0 ? (int16_t)person->values[q] : CLOSE_NO_ANSWER;
        team.answers += person->team == (int)t;
    }
    struct total_team *which = &closed->totals.teams[t];
    which->tally = tally_new(closed->closing.plan, closed->region);
    assert_non_null(which->tally);
    tally_add_team(which->tally, closed->closing.plan, &team);
    which->kept = team.answers >= K;
    for (size_t m = 0; m < MEASURES; m++) {
        which->shown[m] =
            which->kept && tally_measure_reason(which->tally, closed->closing.plan, m) == DISCLOSURE_SHOWN;
        int64_t squares = which->tally->scores[m].sum_squares;
        which->tally->scores[m].sum_squares = -1; /* what replaces scores may happen to be the same */
        if (which->kept)
            tally_protect_measure(which->tally, closed->closing.plan, m);
        closed->exact_scores[t][m] = which->tally->scores[m].sum_squares == -1;
        if (closed->exact_scores[t][m])
            which->tally->scores[m].sum_squares = squares;
    }
}

/* Every team carries a mark that passes through sums and changes no number of answers: so many answers less for one option as
 * more for the next. Larger than the answers to an option, small enough for squares of scores. */
static int64_t mark_of(size_t team)
{
    return INT64_C(1) << (7 + team);
}

static void mark_team(struct round_closed *closed, size_t t)
{
    for (size_t q = 0; q < QUESTIONS; q++) {
        closed->totals.teams[t].tally->counts[q][OPTIONS - 2] -= mark_of(t);
        closed->totals.teams[t].tally->counts[q][OPTIONS - 1] += mark_of(t);
    }
}

/* The teams whose answers are in a sum, each once. */
static unsigned marked(const struct round_closed *closed, const struct tally *tally, size_t question)
{
    unsigned teams = 0;
    int64_t answers = 0;
    for (size_t t = 0; t < closed->totals.team_count; t++) {
        if ((tally->counts[question][OPTIONS - 1] & mark_of(t)) == 0)
            continue;
        teams |= 1U << t;
        answers += tally_item_n(closed->totals.teams[t].tally, closed->closing.plan, question);
    }
    assert_int_equal(answers, tally_item_n(tally, closed->closing.plan, question));
    return teams;
}

static void close_round(const struct organisation *org, const struct round_of_people *round,
                        struct region *region, struct error *error, struct round_closed *ret_closed)
{
    *ret_closed = (struct round_closed){.round = round, .region = region};
    ret_closed->closing = (struct closing){.plan = plan_of_test(), .region = region, .error = error};
    struct totals *totals = &ret_closed->totals;
    totals->units = REGION_ARRAY(region, UNITS, struct unit);
    totals->teams = REGION_ARRAY(region, TEAMS, struct total_team);
    assert_non_null(totals->units);
    assert_non_null(totals->teams);
    memcpy(totals->units, org->units, sizeof org->units);
    totals->unit_count = org->unit_count;
    totals->team_count = org->team_count;
    for (size_t t = 0; t < org->team_count; t++) {
        totals->teams[t] = (struct total_team){.team = (int64_t)t + 1, .unit = org->unit_of_team[t]};
        tally_team(ret_closed, t);
        mark_team(ret_closed, t);
    }
    assert_int_equal(totals_prepare(&ret_closed->closing, totals), OK);
}

/* Each question that has its k answers, whether the page says "mostly low" or not; sums of scores that are shown. */
static void release_team(struct releases *all, const struct round_closed *closed, size_t t,
                         enum mistake mistake)
{
    const struct total_team *team = &closed->totals.teams[t];
    if (!team->kept)
        return;
    for (size_t q = 0; q < QUESTIONS; q++)
        if (tally_item_n(team->tally, closed->closing.plan, q) >= K)
            release_question(all, closed->round, 1U << t, q);
    for (size_t m = 0; m < MEASURES; m++)
        if (team->shown[m] && (closed->exact_scores[t][m] || (mistake & SCORES_AS_THEY_ARE) != 0)) {
            add_scores(all, closed->round, 1U << t, &closed->closing.plan->measures[m]);
            all->rows++;
        }
}

/* The sum of scores of a total: exact ones, and of teams and residuals whose scores were replaced what follows from their
 * questions. */
static void release_scores_of_total(struct releases *all, struct round_closed *closed, unsigned teams,
                                    size_t m, enum mistake mistake)
{
    const struct totals *totals = &closed->totals;
    const struct close_measure *measure = &closed->closing.plan->measures[m];
    unsigned exact = teams;
    for (size_t node = 0; node <= totals->unit_count; node++) {
        const struct tally *residual = totals->residuals[node];
        unsigned in = marked(closed, residual, measure->items[0]) & teams;
        int64_t sum = 0;
        for (size_t t = 0; t < totals->team_count; t++)
            sum += in >> t & 1 ? totals->teams[t].tally->scores[m].sum : 0;
        if (in == 0 || residual->scores[m].sum == sum || (mistake & SCORES_AS_THEY_ARE) != 0)
            continue;
        exact &= ~in;
        add_mean(all, closed->round, in, measure, WEIGHT * (uint64_t)residual->scores[m].n);
    }
    for (size_t t = 0; t < totals->team_count && (mistake & SCORES_AS_THEY_ARE) == 0; t++) {
        if (closed->exact_scores[t][m] || (exact >> t & 1) == 0)
            continue;
        exact &= ~(1U << t);
        add_mean(all, closed->round, 1U << t, measure,
                 WEIGHT * (uint64_t)totals->teams[t].tally->scores[m].n);
    }
    add_scores(all, closed->round, exact, measure);
    all->rows++;
}

static void release_totals(struct releases *all, struct round_closed *closed, size_t m, enum mistake mistake)
{
    struct totals *totals = &closed->totals;
    const struct close_measure *measure = &closed->closing.plan->measures[m];
    struct disclosure_decision decisions[1 + UNITS + TEAMS];
    assert_int_equal(totals_of_measure(&closed->closing, totals, m, decisions), OK);
    for (size_t node = 0; node <= totals->unit_count; node++) {
        bool naive = (mistake & TOTALS_OF_ALL) != 0;
        unsigned teams = naive ? 0 : marked(closed, totals->sums[node], measure->items[0]);
        for (size_t t = 0; naive && t < totals->team_count; t++)
            for (int64_t up = totals->nodes[1 + totals->unit_count + t].parent; up >= 0;
                 up = totals->nodes[up].parent)
                teams |= up == (int64_t)node ? 1U << t : 0;
        if (!totals->shown[node] && !naive)
            continue;
        add_mean(all, closed->round, teams, measure, 1);
        all->rows++;
        release_scores_of_total(all, closed, teams, m, mistake);
    }
}

static void release_round(struct releases *all, const struct organisation *org, size_t round,
                          enum mistake mistake)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct error error = {0};
    struct round_closed closed;
    close_round(org, &org->rounds[round], region, &error, &closed);
    for (size_t t = 0; t < org->team_count; t++)
        release_team(all, &closed, t, mistake);
    for (size_t m = 0; m < MEASURES && (mistake & TEAMS_ONLY) == 0; m++)
        release_totals(all, &closed, m, mistake);
}

/* ---- Who can be computed --------------------------------------------------------------------------------------- */

/* People in exactly the same sums. */
struct kind {
    size_t person, people;
};

struct matrix {
    uint32_t (*rows)[COLUMNS];
    size_t count, columns;
    size_t kind_of[COLUMNS]; /* per column */
};

static void swap_rows(uint32_t (*rows)[COLUMNS], size_t a, size_t b, size_t columns)
{
    for (size_t c = 0; a != b && c < columns; c++) {
        uint32_t swap = rows[a][c];
        rows[a][c] = rows[b][c];
        rows[b][c] = swap;
    }
}

/* Reduced echelon form in place, columns from the left; the number of rows that are not zero. */
static size_t eliminate(uint32_t (*rows)[COLUMNS], size_t count, size_t columns)
{
    size_t rank = 0;
    for (size_t c = 0; c < columns && rank < count; c++) {
        size_t pivot = rank;
        while (pivot < count && rows[pivot][c] == 0)
            pivot++;
        if (pivot == count)
            continue;
        swap_rows(rows, rank, pivot, columns);
        uint64_t inverse = power(rows[rank][c], prime - 2);
        for (size_t i = c; i < columns; i++)
            rows[rank][i] = (uint32_t)(rows[rank][i] * inverse % prime);
        for (size_t r = 0; r < count; r++) {
            uint64_t factor = r == rank || rows[r][c] == 0 ? 0 : prime - rows[r][c];
            for (size_t i = c; factor != 0 && i < columns; i++)
                if (rows[rank][i] != 0)
                    rows[r][i] = (uint32_t)((rows[r][i] + factor * rows[rank][i]) % prime);
        }
        rank++;
    }
    return rank;
}

static size_t find_kinds(const struct releases *all, size_t without, struct kind kinds[PEOPLE])
{
    static const uint32_t nothing[QUESTIONS][ROWS];
    size_t count = 0;
    for (size_t p = 0; p < PEOPLE; p++) {
        size_t at = 0;
        if (p == without || memcmp(all->weights[p], nothing, sizeof nothing) == 0)
            continue;
        while (at < count && memcmp(all->weights[kinds[at].person], all->weights[p], sizeof nothing) != 0)
            at++;
        if (at == count)
            kinds[count++] = (struct kind){p, 0};
        kinds[at].people++;
    }
    return count;
}

static void add_columns(const struct releases *all, const struct kind *kinds, size_t kind,
                        struct matrix *matrix)
{
    for (size_t q = 0; q < QUESTIONS; q++, matrix->columns++) {
        matrix->kind_of[matrix->columns] = kind;
        for (size_t r = 0; r < all->rows; r++)
            matrix->rows[r][matrix->columns] = all->weights[kinds[kind].person][q][r];
    }
}

/* The combinations in which kinds of `least` people or more have no part; from column `from` on. */
static size_t without_large_kinds(const struct releases *all, const struct kind *kinds, size_t count,
                                  size_t least, struct matrix *matrix, size_t *ret_first_row)
{
    matrix->columns = 0;
    for (size_t k = 0; k < count; k++)
        if (kinds[k].people >= least)
            add_columns(all, kinds, k, matrix);
    size_t from = matrix->columns, first = 0;
    for (size_t k = 0; k < count; k++)
        if (kinds[k].people < least)
            add_columns(all, kinds, k, matrix);
    matrix->count = eliminate(matrix->rows, all->rows, matrix->columns);
    for (; first < matrix->count; first++) {
        size_t c = 0;
        while (c < from && matrix->rows[first][c] == 0)
            c++;
        if (c == from)
            break;
    }
    *ret_first_row = first;
    return from;
}

struct block {
    const struct matrix *matrix;
    const struct kind *kinds;
    size_t from, least;
    size_t rows[ROWS], row_count;
    size_t members[PEOPLE], member_count; /* kinds */
    bool chosen[PEOPLE];
};

/* Is there a combination of the block's rows in which only chosen kinds have a part? */
static bool chosen_hold_one(const struct block *block)
{
    static uint32_t rest[ROWS][COLUMNS];
    size_t columns = 0;
    for (size_t c = block->from; c < block->matrix->columns; c++) {
        if (block->chosen[block->matrix->kind_of[c]])
            continue;
        for (size_t r = 0; r < block->row_count; r++)
            rest[r][columns] = block->matrix->rows[block->rows[r]][c];
        columns++;
    }
    return eliminate(rest, block->row_count, columns) < block->row_count;
}

static bool try_sets(struct block *block, size_t next, size_t people)
{
    if (people > 0 && chosen_hold_one(block))
        return true;
    for (size_t i = next; i < block->member_count; i++) {
        size_t kind = block->members[i];
        if (people + block->kinds[kind].people >= block->least)
            continue;
        block->chosen[kind] = true;
        bool found = try_sets(block, i + 1, people + block->kinds[kind].people);
        block->chosen[kind] = false;
        if (found)
            return true;
    }
    return false;
}

/* Rows that share a kind with a row of the block, until there are no more. */
static void grow_block(struct block *block, size_t first, bool taken[ROWS])
{
    bool member[PEOPLE] = {false};
    for (bool grown = true; grown;) {
        grown = false;
        for (size_t r = first; r < block->matrix->count; r++) {
            bool meets = block->row_count == 0;
            for (size_t c = block->from; !meets && c < block->matrix->columns; c++)
                meets = block->matrix->rows[r][c] != 0 && member[block->matrix->kind_of[c]];
            if (taken[r] || !meets)
                continue;
            taken[r] = grown = true;
            block->rows[block->row_count++] = r;
            for (size_t c = block->from; c < block->matrix->columns; c++)
                if (block->matrix->rows[r][c] != 0)
                    member[block->matrix->kind_of[c]] = true;
        }
    }
    for (size_t k = 0; k < PEOPLE; k++)
        if (member[k])
            block->members[block->member_count++] = k;
}

/* Can the answers, or a sum of answers, of 1 to least - 1 people be computed? `without` is somebody whose answers are known
 * (PEOPLE: nobody). */
static bool somebody_is_computed(const struct releases *all, size_t without, size_t least)
{
    static uint32_t rows[ROWS][COLUMNS];
    static struct kind kinds[PEOPLE];
    static struct matrix matrix;
    bool taken[ROWS] = {false};
    size_t first, count = find_kinds(all, without, kinds);
    matrix.rows = rows;
    size_t from = without_large_kinds(all, kinds, count, least, &matrix, &first);
    for (size_t r = first; r < matrix.count; r++) {
        static struct block block;
        if (taken[r])
            continue;
        block = (struct block){.matrix = &matrix, .kinds = kinds, .from = from, .least = least};
        grow_block(&block, r, taken);
        if (try_sets(&block, 0, 0))
            return true;
    }
    return false;
}

/* ---- Tests -------------------------------------------------------------------------------------------------------- */

static struct releases all; /* large */

static void forget(void)
{
    memset(&all, 0, sizeof all);
}

static int64_t from_environment(const char *name, int64_t otherwise)
{
    const char *text = getenv(name);
    int64_t value = otherwise;
    if (text != NULL && !slice_to_integer(slice_from_text(text), 1, 100000000, &value))
        fail_msg("%s is no number", name);
    return value;
}

static int trees(void)
{
    return (int)from_environment("HECHT_ENUMERATION_TREES", TREES);
}

static void seed(int64_t number)
{
    number = from_environment("HECHT_ENUMERATION_SEED", number);
    print_message("# seed %" PRId64 ", %d trees\n", number, trees());
    random_seeded_init(&random_of_test, (uint64_t)number);
}

static void say_organisation(const struct organisation *org)
{
    for (size_t u = 0; u < org->unit_count; u++)
        print_error("unit %" PRId64 " below %" PRId64 "\n", org->units[u].id, org->units[u].parent);
    for (size_t t = 0; t < org->team_count; t++) {
        print_error("team %zu of unit %" PRId64 ":", t, org->unit_of_team[t]);
        for (size_t p = 0; p < PEOPLE; p++)
            if (org->rounds[0].people[p].team == (int)t)
                print_error(" %d%d%d", org->rounds[0].people[p].values[0], org->rounds[0].people[p].values[1],
                            org->rounds[0].people[p].values[2]);
        print_error("\n");
    }
}

/* Organisations in which earlier rules gave somebody away. Answers of a team, three questions each, 0 for none. */
struct known_case {
    const char *what;
    int64_t parents[UNITS]; /* of the units; -1: no more */
    struct {
        int64_t unit;
        const char *answers;
    } teams[TEAMS];
};

static void test_known_cases(void **state)
{
    (void)state;
    static const struct known_case cases[] = {
        {"a residual of a scale with one small team more than that of its line",
         {0, 1, 1},
         {{0, "531 225 412"},
          {0, "145 433"},
          {2, "334 331 241 023 322 251 355 530 352"},
          {3, "122 121 112 112 211 211 212 212"},
          {3, "022"}}},
        {"scores of few in a withheld team whose first question is known",
         {0, -1},
         {{0, "111 110 110 122 121 422 111 212 212 212 011"},
          {1, "010 154 043 324 030 052 355 312"},
          {0, "143 333 512 254 335 121 542 144 244 554 414 312"},
          {0, "355 223 135 542"},
          {0, "211 202 200"},
          {0, "300 503 540 121 040 140 204"}}},
        {"two who answered everything, where five each skipped another question",
         {-1},
         {{0, "023 052 432 434 044 023 450 350 350 310 530 025"}}},
    };
    static struct organisation org;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        org = (struct organisation){.unit_count = 0};
        for (size_t p = 0; p < PEOPLE; p++)
            org.rounds[0].people[p].team = NO_TEAM;
        for (; org.unit_count < UNITS && cases[i].parents[org.unit_count] >= 0; org.unit_count++)
            org.units[org.unit_count] =
                (struct unit){.id = (int64_t)org.unit_count + 1, .parent = cases[i].parents[org.unit_count]};
        for (; org.team_count < TEAMS && cases[i].teams[org.team_count].answers != NULL; org.team_count++) {
            org.unit_of_team[org.team_count] = cases[i].teams[org.team_count].unit;
            const char *text = cases[i].teams[org.team_count].answers;
            for (; *text != '\0'; text += text[QUESTIONS] == ' ' ? QUESTIONS + 1 : QUESTIONS) {
                struct answerer *person = &org.rounds[0].people[org.people++];
                person->team = (int)org.team_count;
                for (int q = 0; q < QUESTIONS; q++)
                    person->values[q] = text[q] - '0';
            }
        }
        forget();
        release_round(&all, &org, 0, NO_MISTAKE);
        if (somebody_is_computed(&all, PEOPLE, K))
            fail_msg("%s", cases[i].what);
    }
}

/* Nobody from outside, and nobody who knows the own answers: k - 1 others stay mixed for those. */
static void test_one_round(void **state)
{
    (void)state;
    static struct organisation org;
    size_t releases = 0;
    seed(20261127);
    for (int i = 0; i < trees(); i++) {
        random_organisation(&org);
        forget();
        release_round(&all, &org, 0, NO_MISTAKE);
        releases += all.rows;
        size_t knows = org.people > 0 ? (size_t)between(0, (int)org.people - 1) : PEOPLE;
        bool outside = somebody_is_computed(&all, PEOPLE, K),
             inside = somebody_is_computed(&all, knows, K - 1);
        if (outside || inside) {
            print_error("tree %d: %s\n", i, outside ? "from outside" : "by one who answered");
            say_organisation(&org);
            fail();
        }
    }
    assert_true(releases > (size_t)trees() * 10);
}

/* The search finds what it should when the rules are broken. */
static void test_broken_rules_are_found(void **state)
{
    (void)state;
    static struct organisation org;
    int totals = 0, scores = 0, few = trees() / 8 + 1;
    seed(20261128);
    for (int i = 0; i < few; i++) {
        random_organisation(&org);
        forget();
        release_round(&all, &org, 0, TOTALS_OF_ALL);
        totals += somebody_is_computed(&all, PEOPLE, K);
        forget();
        release_round(&all, &org, 0, SCORES_AS_THEY_ARE);
        scores += somebody_is_computed(&all, PEOPLE, K);
    }
    print_message("# found in %d of %d when totals hold everybody, in %d when scores are not guarded\n",
                  totals, few, scores);
    assert_true(totals > few / 4);
    assert_true(scores > few / 8);
}

/* Who assumes that people answer every time as they did before. Where the same people answer the same questions, three rounds
 * say no more than one, also when these are unlike in what was answered. */
static void test_rounds_of_the_same_people(void **state)
{
    (void)state;
    static struct organisation org;
    seed(20261129);
    for (int i = 0; i < trees() / 8 + 1; i++) {
        random_organisation(&org);
        forget();
        for (int round = 0; round < ROUNDS; round++) {
            if (round > 0)
                next_round(&org, round, 0);
            release_round(&all, &org, (size_t)round, NO_MISTAKE);
        }
        assert_false(somebody_is_computed(&all, PEOPLE, K));
    }
}

/* Where few come, go or skip, such a one learns what they said: docs/privacy.md says so. How often, and how much of it is
 * due to totals; that a team's own figures are enough is why no rule about totals mends it. */
static void test_rounds_with_changes(void **state)
{
    (void)state;
    static struct organisation org;
    int found = 0, by_teams = 0, few = trees() / 8 + 1;
    seed(20261130);
    for (int i = 0; i < few; i++) {
        static struct releases teams;
        random_organisation(&org);
        forget();
        memset(&teams, 0, sizeof teams);
        for (int round = 0; round < ROUNDS; round++) {
            if (round > 0)
                next_round(&org, round, 4);
            release_round(&all, &org, (size_t)round, NO_MISTAKE);
            release_round(&teams, &org, (size_t)round, TEAMS_ONLY);
        }
        bool is = somebody_is_computed(&all, PEOPLE, K),
             is_by_teams = somebody_is_computed(&teams, PEOPLE, K);
        found += is;
        by_teams += is_by_teams;
        assert_true(is || !is_by_teams);
    }
    print_message("# over %d rounds with few changes: %d of %d, by the figures of teams alone %d\n", ROUNDS,
                  found, few, by_teams);
    assert_true(found > 0);
}

static int size_of(const struct organisation *org, int team)
{
    int size = 0;
    for (size_t p = 0; p < org->people; p++)
        size += org->rounds[0].people[p].team == team;
    return size;
}

/* The first two small teams, of one unit: measured together from the second round on, as the team of the first. */
static bool join_two(struct organisation *org)
{
    for (int a = 0; a < (int)org->team_count; a++)
        for (int b = a + 1; b < (int)org->team_count; b++) {
            int of_a = size_of(org, a), of_b = size_of(org, b);
            if (org->unit_of_team[a] != org->unit_of_team[b] || of_a < 1 || of_a >= K || of_b < 1 ||
                of_b >= K || of_a + of_b < K)
                continue;
            for (size_t p = 0; p < org->people; p++)
                if (org->rounds[1].people[p].team == b)
                    org->rounds[1].people[p].team = a;
            return true;
        }
    return false;
}

/* A joint group: alone its round says no more of anybody than any other; the round before and it together do so only for who
 * assumes that all answered as before, as with people who come or go. */
static void test_joint_groups(void **state)
{
    (void)state;
    static struct organisation org;
    int joined = 0, over_both = 0;
    seed(20261201);
    for (int i = 0; i < trees(); i++) {
        random_organisation(&org);
        next_round(&org, 1, 0);
        if (!join_two(&org))
            continue;
        joined++;
        forget();
        release_round(&all, &org, 1, NO_MISTAKE);
        size_t knows = (size_t)between(0, (int)org.people - 1);
        assert_false(somebody_is_computed(&all, PEOPLE, K));
        assert_false(somebody_is_computed(&all, knows, K - 1));
        release_round(&all, &org, 0, NO_MISTAKE);
        over_both += somebody_is_computed(&all, PEOPLE, K);
    }
    print_message("# joint groups: %d; over the rounds before and after, of the same answers: %d\n", joined,
                  over_both);
    assert_true(joined > trees() / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_cases),
        cmocka_unit_test(test_joint_groups),
        cmocka_unit_test(test_one_round),
        cmocka_unit_test(test_broken_rules_are_found),
        cmocka_unit_test(test_rounds_of_the_same_people),
        cmocka_unit_test(test_rounds_with_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

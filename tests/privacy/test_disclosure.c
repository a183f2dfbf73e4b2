#include "check.h"

#include "privacy/disclosure.h"

static struct error error;

/* ---- Small trees, by hand -------------------------------------------------------------------------------
 */

#define INNER(parent_index)                                                                                  \
    {                                                                                                        \
        .parent = (parent_index), .leaf = false                                                              \
    }
#define TEAM(parent_index, count)                                                                            \
    {                                                                                                        \
        .parent = (parent_index), .answers = (count), .leaf = true                                           \
    }

struct expected {
    bool shown;
    int64_t answers;
    int64_t goes_to;
};

#define check(nodes, k, ...)                                                                                 \
    check_tree((nodes), COUNT_OF(nodes), (k), (const struct expected[]){__VA_ARGS__}, __FILE__, __LINE__)

static void check_tree(const struct disclosure_node *nodes, size_t count, int64_t k,
                       const struct expected *expected, const char *file, int line)
{
    TEST_REGION(region);
    struct disclosure_decision decisions[32];
    assert_true(count <= COUNT_OF(decisions));
    assert_ok(disclosure_decide(nodes, count, k, region, &error, decisions));
    for (size_t i = 0; i < count; i++)
        if (decisions[i].shown != expected[i].shown || decisions[i].answers != expected[i].answers ||
            decisions[i].goes_to != expected[i].goes_to) {
            print_error("node %zu: shown %d, %" PRId64 " answers, goes to %" PRId64 "\n", i,
                        decisions[i].shown, decisions[i].answers, decisions[i].goes_to);
            _fail(file, line);
        }
}

TEST(nothing_and_no_answers)
{
    TEST_REGION(region);
    assert_ok(disclosure_decide(NULL, 0, 5, region, &error, NULL));
    const struct disclosure_node lonely[] = {INNER(-1)};
    check(lonely, 5, {false, 0, -1});
    const struct disclosure_node empty[] = {INNER(-1), TEAM(0, 0), TEAM(0, 0)};
    check(empty, 5, {false, 0, -1}, {false, 0, -1}, {false, 0, -1});
}

TEST(one_team)
{
    const struct disclosure_node four[] = {TEAM(-1, 4)}, five[] = {TEAM(-1, 5)};
    check(four, 5, {false, 0, -1});
    check(five, 5, {true, 5, 0});
    /* a total that is one team is no release of its own, with or without answers left out */
    const struct disclosure_node only[] = {INNER(-1), TEAM(0, 7)};
    check(only, 5, {false, 0, -1}, {true, 7, 1});
    const struct disclosure_node rest[] = {INNER(-1), TEAM(0, 7), TEAM(0, 4)};
    check(rest, 5, {false, 0, -1}, {true, 7, 1}, {false, 0, -1});
}

TEST(a_small_residual_is_left_out)
{
    const struct disclosure_node nodes[] = {INNER(-1), TEAM(0, 9), TEAM(0, 8), TEAM(0, 3)};
    check(nodes, 5, {true, 17, -1}, {true, 9, 1}, {true, 8, 2}, {false, 0, -1});
}

TEST(a_residual_of_k_stays)
{
    const struct disclosure_node nodes[] = {INNER(-1), TEAM(0, 9), TEAM(0, 2), TEAM(0, 3)};
    check(nodes, 5, {true, 14, -1}, {true, 9, 1}, {false, 0, 0}, {false, 0, 0});
    const struct disclosure_node small[] = {INNER(-1), TEAM(0, 2), TEAM(0, 3)};
    check(small, 5, {true, 5, -1}, {false, 0, 0}, {false, 0, 0});
    check(small, 6, {false, 0, -1}, {false, 0, -1}, {false, 0, -1});
}

TEST(small_residuals_climb_and_may_meet)
{
    /* two units, each with a shown team and three hidden answers: six together in the organisation */
    const struct disclosure_node nodes[] = {INNER(-1),  INNER(0),   INNER(0),  TEAM(1, 9),
                                            TEAM(1, 3), TEAM(2, 8), TEAM(2, 3)};
    check(nodes, 5, {true, 23, -1}, {false, 0, -1}, {false, 0, -1}, {true, 9, 3}, {false, 0, 0}, {true, 8, 5},
          {false, 0, 0});
    /* with one answer fewer on each side they are in nothing */
    const struct disclosure_node fewer[] = {INNER(-1),  INNER(0),   INNER(0),  TEAM(1, 9),
                                            TEAM(1, 2), TEAM(2, 8), TEAM(2, 2)};
    check(fewer, 5, {true, 17, -1}, {false, 0, -1}, {false, 0, -1}, {true, 9, 3}, {false, 0, -1},
          {true, 8, 5}, {false, 0, -1});
}

/* Example (b) of the decision: a unit of 12 = 6 + 6 and a unit of 4 in an organisation of 16. */
TEST(a_small_unit_beside_a_large_one)
{
    const struct disclosure_node nodes[] = {INNER(-1),  INNER(0),   INNER(0),
                                            TEAM(1, 6), TEAM(1, 6), TEAM(2, 4)};
    check(nodes, 5, {false, 0, -1}, {true, 12, -1}, {false, 0, -1}, {true, 6, 3}, {true, 6, 4},
          {false, 0, -1});
}

/* Two teams of four from two units, measured together: a leaf of its own beside those units, and they have no leaf. */
TEST(a_joint_group_is_a_leaf_under_the_unit_above)
{
    const struct disclosure_node nodes[] = {INNER(-1),  INNER(0),   INNER(0),   TEAM(0, 6),
                                            TEAM(1, 7), TEAM(1, 4), TEAM(2, 8), TEAM(2, 3)};
    check(nodes, 5, {true, 28, -1}, {false, 0, -1}, {false, 0, -1}, {true, 6, 3}, {true, 7, 4}, {false, 0, 0},
          {true, 8, 6}, {false, 0, 0});
    /* of which too few answered: it is hidden like any team, and meets other hidden ones at the top only */
    const struct disclosure_node few[] = {INNER(-1),  INNER(0),   INNER(0),  TEAM(0, 3),
                                          TEAM(1, 7), TEAM(2, 8), TEAM(2, 2)};
    check(few, 5, {true, 20, -1}, {false, 0, -1}, {false, 0, -1}, {false, 0, 0}, {true, 7, 4}, {true, 8, 5},
          {false, 0, 0});
}

TEST(wrong_trees_are_refused)
{
    TEST_REGION(region);
    struct disclosure_decision decisions[3] = {{.answers = 77}};
    const struct disclosure_node wrong[][2] = {
        {INNER(0), TEAM(0, 5)},   {INNER(-1), TEAM(1, 5)},         {INNER(-1), TEAM(2, 5)},
        {INNER(-1), TEAM(-1, 5)}, {INNER(-2), TEAM(0, 5)},         {TEAM(-1, 5), TEAM(0, 5)},
        {INNER(-1), TEAM(0, -1)}, {INNER(-1), TEAM(0, INT64_MAX)}, {{.parent = -1, .answers = 5}, TEAM(0, 5)},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(disclosure_decide(wrong[i], 2, 5, region, &error, decisions), ERROR_INPUT);
    const struct disclosure_node good[] = {INNER(-1), TEAM(0, 5)};
    assert_int_equal(disclosure_decide(good, 2, 4, region, &error, decisions), ERROR_INPUT);
    assert_int_equal(disclosure_decide(good, DISCLOSURE_NODES_MAXIMUM + 1, 5, region, &error, decisions),
                     ERROR_LIMIT);
    assert_int_equal(decisions[0].answers, 77);
}

/* ---- Every linear combination ---------------------------------------------------------------------------
 */

enum { TEAMS_MAXIMUM = 9, TREE_MAXIMUM = 40 };
static const uint64_t prime =
    2147483647; /* far above any minor of a 0/1 matrix of this size: ranks are exact */

static uint64_t power(uint64_t base, uint64_t exponent)
{
    uint64_t result = 1;
    for (; exponent > 0; exponent >>= 1, base = base * base % prime)
        if (exponent & 1)
            result = result * base % prime;
    return result;
}

struct basis {
    uint64_t rows[TEAMS_MAXIMUM][TEAMS_MAXIMUM];
    int pivots[TEAMS_MAXIMUM];
    int rank;
};

/* Subtracts from the indicator of a set of teams what the basis spans; the first position left, -1 for none.
 */
static int reduce(const struct basis *basis, unsigned set, uint64_t ret_row[static TEAMS_MAXIMUM])
{
    for (int t = 0; t < TEAMS_MAXIMUM; t++)
        ret_row[t] = set >> t & 1;
    for (int r = 0; r < basis->rank; r++) {
        uint64_t factor = ret_row[basis->pivots[r]];
        for (int t = 0; factor != 0 && t < TEAMS_MAXIMUM; t++)
            ret_row[t] = (ret_row[t] + (prime - factor) * basis->rows[r][t]) % prime;
    }
    for (int t = 0; t < TEAMS_MAXIMUM; t++)
        if (ret_row[t] != 0)
            return t;
    return -1;
}

static void extend(struct basis *basis, unsigned set)
{
    uint64_t row[TEAMS_MAXIMUM];
    int pivot = reduce(basis, set, row);
    if (pivot < 0)
        return;
    uint64_t inverse = power(row[pivot], prime - 2);
    for (int t = 0; t < TEAMS_MAXIMUM; t++)
        basis->rows[basis->rank][t] = row[t] * inverse % prime;
    basis->pivots[basis->rank++] = pivot;
}

struct tree {
    struct disclosure_node nodes[TREE_MAXIMUM];
    size_t count;
    size_t teams[TEAMS_MAXIMUM]; /* node of a team */
    size_t team_count;
};

/* Inner nodes at any depth, among them chains and inner nodes without teams; teams of 0 to 12 answers. */
static struct tree random_tree(struct random *random)
{
    struct tree tree = {.count = 1, .nodes = {INNER(-1)}};
    size_t inner = random_integer(random, 8);
    for (; tree.count <= inner; tree.count++)
        tree.nodes[tree.count].parent = (int64_t)random_integer(random, tree.count);
    tree.team_count = 1 + random_integer(random, TEAMS_MAXIMUM);
    for (size_t t = 0; t < tree.team_count; t++, tree.count++) {
        tree.teams[t] = tree.count;
        tree.nodes[tree.count] = (struct disclosure_node){
            .parent = (int64_t)random_integer(random, inner + 1),
            .answers = (int64_t)random_integer(random, 13),
            .leaf = true,
        };
    }
    return tree;
}

static bool is_below(const struct tree *tree, int64_t node, int64_t ancestor)
{
    while (node > ancestor)
        node = tree->nodes[node].parent;
    return node == ancestor;
}

/* The teams whose answers are in the release of a node, as docs/privacy.md says it: those that go to it or to
 * something below it. */
static unsigned released(const struct tree *tree, const struct disclosure_decision *decisions, size_t node)
{
    unsigned set = 0;
    for (size_t t = 0; t < tree->team_count; t++) {
        int64_t to = decisions[tree->teams[t]].goes_to;
        if (to >= 0 && is_below(tree, to, (int64_t)node))
            set |= 1U << t;
    }
    return set;
}

static int64_t answers_of(const struct tree *tree, unsigned set)
{
    int64_t answers = 0;
    for (size_t t = 0; t < tree->team_count; t++)
        answers += set >> t & 1 ? tree->nodes[tree->teams[t]].answers : 0;
    return answers;
}

/* How many sets of teams with 1 to k-1 answers can be computed from the sets that are released. */
static int disclosed(const struct tree *tree, const unsigned *sets, size_t count, int64_t k)
{
    struct basis basis = {.rank = 0};
    uint64_t row[TEAMS_MAXIMUM];
    int found = 0;
    for (size_t i = 0; i < count; i++)
        extend(&basis, sets[i]);
    for (unsigned set = 1; set < 1U << tree->team_count; set++) {
        int64_t answers = answers_of(tree, set);
        if (answers > 0 && answers < k && reduce(&basis, set, row) < 0)
            found++;
    }
    return found;
}

static void check_shown(const struct tree *tree, const struct disclosure_decision *decisions, int64_t k)
{
    for (size_t i = 0; i < tree->count; i++) {
        const struct disclosure_decision *decision = &decisions[i];
        if (tree->nodes[i].leaf) {
            assert_int_equal(decision->shown, tree->nodes[i].answers >= k);
            assert_true(decision->goes_to == -1 || decisions[decision->goes_to].shown);
        } else {
            assert_int_equal(decision->goes_to, -1);
        }
        assert_int_equal(decision->answers,
                         decision->shown ? answers_of(tree, released(tree, decisions, i)) : 0);
        assert_true(!decision->shown || decision->answers >= k);
    }
}

/* Residuals of shown totals are 0 or >= k; where 0, two or more shown groups make up the total. */
static void check_residuals(const struct tree *tree, const struct disclosure_decision *decisions, int64_t k)
{
    for (size_t i = 0; i < tree->count; i++) {
        if (!decisions[i].shown || tree->nodes[i].leaf)
            continue;
        unsigned rest = released(tree, decisions, i);
        unsigned whole = rest;
        int parts = 0;
        for (size_t j = i + 1; j < tree->count; j++) { /* parents come first: the highest are met first */
            unsigned part = released(tree, decisions, j);
            if (decisions[j].shown && is_below(tree, (int64_t)j, (int64_t)i) && (rest & part) == part) {
                rest &= ~part;
                parts++;
                assert_int_not_equal(part, whole);
            }
        }
        int64_t residual = answers_of(tree, rest);
        assert_true(residual == 0 ? parts >= 2 : residual >= k);
    }
}

/* Where answers that go nowhere are taken away, all else stays as it was. */
static void check_nowhere(const struct tree *tree, const struct disclosure_decision *decisions, int64_t k)
{
    TEST_REGION(region);
    struct tree without = *tree;
    struct disclosure_decision again[TREE_MAXIMUM];
    for (size_t i = 0; i < tree->count; i++)
        if (tree->nodes[i].leaf && decisions[i].goes_to == -1)
            without.nodes[i].answers = 0;
    assert_ok(disclosure_decide(without.nodes, without.count, k, region, &error, again));
    for (size_t i = 0; i < tree->count; i++) {
        assert_int_equal(again[i].shown, decisions[i].shown);
        assert_int_equal(again[i].answers, decisions[i].answers);
        assert_int_equal(again[i].goes_to, decisions[i].goes_to);
    }
}

TEST(no_combination_of_what_is_shown_gives_a_small_group)
{
    TEST_REGION(region);
    struct random random;
    random_seeded_init(&random, 20261123);
    int naive_trees = 0, shown = 0, climbed = 0;
    for (int trial = 0; trial < 4000; trial++) {
        struct tree tree = random_tree(&random);
        struct disclosure_decision decisions[TREE_MAXIMUM];
        int64_t k = 5 + (int64_t)random_integer(&random, 3);
        assert_ok(disclosure_decide(tree.nodes, tree.count, k, region, &error, decisions));
        region_clear(region);
        unsigned sets[TREE_MAXIMUM], naive[TREE_MAXIMUM];
        size_t count = 0, naive_count = 0;
        for (size_t i = 0; i < tree.count; i++) {
            unsigned below = 0;
            for (size_t t = 0; t < tree.team_count; t++)
                below |= is_below(&tree, (int64_t)tree.teams[t], (int64_t)i) ? 1U << t : 0;
            if (answers_of(&tree, below) >= k)
                naive[naive_count++] = below;
            if (decisions[i].shown)
                sets[count++] = released(&tree, decisions, i);
            climbed += decisions[i].goes_to >= 0 && decisions[i].goes_to != (int64_t)i &&
                       decisions[i].goes_to != tree.nodes[i].parent;
        }
        check_shown(&tree, decisions, k);
        check_residuals(&tree, decisions, k);
        check_nowhere(&tree, decisions, k);
        assert_int_equal(disclosed(&tree, sets, count, k), 0);
        naive_trees += disclosed(&tree, naive, naive_count, k) > 0;
        shown += (int)count;
    }
    /* The enumeration does find something when groups below k are merely hidden; and the rule shows a lot. */
    assert_true(naive_trees > 1000);
    assert_true(shown > 10000);
    assert_true(climbed > 100);
}

TEST(a_large_organisation_is_decided_in_linear_time)
{
    CLEANUP(region_cleanup) struct region *region = region_new(512 << 20);
    enum { COUNT = 200000 };
    struct disclosure_node *nodes = calloc(COUNT, sizeof *nodes);
    struct disclosure_decision *decisions = calloc(COUNT, sizeof *decisions);
    assert_true(nodes != NULL && decisions != NULL);
    for (int64_t i = 0; i < COUNT; i++) /* one long chain with a team at each node */
        nodes[i] = i % 2 == 0 ? (struct disclosure_node)INNER(i == 0 ? -1 : i - 2)
                              : (struct disclosure_node)TEAM(i - 1, 1);
    assert_ok(disclosure_decide(nodes, COUNT, 5, region, &error, decisions));
    assert_int_equal(decisions[0].answers, COUNT / 2);
    free(nodes);
    free(decisions);
}

/* ---- One group ------------------------------------------------------------------------------------------
 */

#define COUNTS(...) (const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t)

TEST(a_question_needs_k_answers)
{
    assert_int_equal(disclosure_question(NULL, 0, 5), DISCLOSURE_TOO_FEW);
    assert_int_equal(disclosure_question(COUNTS(0, 0, 0, 0, 0), 5), DISCLOSURE_TOO_FEW);
    assert_int_equal(disclosure_question(COUNTS(0, 0, 0, 4, 0), 5), DISCLOSURE_TOO_FEW);
    assert_int_equal(disclosure_question(COUNTS(0, 0, 0, 5, 0), 5), DISCLOSURE_SHOWN);
    assert_int_equal(disclosure_question(COUNTS(0, 0, 0, 5, 0), 6), DISCLOSURE_TOO_FEW);
    assert_int_equal(disclosure_question(COUNTS(0, 0, 0, 4, 0), 3),
                     DISCLOSURE_TOO_FEW); /* k is never below 5 */
}

TEST(low_and_alike_gives_words_only)
{
    assert_int_equal(disclosure_question(COUNTS(5, 0, 0, 0, 0), 5), DISCLOSURE_MOSTLY_LOW);
    assert_int_equal(disclosure_question(COUNTS(2, 3, 0, 0, 0), 5), DISCLOSURE_MOSTLY_LOW);
    assert_int_equal(disclosure_question(COUNTS(2, 3, 0, 0, 1), 5), DISCLOSURE_MOSTLY_LOW);
    assert_int_equal(disclosure_question(COUNTS(2, 3, 1, 0, 1), 5), DISCLOSURE_SHOWN);
    assert_int_equal(disclosure_question(COUNTS(0, 0, 0, 0, 5), 5), DISCLOSURE_SHOWN);
    assert_int_equal(disclosure_question(COUNTS(4, 2), 5),
                     DISCLOSURE_SHOWN); /* yes or no: one end is one option */
    assert_int_equal(disclosure_question(COUNTS(5, 1), 5), DISCLOSURE_MOSTLY_LOW);
    assert_int_equal(disclosure_question(COUNTS(2, 2, 2), 5), DISCLOSURE_SHOWN);
    assert_int_equal(disclosure_scores(4, 0, 5), DISCLOSURE_TOO_FEW);
    assert_int_equal(disclosure_scores(5, 3, 5), DISCLOSURE_SHOWN);
    assert_int_equal(disclosure_scores(5, 4, 5), DISCLOSURE_MOSTLY_LOW);
}

TEST(bars_need_company_and_variety)
{
    assert_true(disclosure_bars(COUNTS(0, 2, 2, 2, 0), 5));
    assert_true(disclosure_bars(COUNTS(0, 0, 3, 0, 3), 5));
    assert_false(disclosure_bars(COUNTS(0, 1, 2, 2, 2), 5));
    assert_false(disclosure_bars(COUNTS(0, 0, 12, 0, 0), 5)); /* everybody the same */
    assert_false(disclosure_bars(COUNTS(0, 0, 0, 3, 3), 5));  /* all high: the mean stays, the bars go */
    assert_false(disclosure_bars(COUNTS(3, 3, 0, 0, 0), 5));
    assert_false(disclosure_bars(COUNTS(0, 0, 2, 2, 0), 5)); /* too few */
    assert_false(disclosure_bars(COUNTS(0, 0), 5));
    assert_false(disclosure_bars(NULL, 0, 5));
}

TEST(exact_counts_from_ten_members_on)
{
    assert_false(disclosure_exact_count(0, false));
    assert_false(disclosure_exact_count(9, false));
    assert_true(disclosure_exact_count(10, false));
    assert_true(disclosure_exact_count(1, true));
}

TEST(reasons_have_their_names)
{
    assert_string_equal(disclosure_reason_text(DISCLOSURE_TOO_FEW), "too-few");
    assert_string_equal(disclosure_reason_text(DISCLOSURE_MOSTLY_LOW), "mostly-low");
    assert_string_equal(disclosure_reason_text(DISCLOSURE_NOT_ASKED), "not-asked");
    assert_string_equal(disclosure_reason_text(DISCLOSURE_LEADER_LINE), "leader-line");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_and_no_answers),
        cmocka_unit_test(one_team),
        cmocka_unit_test(a_small_residual_is_left_out),
        cmocka_unit_test(a_residual_of_k_stays),
        cmocka_unit_test(small_residuals_climb_and_may_meet),
        cmocka_unit_test(a_small_unit_beside_a_large_one),
        cmocka_unit_test(a_joint_group_is_a_leaf_under_the_unit_above),
        cmocka_unit_test(wrong_trees_are_refused),
        cmocka_unit_test(no_combination_of_what_is_shown_gives_a_small_group),
        cmocka_unit_test(a_large_organisation_is_decided_in_linear_time),
        cmocka_unit_test(a_question_needs_k_answers),
        cmocka_unit_test(low_and_alike_gives_words_only),
        cmocka_unit_test(bars_need_company_and_variety),
        cmocka_unit_test(exact_counts_from_ten_members_on),
        cmocka_unit_test(reasons_have_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

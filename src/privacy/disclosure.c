/* Teams before totals.
 *
 * A leaf with k answers or more is shown. The answers of the other leaves climb: at each inner node the
 * answers that its children could not place come together in its residual. A residual of k or more stays
 * there, as part of this total and of all totals above. A residual of 1..k-1 is left out here and climbs on;
 * what is still below k at the root is in no total at all and is kept nowhere. So each node v has
 *
 *     parts(v) = its highest shown descendants,  stays(v) = the answers that stay in its residual: 0 or >= k,
 *     released(v) = the answers of parts(v) and of stays(v).
 *
 * v is shown when stays(v) > 0 or parts(v) has two members or more. Otherwise it has nothing to say (no
 * part), or would say again what its only part says, and its parent takes over that part.
 *
 * Why nothing of 1..k-1 answers can be computed from any linear combination of what is shown. Call the sets
 * stays(v) of shown inner nodes and the shown leaves "atoms". Atoms are disjoint, since an answer stays in
 * one place, and hold k answers or more, or none. By induction from the leaves, released(v) of each shown v
 * is a union of atoms: its parts' and its own. So the span of all releases lies in the span of the atoms. A
 * set of answers whose indicator lies in the span of disjoint sets is a union of some of them, hence empty or
 * >= k.
 *
 * A shown total with an empty residual is the sum of two or more shown groups: no new information. Answers
 * that go nowhere are in no release; and where they climbed, each residual they met was below k, so it made
 * no node shown: removing them changes no other decision. */
#include "privacy/disclosure.h"

enum { LOWEST_OPTIONS = 2 };

static const int64_t answers_maximum = INT64_C(1) << 40; /* times the most nodes, sums stay in 63 bits */
static const int64_t nowhere = -1;

struct tally {
    int64_t residual; /* answers that came from below and have no place yet */
    int64_t parts;    /* highest shown descendants */
    int64_t released; /* answers of those parts */
    int64_t pool;     /* after the second pass: the total in whose residual this node's residual stays */
};

static enum error_code check_nodes(const struct disclosure_node *nodes, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        const struct disclosure_node *node = &nodes[i];
        bool root = i == 0;
        if (root ? node->parent != -1 : node->parent < 0 || node->parent >= (int64_t)i)
            return FAIL(error, ERROR_INPUT, "disclosure", "node %zu does not come after its parent", i);
        if (!root && nodes[node->parent].leaf)
            return FAIL(error, ERROR_INPUT, "disclosure", "node %zu is below a leaf", i);
        if (node->answers < 0 || node->answers > (node->leaf ? answers_maximum : 0))
            return FAIL(error, ERROR_INPUT, "disclosure", "node %zu cannot have its number of answers", i);
    }
    return OK;
}

/* All children of node i have given their share to its tally: decides about i. Afterwards the tally holds
 * what i passes on to its parent, and pool is i itself when the residual stays here. */
static void decide_node(const struct disclosure_node *node, int64_t index, int64_t k, struct tally *tally,
                        struct disclosure_decision *ret_decision)
{
    if (node->leaf)
        tally->residual = node->answers;
    bool stays = tally->residual >= k;
    if (stays)
        tally->released += tally->residual;
    bool shown = stays || tally->parts >= 2;
    tally->pool = stays ? index : nowhere;
    if (stays)
        tally->residual = 0;
    *ret_decision = (struct disclosure_decision){
        .shown = shown, .answers = shown ? tally->released : 0, .goes_to = nowhere};
    if (shown)
        tally->parts = 1;
}

enum error_code disclosure_decide(const struct disclosure_node *nodes, size_t count, int64_t k,
                                  struct region *region, struct error *error,
                                  struct disclosure_decision *ret_decisions)
{
    if (k < DISCLOSURE_K_MINIMUM)
        return FAIL(error, ERROR_INPUT, "disclosure", "k is %" PRId64 ", below %d", k, DISCLOSURE_K_MINIMUM);
    if (count > DISCLOSURE_NODES_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "disclosure", "%zu nodes", count);
    TRY(check_nodes(nodes, count, error));
    struct tally *tallies = REGION_ARRAY(region, count, struct tally);
    if (tallies == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for disclosure control");

    for (size_t i = count; i-- > 0;) { /* children before parents */
        decide_node(&nodes[i], (int64_t)i, k, &tallies[i], &ret_decisions[i]);
        if (i == 0)
            continue;
        struct tally *parent = &tallies[nodes[i].parent];
        parent->residual += tallies[i].residual;
        parent->parts += tallies[i].parts;
        parent->released += tallies[i].released;
    }
    for (size_t i = 0; i < count;
         i++) { /* parents before children: where did a residual that climbed stay? */
        if (tallies[i].pool == nowhere && i > 0)
            tallies[i].pool = tallies[nodes[i].parent].pool;
        if (nodes[i].leaf && nodes[i].answers > 0)
            ret_decisions[i].goes_to = tallies[i].pool;
    }
    return OK;
}

/* ---- One group ----------------------------------------------------------------------------------------- */

const char *disclosure_reason_text(enum disclosure_reason reason)
{
    switch (reason) {
    case DISCLOSURE_SHOWN:
        return "";
    case DISCLOSURE_TOO_FEW:
        return "too-few";
    case DISCLOSURE_MOSTLY_LOW:
        return "mostly-low";
    case DISCLOSURE_NOT_ASKED:
        return "not-asked";
    case DISCLOSURE_LEADER_LINE:
        return "leader-line";
    }
    return "too-few";
}

/* How many options at one end count as "the two lowest" or "the two highest". With two or three options two
 * of them would be (nearly) everything, so it is one there. */
static size_t end_options(size_t options)
{
    return options / 2 < LOWEST_OPTIONS ? options / 2 : LOWEST_OPTIONS;
}

static int64_t sum(const int64_t *counts, size_t from, size_t to)
{
    int64_t total = 0;
    for (size_t i = from; i < to; i++)
        total += counts[i];
    return total;
}

enum disclosure_reason disclosure_scores(int64_t n, int64_t low_count, int64_t k)
{
    if (n < k || n < DISCLOSURE_K_MINIMUM)
        return DISCLOSURE_TOO_FEW;
    return n - low_count <= 1 ? DISCLOSURE_MOSTLY_LOW : DISCLOSURE_SHOWN;
}

enum disclosure_reason disclosure_question(const int64_t *counts, size_t options, int64_t k)
{
    return disclosure_scores(sum(counts, 0, options), sum(counts, 0, end_options(options)), k);
}

bool disclosure_bars(const int64_t *counts, size_t options, int64_t k)
{
    if (disclosure_question(counts, options, k) != DISCLOSURE_SHOWN)
        return false;
    size_t bars = 0;
    for (size_t i = 0; i < options; i++) {
        if (counts[i] == 1)
            return false;
        bars += counts[i] > 0;
    }
    return bars > 1 && sum(counts, 0, options - end_options(options)) > 0;
}

bool disclosure_exact_count(int64_t roster_count, bool imported)
{
    return imported || roster_count >= DISCLOSURE_SMALL_ROSTER;
}

/* Disclosure control: the one place that decides what may be known of a group. Looks at counts, except for
 * the homogeneity rule. ANONYMITY rules 1 to 8 in docs/privacy.md.
 *
 * Teams before totals: a team with k answers or more is shown whatever its neighbours do. A total (unit,
 * organisation) consists of its highest shown descendants and its residual: the answers below it that belong
 * to none of them. A residual of 1..k-1 answers is left out of that total and climbs: it becomes part of the
 * residual of the next ancestor, and stays at the first one where k come together; what is below k at the
 * root too is kept nowhere. A total that says no more than one shown group already says is not a release of
 * its own. Published totals are then unions of groups of k or more, so no linear combination of them
 * determines a group of 1..k-1 answers; disclosure.c has the proof.
 *
 * To compute a total: add the sums of each leaf with goes_to >= 0 to node goes_to, then each node's sums to
 * its parent's, children first; read off the nodes that are shown. Where the number of answers differs by
 * question (skipped ones), decide for each question by its own numbers. */
#ifndef HECHT_PRIVACY_DISCLOSURE_H
#define HECHT_PRIVACY_DISCLOSURE_H

#include "base/base.h"

enum { DISCLOSURE_K_MINIMUM = 5, DISCLOSURE_SMALL_ROSTER = 10, DISCLOSURE_NODES_MAXIMUM = 1 << 20 };

/* A node of the organisation tree. Nodes are given parents first; only leaves (teams) have answers. */
struct disclosure_node {
    int64_t parent;  /* index of the parent, -1 for the root */
    int64_t answers; /* of a leaf: how many counted; 0 for inner nodes on input */
    bool leaf;
};

struct disclosure_decision {
    bool shown;
    /* What this node releases: answers in the total (teams: all; totals: union of shown parts). */
    int64_t answers;
    /* Index of the total into whose residual the answers of a hidden team go; -1: nowhere, and for inner
     * nodes. For shown leaves: itself. */
    int64_t goes_to;
};

/* O(n). ret_decisions has one entry per node. The first node is the root. ERROR_INPUT for a parent that does
 * not come before its child, for children of a leaf, and for k below DISCLOSURE_K_MINIMUM. */
enum error_code disclosure_decide(const struct disclosure_node *nodes, size_t count, int64_t k,
                                  struct region *region, struct error *error,
                                  struct disclosure_decision *ret_decisions) MUST_CHECK;

enum disclosure_reason {
    DISCLOSURE_SHOWN = 0,   /* ("") */
    DISCLOSURE_TOO_FEW,     /* fewer than k answers (reason "too-few") */
    DISCLOSURE_MOSTLY_LOW,  /* all, or all but one, in the two lowest options ("mostly-low") */
    DISCLOSURE_NOT_ASKED,   /* ("not-asked") */
    DISCLOSURE_LEADER_LINE, /* only this leader and this team see it ("leader-line") */
};
const char *disclosure_reason_text(enum disclosure_reason reason);

/* One question of one group: counts[0..options-1], lowest option first. Fewer than k: TOO_FEW; all, or all
 * but one, in the two lowest options: MOSTLY_LOW. With two or three options "the two lowest" is the lowest
 * one. */
enum disclosure_reason disclosure_question(const int64_t *counts, size_t options, int64_t k);
/* Distribution bars: only when each non-empty bar has 2 or more, and not when all are in the two highest, or chose the same. */
bool disclosure_bars(const int64_t *counts, size_t options, int64_t k);
/* Person scores of a construct (n of them, low_count at or below the second lowest option). */
enum disclosure_reason disclosure_scores(int64_t n, int64_t low_count, int64_t k);
/* Is the exact number of answers shown? Not in groups under 10 members of a real round. */
bool disclosure_exact_count(int64_t roster_count, bool imported);

#endif

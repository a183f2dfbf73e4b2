/* The organisation's map, the export and the parts of a full round, against values computed by hand. */
#include "insight/facets.h"
#include "insight/insight.h"

#include "kept.h"

#include <math.h>

static struct insight_group *load(struct world *w, int64_t number, size_t *ret_count)
{
    struct insight_group *groups;
    assert_ok(w, insight_round_load(w->session, w->org, number, w->region, &w->error, &groups, ret_count));
    return groups;
}

static const struct insight_figure *cell_of(const struct insight_group *group, const char *construct)
{
    for (size_t c = 0; c < group->cell_count; c++)
        if (slice_equal(group->cells[c].construct, slice_from_text(construct)))
            return &group->cells[c].figure;
    return NULL;
}

static void keep_pools(struct world *w, int64_t number)
{
    static const struct kept_pool POOLS[] = {
        {"leader", 0.5, 20, "few-teams", 0, 0, 0, 0, 0, 0},
        {"team", 0.5, 20, "", 3.5, 0.1, 0.1, 0.5, 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(POOLS); i++)
        kept_pool(w, number, &POOLS[i]);
}

static void keep_team(struct world *w, int64_t number, int64_t team, int64_t leader, int64_t roster,
                      double mean)
{
    kept_part(w, number, team, leader, roster);
    kept_group(w, number, "team", team, 8);
    kept_construct(w, number, "team", team, "team", "", 8, mean);
    if (leader != 0)
        kept_construct(w, number, "team", team, "leader", "", 8, mean);
}

/* Organisation with unit Zorg (teams A, B) and team C without a unit; C has too few answers. */
struct house {
    int64_t unit, a, b, c;
};

static struct house build(struct world *w)
{
    struct house house = {.unit = world_unit(w, "Zorg", 0)};
    house.b = world_team(w, "Berk", house.unit, 8, false);
    house.a = world_team(w, "Acacia", house.unit, 12, true);
    house.c = world_team(w, "Ceder", 0, 4, false);
    kept_round(w, 1, 0, "pulse");
    keep_team(w, 1, house.a, world_person(w, "leader@acacia.example"), 12, 4.0);
    keep_team(w, 1, house.b, 0, 8, 3.0);
    kept_part(w, 1, house.c, 0, 4);
    kept_group(w, 1, "unit", house.unit, 16);
    kept_construct(w, 1, "unit", house.unit, "team", "", 16, 3.6);
    kept_group(w, 1, "org", w->org, 16);
    kept_construct(w, 1, "org", w->org, "team", "", 16, 3.6);
    kept_construct(w, 1, "org", w->org, "leader", "too-few", 0, 0);
    keep_pools(w, 1);
    return house;
}

static void test_map(void **state)
{
    struct world *w = *state;
    struct house house = build(w);
    size_t count;
    struct insight_group *groups = load(w, 1, &count);
    assert_int_equal(count, 5);
    assert_int_equal(groups[0].kind, INSIGHT_ORG);
    assert_int_equal(groups[1].kind, INSIGHT_UNIT);
    assert_int_equal(groups[2].id, house.a); /* by name */
    assert_int_equal(groups[3].id, house.b);
    assert_int_equal(groups[4].id, house.c);
    assert_int_equal(groups[3].unit, house.unit);
    assert_true(cell_of(&groups[2], "team")->exact_n);
    assert_false(cell_of(&groups[3], "team")->exact_n);
    assert_true(cell_of(&groups[1], "team")->exact_n);
    assert_false(cell_of(&groups[4], "team")->shown);
    assert_true(slice_equal(cell_of(&groups[4], "team")->reason, S("too-few")));
}

/* lambda = 0.1 / (0.1 + 0.5 / 8) = 8 / 13. Totals are not pooled: they are no teams. */
static void test_pooled_mean_by_hand(void **state)
{
    struct world *w = *state;
    build(w);
    size_t count;
    struct insight_group *groups = load(w, 1, &count);
    const struct insight_figure *figure = cell_of(&groups[2], "team");
    double lambda = 8.0 / 13;
    assert_true(figure->pooled);
    assert_near(figure->mean, 4.0, 1e-12);
    assert_near(figure->pooled_mean, 3.5 + lambda * 0.5, 1e-12);
    assert_near(figure->se, sqrt(0.1 * (1 - lambda) + (1 - lambda) * (1 - lambda) * 0.01), 1e-12);
    assert_false(cell_of(&groups[0], "team")->pooled);
    assert_false(cell_of(&groups[1], "team")->pooled);
}

/* The database knows the line of Acacia's leader; the organisation's map must not. */
static void test_leader_lines_stay_with_the_team(void **state)
{
    struct world *w = *state;
    build(w);
    size_t count;
    struct insight_group *groups = load(w, 1, &count);
    const struct insight_figure *leader = cell_of(&groups[2], "leader");
    assert_false(leader->shown);
    assert_true(slice_equal(leader->reason, S("leader-line")));
    assert_int_equal(leader->n, 0);
    assert_near(leader->mean, 0, 0);
    assert_true(slice_equal(cell_of(&groups[3], "leader")->reason, S("not-asked")));
    assert_false(cell_of(&groups[0], "leader")->shown);
}

static void test_unknown_round(void **state)
{
    struct world *w = *state;
    struct insight_group *groups;
    size_t count;
    assert_failure(w, insight_round_load(w->session, w->org, 7, w->region, &w->error, &groups, &count),
                   ERROR_NOT_FOUND, "round-unknown");
}

/* ---- Export ------------------------------------------------------------------------------------- */

static bool holds(const struct buffer *text, const char *part)
{
    return slice_find(buffer_slice(text), slice_from_text(part)) < text->length;
}

static void export(struct world *w, bool with_totals, struct buffer *out)
{
    buffer_clear(out);
    assert_ok(w, insight_export(&w->application, w->org, with_totals, w->region, &w->error, out));
}

static size_t count_of(const struct buffer *text, const char *part)
{
    struct slice rest = buffer_slice(text), needle = slice_from_text(part);
    size_t count = 0;
    for (size_t at = slice_find(rest, needle); at < rest.length; at = slice_find(rest, needle)) {
        rest = slice_from(rest, at + needle.length);
        count++;
    }
    return count;
}

static void test_export(void **state)
{
    struct world *w = *state;
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    export(w, true, &out);
    assert_int_equal(count_of(&out, "\"construct\""), 0);
    build(w);
    export(w, false, &out);
    assert_true(holds(&out, "\"Acacia\""));
    assert_false(holds(&out, "\"group\""));
    assert_int_equal(count_of(&out, "\"5-or-more\""), 1); /* Berk: no exact n */
    assert_int_equal(count_of(&out, "\"n\": 8"), 1);      /* Acacia */
    assert_int_equal(count_of(&out, "\"too-few\""), 1);   /* Ceder; it was not asked about a leader */
    assert_int_equal(count_of(&out, "\"leader-line\""), 1);
    assert_int_equal(count_of(&out, "\"shown\": true"), 2);
    export(w, true, &out);
    assert_int_equal(count_of(&out, "\"group\""), 4);
}

/* ---- Parts of a full round ---------------------------------------------------------------------- */

/* The six questions of the team line, two a facet: reliability and competence at 4, integrity as given. */
static void keep_full(struct world *w, int64_t number, int64_t team, const char *form, const char *integrity)
{
    static const char *const ITEMS[] = {"tr1", "tr2", "tc1", "tc2"};
    kept_round(w, number, number * 28, form);
    kept_part(w, number, team, 0, 12);
    kept_group(w, number, "team", team, 10);
    for (size_t i = 0; i < COUNT_OF(ITEMS); i++)
        kept_item(w, number, team, ITEMS[i], "team", "", "0 0 2 6 2");
    kept_item(w, number, team, "ti1", "team", "", integrity);
    kept_item(w, number, team, "ti2", "team", "", integrity);
}

static size_t facets(struct world *w, int64_t team, int64_t number, struct insight_facet **ret_facets,
                     size_t *ret_compared)
{
    size_t count;
    assert_ok(w, insight_facets_load(w->session, w->org, team, number, false, w->region, &w->error,
                                     ret_facets, &count, ret_compared));
    return count;
}

/* Every item has variance 4 / 9, ten answers: se of a difference of 2 items to 4 is sqrt(4/9 * 0.75 / 10) =
 * 0.183; with three comparisons t(1 - .05/6, 9) = 2.93, so half a point stays silent and a whole point is
 * said. */
static void test_facets(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 12, false);
    struct insight_facet *found;
    size_t compared;
    keep_full(w, 1, team, "full", "0 1 4 4 1"); /* mean 3.5 */
    keep_full(w, 2, team, "full", "0 2 6 2 0"); /* mean 3.0 */
    keep_full(w, 3, team, "pulse", "0 2 6 2 0");
    assert_int_equal(facets(w, team, 1, &found, &compared), 0);
    assert_int_equal(compared, 3);
    assert_int_equal(facets(w, team, 2, &found, &compared), 1);
    assert_true(slice_equal(found[0].facet->id, S("integrity")));
    assert_near(found[0].mean, 3.0, 1e-12);
    assert_near(found[0].rest, 4.0, 1e-12);
    assert_int_equal(facets(w, team, 3, &found, &compared), 0);
    assert_int_equal(compared, 0); /* a pulse has no parts */
    keep_full(w, 4, team, "full", "2 6 2 0 0");
    assert_int_equal(facets(w, team, 4, &found, &compared),
                     1); /* one low facet does not make the others high */
    assert_near(found[0].mean, 2.0, 1e-12);
}

static void test_facets_of_shown_items_only(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 12, false);
    struct insight_facet *found;
    size_t compared;
    keep_full(w, 1, team, "full", NULL);
    assert_int_equal(facets(w, team, 1, &found, &compared), 0);
    assert_int_equal(compared, 2);
}

/* Everybody gave the same answer everywhere: nothing is known about chance, so nothing is said. */
static void test_facets_without_variance(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "Noord", 0, 12, false);
    struct insight_facet *found;
    size_t compared;
    kept_round(w, 1, 0, "full");
    kept_part(w, 1, team, 0, 12);
    kept_group(w, 1, "team", team, 10);
    kept_item(w, 1, team, "tr1", "team", "", "0 0 0 10 0");
    kept_item(w, 1, team, "tr2", "team", "", "0 0 0 10 0");
    kept_item(w, 1, team, "ti1", "team", "", "0 0 10 0 0");
    kept_item(w, 1, team, "ti2", "team", "", "0 0 10 0 0");
    assert_int_equal(facets(w, team, 1, &found, &compared), 0);
    assert_int_equal(compared, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_map),
        SQLITE_ONLY(test_pooled_mean_by_hand),
        BOTH(test_leader_lines_stay_with_the_team),
        SQLITE_ONLY(test_unknown_round),
        BOTH(test_export),
        BOTH(test_facets),
        SQLITE_ONLY(test_facets_of_shown_items_only),
        SQLITE_ONLY(test_facets_without_variance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Facets: from full forms only, and only named when chance does not explain the difference.
 *
 * Nothing joins two answers of one person, so the items count as independent. Answers of one person go
 * together, so this makes the uncertainty of a difference too large rather than too small. */
#include "insight/facets.h"

#include <math.h>

STATEMENT(FACET_ITEMS,
          "SELECT i.item, i.lowest, i.counts FROM result_item i "
          "JOIN round r ON r.org_id = i.org_id AND r.round_number = i.round_number AND r.form = 'full' "
          "WHERE i.org_id = $1 AND i.round_number = $2 AND i.group_kind = 'team' AND i.group_id = $3 "
          "AND i.reason = '' AND i.counts IS NOT NULL");

enum { FACET_ITEMS_MINIMUM = 2 };
#define FACET_LEVEL 0.95

struct facet_item {
    const struct instrument_item *item;
    struct group_sums answers; /* after reversal */
};

/* What a full round asked, by the place in its questionnaire. */
struct asked {
    const struct instrument *instrument;
    struct facet_item items[INSTRUMENT_ITEMS_MAXIMUM];
};

/* One side of a comparison: sum of item means. */
struct side {
    double sum;
    size_t items;
};

static struct facet_item read_item(const struct store_rows *rows, const struct instrument_item *item)
{
    struct facet_item read = {.item = item};
    struct slice counts = store_column_text(rows, 2), part;
    int64_t lowest = store_column_integer(rows, 1), value = lowest, count, n = 0, sum = 0, squares = 0;
    int64_t highest = lowest + QUESTIONNAIRE_OPTIONS - 1;
    while (slice_take(&counts, ' ', &part) && slice_to_integer(part, 0, INT64_MAX, &count)) {
        int64_t scored = item->reversed ? lowest + highest - value : value;
        n += count;
        sum += count * scored;
        squares += count * scored * scored;
        value++;
    }
    read.answers = group_sums_from_integers(n, sum, squares, 1);
    return read;
}

static bool belongs(const struct asked *asked, size_t i, size_t construct)
{
    const struct facet_item *item = &asked->items[i];
    return item->item != NULL && item->answers.n > 0 && item->item->construct == construct &&
           item->item->about_leader == asked->instrument->constructs[construct].about_leader;
}

/* The variance of one answer, pooled over the items of the construct, and the fewest answers of any of them.
 */
static double item_variance(const struct asked *asked, size_t construct, int64_t *ret_fewest)
{
    struct group_sums answers[INSTRUMENT_ITEMS_MAXIMUM];
    size_t count = 0;
    int64_t df = 0, fewest = INT64_MAX;
    for (size_t i = 0; i < INSTRUMENT_ITEMS_MAXIMUM; i++) {
        if (!belongs(asked, i, construct))
            continue;
        answers[count++] = asked->items[i].answers;
        fewest = asked->items[i].answers.n < fewest ? asked->items[i].answers.n : fewest;
    }
    *ret_fewest = fewest;
    return pooled_within_variance(answers, count, &df);
}

/* A facet that was named already no longer counts among the others: one low facet does not make the rest
 * high. */
static void sides(const struct asked *asked, size_t facet, const bool *named, struct side *ret_own,
                  struct side *ret_rest)
{
    *ret_own = *ret_rest = (struct side){0};
    for (size_t i = 0; i < INSTRUMENT_ITEMS_MAXIMUM; i++) {
        if (!belongs(asked, i, asked->instrument->facets[facet].construct))
            continue;
        bool own = asked->items[i].item->facet == facet;
        if (!own && named[asked->items[i].item->facet])
            continue;
        struct side *side = own ? ret_own : ret_rest;
        side->sum += asked->items[i].answers.mean;
        side->items++;
    }
}

static bool compare(const struct asked *asked, size_t facet, const bool *named, struct side *ret_own,
                    struct side *ret_rest)
{
    const struct instrument *instrument = asked->instrument;
    if (named[facet] || !instrument->constructs[instrument->facets[facet].construct].line)
        return false;
    sides(asked, facet, named, ret_own, ret_rest);
    return ret_own->items >= FACET_ITEMS_MINIMUM && ret_rest->items >= FACET_ITEMS_MINIMUM;
}

static double difference_of(const struct side *own, const struct side *rest)
{
    return own->sum / (double)own->items - rest->sum / (double)rest->items;
}

/* compared: the level is shared by all that are looked at (Bonferroni). */
static bool stands_out(const struct asked *asked, size_t facet, const struct side *own,
                       const struct side *rest, size_t compared)
{
    int64_t fewest;
    double variance = item_variance(asked, asked->instrument->facets[facet].construct, &fewest);
    double low, high, level = 1 - (1 - FACET_LEVEL) / (double)compared;
    variance *= (1 / (double)own->items + 1 / (double)rest->items) / (double)fewest;
    if (!(variance > 0) ||
        !mean_interval(difference_of(own, rest), 1, variance, fewest - 1, level, &low, &high))
        return false;
    return low > 0 || high < 0;
}

/* The facet that lies furthest from the others of its line, of those that stand out; facet_count: none. */
static size_t furthest(const struct asked *asked, const bool *named, size_t compared)
{
    size_t found = asked->instrument->facet_count;
    double most = 0;
    for (size_t f = 0; f < asked->instrument->facet_count; f++) {
        struct side own, rest;
        if (!compare(asked, f, named, &own, &rest) || fabs(difference_of(&own, &rest)) <= most ||
            !stands_out(asked, f, &own, &rest, compared))
            continue;
        most = fabs(difference_of(&own, &rest));
        found = f;
    }
    return found;
}

static enum error_code read_items(struct store_session *session, int64_t org, int64_t team,
                                  int64_t round_number, bool with_leader, struct error *error,
                                  struct asked *asked)
{
    const struct instrument *instrument = asked->instrument;
    STORE_ROWS(rows);
    TRY(store_select(session, &FACET_ITEMS,
                     PARAMETERS(V_INTEGER(org), V_INTEGER(round_number), V_INTEGER(team)), error, &rows));
    while (store_next(&rows)) {
        const struct instrument_item *item = instrument_item_find(instrument, store_column_text(&rows, 0));
        if (item != NULL && (with_leader || !item->about_leader))
            asked->items[item - instrument->items] = read_item(&rows, item);
    }
    return store_rows_end(&rows);
}

enum error_code insight_facets_load(struct store_session *session, int64_t org, int64_t team,
                                    int64_t round_number, bool with_leader, struct region *region,
                                    struct error *error, struct insight_facet **ret_facets, size_t *ret_count,
                                    size_t *ret_compared)
{
    struct asked *asked = REGION_NEW(region, struct asked); /* large */
    struct insight_facet *facets = REGION_ARRAY(region, INSTRUMENT_FACETS_MAXIMUM, struct insight_facet);
    bool named[INSTRUMENT_FACETS_MAXIMUM] = {0};
    struct side own, rest;
    size_t compared = 0, count = 0;
    if (facets == NULL || asked == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(questionnaire_of_round(session, org, round_number, region, error, &asked->instrument));
    const struct instrument *instrument = asked->instrument;
    TRY(read_items(session, org, team, round_number, with_leader, error, asked));
    for (size_t f = 0; f < instrument->facet_count; f++)
        compared += compare(asked, f, named, &own, &rest);
    for (size_t f = furthest(asked, named, compared); f < instrument->facet_count;
         f = furthest(asked, named, compared)) {
        sides(asked, f, named, &own, &rest);
        facets[count++] = (struct insight_facet){
            .facet = &instrument->facets[f],
            .mean = own.sum / (double)own.items,
            .rest = rest.sum / (double)rest.items,
        };
        named[f] = true;
    }
    *ret_facets = facets;
    *ret_count = count;
    *ret_compared = compared;
    return OK;
}

/* Plan of a close: which questions there are, and which figures they make. */
#include "pulse/close.h"
#include "pulse/round.h"

static size_t add_item(struct close_plan *plan, const struct instrument *instrument,
                       const struct instrument_item *item)
{
    plan->items[plan->item_count] = (struct close_item){
        .id = item->id,
        .construct = instrument->constructs[item->construct].id,
        .low = 1,
        .high = (int)instrument->option_count,
        .reversed = item->reversed,
    };
    return plan->item_count++;
}

static struct close_measure *measure_of(struct close_plan *plan, struct slice id, bool about_leader)
{
    for (size_t m = 0; m < plan->measure_count; m++)
        if (slice_equal(plan->measures[m].id, id))
            return &plan->measures[m];
    if (plan->measure_count == CLOSE_MEASURES_MAXIMUM)
        return NULL;
    struct close_measure *measure = &plan->measures[plan->measure_count++];
    *measure = (struct close_measure){.id = id, .about_leader = about_leader};
    return measure;
}

static void add_to_measure(struct close_measure *measure, size_t item)
{
    if (measure != NULL && measure->item_count < CLOSE_ITEMS_MAXIMUM)
        measure->items[measure->item_count++] = item;
}

/* Lines are the anchors of their construct, in both forms; a full form adds the whole scale under
 * "<line>-scale". Other constructs (outcomes) are figures of their own. */
void close_plan_make(struct close_plan *plan, const struct instrument *instrument, int64_t round_number,
                     bool full, struct region *region)
{
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    size_t count = instrument_select(instrument, full, round_number, true, items);
    for (size_t i = 0; i < count; i++) {
        const struct instrument_construct *construct = &instrument->constructs[items[i]->construct];
        size_t item = add_item(plan, instrument, items[i]);
        if (!construct->line) {
            add_to_measure(measure_of(plan, construct->id, items[i]->about_leader), item);
            continue;
        }
        if (items[i]->anchor > 0)
            add_to_measure(measure_of(plan, construct->id, construct->about_leader), item);
        /* The two questions about nearness to the leader stay out of the scale of the team. */
        if (full && items[i]->about_leader == construct->about_leader)
            add_to_measure(measure_of(plan, region_format(region, "%.*s-scale", SLICE_ARG(construct->id)),
                                      construct->about_leader),
                           item);
    }
    for (size_t m = 0; m < plan->measure_count; m++) {
        struct close_measure *measure = &plan->measures[m];
        bool scale = slice_ends_with(measure->id, S("-scale"));
        measure->answered_minimum = scale ? (measure->item_count * 3 + 3) / 4 : measure->item_count;
    }
    plan->items[plan->item_count++] =
        (struct close_item){.id = PROMISE_ITEM, .low = PROMISE_YES, .high = PROMISE_NOT_SEEN};
}

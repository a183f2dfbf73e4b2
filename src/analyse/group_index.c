#include "analyse/group_index.h"

enum { FIRST_SLOTS = 1024 };

void group_index_free(struct group_index *index)
{
    array_free(index->names, index->capacity, sizeof *index->names);
    array_free(index->bytes, index->bytes_capacity, 1);
    free(index->slots);
    *index = (struct group_index){0};
}

/* FNV-1a and a mix, but of the last byte only its sum: files mostly count their groups, and so ten of them
 * in a row are neighbours in the table, in one line of the cache. */
static uint32_t hash_of(struct slice name)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    uint8_t last = name.length > 0 ? (uint8_t)name.data[name.length - 1] : 0;
    for (size_t i = 0; i + 1 < name.length; i++)
        hash = (hash ^ (uint8_t)name.data[i]) * UINT64_C(1099511628211);
    return (uint32_t)((hash ^ (hash >> 32)) * UINT64_C(0x9E3779B97F4A7C15) >> 32) + last;
}

static uint32_t *slot_of(const struct group_index *index, struct slice name, uint32_t hash)
{
    uint32_t mask = index->slot_count - 1;
    for (uint32_t at = hash & mask;; at = (at + 1) & mask) {
        uint32_t group = index->slots[at];
        if (group == GROUP_NONE)
            return &index->slots[at];
        if (index->names[group].hash == hash && slice_equal(group_index_name(index, group), name))
            return &index->slots[at];
    }
}

static enum error_code grow_slots(struct group_index *index, struct error *error)
{
    uint32_t count = index->slot_count > 0 ? index->slot_count * 2 : FIRST_SLOTS;
    uint32_t *slots = malloc(count * sizeof(uint32_t));
    if (slots == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %u groups", index->count);
    memset(slots, 0xff, count * sizeof(uint32_t));
    for (uint32_t group = 0; group < index->count; group++) {
        uint32_t at = index->names[group].hash & (count - 1);
        while (slots[at] != GROUP_NONE)
            at = (at + 1) & (count - 1);
        slots[at] = group;
    }
    free(index->slots);
    index->slots = slots;
    index->slot_count = count;
    return OK;
}

static enum error_code append_name(struct group_index *index, struct slice name, uint32_t hash,
                                   struct error *error)
{
    size_t capacity = index->capacity;
    if (index->count == GROUP_INDEX_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-many-groups", "more than %d groups", GROUP_INDEX_MAXIMUM);
    TRY(array_grow((void **)&index->names, &capacity, (size_t)index->count + 1, sizeof *index->names, error));
    index->capacity = (uint32_t)capacity;
    TRY(array_grow((void **)&index->bytes, &index->bytes_capacity, index->bytes_used + name.length, 1,
                   error));
    if (name.length > 0)
        memcpy(index->bytes + index->bytes_used, name.data, name.length);
    index->names[index->count++] = (struct group_name){index->bytes_used, (uint32_t)name.length, hash};
    index->bytes_used += name.length;
    return OK;
}

enum error_code group_index_find(struct group_index *index, struct slice name, struct error *error,
                                 uint32_t *ret_group)
{
    if (index->count >= index->slot_count / 2)
        TRY(grow_slots(index, error));
    uint32_t hash = hash_of(name), *slot = slot_of(index, name, hash);
    if (*slot == GROUP_NONE) {
        TRY(append_name(index, name, hash, error));
        *slot = index->count - 1;
    }
    *ret_group = *slot;
    return OK;
}

struct slice group_index_name(const struct group_index *index, uint32_t group)
{
    return (struct slice){index->bytes + index->names[group].offset, index->names[group].length};
}

/* ---- Order ------------------------------------------------------------------------------------------ */

struct merging {
    const struct group_index *const *indexes;
    bool numbers;
    size_t count;
    struct group_place *places, *other; /* other: work space */
};

static struct slice name_of(const struct merging *merging, const struct group_place *place)
{
    return group_index_name(merging->indexes[place->index], place->group);
}

static bool comes_before(const struct merging *merging, const struct group_place *a,
                         const struct group_place *b)
{
    if (merging->numbers && (a->number < b->number || a->number > b->number))
        return a->number < b->number;
    return slice_compare(name_of(merging, a), name_of(merging, b)) < 0;
}

/* Mostly groups are counted with few digits. */
static bool to_number(struct slice name, double *ret_number)
{
    uint64_t value = 0;
    size_t i = 0;
    for (; i < name.length && i < 15 && name.data[i] >= '0' && name.data[i] <= '9'; i++)
        value = value * 10 + (uint64_t)(name.data[i] - '0');
    if (i == 0 || i < name.length)
        return slice_to_real(name, ret_number);
    *ret_number = (double)value;
    return true;
}

static void fill_places(struct merging *merging, size_t index_count)
{
    size_t at = 0;
    merging->numbers = true;
    for (uint32_t i = 0; i < index_count; i++)
        for (uint32_t group = 0; group < merging->indexes[i]->count; group++) {
            struct group_place *place = &merging->places[at++];
            *place = (struct group_place){0, i, group};
            merging->numbers = merging->numbers && to_number(name_of(merging, place), &place->number);
        }
}

/* Where the rising run that begins at `from` ends. */
static size_t run_end(const struct merging *merging, size_t from)
{
    size_t to = from < merging->count ? from + 1 : from;
    while (to < merging->count && !comes_before(merging, &merging->places[to], &merging->places[to - 1]))
        to++;
    return to;
}

static void merge_two(const struct merging *merging, size_t from, size_t middle, size_t to)
{
    const struct group_place *places = merging->places;
    size_t left = from, right = middle;
    for (size_t at = from; at < to; at++) {
        bool from_right =
            left == middle || (right < to && comes_before(merging, &places[right], &places[left]));
        merging->other[at] = places[from_right ? right++ : left++];
    }
}

/* Files are mostly in the order of their groups, so each thread's groups are one run, or nearly. */
static void sort_places(struct merging *merging)
{
    while (run_end(merging, 0) < merging->count) {
        for (size_t from = 0; from < merging->count;) {
            size_t middle = run_end(merging, from), to = run_end(merging, middle);
            merge_two(merging, from, middle, to);
            from = to;
        }
        struct group_place *sorted = merging->other;
        merging->other = merging->places;
        merging->places = sorted;
    }
}

enum error_code group_index_merge(const struct group_index *const *indexes, size_t index_count,
                                  uint32_t *const *maps, struct region *region, struct error *error,
                                  struct group_place **ret_places, size_t *ret_count)
{
    struct merging merging = {.indexes = indexes};
    size_t groups = 0;
    for (size_t i = 0; i < index_count; i++)
        merging.count += indexes[i]->count;
    merging.places = REGION_ARRAY(region, merging.count, struct group_place);
    merging.other = REGION_ARRAY(region, merging.count, struct group_place);
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu groups", merging.count);
    fill_places(&merging, index_count);
    sort_places(&merging);
    for (size_t i = 0; i < merging.count; i++) {
        struct group_place place = merging.places[i];
        if (groups == 0 ||
            !slice_equal(name_of(&merging, &place), name_of(&merging, &merging.places[groups - 1])))
            merging.places[groups++] = place;
        maps[place.index][place.group] = (uint32_t)(groups - 1);
    }
    *ret_places = merging.places;
    *ret_count = groups;
    return OK;
}

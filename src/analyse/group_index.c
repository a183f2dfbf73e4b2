#include "analyse/group_index.h"

enum { FIRST_SLOTS = 1024, FIRST_CAPACITY = 64 };

enum error_code array_grow(void **array, size_t *capacity, size_t wanted, size_t size, struct error *error)
{
    size_t larger = *capacity > 0 ? *capacity : FIRST_CAPACITY;
    if (wanted <= *capacity)
        return OK;
    while (larger < wanted && larger <= SIZE_MAX / 2 / size)
        larger *= 2;
    /* The system moves large pieces without copying, and pages nobody wrote to cost nothing. */
    void *moved = larger < wanted ? NULL : realloc(*array, larger * size);
    if (moved == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu entries of %zu bytes", wanted, size);
    *array = moved;
    *capacity = larger;
    return OK;
}

void group_index_free(struct group_index *index)
{
    free(index->names);
    free(index->bytes);
    free(index->slots);
    *index = (struct group_index){0};
}

/* FNV-1a with a last mix, as names are often consecutive numbers. */
static uint32_t hash_of(struct slice name)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ (uint8_t)name.data[i]) * UINT64_C(1099511628211);
    return (uint32_t)((hash ^ (hash >> 32)) * UINT64_C(0x9E3779B97F4A7C15) >> 32);
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

struct sort_entry {
    double number;
    struct slice name;
    uint32_t group;
};

static int by_name(const void *a, const void *b)
{
    const struct sort_entry *x = a, *y = b;
    return slice_compare(x->name, y->name);
}

static int by_number(const void *a, const void *b)
{
    const struct sort_entry *x = a, *y = b;
    if (x->number < y->number)
        return -1;
    return x->number > y->number ? 1 : slice_compare(x->name, y->name);
}

enum error_code group_index_sort(const struct group_index *index, struct error *error, uint32_t *ret_order)
{
    bool numbers = true, sorted = true;
    struct sort_entry *entries = malloc(((size_t)index->count + 1) * sizeof *entries);
    if (entries == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %u groups", index->count);
    for (uint32_t group = 0; group < index->count; group++) {
        entries[group] = (struct sort_entry){0, group_index_name(index, group), group};
        numbers = numbers && slice_to_real(entries[group].name, &entries[group].number);
    }
    int (*compare)(const void *, const void *) = numbers ? by_number : by_name;
    for (uint32_t group = 1; sorted && group < index->count; group++)
        sorted = compare(&entries[group - 1], &entries[group]) < 0;
    if (!sorted) /* files mostly are */
        qsort(entries, index->count, sizeof *entries, compare);
    for (uint32_t i = 0; i < index->count; i++)
        ret_order[i] = entries[i].group;
    free(entries);
    return OK;
}

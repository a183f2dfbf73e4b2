/* Numbers for the names of groups, in the order in which they appear. One index is for one thread. */
#ifndef HECHT_ANALYSE_GROUP_INDEX_H
#define HECHT_ANALYSE_GROUP_INDEX_H

#include "base/base.h"

enum { GROUP_INDEX_MAXIMUM = 20 * 1000 * 1000 };
#define GROUP_NONE UINT32_MAX

struct group_name {
    size_t offset; /* into bytes */
    uint32_t length, hash;
};

struct group_index {
    struct group_name *names;
    uint32_t count, capacity;
    char *bytes;
    size_t bytes_used, bytes_capacity;
    uint32_t *slots;     /* open addressing; GROUP_NONE: free */
    uint32_t slot_count; /* a power of two, at least twice count */
};

void group_index_free(struct group_index *index); /* also for CLEANUP */
/* O(length). ERROR_LIMIT past GROUP_INDEX_MAXIMUM, ERROR_MEMORY. */
enum error_code group_index_find(struct group_index *index, struct slice name, struct error *error,
                                 uint32_t *ret_group) MUST_CHECK;
/* Valid until the next find. */
struct slice group_index_name(const struct group_index *index, uint32_t group);

/* A group of one of several indexes. */
struct group_place {
    double number; /* of its name, where all are numbers */
    uint32_t index, group;
};

/* The groups of several indexes together, a name in more than one of them being one group, in the order of
 * results: by number when every name is a number, otherwise by bytes. ret_places are in the region, each as
 * the first index has it. maps[i][group] becomes the place of a group of index i. O(n log n), O(n) when
 * they are in order already. */
enum error_code group_index_merge(const struct group_index *const *indexes, size_t index_count,
                                  uint32_t *const *maps, struct region *region, struct error *error,
                                  struct group_place **ret_places, size_t *ret_count) MUST_CHECK;

#endif

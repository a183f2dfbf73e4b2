#include "http/router.h"

#include "base/base.h"
#include "http/form.h"
#include "http/limits.h"

struct entry {
    const struct http_route *route;
    struct slice segments[ROUTER_SEGMENTS_MAXIMUM]; /* of the pattern */
    size_t segment_count;
};

/* Entries are sorted so that the first that fits is the right one. */
struct router {
    size_t count;
    struct entry entries[];
};

static bool is_parameter(struct slice segment)
{
    return segment.length > 0 && segment.data[0] == ':';
}

/* "/a/b" has the segments "a" and "b"; "/" has one, which is empty. False when there are too many or the path
 * does not begin with '/'. */
static bool split(struct slice path, struct slice *ret_segments, size_t *ret_count)
{
    if (path.length == 0 || path.data[0] != '/')
        return false;
    struct slice rest = slice_from(path, 1);
    struct slice segment;
    size_t count = 0;
    while (slice_take(&rest, '/', &segment)) {
        if (count == ROUTER_SEGMENTS_MAXIMUM)
            return false;
        ret_segments[count++] = segment;
    }
    *ret_count = count;
    return true;
}

/* Literals first and in order, parameters last and all equal. */
static int compare_segments(struct slice a, struct slice b)
{
    if (is_parameter(a) || is_parameter(b))
        return is_parameter(a) - is_parameter(b);
    return slice_compare(a, b);
}

static int compare_paths(const struct entry *a, const struct entry *b)
{
    if (a->segment_count != b->segment_count)
        return a->segment_count < b->segment_count ? -1 : 1;
    for (size_t i = 0; i < a->segment_count; i++) {
        int order = compare_segments(a->segments[i], b->segments[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    int order = compare_paths(a, b);
    return order != 0 ? order : (int)a->route->method - (int)b->route->method;
}

static bool pattern_is_valid(const struct entry *entry)
{
    size_t parameters = 0;
    for (size_t i = 0; i < entry->segment_count; i++) {
        struct slice segment = entry->segments[i];
        if (segment.length == 0 && entry->segment_count > 1)
            return false;
        if (is_parameter(segment) && (segment.length == 1 || ++parameters > HTTP_PATH_PARAMETERS_MAXIMUM))
            return false;
    }
    return true;
}

static bool route_is_valid(const struct http_route *route)
{
    bool get_without_body = route->method == HTTP_GET && route->body == BODY_NONE;
    bool post = route->method == HTTP_POST && route->body >= BODY_NONE && route->body <= BODY_ANY;
    return (get_without_body || post) && route->handler != NULL && route->permission >= PERMISSION_PUBLIC &&
           route->permission <= PERMISSION_LAST && route->rate >= RATE_PAGE && route->rate <= RATE_ANSWER &&
           route->body_maximum <= LIMIT_BODY_LARGEST;
}

static enum error_code add_route(struct router *router, const struct http_route *route, struct error *error)
{
    struct entry *entry = &router->entries[router->count];
    entry->route = route;
    if (!split(slice_from_text(route->pattern), entry->segments, &entry->segment_count) ||
        !pattern_is_valid(entry) || !route_is_valid(route))
        return FAIL(error, ERROR_INTERNAL, "route-invalid", "the row of route %s is wrong",
                    route->pattern == NULL ? "(no pattern)" : route->pattern);
    router->count++;
    return OK;
}

static enum error_code add_all(struct router *router, const struct http_route_table *tables,
                               size_t table_count, struct error *error)
{
    for (size_t table = 0; table < table_count; table++)
        for (size_t row = 0; row < tables[table].count; row++)
            TRY(add_route(router, &tables[table].routes[row], error));
    qsort(router->entries, router->count, sizeof(struct entry), compare_entries);
    for (size_t i = 1; i < router->count; i++)
        if (compare_entries(&router->entries[i - 1], &router->entries[i]) == 0)
            return FAIL(error, ERROR_INTERNAL, "route-twice", "%s and %s are the same route",
                        router->entries[i - 1].route->pattern, router->entries[i].route->pattern);
    return OK;
}

enum error_code router_make(const struct http_route_table *tables, size_t table_count, struct error *error,
                            struct router **ret_router)
{
    size_t count = 0;
    for (size_t i = 0; i < table_count; i++)
        count += tables[i].count;
    struct router *router = calloc(1, sizeof(*router) + count * sizeof(struct entry));
    if (router == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu routes", count);
    enum error_code code = add_all(router, tables, table_count, error);
    if (code != OK) {
        router_free(router);
        return code;
    }
    *ret_router = router;
    return OK;
}

struct router *router_free(struct router *router)
{
    free(router);
    return NULL;
}

static bool fits(const struct entry *entry, const struct slice *segments, size_t count)
{
    if (entry->segment_count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (is_parameter(entry->segments[i]) ? segments[i].length == 0
                                             : !slice_equal(entry->segments[i], segments[i]))
            return false;
    }
    return true;
}

static void take_parameters(const struct entry *entry, const struct slice *segments,
                            struct router_match *match)
{
    for (size_t i = 0; i < entry->segment_count; i++)
        if (is_parameter(entry->segments[i]))
            match->parameters[match->parameter_count++] =
                (struct http_field){slice_from(entry->segments[i], 1), segments[i]};
}

/* Each segment is decoded after the split, so that an escaped '/' stays inside its segment. A control
 * character has no place in a path, escaped or not. */
static bool split_and_decode(struct slice path, char *scratch, struct slice *ret_segments, size_t *ret_count)
{
    if (!split(path, ret_segments, ret_count))
        return false;
    for (size_t i = 0; i < *ret_count; i++) {
        size_t length;
        if (!percent_decode(ret_segments[i], false, scratch, &length))
            return false;
        ret_segments[i] = slice_from_bytes(scratch, length);
        if (!slice_is_clean_text(ret_segments[i], ""))
            return false;
        scratch += length;
    }
    return true;
}

void router_find(const struct router *router, int method, struct slice path, char *scratch,
                 struct router_match *ret_match)
{
    *ret_match = (struct router_match){0};
    struct slice segments[ROUTER_SEGMENTS_MAXIMUM];
    size_t count;
    if (!split_and_decode(path, scratch, segments, &count))
        return;
    for (size_t i = 0; i < router->count; i++) {
        const struct entry *entry = &router->entries[i];
        if (!fits(entry, segments, count))
            continue;
        ret_match->path_known = true;
        ret_match->allows_get |= entry->route->method == HTTP_GET;
        ret_match->allows_post |= entry->route->method == HTTP_POST;
        if (ret_match->route == NULL && (int)entry->route->method == method) {
            ret_match->route = entry->route;
            take_parameters(entry, segments, ret_match);
        }
    }
}

void http_route_list(const struct http_route_table *tables, size_t table_count, http_route_visitor *visit,
                     void *context)
{
    for (size_t table = 0; table < table_count; table++)
        for (size_t row = 0; row < tables[table].count; row++)
            visit(&tables[table].routes[row], context);
}

const char *http_permission_name(enum permission permission)
{
    switch (permission) {
    case PERMISSION_PUBLIC:
        return "public";
    case PERMISSION_ANONYMOUS:
        return "anonymous";
    case PERMISSION_CLAIM:
        return "claim";
    case PERMISSION_SIGNED_IN:
        return "signed-in";
    case PERMISSION_TEAM_MEMBER:
        return "team-member";
    case PERMISSION_TEAM_LEADER:
        return "team-leader";
    case PERMISSION_TEAM_LEADING:
        return "team-leading";
    case PERMISSION_TEAM:
        return "team";
    case PERMISSION_TEAM_LIST:
        return "team-list";
    case PERMISSION_ORG_OWNER:
        return "org-owner";
    case PERMISSION_ORG_VIEWER:
        return "org-viewer";
    case PERMISSION_CONFIDANT:
        return "confidant";
    case PERMISSION_AUDITOR:
        return "auditor";
    case PERMISSION_COUNCIL:
        return "works-council";
    case PERMISSION_OVERSIGHT:
        return "oversight";
    case PERMISSION_EXAMPLE:
        return "example";
    }
    return "unknown";
}

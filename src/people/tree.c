/* Names and places in the tree of units: changing them. */
#include "people/people.h"

STATEMENT(UNIT_CHANGE, "UPDATE unit SET name = $3, parent_id = $4 WHERE org_id = $1 AND unit_id = $2");
STATEMENT(TEAM_CHANGE, "UPDATE team SET name = $3, unit_id = $4 WHERE org_id = $1 AND team_id = $2");
STATEMENT(TEAM_NAME_TAKEN, "SELECT count(*) FROM team WHERE org_id = $1 AND name = $3 AND team_id <> $2");

struct tree {
    const struct unit *units; /* parents first */
    size_t count;
};

static const struct unit *find_unit(const struct tree *tree, int64_t id)
{
    for (size_t i = 0; i < tree->count && id != 0; i++)
        if (tree->units[i].id == id)
            return &tree->units[i];
    return NULL;
}

/* How many units there are from the top to this one. *ret_passes: `through` is one of them. */
static int depth_of(const struct tree *tree, int64_t id, int64_t through, bool *ret_passes)
{
    int depth = 0;
    for (const struct unit *unit = find_unit(tree, id); unit != NULL; unit = find_unit(tree, unit->parent)) {
        *ret_passes = *ret_passes || unit->id == through;
        depth++;
    }
    return depth;
}

/* How deep the units below this one go, itself counted. */
static int height_of(const struct tree *tree, int64_t id)
{
    bool self = false;
    int own = depth_of(tree, id, id, &self), most = 1;
    for (size_t i = 0; i < tree->count; i++) {
        bool below = false;
        int depth = depth_of(tree, tree->units[i].id, id, &below);
        if (below && depth - own + 1 > most)
            most = depth - own + 1;
    }
    return most;
}

static enum error_code check_place(const struct tree *tree, int64_t unit, int64_t parent, struct error *error)
{
    bool under_itself = false;
    int depth = depth_of(tree, parent, unit, &under_itself);
    if (find_unit(tree, unit) == NULL)
        return FAIL(error, ERROR_NOT_FOUND, "unit-unknown", "there is no such unit");
    if (parent != 0 && find_unit(tree, parent) == NULL)
        return FAIL(error, ERROR_INPUT, "unit-unknown", "the unit above does not exist");
    if (under_itself)
        return FAIL(error, ERROR_CONFLICT, "unit-loop", "a unit cannot be below itself");
    if (depth + height_of(tree, unit) > UNIT_DEPTH_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "units-too-deep", "units nest at most %d deep", UNIT_DEPTH_MAXIMUM);
    return OK;
}

enum error_code unit_change(struct store_session *session, int64_t org, int64_t unit, struct slice name,
                            int64_t parent, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(8 << 20);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct slice clean;
    struct unit *units;
    size_t count;
    TRY(name_check(name, TEAM_NAME_MAXIMUM, "unit-name", error, &clean));
    TRY(unit_list(session, org, region, error, &units, &count));
    TRY(check_place(&(struct tree){units, count}, unit, parent, error));
    return store_execute(
        session, &UNIT_CHANGE,
        PARAMETERS(V_INTEGER(org), V_INTEGER(unit), V_TEXT(clean), parent != 0 ? V_INTEGER(parent) : V_NULL),
        error, NULL);
}

enum error_code team_change(struct store_session *session, int64_t org, int64_t team, struct slice name,
                            int64_t unit, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(8 << 20);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct slice clean;
    struct unit *units;
    size_t count;
    int64_t taken = 0;
    TRY(name_check(name, TEAM_NAME_MAXIMUM, "team-name", error, &clean));
    TRY(unit_list(session, org, region, error, &units, &count));
    if (unit != 0 && find_unit(&(struct tree){units, count}, unit) == NULL)
        return FAIL(error, ERROR_INPUT, "unit-unknown", "the unit of the team does not exist");
    TRY(store_one_integer(session, &TEAM_NAME_TAKEN,
                          PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_TEXT(clean)), error, NULL, &taken));
    if (taken > 0)
        return FAIL(error, ERROR_CONFLICT, "team-name-taken", "there is a team of this name already");
    return store_execute(
        session, &TEAM_CHANGE,
        PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_TEXT(clean), unit != 0 ? V_INTEGER(unit) : V_NULL),
        error, NULL);
}

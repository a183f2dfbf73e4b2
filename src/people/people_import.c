#include "people/people_import.h"

#include "people/deputy.h"

STATEMENT(IMPORT_PEOPLE_THERE,
          "SELECT person_id, address, name FROM person WHERE org_id = $1 ORDER BY person_id LIMIT 200001");
STATEMENT(IMPORT_TEAMS_THERE,
          "SELECT t.team_id, t.unit_id, t.name, CASE WHEN EXISTS (SELECT 1 FROM joint_group g WHERE "
          "g.org_id = t.org_id AND g.team_id = t.team_id) THEN 1 ELSE 0 END, CASE WHEN EXISTS (SELECT 1 "
          "FROM joint_now n WHERE n.org_id = t.org_id AND n.team_id = t.team_id) THEN 1 ELSE 0 END "
          "FROM team t WHERE t.org_id = $1 ORDER BY t.team_id LIMIT 20000");
STATEMENT(IMPORT_ROLES_THERE,
          "SELECT team_id, person_id, role FROM team_role WHERE org_id = $1 ORDER BY team_id, person_id");
STATEMENT(IMPORT_UNIT_INSERT, "INSERT INTO unit (org_id, unit_id, parent_id, name) VALUES ($1, $2, $3, $4)");
STATEMENT(IMPORT_TEAM_INSERT,
          "INSERT INTO team (org_id, team_id, unit_id, name, created_at) VALUES ($1, $2, $3, $4, $5)");
STATEMENT(IMPORT_TEAM_UNIT, "UPDATE team SET unit_id = $3 WHERE org_id = $1 AND team_id = $2");
STATEMENT(IMPORT_PERSON_INSERT, "INSERT INTO person (org_id, person_id, address, name, language, created_at) "
                                "VALUES ($1, $2, $3, $4, $5, $6)");
STATEMENT(IMPORT_DEPUTIES, "SELECT team_id FROM team_deputy WHERE org_id = $1 ORDER BY team_id");
STATEMENT(IMPORT_ROLE_END, "DELETE FROM team_role WHERE org_id = $1 AND team_id = $2 AND person_id = $3");
STATEMENT(IMPORT_ROLE_GIVE,
          "INSERT INTO team_role (org_id, team_id, person_id, role, since) VALUES ($1, $2, $3, $4, $5)");

enum { NONE = -1 };

struct import_unit {
    int64_t id; /* 0: new */
    struct slice path, name;
    struct import_unit *parent; /* NULL: directly under the organisation */
};

/* Indices of people, in the order in which changes are compared. */
struct import_leaders {
    size_t people[TEAM_LEADERS_MAXIMUM];
    size_t count;
};

struct import_team {
    int64_t id; /* 0: new */
    struct slice name;
    struct import_unit *unit, *unit_before;
    bool named;        /* by the file */
    bool joint, part;  /* a group of small teams, which has no list; a team in one */
    bool leader_named; /* the file says who leads it */
    int64_t members;   /* as they would be */
    struct import_leaders leaders, leaders_before;
};

struct import_person {
    int64_t id; /* 0: new */
    struct slice address, name, language;
    size_t joins, leaves; /* teams, as a member */
};

struct import_change {
    size_t team, person; /* indices */
    enum team_role before, after;
    bool named; /* the file says the role itself */
};

/* A role as it is, or as a row of the file says. */
struct held {
    size_t team, person;
    enum team_role role;
    bool in_file;
};

struct planning {
    struct people_import *import;
    struct store_session *session;
    int64_t org;
    struct region *region;
    struct error *error;
    struct import_unit *units; /* of the organisation, then those of the file that are new */
    size_t unit_count, unit_known;
    size_t *teams_by_name, *people_by_address; /* those that are there, sorted */
    size_t team_known, person_known;
    size_t *teams_by_id, *people_by_id;
    struct held *held; /* the organisation's roles, then the rows of the file */
    size_t held_count;
};

static enum error_code no_memory(struct error *error)
{
    return FAIL(error, ERROR_MEMORY, "no-memory", "no memory for so many people");
}

/* ---- What is there ----------------------------------------------------------------------------------- */

static enum error_code read_units(struct planning *planning, const struct unit **ret_units)
{
    struct unit *units;
    size_t count;
    TRY(unit_list(planning->session, planning->org, planning->region, planning->error, &units, &count));
    struct slice *paths = people_unit_paths(units, count, planning->region);
    planning->units = REGION_ARRAY(planning->region, 2 * (size_t)UNITS_MAXIMUM, struct import_unit);
    if (paths == NULL || planning->units == NULL)
        return no_memory(planning->error);
    for (size_t i = 0; i < count; i++)
        planning->units[i] = (struct import_unit){.id = units[i].id, .path = paths[i], .name = units[i].name};
    planning->unit_count = planning->unit_known = count;
    *ret_units = units;
    return OK;
}

static struct import_unit *unit_by_id(const struct planning *planning, int64_t id)
{
    for (size_t i = 0; i < planning->unit_known && id != 0; i++)
        if (planning->units[i].id == id)
            return &planning->units[i];
    return NULL;
}

static enum error_code read_teams(struct planning *planning)
{
    struct people_import *import = planning->import;
    import->all_teams = REGION_ARRAY(planning->region, (size_t)TEAMS_MAXIMUM * 2, struct import_team);
    if (import->all_teams == NULL)
        return no_memory(planning->error);
    STORE_ROWS(rows);
    TRY(store_select(planning->session, &IMPORT_TEAMS_THERE, PARAMETERS(V_INTEGER(planning->org)),
                     planning->error, &rows));
    while (store_next(&rows)) {
        struct import_unit *unit = unit_by_id(planning, store_column_integer(&rows, 1));
        import->all_teams[import->team_count++] =
            (struct import_team){.id = store_column_integer(&rows, 0),
                                 .name = store_column_copy(&rows, 2, planning->region),
                                 .unit = unit,
                                 .unit_before = unit,
                                 .joint = store_column_integer(&rows, 3) != 0,
                                 .part = store_column_integer(&rows, 4) != 0};
    }
    TRY(store_rows_end(&rows));
    planning->team_known = import->team_count;
    return OK;
}

static enum error_code read_people(struct planning *planning)
{
    struct people_import *import = planning->import;
    void *grown = NULL;
    size_t capacity = 0;
    STORE_ROWS(rows);
    TRY(store_select(planning->session, &IMPORT_PEOPLE_THERE, PARAMETERS(V_INTEGER(planning->org)),
                     planning->error, &rows));
    enum error_code code = OK;
    while (code == OK && store_next(&rows)) {
        code = array_grow(&grown, &capacity, import->person_count + 1, sizeof(struct import_person),
                          planning->error);
        if (code == OK)
            ((struct import_person *)grown)[import->person_count++] =
                (struct import_person){.id = store_column_integer(&rows, 0),
                                       .address = store_column_copy(&rows, 1, planning->region),
                                       .name = store_column_copy(&rows, 2, planning->region)};
    }
    /* With room for those of the file who are new. */
    import->all_people =
        REGION_ARRAY(planning->region, import->person_count + import->file.row_count, struct import_person);
    if (import->all_people != NULL && import->person_count > 0)
        memcpy(import->all_people, grown, import->person_count * sizeof *import->all_people);
    array_free(grown, capacity, sizeof(struct import_person));
    TRY(code);
    TRY(store_rows_end(&rows));
    if (import->all_people == NULL)
        return no_memory(planning->error);
    if (import->person_count > IMPORT_PEOPLE_MAXIMUM)
        return FAIL(planning->error, ERROR_LIMIT, "too-many-people", "an import reads at most %d people",
                    IMPORT_PEOPLE_MAXIMUM);
    planning->person_known = import->person_count;
    return OK;
}

/* ---- Sorted by name, address and id ------------------------------------------------------------------ */

static int compare_team_names(const void *a, const void *b, void *teams)
{
    const struct import_team *all = teams;
    return slice_compare(all[*(const size_t *)a].name, all[*(const size_t *)b].name);
}

static int compare_addresses(const void *a, const void *b, void *people)
{
    const struct import_person *all = people;
    return slice_compare(all[*(const size_t *)a].address, all[*(const size_t *)b].address);
}

static size_t *sorted(struct region *region, size_t count, void *items,
                      int (*compare)(const void *, const void *, void *))
{
    size_t *indices = REGION_ARRAY(region, count, size_t);
    for (size_t i = 0; i < count && indices != NULL; i++)
        indices[i] = i;
    if (indices != NULL && count > 0)
        qsort_r(indices, count, sizeof *indices, compare, items);
    return indices;
}

static enum error_code sort_known(struct planning *planning)
{
    struct people_import *import = planning->import;
    planning->teams_by_name =
        sorted(planning->region, import->team_count, import->all_teams, compare_team_names);
    planning->people_by_address =
        sorted(planning->region, import->person_count, import->all_people, compare_addresses);
    return planning->teams_by_name == NULL || planning->people_by_address == NULL ? no_memory(planning->error)
                                                                                  : OK;
}

static ptrdiff_t find_team(const struct planning *planning, struct slice name)
{
    size_t low = 0, high = planning->team_known;
    while (low < high) {
        size_t middle = low + (high - low) / 2, at = planning->teams_by_name[middle];
        int order = slice_compare(name, planning->import->all_teams[at].name);
        if (order == 0)
            return (ptrdiff_t)at;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NONE;
}

static ptrdiff_t find_person(const struct planning *planning, struct slice address)
{
    size_t low = 0, high = planning->person_known;
    while (low < high) {
        size_t middle = low + (high - low) / 2, at = planning->people_by_address[middle];
        int order = slice_compare(address, planning->import->all_people[at].address);
        if (order == 0)
            return (ptrdiff_t)at;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NONE;
}

/* Both lists were read in the order of their ids. */
static ptrdiff_t team_by_id(const struct planning *planning, int64_t id)
{
    size_t low = 0, high = planning->team_known;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int64_t there = planning->import->all_teams[middle].id;
        if (there == id)
            return (ptrdiff_t)middle;
        if (id < there)
            high = middle;
        else
            low = middle + 1;
    }
    return NONE;
}

static ptrdiff_t person_by_id(const struct planning *planning, int64_t id)
{
    size_t low = 0, high = planning->person_known;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int64_t there = planning->import->all_people[middle].id;
        if (there == id)
            return (ptrdiff_t)middle;
        if (id < there)
            high = middle;
        else
            low = middle + 1;
    }
    return NONE;
}

static enum error_code read_roles(struct planning *planning)
{
    struct people_import *import = planning->import;
    void *grown = NULL;
    size_t capacity = 0, count = 0;
    STORE_ROWS(rows);
    TRY(store_select(planning->session, &IMPORT_ROLES_THERE, PARAMETERS(V_INTEGER(planning->org)),
                     planning->error, &rows));
    enum error_code code = OK;
    while (code == OK && store_next(&rows)) {
        ptrdiff_t team = team_by_id(planning, store_column_integer(&rows, 0)),
                  person = person_by_id(planning, store_column_integer(&rows, 1));
        if (team == NONE || person == NONE)
            continue;
        code = array_grow(&grown, &capacity, count + 1, sizeof(struct held), planning->error);
        bool leads = slice_equal(store_column_text(&rows, 2), S("leader"));
        if (code == OK)
            ((struct held *)grown)[count++] = (struct held){
                (size_t)team, (size_t)person, leads ? TEAM_ROLE_LEADER : TEAM_ROLE_MEMBER, false};
    }
    planning->held = REGION_ARRAY(planning->region, count + import->file.row_count, struct held);
    if (planning->held != NULL && count > 0)
        memcpy(planning->held, grown, count * sizeof *planning->held);
    array_free(grown, capacity, sizeof(struct held));
    TRY(code);
    TRY(store_rows_end(&rows));
    planning->held_count = count;
    return planning->held == NULL ? no_memory(planning->error) : OK;
}

/* ---- What the file names ----------------------------------------------------------------------------- */

static struct import_unit *unit_of_path(struct planning *planning, struct slice path)
{
    for (size_t i = 0; i < planning->unit_count; i++)
        if (slice_equal(planning->units[i].path, path))
            return &planning->units[i];
    return NULL;
}

/* The unit of a path, made with those above it where they are new. NULL for an empty path, and when there are too many. */
static struct import_unit *ensure_unit(struct planning *planning, struct slice path)
{
    struct import_unit *unit = NULL;
    for (size_t end = 0; end < path.length; end++) {
        size_t begin = end;
        while (end < path.length && path.data[end] != PEOPLE_PATH_SEPARATOR)
            end++;
        struct slice until = slice_part(path, 0, end);
        struct import_unit *next = unit_of_path(planning, until);
        if (next == NULL && planning->unit_count >= UNITS_MAXIMUM) {
            planning->unit_count = UNITS_MAXIMUM + 1; /* told by check_limits */
            return NULL;
        }
        if (next == NULL) {
            next = &planning->units[planning->unit_count++];
            *next = (struct import_unit){
                .path = until, .name = slice_part(path, begin, end - begin), .parent = unit};
        }
        unit = next;
    }
    return unit;
}

static int compare_rows_by_team(const void *a, const void *b, void *rows)
{
    const struct people_row *all = rows;
    size_t first = *(const size_t *)a, second = *(const size_t *)b;
    int order = slice_compare(all[first].team, all[second].team);
    return order != 0 ? order : (first > second) - (first < second);
}

static int compare_rows_by_address(const void *a, const void *b, void *rows)
{
    const struct people_row *all = rows;
    size_t first = *(const size_t *)a, second = *(const size_t *)b;
    int order = slice_compare(all[first].address, all[second].address);
    return order != 0 ? order : (first > second) - (first < second);
}

/* Sets held[].team of each row. */
static enum error_code name_teams(struct planning *planning, struct held *held)
{
    struct people_import *import = planning->import;
    struct people_row *rows = import->file.rows;
    size_t *order = sorted(planning->region, import->file.row_count, rows, compare_rows_by_team);
    size_t at = 0;
    if (order == NULL)
        return no_memory(planning->error);
    for (size_t i = 0; i < import->file.row_count; i++) {
        const struct people_row *row = &rows[order[i]];
        bool same = i > 0 && slice_equal(rows[order[i - 1]].team, row->team);
        ptrdiff_t known = same ? (ptrdiff_t)at : find_team(planning, row->team);
        if (known == NONE && import->team_count >= TEAMS_MAXIMUM) {
            import->team_count = TEAMS_MAXIMUM + 1; /* told by check_limits */
            return OK;
        }
        if (known == NONE) {
            known = (ptrdiff_t)import->team_count;
            import->all_teams[import->team_count++] = (struct import_team){.name = row->team};
        }
        at = (size_t)known;
        struct import_team *team = &import->all_teams[at];
        if (team->joint && !same)
            people_file_add_problem(&import->file,
                                    (struct people_problem){.line = row->line,
                                                            .message = MESSAGE_IMPORT_WRONG_JOINT,
                                                            .value = people_shown(row->team)});
        team->named = true;
        if (row->path.length > 0 && (team->unit == NULL || !slice_equal(team->unit->path, row->path)))
            team->unit = ensure_unit(planning, row->path);
        held[order[i]].team = at;
    }
    return OK;
}

/* Sets held[].person of each row; a new person has the first name and language that a row gives. */
static enum error_code name_people(struct planning *planning, struct held *held)
{
    struct people_import *import = planning->import;
    struct people_row *rows = import->file.rows;
    size_t *order = sorted(planning->region, import->file.row_count, rows, compare_rows_by_address);
    if (order == NULL)
        return no_memory(planning->error);
    for (size_t i = 0; i < import->file.row_count; i++) {
        const struct people_row *row = &rows[order[i]];
        bool same = i > 0 && slice_equal(rows[order[i - 1]].address, row->address);
        ptrdiff_t known = same ? (ptrdiff_t)held[order[i - 1]].person : find_person(planning, row->address);
        if (known == NONE) {
            known = (ptrdiff_t)import->person_count;
            import->all_people[import->person_count++] = (struct import_person){.address = row->address};
            import->new_people++;
        }
        struct import_person *person = &import->all_people[known];
        import->people += !same;
        if (person->id == 0 && person->name.length == 0)
            person->name = row->name;
        if (person->id == 0 && person->language.length == 0)
            person->language = row->language;
        held[order[i]].person = (size_t)known;
        held[order[i]].role = row->role;
        held[order[i]].in_file = true;
    }
    for (size_t i = planning->person_known; i < import->person_count; i++)
        if (import->all_people[i].name.length == 0)
            import->all_people[i].name =
                person_name_of_address(import->all_people[i].address, planning->region);
    return OK;
}

static void check_limits(struct planning *planning)
{
    struct people_file *file = &planning->import->file;
    if (planning->unit_count > UNITS_MAXIMUM)
        people_file_add_problem(
            file, (struct people_problem){.message = MESSAGE_IMPORT_WRONG_MANY_UNITS, .n = UNITS_MAXIMUM});
    if (planning->import->team_count > TEAMS_MAXIMUM)
        people_file_add_problem(
            file, (struct people_problem){.message = MESSAGE_IMPORT_WRONG_MANY_TEAMS, .n = TEAMS_MAXIMUM});
}

/* ---- Comparing --------------------------------------------------------------------------------------- */

static int compare_held(const void *a, const void *b)
{
    const struct held *first = a, *second = b;
    int order = (first->person > second->person) - (first->person < second->person);
    if (order == 0)
        order = (first->team > second->team) - (first->team < second->team);
    return order != 0 ? order : first->in_file - second->in_file;
}

/* Who came in without an address (join.h) stands in no file, so a file says nothing of them. */
static bool has_address(const struct planning *planning, size_t person)
{
    struct slice address = planning->import->all_people[person].address;
    return slice_find_byte(address, '@') < address.length;
}

/* What a person is in a team after the file. */
static enum team_role role_after(const struct planning *planning, const struct held *before,
                                 const struct held *row)
{
    const struct people_import *import = planning->import;
    if (row != NULL && row->role != TEAM_ROLE_NONE)
        return row->role;
    if (row != NULL)
        return before != NULL ? before->role : TEAM_ROLE_MEMBER;
    bool said = import->all_teams[before->team].named && has_address(planning, before->person) &&
                (before->role == TEAM_ROLE_MEMBER || import->file.has[PEOPLE_COLUMN_ROLE]);
    return said && !import->only_add ? TEAM_ROLE_NONE : before->role;
}

/* As a member. Who becomes the leader of the own team has not left it. */
static bool joins_team(const struct import_change *change)
{
    return change->after == TEAM_ROLE_MEMBER && change->before != TEAM_ROLE_MEMBER;
}

static bool leaves_team(const struct import_change *change)
{
    return change->before == TEAM_ROLE_MEMBER && change->after == TEAM_ROLE_NONE;
}

static void add_leader(struct import_leaders *leaders, size_t person)
{
    if (leaders->count <
        TEAM_LEADERS_MAXIMUM) /* neither the organisation nor a file without mistakes has more */
        leaders->people[leaders->count++] = person;
}

static bool same_leaders(const struct import_leaders *a, const struct import_leaders *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (a->people[i] != b->people[i])
            return false;
    return a->count == b->count;
}

static void note(struct people_import *import, const struct import_change *change)
{
    struct import_team *team = &import->all_teams[change->team];
    struct import_person *person = &import->all_people[change->person];
    if (change->before == TEAM_ROLE_LEADER)
        add_leader(&team->leaders_before, change->person);
    if (change->after == TEAM_ROLE_LEADER)
        add_leader(&team->leaders, change->person);
    team->members += change->after == TEAM_ROLE_MEMBER;
    person->joins += joins_team(change);
    person->leaves += leaves_team(change);
}

static bool gives_way(const struct planning *planning, const struct import_change *change)
{
    return change->before == TEAM_ROLE_LEADER && change->after == TEAM_ROLE_LEADER && !change->named &&
           planning->import->all_teams[change->team].leader_named;
}

/* One change for each person and team that the organisation or the file knows; those that change nothing are dropped when
 * they have been counted. A leader whom the file does not name as that gives way to one or two whom it names. */
static enum error_code compare(struct planning *planning)
{
    struct people_import *import = planning->import;
    size_t count = 0, kept = 0;
    import->changes = REGION_ARRAY(planning->region, planning->held_count, struct import_change);
    if (import->changes == NULL)
        return no_memory(planning->error);
    qsort(planning->held, planning->held_count, sizeof *planning->held, compare_held);
    for (size_t i = 0; i < planning->held_count; i++) {
        const struct held *at = &planning->held[i], *next = i + 1 < planning->held_count ? at + 1 : NULL;
        bool both = !at->in_file && next != NULL && next->in_file && next->person == at->person &&
                    next->team == at->team;
        const struct held *before = at->in_file ? NULL : at, *row = at->in_file ? at : both ? next : NULL;
        import->changes[count++] = (struct import_change){
            at->team, at->person, before != NULL ? before->role : TEAM_ROLE_NONE,
            role_after(planning, before, row), row != NULL && row->role != TEAM_ROLE_NONE};
        if (row != NULL && row->role == TEAM_ROLE_LEADER)
            import->all_teams[at->team].leader_named = true;
        i += both;
    }
    for (size_t i = 0; i < count; i++) {
        if (gives_way(planning, &import->changes[i]))
            import->changes[i].after = TEAM_ROLE_NONE;
        note(import, &import->changes[i]);
        if (import->changes[i].before != import->changes[i].after)
            import->changes[kept++] = import->changes[i];
    }
    import->change_count = kept;
    return OK;
}

/* ---- Lists to show ----------------------------------------------------------------------------------- */

static struct slice path_of(const struct import_unit *unit, struct region *region)
{
    return unit != NULL ? people_path_text(unit->path, region) : S("");
}

static struct slice name_of(const struct people_import *import, const struct import_leaders *leaders,
                            size_t at)
{
    return at < leaders->count ? import->all_people[leaders->people[at]].name : S("");
}

static void add_line(struct people_import *import, enum import_list_kind kind, struct import_line line)
{
    struct import_list *list = &import->lists[kind];
    list->lines[list->count++] = line;
}

static void list_units(const struct planning *planning)
{
    for (size_t i = planning->unit_known; i < planning->unit_count; i++)
        add_line(planning->import, IMPORT_UNITS,
                 (struct import_line){.team = people_path_text(planning->units[i].path, planning->region)});
}

static void list_teams(const struct planning *planning)
{
    struct people_import *import = planning->import;
    for (size_t i = 0; i < import->team_count; i++) {
        const struct import_team *team = &import->all_teams[i];
        struct import_line line = {.team = team->name,
                                   .from = path_of(team->unit_before, planning->region),
                                   .to = path_of(team->unit, planning->region)};
        import->teams += team->named;
        if (team->named && !team->part && team->members > 0 && team->members < TEAM_TALK_BELOW)
            add_line(import, IMPORT_TALK, (struct import_line){.team = team->name, .members = team->members});
        if (team->id == 0)
            add_line(import, IMPORT_TEAMS, line);
        else if (team->unit != team->unit_before)
            add_line(import, IMPORT_PLACED, line);
        line.from = name_of(import, &team->leaders_before, 0);
        line.from_other = name_of(import, &team->leaders_before, 1);
        line.to = name_of(import, &team->leaders, 0);
        line.to_other = name_of(import, &team->leaders, 1);
        if (!same_leaders(&team->leaders, &team->leaders_before))
            add_line(import, IMPORT_LEADERS, line);
    }
}

/* The changes of one person, [from, to): who leaves a team and joins one has moved. */
static void list_person(struct people_import *import, size_t from, size_t to)
{
    const struct import_person *person = &import->all_people[import->changes[from].person];
    size_t moves = person->joins < person->leaves ? person->joins : person->leaves, moved_from = 0,
           moved_to = 0;
    struct import_line *moved = &import->lists[IMPORT_MOVES].lines[import->lists[IMPORT_MOVES].count];
    for (size_t i = from; i < to; i++) {
        const struct import_change *change = &import->changes[i];
        struct import_line line = {
            .name = person->name, .address = person->address, .team = import->all_teams[change->team].name};
        bool joins = joins_team(change), leaves = leaves_team(change);
        if (joins && moved_to < moves) {
            moved[moved_to].name = line.name;
            moved[moved_to].address = line.address;
            moved[moved_to++].to = line.team;
        } else if (joins) {
            add_line(import, IMPORT_JOINS, line);
        }
        if (leaves && moved_from < moves)
            moved[moved_from++].from = line.team;
        else if (leaves)
            add_line(import, IMPORT_LEAVES, line);
    }
    import->lists[IMPORT_MOVES].count += moves;
}

static enum error_code make_lists(struct planning *planning)
{
    struct people_import *import = planning->import;
    size_t changes = import->change_count;
    for (enum import_list_kind kind = 0; kind < IMPORT_LIST_COUNT; kind++) {
        size_t room = kind <= IMPORT_MOVES   ? changes
                      : kind == IMPORT_UNITS ? planning->unit_count - planning->unit_known
                                             : import->team_count;
        import->lists[kind].lines = REGION_ARRAY(planning->region, room, struct import_line);
    }
    if (region_failed(planning->region))
        return no_memory(planning->error);
    list_units(planning);
    list_teams(planning);
    for (size_t from = 0, to; from < changes; from = to) {
        for (to = from + 1; to < changes && import->changes[to].person == import->changes[from].person; to++)
            ;
        list_person(import, from, to);
    }
    import->changes_anything = changes > 0;
    for (enum import_list_kind kind = 0; kind < IMPORT_TALK; kind++)
        import->changes_anything = import->changes_anything || import->lists[kind].count > 0;
    return OK;
}

/* ---- Digest ------------------------------------------------------------------------------------------ */

static void digest_text(struct buffer *out, struct slice text)
{
    buffer_append(out, text);
    buffer_append_byte(out, '\n'); /* no name holds one */
}

static enum error_code make_digest(const struct planning *planning)
{
    struct people_import *import = planning->import;
    CLEANUP(buffer_free) struct buffer out = BUFFER(64 << 20);
    for (size_t i = planning->unit_known; i < planning->unit_count; i++)
        digest_text(&out, planning->units[i].path);
    for (size_t i = 0; i < import->team_count; i++) {
        const struct import_team *team = &import->all_teams[i];
        if (team->id != 0 && team->unit == team->unit_before)
            continue;
        buffer_format(&out, "%" PRId64 " ", team->id);
        digest_text(&out, team->name);
        digest_text(&out, team->unit_before != NULL ? team->unit_before->path : S(""));
        digest_text(&out, team->unit != NULL ? team->unit->path : S(""));
    }
    for (size_t i = 0; i < import->change_count; i++) {
        const struct import_change *change = &import->changes[i];
        buffer_format(&out, "%d %d ", (int)change->before, (int)change->after);
        digest_text(&out, import->all_teams[change->team].name);
        digest_text(&out, import->all_people[change->person].address);
    }
    if (out.failed)
        return no_memory(planning->error);
    sha256(buffer_slice(&out), import->digest);
    return OK;
}

/* ---- Plan -------------------------------------------------------------------------------------------- */

static enum error_code compare_with(struct planning *planning)
{
    struct people_import *import = planning->import;
    TRY(read_teams(planning));
    TRY(read_people(planning));
    TRY(sort_known(planning));
    TRY(read_roles(planning));
    TRY(name_teams(planning, planning->held + planning->held_count));
    check_limits(planning);
    if (import->file.problem_total > 0)
        return OK;
    TRY(name_people(planning, planning->held + planning->held_count));
    planning->held_count += import->file.row_count;
    TRY(compare(planning));
    for (size_t i = 0; i < import->team_count; i++)
        if (import->all_teams[i].named && import->all_teams[i].members > TEAM_MEMBERS_MAXIMUM)
            people_file_add_problem(&import->file,
                                    (struct people_problem){.message = MESSAGE_IMPORT_WRONG_MEMBERS,
                                                            .value = people_shown(import->all_teams[i].name),
                                                            .n = TEAM_MEMBERS_MAXIMUM});
    import->new_units = planning->units + planning->unit_known;
    import->new_unit_count = planning->unit_count - planning->unit_known;
    TRY(make_lists(planning));
    return make_digest(planning);
}

enum error_code people_import_plan(struct store_session *session, int64_t org, struct slice text,
                                   bool only_add, struct region *region, struct error *error,
                                   struct people_import *ret_import)
{
    struct people_import import = {.only_add = only_add};
    struct planning planning = {
        .import = &import, .session = session, .org = org, .region = region, .error = error};
    const struct unit *units = NULL;
    TRY(read_units(&planning, &units));
    TRY(people_file_read(text, units, planning.unit_known, region, error, &import.file));
    if (import.file.problem_total == 0)
        TRY(compare_with(&planning));
    if (region_failed(region))
        return no_memory(error);
    *ret_import = import;
    return OK;
}

/* ---- Writing ----------------------------------------------------------------------------------------- */

struct writing {
    struct store_session *session;
    struct application *application;
    int64_t org, now;
    struct error *error;
    int64_t last_id;
};

/* Made singly, two of thousands of ids of one millisecond would be the same. */
static int64_t next_id(struct writing *writing)
{
    enum { DISTANCE_MAXIMUM = 64 };
    struct random *random = writing->application->random;
    writing->last_id = writing->last_id == 0
                           ? id_ordered(random, writing->application->clock)
                           : writing->last_id + 1 + (int64_t)random_integer(random, DISTANCE_MAXIMUM);
    return writing->last_id;
}

static enum error_code write_units(struct writing *writing, struct people_import *import)
{
    for (size_t i = 0; i < import->new_unit_count; i++) {
        struct import_unit *unit = &import->new_units[i];
        unit->id = next_id(writing);
        TRY(store_execute_later(writing->session, &IMPORT_UNIT_INSERT,
                                PARAMETERS(V_INTEGER(writing->org), V_INTEGER(unit->id),
                                           unit->parent != NULL ? V_INTEGER(unit->parent->id) : V_NULL,
                                           V_TEXT(unit->name)),
                                writing->error));
    }
    return OK;
}

static enum error_code write_team(struct writing *writing, struct import_team *team)
{
    struct store_value unit = team->unit != NULL ? V_INTEGER(team->unit->id) : V_NULL;
    if (team->id != 0)
        return team->unit == team->unit_before
                   ? OK
                   : store_execute_later(writing->session, &IMPORT_TEAM_UNIT,
                                         PARAMETERS(V_INTEGER(writing->org), V_INTEGER(team->id), unit),
                                         writing->error);
    team->id = next_id(writing);
    return store_execute_later(writing->session, &IMPORT_TEAM_INSERT,
                               PARAMETERS(V_INTEGER(writing->org), V_INTEGER(team->id), unit,
                                          V_TEXT(team->name), V_INTEGER(writing->now)),
                               writing->error);
}

static enum error_code write_person(struct writing *writing, struct slice language,
                                    struct import_person *person)
{
    if (person->id != 0)
        return OK;
    person->id = next_id(writing);
    return store_execute_later(writing->session, &IMPORT_PERSON_INSERT,
                               PARAMETERS(V_INTEGER(writing->org), V_INTEGER(person->id),
                                          V_TEXT(person->address), V_TEXT(person->name),
                                          V_TEXT(person->language.length > 0 ? person->language : language),
                                          V_INTEGER(writing->now)),
                               writing->error);
}

static int compare_ids(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* Roles end before others begin: a team has at most two leaders at every moment. */
static enum error_code write_roles(const struct writing *writing, const struct people_import *import,
                                   bool ends)
{
    for (size_t i = 0; i < import->change_count; i++) {
        const struct import_change *change = &import->changes[i];
        int64_t team = import->all_teams[change->team].id, person = import->all_people[change->person].id;
        if (ends && change->before != TEAM_ROLE_NONE)
            TRY(store_execute_later(writing->session, &IMPORT_ROLE_END,
                                    PARAMETERS(V_INTEGER(writing->org), V_INTEGER(team), V_INTEGER(person)),
                                    writing->error));
        if (!ends && change->after != TEAM_ROLE_NONE)
            TRY(store_execute_later(
                writing->session, &IMPORT_ROLE_GIVE,
                PARAMETERS(V_INTEGER(writing->org), V_INTEGER(team), V_INTEGER(person),
                           V_TEXT(change->after == TEAM_ROLE_LEADER ? S("leader") : S("member")),
                           V_INTEGER(writing->now)),
                writing->error));
    }
    return OK;
}

/* As by hand: a new leader ends who stood in, and so does a member's leaving who did. */
static enum error_code end_deputies(const struct writing *writing, const struct people_import *import)
{
    CLEANUP(region_cleanup) struct region *region = region_new(4 << 20);
    int64_t *teams = region == NULL ? NULL : REGION_ARRAY(region, TEAMS_MAXIMUM, int64_t);
    size_t count = 0;
    if (teams == NULL)
        return no_memory(writing->error);
    STORE_ROWS(rows);
    TRY(store_select(writing->session, &IMPORT_DEPUTIES, PARAMETERS(V_INTEGER(writing->org)), writing->error,
                     &rows));
    while (count < TEAMS_MAXIMUM && store_next(&rows))
        teams[count++] = store_column_integer(&rows, 0);
    TRY(store_rows_end(&rows));
    for (size_t i = 0; i < import->change_count && count > 0; i++) {
        const struct import_change *change = &import->changes[i];
        int64_t team = import->all_teams[change->team].id;
        if (bsearch(&team, teams, count, sizeof *teams, compare_ids) == NULL)
            continue;
        if (change->after == TEAM_ROLE_LEADER)
            TRY(deputy_end(writing->session, writing->org, team, 0, writing->now, writing->error));
        else if (change->before != TEAM_ROLE_NONE)
            TRY(deputy_end_with(writing->session, writing->org, team, import->all_people[change->person].id,
                                writing->now, writing->error));
    }
    return OK;
}

enum error_code people_import_write(struct store_session *session, struct application *application,
                                    int64_t org, struct slice language, struct people_import *import,
                                    struct error *error)
{
    struct writing writing = {session, application, org, clock_seconds(application->clock), error, 0};
    if (import->file.problem_total > 0)
        return FAIL(error, ERROR_INPUT, "people-file-wrong", "the file has mistakes");
    TRY(write_units(&writing, import));
    for (size_t i = 0; i < import->team_count; i++)
        TRY(write_team(&writing, &import->all_teams[i]));
    for (size_t i = 0; i < import->person_count; i++)
        TRY(write_person(&writing, language, &import->all_people[i]));
    TRY(write_roles(&writing, import, true));
    TRY(write_roles(&writing, import, false));
    return end_deputies(&writing, import);
}

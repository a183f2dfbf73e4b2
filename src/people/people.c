#include "people/people.h"

#include "people/deputy.h"

STATEMENT(PERSON_SELECT,
          "SELECT person_id, address, name, language FROM person WHERE org_id = $1 AND person_id = $2");
STATEMENT(PERSON_BY_ADDRESS,
          "SELECT person_id, address, name, language FROM person WHERE org_id = $1 AND address = $2");
STATEMENT(PERSON_INSERT, "INSERT INTO person (org_id, person_id, address, name, language, created_at) "
                         "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, address) DO NOTHING");
STATEMENT(PERSON_LANGUAGE, "UPDATE person SET language = $3 WHERE org_id = $1 AND person_id = $2");
STATEMENT(ORG_ROLE_SELECT, "SELECT role FROM org_role WHERE org_id = $1 AND person_id = $2");
STATEMENT(ORG_ROLE_GIVE, "INSERT INTO org_role (org_id, person_id, role) VALUES ($1, $2, $3) "
                         "ON CONFLICT (org_id, person_id) DO UPDATE SET role = excluded.role");
STATEMENT(TEAM_ROLE_SELECT,
          "SELECT role FROM team_role WHERE org_id = $1 AND team_id = $2 AND person_id = $3 "
          "UNION ALL SELECT role FROM joint_place WHERE org_id = $1 AND team_id = $2 AND person_id = $3");
STATEMENT(TEAM_COUNT_LISTED,
          "SELECT count(*) FROM team t WHERE t.org_id = $1 AND NOT EXISTS (SELECT 1 FROM joint_group g "
          "WHERE g.org_id = t.org_id AND g.team_id = t.team_id)");
STATEMENT(TEAM_IS_JOINT, "SELECT 1 FROM joint_group WHERE org_id = $1 AND team_id = $2");
STATEMENT(TEAM_ROLE_INSERT,
          "INSERT INTO team_role (org_id, team_id, person_id, role, since) VALUES ($1, $2, $3, $4, $5) "
          "ON CONFLICT (org_id, team_id, person_id) DO NOTHING");
STATEMENT(TEAM_LEADER_END, "DELETE FROM team_role WHERE org_id = $1 AND team_id = $2 AND role = 'leader'");
STATEMENT(TEAM_LEADER_COUNT,
          "SELECT count(*) FROM team_role WHERE org_id = $1 AND team_id = $2 AND role = 'leader'");
STATEMENT(TEAM_ROLE_DELETE, "DELETE FROM team_role WHERE org_id = $1 AND team_id = $2 AND person_id = $3");
STATEMENT(
    TEAM_PEOPLE,
    "SELECT p.person_id, p.address, p.name, p.language FROM (SELECT org_id, person_id FROM team_role "
    "WHERE org_id = $1 AND team_id = $2 AND role = $3 UNION ALL SELECT org_id, person_id FROM joint_place "
    "WHERE org_id = $1 AND team_id = $2 AND role = $3) r "
    "JOIN person p ON p.org_id = r.org_id AND p.person_id = r.person_id ORDER BY p.name, p.person_id");
STATEMENT(TEAM_INSERT,
          "INSERT INTO team (org_id, team_id, unit_id, name, created_at) VALUES ($1, $2, $3, $4, $5) "
          "ON CONFLICT (org_id, name) DO NOTHING");
STATEMENT(TEAM_COUNT, "SELECT count(*) FROM team WHERE org_id = $1");
STATEMENT(TEAM_MEMBER_COUNT,
          "SELECT count(*) FROM team_role WHERE org_id = $1 AND team_id = $2 AND role = 'member'");
STATEMENT(UNIT_EXISTS, "SELECT 1 FROM unit WHERE org_id = $1 AND unit_id = $2");
STATEMENT(UNIT_INSERT, "INSERT INTO unit (org_id, unit_id, parent_id, name) VALUES ($1, $2, $3, $4)");
STATEMENT(UNIT_ALL,
          "SELECT unit_id, parent_id, name FROM unit WHERE org_id = $1 ORDER BY name, unit_id LIMIT 5000");

/* Without joins of views that are unions: SQLite would make those for the whole installation. */
#define TEAM_COLUMNS                                                                                         \
    "SELECT t.team_id, t.unit_id, t.name, "                                                                  \
    "(SELECT count(*) FROM team_role m WHERE m.org_id = t.org_id AND m.team_id = t.team_id AND "             \
    "m.role = 'member') + (SELECT count(*) FROM joint_place j WHERE j.org_id = t.org_id AND "                \
    "j.team_id = t.team_id AND j.role = 'member'), p.person_id, p.address, p.name, p.language, "             \
    "q.person_id, q.address, q.name, q.language, "                                                           \
    "(SELECT n.joint_team_id FROM joint_now n WHERE n.org_id = t.org_id AND n.team_id = t.team_id), "        \
    "(SELECT CASE WHEN g.ended_at IS NULL THEN 0 ELSE 1 END FROM joint_group g WHERE g.org_id = t.org_id "   \
    "AND g.team_id = t.team_id) FROM "
/* The leader, and the second one where two lead it. */
#define TEAM_LEADER                                                                                          \
    "LEFT JOIN person p ON p.org_id = t.org_id AND p.person_id = COALESCE((SELECT MIN(l.person_id) "         \
    "FROM team_role l WHERE l.org_id = t.org_id AND l.team_id = t.team_id AND l.role = 'leader'), ("         \
    "SELECT j.person_id FROM joint_leader j WHERE j.org_id = t.org_id "                                      \
    "AND j.team_id = t.team_id)) LEFT JOIN person q ON q.org_id = t.org_id AND q.person_id = ("              \
    "SELECT CASE WHEN count(*) > 1 THEN MAX(l.person_id) END FROM team_role l WHERE l.org_id = t.org_id "    \
    "AND l.team_id = t.team_id AND l.role = 'leader') "
STATEMENT(TEAM_SELECT, TEAM_COLUMNS "team t " TEAM_LEADER "WHERE t.org_id = $1 AND t.team_id = $2");
STATEMENT(TEAM_ALL, TEAM_COLUMNS "team t " TEAM_LEADER "WHERE t.org_id = $1 ORDER BY t.name LIMIT 20000");
/* From the person on: CROSS JOIN keeps SQLite from walking through all teams of the organisation. A joint group stands
 * before its teams: it is what has the result. */
STATEMENT(TEAM_OF_PERSON, TEAM_COLUMNS
          "(SELECT team_id, 0 AS place FROM joint_place WHERE org_id = $1 AND person_id = $2 AND role = $3 "
          "UNION ALL SELECT team_id, 1 FROM team_role WHERE org_id = $1 AND person_id = $2 "
          "AND role = $3) r CROSS JOIN team t " TEAM_LEADER
          "WHERE t.org_id = $1 AND t.team_id = r.team_id ORDER BY r.place, t.name LIMIT 20000");

STATEMENT(TEAM_OF_DEPUTY, TEAM_COLUMNS
          "(SELECT g.team_id, 0 AS place FROM team_deputy d JOIN joint_part u ON u.org_id = d.org_id "
          "AND u.team_id = d.team_id JOIN joint_group g ON g.org_id = u.org_id AND g.group_id = u.group_id "
          "WHERE d.org_id = $1 AND d.person_id = $2 AND (d.until IS NULL OR d.until > $3) "
          "AND g.team_id IS NOT NULL UNION SELECT team_id, 1 FROM team_deputy WHERE org_id = $1 "
          "AND person_id = $2 AND (until IS NULL OR until > $3)) r CROSS JOIN team t " TEAM_LEADER
          "WHERE t.org_id = $1 AND t.team_id = r.team_id ORDER BY r.place, t.name LIMIT 20000");

static const char *const TEAM_ROLES[] = {"", "member", "leader"};
static const char *const ORG_ROLES[] = {"", "viewer", "owner"};

/* ---- Reading ----------------------------------------------------------------------------------------- */

/* Without an address a person has "-" and the id there, which no address can be. */
static struct slice shown_address(struct slice address)
{
    return slice_starts_with(address, S("-")) && slice_find_byte(address, '@') == address.length ? S("")
                                                                                                 : address;
}

struct person person_read(const struct store_rows *rows, int column, struct region *region)
{
    return (struct person){
        .id = store_column_integer(rows, column),
        .address = shown_address(store_column_copy(rows, column + 1, region)),
        .name = store_column_copy(rows, column + 2, region),
        .language = store_column_copy(rows, column + 3, region),
    };
}

static struct team read_team(const struct store_rows *rows, struct region *region)
{
    struct team team = {
        .id = store_column_integer(rows, 0),
        .unit = store_column_integer(rows, 1),
        .name = store_column_copy(rows, 2, region),
        .members = store_column_integer(rows, 3),
        .joint = store_column_integer(rows, 12),
        .kind = !store_column_is_null(rows, 12)       ? TEAM_PART
                : store_column_is_null(rows, 13)      ? TEAM_ALONE
                : store_column_integer(rows, 13) == 0 ? TEAM_JOINT
                                                      : TEAM_JOINT_OVER,
    };
    struct person first = person_read(rows, 4, region);
    if (store_column_is_null(rows, 8))
        team.leader = first;
    else {
        team.pair[0] = first;
        team.pair[1] = person_read(rows, 8, region);
    }
    return team;
}

bool team_has_leader(const struct team *team)
{
    return team->leader.id != 0 || team->pair[0].id != 0;
}

bool team_is_measured(const struct team *team)
{
    return team->kind == TEAM_ALONE || team->kind == TEAM_JOINT;
}

static enum error_code one_person(struct store_session *session, const struct statement *statement,
                                  const struct store_value *values, size_t count, struct region *region,
                                  struct error *error, struct person *ret_person)
{
    STORE_ROWS(rows);
    TRY(store_select(session, statement, values, count, error, &rows));
    bool found = store_next(&rows);
    struct person person = {0};
    if (found)
        person = person_read(&rows, 0, region);
    TRY(store_rows_end(&rows));
    if (!found)
        return FAIL(error, ERROR_NOT_FOUND, "person-unknown", "there is no such person in the organisation");
    *ret_person = person;
    return OK;
}

enum error_code person_load(struct store_session *session, int64_t org, int64_t person, struct region *region,
                            struct error *error, struct person *ret_person)
{
    return one_person(session, &PERSON_SELECT, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), region, error,
                      ret_person);
}

enum error_code person_find(struct store_session *session, int64_t org, struct slice address,
                            struct region *region, struct error *error, struct person *ret_person)
{
    struct slice clean;
    TRY(address_check(address, region, error, &clean));
    return one_person(session, &PERSON_BY_ADDRESS, PARAMETERS(V_INTEGER(org), V_TEXT(clean)), region, error,
                      ret_person);
}

/* The index of the text in names, 0 when it is none of them. */
static int role_index(struct slice text, const char *const *names, int count)
{
    for (int index = 1; index < count; index++)
        if (slice_equal(text, slice_from_text(names[index])))
            return index;
    return 0;
}

enum error_code people_org_role(struct store_session *session, int64_t org, int64_t person,
                                struct error *error, enum org_role *ret_role)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &ORG_ROLE_SELECT, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, &rows));
    int role =
        store_next(&rows) ? role_index(store_column_text(&rows, 0), ORG_ROLES, COUNT_OF(ORG_ROLES)) : 0;
    TRY(store_rows_end(&rows));
    *ret_role = (enum org_role)role;
    return OK;
}

enum error_code people_team_role(struct store_session *session, int64_t org, int64_t team, int64_t person,
                                 struct error *error, enum team_role *ret_role)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &TEAM_ROLE_SELECT,
                     PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(person)), error, &rows));
    int role =
        store_next(&rows) ? role_index(store_column_text(&rows, 0), TEAM_ROLES, COUNT_OF(TEAM_ROLES)) : 0;
    TRY(store_rows_end(&rows));
    *ret_role = (enum team_role)role;
    return OK;
}

bool team_has_list(const struct team *team)
{
    return team->kind == TEAM_ALONE || team->kind == TEAM_PART;
}

enum error_code team_load(struct store_session *session, int64_t org, int64_t team, struct region *region,
                          struct error *error, struct team *ret_team)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &TEAM_SELECT, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &rows));
    bool found = store_next(&rows);
    struct team loaded = {0};
    if (found)
        loaded = read_team(&rows, region);
    TRY(store_rows_end(&rows));
    if (!found)
        return FAIL(error, ERROR_NOT_FOUND, "team-unknown", "there is no such team");
    *ret_team = loaded;
    return OK;
}

/* Collects rows into a growing array in the region, at most maximum. */
static enum error_code collect_teams(struct store_rows *rows, struct region *region, struct error *error,
                                     struct team **ret_teams, size_t *ret_count)
{
    size_t capacity = 64, count = 0;
    struct team *teams = REGION_ARRAY(region, capacity, struct team);
    while (teams != NULL && count < TEAMS_MAXIMUM && store_next(rows)) {
        if (count == capacity) {
            struct team *larger = REGION_ARRAY(region, capacity * 2, struct team);
            if (larger == NULL)
                break;
            memcpy(larger, teams, capacity * sizeof *teams);
            teams = larger;
            capacity *= 2;
        }
        teams[count++] = read_team(rows, region);
    }
    TRY(store_rows_end(rows));
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "too many teams for one request");
    *ret_teams = teams;
    *ret_count = count;
    return OK;
}

enum error_code team_list(struct store_session *session, int64_t org, struct region *region,
                          struct error *error, struct team **ret_teams, size_t *ret_count)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &TEAM_ALL, PARAMETERS(V_INTEGER(org)), error, &rows));
    return collect_teams(&rows, region, error, ret_teams, ret_count);
}

enum error_code team_count(struct store_session *session, int64_t org, struct error *error,
                           int64_t *ret_count)
{
    return store_one_integer(session, &TEAM_COUNT_LISTED, PARAMETERS(V_INTEGER(org)), error, NULL, ret_count);
}

enum error_code team_list_of_person(struct store_session *session, int64_t org, int64_t person,
                                    enum team_role role, struct region *region, struct error *error,
                                    struct team **ret_teams, size_t *ret_count)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &TEAM_OF_PERSON,
                     PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_TEXT(slice_from_text(TEAM_ROLES[role]))),
                     error, &rows));
    return collect_teams(&rows, region, error, ret_teams, ret_count);
}

enum error_code team_list_of_deputy(struct store_session *session, int64_t org, int64_t person, int64_t now,
                                    struct region *region, struct error *error, struct team **ret_teams,
                                    size_t *ret_count)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &TEAM_OF_DEPUTY, PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_INTEGER(now)),
                     error, &rows));
    return collect_teams(&rows, region, error, ret_teams, ret_count);
}

static enum error_code people_of_team(struct store_session *session, int64_t org, int64_t team,
                                      enum team_role role, struct region *region, struct error *error,
                                      struct person **ret_people, size_t *ret_count)
{
    struct person *people = REGION_ARRAY(region, TEAM_MEMBERS_MAXIMUM, struct person);
    if (people == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &TEAM_PEOPLE,
                     PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_TEXT(slice_from_text(TEAM_ROLES[role]))),
                     error, &rows));
    while (count < TEAM_MEMBERS_MAXIMUM && store_next(&rows))
        people[count++] = person_read(&rows, 0, region);
    TRY(store_rows_end(&rows));
    *ret_people = people;
    *ret_count = count;
    return OK;
}

enum error_code team_members(struct store_session *session, int64_t org, int64_t team, struct region *region,
                             struct error *error, struct person **ret_members, size_t *ret_count)
{
    return people_of_team(session, org, team, TEAM_ROLE_MEMBER, region, error, ret_members, ret_count);
}

enum error_code team_leaders(struct store_session *session, int64_t org, int64_t team, struct region *region,
                             struct error *error, struct person **ret_leaders, size_t *ret_count)
{
    return people_of_team(session, org, team, TEAM_ROLE_LEADER, region, error, ret_leaders, ret_count);
}

/* Moves every unit behind its parent: repeatedly takes those whose parent was taken. */
static size_t sort_parents_first(const struct unit *units, size_t count, struct unit *ret_sorted)
{
    size_t sorted = 0, before;
    do {
        before = sorted;
        for (size_t i = 0; i < count; i++) {
            bool ready = units[i].parent == 0, taken = false;
            for (size_t j = 0; j < sorted; j++) {
                ready = ready || ret_sorted[j].id == units[i].parent;
                taken = taken || ret_sorted[j].id == units[i].id;
            }
            if (ready && !taken)
                ret_sorted[sorted++] = units[i];
        }
    } while (sorted > before);
    return sorted;
}

enum error_code unit_list(struct store_session *session, int64_t org, struct region *region,
                          struct error *error, struct unit **ret_units, size_t *ret_count)
{
    struct unit *units = REGION_ARRAY(region, UNITS_MAXIMUM, struct unit);
    struct unit *sorted = REGION_ARRAY(region, UNITS_MAXIMUM, struct unit);
    if (units == NULL || sorted == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &UNIT_ALL, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count < UNITS_MAXIMUM && store_next(&rows))
        units[count++] = (struct unit){store_column_integer(&rows, 0), store_column_integer(&rows, 1),
                                       store_column_copy(&rows, 2, region)};
    TRY(store_rows_end(&rows));
    *ret_count = sort_parents_first(units, count, sorted);
    *ret_units = sorted;
    return OK;
}

/* ---- Changing ---------------------------------------------------------------------------------------- */

enum error_code address_check(struct slice address, struct region *region, struct error *error,
                              struct slice *ret_address)
{
    struct slice trimmed = slice_trim(address);
    size_t at = slice_find_byte(trimmed, '@');
    bool good = trimmed.length <= PERSON_ADDRESS_MAXIMUM && at > 0 && at + 1 < trimmed.length &&
                slice_is_clean_text(trimmed, "") &&
                slice_find_byte(slice_from(trimmed, at + 1), '@') == trimmed.length - at - 1;
    for (size_t i = 0; good && i < trimmed.length; i++)
        good = strchr(" ,;<>\"()[]\\", trimmed.data[i]) == NULL;
    if (!good)
        return FAIL(error, ERROR_INPUT, "address-wrong", "\"%.*s\" is not an address like name@example.org",
                    SLICE_ARG(slice_part(trimmed, 0, 80)));
    struct slice copy = region_copy(region, trimmed);
    char *bytes = (char *)(uintptr_t)copy.data; /* the region's own copy */
    for (size_t i = 0; i < copy.length; i++)
        if (bytes[i] >= 'A' && bytes[i] <= 'Z')
            bytes[i] = (char)(bytes[i] - 'A' + 'a');
    *ret_address = copy;
    return OK;
}

struct slice person_name_of_address(struct slice address, struct region *region)
{
    char room[PERSON_NAME_MAXIMUM];
    size_t length = slice_find_byte(address, '@');
    if (length > PERSON_NAME_MAXIMUM - 1)
        length = PERSON_NAME_MAXIMUM - 1;
    while (length > 0 && (address.data[length] & 0xC0) == 0x80)
        length--; /* never half a character */
    for (size_t i = 0; i < length; i++) {
        char c = address.data[i];
        room[i] = c == '.' || c == '_' || c == '+' ? ' ' : c;
    }
    if (length > 0 && room[0] >= 'a' && room[0] <= 'z')
        room[0] = (char)(room[0] - 'a' + 'A');
    struct slice name = slice_trim(slice_from_bytes(room, length));
    return name.length > 0 ? region_copy(region, name) : slice_part(address, 0, PERSON_NAME_MAXIMUM);
}

enum error_code person_ensure(struct store_session *session, struct application *application, int64_t org,
                              struct slice address, struct slice name, struct slice language,
                              struct error *error, int64_t *ret_person)
{
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 10);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct slice clean, shown = slice_trim(name);
    TRY(address_check(address, region, error, &clean));
    if (shown.length == 0)
        shown = person_name_of_address(clean, region);
    TRY(name_check(shown, PERSON_NAME_MAXIMUM, "person-name", error, &shown));
    TRY(store_execute(session, &PERSON_INSERT,
                      PARAMETERS(V_INTEGER(org),
                                 V_INTEGER(id_ordered(application->random, application->clock)),
                                 V_TEXT(clean), V_TEXT(shown), V_TEXT(language),
                                 V_INTEGER(clock_seconds(application->clock))),
                      error, NULL));
    struct person person;
    TRY(person_find(session, org, clean, region, error, &person));
    *ret_person = person.id;
    return OK;
}

enum error_code person_create_without_address(struct store_session *session, struct application *application,
                                              int64_t org, struct slice name, struct slice language,
                                              struct error *error, int64_t *ret_person)
{
    int64_t id = id_ordered(application->random, application->clock);
    char address[24];
    struct slice shown;
    TRY(name_check(slice_trim(name), PERSON_NAME_MAXIMUM, "person-name", error, &shown));
    snprintf(address, sizeof address, "-%" PRId64, id);
    TRY(store_execute(session, &PERSON_INSERT,
                      PARAMETERS(V_INTEGER(org), V_INTEGER(id), V_TEXT(slice_from_text(address)),
                                 V_TEXT(shown), V_TEXT(language),
                                 V_INTEGER(clock_seconds(application->clock))),
                      error, NULL));
    *ret_person = id;
    return OK;
}

enum error_code person_set_language(struct store_session *session, int64_t org, int64_t person,
                                    struct slice language, struct error *error)
{
    if (!slice_equal(language, S("nl")) && !slice_equal(language, S("en")))
        return FAIL(error, ERROR_INPUT, "language-unknown", "the language is neither nl nor en");
    return store_execute(session, &PERSON_LANGUAGE,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_TEXT(language)), error, NULL);
}

enum error_code people_give_org_role(struct store_session *session, int64_t org, int64_t person,
                                     enum org_role role, struct error *error)
{
    enum org_role now;
    TRY(people_org_role(session, org, person, error, &now));
    if (now >= role)
        return OK; /* an owner does not become less by being named a viewer */
    return store_execute(
        session, &ORG_ROLE_GIVE,
        PARAMETERS(V_INTEGER(org), V_INTEGER(person), V_TEXT(slice_from_text(ORG_ROLES[role]))), error, NULL);
}

enum error_code unit_create(struct store_session *session, struct application *application, int64_t org,
                            struct slice name, int64_t parent, struct error *error, int64_t *ret_unit)
{
    CLEANUP(region_cleanup) struct region *region = region_new(8 << 20);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct slice clean;
    TRY(name_check(name, TEAM_NAME_MAXIMUM, "unit-name", error, &clean));
    struct unit *units;
    size_t count, depth = 0;
    TRY(unit_list(session, org, region, error, &units, &count));
    if (count >= UNITS_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-many-units", "an organisation has at most %d units",
                    UNITS_MAXIMUM);
    int64_t above = parent;
    for (size_t i = count; i-- > 0;)
        if (units[i].id == above) {
            above = units[i].parent;
            depth++;
        }
    if (above != 0)
        return FAIL(error, ERROR_INPUT, "unit-unknown", "the unit above does not exist");
    if (depth >= UNIT_DEPTH_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "units-too-deep", "units nest at most %d deep", UNIT_DEPTH_MAXIMUM);
    int64_t unit = id_ordered(application->random, application->clock);
    TRY(store_execute(
        session, &UNIT_INSERT,
        PARAMETERS(V_INTEGER(org), V_INTEGER(unit), parent != 0 ? V_INTEGER(parent) : V_NULL, V_TEXT(clean)),
        error, NULL));
    *ret_unit = unit;
    return OK;
}

enum error_code team_create(struct store_session *session, struct application *application, int64_t org,
                            struct slice name, int64_t unit, struct error *error, int64_t *ret_team)
{
    struct slice clean;
    int64_t changed = 0, teams = 0, known = 0, team = id_ordered(application->random, application->clock);
    bool unit_found = unit == 0;
    TRY(name_check(name, TEAM_NAME_MAXIMUM, "team-name", error, &clean));
    TRY(store_one_integer(session, &TEAM_COUNT, PARAMETERS(V_INTEGER(org)), error, NULL, &teams));
    if (teams >= TEAMS_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-many-teams", "an organisation has at most %d teams",
                    TEAMS_MAXIMUM);
    if (unit != 0)
        TRY(store_one_integer(session, &UNIT_EXISTS, PARAMETERS(V_INTEGER(org), V_INTEGER(unit)), error,
                              &unit_found, &known));
    if (!unit_found)
        return FAIL(error, ERROR_INPUT, "unit-unknown", "the unit of the team does not exist");
    TRY(store_execute(session, &TEAM_INSERT,
                      PARAMETERS(V_INTEGER(org), V_INTEGER(team), unit != 0 ? V_INTEGER(unit) : V_NULL,
                                 V_TEXT(clean), V_INTEGER(clock_seconds(application->clock))),
                      error, &changed));
    if (changed == 0)
        return FAIL(error, ERROR_CONFLICT, "team-name-taken", "there is a team of this name already");
    *ret_team = team;
    return OK;
}

/* May this person get this role in this team? *ret_now: the one they have; the same needs nothing. */
static enum error_code check_role(struct store_session *session, int64_t org, int64_t team, int64_t person,
                                  enum team_role role, struct error *error, enum team_role *ret_now)
{
    bool joint = false;
    int64_t one = 0;
    TRY(store_one_integer(session, &TEAM_IS_JOINT, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &joint,
                          &one));
    if (joint)
        return FAIL(error, ERROR_CONFLICT, "joint-no-list", "a joint group has no list of its own");
    TRY(people_team_role(session, org, team, person, error, ret_now));
    if (*ret_now != role && *ret_now != TEAM_ROLE_NONE)
        return FAIL(error, ERROR_CONFLICT, "leader-not-member",
                    "a leader does not answer about the own team: leader and member cannot be one person");
    return OK;
}

static enum error_code insert_role(struct store_session *session, const struct application *application,
                                   int64_t org, int64_t team, int64_t person, enum team_role role,
                                   struct error *error)
{
    return store_execute(session, &TEAM_ROLE_INSERT,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(person),
                                    V_TEXT(slice_from_text(TEAM_ROLES[role])),
                                    V_INTEGER(clock_seconds(application->clock))),
                         error, NULL);
}

enum error_code team_give_role(struct store_session *session, struct application *application, int64_t org,
                               int64_t team, int64_t person, enum team_role role, struct error *error)
{
    enum team_role now;
    int64_t members = 0;
    TRY(check_role(session, org, team, person, role, error, &now));
    if (now == role)
        return OK;
    if (role == TEAM_ROLE_LEADER) {
        TRY(deputy_end(session, org, team, 0, clock_seconds(application->clock), error));
        TRY(store_execute(session, &TEAM_LEADER_END, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error,
                          NULL));
    } else
        TRY(store_one_integer(session, &TEAM_MEMBER_COUNT, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error,
                              NULL, &members));
    if (members >= TEAM_MEMBERS_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-many-members", "a team has at most %d members",
                    TEAM_MEMBERS_MAXIMUM);
    return insert_role(session, application, org, team, person, role, error);
}

enum error_code team_add_leader(struct store_session *session, struct application *application, int64_t org,
                                int64_t team, int64_t person, struct error *error)
{
    enum team_role now;
    int64_t leaders = 0;
    TRY(check_role(session, org, team, person, TEAM_ROLE_LEADER, error, &now));
    if (now == TEAM_ROLE_LEADER)
        return OK;
    TRY(store_one_integer(session, &TEAM_LEADER_COUNT, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error,
                          NULL, &leaders));
    if (leaders >= TEAM_LEADERS_MAXIMUM)
        return FAIL(error, ERROR_CONFLICT, "leaders-two", "a team has at most %d leaders",
                    TEAM_LEADERS_MAXIMUM);
    TRY(deputy_end(session, org, team, 0, clock_seconds(application->clock), error));
    return insert_role(session, application, org, team, person, TEAM_ROLE_LEADER, error);
}

enum error_code team_take_role(struct store_session *session, int64_t org, int64_t team, int64_t person,
                               int64_t now, struct error *error)
{
    int64_t changed = 0;
    TRY(store_execute(session, &TEAM_ROLE_DELETE,
                      PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(person)), error, &changed));
    return changed == 0 ? OK : deputy_end_with(session, org, team, person, now, error);
}

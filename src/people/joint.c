#include "people/joint.h"

#define JOINT_COLUMNS                                                                                        \
    "SELECT g.group_id, COALESCE(g.team_id, 0), w.name, "                                                    \
    "CASE WHEN g.ended_at IS NOT NULL THEN 3 WHEN g.fixed_at IS NOT NULL THEN 2 ELSE 1 END, "                \
    "COALESCE(g.ended_at, g.fixed_at, g.proposed_at), p.team_id, t.name, "                                   \
    "CASE WHEN p.agreed_at IS NULL THEN 0 ELSE 1 END, "                                                      \
    "(SELECT count(*) FROM team_role m WHERE m.org_id = p.org_id AND m.team_id = p.team_id "                 \
    "AND m.role = 'member') FROM joint_group g "                                                             \
    "JOIN joint_part p ON p.org_id = g.org_id AND p.group_id = g.group_id "                                  \
    "JOIN team t ON t.org_id = p.org_id AND t.team_id = p.team_id "                                          \
    "LEFT JOIN team w ON w.org_id = g.org_id AND w.team_id = g.team_id "
STATEMENT(JOINT_OF_PART,
          JOINT_COLUMNS "WHERE g.org_id = $1 AND g.group_id = (SELECT q.group_id FROM joint_part q "
                        "JOIN joint_group h ON h.org_id = q.org_id AND h.group_id = q.group_id "
                        "WHERE q.org_id = $1 AND q.team_id = $2 AND h.ended_at IS NULL) "
                        "ORDER BY t.name LIMIT 4");
STATEMENT(JOINT_OF_TEAM, JOINT_COLUMNS "WHERE g.org_id = $1 AND g.team_id = $2 ORDER BY t.name LIMIT 4");
/* Small teams with members that are in no group, no group themselves. */
STATEMENT(
    JOINT_CHOICES,
    "SELECT t.team_id, t.unit_id, t.name, (SELECT count(*) FROM team_role m WHERE m.org_id = t.org_id "
    "AND m.team_id = t.team_id AND m.role = 'member') FROM team t WHERE t.org_id = $1 AND t.team_id <> $2 "
    "AND (SELECT count(*) FROM team_role m WHERE m.org_id = t.org_id AND m.team_id = t.team_id "
    "AND m.role = 'member') BETWEEN 1 AND 4 "
    "AND NOT EXISTS (SELECT 1 FROM joint_group g WHERE g.org_id = t.org_id AND g.team_id = t.team_id) "
    "AND NOT EXISTS (SELECT 1 FROM joint_part p JOIN joint_group g ON g.org_id = p.org_id "
    "AND g.group_id = p.group_id WHERE p.org_id = t.org_id AND p.team_id = t.team_id "
    "AND g.ended_at IS NULL) "
    "ORDER BY CASE WHEN COALESCE(t.unit_id, 0) = $3 THEN 0 ELSE 1 END, t.name LIMIT 50");
STATEMENT(JOINT_GROUP_INSERT, "INSERT INTO joint_group (org_id, group_id, proposed_at) VALUES ($1, $2, $3)");
STATEMENT(JOINT_PART_INSERT,
          "INSERT INTO joint_part (org_id, group_id, team_id, agreed_at) VALUES ($1, $2, $3, $4)");
STATEMENT(JOINT_PART_AGREE,
          "UPDATE joint_part SET agreed_at = $4 WHERE org_id = $1 AND group_id = $2 AND team_id = $3");
STATEMENT(JOINT_FIX,
          "UPDATE joint_group SET team_id = $3, fixed_at = $4 WHERE org_id = $1 AND group_id = $2");
STATEMENT(JOINT_END, "UPDATE joint_group SET ended_at = $3 WHERE org_id = $1 AND group_id = $2");
STATEMENT(JOINT_PARTS_FORGET, "DELETE FROM joint_part WHERE org_id = $1 AND group_id = $2");
STATEMENT(JOINT_FORGET, "DELETE FROM joint_group WHERE org_id = $1 AND group_id = $2");
/* Who could answer together: whoever leads one of the teams does not. */
STATEMENT(JOINT_RESPONDENTS,
          "SELECT count(DISTINCT r.person_id) FROM joint_part p JOIN team_role r ON r.org_id = p.org_id "
          "AND r.team_id = p.team_id WHERE p.org_id = $1 AND p.group_id = $2 AND r.role = 'member' "
          "AND NOT EXISTS (SELECT 1 FROM joint_part q JOIN team_role s ON s.org_id = q.org_id "
          "AND s.team_id = q.team_id AND s.role = 'leader' WHERE q.org_id = p.org_id "
          "AND q.group_id = p.group_id AND s.person_id = r.person_id)");
STATEMENT(JOINT_NAME_TAKEN, "SELECT 1 FROM team WHERE org_id = $1 AND name = $2");

/* ---- Reading ------------------------------------------------------------------------------------------- */

static enum error_code read_joint(struct store_session *session, const struct statement *statement,
                                  int64_t org, int64_t team, struct region *region, struct error *error,
                                  struct joint *ret_joint)
{
    struct joint joint = {0};
    STORE_ROWS(rows);
    TRY(store_select(session, statement, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &rows));
    while (joint.count < JOINT_PARTS_MAXIMUM && store_next(&rows)) {
        joint.id = store_column_integer(&rows, 0);
        joint.team = store_column_integer(&rows, 1);
        joint.name = store_column_copy(&rows, 2, region);
        joint.state = (enum joint_state)store_column_integer(&rows, 3);
        joint.since = store_column_integer(&rows, 4);
        joint.parts[joint.count++] = (struct joint_part){
            .team = store_column_integer(&rows, 5),
            .name = store_column_copy(&rows, 6, region),
            .agreed = store_column_integer(&rows, 7) != 0,
            .members = store_column_integer(&rows, 8),
        };
    }
    TRY(store_rows_end(&rows));
    *ret_joint = joint;
    return OK;
}

enum error_code joint_of_part(struct store_session *session, int64_t org, int64_t team, struct region *region,
                              struct error *error, struct joint *ret_joint)
{
    return read_joint(session, &JOINT_OF_PART, org, team, region, error, ret_joint);
}

enum error_code joint_of_team(struct store_session *session, int64_t org, int64_t team, struct region *region,
                              struct error *error, struct joint *ret_joint)
{
    return read_joint(session, &JOINT_OF_TEAM, org, team, region, error, ret_joint);
}

enum error_code joint_choices(struct store_session *session, int64_t org, const struct team *team,
                              struct region *region, struct error *error,
                              struct team ret_teams[static JOINT_CHOICES_MAXIMUM], size_t *ret_count)
{
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &JOINT_CHOICES,
                     PARAMETERS(V_INTEGER(org), V_INTEGER(team->id), V_INTEGER(team->unit)), error, &rows));
    while (count < JOINT_CHOICES_MAXIMUM && store_next(&rows))
        ret_teams[count++] = (struct team){.id = store_column_integer(&rows, 0),
                                           .unit = store_column_integer(&rows, 1),
                                           .name = store_column_copy(&rows, 2, region),
                                           .members = store_column_integer(&rows, 3)};
    TRY(store_rows_end(&rows));
    *ret_count = count;
    return OK;
}

struct slice joint_part_names(const struct joint *joint, int64_t without, struct region *region)
{
    struct slice names = S("");
    for (size_t i = 0; i < joint->count; i++)
        if (joint->parts[i].team != without)
            names = region_format(region, "%.*s%s%.*s", SLICE_ARG(names), names.length > 0 ? ", " : "",
                                  SLICE_ARG(joint->parts[i].name));
    return names;
}

/* ---- Changing ------------------------------------------------------------------------------------------ */

struct joining {
    struct store_session *session;
    struct application *application;
    int64_t org, by;
    struct region *region;
    struct error *error;
};

/* Does the person who acts speak for this team: as its leader, or for one without a leader as an owner? */
static enum error_code speaks_for(const struct joining *joining, int64_t team, bool *ret_speaks)
{
    enum team_role role;
    enum org_role of_org;
    struct team loaded;
    TRY(people_team_role(joining->session, joining->org, team, joining->by, joining->error, &role));
    TRY(people_org_role(joining->session, joining->org, joining->by, joining->error, &of_org));
    TRY(team_load(joining->session, joining->org, team, joining->region, joining->error, &loaded));
    *ret_speaks = role == TEAM_ROLE_LEADER || (of_org == ORG_ROLE_OWNER && !team_has_leader(&loaded));
    return OK;
}

static enum error_code check_free(const struct joining *joining, int64_t team)
{
    struct team loaded;
    struct joint joint;
    TRY(team_load(joining->session, joining->org, team, joining->region, joining->error, &loaded));
    TRY(joint_of_part(joining->session, joining->org, team, joining->region, joining->error, &joint));
    if (loaded.kind != TEAM_ALONE || joint.state != JOINT_NONE)
        return FAIL(joining->error, ERROR_CONFLICT, "joint-taken", "a team is in a group already");
    return OK;
}

/* As it is when the proposal is made, and again when it becomes real. */
static enum error_code check_size(const struct joining *joining, int64_t group, const struct joint *joint)
{
    int64_t people = 0;
    for (size_t i = 0; i < joint->count; i++)
        if (joint->parts[i].members < 1 || joint->parts[i].members >= TEAM_TALK_BELOW)
            return FAIL(joining->error, ERROR_CONFLICT, "joint-not-small",
                        "a team has no or too many members");
    TRY(store_one_integer(joining->session, &JOINT_RESPONDENTS,
                          PARAMETERS(V_INTEGER(joining->org), V_INTEGER(group)), joining->error, NULL,
                          &people));
    return people < TEAM_TALK_BELOW
               ? FAIL(joining->error, ERROR_CONFLICT, "joint-too-few", "together they are fewer than 5")
               : OK;
}

/* Index of the unit above both; -1: the organisation. Units stand parents first. */
static int64_t unit_above(const struct unit *units, size_t count, int64_t first, int64_t second)
{
    int64_t a = first, b = second;
    for (size_t i = count; i-- > 0 && a != b;) {
        if (units[i].id == a)
            a = units[i].parent;
        else if (units[i].id == b)
            b = units[i].parent;
    }
    return a == b ? a : 0;
}

static enum error_code nearest_unit(const struct joining *joining, const struct joint *joint,
                                    int64_t *ret_unit)
{
    struct unit *units;
    size_t count;
    int64_t unit = 0;
    TRY(unit_list(joining->session, joining->org, joining->region, joining->error, &units, &count));
    for (size_t i = 0; i < joint->count; i++) {
        struct team team;
        TRY(team_load(joining->session, joining->org, joint->parts[i].team, joining->region, joining->error,
                      &team));
        unit = i == 0 ? team.unit : unit_above(units, count, unit, team.unit);
    }
    *ret_unit = unit;
    return OK;
}

/* At most `maximum` bytes, never half a character. */
static struct slice shortened(struct slice name, size_t maximum)
{
    size_t length = name.length <= maximum ? name.length : maximum;
    while (length > 0 && length < name.length && (name.data[length] & 0xC0) == 0x80)
        length--;
    return slice_trim(slice_part(name, 0, length));
}

/* The names of the parts, so that what everybody checks (descriptor, log) says whose group it is. */
static enum error_code group_name(const struct joining *joining, const struct joint *joint,
                                  struct slice *ret_name)
{
    enum { ROOM = TEAM_NAME_MAXIMUM - 8 };
    struct slice plain = S(""), name;
    size_t each = ROOM / joint->count - 3;
    bool taken = true;
    for (size_t i = 0; i < joint->count; i++)
        plain = region_format(joining->region, "%.*s%s%.*s", SLICE_ARG(plain), i > 0 ? " + " : "",
                              SLICE_ARG(shortened(joint->parts[i].name, each)));
    name = plain;
    for (int number = 2; taken && number < 1000; number++) {
        int64_t one = 0;
        TRY(store_one_integer(joining->session, &JOINT_NAME_TAKEN,
                              PARAMETERS(V_INTEGER(joining->org), V_TEXT(name)), joining->error, &taken,
                              &one));
        if (taken)
            name = region_format(joining->region, "%.*s (%d)", SLICE_ARG(plain), number);
    }
    *ret_name = name;
    return OK;
}

/* Once every team has said yes. */
static enum error_code fix(const struct joining *joining, const struct joint *joint)
{
    int64_t unit = 0, team = 0, now = clock_seconds(joining->application->clock);
    struct slice name;
    for (size_t i = 0; i < joint->count; i++)
        if (!joint->parts[i].agreed)
            return OK;
    TRY(check_size(joining, joint->id, joint));
    TRY(nearest_unit(joining, joint, &unit));
    TRY(group_name(joining, joint, &name));
    TRY(team_create(joining->session, joining->application, joining->org, name, unit, joining->error, &team));
    return store_execute(
        joining->session, &JOINT_FIX,
        PARAMETERS(V_INTEGER(joining->org), V_INTEGER(joint->id), V_INTEGER(team), V_INTEGER(now)),
        joining->error, NULL);
}

static enum error_code add_part(const struct joining *joining, int64_t group, int64_t team)
{
    bool agrees = false;
    TRY(check_free(joining, team));
    TRY(speaks_for(joining, team, &agrees));
    return store_execute(joining->session, &JOINT_PART_INSERT,
                         PARAMETERS(V_INTEGER(joining->org), V_INTEGER(group), V_INTEGER(team),
                                    agrees ? V_INTEGER(clock_seconds(joining->application->clock)) : V_NULL),
                         joining->error, NULL);
}

static enum error_code propose(const struct joining *joining, int64_t team, const int64_t *others,
                               size_t count)
{
    int64_t group = id_ordered(joining->application->random, joining->application->clock);
    int64_t teams[JOINT_PARTS_MAXIMUM] = {team};
    struct joint joint;
    if (count == 0 || count >= JOINT_PARTS_MAXIMUM)
        return FAIL(joining->error, ERROR_INPUT, "joint-nobody", "a group has two to four teams");
    memcpy(teams + 1, others, count * sizeof *others);
    for (size_t i = 0; i <= count; i++) /* all before the first is in the group */
        TRY(check_free(joining, teams[i]));
    TRY(store_execute(joining->session, &JOINT_GROUP_INSERT,
                      PARAMETERS(V_INTEGER(joining->org), V_INTEGER(group),
                                 V_INTEGER(clock_seconds(joining->application->clock))),
                      joining->error, NULL));
    for (size_t i = 0; i <= count; i++)
        TRY(add_part(joining, group, teams[i]));
    TRY(joint_of_part(joining->session, joining->org, team, joining->region, joining->error, &joint));
    TRY(check_size(joining, group, &joint));
    return fix(joining, &joint);
}

enum error_code joint_propose(struct store_session *session, struct application *application, int64_t org,
                              int64_t team, const int64_t *others, size_t count, int64_t by,
                              struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    return propose(&(struct joining){session, application, org, by, region, error}, team, others, count);
}

static enum error_code load_proposed(const struct joining *joining, int64_t team, struct joint *ret_joint)
{
    TRY(joint_of_part(joining->session, joining->org, team, joining->region, joining->error, ret_joint));
    return ret_joint->state == JOINT_PROPOSED
               ? OK
               : FAIL(joining->error, ERROR_GONE, "joint-over", "nothing is proposed to this team any more");
}

static enum error_code agree(const struct joining *joining, int64_t team)
{
    struct joint joint;
    bool speaks = false;
    TRY(load_proposed(joining, team, &joint));
    TRY(speaks_for(joining, team, &speaks));
    if (!speaks)
        return FAIL(joining->error, ERROR_DENIED, "joint-leader-needed",
                    "the leader of the team says yes or no");
    TRY(store_execute(joining->session, &JOINT_PART_AGREE,
                      PARAMETERS(V_INTEGER(joining->org), V_INTEGER(joint.id), V_INTEGER(team),
                                 V_INTEGER(clock_seconds(joining->application->clock))),
                      joining->error, NULL));
    for (size_t i = 0; i < joint.count; i++)
        joint.parts[i].agreed = joint.parts[i].agreed || joint.parts[i].team == team;
    return fix(joining, &joint);
}

enum error_code joint_agree(struct store_session *session, struct application *application, int64_t org,
                            int64_t team, int64_t by, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    return agree(&(struct joining){session, application, org, by, region, error}, team);
}

enum error_code joint_decline(struct store_session *session, int64_t org, int64_t team, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct joint joint;
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    const struct joining joining = {.session = session, .org = org, .region = region, .error = error};
    TRY(load_proposed(&joining, team, &joint));
    TRY(store_execute(session, &JOINT_PARTS_FORGET, PARAMETERS(V_INTEGER(org), V_INTEGER(joint.id)), error,
                      NULL));
    return store_execute(session, &JOINT_FORGET, PARAMETERS(V_INTEGER(org), V_INTEGER(joint.id)), error,
                         NULL);
}

enum error_code joint_leave(struct store_session *session, int64_t org, int64_t team, int64_t now,
                            struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct joint joint;
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(joint_of_part(session, org, team, region, error, &joint));
    if (joint.state != JOINT_FIXED)
        return FAIL(error, ERROR_GONE, "joint-over", "this team is in no group any more");
    return store_execute(session, &JOINT_END, PARAMETERS(V_INTEGER(org), V_INTEGER(joint.id), V_INTEGER(now)),
                         error, NULL);
}

/* Who is asking, and may they? The one place that decides both. Whatever is not named here is refused. */
#include "people/deputy.h"
#include "people/page.h"
#include "people/seat.h"

STATEMENT(IDENTITY_SELECT, "SELECT s.org_id, s.person_id, p.name, p.language, s.used_on FROM web_session s "
                           "JOIN person p ON p.org_id = s.org_id AND p.person_id = s.person_id "
                           "WHERE s.session_hash = $1 AND s.expires_at > $2");

enum error_code policy_identify(struct http_request *request, const uint8_t session_hash[32],
                                struct error *error)
{
    struct http_identity identity = {0};
    int64_t now = clock_seconds(request->clock), today = now - now % DAY_SECONDS, used_on = today;
    STORE_ROWS(rows);
    TRY(store_select(request->session, &IDENTITY_SELECT,
                     PARAMETERS(V_BYTES(slice_from_bytes(session_hash, 32)), V_INTEGER(now)), error, &rows));
    if (store_next(&rows)) {
        identity.org = store_column_integer(&rows, 0);
        identity.person = store_column_integer(&rows, 1);
        identity.name = store_column_copy(&rows, 2, request->region);
        identity.language = store_column_copy(&rows, 3, request->region);
        memcpy(identity.session, session_hash, sizeof identity.session);
        used_on = store_column_integer(&rows, 4);
    }
    TRY(store_rows_end(&rows));
    request->identity = identity;
    if (used_on < today)
        web_session_used(request->store, session_hash, today);
    return OK;
}

static enum error_code authorise_org(struct http_request *request, enum org_role needed, const char *reason,
                                     struct error *error)
{
    enum org_role role = ORG_ROLE_NONE;
    TRY(people_org_role(request->session, request->identity.org, request->identity.person, error, &role));
    if (role < needed)
        return FAIL(error, ERROR_DENIED, reason, "the person has not this role in the organisation");
    return OK;
}

/* One of the roles of people who stand apart; or, where owner_too, that of an owner. */
static enum error_code authorise_seat(struct http_request *request, const bool seats[static SEATS],
                                      bool owner_too, struct error *error)
{
    bool held[SEATS];
    const struct http_identity *identity = &request->identity;
    TRY(seats_of_person(request->session, identity->org, identity->person, error, held));
    for (int seat = SEAT_CONFIDANT; seat < SEATS; seat++)
        if (held[seat] && seats[seat])
            return OK;
    if (owner_too)
        return authorise_org(request, ORG_ROLE_OWNER, "seat-needed", error);
    return FAIL(error, ERROR_DENIED, "seat-needed", "the person has not this role in the organisation");
}

static bool deputies_may(enum permission permission)
{
    return permission == PERMISSION_TEAM || permission == PERMISSION_TEAM_LEADING ||
           permission == PERMISSION_TEAM_LIST;
}

/* Another organisation's team is as unknown as one that does not exist. */
static enum error_code authorise_team(struct http_request *request, enum permission permission,
                                      struct error *error)
{
    int64_t team = 0;
    struct team loaded;
    enum team_role role = TEAM_ROLE_NONE;
    bool deputy = false;
    int64_t org = request->identity.org;
    TRY(http_path_id(request, "team", error, &team));
    TRY(team_load(request->session, org, team, request->region, error, &loaded));
    TRY(people_team_role(request->session, org, team, request->identity.person, error, &role));
    if (deputies_may(permission) && role != TEAM_ROLE_LEADER &&
        !(permission == PERMISSION_TEAM && role == TEAM_ROLE_MEMBER))
        TRY(deputy_is(request->session, org, team, request->identity.person, clock_seconds(request->clock),
                      error, &deputy));
    if (deputy)
        return OK;
    if (permission == PERMISSION_TEAM_LIST && role != TEAM_ROLE_LEADER)
        return authorise_org(request, ORG_ROLE_OWNER, "list-keeper-needed", error);
    if (role == TEAM_ROLE_NONE)
        return FAIL(error, ERROR_DENIED, "not-your-team", "the person has no role in this team");
    if (permission == PERMISSION_TEAM_MEMBER && role != TEAM_ROLE_MEMBER)
        return FAIL(error, ERROR_DENIED, "member-needed", "this is for members of the team");
    if ((permission == PERMISSION_TEAM_LEADER || permission == PERMISSION_TEAM_LEADING) &&
        role != TEAM_ROLE_LEADER)
        return FAIL(error, ERROR_DENIED, "leader-needed", "this is for the leader of the team");
    return OK;
}

enum error_code policy_authorise(struct http_request *request, enum permission permission,
                                 struct error *error)
{
    if (permission == PERMISSION_PUBLIC || permission == PERMISSION_ANONYMOUS)
        return OK;
    if (permission != PERMISSION_CLAIM && request->identity.person == 0)
        return FAIL(error, ERROR_DENIED, "sign-in-needed", "nobody is signed in");
    switch (permission) {
    case PERMISSION_SIGNED_IN:
        return OK;
    case PERMISSION_TEAM_MEMBER:
    case PERMISSION_TEAM_LEADER:
    case PERMISSION_TEAM_LEADING:
    case PERMISSION_TEAM:
    case PERMISSION_TEAM_LIST:
        return authorise_team(request, permission, error);
    case PERMISSION_ORG_OWNER:
        return authorise_org(request, ORG_ROLE_OWNER, "owner-needed", error);
    case PERMISSION_ORG_VIEWER:
        return authorise_org(request, ORG_ROLE_VIEWER, "viewer-needed", error);
    case PERMISSION_CONFIDANT:
        return authorise_seat(request, (bool[SEATS]){[SEAT_CONFIDANT] = true}, false, error);
    case PERMISSION_AUDITOR:
        return authorise_seat(request, (bool[SEATS]){[SEAT_AUDITOR] = true}, false, error);
    case PERMISSION_COUNCIL:
        return authorise_seat(request, (bool[SEATS]){[SEAT_COUNCIL] = true}, false, error);
    case PERMISSION_OVERSIGHT:
        return authorise_seat(request, (bool[SEATS]){[SEAT_AUDITOR] = true, [SEAT_COUNCIL] = true}, true,
                              error);
    case PERMISSION_EXAMPLE:
        return authorise_seat(request, (bool[SEATS]){[SEAT_COUNCIL] = true}, true, error);
    case PERMISSION_CLAIM:
        return policy_is_claimed(request->application)
                   ? FAIL(error, ERROR_NOT_FOUND, "claimed", "the installation is claimed")
                   : OK;
    default:
        return FAIL(error, ERROR_DENIED, "not-allowed", "no rule allows this");
    }
}

bool policy_is_claimed(struct application *application)
{
    return application->claimed;
}

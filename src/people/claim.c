#include "people/claim.h"

#include "people/seat.h"

struct claim_write {
    struct application *application;
    const struct claim *claim;
    int64_t org, owner;
};

static enum error_code give_team_role(struct store_session *session, struct claim_write *write, int64_t team,
                                      struct slice address, struct slice name, enum team_role role,
                                      struct error *error)
{
    int64_t person = 0;
    TRY(person_ensure(session, write->application, write->org, address, name, write->claim->language, error,
                      &person));
    return team_give_role(session, write->application, write->org, team, person, role, error);
}

static enum error_code make_team(struct store_session *session, struct claim_write *write,
                                 struct error *error)
{
    const struct claim *claim = write->claim;
    struct slice leader = claim->leader.length > 0 ? claim->leader : claim->address;
    int64_t team = 0;
    TRY(team_create(session, write->application, write->org, claim->team, 0, error, &team));
    TRY(give_team_role(session, write, team, leader, S(""), TEAM_ROLE_LEADER, error));
    for (size_t i = 0; i < claim->member_count; i++)
        TRY(give_team_role(session, write, team, claim->members[i].address, claim->members[i].name,
                           TEAM_ROLE_MEMBER, error));
    return OK;
}

static enum error_code make_all(struct store_session *session, void *context, struct error *error)
{
    struct claim_write *write = context;
    struct application *application = write->application;
    const struct claim *claim = write->claim;
    TRY(installation_check_token(session, claim->token, error));
    TRY(org_create(session, application, claim->organisation, ORG_REAL, claim->language, claim->rhythm_days,
                   0, error, &write->org));
    TRY(person_ensure(session, application, write->org, claim->address, claim->name, claim->language, error,
                      &write->owner));
    TRY(role_give(session, write->org, write->owner, ORG_ROLE_OWNER, write->owner,
                  clock_seconds(application->clock), error));
    TRY(make_team(session, write, error));
    TRY(web_session_create(session, write->org, write->owner, claim->session_hash, claim->device,
                           clock_seconds(application->clock), error));
    return installation_mark_claimed(session, error); /* ends the token: a second claim finds none */
}

enum error_code installation_claim(struct application *application, const struct claim *claim,
                                   struct error *error, int64_t *ret_org)
{
    struct claim_write write = {.application = application, .claim = claim};
    TRY(store_write(application->store, make_all, &write, error));
    application->claimed = true;
    *ret_org = write.org;
    return OK;
}

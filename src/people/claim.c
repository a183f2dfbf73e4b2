#include "people/claim.h"

#include "people/seat.h"

struct claim_write {
    struct application *application;
    const struct claim *claim;
    int64_t org, owner;
};

static enum error_code make_all(struct store_session *session, void *context, struct error *error)
{
    struct claim_write *write = context;
    struct application *application = write->application;
    const struct claim *claim = write->claim;
    TRY(installation_check_token(session, claim->token, error));
    TRY(org_create(session, application, claim->organisation, ORG_REAL, claim->language, ORG_RHYTHM_DAYS, 0,
                   error, &write->org));
    TRY(person_ensure(session, application, write->org, claim->address, claim->name, claim->language, error,
                      &write->owner));
    TRY(role_give(session, write->org, write->owner, ORG_ROLE_OWNER, write->owner,
                  clock_seconds(application->clock), error));
    TRY(org_welcome_reach(session, write->org, WELCOME_NAME, error));
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

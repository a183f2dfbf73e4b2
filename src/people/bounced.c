#include "people/bounced.h"

STATEMENT(BOUNCED_PERSONS,
          "SELECT org_id, person_id FROM person WHERE address = $1 ORDER BY org_id, person_id LIMIT 100");

struct owner {
    int64_t org, person; /* person 0: nobody */
};

/* The person of this address for whom the returned mail was made; somebody may be in several organisations. */
static enum error_code find_owner(struct store_session *session, const struct application *application,
                                  struct slice typed, struct slice id, struct region *region,
                                  struct error *error, struct owner *ret_owner)
{
    struct slice address;
    if (address_check(typed, region, NULL, &address) != OK)
        return OK;
    STORE_ROWS(rows);
    TRY(store_select(session, &BOUNCED_PERSONS, PARAMETERS(V_TEXT(address)), error, &rows));
    while (store_next(&rows)) {
        struct owner owner = {store_column_integer(&rows, 0), store_column_integer(&rows, 1)};
        if (mail_message_id_is_of(application, id, owner.org, owner.person))
            *ret_owner = owner;
    }
    return store_rows_end(&rows);
}

/* Who forwards mail has a final address that nobody here knows; then the one it was written to counts. */
static enum error_code find_any(struct store_session *session, const struct application *application,
                                const struct bounce *bounce, const struct bounce_recipient *recipient,
                                struct region *region, struct error *error, struct owner *ret_owner)
{
    const struct slice addresses[] = {recipient->original, recipient->final, bounce->to};
    for (size_t i = 0; i < COUNT_OF(addresses) && ret_owner->person == 0; i++)
        TRY(find_owner(session, application, addresses[i], bounce->message_id, region, error, ret_owner));
    return OK;
}

enum error_code bounced_note(struct store_session *session, const struct application *application,
                             const struct bounce *bounce, struct region *region, struct error *error,
                             struct bounced *ret_bounced)
{
    struct bounced bounced = {0};
    for (size_t i = 0; i < bounce->recipient_count; i++) {
        const struct bounce_recipient *recipient = &bounce->recipients[i];
        struct owner owner = {0};
        TRY(find_any(session, application, bounce, recipient, region, error, &owner));
        if (owner.person == 0) {
            bounced.foreign++;
        } else if (recipient->permanent) {
            bounced.refused++;
            TRY(mail_recipient_refused(session, owner.org, owner.person, (int)recipient->code,
                                       clock_seconds(application->clock), error));
        } else {
            bounced.counted++;
            TRY(mail_recipient_bounced(session, owner.org, owner.person, error));
        }
    }
    *ret_bounced = bounced;
    return OK;
}

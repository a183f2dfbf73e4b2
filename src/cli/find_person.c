#include "cli/find_person.h"

#include "people/people.h"

enum error_code find_person(struct application *application, const char *address, const char *org_name,
                            struct region *region, struct error *error, int64_t *ret_org, int64_t *ret_person)
{
    CLEANUP(store_session_cleanup) struct store_session *session = NULL;
    TRY(store_session_open(application->store, error, &session));
    int64_t one = 0, *orgs = &one;
    size_t count = 1, found = 0;
    if (org_name != NULL)
        TRY(org_find(session, slice_from_text(org_name), error, &one));
    else
        TRY(org_list(session, region, error, &orgs, &count));
    for (size_t i = 0; i < count; i++) {
        struct person person;
        enum error_code code =
            person_find(session, orgs[i], slice_from_text(address), region, error, &person);
        if (code == ERROR_NOT_FOUND)
            continue;
        TRY(code);
        *ret_org = orgs[i];
        *ret_person = person.id;
        found++;
    }
    if (found == 0)
        return FAIL(error, ERROR_NOT_FOUND, "person-unknown", "nobody here has the address %s", address);
    if (found > 1)
        return FAIL(error, ERROR_CONFLICT, "person-in-several",
                    "%s is known in %zu organisations; say which with --org NAME", address, found);
    return OK;
}

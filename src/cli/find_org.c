#include "cli/find_org.h"

enum error_code find_one_org(struct store_session *session, const char *name, struct region *region,
                             struct error *error, int64_t *ret_org)
{
    int64_t *orgs;
    size_t count;
    if (name != NULL)
        return org_find(session, slice_from_text(name), error, ret_org);
    TRY(org_list(session, region, error, &orgs, &count));
    if (count == 0)
        return FAIL(error, ERROR_NOT_FOUND, "org-unknown",
                    "there is no organisation yet; run hecht serve and open the link that it prints");
    if (count > 1)
        return FAIL(error, ERROR_CONFLICT, "org-unclear",
                    "there are %zu organisations; say which with --org NAME", count);
    *ret_org = orgs[0];
    return OK;
}

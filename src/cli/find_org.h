/* Which organisation a command is about. */
#ifndef HECHT_CLI_FIND_ORG_H
#define HECHT_CLI_FIND_ORG_H

#include "org/org.h"

/* name NULL: the only one. ERROR_NOT_FOUND, "org-unknown"; ERROR_CONFLICT, "org-unclear". */
enum error_code find_one_org(struct store_session *session, const char *name, struct region *region,
                             struct error *error, int64_t *ret_org) MUST_CHECK;

#endif

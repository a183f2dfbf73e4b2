/* Whom an address on the command line means. */
#ifndef HECHT_CLI_FIND_PERSON_H
#define HECHT_CLI_FIND_PERSON_H

#include "org/org.h"

/* Looks in one organisation, or in all when org_name is NULL; known in several is an error, since it would be the wrong
 * one. ERROR_NOT_FOUND "person-unknown", ERROR_CONFLICT "person-in-several". */
enum error_code find_person(struct application *application, const char *address, const char *org_name,
                            struct region *region, struct error *error, int64_t *ret_org,
                            int64_t *ret_person) MUST_CHECK;

#endif

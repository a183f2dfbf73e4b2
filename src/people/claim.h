/* Claiming an installation: the first organisation and its owner. The way from there to the first round has pages of its own
 * (start_team_pages.c, src/pulse/start_pages.c). Uses: org, people. */
#ifndef HECHT_PEOPLE_CLAIM_H
#define HECHT_PEOPLE_CLAIM_H

#include "people/people.h"

struct claim {
    struct slice token;                   /* of the claim link */
    struct slice address, name, language; /* of the owner */
    struct slice organisation;
    uint8_t session_hash[32]; /* of the owner's first session */
    struct slice device;      /* it begins on */
};

/* All or nothing, and once: ERROR_NOT_FOUND, reason "claim-unknown", for a wrong or used token;
 * ERROR_CONFLICT, reason "org-name-taken". There is no team yet, and no round is planned. Afterwards
 * application->claimed is true. */
enum error_code installation_claim(struct application *application, const struct claim *claim,
                                   struct error *error, int64_t *ret_org) MUST_CHECK;

#endif

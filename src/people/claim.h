/* Claiming an installation: the first organisation, its owner, its first team. Uses: org, people. */
#ifndef HECHT_PEOPLE_CLAIM_H
#define HECHT_PEOPLE_CLAIM_H

#include "people/people.h"

struct claim {
    struct slice token;                   /* of the claim link */
    struct slice address, name, language; /* of the owner */
    struct slice organisation, team;
    struct slice leader; /* address; empty: the owner leads the team */
    const struct pasted_person *members;
    size_t member_count;
    int64_t rhythm_days;
    uint8_t session_hash[32]; /* of the owner's first session */
    struct slice device;      /* it begins on */
};

/* All or nothing, and once: ERROR_NOT_FOUND, reason "claim-unknown", for a wrong or used token;
 * ERROR_CONFLICT, reasons "org-name-taken" and "leader-not-member". No round is planned. Afterwards
 * application->claimed is true. */
enum error_code installation_claim(struct application *application, const struct claim *claim,
                                   struct error *error, int64_t *ret_org) MUST_CHECK;

#endif

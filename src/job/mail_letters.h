/* What each mail says. */
#ifndef HECHT_JOB_MAIL_LETTERS_H
#define HECHT_JOB_MAIL_LETTERS_H

#include "job/digest.h"
#include "mail/letter.h"
#include "people/people.h"
#include "pulse/round_mail.h"

struct letter_facts {
    const struct mail *mail;
    const struct org *org;
    const struct person *person;
    const struct round_facts *round; /* of mails about an open round */
    const struct digest *digest;     /* of the weekly mail */
    const struct zone *zone;         /* of the organisation: dates are written in it */
    struct slice url;                /* "https://trust.example.org" */
    struct slice token;              /* of the sign-in link */
    struct slice stop_token;
    int64_t link_until;
};

/* Nothing in it depends on whether the person has answered. */
void letter_make(const struct letter_facts *facts, struct region *region, struct letter *ret_letter);
/* For trying out whether mail leaves. */
void letter_make_test(enum language language, struct region *region, struct letter *ret_letter);

#endif

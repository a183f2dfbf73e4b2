/* Mails that came back after their server had taken them: noted of the person they were for. Uses: mail, people. */
#ifndef HECHT_PEOPLE_BOUNCED_H
#define HECHT_PEOPLE_BOUNCED_H

#include "mail/bounce.h"
#include "people/people.h"

struct bounced {
    int64_t
        refused; /* addresses that take no mail any more: no mail about rounds goes there until somebody tries again */
    int64_t counted; /* mails that may come through later */
    int64_t foreign; /* not about a mail of this installation, as far as can be told */
};

/* Inside a write. A recipient counts when the mail that came back was made here for a person of that address. */
enum error_code bounced_note(struct store_session *session, const struct application *application,
                             const struct bounce *bounce, struct region *region, struct error *error,
                             struct bounced *ret_bounced) MUST_CHECK;

#endif

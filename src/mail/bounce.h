/* Mails that come back: what a delivery status notification (RFC 3464) says of whom, and whether it is about a mail of ours.
 * Anybody can write to the address to which mail comes back, so nothing is believed that does not quote the Message-ID of a mail to
 * that very person. Nothing is kept for that: the Message-ID proves itself with the installation's key. Uses: org. */
#ifndef HECHT_MAIL_BOUNCE_H
#define HECHT_MAIL_BOUNCE_H

#include "mail/mail.h"

enum {
    BOUNCE_MESSAGE_MAXIMUM = 1 << 20, /* more of a message is not looked at */
    BOUNCE_RECIPIENTS_MAXIMUM = 20,   /* others are left out */
    BOUNCE_CODE_UNKNOWN = 550,        /* where no server's reply is quoted */
};

struct bounce_recipient {
    struct slice original, final; /* addresses, as they were written; either may be empty */
    bool permanent;               /* failed for good (5.x.x); else it failed for now or waits (4.x.x) */
    int64_t code;                 /* of a server, 500 to 599; 0 when not permanent */
};

struct bounce {
    struct bounce_recipient recipients[BOUNCE_RECIPIENTS_MAXIMUM];
    size_t recipient_count;
    struct slice message_id; /* of the mail that came back, without < and >; empty: it is not quoted */
    struct slice to;         /* its recipient: an address, or empty */
};

/* Slices are parts of the message. ERROR_INPUT, reason "bounce-none": it is no such notification, or says nothing of anybody. */
enum error_code bounce_read(struct slice message, struct error *error, struct bounce *ret_bounce) MUST_CHECK;

/* "abc@example.org", the same for the same row, so that a server which gets a mail twice can tell. */
struct slice mail_message_id(const struct application *application, const struct mail *mail,
                             struct slice domain, struct region *region);
/* Was a mail with this Message-ID made here, for this person? */
bool mail_message_id_is_of(const struct application *application, struct slice id, int64_t org,
                           int64_t person);

#endif

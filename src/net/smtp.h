/* Mail out of the house: one message to one address, by SMTP. libcurl stays inside.
 *
 * Encryption is asked for (STARTTLS with smtp://, from the first byte with smtps://) and the certificate is checked,
 * unless the server is on this machine or `plain` says that it may be without. */
#ifndef HECHT_NET_SMTP_H
#define HECHT_NET_SMTP_H

#include "base/base.h"

enum { SMTP_SAID_MAXIMUM = 200 };

struct smtp_options {
    const char *url; /* "smtp://mail.example.org:587" or "smtps://mail.example.org:465" */
    bool plain;
    const char *trusted;         /* file with certificates to trust instead of the system's; NULL: those */
    const char *from;            /* address of the sender */
    const char *user, *password; /* NULL: without */
    const _Atomic bool *stop;    /* a sending ends early when it becomes true; may be NULL */
};

struct smtp_message {
    struct slice from_name; /* shown before the sender's address */
    struct slice to, to_name;
    struct slice subject;
    struct slice id;          /* "abc@example.org", the same when it is sent again */
    struct slice language;    /* "nl" */
    struct slice unsubscribe; /* address of RFC 8058; empty: none */
    struct slice text, html;
    int64_t date; /* seconds */
};

enum smtp_outcome {
    SMTP_SENT = 1,
    SMTP_LATER,   /* this message not now (4xx) */
    SMTP_REFUSED, /* this message to this address never (5xx) */
    SMTP_TROUBLE, /* server, encryption, login or sender: the same would happen to every message */
};

struct smtp_result {
    enum smtp_outcome outcome;
    bool was_refusing; /* SMTP_TROUBLE came when this message was being handed over, not before */
    int code;          /* the server's, 0: none */
    char words[300];   /* what happened, in English; names nobody */
    char said
        [SMTP_SAID_MAXIMUM]; /* the server's last line: may name somebody, so for eyes at the prompt only */
};

struct smtp;

/* ERROR_INPUT, reasons "smtp-url", "mail-from". */
enum error_code smtp_check(const struct smtp_options *options, struct error *error) MUST_CHECK;
/* Checks, then gets ready; connects when the first message is sent and keeps the connection. Belongs to one thread. The
 * options are used, not copied. */
enum error_code smtp_open(const struct smtp_options *options, struct error *error,
                          struct smtp **ret_smtp) MUST_CHECK;
struct smtp *smtp_close(struct smtp *smtp); /* takes NULL */
/* Fails only without memory, or for an address that is none (ERROR_INPUT, reason "address-wrong"). */
enum error_code smtp_send(struct smtp *smtp, const struct smtp_message *message, struct error *error,
                          struct smtp_result *ret_result) MUST_CHECK;

#endif

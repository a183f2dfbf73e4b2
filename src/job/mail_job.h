/* Sends what the outbox holds. Several processes may do so at once: a row belongs to the one that claimed it. No
 * transaction is open while a mail server is talked to. */
#ifndef HECHT_JOB_MAIL_JOB_H
#define HECHT_JOB_MAIL_JOB_H

#include "net/smtp.h"
#include "org/org.h"

struct mail_sender {
    struct application *application;
    struct slice url;  /* public address; https */
    struct slice from; /* address of the sender */
    /* smtp_send, or what a test has instead. */
    enum error_code (*send)(void *context, const struct smtp_message *message, struct error *error,
                            struct smtp_result *ret_result);
    void *context;
    const _Atomic bool *stop; /* a pass ends early; may be NULL */
    /* After trouble with the server nothing is tried until then; own to the process. */
    int64_t quiet_until, troubles;
};

/* One pass: grants wishes for sign-in links and sends what is due. What fails is logged and tried again. */
void mail_pass(struct mail_sender *sender);

#endif

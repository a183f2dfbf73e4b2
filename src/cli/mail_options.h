/* How mail leaves, as given to `hecht serve` and `hecht mail test`: options, then environment. */
#ifndef HECHT_CLI_MAIL_OPTIONS_H
#define HECHT_CLI_MAIL_OPTIONS_H

#include "cli/cli.h"
#include "net/smtp.h"

/* The rows of both commands' tables of options. */
#define MAIL_OPTIONS                                                                                         \
    {.name = "--smtp-url"}, {.name = "--mail-from"}, {.name = "--smtp-login"}, {.name = "--smtp-ca"},        \
    {                                                                                                        \
        .name = "--smtp-plain", .flag = true                                                                 \
    }

/* The part of both commands' help. */
#define MAIL_OPTIONS_HELP                                                                                       \
    "  --smtp-url URL         the mail server: smtp://HOST:PORT (encrypted by STARTTLS) or smtps://HOST:PORT\n" \
    "  --mail-from ADDRESS    the sender of all mail, e.g. hecht@example.org\n"                                 \
    "  --smtp-login FILE      a file of two lines, user and password; never on the command line\n"              \
    "  --smtp-ca FILE         certificates to trust instead of the system's\n"                                  \
    "  --smtp-plain           also without encryption; a server on this machine needs none\n"

/* Fills *ret_mail, whose texts live in the region; url NULL: mail is not set up. Mistakes are printed; returns an exit
 * code. */
int mail_options_read(const struct command *command, const struct arguments *arguments, struct region *region,
                      struct smtp_options *ret_mail);

#endif

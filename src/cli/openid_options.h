/* The provider of sign-ins, as given to `hecht serve`. */
#ifndef HECHT_CLI_OPENID_OPTIONS_H
#define HECHT_CLI_OPENID_OPTIONS_H

#include "cli/cli.h"
#include "openid/provider.h"

/* Rows of the command's table of options. */
#define OPENID_OPTIONS                                                                                       \
    {.name = "--oidc-issuer"}, {.name = "--oidc-client-id"}, {.name = "--oidc-client-secret-file"},          \
        {.name = "--oidc-name"}, {.name = "--oidc-viewer-claim"},                                            \
    {                                                                                                        \
        .name = "--oidc-trust-email", .flag = true                                                           \
    }

/* The part of its help. */
#define OPENID_OPTIONS_HELP                                                                                               \
    "  --oidc-issuer URL      the provider, e.g. https://login.example.org/realms/staff, exactly as it calls itself\n"    \
    "  --oidc-client-id ID    what it calls this Hecht; its redirect address is --url with /openid/return behind it\n"    \
    "  --oidc-client-secret-file FILE\n"                                                                                  \
    "                         a file of one line; never on the command line\n"                                            \
    "  --oidc-name TEXT       its name on the button (default: its host)\n"                                               \
    "  --oidc-viewer-claim NAME=VALUE\n"                                                                                  \
    "                         who has VALUE in the claim NAME is a viewer of the organisation, from sign-in to sign-in\n" \
    "  --oidc-trust-email     take addresses that the provider does not call verified; only when nobody can choose\n"     \
    "                         their own there (Entra ID with one tenant)\n"

/* Fills *ret_openid, whose texts live in the region; issuer NULL: it is not set up. Mistakes are printed; returns an exit
 * code. */
int openid_options_read(const struct command *command, const struct arguments *arguments,
                        struct region *region, struct openid_options *ret_openid);

#endif

#include "cli/openid_options.h"

#include <unistd.h>

/* A credential of systemd (LoadCredential=hecht-oidc:...); NULL when there is none. */
static const char *secret_credential(struct region *region)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (folder == NULL || folder[0] == '\0')
        return NULL;
    const char *path = region_text(region, region_format(region, "%s/hecht-oidc", folder));
    return access(path, F_OK) == 0 ? path : NULL;
}

static enum error_code read_secret(const char *path, struct region *region, struct error *error,
                                   const char **ret_secret)
{
    struct slice content;
    TRY(file_read(path, OPENID_SECRET_MAXIMUM + 2, region, error, &content));
    struct slice secret = slice_trim(content);
    if (secret.length == 0 || !slice_is_clean_text(secret, ""))
        return FAIL(error, ERROR_INPUT, "openid-secret", "%s does not hold one line, the client secret",
                    path);
    *ret_secret = region_text(region, secret);
    return OK;
}

static bool read_claim(const char *text, struct region *region, struct openid_options *openid)
{
    struct slice all = slice_from_text(text);
    size_t equals = slice_find_byte(all, '=');
    struct slice name = slice_part(all, 0, equals), value = slice_from(all, equals + 1);
    if (name.length == 0 || value.length == 0 || !slice_is_clean_text(all, ""))
        return false;
    openid->viewer_claim = region_text(region, name);
    openid->viewer_value = region_text(region, value);
    return true;
}

int openid_options_read(const struct command *command, const struct arguments *arguments,
                        struct region *region, struct openid_options *ret_openid)
{
    struct error error = {0};
    struct openid_options openid = {
        .issuer = argument_value(arguments, "--oidc-issuer"),
        .client = argument_value(arguments, "--oidc-client-id"),
        .name = argument_value(arguments, "--oidc-name"),
        .addresses_trusted = argument_flag(arguments, "--oidc-trust-email"),
    };
    const char *file = argument_value(arguments, "--oidc-client-secret-file"),
               *claim = argument_value(arguments, "--oidc-viewer-claim");
    if (openid.issuer == NULL) {
        if (openid.client != NULL || openid.name != NULL || openid.addresses_trusted || file != NULL ||
            claim != NULL)
            return usage_error(command, "sign-in by OpenID Connect needs --oidc-issuer as well");
        return EXIT_DONE;
    }
    if (file == NULL)
        file = secret_credential(region);
    if (openid.client == NULL || file == NULL)
        return usage_error(command, "--oidc-issuer needs --oidc-client-id and --oidc-client-secret-file");
    if (argument_value(arguments, "--url") == NULL)
        return usage_error(command, "--oidc-issuer needs --url: the provider sends people back to it");
    if (claim != NULL && !read_claim(claim, region, &openid))
        return usage_error(command, "--oidc-viewer-claim is NAME=VALUE, e.g. groups=hecht-viewers");
    if (read_secret(file, region, &error, &openid.secret) != OK)
        return report_error(&error);
    *ret_openid = openid;
    return EXIT_DONE;
}

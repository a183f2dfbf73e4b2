#include "cli/mail_options.h"

#include <unistd.h>

enum { LOGIN_MAXIMUM = 4096 };

static const char *value_or_environment(const struct arguments *arguments, const char *option,
                                        const char *variable)
{
    const char *given = argument_value(arguments, option), *environment = getenv(variable);
    if (given != NULL)
        return given;
    return environment != NULL && environment[0] != '\0' ? environment : NULL;
}

/* A credential of systemd (LoadCredential=hecht-smtp:...); NULL when there is none. */
static const char *login_credential(struct region *region)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (folder == NULL || folder[0] == '\0')
        return NULL;
    const char *path = region_text(region, region_format(region, "%s/hecht-smtp", folder));
    return access(path, F_OK) == 0 ? path : NULL;
}

static struct slice take_line(struct slice *rest)
{
    struct slice line = S("");
    (void)slice_take(rest, '\n', &line);
    return slice_ends_with(line, S("\r")) ? slice_part(line, 0, line.length - 1) : line;
}

static enum error_code read_login(const char *path, struct region *region, struct error *error,
                                  struct smtp_options *mail)
{
    struct slice content;
    TRY(file_read(path, LOGIN_MAXIMUM, region, error, &content));
    struct slice user = take_line(&content), password = take_line(&content);
    if (user.length == 0 || password.length == 0 || slice_trim(content).length > 0 ||
        !slice_is_clean_text(user, "") || !slice_is_clean_text(password, ""))
        return FAIL(error, ERROR_INPUT, "smtp-login", "%s does not hold two lines, the user and the password",
                    path);
    mail->user = region_text(region, user);
    mail->password = region_text(region, password);
    return OK;
}

int mail_options_read(const struct command *command, const struct arguments *arguments, struct region *region,
                      struct smtp_options *ret_mail)
{
    struct error error = {0};
    struct smtp_options mail = {
        .url = value_or_environment(arguments, "--smtp-url", "HECHT_SMTP_URL"),
        .from = value_or_environment(arguments, "--mail-from", "HECHT_MAIL_FROM"),
        .trusted = value_or_environment(arguments, "--smtp-ca", "HECHT_SMTP_CA"),
        .plain = argument_flag(arguments, "--smtp-plain"),
    };
    const char *login = value_or_environment(arguments, "--smtp-login", "HECHT_SMTP_LOGIN");
    if (login == NULL && mail.url != NULL)
        login = login_credential(region);
    if (mail.url == NULL && (mail.from != NULL || login != NULL || mail.trusted != NULL || mail.plain))
        return usage_error(command, "mail needs --smtp-url as well");
    if (mail.url != NULL && mail.from == NULL)
        return usage_error(command, "mail needs a sender: --mail-from ADDRESS");
    if (mail.url != NULL && smtp_check(&mail, &error) != OK) {
        report_error(&error);
        return EXIT_USAGE;
    }
    if (login != NULL && read_login(login, region, &error, &mail) != OK)
        return report_error(&error);
    *ret_mail = mail;
    return EXIT_DONE;
}

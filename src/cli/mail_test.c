#include "cli/mail_options.h"

#include "job/mail_letters.h"
#include "net/header.h"

static const char HELP[] =
    "Usage: hecht mail test ADDRESS --smtp-url URL --mail-from ADDRESS [OPTION ...]\n\n"
    "Sends one mail and says what happened: whether the mail server is found, whether the way there is encrypted, and\n"
    "whether it takes the login, the sender and the address. Give it what hecht serve gets. No database is needed.\n\n"
    "Options:\n" MAIL_OPTIONS_HELP
    "\nEnvironment: HECHT_SMTP_URL, HECHT_MAIL_FROM, HECHT_SMTP_LOGIN, HECHT_SMTP_CA; CREDENTIALS_DIRECTORY (of systemd; its "
    "file\nhecht-smtp is the login).\n\n"
    "Examples:\n"
    "  hecht mail test me@example.org --smtp-url smtp://mail.example.org:587 --mail-from hecht@example.org \\\n"
    "    --smtp-login /etc/hecht/smtp\n"
    "  hecht mail test me@example.org --smtp-url smtp://127.0.0.1:25 --mail-from hecht@example.org\n";

static enum error_code send_test(const struct smtp_options *mail, struct slice to, struct region *region,
                                 struct error *error, struct smtp_result *ret_result)
{
    enum language language = LANGUAGE_EN;
    struct letter letter;
    uint8_t random[16];
    char id[33];
    struct slice from = slice_from_text(mail->from);
    (void)language_from_code(slice_part(slice_from_text(getenv("LANG")), 0, 2), &language);
    letter_make_test(language, region, &letter);
    random_bytes(random_system(), random, sizeof random);
    hex_encode(random, sizeof random, id);
    struct smtp_message message = {
        .from_name = S("Hecht"),
        .to = to,
        .subject = letter.subject,
        .id =
            region_format(region, "%s@%.*s", id, SLICE_ARG(slice_from(from, slice_find_byte(from, '@') + 1))),
        .language = slice_from_text(language_code(language)),
        .date = clock_seconds(clock_system()),
    };
    TRY(letter_write(&letter, region, error, &message.text, &message.html));
    struct smtp *smtp;
    TRY(smtp_open(mail, error, &smtp));
    enum error_code code = smtp_send(smtp, &message, error, ret_result);
    smtp_close(smtp);
    return code;
}

static int report(const struct smtp_result *result, const struct smtp_options *mail, const char *address)
{
    if (result->outcome == SMTP_SENT) {
        fprintf(
            stderr,
            "hecht: the mail server took a mail for %s. Look whether it arrives, and not among the spam.\n",
            address);
        return EXIT_DONE;
    }
    fprintf(stderr, "hecht: no mail was sent. %s: %s\n", mail->url, result->words);
    if (result->said[0] != '\0')
        fprintf(stderr, "hecht: the mail server said last: %s\n", result->said);
    return EXIT_FAILED;
}

static int mail_test(int argc, char **argv)
{
    struct option options[] = {MAIL_OPTIONS};
    struct arguments arguments;
    struct error error = {0};
    struct smtp_result result = {0};
    struct smtp_options mail = {0};
    bool done;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    int code = arguments_parse(&COMMAND_MAIL_TEST, argc, argv, options, COUNT_OF(options), &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    if (arguments.positional_count != 1 || !header_address_is_good(slice_from_text(arguments.positionals[0])))
        return usage_error(&COMMAND_MAIL_TEST, "give one address");
    code = mail_options_read(&COMMAND_MAIL_TEST, &arguments, region, &mail);
    if (code != EXIT_DONE)
        return code;
    if (mail.url == NULL)
        return usage_error(&COMMAND_MAIL_TEST, "give the mail server: --smtp-url URL");
    if (send_test(&mail, slice_from_text(arguments.positionals[0]), region, &error, &result) != OK)
        return report_error(&error);
    return report(&result, &mail, arguments.positionals[0]);
}

const struct command COMMAND_MAIL_TEST = {"mail test", "sends one mail and says what happened", HELP,
                                          mail_test};

#include "net/smtp.h"

#include "net/header.h"
#include "net/libcurl.h"

enum {
    CONNECT_SECONDS = 20,
    SEND_SECONDS = 60,
    HOST_MAXIMUM = 253,
    HEADERS_MAXIMUM = 16 << 10,

};

/* The command that was sent last: it tells what an answer is about. */
enum stage { STAGE_CONNECT = 1, STAGE_ENCRYPT, STAGE_LOGIN, STAGE_FROM, STAGE_TO, STAGE_DATA };

struct smtp {
    const struct smtp_options *options;
    CURL *curl;
    char url[2 * HOST_MAXIMUM + 40];
    enum stage stage;
    bool leaving; /* QUIT was sent: what is answered to that is of no interest */
    int code;
    char said[SMTP_SAID_MAXIMUM];
};

/* ---- Options ------------------------------------------------------------------------------------------------ */

/* Host and port of "smtp://host:port"; false when it is something else. A name or password in it is refused: the command
 * line of a process can be read by everybody on the machine. */
static bool read_url(struct slice url, bool *ret_secure, struct slice *ret_host)
{
    bool secure = slice_starts_with(url, S("smtps://"));
    if (!secure && !slice_starts_with(url, S("smtp://")))
        return false;
    struct slice rest = slice_from(url, secure ? sizeof "smtps://" - 1 : sizeof "smtp://" - 1);
    if (slice_ends_with(rest, S("/")))
        rest.length--;
    size_t colon = rest.length;
    while (colon > 0 && rest.data[colon - 1] != ':')
        colon--;
    int64_t port;
    struct slice host = slice_part(rest, 0, colon > 0 ? colon - 1 : 0);
    if (host.length == 0 || host.length > HOST_MAXIMUM ||
        !slice_to_integer(slice_from(rest, colon), 1, 65535, &port))
        return false;
    bool brackets = host.data[0] == '[' && host.data[host.length - 1] == ']';
    for (size_t i = 0; i < host.length; i++) {
        char c = host.data[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                    c == '-' || (brackets && strchr("[]:", c) != NULL);
        if (!good)
            return false;
    }
    *ret_secure = secure;
    *ret_host = host;
    return true;
}

static bool is_this_machine(struct slice host)
{
    return slice_equal(host, S("localhost")) || slice_equal(host, S("[::1]")) ||
           slice_starts_with(host, S("127."));
}

enum error_code smtp_check(const struct smtp_options *options, struct error *error)
{
    bool secure;
    struct slice host, from = slice_from_text(options->from);
    if (!read_url(slice_from_text(options->url), &secure, &host))
        return FAIL(
            error, ERROR_INPUT, "smtp-url",
            "the mail server is given as smtp://host:port or smtps://host:port (587 and 465 are usual), without a name "
            "or password");
    if (!header_address_is_good(from))
        return FAIL(error, ERROR_INPUT, "mail-from",
                    "the sender of mail is one address like hecht@example.org");
    return OK;
}

/* ---- What the server says ----------------------------------------------------------------------------------- */

static void note_command(struct smtp *smtp, struct slice line)
{
    static const struct {
        const char *word;
        enum stage stage;
    } COMMANDS[] = {{"STARTTLS", STAGE_ENCRYPT}, {"AUTH", STAGE_LOGIN}, {"MAIL", STAGE_FROM},
                    {"RCPT", STAGE_TO},          {"DATA", STAGE_DATA},  {"EHLO", STAGE_CONNECT}};
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
        if (slice_starts_with(line, slice_from_text(COMMANDS[i].word)))
            smtp->stage = COMMANDS[i].stage;
    smtp->leaving = slice_starts_with(line, S("QUIT"));
}

static void note_answer(struct smtp *smtp, struct slice line)
{
    int64_t code;
    line = slice_trim(line);
    if (smtp->leaving)
        return;
    if (slice_to_integer(slice_part(line, 0, 3), 200, 599, &code))
        smtp->code = (int)code;
    size_t length = line.length < sizeof smtp->said - 1 ? line.length : sizeof smtp->said - 1;
    for (size_t i = 0; i < length; i++) /* it goes to a terminal */
        smtp->said[i] = line.data[i] >= ' ' && line.data[i] < 0x7F ? line.data[i] : '?';
    smtp->said[length] = '\0';
}

static int watch(CURL *curl, curl_infotype kind, char *bytes, size_t length, void *context)
{
    (void)curl;
    if (kind == CURLINFO_HEADER_OUT)
        note_command(context, slice_from_bytes(bytes, length));
    if (kind == CURLINFO_HEADER_IN)
        note_answer(context, slice_from_bytes(bytes, length));
    return 0;
}

static int may_go_on(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    const struct smtp *smtp = context;
    return smtp->options->stop != NULL && *smtp->options->stop;
}

/* ---- Opening ------------------------------------------------------------------------------------------------ */

static void set_server(struct smtp *smtp, bool secure, bool near)
{
    const struct smtp_options *options = smtp->options;
    bool encrypted = secure || (!near && !options->plain);
    curl_easy_setopt(smtp->curl, CURLOPT_URL, smtp->url);
    curl_easy_setopt(smtp->curl, CURLOPT_PROTOCOLS_STR, secure ? "smtps" : "smtp");
    curl_easy_setopt(smtp->curl, CURLOPT_USE_SSL, (long)(encrypted ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    curl_easy_setopt(smtp->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (options->trusted != NULL)
        curl_easy_setopt(smtp->curl, CURLOPT_CAINFO, options->trusted);
    if (options->user != NULL)
        curl_easy_setopt(smtp->curl, CURLOPT_USERNAME, options->user);
    if (options->password != NULL)
        curl_easy_setopt(smtp->curl, CURLOPT_PASSWORD, options->password);
}

static void set_rest(struct smtp *smtp)
{
    curl_easy_setopt(smtp->curl, CURLOPT_PROXY, ""); /* whatever the environment says of the web */
    curl_easy_setopt(smtp->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(smtp->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(smtp->curl, CURLOPT_TIMEOUT, (long)SEND_SECONDS);
    curl_easy_setopt(smtp->curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(smtp->curl, CURLOPT_DEBUGFUNCTION, watch);
    curl_easy_setopt(smtp->curl, CURLOPT_DEBUGDATA, smtp);
    curl_easy_setopt(smtp->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(smtp->curl, CURLOPT_XFERINFOFUNCTION, may_go_on);
    curl_easy_setopt(smtp->curl, CURLOPT_XFERINFODATA, smtp);
}

/* The path of the address is the name with which the server is greeted: the sender's domain, not this machine's name. */
static void make_url(struct smtp *smtp)
{
    struct slice url = slice_from_text(smtp->options->url), from = slice_from_text(smtp->options->from);
    struct slice domain = slice_from(from, slice_find_byte(from, '@') + 1);
    bool ascii = true;
    for (size_t i = 0; i < domain.length; i++)
        ascii = ascii && domain.data[i] > ' ' && domain.data[i] < 0x7F && domain.data[i] != '/';
    if (slice_ends_with(url, S("/")))
        url.length--;
    snprintf(smtp->url, sizeof smtp->url, "%.*s/%.*s", SLICE_ARG(url),
             SLICE_ARG(ascii ? domain : S("localhost")));
}

enum error_code smtp_open(const struct smtp_options *options, struct error *error, struct smtp **ret_smtp)
{
    bool secure;
    struct slice host;
    TRY(smtp_check(options, error));
    (void)read_url(slice_from_text(options->url), &secure, &host);
    TRY(libcurl_load(error));
    struct smtp *smtp = calloc(1, sizeof *smtp);
    if (smtp == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(smtp);
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    }
    smtp->options = options;
    smtp->curl = curl_easy_init();
    if (smtp->curl == NULL) {
        smtp_close(smtp);
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    }
    make_url(smtp);
    set_server(smtp, secure, is_this_machine(host));
    set_rest(smtp);
    *ret_smtp = smtp;
    return OK;
}

struct smtp *smtp_close(struct smtp *smtp)
{
    if (smtp == NULL)
        return NULL;
    if (smtp->curl != NULL)
        curl_easy_cleanup(smtp->curl);
    curl_global_cleanup();
    free(smtp);
    return NULL;
}

/* ---- A message ---------------------------------------------------------------------------------------------- */

/* Lists that libcurl reads while it sends. */
struct sending {
    struct curl_slist *headers, *recipients;
    curl_mime *parts;
    bool failed;
};

static void sending_end(struct sending *sending)
{
    curl_slist_free_all(sending->headers);
    curl_slist_free_all(sending->recipients);
    curl_mime_free(sending->parts);
}

static void add_line(struct sending *sending, struct buffer *line)
{
    buffer_append_byte(line, '\0');
    struct curl_slist *longer = line->failed ? NULL : curl_slist_append(sending->headers, line->data);
    if (longer == NULL)
        sending->failed = true;
    else
        sending->headers = longer;
    buffer_clear(line);
}

static void add_date(struct buffer *line, int64_t seconds)
{
    static const char *const DAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct date date = date_utc(seconds);
    buffer_format(line, "Date: %s, %d %s %04d %02d:%02d:%02d +0000", DAYS[date.weekday], date.day,
                  MONTHS[date.month - 1], date.year, date.hour, date.minute, date.second);
}

static void add_headers(struct sending *sending, const struct smtp_options *options,
                        const struct smtp_message *message)
{
    CLEANUP(buffer_free) struct buffer line = BUFFER(HEADERS_MAXIMUM);
    buffer_append_text(&line, "From: ");
    header_write_mailbox(&line, message->from_name, slice_from_text(options->from));
    add_line(sending, &line);
    buffer_append_text(&line, "To: ");
    header_write_mailbox(&line, message->to_name, message->to);
    add_line(sending, &line);
    buffer_append_text(&line, "Subject: ");
    header_write_text(&line, message->subject);
    add_line(sending, &line);
    add_date(&line, message->date);
    add_line(sending, &line);
    buffer_format(&line, "Message-ID: <%.*s>", SLICE_ARG(message->id));
    add_line(sending, &line);
    buffer_append_text(&line, "Auto-Submitted: auto-generated");
    add_line(sending, &line);
    buffer_append_text(&line, "X-Auto-Response-Suppress: OOF, AutoReply"); /* what Exchange asks instead */
    add_line(sending, &line);
    buffer_format(&line, "Content-Language: %.*s", SLICE_ARG(message->language));
    add_line(sending, &line);
    if (message->unsubscribe.length > 0) {
        buffer_format(&line, "List-Unsubscribe: <%.*s>", SLICE_ARG(message->unsubscribe));
        add_line(sending, &line);
        buffer_append_text(&line, "List-Unsubscribe-Post: List-Unsubscribe=One-Click");
        add_line(sending, &line);
    }
    buffer_append_text(&line, "Content-Type: multipart/alternative");
    add_line(sending, &line);
}

static void add_part(struct sending *sending, struct slice content, const char *type)
{
    curl_mimepart *part = sending->parts == NULL ? NULL : curl_mime_addpart(sending->parts);
    if (part == NULL || curl_mime_data(part, content.data, content.length) != CURLE_OK ||
        curl_mime_type(part, type) != CURLE_OK || curl_mime_encoder(part, "quoted-printable") != CURLE_OK)
        sending->failed = true;
}

static void make_sending(struct smtp *smtp, const struct smtp_message *message, struct sending *sending)
{
    char recipient[300];
    snprintf(recipient, sizeof recipient, "<%.*s>", SLICE_ARG(message->to));
    sending->recipients = curl_slist_append(NULL, recipient);
    sending->parts = curl_mime_init(smtp->curl);
    add_headers(sending, smtp->options, message);
    add_part(sending, message->text, "text/plain; charset=utf-8");
    add_part(sending, message->html, "text/html; charset=utf-8");
    sending->failed = sending->failed || sending->recipients == NULL;
}

/* ---- What became of it -------------------------------------------------------------------------------------- */

static const char *words_of(const struct smtp *smtp, CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return "the name of the mail server is not known; is it spelled right, and does this machine reach a name server?";
    case CURLE_COULDNT_CONNECT:
        return "nothing answers at the mail server's address and port; is the port right, and does a firewall let it through?";
    case CURLE_OPERATION_TIMEDOUT:
        return "the mail server does not answer in time; smtp:// and smtps:// have different ports (587 and 465 are usual)";
    case CURLE_USE_SSL_FAILED:
        return "the mail server offers no encryption (STARTTLS); use smtps://, or --smtp-plain if the way there is safe";
    case CURLE_PEER_FAILED_VERIFICATION:
        return "the certificate of the mail server is not trusted, or is for another name; --smtp-ca FILE names one to trust";
    case CURLE_SSL_CONNECT_ERROR:
        return "no encrypted connection came about; smtp:// and smtps:// have different ports (587 and 465 are usual)";
    case CURLE_SSL_CACERT_BADFILE:
        return "the file of --smtp-ca cannot be read or holds no certificate";
    case CURLE_LOGIN_DENIED:
        return "the mail server does not accept the user and password in the file of the login";
    case CURLE_ABORTED_BY_CALLBACK:
        return "it was broken off because the program ends";
    default:
        break;
    }
    switch (smtp->stage) {
    case STAGE_LOGIN:
        return "the login at the mail server did not work";
    case STAGE_FROM:
        return "the mail server does not let this sender send; may this login use the address of --mail-from, or is a login "
               "missing?";
    case STAGE_TO:
        return "the mail server does not take mail for this address";
    case STAGE_DATA:
        return "the mail server did not take the message";
    default:
        return "the conversation with the mail server broke off";
    }
}

static void judge(const struct smtp *smtp, CURLcode code, struct smtp_result *result)
{
    /* Broken off, or told to come back another time: about the server, not about this message. */
    bool answered = (code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY ||
                     code == CURLE_RECV_ERROR || code == CURLE_UPLOAD_FAILED) &&
                    smtp->code >= 400 && smtp->code != 421;
    bool handing_over = smtp->stage == STAGE_TO || smtp->stage == STAGE_DATA;
    result->outcome = code == CURLE_OK             ? SMTP_SENT
                      : !handing_over || !answered ? SMTP_TROUBLE
                      : smtp->code >= 500          ? SMTP_REFUSED
                                                   : SMTP_LATER;
    result->was_refusing = handing_over;
    result->code = smtp->code;
    snprintf(result->words, sizeof result->words, "%s", code == CURLE_OK ? "sent" : words_of(smtp, code));
    snprintf(result->said, sizeof result->said, "%s", smtp->said);
}

enum error_code smtp_send(struct smtp *smtp, const struct smtp_message *message, struct error *error,
                          struct smtp_result *ret_result)
{
    if (!header_address_is_good(message->to))
        return FAIL(error, ERROR_INPUT, "address-wrong", "not an address that mail can be sent to");
    CLEANUP(sending_end) struct sending sending = {0};
    char from[300];
    snprintf(from, sizeof from, "<%s>", smtp->options->from);
    make_sending(smtp, message, &sending);
    if (sending.failed)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory for a mail");
    smtp->stage = STAGE_CONNECT;
    smtp->leaving = false;
    smtp->code = 0;
    smtp->said[0] = '\0';
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, sending.recipients);
    curl_easy_setopt(smtp->curl, CURLOPT_HTTPHEADER, sending.headers);
    curl_easy_setopt(smtp->curl, CURLOPT_MIMEPOST, sending.parts);
    CURLcode code = curl_easy_perform(smtp->curl);
    judge(smtp, code, ret_result);
    curl_easy_setopt(smtp->curl, CURLOPT_MIMEPOST, NULL);
    curl_easy_setopt(smtp->curl, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, NULL);
    return OK;
}

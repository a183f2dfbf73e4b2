#include "mail/bounce.h"

/* ---- Lines and fields ------------------------------------------------------------------------------------- */

static struct slice take_line(struct slice *rest)
{
    size_t at = slice_find_byte(*rest, '\n');
    struct slice line = slice_part(*rest, 0, at);
    *rest = slice_from(*rest, at < rest->length ? at + 1 : at);
    return line.length > 0 && line.data[line.length - 1] == '\r' ? slice_part(line, 0, line.length - 1)
                                                                 : line;
}

static bool goes_on(struct slice rest)
{
    return rest.length > 0 && (rest.data[0] == ' ' || rest.data[0] == '\t');
}

/* One field of a header with the lines that go on with it. False at the blank line that ends the header, or at the end. */
static bool take_field(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
    const char *begin = rest->data;
    if (rest->length == 0 || take_line(rest).length == 0)
        return false;
    while (goes_on(*rest))
        (void)take_line(rest);
    struct slice field = slice_from_bytes(begin, (size_t)(rest->data - begin));
    size_t colon = slice_find_byte(field, ':');
    *ret_name = slice_trim(slice_part(field, 0, colon));
    *ret_value = slice_trim(slice_from(field, colon < field.length ? colon + 1 : colon));
    return true;
}

static bool starts_ignoring_case(struct slice text, struct slice prefix)
{
    return slice_equal_ignore_case(slice_part(text, 0, prefix.length), prefix);
}

/* "multipart/report" of "multipart/report; boundary=x". */
static struct slice media_type(struct slice value)
{
    return slice_trim(slice_part(value, 0, slice_find_byte(value, ';')));
}

/* The value of boundary= without its quotes; empty: there is none. */
static struct slice boundary_of(struct slice value)
{
    struct slice rest = value, part;
    while (slice_take(&rest, ';', &part)) {
        part = slice_trim(part);
        if (!starts_ignoring_case(part, S("boundary=")))
            continue;
        part = slice_from(part, strlen("boundary="));
        return part.length > 1 && part.data[0] == '"' && part.data[part.length - 1] == '"'
                   ? slice_part(part, 1, part.length - 2)
                   : part;
    }
    return S("");
}

/* "rfc822; sam@example.org" */
static struct slice address_of(struct slice value)
{
    struct slice address = slice_trim(slice_from(value, slice_find_byte(value, ';') + 1));
    return slice_find_byte(address, '@') < address.length ? address : S("");
}

/* What stands between < and >, or all of it. */
static struct slice in_brackets(struct slice value)
{
    size_t open = slice_find_byte(value, '<');
    struct slice rest = open < value.length ? slice_from(value, open + 1) : value;
    return slice_trim(slice_part(rest, 0, slice_find_byte(rest, '>')));
}

/* ---- The status of one recipient -------------------------------------------------------------------------- */

struct status {
    struct bounce_recipient recipient;
    bool failed, delayed;
    char class; /* '5' of "5.1.1" */
};

/* "smtp; 550 5.1.1 no such user" */
static int64_t code_of(struct slice diagnostic)
{
    int64_t code = 0;
    struct slice reply = slice_trim(slice_from(diagnostic, slice_find_byte(diagnostic, ';') + 1));
    bool smtp = slice_equal_ignore_case(media_type(diagnostic), S("smtp"));
    return smtp && slice_to_integer(slice_part(reply, 0, 3), 400, 599, &code) ? code : 0;
}

static void read_status_field(struct slice name, struct slice value, struct status *status)
{
    if (slice_equal_ignore_case(name, S("Original-Recipient")))
        status->recipient.original = address_of(value);
    else if (slice_equal_ignore_case(name, S("Final-Recipient")))
        status->recipient.final = address_of(value);
    else if (slice_equal_ignore_case(name, S("Action"))) {
        status->failed = starts_ignoring_case(value, S("failed"));
        status->delayed = starts_ignoring_case(value, S("delayed"));
    } else if (slice_equal_ignore_case(name, S("Status")))
        status->class = value.length > 1 && value.data[1] == '.' ? value.data[0] : '\0';
    else if (slice_equal_ignore_case(name, S("Diagnostic-Code")))
        status->recipient.code = code_of(value);
}

/* Delivered, relayed and expanded are no bounces. */
static void keep_status(struct status *status, struct bounce *bounce)
{
    struct bounce_recipient *recipient = &status->recipient;
    bool somebody = recipient->original.length > 0 || recipient->final.length > 0;
    if (!somebody || (!status->failed && !status->delayed) ||
        bounce->recipient_count == BOUNCE_RECIPIENTS_MAXIMUM)
        return;
    bool said_so = status->class == '5' || (status->class == '\0' && recipient->code >= 500);
    recipient->permanent = status->failed && said_so;
    if (!recipient->permanent)
        recipient->code = 0;
    else if (recipient->code < 500)
        recipient->code = BOUNCE_CODE_UNKNOWN;
    bounce->recipients[bounce->recipient_count++] = *recipient;
}

/* Groups of fields between blank lines: one of the message, which names nobody, then one for each recipient. */
static void read_statuses(struct slice part, struct bounce *bounce)
{
    while (part.length > 0) {
        struct status status = {0};
        struct slice name, value;
        while (take_field(&part, &name, &value))
            read_status_field(name, value, &status);
        keep_status(&status, bounce);
    }
}

static void read_returned(struct slice part, struct bounce *bounce)
{
    struct slice name, value;
    while (take_field(&part, &name, &value)) {
        if (slice_equal_ignore_case(name, S("Message-ID")))
            bounce->message_id = in_brackets(value);
        else if (slice_equal_ignore_case(name, S("To")))
            bounce->to = in_brackets(value);
    }
}

/* ---- Parts ------------------------------------------------------------------------------------------------ */

static void read_part(struct slice part, struct bounce *bounce)
{
    struct slice name, value, type = S("text/plain");
    while (take_field(&part, &name, &value))
        if (slice_equal_ignore_case(name, S("Content-Type")))
            type = media_type(value);
    if (slice_equal_ignore_case(type, S("message/delivery-status")) ||
        slice_equal_ignore_case(type, S("message/global-delivery-status")))
        read_statuses(part, bounce);
    else if (slice_equal_ignore_case(type, S("message/rfc822")) ||
             slice_equal_ignore_case(type, S("text/rfc822-headers")) ||
             slice_equal_ignore_case(type, S("message/global")) ||
             slice_equal_ignore_case(type, S("message/global-headers")))
        read_returned(part, bounce);
}

static bool is_boundary(struct slice line, struct slice boundary)
{
    return slice_starts_with(line, S("--")) && slice_starts_with(slice_from(line, 2), boundary);
}

static void read_parts(struct slice body, struct slice boundary, struct bounce *bounce)
{
    const char *begin = NULL; /* of the part that is read; before the first boundary stands none */
    while (body.length > 0) {
        const char *line_begin = body.data;
        if (!is_boundary(take_line(&body), boundary))
            continue;
        if (begin != NULL)
            read_part(slice_from_bytes(begin, (size_t)(line_begin - begin)), bounce);
        begin = body.data;
    }
    if (begin != NULL) /* cut off, or without its last boundary */
        read_part(slice_from_bytes(begin, (size_t)(body.data - begin)), bounce);
}

enum error_code bounce_read(struct slice message, struct error *error, struct bounce *ret_bounce)
{
    struct bounce bounce = {0};
    struct slice rest = slice_part(message, 0, BOUNCE_MESSAGE_MAXIMUM), name, value, type = S(""),
                 boundary = S("");
    while (take_field(&rest, &name, &value))
        if (slice_equal_ignore_case(name, S("Content-Type"))) {
            type = media_type(value);
            boundary = boundary_of(value);
        }
    if (slice_equal_ignore_case(type, S("multipart/report")) && boundary.length > 0)
        read_parts(rest, boundary, &bounce);
    if (bounce.recipient_count == 0)
        return FAIL(error, ERROR_INPUT, "bounce-none",
                    "this is no notification that a mail could not be delivered (RFC 3464)");
    *ret_bounce = bounce;
    return OK;
}

/* ---- Message-ID ------------------------------------------------------------------------------------------- */

enum { ID_NONCE_BYTES = 8, ID_MAC_BYTES = 16, ID_BYTES = ID_NONCE_BYTES + ID_MAC_BYTES };

static void put_number(uint8_t *to, int64_t number)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
}

/* The first bytes are there; the others follow from them, from whom it is for and from the key. */
static void complete_id(const struct application *application, int64_t org, int64_t person,
                        uint8_t id[static ID_BYTES])
{
    uint8_t key[32], mac[32], text[16 + ID_NONCE_BYTES];
    hmac_sha256(application->key.bytes, sizeof application->key.bytes, S("hecht-mail-id-v2"), key);
    put_number(text, org);
    put_number(text + 8, person);
    memcpy(text + 16, id, ID_NONCE_BYTES);
    hmac_sha256(key, sizeof key, slice_from_bytes(text, sizeof text), mac);
    memcpy(id + ID_NONCE_BYTES, mac, ID_MAC_BYTES);
    wipe(key, sizeof key);
}

struct slice mail_message_id(const struct application *application, const struct mail *mail,
                             struct slice domain, struct region *region)
{
    uint8_t mac[32], id[ID_BYTES];
    char text[2 * ID_BYTES + 1];
    struct slice row =
        region_format(region, "hecht-mail-id-v1 %" PRId64 " %" PRId64 " %d %" PRId64 " %" PRId64, mail->org,
                      mail->person, (int)mail->kind, mail->round, mail->over_at);
    hmac_sha256(application->key.bytes, sizeof application->key.bytes, row, mac);
    memcpy(id, mac, ID_NONCE_BYTES);
    complete_id(application, mail->org, mail->person, id);
    hex_encode(id, sizeof id, text);
    return region_format(region, "%s@%.*s", text, SLICE_ARG(domain));
}

bool mail_message_id_is_of(const struct application *application, struct slice id, int64_t org,
                           int64_t person)
{
    uint8_t bytes[ID_BYTES], right[ID_BYTES];
    struct slice text = slice_part(id, 0, slice_find_byte(id, '@'));
    if (text.length != (size_t)2 * ID_BYTES || !hex_decode(text, bytes, sizeof bytes))
        return false;
    memcpy(right, bytes, ID_NONCE_BYTES);
    complete_id(application, org, person, right);
    return equal_in_constant_time(bytes, right, sizeof right);
}

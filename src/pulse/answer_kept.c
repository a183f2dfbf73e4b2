#include "pulse/answer_kept.h"

static void append_line(struct buffer *out, const char *name, struct slice bytes)
{
    buffer_format(out, "%s ", name);
    base64url_append(out, bytes.data, bytes.length);
    buffer_append_byte(out, '\n');
}

enum error_code answer_kept_write(const struct answer_client *client, int64_t version, struct region *region,
                                  struct error *error, struct slice *ret_text)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(ANSWER_KEPT_MAXIMUM);
    uint8_t secret[ONE_TIME_SECRET_BYTES];
    char until[DATE_UTC_LENGTH];
    TRY(one_time_key_export(client->key, error, secret));
    date_format_utc(client->descriptor.extended, until);
    buffer_append_text(&out, "hecht-kept-v1\nrid ");
    hex_append(&out, client->rid, sizeof client->rid);
    buffer_format(&out, "\nuntil %s\nsecret ", until);
    hex_append(&out, secret, sizeof secret);
    wipe(secret, sizeof secret);
    buffer_append_byte(&out, '\n');
    append_line(&out, "opk", slice_from_bytes(client->opk, sizeof client->opk));
    append_line(&out, "prepared", client->blinded.prepared);
    append_line(&out, "inverse", client->blinded.inverse);
    append_line(&out, "blinded", client->blinded.blinded);
    buffer_format(&out, "version %" PRId64 "\n", version);
    struct slice text = region_copy(region, buffer_slice(&out));
    if (out.failed || text.length == 0)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    *ret_text = text;
    return OK;
}

/* The value of the next line, which must be called `name`. */
static bool take_line(struct slice *rest, const char *name, struct slice *ret_value)
{
    struct slice line, label = slice_from_text(name);
    if (slice_find_byte(*rest, '\n') == rest->length || !slice_take(rest, '\n', &line) ||
        !slice_starts_with(line, label) || slice_find_byte(line, ' ') != label.length)
        return false;
    *ret_value = slice_from(line, label.length + 1);
    return true;
}

static bool take_bytes(struct slice *rest, const char *name, struct region *region, size_t maximum,
                       struct slice *ret_bytes)
{
    struct slice text;
    uint8_t *bytes = region_allocate(region, maximum);
    size_t length;
    if (bytes == NULL || !take_line(rest, name, &text) || !base64url_decode(text, bytes, maximum, &length))
        return false;
    *ret_bytes = slice_from_bytes(bytes, length);
    return true;
}

bool answer_kept_until(struct slice text, int64_t *ret_until)
{
    struct slice line;
    return slice_take(&text, '\n', &line) && slice_equal(line, S("hecht-kept-v1")) &&
           take_line(&text, "rid", &line) && take_line(&text, "until", &line) &&
           date_parse_utc(line, ret_until);
}

/* What belongs to rid and to itself; whether the blinding fits is seen when the signature comes. */
static bool read_kept(struct slice text, struct region *region, struct answer_client *client,
                      int64_t *ret_version)
{
    struct slice line, opk;
    uint8_t rid[32], secret[ONE_TIME_SECRET_BYTES];
    if (!slice_take(&text, '\n', &line) || !slice_equal(line, S("hecht-kept-v1")) ||
        !take_line(&text, "rid", &line) || !hex_decode(line, rid, sizeof rid) ||
        memcmp(rid, client->rid, sizeof rid) != 0 || !take_line(&text, "until", &line) ||
        !take_line(&text, "secret", &line) || !hex_decode(line, secret, sizeof secret) ||
        !take_bytes(&text, "opk", region, ONE_TIME_PUBLIC_BYTES, &opk) || opk.length != sizeof client->opk)
        return false;
    memcpy(client->opk, opk.data, opk.length);
    bool pair = one_time_key_import(secret, client->opk, NULL, &client->key) == OK;
    wipe(secret, sizeof secret);
    struct blinded_message *blinded = &client->blinded;
    return pair && take_bytes(&text, "prepared", region, PREPARED_MESSAGE_BYTES, &blinded->prepared) &&
           answer_message_matches(blinded->prepared, client->rid, client->opk) &&
           take_bytes(&text, "inverse", region, BLIND_BYTES_MAXIMUM, &blinded->inverse) &&
           take_bytes(&text, "blinded", region, BLIND_BYTES_MAXIMUM, &blinded->blinded) &&
           blinded->blinded.length == blind_public_key_size(client->round_key) &&
           take_line(&text, "version", &line) &&
           slice_to_integer(line, 0, PROTOCOL_VERSION_MAXIMUM, ret_version) && text.length == 0;
}

enum error_code answer_kept_resume(struct slice text, struct slice descriptor_bytes, const uint8_t rid[32],
                                   struct region *region, struct error *error,
                                   struct answer_client *ret_client, int64_t *ret_version)
{
    struct answer_client client;
    int64_t version;
    TRY(answer_client_take_round(descriptor_bytes, rid, region, error, &client));
    if (!read_kept(text, region, &client, &version)) {
        answer_client_end(&client);
        return FAIL(error, ERROR_CRYPTO, "kept-damaged", "what was kept of this round is damaged");
    }
    *ret_client = client;
    *ret_version = version;
    return OK;
}

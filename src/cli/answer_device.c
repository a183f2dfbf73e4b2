#include "cli/answer_device.h"

#include "privacy/seal.h"
#include "privacy/signature.h"

static const char HEAD[] = "hecht-device-v1";
enum { DEVICE_FILE_MAXIMUM = 512 };

static bool read_key(struct slice text, struct one_time_key **ret_key)
{
    uint8_t secret[32], point[ONE_TIME_PUBLIC_BYTES];
    struct slice head, secret_text, point_text;
    bool good = slice_take(&text, '\n', &head) && slice_equal(head, slice_from_text(HEAD)) &&
                slice_take(&text, '\n', &secret_text) && slice_take(&text, '\n', &point_text) &&
                text.length == 0 && hex_decode(secret_text, secret, sizeof secret) &&
                base64url_decode_exactly(point_text, point, sizeof point) &&
                one_time_key_import(secret, point, NULL, ret_key) == OK;
    wipe(secret, sizeof secret);
    return good;
}

static enum error_code write_key(const char *path, const struct one_time_key *key, struct error *error)
{
    uint8_t secret[32], point[ONE_TIME_PUBLIC_BYTES];
    char hex[65], point_text[BASE64URL_LENGTH(sizeof point) + 1], text[DEVICE_FILE_MAXIMUM];
    TRY(one_time_key_public(key, error, point));
    TRY(one_time_key_export(key, error, secret));
    hex_encode(secret, sizeof secret, hex);
    base64url_encode(point, sizeof point, point_text);
    snprintf(text, sizeof text, "%s\n%s\n%s\n", HEAD, hex, point_text);
    enum error_code code = file_replace_private(path, slice_from_text(text), error);
    wipe(secret, sizeof secret);
    wipe(hex, sizeof hex);
    wipe(text, sizeof text);
    return code;
}

enum error_code answer_device_key(const struct answer_state *state, struct slice person,
                                  struct region *region, struct error *error, struct one_time_key **ret_key)
{
    int64_t number;
    struct slice text;
    struct one_time_key *key = NULL;
    *ret_key = NULL;
    if (state->folder == NULL)
        return OK;
    /* It becomes part of a file name. */
    if (!slice_to_integer(person, 1, INT64_MAX, &number))
        return FAIL(error, ERROR_IO, "reply", "the server's reply was not understood");
    const char *path = region_text(
        region, region_format(region, "%s/%" PRId64 "%s", state->folder, number, ANSWER_DEVICE_ENDING));
    if (file_read(path, DEVICE_FILE_MAXIMUM, region, NULL, &text) == OK && read_key(text, ret_key))
        return OK;
    TRY(one_time_key_make(error, &key));
    enum error_code code = write_key(path, key, error);
    if (code != OK) {
        one_time_key_free(key);
        return code;
    }
    *ret_key = key;
    return OK;
}

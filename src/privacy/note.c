#include "privacy/note.h"

#include "privacy/lines.h"
#include "privacy/seal.h"

static const char dash[] = "\xe2\x80\x94 "; /* em dash and a blank */

enum { KEY_ID_BYTES = 4, TIME_BYTES = 8, DASH_BYTES = sizeof dash - 1, OWN_SIGNATURE_MAXIMUM = 80 };

static enum error_code wrong(struct error *error, const char *what)
{
    return FAIL(error, ERROR_INPUT, "note", "not a signed note: %s", what);
}

static bool is_text(struct slice text)
{
    return text.length > 0 && text.length <= NOTE_TEXT_MAXIMUM && text.data[text.length - 1] == '\n' &&
           slice_is_clean_text(text, "\n");
}

static bool is_name(struct slice name)
{
    for (size_t i = 0; i < name.length; i++)
        if (name.data[i] == ' ' || name.data[i] == '+')
            return false;
    return name.length > 0 && name.length <= NOTE_NAME_MAXIMUM && slice_is_clean_text(name, "");
}

void note_key_id(struct slice name, uint8_t type, const uint8_t public_key[static 32],
                 uint8_t ret_id[static 4])
{
    uint8_t bytes[NOTE_NAME_MAXIMUM + 2 + LOG_PUBLIC_BYTES], hash[32];
    size_t length = name.length < NOTE_NAME_MAXIMUM ? name.length : NOTE_NAME_MAXIMUM;
    memcpy(bytes, length > 0 ? name.data : "", length);
    bytes[length] = '\n';
    bytes[length + 1] = type;
    memcpy(bytes + length + 2, public_key, LOG_PUBLIC_BYTES);
    sha256(slice_from_bytes(bytes, length + 2 + LOG_PUBLIC_BYTES), hash);
    memcpy(ret_id, hash, KEY_ID_BYTES);
}

/* ---- Writing ------------------------------------------------------------------------------------- */

static void append_line(struct buffer *out, struct slice name, const uint8_t id[static KEY_ID_BYTES],
                        struct slice signature)
{
    uint8_t bytes[KEY_ID_BYTES + OWN_SIGNATURE_MAXIMUM];
    memcpy(bytes, id, KEY_ID_BYTES);
    memcpy(bytes + KEY_ID_BYTES, signature.data, signature.length);
    buffer_append_text(out, dash);
    buffer_append(out, name);
    buffer_append_byte(out, ' ');
    base64_append(out, bytes, KEY_ID_BYTES + signature.length);
    buffer_append_byte(out, '\n');
}

enum error_code note_sign(struct slice text, struct slice name, const uint8_t seed[static 32],
                          const uint8_t public_key[static 32], struct region *region, struct error *error,
                          struct slice *ret_note)
{
    uint8_t id[KEY_ID_BYTES], signature[LOG_SIGNATURE_BYTES];
    if (!is_text(text) || !is_name(name))
        return wrong(error, "text or name");
    note_key_id(name, NOTE_ED25519, public_key, id);
    TRY(log_sign(seed, text, error, signature));
    CLEANUP(buffer_free) struct buffer out = BUFFER(NOTE_TEXT_MAXIMUM + NOTE_LINE_MAXIMUM);
    buffer_append(&out, text);
    buffer_append_byte(&out, '\n');
    append_line(&out, name, id, slice_from_bytes(signature, sizeof signature));
    return lines_finish(&out, region, error, ret_note);
}

/* ---- Reading ------------------------------------------------------------------------------------- */

/* The text ends before the last empty line. */
static bool split(struct slice bytes, struct slice *ret_text, struct slice *ret_lines)
{
    for (size_t i = bytes.length; i >= 2; i--)
        if (bytes.data[i - 1] == '\n' && bytes.data[i - 2] == '\n') {
            *ret_text = slice_part(bytes, 0, i - 1);
            *ret_lines = slice_from(bytes, i);
            return true;
        }
    return false;
}

static bool read_line(struct slice line, struct region *region, struct note_signature *ret_signature)
{
    struct slice name;
    size_t length = 0;
    if (line.length > NOTE_LINE_MAXIMUM || !slice_starts_with(line, slice_from_text(dash)))
        return false;
    uint8_t *bytes = region_allocate(region, line.length);
    line = slice_from(line, DASH_BYTES);
    if (bytes == NULL || !slice_take(&line, ' ', &name) || !is_name(name) ||
        !base64_decode(line, bytes, line.length, &length) || length <= KEY_ID_BYTES)
        return false;
    *ret_signature = (struct note_signature){
        .name = name, .bytes = slice_from_bytes(bytes + KEY_ID_BYTES, length - KEY_ID_BYTES)};
    memcpy(ret_signature->key_id, bytes, KEY_ID_BYTES);
    return true;
}

enum error_code note_read(struct slice bytes, struct region *region, struct error *error,
                          struct note *ret_note)
{
    struct note note = {0};
    struct slice rest, line;
    if (bytes.length > NOTE_MAXIMUM || !split(bytes, &note.text, &rest) || !is_text(note.text))
        return wrong(error, "text");
    if (rest.length == 0 || rest.data[rest.length - 1] != '\n')
        return wrong(error, "no signature, or its line does not end");
    rest.length--;
    while (slice_take(&rest, '\n', &line)) {
        if (note.signature_count == NOTE_SIGNATURES_MAXIMUM)
            return FAIL(error, ERROR_LIMIT, "note", "a note with more than %d signatures",
                        NOTE_SIGNATURES_MAXIMUM);
        if (!read_line(line, region, &note.signatures[note.signature_count++])) {
            if (region_failed(region))
                return FAIL(error, ERROR_MEMORY, "memory", "no memory for a note");
            return wrong(error, "signature line");
        }
    }
    *ret_note = note;
    return OK;
}

static bool is_by(const struct note_signature *signature, struct slice name, const uint8_t id[static 4])
{
    return slice_equal(signature->name, name) && memcmp(signature->key_id, id, KEY_ID_BYTES) == 0;
}

enum error_code note_verify(const struct note *note, struct slice name, const uint8_t public_key[static 32],
                            struct error *error)
{
    uint8_t id[KEY_ID_BYTES];
    bool found = false;
    note_key_id(name, NOTE_ED25519, public_key, id);
    for (size_t i = 0; i < note->signature_count; i++) {
        const struct note_signature *signature = &note->signatures[i];
        if (!is_by(signature, name, id))
            continue;
        if (signature->bytes.length != LOG_SIGNATURE_BYTES)
            return FAIL(error, ERROR_CRYPTO, "signature", "a signature of a wrong length");
        TRY(log_verify(public_key, note->text, (const uint8_t *)signature->bytes.data, error));
        found = true;
    }
    if (!found)
        return FAIL(error, ERROR_CRYPTO, "signature", "the note is not signed by %.*s", SLICE_ARG(name));
    return OK;
}

/* ---- Checkpoints --------------------------------------------------------------------------------- */

enum error_code checkpoint_write(const struct checkpoint *checkpoint, struct region *region,
                                 struct error *error, struct slice *ret_text)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(NOTE_TEXT_MAXIMUM);
    if (!is_name(checkpoint->origin) || checkpoint->size > INT64_MAX)
        return wrong(error, "origin or size");
    buffer_append(&out, checkpoint->origin);
    buffer_append_byte(&out, '\n');
    buffer_append_integer(&out, (int64_t)checkpoint->size);
    buffer_append_byte(&out, '\n');
    base64_append(&out, checkpoint->root.bytes, sizeof checkpoint->root.bytes);
    buffer_append_byte(&out, '\n');
    return lines_finish(&out, region, error, ret_text);
}

/* Decimal without leading zeros: one text for one number. */
static bool read_size(struct slice text, uint64_t *ret_size)
{
    int64_t size;
    if (text.length == 0 || text.data[0] == '-' || (text.length > 1 && text.data[0] == '0') ||
        !slice_to_integer(text, 0, INT64_MAX, &size))
        return false;
    *ret_size = (uint64_t)size;
    return true;
}

enum error_code checkpoint_read(struct slice text, struct error *error, struct checkpoint *ret_checkpoint)
{
    struct checkpoint found;
    struct slice rest = text, size, root, extension;
    if (!is_text(text) || !slice_take(&rest, '\n', &found.origin) || !slice_take(&rest, '\n', &size) ||
        !slice_take(&rest, '\n', &root) || !is_name(found.origin) || !read_size(size, &found.size) ||
        !base64_decode_exactly(root, found.root.bytes, sizeof found.root.bytes))
        return wrong(error, "checkpoint");
    if (rest.length == 0) { /* slice_take leaves the empty text behind the last LF */
        *ret_checkpoint = found;
        return OK;
    }
    rest.length--;
    while (slice_take(&rest, '\n', &extension))
        if (extension.length == 0)
            return wrong(error, "an empty extension of a checkpoint");
    *ret_checkpoint = found;
    return OK;
}

enum error_code checkpoint_open(struct slice note, struct slice origin, const uint8_t public_key[static 32],
                                struct region *region, struct error *error, struct checkpoint *ret_checkpoint)
{
    struct note read;
    struct checkpoint found;
    TRY(note_read(note, region, error, &read));
    TRY(note_verify(&read, origin, public_key, error));
    TRY(checkpoint_read(read.text, error, &found));
    if (!slice_equal(found.origin, origin))
        return FAIL(error, ERROR_CRYPTO, "checkpoint-origin", "the checkpoint is of the log %.*s",
                    SLICE_ARG(found.origin));
    *ret_checkpoint = found;
    return OK;
}

/* ---- Cosignatures -------------------------------------------------------------------------------- */

static enum error_code cosigned_text(struct slice text, int64_t time, struct region *region,
                                     struct error *error, struct slice *ret_text)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(NOTE_TEXT_MAXIMUM + 64);
    buffer_append_text(&out, "cosignature/v1\ntime ");
    buffer_append_integer(&out, time);
    buffer_append_byte(&out, '\n');
    buffer_append(&out, text);
    return lines_finish(&out, region, error, ret_text);
}

enum error_code cosignature_make(struct slice text, int64_t time, struct slice name,
                                 const uint8_t seed[static 32], const uint8_t public_key[static 32],
                                 struct region *region, struct error *error, struct slice *ret_line)
{
    uint8_t id[KEY_ID_BYTES], bytes[TIME_BYTES + LOG_SIGNATURE_BYTES];
    struct slice signed_text;
    if (!is_text(text) || !is_name(name) || time < 0)
        return wrong(error, "text, name or time");
    note_key_id(name, NOTE_COSIGNATURE, public_key, id);
    TRY(cosigned_text(text, time, region, error, &signed_text));
    for (int i = 0; i < TIME_BYTES; i++)
        bytes[i] = (uint8_t)((uint64_t)time >> (8 * (TIME_BYTES - 1 - i)));
    TRY(log_sign(seed, signed_text, error, bytes + TIME_BYTES));
    CLEANUP(buffer_free) struct buffer out = BUFFER(NOTE_LINE_MAXIMUM);
    append_line(&out, name, id, slice_from_bytes(bytes, sizeof bytes));
    return lines_finish(&out, region, error, ret_line);
}

static enum error_code check_cosignature(const struct note *note, const struct note_signature *signature,
                                         const uint8_t public_key[static 32], struct region *region,
                                         struct error *error, int64_t *ret_time)
{
    const uint8_t *bytes = (const uint8_t *)signature->bytes.data;
    uint64_t time = 0;
    struct slice signed_text;
    if (signature->bytes.length != TIME_BYTES + LOG_SIGNATURE_BYTES)
        return FAIL(error, ERROR_CRYPTO, "signature", "a cosignature of a wrong length");
    for (int i = 0; i < TIME_BYTES; i++)
        time = time << 8 | bytes[i];
    if (time > INT64_MAX)
        return FAIL(error, ERROR_CRYPTO, "signature", "a cosignature with an impossible time");
    TRY(cosigned_text(note->text, (int64_t)time, region, error, &signed_text));
    TRY(log_verify(public_key, signed_text, bytes + TIME_BYTES, error));
    *ret_time = (int64_t)time;
    return OK;
}

enum error_code cosignature_verify(const struct note *note, struct slice name,
                                   const uint8_t public_key[static 32], struct region *region,
                                   struct error *error, int64_t *ret_time)
{
    uint8_t id[KEY_ID_BYTES];
    int64_t latest = -1;
    note_key_id(name, NOTE_COSIGNATURE, public_key, id);
    for (size_t i = 0; i < note->signature_count; i++) {
        int64_t time = 0;
        if (!is_by(&note->signatures[i], name, id))
            continue;
        TRY(check_cosignature(note, &note->signatures[i], public_key, region, error, &time));
        latest = time > latest ? time : latest;
    }
    if (latest < 0)
        return FAIL(error, ERROR_NOT_FOUND, "not-cosigned", "%.*s has not signed the note", SLICE_ARG(name));
    *ret_time = latest;
    return OK;
}

struct slice log_origin(const uint8_t public_key[static 32], int64_t team, struct region *region)
{
    uint8_t hash[32];
    char hex[17];
    sha256(slice_from_bytes(public_key, LOG_PUBLIC_BYTES), hash);
    hex_encode(hash, 8, hex);
    return region_format(region, "hecht-%s/team/%" PRId64, hex, team);
}

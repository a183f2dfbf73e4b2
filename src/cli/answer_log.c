#include "cli/answer_log.h"

#include "pulse/log_seen.h"

/* One file for each team of each server. */
static const char *path_of(const struct answer_state *state, struct slice origin,
                           const struct descriptor *descriptor, struct region *region)
{
    uint8_t hash[32];
    char hex[33];
    sha256(region_format(region, "%.*s %" PRId64 " %" PRId64, SLICE_ARG(origin), descriptor->org,
                         descriptor->team),
           hash);
    hex_encode(hash, 16, hex);
    return region_text(region, region_format(region, "%s/%s.log", state->folder, hex));
}

/* ret_found is false when nothing was kept yet; a damaged file is a failure, since it may hide a change. */
static enum error_code read_seen(const char *path, struct region *region, struct error *error,
                                 bool *ret_found, struct log_seen *ret_seen)
{
    struct slice text;
    enum error_code code = file_read(path, LOG_SEEN_MAXIMUM, region, error, &text);
    *ret_found = code == OK;
    if (code == ERROR_NOT_FOUND)
        return OK;
    TRY(code);
    if (!log_seen_read(text, ret_seen))
        return FAIL(
            error, ERROR_CRYPTO, "seen-damaged",
            "%s is damaged: this machine does not know any more what it has seen of the team's log; remove "
            "the file to begin anew",
            path);
    return OK;
}

enum error_code answer_log_check(const struct answer_state *state, struct slice origin, struct slice json,
                                 struct slice descriptor_bytes, const uint8_t rid[static 32],
                                 struct region *region, struct error *error,
                                 uint8_t ret_key[static LOG_PUBLIC_BYTES])
{
    struct team_log log;
    struct descriptor descriptor;
    struct log_seen seen;
    bool found = false;
    const char *path = NULL;
    TRY(descriptor_read(descriptor_bytes, region, error, &descriptor));
    if (record_log_read(json, region, error, &log) != OK)
        return FAIL(error, ERROR_CRYPTO, "log-false",
                    "the log of this team was not understood; nothing was sent");
    if (state->folder != NULL) {
        path = path_of(state, origin, &descriptor, region);
        TRY(read_seen(path, region, error, &found, &seen));
    }
    TRY(log_seen_check(&log, &descriptor, rid, found ? &seen : NULL, region, error));
    memcpy(ret_key, log.public_key, LOG_PUBLIC_BYTES);
    return path != NULL ? file_replace_private(path, log_seen_write(&log, region), error) : OK;
}

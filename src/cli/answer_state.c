#include "cli/answer_state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct slice ENDING = {".answer", 7};

static void close_cleanup(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
}

static void folder_cleanup(DIR **folder)
{
    if (*folder != NULL)
        closedir(*folder);
}

/* ---- The folder --------------------------------------------------------------------------------- */

static const char *default_folder(struct region *region)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state != NULL && state[0] == '/')
        return region_text(region, region_format(region, "%s/hecht", state));
    if (home != NULL && home[0] == '/')
        return region_text(region, region_format(region, "%s/.local/state/hecht", home));
    return NULL;
}

/* As mkdir -p -m 0700. */
static bool make_folders(const char *path, struct region *region)
{
    struct slice whole = slice_from_text(path);
    for (size_t at = 1; at <= whole.length; at++)
        if ((at == whole.length || path[at] == '/') &&
            mkdir(region_text(region, slice_part(whole, 0, at)), S_IRWXU) != 0 && errno != EEXIST)
            return false;
    return true;
}

/* Until the descriptor is closed, no other `hecht answer` reads or writes here. */
static enum error_code lock_folder(const char *folder, struct error *error, int *ret_lock)
{
    int lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX) != 0) {
        if (lock >= 0)
            close(lock);
        return FAIL(error, ERROR_IO, "state-folder",
                    "cannot use the folder %s: %m; choose another with --state DIR, or keep nothing with "
                    "--no-state",
                    folder);
    }
    *ret_lock = lock;
    return OK;
}

/* Calls `wanted` for each file that we made and removes those for which it is true. */
static size_t remove_where(const char *folder, bool (*wanted)(const char *path, struct region *region),
                           struct region *region)
{
    CLEANUP(folder_cleanup) DIR *files = opendir(folder);
    size_t count = 0;
    const struct dirent *file;
    while (files != NULL && (file = readdir(files)) != NULL) {
        struct slice name = slice_from_text(file->d_name);
        const char *path = region_text(region, region_format(region, "%s/%s", folder, file->d_name));
        bool unfinished = slice_ends_with(name, S(".answer.new")); /* a crash left it */
        if ((unfinished || (slice_ends_with(name, ENDING) && wanted(path, region))) && unlink(path) == 0)
            count += !unfinished;
    }
    return count;
}

static void remove_devices(const char *folder, struct region *region)
{
    CLEANUP(folder_cleanup) DIR *files = opendir(folder);
    const struct dirent *file;
    while (files != NULL && (file = readdir(files)) != NULL)
        if (slice_ends_with(slice_from_text(file->d_name), S(ANSWER_DEVICE_ENDING)))
            unlink(region_text(region, region_format(region, "%s/%s", folder, file->d_name)));
}

static bool is_over(const char *path, struct region *region)
{
    struct slice text;
    int64_t until;
    return file_read(path, ANSWER_KEPT_MAXIMUM, region, NULL, &text) == OK &&
           answer_kept_until(text, &until) && until + DAY_SECONDS < clock_seconds(clock_system());
}

static bool every(const char *path, struct region *region)
{
    (void)path;
    (void)region;
    return true;
}

enum error_code answer_state_open(const char *given, struct region *region, struct error *error,
                                  struct answer_state *ret_state)
{
    const char *folder = given != NULL ? given : default_folder(region);
    CLEANUP(close_cleanup) int lock = -1;
    if (folder == NULL || folder[0] == '\0')
        return FAIL(error, ERROR_INPUT, "state-folder",
                    "no home folder to keep your secrets in; choose a folder with --state DIR, or keep "
                    "nothing with --no-state");
    if (!make_folders(folder, region))
        return FAIL(error, ERROR_IO, "state-folder",
                    "cannot make the folder %s: %m; choose another with --state DIR, or keep nothing with "
                    "--no-state",
                    folder);
    TRY(lock_folder(folder, error, &lock));
    remove_where(folder, is_over, region);
    *ret_state = (struct answer_state){.folder = folder};
    return OK;
}

enum error_code answer_state_forget(const struct answer_state *state, struct region *region,
                                    struct error *error, size_t *ret_count)
{
    CLEANUP(close_cleanup) int lock = -1;
    TRY(lock_folder(state->folder, error, &lock));
    *ret_count = remove_where(state->folder, every, region);
    remove_devices(state->folder, region);
    return OK;
}

/* ---- One round ---------------------------------------------------------------------------------- */

static enum error_code read_file(const struct answer_state *state, struct slice descriptor_bytes,
                                 const uint8_t rid[32], struct region *region, struct error *error,
                                 struct answer_client *ret_client, int64_t *ret_version)
{
    struct slice text;
    TRY(file_read(state->path, ANSWER_KEPT_MAXIMUM, region, error, &text));
    enum error_code code =
        answer_kept_resume(text, descriptor_bytes, rid, region, error, ret_client, ret_version);
    if (code == ERROR_CRYPTO && strcmp(error->reason, "kept-damaged") == 0)
        return FAIL(error, ERROR_CRYPTO, "kept-damaged",
                    "%s is damaged: an answer of this round cannot be given or changed from here any more; "
                    "remove it with --forget",
                    state->path);
    return code;
}

static enum error_code write_file(const struct answer_state *state, const struct answer_client *client,
                                  int64_t version, struct region *region, struct error *error)
{
    struct slice text;
    TRY(answer_kept_write(client, version, region, error, &text));
    return file_replace_private(state->path, text, error);
}

enum error_code answer_state_begin(struct answer_state *state, struct slice person,
                                   struct slice descriptor_bytes, const uint8_t rid[32],
                                   struct region *region, struct error *error,
                                   struct answer_client *ret_client)
{
    CLEANUP(close_cleanup) int lock = -1;
    char hex[65];
    int64_t version, number;
    if (state->folder == NULL)
        return answer_client_begin(descriptor_bytes, rid, region, error, ret_client);
    /* It becomes part of a file name. */
    if (!slice_to_integer(person, 1, INT64_MAX, &number))
        return FAIL(error, ERROR_IO, "reply", "the server's reply was not understood");
    hex_encode(rid, 32, hex);
    state->path = region_text(region, region_format(region, "%s/%s-%" PRId64 "%.*s", state->folder, hex,
                                                    number, SLICE_ARG(ENDING)));
    TRY(lock_folder(state->folder, error, &lock));
    state->resumed = access(state->path, F_OK) == 0;
    if (state->resumed)
        return read_file(state, descriptor_bytes, rid, region, error, ret_client, &version);
    struct answer_client client;
    TRY(answer_client_begin(descriptor_bytes, rid, region, error, &client));
    enum error_code code = write_file(state, &client, 0, region, error);
    if (code != OK) {
        answer_client_end(&client);
        return code;
    }
    *ret_client = client;
    return OK;
}

enum error_code answer_state_next_version(const struct answer_state *state,
                                          const struct answer_client *client, struct slice descriptor_bytes,
                                          struct region *region, struct error *error, int64_t *ret_version)
{
    CLEANUP(close_cleanup) int lock = -1;
    CLEANUP(answer_client_end) struct answer_client kept = {0};
    int64_t version = 0;
    if (state->folder != NULL) {
        TRY(lock_folder(state->folder, error, &lock));
        /* Read again: another process of the same person may have sent in the meantime. */
        TRY(read_file(state, descriptor_bytes, client->rid, region, error, &kept, &version));
        TRY(write_file(state, client, version + 1, region, error));
    }
    *ret_version = version + 1;
    return OK;
}

void answer_state_remove(const struct answer_state *state)
{
    if (state->folder != NULL && state->path != NULL)
        unlink(state->path);
}

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 1 << 16 };

static void close_descriptor(int *descriptor)
{
    if (*descriptor > STDERR_FILENO)
        close(*descriptor);
}

/* Reads to the end, but one byte more than allowed at most: that byte tells that the file is too large. */
static enum error_code read_all(int descriptor, const char *path, size_t maximum, struct error *error,
                                struct buffer *buffer)
{
    for (;;) {
        size_t left = buffer->maximum - buffer->length;
        size_t step = left < READ_STEP ? left : READ_STEP;
        char *to = buffer_reserve(buffer, step);
        if (to == NULL)
            return FAIL(error, ERROR_MEMORY, "memory", "no memory to read %s", path);
        ssize_t got = read(descriptor, to, step);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return FAIL(error, ERROR_IO, "file-read", "cannot read %s: %m", path);
        if (got == 0)
            return OK;
        buffer_commit(buffer, (size_t)got);
        if (buffer->length > maximum)
            return FAIL(error, ERROR_LIMIT, "file-too-large", "%s is larger than %zu bytes", path, maximum);
    }
}

enum error_code file_read(const char *path, size_t maximum, struct region *region, struct error *error,
                          struct slice *ret_content)
{
    bool standard_input = strcmp(path, "-") == 0;
    const char *name = standard_input ? "standard input" : path;
    int opened = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    CLEANUP(close_descriptor) int descriptor = opened;
    if (descriptor < 0)
        return FAIL(error, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, "file-open", "cannot open %s: %m",
                    name);

    if (maximum == SIZE_MAX)
        maximum--;
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(maximum + 1);
    TRY(read_all(descriptor, name, maximum, error, &buffer));
    struct slice content = region_copy(region, buffer_slice(&buffer));
    if (content.data == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %s", name);
    *ret_content = content;
    return OK;
}

static bool write_all(int descriptor, struct slice content)
{
    while (content.length > 0) {
        ssize_t written = write(descriptor, content.data, content.length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        content = slice_from(content, (size_t)written);
    }
    return true;
}

/* Makes the name last, too. As well as it can: a directory may be open for writing but not for reading. */
static void sync_directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    char *directory = slash == NULL ? strdup(".") : strndup(path, length);
    int descriptor = directory == NULL ? -1 : open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
    free(directory);
}

enum error_code file_create_private(const char *path, struct slice content, struct error *error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0 && errno == EEXIST)
        return FAIL(error, ERROR_CONFLICT, "file-exists", "%s exists already", path);
    if (descriptor < 0)
        return FAIL(error, ERROR_IO, "file-create", "cannot create %s: %m", path);

    bool written = write_all(descriptor, content) && fsync(descriptor) == 0;
    int write_error = errno;
    bool closed = close(descriptor) == 0;
    if (!written || !closed) {
        if (!written)
            errno = write_error; /* close may have replaced the cause */
        error_set(error, ERROR_IO, __FILE__, __LINE__, "file-write", "cannot write %s: %m", path);
        unlink(path); /* half a key is worse than none */
        return ERROR_IO;
    }
    sync_directory_of(path);
    return OK;
}

enum error_code file_replace_private(const char *path, struct slice content, struct error *error)
{
    CLEANUP(buffer_free) struct buffer next = BUFFER(PATH_MAX);
    buffer_format(&next, "%s.new", path);
    buffer_append_byte(&next, '\0');
    if (next.failed)
        return FAIL(error, ERROR_INPUT, "file-create", "the path is too long: %.100s...", path);
    unlink(next.data); /* what a crash left */
    TRY(file_create_private(next.data, content, error));
    if (rename(next.data, path) != 0) {
        error_set(error, ERROR_IO, __FILE__, __LINE__, "file-write", "cannot write %s: %m", path);
        unlink(next.data);
        return ERROR_IO;
    }
    sync_directory_of(path);
    return OK;
}

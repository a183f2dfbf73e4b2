#include "table/source.h"

#include "table/wording.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum error_code examine(struct source *source, struct error *error)
{
    struct stat facts;
    if (fstat(source->descriptor, &facts) != 0)
        return FAIL(error, ERROR_IO, "file-open", "cannot open %s: %m", source->name);
    if (S_ISDIR(facts.st_mode))
        return FAIL(error, ERROR_INPUT, "file-directory", "%s is a directory; a file was expected",
                    source->name);
    source->regular = S_ISREG(facts.st_mode);
    if (!source->regular)
        return OK;
    off_t start = lseek(source->descriptor, 0, SEEK_CUR);
    source->start = start < 0 ? 0 : start;
    source->size = facts.st_size > source->start ? facts.st_size - source->start : 0;
    source->changed = facts.st_mtim;
    posix_fadvise(source->descriptor, source->start, 0, POSIX_FADV_SEQUENTIAL);
    return OK;
}

enum error_code source_open(const char *path, struct error *error, struct source *ret_source)
{
    bool standard_input = strcmp(path, "-") == 0;
    struct source source = {.descriptor = STDIN_FILENO};
    wording_path(standard_input ? "standard input" : path, source.name, sizeof source.name);
    if (!standard_input)
        source.descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (source.descriptor < 0)
        return FAIL(error, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, "file-open", "cannot open %s: %m",
                    source.name);
    enum error_code code = examine(&source, error);
    if (code == OK)
        *ret_source = source;
    else
        source_close(&source);
    return code;
}

void source_close(struct source *source)
{
    if (source->descriptor > STDERR_FILENO)
        close(source->descriptor);
    source->descriptor = -1;
}

enum error_code source_check(const struct source *source, struct error *error)
{
    struct stat facts;
    if (!source->regular)
        return OK;
    if (fstat(source->descriptor, &facts) != 0)
        return FAIL(error, ERROR_IO, "file-read", "cannot read %s: %m", source->name);
    int64_t size = facts.st_size - source->start;
    if (source->taken == source->size && size == source->size &&
        facts.st_mtim.tv_sec == source->changed.tv_sec && facts.st_mtim.tv_nsec == source->changed.tv_nsec)
        return OK;
    return FAIL(error, ERROR_IO, "file-changed",
                "%s was changed while it was read: %" PRId64 " bytes when it was opened, %" PRId64
                " now, %" PRId64 " read; nothing of it is used",
                source->name, source->size, size < 0 ? 0 : size, source->taken);
}

enum error_code source_read(struct source *source, char *to, size_t room, struct error *error,
                            size_t *ret_length)
{
    size_t length = 0;
    while (length < room) {
        ssize_t got = read(source->descriptor, to + length, room - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return FAIL(error, ERROR_IO, "file-read", "cannot read %s: %m", source->name);
        length += (size_t)got;
        source->taken += got;
        /* More than there was: it grows, perhaps for ever. */
        if (got == 0 || (source->regular && source->taken > source->size)) {
            TRY(source_check(source, error));
            break;
        }
    }
    *ret_length = length;
    return OK;
}

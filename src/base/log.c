#include "base/base.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

enum { LOG_LINE_MAXIMUM = 1024 };

static atomic_bool quiet;

void log_set_quiet(bool be_quiet)
{
    atomic_store(&quiet, be_quiet);
}

/* One write a line: threads do not mix their lines, and nothing waits in a stdio buffer when the program
 * dies. */
void log_line(const char *format, ...)
{
    if (atomic_load(&quiet))
        return;
    char line[LOG_LINE_MAXIMUM];
    va_list arguments;
    va_start(arguments, format);
    int formatted = vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (formatted < 0)
        return;

    size_t length = strlen(line);
    /* A line break out of a file name or a database message must not look like a line of its own. */
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F)
            line[i] = ' ';
    line[length] = '\n'; /* in place of the NUL */
    ssize_t written;
    do {
        written = write(STDERR_FILENO, line, length + 1);
    } while (written < 0 && errno == EINTR);
}

void log_error(const char *what, const struct error *error)
{
    log_line("%s: %s (%s): %s [%s:%d]", what, error_code_name(error->code),
             error->reason == NULL ? "no reason" : error->reason, error->detail,
             error->file == NULL ? "?" : error->file, error->line);
}

#include "base/base.h"

#include <stdarg.h>

enum error_code error_set(struct error *error, enum error_code code, const char *file, int line,
                          const char *reason, const char *format, ...)
{
    if (error == NULL)
        return code;
    /* Formatted aside, because error->detail may be among the arguments (to put words around it). */
    char detail[sizeof(error->detail)];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(detail, sizeof(detail), format, arguments) < 0)
        detail[0] = '\0';
    va_end(arguments);

    error->code = code;
    error->reason = reason == NULL ? error_code_name(code) : reason;
    error->file = file;
    error->line = line;
    memcpy(error->detail, detail, strlen(detail) + 1);
    return code;
}

const char *error_code_name(enum error_code code)
{
    switch (code) {
    case OK:
        return "ok";
    case ERROR_INPUT:
        return "input";
    case ERROR_DENIED:
        return "denied";
    case ERROR_NOT_FOUND:
        return "not-found";
    case ERROR_CONFLICT:
        return "conflict";
    case ERROR_GONE:
        return "gone";
    case ERROR_LIMIT:
        return "limit";
    case ERROR_BUSY:
        return "busy";
    case ERROR_MEMORY:
        return "memory";
    case ERROR_STORE:
        return "store";
    case ERROR_RETRY:
        return "retry";
    case ERROR_IO:
        return "io";
    case ERROR_VERSION:
        return "version";
    case ERROR_CRYPTO:
        return "crypto";
    case ERROR_INTERNAL:
        return "internal";
    }
    return "unknown";
}

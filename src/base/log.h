/* One line per event on standard error. Never an answer, a token, a person, an address or an agent. */
#ifndef HECHT_BASE_LOG_H
#define HECHT_BASE_LOG_H

#include "base/error.h"

void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *what, const struct error *error);
void log_set_quiet(bool quiet);

#endif

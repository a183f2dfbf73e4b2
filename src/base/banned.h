/* Functions that may not be used anywhere in Hecht: unbounded, locale dependent, not thread safe or
 * predictable. Included by base/base.h, so that a use is a compile error. */
#ifndef HECHT_BASE_BANNED_H
#define HECHT_BASE_BANNED_H

/* The system headers that declare them must come first, or the poison would hit their declarations. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef alloca /* glibc makes it a macro; poisoning an existing macro is a warning */

#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets strtok
#pragma GCC poison asctime ctime gmtime localtime
#pragma GCC poison rand srand drand48 random_r system alloca setlocale newlocale uselocale
#pragma GCC poison strtod strtof atof atoi atol mktemp tmpnam

#endif

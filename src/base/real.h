/* The only door to strtod, for the files of base only; everybody else uses slice_to_real. */
#ifndef HECHT_BASE_REAL_H
#define HECHT_BASE_REAL_H

/* text must already hold a checked decimal number and nothing else. */
double real_from_checked_text(const char *text);

#endif

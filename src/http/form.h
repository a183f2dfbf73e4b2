/* application/x-www-form-urlencoded, for bodies and for the part of an address behind '?'. */
#ifndef HECHT_HTTP_FORM_H
#define HECHT_HTTP_FORM_H

#include "http/http.h"

enum form_kind {
    FORM_BODY = 1, /* empty pairs and repeated names (unless they end in "[]") are refused */
    FORM_QUERY,    /* people type and shorten addresses: empty pairs are skipped, names may repeat */
};

/* Names and values are decoded into the region and are valid UTF-8 without NUL. ERROR_INPUT, reasons
 * "form-syntax" ("query-syntax"), "form-repeated", "form-too-many-fields". */
enum error_code form_parse(struct slice text, enum form_kind kind, struct region *region, struct error *error,
                           struct http_fields *ret_fields) MUST_CHECK;

/* Decodes %XX, and '+' as space when asked. ret_text takes text.length bytes. False on a bad escape, a
 * control character that is not escaped, NUL, or when the result is not UTF-8. */
bool percent_decode(struct slice text, bool plus_is_space, char *ret_text, size_t *ret_length);

#endif

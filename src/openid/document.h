/* JSON that somebody else wrote, for the files of this folder: an object, read strictly (repeated names are refused) by
 * jansson. Texts point into the document. */
#ifndef HECHT_OPENID_DOCUMENT_H
#define HECHT_OPENID_DOCUMENT_H

#include <jansson.h>

#include "base/base.h"

enum { DOCUMENT_MAXIMUM = 256 << 10 };

static inline void document_cleanup(json_t **document)
{
    json_decref(*document);
}

/* NULL unless the text is one object. The caller owns it. */
json_t *document_read(struct slice text);
/* False unless the member is a text of 1 to maximum bytes without control characters. */
bool document_text(const json_t *object, const char *name, size_t maximum, struct slice *ret_text);
/* False unless the member is a whole number of seconds after 1970, with or without a fraction, which is cut off. */
bool document_seconds(const json_t *object, const char *name, int64_t *ret_seconds);
bool document_has(const json_t *object, const char *name);
/* Whether the member is that text, or a list with that text in it. */
bool document_names(const json_t *object, const char *name, struct slice text);

#endif

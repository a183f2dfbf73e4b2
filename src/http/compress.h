/* Pages are sent compressed where nobody else can watch how their length depends on a guess.
 *
 * A page holds secrets (the token of its forms) beside words that others wrote or that stand in its address. Whoever can make
 * somebody's browser fetch pages again and again, and see how long they are, can guess such a secret bit by bit when they
 * are compressed (BREACH, 2013). To make a browser fetch pages takes a page elsewhere. Browsers say of each request who began it, in
 * Sec-Fetch-Site, which no page can set: so only what a page of this server ("same-origin") or the person at the address bar,
 * a bookmark or a mail program ("none") asked for is compressed. Browsers before 2023 and those of plain http say nothing, and get
 * pages as they are. */
#ifndef HECHT_HTTP_COMPRESS_H
#define HECHT_HTTP_COMPRESS_H

#include "http/server.h"

enum { COMPRESS_FROM_BYTES = 1024 }; /* what is shorter fits a packet or two anyway */

/* HTML only: exports are files, and answers of routes without a name must not depend on headers. */
bool compress_wanted(const struct incoming *incoming, const struct http_response *response);
/* Puts the gzip form in the place of the body. False, and the body is as it was, when memory ends. */
bool compress_body(struct buffer *body);

#endif

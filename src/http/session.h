/* The session cookie and what is derived from its token. */
#ifndef HECHT_HTTP_SESSION_H
#define HECHT_HTTP_SESSION_H

#include "http/http.h"

enum { SESSION_TOKEN_BYTES = 32, SESSION_CSRF_LENGTH = 43 };

struct slice session_cookie_name(bool secure);
/* The token in a Cookie header; false when there is no well-formed one. */
bool session_token_read(struct slice cookie_header, bool secure, uint8_t ret_token[SESSION_TOKEN_BYTES]);
/* HMAC(token, "hecht-csrf-v1") as text: the same in all processes, and tells nothing of the token. */
struct slice session_csrf(const uint8_t token[SESSION_TOKEN_BYTES], struct region *region);

#endif

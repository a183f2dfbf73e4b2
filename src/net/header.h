/* Texts of people in the header of a mail (RFC 5322, RFC 2047). Whatever the text holds, it stays inside its own field. */
#ifndef HECHT_NET_HEADER_H
#define HECHT_NET_HEADER_H

#include "base/base.h"

/* Subject and other free text. */
void header_write_text(struct buffer *out, struct slice text);
/* A name before an address, and the address: "=?UTF-8?B?...?= <name@example.org>". The name may be empty. */
void header_write_mailbox(struct buffer *out, struct slice name, struct slice address);
/* One address that can stand between < and >: no blanks, controls, brackets or quotes, one @. */
bool header_address_is_good(struct slice address);

#endif

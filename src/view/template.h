/* What the generated templates need beside view.h; nobody else but the pictures makes struct html. */
#ifndef HECHT_VIEW_TEMPLATE_H
#define HECHT_VIEW_TEMPLATE_H

#include "view/view.h"

enum { TEMPLATE_HTML_MAXIMUM = 8 << 20, TEMPLATE_TEXT_MAXIMUM = 1 << 16 };

/* Copies what was written into the region. When the buffer had failed the region fails, too, so that the
 * caller's one check at the end sees it and no page goes out with a part missing. */
struct html template_html(struct region *region, const struct buffer *written);
/* For an attribute: with a point in every language; nothing for what is no number. */
void template_decimal(struct buffer *out, double value, int decimals);

#endif

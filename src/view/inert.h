/* A page to look at and nothing else: for pages of others with example data. Uses: view. */
#ifndef HECHT_VIEW_INERT_H
#define HECHT_VIEW_INERT_H

#include "view/view.h"

/* An address that stays a link, and where it leads instead. */
struct inert_link {
    struct slice from, to;
};

/* What templates made, but nothing of it sends or leads away: a link keeps its words and loses its address, unless it leads to
 * a place of the same page ("#lines") or stands in links; forms become blocks, their hidden fields go, buttons and fields are
 * disabled. Takes what templates write: quoted attributes, no comments, no scripts. Whatever else begins with "<" is dropped up
 * to the next ">". */
struct html html_inert(struct region *region, struct html html, const struct inert_link *links, size_t count);

#endif

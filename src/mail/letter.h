/* How a mail looks: one letter, as plain text and as HTML without pictures, scripts or anything that is fetched from
 * elsewhere. No figure of a result stands in a mail. */
#ifndef HECHT_MAIL_LETTER_H
#define HECHT_MAIL_LETTER_H

#include "mail/mail.h"
#include "view/view.h"

enum { LETTER_PARAGRAPHS_MAXIMUM = 12 };

struct letter {
    enum language language;
    struct slice organisation, subject, greeting;
    struct slice paragraphs[LETTER_PARAGRAPHS_MAXIMUM]; /* before the link */
    size_t paragraph_count;
    struct slice link, link_text;                  /* both empty: none */
    struct slice after[LETTER_PARAGRAPHS_MAXIMUM]; /* behind it, smaller */
    size_t after_count;
    struct slice why;             /* this mail came */
    struct slice stop, stop_text; /* address by which it stops; empty: it cannot be stopped */
};

void letter_add(struct letter *letter, struct slice paragraph);
void letter_add_after(struct letter *letter, struct slice paragraph);
/* Both forms of the same words, in the region. */
enum error_code letter_write(const struct letter *letter, struct region *region, struct error *error,
                             struct slice *ret_text, struct slice *ret_html) MUST_CHECK;

#endif

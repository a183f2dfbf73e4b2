/* Numbers as words that can be said (Daniel S. Wilkerson, "A Proposal for Proquints", 2009): 16 bits a word,
 * five letters, the same in every language. */
#ifndef HECHT_PRIVACY_PROQUINT_H
#define HECHT_PRIVACY_PROQUINT_H

#include "base/base.h"

/* `words` words from 2 * words bytes, with hyphens between them; room for 6 * words bytes, the last of which is 0. */
void proquint_write(const uint8_t *bytes, size_t words, char *ret_text);
/* Whether text is that many such words, with hyphens between them. */
bool proquint_check(struct slice text, size_t words);

/* The first 8 bytes of rid as four words with hyphens between them, for two people to compare. Long enough
 * (64 bits) that nobody makes another round with the same words by trying. */
enum { RID_WORDS_LENGTH = 4 * 6 - 1 };
void rid_words(const uint8_t rid[static 32], char ret_words[static RID_WORDS_LENGTH + 1]);

#endif

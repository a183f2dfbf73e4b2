#include "privacy/proquint.h"

static const char consonants[] = "bdfghjklmnprstvz", vowels[] = "aiou";

enum { WORD_LENGTH = 5 };

void proquint_write(const uint8_t *bytes, size_t words, char *ret_text)
{
    for (size_t word = 0; word < words; word++) {
        unsigned bits = (unsigned)bytes[2 * word] << 8 | bytes[2 * word + 1];
        char *to = ret_text + word * (WORD_LENGTH + 1);
        to[0] = consonants[bits >> 12 & 15];
        to[1] = vowels[bits >> 10 & 3];
        to[2] = consonants[bits >> 6 & 15];
        to[3] = vowels[bits >> 4 & 3];
        to[4] = consonants[bits & 15];
        to[5] = word + 1 < words ? '-' : '\0';
    }
}

bool proquint_check(struct slice text, size_t words)
{
    if (text.length != words * (WORD_LENGTH + 1) - 1)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        size_t at = i % (WORD_LENGTH + 1);
        char letter = text.data[i];
        const char *letters = at == WORD_LENGTH ? "-" : at % 2 == 0 ? consonants : vowels;
        if (letter == '\0' || strchr(letters, letter) == NULL)
            return false;
    }
    return true;
}

void rid_words(const uint8_t rid[static 32], char ret_words[static RID_WORDS_LENGTH + 1])
{
    proquint_write(rid, 4, ret_words);
}

#include "privacy/proquint.h"

static const char consonants[] = "bdfghjklmnprstvz", vowels[] = "aiou";

void rid_words(const uint8_t rid[static 32], char ret_words[static RID_WORDS_LENGTH + 1])
{
    for (size_t word = 0; word < 4; word++) {
        unsigned bits = (unsigned)rid[2 * word] << 8 | rid[2 * word + 1];
        char *to = ret_words + word * 6;
        to[0] = consonants[bits >> 12 & 15];
        to[1] = vowels[bits >> 10 & 3];
        to[2] = consonants[bits >> 6 & 15];
        to[3] = vowels[bits >> 4 & 3];
        to[4] = consonants[bits & 15];
        to[5] = word < 3 ? '-' : '\0';
    }
}

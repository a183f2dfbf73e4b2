/* The generated tables of texts; for message.c only. */
#ifndef HECHT_VIEW_CATALOGUE_H
#define HECHT_VIEW_CATALOGUE_H

#include "view/view.h"

struct catalogue_message {
    struct slice key;
    bool plural;
    struct slice text[LANGUAGE_COUNT]
                     [2]; /* [0] for n = 1, [1] for all other n; without plural they are the same */
};

/* By message; sorted by key, so that message_find can halve. Entry 0 (MESSAGE_NONE) is empty. */
extern const struct catalogue_message catalogue_messages[MESSAGE_COUNT];

#endif

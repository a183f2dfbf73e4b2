/* What the database holds, in words: each table belongs to one subject of the file for the works council. A test compares
 * this with the schema, so that nothing is kept that the file does not name. */
#ifndef HECHT_PULSE_INVENTORY_H
#define HECHT_PULSE_INVENTORY_H

#include "view/view.h"

struct inventory_subject {
    enum message what, how_long;
    const char *const *tables; /* ends in NULL */
};

extern const struct inventory_subject INVENTORY[];
extern const size_t INVENTORY_COUNT;

#endif

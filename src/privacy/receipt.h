/* Reading a receipt (docs/privacy.md, Receipt; made by receipt_text in protocol.h): what the server says it stored of an answer,
 * without showing it. */
#ifndef HECHT_PRIVACY_RECEIPT_H
#define HECHT_PRIVACY_RECEIPT_H

#include "privacy/protocol.h"

struct receipt {
    uint8_t rid[32];
    uint8_t answer[32]; /* SHA-256 of the one-time key */
    int64_t version;
    struct merkle_hash cells[PROTOCOL_ITEMS_MAXIMUM]; /* in the order of D */
    size_t cell_count;
};

/* The strict inverse of receipt_text. */
bool receipt_read(struct slice text, struct receipt *ret_receipt);

#endif

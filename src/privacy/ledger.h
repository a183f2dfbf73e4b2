/* Leaves of the trees that a close publishes; docs/ledger.md has the same in words. Each tree's leaves are
 * sorted by their hash (merkle_root). */
#ifndef HECHT_PRIVACY_LEDGER_H
#define HECHT_PRIVACY_LEDGER_H

#include "privacy/protocol.h"
#include "privacy/signature.h"

enum { LEDGER_SALT_BYTES = 32, LEDGER_OPEN_MINIMUM = 10 /* answers, from which on trees may be opened */ };

/* Tree T: leaf data = m (111 bytes) || opk (65 bytes) || signature. */
void eligibility_leaf(const uint8_t prefix[static 32], const uint8_t rid[static 32],
                      const uint8_t opk[static ONE_TIME_PUBLIC_BYTES], struct slice signature,
                      struct merkle_hash *ret_leaf);
/* Tree I: one leaf per member, leaf data = salt || "hecht-issuance-v1" || 00 || person id in decimal || 00
 * || "issued" || SHA-256(blinded) || device signature (64 bytes or nothing), or "not-issued" (blinded_hash
 * NULL). */
void issuance_leaf(const uint8_t salt[static LEDGER_SALT_BYTES], int64_t person, const uint8_t *blinded_hash,
                   struct slice device_signature, struct merkle_hash *ret_leaf);
/* Fills a tree up to the roster: leaf data = "hecht-pad-v1" || 32 random bytes. */
void pad_leaf(const uint8_t random[static LEDGER_SALT_BYTES], struct merkle_hash *ret_leaf);
/* What a device signs to ask for a token: "hecht-token-v1" || rid || SHA-256(blinded). */
enum { DEVICE_MESSAGE_BYTES = 14 + 32 + 32 };
void device_message(const uint8_t rid[static 32], const uint8_t blinded_hash[static 32],
                    uint8_t ret_message[static DEVICE_MESSAGE_BYTES]);

#endif

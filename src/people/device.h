/* Public keys of members' devices. A device signs its request for a token; the signature becomes part of
 * the member's leaf in the issuance tree, so that who looks at the own leaf sees whether the own device
 * asked. Keys are not in the team's log: how many there are would tell how many take part. Uses: org. */
#ifndef HECHT_PEOPLE_DEVICE_H
#define HECHT_PEOPLE_DEVICE_H

#include "org/org.h"

enum { DEVICES_MAXIMUM = 16 }; /* of a person */

struct device_key {
    uint8_t point[ONE_TIME_PUBLIC_BYTES]; /* P-256, uncompressed */
    int64_t registered_on; /* begin of the day in UTC, seconds; set by the store, 0: not known */
};

/* The same key again is fine. ERROR_CRYPTO "device-key": not a point of the curve. ERROR_LIMIT
 * "devices-full". */
enum error_code device_register(struct application *application, int64_t org, int64_t person,
                                const struct device_key *key, struct error *error) MUST_CHECK;
/* Of a person, the oldest first. */
enum error_code device_list(struct store_session *session, int64_t org, int64_t person, struct error *error,
                            struct device_key ret_keys[static DEVICES_MAXIMUM], size_t *ret_count) MUST_CHECK;
/* Inside a write. From then on the key signs nothing any more; one that is not there is fine. */
enum error_code device_end(struct store_session *session, int64_t org, int64_t person,
                           const uint8_t point[static ONE_TIME_PUBLIC_BYTES], struct error *error) MUST_CHECK;
/* ERROR_CRYPTO "device-signature" unless a device of the person signed "hecht-token-v1" || rid ||
 * SHA-256(blinded). */
enum error_code device_check(struct store_session *session, int64_t org, int64_t person,
                             const uint8_t rid[static 32], const uint8_t blinded_hash[static 32],
                             struct slice signature, struct error *error) MUST_CHECK;

#endif

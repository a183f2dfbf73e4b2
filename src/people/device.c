#include "people/device.h"

#include "privacy/ledger.h"

STATEMENT(DEVICE_INSERT,
          "INSERT INTO device (org_id, person_id, point, registered_on) VALUES ($1, $2, $3, $4) "
          "ON CONFLICT (org_id, person_id, point) DO NOTHING");
STATEMENT(DEVICES_COUNT, "SELECT count(*) FROM device WHERE org_id = $1 AND person_id = $2");
STATEMENT(DEVICES_READ, "SELECT point, registered_on FROM device WHERE org_id = $1 AND person_id = $2 "
                        "ORDER BY registered_on, point");
STATEMENT(DEVICE_DELETE, "DELETE FROM device WHERE org_id = $1 AND person_id = $2 AND point = $3");

struct registration {
    int64_t org, person;
    const struct device_key *key;
    int64_t day;
};

static enum error_code write_device(struct store_session *session, void *context, struct error *error)
{
    const struct registration *registration = context;
    struct store_value org = V_INTEGER(registration->org), person = V_INTEGER(registration->person);
    int64_t count = 0;
    TRY(store_execute(session, &DEVICE_INSERT,
                      PARAMETERS(org, person,
                                 V_BYTES(slice_from_bytes(registration->key->point, ONE_TIME_PUBLIC_BYTES)),
                                 V_INTEGER(registration->day)),
                      error, NULL));
    TRY(store_one_integer(session, &DEVICES_COUNT, PARAMETERS(org, person), error, NULL, &count));
    if (count > DEVICES_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "devices-full", "a person has at most %d devices", DEVICES_MAXIMUM);
    return OK;
}

enum error_code device_register(struct application *application, int64_t org, int64_t person,
                                const struct device_key *key, struct error *error)
{
    int64_t now = clock_seconds(application->clock);
    struct registration registration = {org, person, key, now - now % DAY_SECONDS};
    if (!one_time_public_is_valid(key->point))
        return FAIL(error, ERROR_CRYPTO, "device-key", "not a public key of P-256");
    return store_write(application->store, write_device, &registration, error);
}

enum error_code device_list(struct store_session *session, int64_t org, int64_t person, struct error *error,
                            struct device_key ret_keys[static DEVICES_MAXIMUM], size_t *ret_count)
{
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &DEVICES_READ, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, &rows));
    while (count < DEVICES_MAXIMUM && store_next(&rows)) {
        struct slice point = store_column_bytes(&rows, 0);
        if (point.length != sizeof ret_keys[count].point)
            continue;
        memcpy(ret_keys[count].point, point.data, point.length);
        ret_keys[count++].registered_on = store_column_integer(&rows, 1);
    }
    *ret_count = count;
    return store_rows_end(&rows);
}

enum error_code device_end(struct store_session *session, int64_t org, int64_t person,
                           const uint8_t point[static ONE_TIME_PUBLIC_BYTES], struct error *error)
{
    return store_execute(session, &DEVICE_DELETE,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(person),
                                    V_BYTES(slice_from_bytes(point, ONE_TIME_PUBLIC_BYTES))),
                         error, NULL);
}

enum error_code device_check(struct store_session *session, int64_t org, int64_t person,
                             const uint8_t rid[static 32], const uint8_t blinded_hash[static 32],
                             struct slice signature, struct error *error)
{
    struct device_key keys[DEVICES_MAXIMUM];
    uint8_t message[DEVICE_MESSAGE_BYTES];
    size_t count;
    TRY(device_list(session, org, person, error, keys, &count));
    device_message(rid, blinded_hash, message);
    for (size_t i = 0; i < count && signature.length == ONE_TIME_SIGNATURE_BYTES; i++)
        if (one_time_verify(keys[i].point, slice_from_bytes(message, sizeof message),
                            (const uint8_t *)signature.data, NULL) == OK)
            return OK;
    return FAIL(error, ERROR_CRYPTO, "device-signature", "no device of this person signed the request");
}

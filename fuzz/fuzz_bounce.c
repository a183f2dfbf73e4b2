/* Any bytes as a mail that came back: what is found stands in the message, and what is permanent has a code. */
#include "mail/bounce.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

static bool stands_in(struct slice part, struct slice whole)
{
    return part.length == 0 ||
           (part.data >= whole.data && part.data + part.length <= whole.data + whole.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice message = slice_from_bytes(data, size);
    struct bounce bounce;
    struct error error = {0};
    const struct application application = {0};
    if (bounce_read(message, &error, &bounce) != OK)
        return 0;
    CHECK(bounce.recipient_count > 0 && bounce.recipient_count <= BOUNCE_RECIPIENTS_MAXIMUM);
    CHECK(stands_in(bounce.message_id, message) && stands_in(bounce.to, message));
    for (size_t i = 0; i < bounce.recipient_count; i++) {
        const struct bounce_recipient *recipient = &bounce.recipients[i];
        CHECK(stands_in(recipient->original, message) && stands_in(recipient->final, message));
        CHECK(recipient->original.length > 0 || recipient->final.length > 0);
        CHECK(recipient->permanent ? recipient->code >= 500 && recipient->code <= 599 : recipient->code == 0);
    }
    CHECK(!mail_message_id_is_of(&application, bounce.message_id, 1, 2));
    return 0;
}

/* Any bytes as a questionnaire: findings are clean, and what is accepted can be asked. */
#include "pulse/instrument.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

static void ask(const struct instrument *instrument, bool full, int64_t round, bool has_leader,
                struct region *region)
{
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    size_t count = instrument_select(instrument, full, round, has_leader, items);
    CHECK(count <= instrument->item_count);
    for (size_t i = 0; i < count; i++) {
        CHECK(has_leader || !items[i]->about_leader);
        CHECK(instrument_item_find(instrument, items[i]->id) == items[i]);
        CHECK(instrument->facets[items[i]->facet].construct == items[i]->construct);
        for (size_t l = 0; l < instrument->language_count; l++) {
            struct slice text = instrument_fill(items[i]->text.text[l], S("Sanne"), region);
            CHECK(text.length > 0 && slice_find(text, S("{")) == text.length);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct instrument_finding findings[INSTRUMENT_FINDINGS_MAXIMUM];
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct instrument instrument;
    struct error error = {0};
    size_t count;
    enum error_code code =
        instrument_read(slice_from_bytes(data, size), region, &error, findings, &count, &instrument);
    CHECK((code == OK) == (count == 0));
    for (size_t i = 0; i < count; i++)
        for (size_t l = 0; l < LANGUAGE_COUNT; l++)
            CHECK(slice_is_clean_text(findings[i].text[l], ""));
    if (code != OK)
        return 0;
    for (int64_t round = 1; round < 10; round++)
        ask(&instrument, false, round, round % 2 == 0, region);
    ask(&instrument, true, 1, true, region);
    return 0;
}

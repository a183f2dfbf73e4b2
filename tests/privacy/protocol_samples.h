/* The rounds and answers of tests/reference/protocol_vectors.json, shared by the program that wrote the file
 * and by the test that checks it. */
#ifndef HECHT_TESTS_PRIVACY_PROTOCOL_SAMPLES_H
#define HECHT_TESTS_PRIVACY_PROTOCOL_SAMPLES_H

#include "base/base.h"
#include "privacy/protocol.h"

/* 2026-11-23, 2026-11-30 and 2026-12-04, 08:00:00Z */
static const int64_t sample_opens = 1795420800, sample_closes = 1796025600, sample_extended = 1796371200;
static const char sample_key[] = "not a real key, but bytes: \xff\xfe\x00\x01";

/* A pulse with a leader and a promise, names beyond ASCII. */
static inline struct descriptor sample_round(void)
{
    struct descriptor d = {
        .org = 4611686018427387904,
        .organisation = S("Caf\u00e9 de Br\u00fcg, \u6771\u4eac"),
        .team = INT64_MAX,
        .team_name = S("Team 7 - nacht & dag"),
        .leader = S("Zo\u00eb van der Berg"),
        .round_number = 12,
        .form = S("pulse"),
        .opens = sample_opens,
        .closes = sample_closes,
        .extended = sample_extended,
        .instrument = S("hecht-trust"),
        .instrument_version = 3,
        .items = {S("promise"), S("lr1"), S("lr-2_x"), S("abcdefghijklmnopqrstuvwx")},
        .item_count = 4,
        .promise = S("Elke week een uur zonder vergaderingen \u2013 ook in december"),
        .k = 5,
        .roster_count = 9,
        .purpose = S("To improve how this team works together. Never to judge one person."),
        .spki = {sample_key, sizeof sample_key - 1},
    };
    for (size_t i = 0; i < 32; i++) {
        d.instrument_hash[i] = (uint8_t)(3 * i + 1);
        d.roster_root.bytes[i] = (uint8_t)(255 - 7 * i);
    }
    return d;
}

/* The least there can be. */
static inline struct descriptor sample_minimum(void)
{
    struct descriptor d = {
        .org = 1,
        .organisation = S("o"),
        .team = 1,
        .team_name = S("t"),
        .round_number = 1,
        .form = S("full"),
        .opens = 0,
        .closes = 1,
        .extended = 1,
        .instrument = S("i"),
        .instrument_version = 1,
        .items = {S("a")},
        .item_count = 1,
        .k = 5,
        .roster_count = 0,
        .purpose = S("p"),
        .spki = S("k"),
    };
    return d;
}

/* Edits of a canonical descriptor that both readers must refuse: the first occurrence of one text becomes the
 * other. (Names, times, numbers and order stand at their only canonical place.) */
static const struct {
    const char *why, *from, *to;
} sample_edits[] = {
    {"no format", "hecht-round-v1\n", ""},
    {"other format", "hecht-round-v1", "hecht-round-v2"},
    {"carriage return", "hecht-round-v1\n", "hecht-round-v1\r\n"},
    {"leading zero", "round 12", "round 012"},
    {"negative", "round 12", "round -12"},
    {"plus sign", "round 12", "round +12"},
    {"zero round", "round 12", "round 0"},
    {"exponent", "round 12", "round 1e1"},
    {"beyond 63 bits", "team 9223372036854775807", "team 9223372036854775808"},
    {"zero id", "team 9223372036854775807", "team 0"},
    {"two blanks", "round 12", "round  12"},
    {"tab", "round 12", "round\t12"},
    {"blank at the end", "round 12\n", "round 12 \n"},
    {"empty name", "team-name Team 7 - nacht & dag", "team-name "},
    {"no value", "team-name Team 7 - nacht & dag", "team-name"},
    {"control character", "nacht", "na\001ht"},
    {"C1 control character", "nacht", "na\302\205ht"},
    {"delete character", "nacht", "na\177ht"},
    {"invalid UTF-8", "nacht", "na\377ht"},
    {"surrogate", "nacht", "na\355\240\200ht"},
    {"overlong", "nacht", "na\300\257ht"},
    {"two leaders", "leader ", "leader A\nleader "},
    {"order", "form pulse\n", ""},
    {"other form", "form pulse", "form short"},
    {"case", "form pulse", "Form pulse"},
    {"day that is none", "2026-11-23T08", "2026-11-31T08"},
    {"hour that is none", "2026-11-23T08", "2026-11-23T24"},
    {"leap second", "2026-11-23T08:00:00", "2026-11-23T08:00:60"},
    {"no zone", "08:00:00Z", "08:00:00"},
    {"lower-case zone", "08:00:00Z", "08:00:00z"},
    {"closes before it opens", "closes 2026-11-30", "closes 2026-11-20"},
    {"extended before it closes", "extended 2026-12-04", "extended 2026-11-29"},
    {"upper-case hexadecimal", " 0104070a", " 0104070A"},
    {"short hash", " 0104070a", " 04070a"},
    {"instrument name", "hecht-trust", "Hecht-trust"},
    {"instrument version", "hecht-trust 3", "hecht-trust 0"},
    {"item twice", "items promise lr1", "items promise lr-2_x"},
    {"item name", "items promise lr1", "items promise LR1"},
    {"item too long", "uvwx", "uvwxy"},
    {"empty item", "promise lr1", "promise  lr1"},
    {"promise not first", "items promise lr1", "items lr1 promise"},
    {"promise not asked", "items promise lr1", "items lr1"},
    {"promise missing", "promise Elke week een uur zonder vergaderingen \u2013 ook in december\n", ""},
    {"k below 5", "k 5\n", "k 4\n"},
    {"k beyond reason", "k 5\n", "k 1000001\n"},
    {"roster beyond reason", "roster 9 ", "roster 1000001 "},
    {"padding", "\nkey ", "\nkey ===="},
    {"other base64", "\nkey bm90", "\nkey +m90"},
    {"bits left over", "4AAQ\n", "4AAR\n"},
    {"empty key", "bm90IGEgcmVhbCBrZXksIGJ1dCBieXRlczog__4AAQ", ""},
    {"byte order mark", "hecht-round-v1", "\357\273\277hecht-round-v1"},
    {"more behind the key", "purpose To improve", "purpose To improve\nkey AAAA\npurpose again"},
    {"no line end", "__4AAQ\n", "__4AAQ"},
};

/* Cells of a sample answer: as many as the sample round has items, salts by a seed. */
static inline void sample_cells(const struct descriptor *d, uint64_t seed, struct answer_cell *ret_cells)
{
    struct random random;
    random_seeded_init(&random, seed);
    for (size_t i = 0; i < d->item_count; i++) {
        ret_cells[i].item = d->items[i];
        ret_cells[i].value = (int)random_integer(&random, PROTOCOL_VALUE_MAXIMUM + 1);
        random_bytes(&random, ret_cells[i].salt, sizeof ret_cells[i].salt);
    }
}

/* The descriptor with an edit; the empty slice when the text to be replaced does not occur. */
static inline struct slice sample_edited(struct slice bytes, const char *from, const char *to,
                                         struct region *region)
{
    size_t at = slice_find(bytes, slice_from_text(from));
    if (at == bytes.length)
        return S("");
    return region_format(region, "%.*s%s%.*s", SLICE_ARG(slice_part(bytes, 0, at)), to,
                         SLICE_ARG(slice_from(bytes, at + strlen(from))));
}

#endif

/* Any bytes are either refused or a note whose text and lines are in bounds; a text that is a checkpoint
 * without extensions is the one text of that checkpoint. */
#include "privacy/note.h"

enum { REGION_MAXIMUM = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_checkpoint(struct slice text, struct region *region)
{
    struct error error = {0};
    struct checkpoint checkpoint;
    struct slice again;
    if (checkpoint_read(text, &error, &checkpoint) != OK) {
        require(error.code == ERROR_INPUT && error.reason != NULL);
        return;
    }
    require(checkpoint_write(&checkpoint, region, &error, &again) == OK);
    require(slice_starts_with(text, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[32] = {1};
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    require(region != NULL);
    struct error error = {0};
    struct note note;
    struct slice bytes = slice_from_bytes(data, size);
    check_checkpoint(bytes, region);
    enum error_code code = note_read(bytes, region, &error, &note);
    if (code != OK) {
        require(code == ERROR_INPUT || code == ERROR_LIMIT);
        return 0;
    }
    require(note.text.length > 0 && note.text.data == bytes.data);
    require(note.signature_count >= 1 && note.signature_count <= NOTE_SIGNATURES_MAXIMUM);
    for (size_t i = 0; i < note.signature_count; i++) {
        int64_t time;
        require(note.signatures[i].bytes.length > 0);
        require(note_verify(&note, note.signatures[i].name, key, &error) != OK);
        require(cosignature_verify(&note, note.signatures[i].name, key, region, &error, &time) != OK);
    }
    check_checkpoint(note.text, region);
    return 0;
}

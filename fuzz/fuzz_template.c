/* The template compiler on any bytes. A failure must say something and leave the output alone. */
#include "template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char texts[] = "msgid \"a\"\nmsgstr \"Plain\"\nmsgid \"b\"\nmsgstr \"Hello {name}\"\n"
                            "msgid \"c\"\nmsgid_plural \"c\"\nmsgstr[0] \"one\"\nmsgstr[1] \"{n} of {x}\"\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct slice assets[] = {{"a.css", 5}};
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    CLEANUP(buffer_free) struct buffer header = BUFFER(16 << 20);
    CLEANUP(buffer_free) struct buffer code = BUFFER(16 << 20);
    struct error error = {0};
    struct catalogue catalogue;
    struct slice name;
    const struct source english = {S("a.en.po"), slice_from_text(texts)};
    if (catalogue_build(&english, 1, true, region, &error, &catalogue) != OK)
        abort();
    const struct template_environment environment = {&catalogue, assets, COUNT_OF(assets)};
    const struct source source = {S("page.html"), slice_from_bytes(data, size)};
    enum error_code result = template_compile(&source, &environment, region, &error, &header, &code, &name);
    if (result != OK && (error.detail[0] == '\0' || header.length > 0 || code.length > 0))
        abort();
    if (result == OK && (code.failed || name.length == 0))
        abort();
    return 0;
}

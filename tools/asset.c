/* Before base.h, which poisons a name that OpenSSL uses for an argument. */
#include <openssl/evp.h>
#define ZLIB_CONST
#include <zlib.h>

#include "asset.h"

static const struct {
    const char *ending;
    const char *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
};

static int compare_names(const void *a, const void *b)
{
    const struct asset_source *left = a;
    const struct asset_source *right = b;
    return slice_compare(left->name, right->name);
}

static struct asset_source *find_asset(struct asset_source *assets, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(assets[i].name, name))
            return &assets[i];
    return NULL;
}

static bool is_asset_name(struct slice name)
{
    size_t dots = 0;
    for (size_t i = 0; i < name.length; i++) {
        char c = name.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (!plain && c != '.')
            return false;
        dots += c == '.';
    }
    return dots == 1 && name.data[0] != '.' && name.length <= 100;
}

static enum error_code check_asset(struct asset_source *asset, struct error *error)
{
    asset->name = path_name(asset->source.path);
    if (!is_asset_name(asset->name))
        return source_fail(&asset->source, 0, error, "an asset is named like name.ext, of a-z 0-9 - _");
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (slice_ends_with(asset->name, slice_from_text(types[i].ending)))
            asset->type = types[i].type;
    if (asset->type == NULL)
        return source_fail(&asset->source, 0, error, "no Content-Type is known for this ending");
    return OK;
}

/* The text before a reference, without white space, ends in this word, and the word stands alone. */
static bool is_behind(struct slice before, const char *word)
{
    struct slice end = slice_from_text(word);
    before = slice_trim(before);
    if (!slice_ends_with(before, end))
        return false;
    if (before.length == end.length)
        return true;
    char c = before.data[before.length - end.length - 1];
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
             c == '$');
}

/* The length of the "./NAME" at `at` when it is a reference, else 0. */
static size_t reference_length(const struct asset_source *asset, size_t at)
{
    static const char *const js_words[] = {"from", "import", "import(", "URL("};
    static const char *const css_words[] = {"url(", "@import"};
    struct slice text = asset->source.text;
    bool js = slice_ends_with(asset->name, S(".js"));
    bool css = slice_ends_with(asset->name, S(".css"));
    if ((!js && !css) || at == 0 || !slice_starts_with(slice_from(text, at), S("./")))
        return 0;
    char quote = text.data[at - 1];
    bool quoted = quote == '"' || quote == '\'';
    struct slice before = slice_part(text, 0, quoted ? at - 1 : at);
    bool behind = false;
    if (js)
        for (size_t i = 0; i < COUNT_OF(js_words) && quoted; i++)
            behind = behind || is_behind(before, js_words[i]);
    if (css)
        for (size_t i = 0; i < COUNT_OF(css_words); i++)
            behind = behind || ((quoted || i == 0) && is_behind(before, css_words[i]));
    size_t end = slice_find_byte(slice_from(text, at), quoted ? quote : ')');
    return behind && at + end < text.length ? end : 0;
}

static enum error_code finish_asset(struct asset_source *asset, struct asset_source *assets, size_t count,
                                    struct region *region, struct error *error);

static enum error_code rewrite(struct asset_source *asset, struct asset_source *assets, size_t count,
                               struct region *region, struct error *error, struct buffer *out)
{
    struct slice text = asset->source.text;
    for (size_t i = 0; i < text.length;) {
        size_t length = reference_length(asset, i);
        if (length == 0) {
            buffer_append_byte(out, text.data[i++]);
            continue;
        }
        struct slice name = slice_part(text, i + 2, length - 2);
        struct asset_source *other = find_asset(assets, count, name);
        if (other == NULL)
            return source_fail(&asset->source, i, error, "assets/ has no '%.*s'", SLICE_ARG(name));
        if (other->in_progress)
            return source_fail(&asset->source, i, error, "%.*s and this file import each other in a circle",
                               SLICE_ARG(name));
        TRY(finish_asset(other, assets, count, region, error));
        buffer_append(out, other->path);
        i += length;
    }
    return OK;
}

static enum error_code name_by_content(struct asset_source *asset, struct region *region, struct error *error)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char hexadecimal[2 * EVP_MAX_MD_SIZE + 1];
    unsigned digest_length = 0;
    if (EVP_Digest(asset->content.data, asset->content.length, digest, &digest_length, EVP_sha256(), NULL) !=
        1)
        return FAIL(error, ERROR_CRYPTO, "digest", "%.*s: no SHA-256", SLICE_ARG(asset->source.path));
    hex_encode(digest, digest_length, hexadecimal);
    size_t dot = slice_find_byte(asset->name, '.');
    asset->path = region_format(region, "/assets/%.*s.%.*s%.*s", SLICE_ARG(slice_part(asset->name, 0, dot)),
                                ASSET_HASH_LENGTH, hexadecimal, SLICE_ARG(slice_from(asset->name, dot)));
    return OK;
}

/* gzip -9; the same bytes for the same content, as zlib's header then has no time and no name. */
static enum error_code compress_asset(struct asset_source *asset, struct region *region, struct error *error)
{
    enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 9 };
    z_stream stream = {0};
    if (deflateInit2(&stream, 9, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return FAIL(error, ERROR_MEMORY, "gzip", "no memory");
    size_t bound = deflateBound(&stream, asset->content.length);
    unsigned char *bytes = region_allocate(region, bound);
    stream.next_in = (const unsigned char *)asset->content.data;
    stream.avail_in = (unsigned)asset->content.length; /* SOURCE_MAXIMUM fits */
    stream.next_out = bytes;
    stream.avail_out = (unsigned)bound;
    bool done = bytes != NULL && deflate(&stream, Z_FINISH) == Z_STREAM_END;
    size_t length = stream.total_out;
    deflateEnd(&stream);
    if (!done)
        return FAIL(error, ERROR_MEMORY, "gzip", "%.*s cannot be compressed", SLICE_ARG(asset->source.path));
    if (length < asset->content.length)
        asset->gzip = slice_from_bytes(bytes, length);
    return OK;
}

static enum error_code finish_asset(struct asset_source *asset, struct asset_source *assets, size_t count,
                                    struct region *region, struct error *error)
{
    if (asset->path.length > 0)
        return OK;
    CLEANUP(buffer_free) struct buffer content = BUFFER(SOURCE_MAXIMUM * 2);
    asset->in_progress = true;
    TRY(rewrite(asset, assets, count, region, error, &content));
    asset->in_progress = false;
    asset->content = region_copy(region, buffer_slice(&content));
    if (content.failed || region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    TRY(name_by_content(asset, region, error));
    return compress_asset(asset, region, error);
}

enum error_code assets_build(struct asset_source *assets, size_t count, struct region *region,
                             struct error *error)
{
    for (size_t i = 0; i < count; i++)
        TRY(check_asset(&assets[i], error));
    qsort(assets, count, sizeof(*assets), compare_names);
    for (size_t i = 1; i < count; i++)
        if (slice_equal(assets[i - 1].name, assets[i].name))
            return source_fail(&assets[i].source, 0, error, "the asset exists twice");
    for (size_t i = 0; i < count; i++)
        TRY(finish_asset(&assets[i], assets, count, region, error));
    return OK;
}

/* String literals: .incbin could not take the rewritten content, and they compile far faster than lists of
 * numbers. */
void assets_write(struct buffer *out, const struct asset_source *assets, size_t count)
{
    buffer_append_text(out, "/* Generated from assets/. */\n#include \"view/asset_table.h\"\n\n"
                            "const struct asset asset_table[] = {\n");
    for (size_t i = 0; i < count; i++) {
        const struct asset_source *asset = &assets[i];
        buffer_format(
            out,
            "    {.name = S(\"%.*s\"),\n     .path = S(\"%.*s\"),\n     .type = \"%s\",\n     .plain = S(",
            SLICE_ARG(asset->name), SLICE_ARG(asset->path), asset->type);
        append_c_string(out, asset->content, "         ");
        buffer_append_text(out, "),\n     .gzip = S(");
        append_c_string(out, asset->gzip, "         ");
        buffer_append_text(out, ")},\n");
    }
    if (count == 0)
        buffer_append_text(out, "    {.name = S(\"\")},\n");
    buffer_format(out, "};\nconst size_t asset_table_count = %zu;\n", count);
}

#include "template_internal.h"

struct slice compiler_rest(const struct compiler *compiler)
{
    return slice_from(compiler->source.text, compiler->at);
}

bool compiler_looking_at(const struct compiler *compiler, struct slice text)
{
    return slice_starts_with(compiler_rest(compiler), text);
}

bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

void skip_blanks(struct compiler *compiler)
{
    while (compiler->at < compiler->source.text.length && is_blank(compiler->source.text.data[compiler->at]))
        compiler->at++;
}

struct slice read_word(struct compiler *compiler)
{
    size_t start = compiler->at;
    for (; compiler->at < compiler->source.text.length; compiler->at++) {
        char c = compiler->source.text.data[compiler->at];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '/')
            break;
    }
    return slice_part(compiler->source.text, start, compiler->at - start);
}

static bool is_word_of_c(struct slice name)
{
    static const char words[] = " auto break case char const continue default do double else enum extern "
                                "float for goto if inline int long "
                                "register restrict return short signed sizeof static struct switch typedef "
                                "union unsigned void volatile while "
                                "asm typeof bool true false linux unix ";
    char text[NAME_MAXIMUM + 3];
    int length = snprintf(text, sizeof(text), " %.*s ", SLICE_ARG(name));
    return length > 0 && (size_t)length < sizeof(text) && strstr(words, text) != NULL;
}

enum error_code read_name(struct compiler *compiler, const char *what, struct slice *ret_name)
{
    skip_blanks(compiler);
    size_t start = compiler->at;
    struct slice name = read_word(compiler);
    if (name.length == 0 || name.data[0] < 'a' || name.data[0] > 'z' ||
        slice_find_byte(name, '/') < name.length)
        return COMPILE_FAIL(compiler, start, "the name of %s is expected here: a-z, 0-9 and _", what);
    if (name.length > NAME_MAXIMUM)
        return COMPILE_FAIL(compiler, start, "the name of %s is longer than %d", what, NAME_MAXIMUM);
    if (is_word_of_c(name))
        return COMPILE_FAIL(compiler, start, "%.*s is a word of C and cannot be a name", SLICE_ARG(name));
    *ret_name = name;
    return OK;
}

enum error_code expect_close(struct compiler *compiler)
{
    skip_blanks(compiler);
    if (!compiler_looking_at(compiler, S("}}")))
        return COMPILE_FAIL(compiler, compiler->at, "}} is expected here");
    compiler->at += 2;
    return OK;
}

enum error_code skip_comment(struct compiler *compiler)
{
    struct slice rest = compiler_rest(compiler);
    size_t end = slice_find(slice_from(rest, 3), S("#}}"));
    if (end == rest.length - 3)
        return COMPILE_FAIL(compiler, compiler->at, "this comment does not end in #}}");
    compiler->at += 3 + end + 3;
    return OK;
}

enum error_code out_of_memory(struct compiler *compiler)
{
    return FAIL(compiler->error, ERROR_MEMORY, "memory", "%.*s: no memory", SLICE_ARG(compiler->source.path));
}

enum error_code compile_body(struct compiler *compiler, enum ending *ret_ending, size_t *ret_offset)
{
    while (compiler->at < compiler->source.text.length) {
        size_t start = compiler->at;
        if (compiler_looking_at(compiler, S("{{#"))) {
            TRY(skip_comment(compiler));
        } else if (compiler_looking_at(compiler, S("{{"))) {
            enum ending ending = ENDING_NONE;
            TRY(take_directive(compiler, &ending));
            if (ending != ENDING_NONE) {
                *ret_ending = ending;
                *ret_offset = start;
                return OK;
            }
        } else {
            TRY(take_html(compiler));
        }
    }
    *ret_ending = ENDING_NONE;
    *ret_offset = compiler->at;
    return OK;
}

static enum error_code check_end(struct compiler *compiler, enum ending ending, size_t offset)
{
    if (ending != ENDING_NONE)
        return COMPILE_FAIL(compiler, offset, "nothing is open that this could end");
    if (compiler->html.place == PLACE_TAG || compiler->html.place == PLACE_VALUE)
        return COMPILE_FAIL(compiler, compiler->html.tag_offset, "the tag <%.*s is not finished",
                            SLICE_ARG(compiler->html.tag));
    if (compiler->html.depth > 0) {
        const struct element *element = &compiler->elements[compiler->html.depth - 1];
        return COMPILE_FAIL(compiler, element->offset, "<%.*s> is not closed", SLICE_ARG(element->name));
    }
    return check_all_used(compiler, &compiler->root);
}

static void write_outputs(const struct compiler *compiler, struct buffer *header, struct buffer *code)
{
    struct slice name = compiler->name;
    struct slice path = path_name(compiler->source.path);
    buffer_format(header, "\n/* %.*s */\n", SLICE_ARG(path));
    write_structures(header, &compiler->root);
    buffer_format(
        header,
        "void template_%.*s(struct buffer *out, const struct view *view, const struct template_%.*s *p);\n"
        "struct html template_%.*s_html(struct region *region, const struct view *view,\n"
        "    const struct template_%.*s *p);\n",
        SLICE_ARG(name), SLICE_ARG(name), SLICE_ARG(name), SLICE_ARG(name));
    buffer_format(
        code,
        "\n/* %.*s */\n"
        "void template_%.*s(struct buffer *out, const struct view *view, const struct template_%.*s *p)\n{\n",
        SLICE_ARG(path), SLICE_ARG(name), SLICE_ARG(name));
    if (compiler->code.length == 0)
        buffer_append_text(code, "    (void)out;\n");
    if (!compiler->uses_view)
        buffer_append_text(code, "    (void)view;\n");
    if (!compiler->uses_parameters)
        buffer_append_text(code, "    (void)p;\n");
    buffer_append(code, buffer_slice(&compiler->code));
    buffer_format(code,
                  "}\n\n"
                  "struct html template_%.*s_html(struct region *region, const struct view *view,\n"
                  "    const struct template_%.*s *p)\n{\n"
                  "    CLEANUP(buffer_free) struct buffer out = BUFFER(TEMPLATE_HTML_MAXIMUM);\n"
                  "    template_%.*s(&out, view, p);\n"
                  "    return template_html(region, &out);\n}\n",
                  SLICE_ARG(name), SLICE_ARG(name), SLICE_ARG(name));
}

static enum error_code compile(struct compiler *compiler)
{
    enum ending ending;
    size_t offset;
    if (!slice_is_clean_text(compiler->source.text, "\n\t"))
        return COMPILE_FAIL(compiler, 0, "the file is not UTF-8 text with plain line ends");
    TRY(read_declarations(compiler));
    TRY(compile_body(compiler, &ending, &offset));
    TRY(check_end(compiler, ending, offset));
    struct slice literal = buffer_slice(&compiler->literal);
    if (compiler->html.blank && slice_ends_with(literal, S(" ")))
        compiler->literal.length--; /* white space at the very end */
    flush_literal(compiler);
    return compiler->literal.failed || compiler->code.failed ? out_of_memory(compiler) : OK;
}

enum error_code template_compile(const struct source *source, const struct template_environment *environment,
                                 struct region *region, struct error *error, struct buffer *header,
                                 struct buffer *code, struct slice *ret_name)
{
    struct compiler *compiler = REGION_NEW(region, struct compiler);
    if (compiler == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    *compiler = (struct compiler){
        .source = *source,
        .environment = environment,
        .region = region,
        .error = error,
        .html = {.blank = true},
        .literal = BUFFER(OUTPUT_MAXIMUM),
        .code = BUFFER(OUTPUT_MAXIMUM),
    };
    enum error_code code_of_result = compile(compiler);
    if (code_of_result == OK) {
        write_outputs(compiler, header, code);
        *ret_name = compiler->name;
    }
    buffer_free(&compiler->literal);
    buffer_free(&compiler->code);
    return code_of_result;
}

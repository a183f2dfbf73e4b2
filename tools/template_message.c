/* {{t "key" name=value}}: a text of the catalogue with its arguments. */
#include "template_internal.h"

struct message_argument {
    struct slice name;
    struct value value;
};

static enum error_code read_message_argument(struct compiler *compiler, const struct catalogue_entry *entry,
                                             struct message_argument *ret_argument)
{
    struct message_argument argument;
    size_t offset = compiler->at;
    argument.name = read_word(compiler);
    bool known = false;
    for (size_t i = 0; i < entry->placeholder_count; i++)
        known = known || slice_equal(entry->placeholders[i], argument.name);
    if (!known)
        return COMPILE_FAIL(compiler, offset, "the text %.*s has no placeholder '%.*s'",
                            SLICE_ARG(entry->key), SLICE_ARG(argument.name));
    skip_blanks(compiler);
    if (!compiler_looking_at(compiler, S("=")))
        return COMPILE_FAIL(compiler, compiler->at, "= is expected here");
    compiler->at++;
    skip_blanks(compiler);
    size_t value_offset = compiler->at;
    TRY(read_value(compiler, &argument.value));
    enum field_type type = argument.value.type;
    if (type == TYPE_FLAG || type == TYPE_LIST || type == TYPE_HTML)
        return COMPILE_FAIL(compiler, value_offset, "a value of this type cannot be put into a text");
    if (entry->plural && slice_equal(argument.name, S("n")) && type != TYPE_INTEGER)
        return COMPILE_FAIL(compiler, value_offset, "n chooses the plural and must be an integer");
    *ret_argument = argument;
    return OK;
}

static enum error_code read_message_arguments(struct compiler *compiler, const struct catalogue_entry *entry,
                                              size_t start, struct message_argument *arguments,
                                              size_t *ret_count)
{
    size_t count = 0;
    for (skip_blanks(compiler); !compiler_looking_at(compiler, S("}}")); skip_blanks(compiler)) {
        size_t offset = compiler->at;
        struct message_argument argument;
        if (compiler->at >= compiler->source.text.length)
            return COMPILE_FAIL(compiler, start, "this {{ is not closed");
        TRY(read_message_argument(compiler, entry, &argument));
        for (size_t i = 0; i < count; i++)
            if (slice_equal(arguments[i].name, argument.name))
                return COMPILE_FAIL(compiler, offset, "the argument %.*s stands twice",
                                    SLICE_ARG(argument.name));
        arguments[count++] = argument; /* no more than placeholders, as each is one of them and stands once */
    }
    for (size_t i = 0; i < entry->placeholder_count; i++) {
        bool given = false;
        for (size_t j = 0; j < count; j++)
            given = given || slice_equal(arguments[j].name, entry->placeholders[i]);
        if (!given)
            return COMPILE_FAIL(compiler, start, "the text %.*s also needs %.*s=", SLICE_ARG(entry->key),
                                SLICE_ARG(entry->placeholders[i]));
    }
    *ret_count = count;
    return OK;
}

/* A message or a moment has no kind of argument of its own: its text is made first. */
static bool needs_text(const struct message_argument *argument)
{
    return argument->value.type == TYPE_MESSAGE || argument->value.type == TYPE_DATETIME;
}

static void write_argument(struct compiler *compiler, const struct message_argument *argument, size_t index)
{
    struct buffer *code = &compiler->code;
    struct slice name = argument->name;
    struct slice x = argument->value.expression;
    if (needs_text(argument)) {
        buffer_format(code, "A_TEXT(\"%.*s\", buffer_slice(&text%zu))", SLICE_ARG(name), index);
        return;
    }
    switch (argument->value.type) {
    case TYPE_INTEGER:
        buffer_format(code, "A_INTEGER(\"%.*s\", %.*s)", SLICE_ARG(name), SLICE_ARG(x));
        break;
    case TYPE_DECIMAL1:
    case TYPE_DECIMAL2:
        buffer_format(code, "A_DECIMAL(\"%.*s\", %.*s, %d)", SLICE_ARG(name), SLICE_ARG(x),
                      argument->value.type == TYPE_DECIMAL1 ? 1 : 2);
        break;
    case TYPE_DATE:
        buffer_format(code, "A_DATE(\"%.*s\", %.*s)", SLICE_ARG(name), SLICE_ARG(x));
        break;
    default:
        buffer_format(code, "A_TEXT(\"%.*s\", %.*s)", SLICE_ARG(name), SLICE_ARG(x));
        break;
    }
}

static void write_message(struct compiler *compiler, const struct catalogue_entry *entry,
                          const struct message_argument *arguments, size_t count)
{
    bool block = false;
    for (size_t i = 0; i < count; i++)
        block = block || needs_text(&arguments[i]);
    if (block) {
        write_code(compiler, "{");
        compiler->nesting++;
    }
    for (size_t i = 0; i < count; i++) {
        if (!needs_text(&arguments[i]))
            continue;
        write_code(compiler, "CLEANUP(buffer_free) struct buffer text%zu = BUFFER(TEMPLATE_TEXT_MAXIMUM);",
                   i);
        if (arguments[i].value.type == TYPE_MESSAGE)
            write_code(compiler, "message_write(&text%zu, view->language, %.*s, NO_ARGUMENTS);", i,
                       SLICE_ARG(arguments[i].value.expression));
        else
            write_code(compiler, "format_date_time(&text%zu, view->language, %.*s);", i,
                       SLICE_ARG(arguments[i].value.expression));
    }
    write_code(compiler, "message_write_html(out, view->language, %.*s,", SLICE_ARG(entry->symbol));
    indent(compiler);
    buffer_append_text(&compiler->code, count == 0 ? "    NO_ARGUMENTS);\n" : "    ARGUMENTS(");
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(&compiler->code, i == 0 ? "" : ", ");
        write_argument(compiler, &arguments[i], i);
    }
    buffer_append_text(&compiler->code, count == 0 ? "" : "));\n");
    if (block) {
        compiler->nesting--;
        write_code(compiler, "}");
    }
    compiler->uses_view = true;
}

enum error_code take_message(struct compiler *compiler, size_t start)
{
    struct slice key;
    struct message_argument arguments[PLACEHOLDERS_MAXIMUM];
    size_t count = 0;
    skip_blanks(compiler);
    size_t key_offset = compiler->at;
    TRY(read_string(compiler, &key));
    const struct catalogue_entry *entry = catalogue_find(compiler->environment->catalogue, key);
    if (entry == NULL)
        return COMPILE_FAIL(compiler, key_offset, "unknown text '%.*s'", SLICE_ARG(key));
    TRY(read_message_arguments(compiler, entry, start, arguments, &count));
    TRY(expect_close(compiler));
    TRY(check_place(compiler, start));
    if (in_url(compiler))
        return COMPILE_FAIL(compiler, start, "no texts in an address");
    begin_hole(compiler);
    write_message(compiler, entry, arguments, count);
    return OK;
}

/* {{template}}, {{param}} and {{list}}, and the structs they make. */
#include "template_internal.h"

static const struct {
    const char *name;
    const char *c_type;
} types[] = {
    [TYPE_TEXT] = {"text", "struct slice"},   [TYPE_INTEGER] = {"integer", "int64_t"},
    [TYPE_DECIMAL1] = {"decimal1", "double"}, [TYPE_DECIMAL2] = {"decimal2", "double"},
    [TYPE_DATE] = {"date", "int64_t"},        [TYPE_DATETIME] = {"datetime", "int64_t"},
    [TYPE_FLAG] = {"flag", "bool"},           [TYPE_MESSAGE] = {"message", "enum message"},
    [TYPE_URL] = {"url", "struct slice"},     [TYPE_HTML] = {"html", "struct html"},
};

struct field *find_field(const struct fields *fields, struct slice name)
{
    for (size_t i = 0; i < fields->count; i++)
        if (slice_equal(fields->items[i].name, name))
            return &fields->items[i];
    return NULL;
}

/* A list x also makes a member x_count. */
static bool takes_member(const struct field *field, struct slice name)
{
    if (slice_equal(field->name, name))
        return true;
    return field->type == TYPE_LIST && name.length == field->name.length + 6 &&
           slice_starts_with(name, field->name) && slice_ends_with(name, S("_count"));
}

static enum error_code check_new_name(struct compiler *compiler, const struct fields *fields,
                                      const struct field *field)
{
    for (size_t i = 0; i < fields->count; i++)
        if (takes_member(&fields->items[i], field->name) || takes_member(field, fields->items[i].name))
            return COMPILE_FAIL(compiler, field->offset, "the name %.*s is taken already (line %zu)",
                                SLICE_ARG(field->name),
                                source_line(&compiler->source, fields->items[i].offset));
    static const char *const reserved[] = {"csrf", "once", "t", "asset", "not"};
    for (size_t i = 0; i < COUNT_OF(reserved); i++)
        if (slice_equal(field->name, slice_from_text(reserved[i])))
            return COMPILE_FAIL(compiler, field->offset, "the name %.*s is reserved", SLICE_ARG(field->name));
    return OK;
}

static enum error_code add_field(struct compiler *compiler, struct fields *fields, const struct field *field)
{
    TRY(check_new_name(compiler, fields, field));
    if (fields->count >= FIELDS_MAXIMUM)
        return COMPILE_FAIL(compiler, field->offset, "more than %d parameters", FIELDS_MAXIMUM);
    fields->items[fields->count++] = *field;
    return OK;
}

static enum error_code new_fields(struct compiler *compiler, struct slice structure,
                                  struct fields *ret_fields)
{
    struct field *items = REGION_ARRAY(compiler->region, FIELDS_MAXIMUM, struct field);
    if (items == NULL || structure.length == 0)
        return out_of_memory(compiler);
    *ret_fields = (struct fields){.structure = structure, .items = items};
    return OK;
}

static enum error_code read_parameter(struct compiler *compiler, struct fields *fields)
{
    struct field field = {0};
    skip_blanks(compiler);
    size_t type_offset = compiler->at;
    struct slice type = read_word(compiler);
    size_t found = 0;
    while (found < COUNT_OF(types) && !slice_equal(type, slice_from_text(types[found].name)))
        found++;
    if (found == COUNT_OF(types))
        return COMPILE_FAIL(compiler, type_offset, "unknown type '%.*s'", SLICE_ARG(type));
    field.type = (enum field_type)found;
    skip_blanks(compiler);
    field.offset = compiler->at;
    TRY(read_name(compiler, "the parameter", &field.name));
    TRY(expect_close(compiler));
    return add_field(compiler, fields, &field);
}

static enum error_code read_fields(struct compiler *compiler, struct fields *fields, bool in_list);

static enum error_code read_list(struct compiler *compiler, struct fields *fields, size_t start)
{
    struct field field = {.type = TYPE_LIST};
    skip_blanks(compiler);
    field.offset = compiler->at;
    TRY(read_name(compiler, "the list", &field.name));
    TRY(expect_close(compiler));
    if (compiler->nesting >= NESTING_MAXIMUM)
        return COMPILE_FAIL(compiler, start, "nested too deeply");
    field.row = REGION_NEW(compiler->region, struct fields);
    if (field.row == NULL)
        return out_of_memory(compiler);
    TRY(new_fields(
        compiler,
        region_format(compiler->region, "%.*s_%.*s", SLICE_ARG(fields->structure), SLICE_ARG(field.name)),
        field.row));
    compiler->nesting++;
    TRY(read_fields(compiler, field.row, true));
    compiler->nesting--;
    if (field.row->count == 0)
        return COMPILE_FAIL(compiler, start, "the list %.*s has no parameters", SLICE_ARG(field.name));
    return add_field(compiler, fields, &field);
}

/* Declarations up to the first thing that is none, or in a list up to {{/list}}. */
static enum error_code read_fields(struct compiler *compiler, struct fields *fields, bool in_list)
{
    for (;;) {
        skip_blanks(compiler);
        size_t start = compiler->at;
        if (compiler_looking_at(compiler, S("{{#"))) {
            TRY(skip_comment(compiler));
            continue;
        }
        struct slice word = {0};
        if (compiler_looking_at(compiler, S("{{"))) {
            compiler->at += 2;
            skip_blanks(compiler);
            word = read_word(compiler);
        }
        if (slice_equal(word, S("param"))) {
            TRY(read_parameter(compiler, fields));
        } else if (slice_equal(word, S("list"))) {
            TRY(read_list(compiler, fields, start));
        } else if (slice_equal(word, S("/list")) && in_list) {
            return expect_close(compiler);
        } else if (in_list) {
            return COMPILE_FAIL(compiler, start, "{{/list}} or a {{param}} of the list is expected here");
        } else {
            compiler->at = start;
            return OK;
        }
    }
}

enum error_code read_declarations(struct compiler *compiler)
{
    for (skip_blanks(compiler); compiler_looking_at(compiler, S("{{#")); skip_blanks(compiler))
        TRY(skip_comment(compiler));
    size_t start = compiler->at;
    struct slice word = {0};
    if (compiler_looking_at(compiler, S("{{"))) {
        compiler->at += 2;
        skip_blanks(compiler);
        word = read_word(compiler);
    }
    if (!slice_equal(word, S("template")))
        return COMPILE_FAIL(compiler, start, "a template begins with {{template NAME}}");
    TRY(read_name(compiler, "the template", &compiler->name));
    TRY(expect_close(compiler));
    TRY(new_fields(compiler, region_format(compiler->region, "template_%.*s", SLICE_ARG(compiler->name)),
                   &compiler->root));
    return read_fields(compiler, &compiler->root, false);
}

enum error_code check_all_used(struct compiler *compiler, const struct fields *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->items[i];
        if (!field->used)
            return COMPILE_FAIL(compiler, field->offset, "%.*s is never used", SLICE_ARG(field->name));
        if (field->type == TYPE_LIST)
            TRY(check_all_used(compiler, field->row));
    }
    return OK;
}

void write_structures(struct buffer *out, const struct fields *fields)
{
    for (size_t i = 0; i < fields->count; i++)
        if (fields->items[i].type == TYPE_LIST)
            write_structures(out, fields->items[i].row);
    buffer_format(out, "struct %.*s {\n", SLICE_ARG(fields->structure));
    if (fields->count == 0)
        buffer_append_text(out, "    bool no_parameters; /* a struct must have a member */\n");
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->items[i];
        if (field->type == TYPE_LIST)
            buffer_format(out, "    const struct %.*s *%.*s;\n    size_t %.*s_count;\n",
                          SLICE_ARG(field->row->structure), SLICE_ARG(field->name), SLICE_ARG(field->name));
        else
            buffer_format(out, "    %s %.*s;\n", types[field->type].c_type, SLICE_ARG(field->name));
    }
    buffer_append_text(out, "};\n");
}

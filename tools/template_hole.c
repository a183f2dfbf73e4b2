/* Holes and control parts: what may stand where, and the C it becomes. */
#include "template_internal.h"

#include <stdarg.h>

void indent(struct compiler *compiler)
{
    for (int i = 0; i <= compiler->nesting; i++)
        buffer_append_text(&compiler->code, "    ");
}

void flush_literal(struct compiler *compiler)
{
    if (compiler->literal.length == 0)
        return;
    indent(compiler);
    buffer_append_text(&compiler->code, "buffer_append(out, S(");
    append_c_string(&compiler->code, buffer_slice(&compiler->literal), "        ");
    buffer_append_text(&compiler->code, "));\n");
    buffer_clear(&compiler->literal);
}

void write_code(struct compiler *compiler, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    flush_literal(compiler);
    indent(compiler);
    if (length < 0 || (size_t)length >= sizeof(line))
        compiler->code.failed = true;
    buffer_append_text(&compiler->code, line);
    buffer_append_byte(&compiler->code, '\n');
}

static const struct loop *find_loop(const struct compiler *compiler, struct slice name)
{
    for (size_t i = 0; i < compiler->loop_count; i++)
        if (slice_equal(compiler->loops[i].name, name))
            return &compiler->loops[i];
    return NULL;
}

/* csrf, once and language come from the view. */
static bool find_in_view(struct compiler *compiler, struct slice name, struct value *ret_value)
{
    static const struct {
        const char *name;
        const char *expression;
    } members[] = {
        {"csrf", "view->csrf"},
        {"once", "view->once"},
        {"language", "slice_from_text(language_code(view->language))"},
    };
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        if (!slice_equal(name, slice_from_text(members[i].name)))
            continue;
        compiler->uses_view = true;
        *ret_value = (struct value){TYPE_TEXT, slice_from_text(members[i].expression), NULL};
        return true;
    }
    return false;
}

static enum error_code use_field(struct compiler *compiler, struct field *field, const char *owner,
                                 struct value *ret_value)
{
    field->used = true;
    struct slice expression = region_format(compiler->region, "%s->%.*s", owner, SLICE_ARG(field->name));
    if (expression.length == 0)
        return out_of_memory(compiler);
    *ret_value = (struct value){field->type, expression, field};
    return OK;
}

/* name or row.name */
static enum error_code resolve(struct compiler *compiler, size_t offset, struct slice name,
                               struct value *ret_value)
{
    if (compiler_looking_at(compiler, S("."))) {
        const struct loop *loop = find_loop(compiler, name);
        if (loop == NULL)
            return COMPILE_FAIL(compiler, offset, "no {{for}} has a row '%.*s' here", SLICE_ARG(name));
        compiler->at++;
        size_t member_offset = compiler->at;
        struct slice member = read_word(compiler);
        struct field *field = find_field(loop->list->row, member);
        if (field == NULL)
            return COMPILE_FAIL(compiler, member_offset, "the list %.*s has no '%.*s'",
                                SLICE_ARG(loop->list->name), SLICE_ARG(member));
        char owner[16];
        snprintf(owner, sizeof(owner), "r%d", loop->number);
        return use_field(compiler, field, owner, ret_value);
    }
    struct field *field = find_field(&compiler->root, name);
    if (field != NULL) {
        compiler->uses_parameters = true;
        return use_field(compiler, field, "p", ret_value);
    }
    if (find_in_view(compiler, name, ret_value))
        return OK;
    if (find_loop(compiler, name) != NULL)
        return COMPILE_FAIL(compiler, offset, "%.*s is a row: name one of its parameters", SLICE_ARG(name));
    return COMPILE_FAIL(compiler, offset, "unknown name '%.*s'", SLICE_ARG(name));
}

enum error_code read_value(struct compiler *compiler, struct value *ret_value)
{
    skip_blanks(compiler);
    size_t offset = compiler->at;
    struct slice name = read_word(compiler);
    if (name.length == 0)
        return COMPILE_FAIL(compiler, offset, "a name is expected here");
    return resolve(compiler, offset, name, ret_value);
}

enum error_code read_string(struct compiler *compiler, struct slice *ret_string)
{
    skip_blanks(compiler);
    struct slice rest = slice_from(compiler->source.text, compiler->at + 1);
    size_t end = slice_find_byte(rest, '"');
    if (!compiler_looking_at(compiler, S("\"")) || end == rest.length ||
        slice_find_byte(slice_part(rest, 0, end), '\n') < end)
        return COMPILE_FAIL(compiler, compiler->at, "a name in double quotes is expected here");
    *ret_string = slice_part(rest, 0, end);
    compiler->at += end + 2;
    return OK;
}

enum error_code check_place(struct compiler *compiler, size_t offset)
{
    if (compiler->html.place == PLACE_TAG)
        return COMPILE_FAIL(compiler, offset, "no holes in a tag outside of an attribute's value");
    if (compiler->html.place == PLACE_RAW)
        return COMPILE_FAIL(compiler, offset, "no holes in <%.*s>", SLICE_ARG(compiler->html.tag));
    if (compiler->html.place == PLACE_VALUE && compiler->html.kind == ATTRIBUTE_LITERAL)
        return COMPILE_FAIL(compiler, offset, "no holes in this attribute");
    return OK;
}

bool in_url(const struct compiler *compiler)
{
    return compiler->html.place == PLACE_VALUE &&
           (compiler->html.kind == ATTRIBUTE_URL || compiler->html.kind == ATTRIBUTE_CODE_URL);
}

void begin_hole(struct compiler *compiler)
{
    if (compiler->html.place != PLACE_CONTENT)
        return;
    if (compiler->html.just_preserved)
        buffer_append_text(&compiler->literal, "\n");
    compiler->html.just_preserved = false;
    compiler->html.blank = false;
}

static enum error_code write_hole_in_url(struct compiler *compiler, const struct value *value, size_t offset)
{
    enum url_progress *url = &compiler->html.url;
    if (compiler->html.kind == ATTRIBUTE_CODE_URL)
        return COMPILE_FAIL(compiler, offset, "only {{asset}} may stand here");
    if (*url == URL_CLOSED)
        return COMPILE_FAIL(compiler, offset, "nothing may follow a whole url");
    if (value->type == TYPE_URL) {
        if (*url != URL_EMPTY)
            return COMPILE_FAIL(compiler, offset, "a url must be the attribute's whole value");
        write_code(compiler, "write_url(out, %.*s);", SLICE_ARG(value->expression));
        *url = URL_CLOSED;
        return OK;
    }
    if (value->type == TYPE_TEXT) {
        if (*url != URL_SLASH && *url != URL_SLASH_HOLE && *url != URL_LOCAL)
            return COMPILE_FAIL(compiler, offset,
                                "a text in an address must stand behind a literal beginning with / or ?");
        write_code(compiler, "escape_url_part(out, %.*s);", SLICE_ARG(value->expression));
        *url = *url == URL_LOCAL ? URL_LOCAL : URL_SLASH_HOLE;
        return OK;
    }
    if (value->type != TYPE_INTEGER)
        return COMPILE_FAIL(compiler, offset, "only text, integer and url may stand in an address");
    write_code(compiler, "buffer_append_integer(out, %.*s);", SLICE_ARG(value->expression));
    *url = *url == URL_SLASH || *url == URL_SLASH_HOLE ? URL_LOCAL : *url == URL_EMPTY ? URL_OTHER : *url;
    return OK;
}

static enum error_code write_hole_in_value(struct compiler *compiler, const struct value *value,
                                           size_t offset)
{
    struct slice x = value->expression;
    switch (value->type) {
    case TYPE_TEXT:
        write_code(compiler, "escape_html(out, %.*s);", SLICE_ARG(x));
        return OK;
    case TYPE_INTEGER:
        write_code(compiler, "buffer_append_integer(out, %.*s);", SLICE_ARG(x));
        return OK;
    case TYPE_DECIMAL1:
    case TYPE_DECIMAL2:
        write_code(compiler, "template_decimal(out, %.*s, %d);", SLICE_ARG(x),
                   value->type == TYPE_DECIMAL1 ? 1 : 2);
        return OK;
    case TYPE_MESSAGE:
        compiler->uses_view = true;
        write_code(compiler, "message_write_html(out, view->language, %.*s, NO_ARGUMENTS);", SLICE_ARG(x));
        return OK;
    case TYPE_URL:
        return COMPILE_FAIL(compiler, offset, "a url may stand in an address attribute only");
    case TYPE_HTML:
        return COMPILE_FAIL(compiler, offset, "html may not stand in an attribute");
    default:
        return COMPILE_FAIL(compiler, offset, "a value of this type may not stand in an attribute");
    }
}

static enum error_code write_hole_in_content(struct compiler *compiler, const struct value *value,
                                             size_t offset)
{
    struct slice x = value->expression;
    const char *function = NULL;
    switch (value->type) {
    case TYPE_TEXT:
        write_code(compiler, "escape_html(out, %.*s);", SLICE_ARG(x));
        return OK;
    case TYPE_HTML:
        if (inside_text_only(compiler))
            return COMPILE_FAIL(compiler, offset, "no html in <%.*s>",
                                SLICE_ARG(compiler->elements[compiler->html.depth - 1].name));
        write_code(compiler, "buffer_append(out, %.*s.bytes);", SLICE_ARG(x));
        return OK;
    case TYPE_MESSAGE:
        return write_hole_in_value(compiler, value, offset);
    case TYPE_DECIMAL1:
    case TYPE_DECIMAL2:
        compiler->uses_view = true;
        write_code(compiler, "format_decimal(out, view->language, %.*s, %d);", SLICE_ARG(x),
                   value->type == TYPE_DECIMAL1 ? 1 : 2);
        return OK;
    case TYPE_INTEGER:
        function = "format_integer";
        break;
    case TYPE_DATE:
        function = "format_date";
        break;
    case TYPE_DATETIME:
        function = "format_date_time";
        break;
    case TYPE_URL:
        return COMPILE_FAIL(compiler, offset, "a url may stand in an address attribute only");
    case TYPE_FLAG:
        return COMPILE_FAIL(compiler, offset, "a flag is for {{if}} only");
    case TYPE_LIST:
        return COMPILE_FAIL(compiler, offset, "a list is for {{for}} and {{if}} only");
    }
    compiler->uses_view = true;
    write_code(compiler, "%s(out, view->language, %.*s);", function, SLICE_ARG(x));
    return OK;
}

static enum error_code take_hole(struct compiler *compiler, struct slice name, size_t name_offset,
                                 size_t start)
{
    struct value value;
    TRY(resolve(compiler, name_offset, name, &value));
    TRY(expect_close(compiler));
    TRY(check_place(compiler, start));
    begin_hole(compiler);
    if (in_url(compiler))
        return write_hole_in_url(compiler, &value, start);
    if (compiler->html.place == PLACE_VALUE)
        return write_hole_in_value(compiler, &value, start);
    return write_hole_in_content(compiler, &value, start);
}

/* {{asset "app.css"}} */
static enum error_code take_asset(struct compiler *compiler, size_t start)
{
    struct slice name;
    bool known = false;
    skip_blanks(compiler);
    size_t name_offset = compiler->at;
    TRY(read_string(compiler, &name));
    TRY(expect_close(compiler));
    for (size_t i = 0; i < compiler->environment->asset_count && !known; i++)
        known = slice_equal(compiler->environment->assets[i], name);
    if (!known)
        return COMPILE_FAIL(compiler, name_offset, "assets/ has no '%.*s'", SLICE_ARG(name));
    TRY(check_place(compiler, start));
    if (in_url(compiler)) {
        if (compiler->html.url != URL_EMPTY)
            return COMPILE_FAIL(compiler, start, "an asset must begin the address");
        compiler->html.url = URL_LOCAL;
    }
    begin_hole(compiler);
    write_code(compiler, "escape_html(out, asset_path(\"%.*s\"));", SLICE_ARG(name));
    return OK;
}

/* Whether two states stand in the same element, tag and attribute. */
static bool same_place(const struct html_state *a, const struct html_state *b)
{
    if (a->place != b->place || a->depth != b->depth)
        return false;
    if (a->place == PLACE_TAG || a->place == PLACE_VALUE)
        return a->tag_offset == b->tag_offset &&
               (a->place == PLACE_TAG || a->value_offset == b->value_offset);
    return true;
}

/* The state behind two ways that lead to one place. */
static enum error_code join(struct compiler *compiler, size_t offset, const struct html_state *other)
{
    struct html_state *html = &compiler->html;
    if (!same_place(html, other)) {
        if (html->place == PLACE_CONTENT && html->depth > compiler->floor)
            return COMPILE_FAIL(compiler, offset, "<%.*s> of line %zu is not closed in this part",
                                SLICE_ARG(compiler->elements[html->depth - 1].name),
                                source_line(&compiler->source, compiler->elements[html->depth - 1].offset));
        return COMPILE_FAIL(compiler, offset, "this part ends in another place of the HTML than it began");
    }
    if (html->url != other->url)
        html->url = URL_CLOSED;
    html->blank = html->blank && other->blank;
    html->just_preserved = html->just_preserved && other->just_preserved;
    if (html->attributes < other->attributes)
        html->attributes = other->attributes;
    return OK;
}

static void drop_last_blank(struct compiler *compiler)
{
    if (compiler->html.blank && slice_ends_with(buffer_slice(&compiler->literal), S(" "))) {
        compiler->literal.length--;
        compiler->html.blank = false;
    }
}

/* One branch from the state given, up to the directive that ends it. With trim_end a blank at its end is left
 * out. */
static enum error_code compile_branch(struct compiler *compiler, size_t start,
                                      const struct html_state *before, bool trim_end, enum ending *ret_ending,
                                      size_t *ret_offset)
{
    size_t floor = compiler->floor;
    size_t floor_offset = compiler->floor_offset;
    compiler->html = *before;
    compiler->floor = before->depth;
    compiler->floor_offset = start;
    compiler->nesting++;
    TRY(compile_body(compiler, ret_ending, ret_offset));
    if (trim_end)
        drop_last_blank(compiler);
    flush_literal(compiler);
    struct html_state after = compiler->html;
    TRY(join(compiler, *ret_offset, before)); /* a branch ends where it began */
    compiler->html = after;
    compiler->nesting--;
    compiler->floor = floor;
    compiler->floor_offset = floor_offset;
    return OK;
}

static enum error_code write_condition(struct compiler *compiler, const struct value *value, bool negated,
                                       size_t offset)
{
    const char *condition = NULL;
    switch (value->type) {
    case TYPE_FLAG:
        condition = "";
        break;
    case TYPE_TEXT:
    case TYPE_URL:
        condition = ".length > 0";
        break;
    case TYPE_HTML:
        condition = ".bytes.length > 0";
        break;
    case TYPE_MESSAGE:
        condition = " != MESSAGE_NONE";
        break;
    case TYPE_INTEGER:
        condition = " != 0";
        break;
    case TYPE_LIST:
        condition = "_count > 0";
        break;
    default:
        return COMPILE_FAIL(compiler, offset, "{{if}} cannot ask a decimal or a date");
    }
    write_code(compiler, negated ? "if (!(%.*s%s)) {" : "if (%.*s%s) {", SLICE_ARG(value->expression),
               condition);
    return OK;
}

/* {{if x}} ... {{else}} ... {{/if}}; without {{else}} the second branch is empty. */
static enum error_code take_if(struct compiler *compiler, size_t start)
{
    struct value value;
    enum ending ending;
    size_t offset;
    skip_blanks(compiler);
    size_t value_offset = compiler->at;
    bool negated = slice_equal(read_word(compiler), S("not"));
    if (!negated)
        compiler->at = value_offset;
    TRY(read_value(compiler, &value));
    TRY(expect_close(compiler));
    if (compiler->html.place == PLACE_RAW)
        return check_place(compiler, start);
    TRY(write_condition(compiler, &value, negated, value_offset));
    const struct html_state before = compiler->html;
    TRY(compile_branch(compiler, start, &before, false, &ending, &offset));
    struct html_state after = compiler->html;
    compiler->html = before;
    if (ending == ENDING_ELSE) {
        write_code(compiler, "} else {");
        TRY(compile_branch(compiler, start, &before, false, &ending, &offset));
    }
    if (ending != ENDING_IF)
        return COMPILE_FAIL(compiler, ending == ENDING_NONE ? start : offset,
                            "{{/if}} is expected for the {{if}} of line %zu",
                            source_line(&compiler->source, start));
    write_code(compiler, "}");
    return join(compiler, offset, &after);
}

static enum error_code read_loop(struct compiler *compiler, struct loop *ret_loop, struct value *ret_list)
{
    struct loop loop = {0};
    skip_blanks(compiler);
    size_t name_offset = compiler->at;
    TRY(read_name(compiler, "the row", &loop.name));
    if (find_loop(compiler, loop.name) != NULL || find_field(&compiler->root, loop.name) != NULL)
        return COMPILE_FAIL(compiler, name_offset, "the name %.*s is taken already", SLICE_ARG(loop.name));
    skip_blanks(compiler);
    size_t in_offset = compiler->at;
    if (!slice_equal(read_word(compiler), S("in")))
        return COMPILE_FAIL(compiler, in_offset, "'in' is expected here");
    skip_blanks(compiler);
    size_t list_offset = compiler->at;
    TRY(read_value(compiler, ret_list));
    TRY(expect_close(compiler));
    if (ret_list->type != TYPE_LIST)
        return COMPILE_FAIL(compiler, list_offset, "%.*s is no list", SLICE_ARG(ret_list->field->name));
    loop.list = ret_list->field;
    loop.number = ++compiler->loops_ever;
    *ret_loop = loop;
    return OK;
}

/* Whether white space begins the body that comes next and also follows its {{/for}}. Then the blank before
 * the loop and those at the ends of its parts can go: every row and what follows bring their own. */
static bool has_blanks_around_rows(const struct compiler *compiler)
{
    struct compiler ahead = *compiler;
    struct slice text = compiler->source.text;
    if (compiler->html.place != PLACE_CONTENT || inside_preserved(compiler) || ahead.at >= text.length ||
        !is_blank(text.data[ahead.at]))
        return false;
    for (int open = 1; open > 0;) {
        ahead.at += slice_find(compiler_rest(&ahead), S("{{"));
        if (ahead.at >= text.length)
            return false;
        if (compiler_looking_at(&ahead, S("{{#"))) {
            ahead.at += slice_find(compiler_rest(&ahead), S("#}}"));
            continue;
        }
        ahead.at += 2;
        skip_blanks(&ahead);
        struct slice word = read_word(&ahead);
        open += slice_equal(word, S("for")) ? 1 : slice_equal(word, S("/for")) ? -1 : 0;
    }
    ahead.at += slice_find(compiler_rest(&ahead), S("}}")) + 2;
    return ahead.at < text.length && is_blank(text.data[ahead.at]);
}

/* {{for row in list}} ... {{else}} ... {{/for}} */
static enum error_code take_for(struct compiler *compiler, size_t start)
{
    struct loop loop;
    struct value list;
    enum ending ending;
    size_t offset;
    TRY(read_loop(compiler, &loop, &list));
    TRY(compiler->html.place == PLACE_TAG || compiler->html.place == PLACE_RAW ? check_place(compiler, start)
                                                                               : OK);
    if (in_url(compiler))
        return COMPILE_FAIL(compiler, start, "no {{for}} in an address");
    bool trim = has_blanks_around_rows(compiler);
    if (trim)
        drop_last_blank(compiler);
    write_code(compiler, "for (size_t i%d = 0; i%d < %.*s_count; i%d++) {", loop.number, loop.number,
               SLICE_ARG(list.expression), loop.number);
    compiler->nesting++;
    write_code(compiler, "const struct %.*s *r%d = &%.*s[i%d];", SLICE_ARG(loop.list->row->structure),
               loop.number, SLICE_ARG(list.expression), loop.number);
    write_code(compiler, "(void)r%d;", loop.number);
    compiler->nesting--;
    const struct html_state before = compiler->html;
    struct html_state row = before;
    row.blank = false; /* a row may follow another */
    compiler->loops[compiler->loop_count++] = loop;
    TRY(compile_branch(compiler, start, &row, trim, &ending, &offset));
    compiler->loop_count--;
    write_code(compiler, "}");
    struct html_state after = compiler->html;
    compiler->html = before;
    if (ending == ENDING_ELSE) {
        write_code(compiler, "if (%.*s_count == 0) {", SLICE_ARG(list.expression));
        TRY(compile_branch(compiler, start, &before, trim, &ending, &offset));
        write_code(compiler, "}");
    }
    if (ending != ENDING_FOR)
        return COMPILE_FAIL(compiler, ending == ENDING_NONE ? start : offset,
                            "{{/for}} is expected for the {{for}} of line %zu",
                            source_line(&compiler->source, start));
    return join(compiler, offset, &after);
}

static enum error_code take_part(struct compiler *compiler, bool is_if, size_t start)
{
    if (compiler->nesting >= NESTING_MAXIMUM)
        return COMPILE_FAIL(compiler, start, "nested too deeply");
    return is_if ? take_if(compiler, start) : take_for(compiler, start);
}

enum error_code take_directive(struct compiler *compiler, enum ending *ret_ending)
{
    static const struct {
        const char *word;
        enum ending ending;
    } endings[] = {{"else", ENDING_ELSE}, {"/if", ENDING_IF}, {"/for", ENDING_FOR}};
    size_t start = compiler->at;
    compiler->at += 2;
    skip_blanks(compiler);
    size_t word_offset = compiler->at;
    struct slice word = read_word(compiler);
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (slice_equal(word, slice_from_text(endings[i].word))) {
            *ret_ending = endings[i].ending;
            return expect_close(compiler);
        }
    if (slice_equal(word, S("if")) || slice_equal(word, S("for")))
        return take_part(compiler, slice_equal(word, S("if")), start);
    if (slice_equal(word, S("t")))
        return take_message(compiler, start);
    if (slice_equal(word, S("asset")))
        return take_asset(compiler, start);
    if (slice_equal(word, S("param")) || slice_equal(word, S("list")) || slice_equal(word, S("template")))
        return COMPILE_FAIL(compiler, start, "{{%.*s}} must stand before all HTML", SLICE_ARG(word));
    if (word.length == 0)
        return COMPILE_FAIL(compiler, word_offset, "a name is expected here");
    return take_hole(compiler, word, word_offset, start);
}

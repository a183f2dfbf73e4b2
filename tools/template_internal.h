/* The parts of the template compiler among themselves: template_declare.c reads the parameters,
 * template_html.c follows the HTML, template_hole.c makes code of holes and control parts, template.c holds
 * them together. */
#ifndef HECHT_TOOLS_TEMPLATE_INTERNAL_H
#define HECHT_TOOLS_TEMPLATE_INTERNAL_H

#include "template.h"

enum {
    FIELDS_MAXIMUM = 200,
    NAME_MAXIMUM = 60,
    ELEMENTS_MAXIMUM = 100,
    ATTRIBUTES_MAXIMUM = 60,
    NESTING_MAXIMUM = 24, /* of if, for and list */
};

enum field_type {
    TYPE_TEXT = 0,
    TYPE_INTEGER,
    TYPE_DECIMAL1,
    TYPE_DECIMAL2,
    TYPE_DATE,
    TYPE_DATETIME,
    TYPE_FLAG,
    TYPE_MESSAGE,
    TYPE_URL,
    TYPE_HTML,
    TYPE_LIST,
};

struct fields;

struct field {
    struct slice name;
    enum field_type type;
    struct fields *row; /* of a list */
    size_t offset;      /* of its declaration */
    bool used;
};

struct fields {
    struct slice structure; /* template_claim_teams */
    struct field *items;
    size_t count;
};

/* Where in the HTML the template stands. */
enum place {
    PLACE_CONTENT,
    PLACE_TAG,   /* in a start tag, between attributes */
    PLACE_VALUE, /* in a quoted attribute */
    PLACE_RAW,   /* in a script or style element */
};

enum attribute_kind {
    ATTRIBUTE_PLAIN,
    ATTRIBUTE_URL,
    ATTRIBUTE_CODE_URL, /* loads a script: only {{asset}} */
    ATTRIBUTE_LITERAL,  /* no holes at all */
};

/* How much of a URL attribute is there. */
enum url_progress {
    URL_EMPTY,
    URL_SLASH,      /* "/" only; a second slash would name another host */
    URL_SLASH_HOLE, /* "/" and a text that may be empty */
    URL_LOCAL,      /* begins with "/x", "?" or "#": a text may follow */
    URL_OTHER,      /* begins with a scheme or a relative path */
    URL_CLOSED,     /* a whole url, or different things in two branches: nothing may follow */
};

/* All that the branches of an {{if}} must agree about; copied and compared there. */
struct html_state {
    enum place place;
    size_t depth;      /* open elements */
    size_t attributes; /* of the tag being written */
    struct slice tag;
    size_t tag_offset;
    size_t value_offset;
    char quote;
    enum attribute_kind kind;
    enum url_progress url;
    bool blank;          /* what was written last surely is white space */
    bool just_preserved; /* directly behind <pre> or <textarea> */
};

struct element {
    struct slice name;
    size_t offset;
};

struct loop {
    struct slice name;
    struct field *list;
    int number; /* the row is r<number> in C */
};

struct compiler {
    struct source source;
    const struct template_environment *environment;
    struct region *region;
    struct error *error;
    size_t at;

    struct slice name;
    struct fields root;

    struct html_state html;
    struct element elements[ELEMENTS_MAXIMUM];
    struct slice attributes[ATTRIBUTES_MAXIMUM];
    size_t floor; /* elements below were opened outside of the innermost control part */
    size_t floor_offset;

    struct loop loops[NESTING_MAXIMUM];
    size_t loop_count;
    int loops_ever;
    int nesting;

    struct buffer literal; /* HTML not yet written as code */
    struct buffer code;
    struct buffer header;
    bool uses_view;
    bool uses_parameters;
};

#define COMPILE_FAIL(compiler, offset, ...)                                                                  \
    source_fail(&(compiler)->source, (offset), (compiler)->error, __VA_ARGS__)

/* Reading, in template.c. */
struct slice compiler_rest(const struct compiler *compiler);
bool compiler_looking_at(const struct compiler *compiler, struct slice text);
bool is_blank(char c);
void skip_blanks(struct compiler *compiler);
/* [a-z][a-z0-9_]* that is no word of C. */
enum error_code read_name(struct compiler *compiler, const char *what, struct slice *ret_name) MUST_CHECK;
/* The next word ([a-z0-9_/]+), maybe empty, without error. */
struct slice read_word(struct compiler *compiler);
enum error_code expect_close(struct compiler *compiler) MUST_CHECK;
enum error_code skip_comment(struct compiler *compiler) MUST_CHECK;
enum error_code out_of_memory(struct compiler *compiler);

/* template_declare.c */
enum error_code read_declarations(struct compiler *compiler) MUST_CHECK;
enum error_code check_all_used(struct compiler *compiler, const struct fields *fields) MUST_CHECK;
struct field *find_field(const struct fields *fields, struct slice name);
void write_structures(struct buffer *out, const struct fields *fields);

/* template_html.c: takes the next piece of HTML at compiler->at, not a "{{". */
enum error_code take_html(struct compiler *compiler) MUST_CHECK;
bool inside_preserved(const struct compiler *compiler);
bool inside_text_only(const struct compiler *compiler);
/* Follows characters of an attribute's value. */
enum error_code follow_url(struct compiler *compiler, char c) MUST_CHECK;

/* template_hole.c: takes a "{{...}}"; with *ret_end set when it was {{else}} or {{/if}} or {{/for}}. */
enum ending { ENDING_NONE = 0, ENDING_ELSE, ENDING_IF, ENDING_FOR };
enum error_code take_directive(struct compiler *compiler, enum ending *ret_ending) MUST_CHECK;
void flush_literal(struct compiler *compiler);
void indent(struct compiler *compiler);
/* One line of code behind the literal HTML so far. */
void write_code(struct compiler *compiler, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What a word in a hole means. */
struct value {
    enum field_type type;
    struct slice expression; /* "p->name", "r1->name", "view->csrf" */
    struct field *field;     /* NULL for what comes from the view */
};

/* A name or a row's name. */
enum error_code read_value(struct compiler *compiler, struct value *ret_value) MUST_CHECK;
/* "text" without escapes. */
enum error_code read_string(struct compiler *compiler, struct slice *ret_string) MUST_CHECK;
/* Fails where no hole may stand at all. */
enum error_code check_place(struct compiler *compiler, size_t offset) MUST_CHECK;
bool in_url(const struct compiler *compiler);
/* What a hole writes is no white space that could be folded; and as the parser drops a line end directly
 * behind <pre> and <textarea>, a text that begins with one is given another. */
void begin_hole(struct compiler *compiler);

/* template_message.c: {{t ...}} behind the word t. */
enum error_code take_message(struct compiler *compiler, size_t start) MUST_CHECK;

/* template.c: the body up to its end, or to the directive that ends a part of it. */
enum error_code compile_body(struct compiler *compiler, enum ending *ret_ending,
                             size_t *ret_offset) MUST_CHECK;

#endif

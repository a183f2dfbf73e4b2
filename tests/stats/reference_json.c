/* The only test file with jansson: its json_integer, json_real and json_null have the same names as those of
 * base/json.h, so this file does without base/base.h. */
#include "reference.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reference {
    json_t *root;
    char file[512];
};

struct reference *reference_open(const char *name)
{
    struct reference *reference = calloc(1, sizeof(*reference));
    if (reference == NULL)
        abort();
    (void)snprintf(reference->file, sizeof(reference->file), "%s/%s.json", REFERENCE_FOLDER, name);
    json_error_t problem;
    reference->root = json_load_file(reference->file, JSON_REJECT_DUPLICATES, &problem);
    if (reference->root == NULL) {
        (void)fprintf(stderr, "%s: %s\n", reference->file, problem.text);
        abort();
    }
    return reference;
}

void reference_close(struct reference *reference)
{
    json_decref(reference->root);
    free(reference);
}

static const json_t *find(const struct reference *reference, const char *path)
{
    const json_t *at = reference->root;
    for (const char *key = path; at != NULL;) {
        size_t length = strcspn(key, "/");
        char name[100];
        (void)snprintf(name, sizeof(name), "%.*s", (int)length, key);
        at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10)) : json_object_get(at, name);
        if (key[length] == '\0')
            break;
        key += length + 1;
    }
    if (at == NULL) {
        (void)fprintf(stderr, "%s has no %s\n", reference->file, path);
        abort();
    }
    return at;
}

static double number(const json_t *value, const char *path)
{
    if (json_is_null(value))
        return NAN;
    if (!json_is_number(value)) {
        (void)fprintf(stderr, "%s is no number\n", path);
        abort();
    }
    return json_number_value(value);
}

double reference_number(const struct reference *reference, const char *path)
{
    return number(find(reference, path), path);
}

bool reference_flag(const struct reference *reference, const char *path)
{
    return json_is_true(find(reference, path));
}

size_t reference_length(const struct reference *reference, const char *path)
{
    return json_array_size(find(reference, path));
}

double reference_element(const struct reference *reference, const char *path, size_t i)
{
    return number(json_array_get(find(reference, path), i), path);
}

double reference_table(const struct reference *reference, const char *path, size_t row, size_t column)
{
    return number(json_array_get(json_array_get(find(reference, path), row), column), path);
}

const char *reference_text(const struct reference *reference, const char *path, size_t i)
{
    const char *text = json_string_value(json_array_get(find(reference, path), i));
    return text == NULL ? "" : text;
}

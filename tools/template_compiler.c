/* template_compiler OUT.h OUT.c FILE...
 *
 * Takes all templates (.html) at once, the texts they may name (.en.po; the other languages' .po files are
 * passed over) and the names of the assets (all other files). Every template is compiled even when one before
 * it fails, so that a build shows a mistake of each. */
#include "template.h"

enum { FILES_MAXIMUM = 2000 };

struct job {
    struct region *region;
    struct error *error;
    struct source *templates;
    size_t template_count;
    struct source *texts;
    size_t text_count;
    struct slice *assets;
    size_t asset_count;
    struct slice *names; /* of the templates, to find doubles */
};

static enum error_code sort_file(struct job *job, const char *path)
{
    struct slice name = slice_from_text(path);
    if (slice_ends_with(name, S(".html")))
        return source_read(path, job->region, job->error, &job->templates[job->template_count++]);
    if (slice_ends_with(name, S(".en.po")))
        return source_read(path, job->region, job->error, &job->texts[job->text_count++]);
    if (!slice_ends_with(name, S(".po")))
        job->assets[job->asset_count++] = path_name(name);
    return OK;
}

/* Says the mistake of each template itself, and fails when there was one. */
static enum error_code compile_all(struct job *job, struct buffer *header, struct buffer *code)
{
    struct catalogue catalogue;
    size_t mistakes = 0;
    TRY(catalogue_build(job->texts, job->text_count, true, job->region, job->error, &catalogue));
    struct template_environment environment = {&catalogue, job->assets, job->asset_count};
    for (size_t i = 0; i < job->template_count; i++) {
        struct error error = {0};
        enum error_code result = template_compile(&job->templates[i], &environment, job->region, &error,
                                                  header, code, &job->names[i]);
        for (size_t j = 0; result == OK && j < i; j++)
            if (slice_equal(job->names[i], job->names[j]))
                result = source_fail(&job->templates[i], 0, &error,
                                     "the template %.*s exists twice (also in %.*s)",
                                     SLICE_ARG(job->names[i]), SLICE_ARG(job->templates[j].path));
        if (result != OK) {
            fprintf(stderr, "%s\n", error.detail);
            mistakes++;
        }
    }
    if (mistakes > 0)
        return FAIL(job->error, ERROR_INPUT, "templates", "%zu of %zu templates have a mistake", mistakes,
                    job->template_count);
    return OK;
}

static enum error_code run(int count, char **paths, struct region *region, struct error *error)
{
    CLEANUP(buffer_free) struct buffer header = BUFFER(OUTPUT_MAXIMUM);
    CLEANUP(buffer_free) struct buffer code = BUFFER(OUTPUT_MAXIMUM);
    if (count < 2 || count > FILES_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "usage", "usage: template_compiler OUT.h OUT.c FILE...");
    struct job job = {
        .region = region,
        .error = error,
        .templates = REGION_ARRAY(region, FILES_MAXIMUM, struct source),
        .texts = REGION_ARRAY(region, FILES_MAXIMUM, struct source),
        .assets = REGION_ARRAY(region, FILES_MAXIMUM, struct slice),
        .names = REGION_ARRAY(region, FILES_MAXIMUM, struct slice),
    };
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    for (int i = 2; i < count; i++)
        TRY(sort_file(&job, paths[i]));
    buffer_append_text(&header, "/* Generated from the templates (docs/templates.md). */\n"
                                "#ifndef HECHT_TEMPLATES_H\n#define HECHT_TEMPLATES_H\n\n"
                                "#include \"view/view.h\"\n");
    buffer_format(&code,
                  "/* Generated from the templates (docs/templates.md). */\n"
                  "#include \"%.*s\"\n\n#include \"view/asset.h\"\n#include \"view/template.h\"\n",
                  SLICE_ARG(path_name(slice_from_text(paths[0]))));
    TRY(compile_all(&job, &header, &code));
    buffer_append_text(&header, "\n#endif\n");
    TRY(output_write(paths[0], &header, error));
    return output_write(paths[1], &code, error);
}

int main(int argument_count, char **arguments)
{
    struct error error = {0};
    CLEANUP(region_cleanup) struct region *region = region_new(TOOL_REGION_MAXIMUM);
    if (region != NULL && run(argument_count - 1, arguments + 1, region, &error) == OK)
        return 0;
    fprintf(stderr, "%s\n", region == NULL ? "no memory" : error.detail);
    return 1;
}

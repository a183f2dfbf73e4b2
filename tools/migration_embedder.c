/* Makes a C table of the migrations: migration_embedder OUTPUT.c NNNN-name.sql ... in the order of their
 * numbers, which begin at 1 and have no gaps. The program checks their SHA-256 at run time, so here nothing
 * is changed. */
#include "base/base.h"

static void stop(const char *path, const char *why)
{
    fprintf(stderr, "migration_embedder: %s: %s\n", path, why);
    exit(1);
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void write_character(FILE *output, int c)
{
    if (c == '\n')
        fputs("\\n\"\n    \"", output);
    else if (c == '"' || c == '\\')
        fprintf(output, "\\%c", c);
    else if (c >= 0x20 && c < 0x7F)
        fputc(c, output);
    else
        fprintf(output, "\\%03o",
                (unsigned)c); /* three digits, so that the next character cannot belong to it */
}

static void write_migration(FILE *output, const char *path, long number)
{
    const char *name = file_name(path);
    char expected[16];
    snprintf(expected, sizeof(expected), "%04ld-", number);
    if (strncmp(name, expected, strlen(expected)) != 0)
        stop(path, "migrations are NNNN-name.sql, from 0001 on without gaps");
    FILE *input = fopen(path, "rb");
    if (input == NULL)
        stop(path, "cannot be read");
    fprintf(output, "    {%ld, \"%.*s\",\n    \"", number, (int)strcspn(name, "."), name);
    int c;
    while ((c = getc(input)) != EOF) {
        if (c == 0)
            stop(path, "holds a NUL");
        write_character(output, c);
    }
    if (ferror(input))
        stop(path, "cannot be read");
    fclose(input);
    fputs("\"},\n", output);
}

int main(int count, char **arguments)
{
    if (count < 3) {
        fputs("use: migration_embedder OUTPUT.c NNNN-name.sql ...\n", stderr);
        return 2;
    }
    FILE *output = fopen(arguments[1], "wb");
    if (output == NULL)
        stop(arguments[1], "cannot be written");
    fputs("/* Made by tools/migration_embedder.c. */\n#include \"store/store_internal.h\"\n\n"
          "const struct migration store_migrations[] = {\n",
          output);
    for (int i = 2; i < count; i++)
        write_migration(output, arguments[i], i - 1);
    fputs("};\nconst size_t store_migration_count = COUNT_OF(store_migrations);\n", output);
    if (fclose(output) != 0)
        stop(arguments[1], "cannot be written");
    return 0;
}

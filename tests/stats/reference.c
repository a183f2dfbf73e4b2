#include "reference.h"

#include "base/base.h"

#include <math.h>

enum { TABLE_BYTES_MAXIMUM = 1 << 20, TABLE_ROWS_MAXIMUM = 10000 };

struct table {
    struct region *region;
    const char ***cells; /* [0] is the header */
    size_t rows, columns;
};

static void stop(const struct error *error)
{
    (void)fprintf(stderr, "%s: %s\n", error->reason, error->detail);
    abort();
}

static const char **read_cells(struct table *table, struct slice line)
{
    const char **cells = REGION_ARRAY(table->region, line.length + 1, const char *);
    struct slice cell;
    size_t count = 0;
    while (cells != NULL && slice_take(&line, ',', &cell))
        cells[count++] = region_text(table->region, cell);
    table->columns = count;
    return cells;
}

struct table *table_open(const char *name)
{
    struct table *table = calloc(1, sizeof(*table));
    struct error error = {.reason = "", .detail = "no memory"};
    if (table == NULL || (table->region = region_new(64 << 20)) == NULL)
        stop(&error);
    table->cells = REGION_ARRAY(table->region, TABLE_ROWS_MAXIMUM, const char **);
    char file[512];
    (void)snprintf(file, sizeof(file), "%s/%s.csv", REFERENCE_FOLDER, name);
    struct slice content, line;
    if (table->cells == NULL || file_read(file, TABLE_BYTES_MAXIMUM, table->region, &error, &content) != OK)
        stop(&error);
    /* The reference files have no quotes. */
    while (table->rows < TABLE_ROWS_MAXIMUM && slice_take(&content, '\n', &line))
        if (line.length > 0)
            table->cells[table->rows++] = read_cells(table, slice_trim(line));
    if (region_failed(table->region))
        stop(&error);
    return table;
}

void table_close(struct table *table)
{
    table->region = region_free(table->region);
    free(table);
}

size_t table_rows(const struct table *table)
{
    return table->rows - 1;
}

size_t table_column(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->cells[0][i], name) == 0)
            return i;
    (void)fprintf(stderr, "no column %s\n", name);
    abort();
}

const char *table_text(const struct table *table, size_t row, size_t column)
{
    return table->cells[row + 1][column];
}

double table_number(const struct table *table, size_t row, size_t column)
{
    const char *text = table_text(table, row, column);
    double value = NAN;
    if (text[0] != '\0' && !slice_to_real(slice_from_text(text), &value)) {
        (void)fprintf(stderr, "row %zu: '%s' is no number\n", row, text);
        abort();
    }
    return value;
}

static uint64_t draw(struct generator *generator)
{
    generator->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = generator->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double draw_uniform(struct generator *generator)
{
    return ((double)(draw(generator) >> 11) + 0.5) * 0x1p-53;
}

double draw_normal(struct generator *generator)
{
    double radius = sqrt(-2 * log(draw_uniform(generator)));
    return radius * cos(2 * M_PI * draw_uniform(generator));
}

bool is_near(double actual, double expected, double relative)
{
    if (isnan(actual) || isnan(expected))
        return isnan(actual) && isnan(expected);
    bool near = fabs(actual - expected) <= relative * fmax(1e-12, fabs(expected));
    if (!near)
        (void)fprintf(stderr, "got %.17g, expected %.17g (relative %g)\n", actual, expected, relative);
    return near;
}

#include "scale_data.h"

#include <math.h>

enum { ITEMS_MAXIMUM = 32, ROWS_MAXIMUM = 8000 };

static void stop(const char *what)
{
    (void)fprintf(stderr, "%s\n", what);
    abort();
}

/* False when a number is no code. */
static bool to_codes(double *const *numbers, uint8_t *const *codes, size_t items, size_t rows)
{
    for (size_t a = 0; a < items; a++)
        for (size_t r = 0; r < rows; r++) {
            double value = numbers[a][r];
            if (!isnan(value) && (value < 0 || value > 254 || floor(value) < value))
                return false;
            codes[a][r] = isnan(value) ? ITEM_SUMS_NO_CODE : (uint8_t)value;
        }
    return true;
}

struct item_moments scale_moments(struct region *region, const char *name, const char *first, size_t items)
{
    struct table *table = table_open(name);
    size_t rows = table_rows(table), from = table_column(table, first);
    double *numbers[ITEMS_MAXIMUM];
    uint8_t *codes[ITEMS_MAXIMUM];
    struct error error = {0};
    struct item_sums *sums = NULL;
    struct item_moments moments;
    if (items > ITEMS_MAXIMUM || rows > ROWS_MAXIMUM || item_sums_new(items, region, &error, &sums) != OK)
        stop("too large");
    for (size_t a = 0; a < items; a++) {
        numbers[a] = REGION_ARRAY(region, rows, double);
        codes[a] = REGION_ARRAY(region, rows, uint8_t);
        if (region_failed(region))
            stop("no memory");
        for (size_t r = 0; r < rows; r++)
            numbers[a][r] = table_number(table, r, from + a);
    }
    table_close(table);
    if (to_codes(numbers, codes, items, rows))
        item_sums_add_codes(sums, (const uint8_t *const *)codes, rows);
    else
        item_sums_add_numbers(sums, (const double *const *)numbers, rows);
    if (item_sums_moments(sums, NULL, 0, region, &error, &moments) != OK)
        stop("no moments");
    return moments;
}

static const char *path_of(const char *block, const char *key, char path[static 200])
{
    (void)snprintf(path, 200, "%s/%s", block, key);
    return path;
}

double block_number(const struct reference *reference, const char *block, const char *key)
{
    char path[200];
    return reference_number(reference, path_of(block, key, path));
}

double block_element(const struct reference *reference, const char *block, const char *key, size_t i)
{
    char path[200];
    return reference_element(reference, path_of(block, key, path), i);
}

/* Any bytes as a file of people: every problem can be told, and what has none can be kept. The first byte chooses which
 * units are there. */
#include "people/people_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

static void check_problems(const struct people_file *file, struct region *region)
{
    CHECK(file->problem_count <= PEOPLE_FILE_PROBLEMS_MAXIMUM);
    CHECK((int64_t)file->problem_count <= file->problem_total);
    for (size_t i = 0; i < file->problem_count; i++) {
        const struct people_problem *problem = &file->problems[i];
        CHECK(problem->line >= 0 && (i == 0 || file->problems[i - 1].line <= problem->line));
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            struct slice text = people_problem_text(problem, (enum language)language, region);
            CHECK(text.length > 0 && slice_is_clean_text(text, ""));
        }
    }
}

static void check_row(const struct people_row *row, struct region *region)
{
    struct slice clean;
    CHECK(row->line > 1);
    CHECK(address_check(row->address, region, NULL, &clean) == OK && slice_equal(clean, row->address));
    CHECK(name_check(row->team, TEAM_NAME_MAXIMUM, "team-name", NULL, &clean) == OK);
    CHECK(row->name.length <= PERSON_NAME_MAXIMUM && slice_is_clean_text(row->name, ""));
    CHECK(row->language.length == 0 || row->language.length == 2);
    struct slice rest = row->path, part;
    int depth = 0;
    while (rest.length > 0 && slice_take(&rest, PEOPLE_PATH_SEPARATOR, &part)) {
        CHECK(name_check(part, TEAM_NAME_MAXIMUM, "unit-name", NULL, &clean) == OK);
        depth++;
    }
    CHECK(depth <= UNIT_DEPTH_MAXIMUM);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct unit units[] = {{1, 0, S("A")}, {2, 1, S("B")}, {3, 2, S("C")}, {4, 0, S("B")}};
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    struct error error = {0};
    struct people_file file;
    size_t count = size > 0 ? data[0] % (COUNT_OF(units) + 1) : 0;
    struct slice text = size > 0 ? slice_from_bytes(data + 1, size - 1) : S("");
    if (people_file_read(text, units, count, region, &error, &file) != OK)
        return 0;
    check_problems(&file, region);
    for (size_t i = 0; i < file.row_count && file.problem_total == 0; i++)
        check_row(&file.rows[i], region);
    return 0;
}

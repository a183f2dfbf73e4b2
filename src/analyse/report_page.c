/* A report as one HTML file. */
#include "analyse/report.h"
#include "templates.h"
#include "view/asset.h"

static struct template_analyse_report_sections_rows *fill_rows(const struct report *report,
                                                               const struct report_table *table)
{
    struct template_analyse_report_sections_rows *rows =
        REGION_ARRAY(report->region, table->rows, struct template_analyse_report_sections_rows);
    struct template_analyse_report_sections_rows_cells *cells = REGION_ARRAY(
        report->region, table->rows * table->columns, struct template_analyse_report_sections_rows_cells);
    if (rows == NULL || cells == NULL)
        return NULL;
    for (size_t r = 0; r < table->rows; r++) {
        struct template_analyse_report_sections_rows_cells *own = cells + r * table->columns;
        for (size_t c = 0; c < table->columns; c++)
            own[c] = (struct template_analyse_report_sections_rows_cells){
                .text = table->cells[r * table->columns + c],
                .head = c == 0,
                .numeric = table->numeric[c],
            };
        rows[r] = (struct template_analyse_report_sections_rows){
            .cells = own, .cells_count = table->columns, .picture = table->pictures[r]};
    }
    return rows;
}

static void fill_table(const struct report *report, const struct report_table *table,
                       struct template_analyse_report_sections *section)
{
    struct template_analyse_report_sections_heads *heads =
        REGION_ARRAY(report->region, table->columns, struct template_analyse_report_sections_heads);
    section->rows = fill_rows(report, table);
    if (heads == NULL || section->rows == NULL)
        return;
    for (size_t c = 0; c < table->columns; c++)
        heads[c] = (struct template_analyse_report_sections_heads){table->heads[c], table->numeric[c]};
    section->has_table = true;
    section->title = table->title;
    section->heads = heads;
    section->heads_count = table->columns;
    section->rows_count = table->rows;
    section->has_pictures = table->has_pictures;
    section->left_out = table->left_out;
}

static struct template_analyse_report_sections fill_section(const struct report *report,
                                                            const struct report_section *section)
{
    struct template_analyse_report_sections row = {
        .heading = section->heading, .picture = section->picture, .caption = section->caption};
    struct template_analyse_report_sections_sentences *sentences = REGION_ARRAY(
        report->region, section->sentence_count, struct template_analyse_report_sections_sentences);
    for (size_t i = 0; sentences != NULL && i < section->sentence_count; i++)
        sentences[i].text = section->sentences[i];
    row.sentences = sentences;
    row.sentences_count = sentences != NULL ? section->sentence_count : 0;
    if (section->table != NULL)
        fill_table(report, section->table, &row);
    return row;
}

void report_write_page(const struct report *report, struct buffer *out)
{
    struct template_analyse_report_sections *sections =
        REGION_ARRAY(report->region, report->section_count, struct template_analyse_report_sections);
    if (sections == NULL) {
        out->failed = true;
        return;
    }
    for (size_t s = 0; s < report->section_count; s++)
        sections[s] = fill_section(report, &report->sections[s]);
    struct view view = {.language = report->language};
    struct template_analyse_report page = {
        .title = report->title,
        .source = report->source,
        .style = asset_style(report->region, "app.css"),
        .sections = sections,
        .sections_count = report->section_count,
    };
    template_analyse_report(out, &view, &page);
    out->failed = out->failed || region_failed(report->region);
}

/* Which of two variables comes first, from three waves or more. */
#ifndef HECHT_ANALYSE_ANALYSE_PANEL_H
#define HECHT_ANALYSE_ANALYSE_PANEL_H

#include "analyse/report.h"
#include "stats/cross_moments.h"
#include "stats/panel.h"
#include "table/table.h"

struct analyse_panel_options {
    struct slice x[PANEL_WAVES_MAXIMUM], y[PANEL_WAVES_MAXIMUM];
    size_t waves;
};

struct analyse_panel_model {
    bool has_sample; /* false: no model of this kind can be tried; reason says why */
    struct panel_result result;
    struct slice reason; /* English; length 0 when there are estimates */
};

/* What the verdict rests on. */
enum analyse_panel_basis {
    PANEL_BASIS_NONE = 0,
    PANEL_BASIS_EQUAL,   /* all rows, the same paths between all waves */
    PANEL_BASIS_UNEQUAL, /* all rows, each wave its own paths: equal ones do not fit */
};

struct analyse_panel {
    struct analyse_panel_options options;
    const char *names[PANEL_VARIABLES_MAXIMUM]; /* of the columns, x and then y; ended by NUL */
    struct table_counts counts;
    struct cross_moments complete; /* of the complete rows */
    int64_t any;                   /* rows with any value */
    struct analyse_panel_model clpm, riclpm, equal, fiml;
    struct analyse_panel_model fiml_equal; /* for the verdict; not in the contract of the JSON */
    double equal_p;                        /* of equal paths against unequal ones, all rows; NAN: none */
    enum analyse_panel_basis basis;
    enum lead_lag_verdict verdict;
    struct lead_lag_paths paths; /* of the basis */
    bool too_few;                /* fewer rows than a verdict needs */
};

/* Reads the whole table. ERROR_INPUT: of the file or the options, with what was expected. */
enum error_code analyse_panel(struct table *table, const struct analyse_panel_options *options,
                              struct region *region, struct error *error,
                              struct analyse_panel *ret_result) MUST_CHECK;
void analyse_panel_json(const void *result, struct json_writer *json);
void analyse_panel_report(const void *result, struct report *report);

#endif

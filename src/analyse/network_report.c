/* Nobody is named or ranked: the list of who was never thanked would be a list of who is not liked. */
#include "analyse/analyse_network.h"
#include "analyse/left_out.h"
#include "analyse/words.h"
#include "view/picture.h"

static void say_what_was_counted(const struct analyse_network *result, struct report *report)
{
    const struct network *n = &result->network;
    report_say(report, MESSAGE_ANALYSE_NETWORK_SIZE,
               ARGUMENTS(A_INTEGER("nodes", n->nodes), A_INTEGER("edges", n->edges),
                         A_TEXT("density", words_share(report, n->density))));
    if (n->self_loops + n->repeated_ties + result->rows_without_tie > 0)
        report_say(report, MESSAGE_ANALYSE_NETWORK_LEFT,
                   ARGUMENTS(A_INTEGER("self", n->self_loops), A_INTEGER("repeated", n->repeated_ties),
                             A_INTEGER("incomplete", result->rows_without_tie)));
}

static void say_findings(const struct network *n, struct report *report)
{
    if (n->nodes == 0)
        return;
    report_say(
        report, MESSAGE_ANALYSE_NETWORK_COVERAGE,
        ARGUMENTS(A_TEXT("share", words_share(report, n->coverage)), A_INTEGER("never", n->never_received)));
    if (n->isolates > 0)
        report_say(report, MESSAGE_ANALYSE_NETWORK_ISOLATES, ARGUMENTS(A_INTEGER("n", n->isolates)));
    if (n->edges == 0) {
        report_say(report, MESSAGE_ANALYSE_NETWORK_NO_TIES, NO_ARGUMENTS);
        return;
    }
    report_say(report, MESSAGE_ANALYSE_NETWORK_RETURNED,
               ARGUMENTS(A_TEXT("share", words_share(report, n->reciprocity_edgewise)),
                         A_TEXT("chance", words_share(report, n->density))));
    report_say(report, MESSAGE_ANALYSE_NETWORK_SPREAD,
               ARGUMENTS(A_TEXT("gini", report_number(report, n->in_degree_gini, 2))));
    report_say(report,
               n->weak_components - n->isolates > 1 ? MESSAGE_ANALYSE_NETWORK_PARTS
                                                    : MESSAGE_ANALYSE_NETWORK_ONE_PART,
               ARGUMENTS(A_INTEGER("n", n->weak_components - n->isolates)));
}

static void add_row(struct report *report, struct report_table *table, enum message what, struct slice value)
{
    report_row(table, (struct slice[]){report_text(report, what), value}, (struct html){0});
}

static void list_figures(const struct network *n, struct report *report)
{
    struct report_table *table = report_table(report, report_text(report, MESSAGE_ANALYSE_NETWORK_TABLE), 11);
    report_column(table, report_text(report, MESSAGE_ANALYSE_NETWORK_FIGURE), false);
    report_column(table, report_text(report, MESSAGE_ANALYSE_NETWORK_AMOUNT), true);
    add_row(report, table, MESSAGE_ANALYSE_NETWORK_MUTUAL, report_integer(report, n->mutual_dyads));
    add_row(report, table, MESSAGE_ANALYSE_NETWORK_ASYMMETRIC, report_integer(report, n->asymmetric_dyads));
    add_row(report, table, MESSAGE_ANALYSE_NETWORK_NULL, report_integer(report, n->null_dyads));
    add_row(report, table, MESSAGE_ANALYSE_NETWORK_DENSITY, report_number(report, n->density, 3));
    add_row(report, table, MESSAGE_ANALYSE_NETWORK_RECIPROCITY,
            report_number(report, n->reciprocity_edgewise, 3));
    add_row(report, table, MESSAGE_ANALYSE_NETWORK_EXCESS, report_number(report, n->reciprocity_excess, 3));
    add_row(report, table, MESSAGE_ANALYSE_NETWORK_IN_CENTRAL,
            report_number(report, n->in_centralization, 3));
    add_row(report, table, MESSAGE_ANALYSE_NETWORK_OUT_CENTRAL,
            report_number(report, n->out_centralization, 3));
    add_row(report, table, MESSAGE_ANALYSE_NETWORK_IN_GINI, report_number(report, n->in_degree_gini, 3));
    add_row(report, table, MESSAGE_ANALYSE_NETWORK_OUT_GINI, report_number(report, n->out_degree_gini, 3));
    add_row(report, table, MESSAGE_ANALYSE_NETWORK_COMPONENTS, report_integer(report, n->weak_components));
}

/* How many received 0, 1, 2 ... times; the last column holds all that received more. */
static void draw_received(const struct network *n, struct report *report)
{
    enum { LAST = PICTURE_COLUMNS_MAXIMUM - 1 };
    struct slice labels[PICTURE_COLUMNS_MAXIMUM];
    int64_t counts[PICTURE_COLUMNS_MAXIMUM] = {0};
    size_t used = 1;
    if (n->nodes == 0)
        return;
    for (int64_t i = 0; i < n->nodes; i++) {
        size_t degree = n->in_degree[i] < LAST ? n->in_degree[i] : LAST;
        counts[degree]++;
        used = degree + 1 > used ? degree + 1 : used;
    }
    for (size_t i = 0; i < used; i++)
        labels[i] = report_integer(report, (int64_t)i);
    if (used == PICTURE_COLUMNS_MAXIMUM)
        labels[LAST] = message_text(report->region, report->language, MESSAGE_ANALYSE_NETWORK_OR_MORE,
                                    ARGUMENTS(A_INTEGER("n", LAST)));
    struct picture_columns columns = {
        .id = "received",
        .title = report_text(report, MESSAGE_ANALYSE_NETWORK_PICTURE),
        .description = report_text(report, MESSAGE_ANALYSE_NETWORK_PICTURE_HOW),
        .labels = labels,
        .counts = counts,
        .count = used,
    };
    report_picture(report, picture_columns(report->region, report->language, &columns));
    report_caption(report, columns.description);
}

void analyse_network_report(const void *result, struct report *report)
{
    const struct analyse_network *analysis = result;
    report_section(report, S(""));
    say_what_was_counted(analysis, report);
    say_findings(&analysis->network, report);
    draw_received(&analysis->network, report);
    list_figures(&analysis->network, report);
    left_out_report(&analysis->counts, report);
}

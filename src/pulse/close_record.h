/* What a close publishes of one team's round: trees, close entry, result statement, record. Part of the
 * closing transaction, after the figures are written. docs/ledger.md has the format. Inside pulse only.
 *
 * The disclosure rules bind it: the statement is made from the rows that were kept of this team, trees of
 * groups with fewer than ten answers hold hashes only, every tree of answers has as many leaves as the
 * roster has members, and its leaves are sorted by their own hashes, so that nothing joins the cells of
 * one person. */
#ifndef HECHT_PULSE_CLOSE_RECORD_H
#define HECHT_PULSE_CLOSE_RECORD_H

#include "privacy/result_statement.h"
#include "pulse/bodies.h"
#include "pulse/close.h"
#include "pulse/team_log.h"

struct recording {
    struct application *application;
    struct store_session *session;
    const struct log_signer *signer;
    const struct team_round *round;
    const struct descriptor *descriptor;
    const struct close_plan *plan;
    const struct bodies *bodies;
    bool cells_held; /* earlier rounds keep them closed (close_earlier.h) */
    struct region *region;
    struct error *error;
};

/* Needs the team's next key (next_key_keep). Writes the record, the close entry, and what opens the members'
 * own leaves of the issuance tree. */
enum error_code close_record_write(const struct recording *recording) MUST_CHECK;
/* May this record open its cells, as far as the number of members and answers goes? */
bool close_record_opens(const struct team_round *round, int64_t answers, int64_t k);
/* From the kept rows of this team. open: groups whose cells may be published at all. */
enum error_code close_statement(const struct recording *recording, bool exact, bool open,
                                struct result_statement *ret_statement) MUST_CHECK;

#endif

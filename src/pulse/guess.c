#include "pulse/guess.h"

#include "pulse/questionnaire.h"

STATEMENT(GUESS_WRITE,
          "INSERT INTO guess (org_id, round_number, team_id, item, value) VALUES ($1, $2, $3, $4, $5) "
          "ON CONFLICT (org_id, round_number, team_id, item) DO UPDATE SET value = excluded.value");
STATEMENT(GUESS_DELETE,
          "DELETE FROM guess WHERE org_id = $1 AND round_number = $2 AND team_id = $3 AND item = $4");
STATEMENT(GUESS_READ,
          "SELECT item, value FROM guess WHERE org_id = $1 AND round_number = $2 AND team_id = $3");
STATEMENT(GUESS_SHOW,
          "UPDATE team_round SET guess_shown = 1 WHERE org_id = $1 AND round_number = $2 AND team_id = $3 "
          "AND state = 'closed'");
STATEMENT(GUESS_PART_STATE,
          "SELECT CASE p.state WHEN 'open' THEN r.closes_at WHEN 'extended' THEN r.extended_at ELSE 0 END "
          "FROM team_round p JOIN round r ON r.org_id = p.org_id AND r.round_number = p.round_number "
          "WHERE p.org_id = $1 AND p.round_number = $2 AND p.team_id = $3");

static enum error_code check_guess(const struct instrument *instrument, const struct guess *guess,
                                   struct error *error)
{
    const struct instrument_item *item = instrument_item_find(instrument, guess->item);
    if (item == NULL || item->anchor == 0 || guess->value < 0 || guess->value > (int)instrument->option_count)
        return FAIL(error, ERROR_INPUT, "guess-wrong", "a guess names an anchor and one of the options");
    return OK;
}

static enum error_code write_guess(struct store_session *session, const struct team_round *round,
                                   const struct guess *guess, struct error *error)
{
    struct store_value org = V_INTEGER(round->org), number = V_INTEGER(round->round_number);
    struct store_value team = V_INTEGER(round->team), item = V_TEXT(guess->item);
    if (guess->value == 0)
        return store_execute(session, &GUESS_DELETE, PARAMETERS(org, number, team, item), error, NULL);
    return store_execute(session, &GUESS_WRITE, PARAMETERS(org, number, team, item, V_INTEGER(guess->value)),
                         error, NULL);
}

enum error_code guess_save(struct store_session *session, struct application *application,
                           const struct team_round *team_round, const struct guess *guesses, size_t count,
                           struct error *error)
{
    int64_t closes_at = 0;
    TRY(store_one_integer(session, &GUESS_PART_STATE,
                          PARAMETERS(V_INTEGER(team_round->org), V_INTEGER(team_round->round_number),
                                     V_INTEGER(team_round->team)),
                          error, NULL, &closes_at));
    if (closes_at <= clock_seconds(application->clock))
        return FAIL(error, ERROR_GONE, "round-closed", "the round is closed; guesses are locked");
    CLEANUP(region_cleanup) struct region *region = region_new(QUESTIONNAIRE_REGION_MAXIMUM);
    const struct instrument *instrument;
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(questionnaire_of_round(session, team_round->org, team_round->round_number, region, error,
                               &instrument));
    for (size_t i = 0; i < count; i++) {
        TRY(check_guess(instrument, &guesses[i], error));
        TRY(write_guess(session, team_round, &guesses[i], error));
    }
    return OK;
}

enum error_code guess_list(struct store_session *session, int64_t org, int64_t team, int64_t round_number,
                           struct region *region, struct error *error, struct guess **ret_guesses,
                           size_t *ret_count)
{
    const struct instrument *instrument;
    TRY(questionnaire_of_round(session, org, round_number, region, error, &instrument));
    struct guess by_anchor[GUESSES_MAXIMUM] = {0};
    STORE_ROWS(rows);
    TRY(store_select(session, &GUESS_READ,
                     PARAMETERS(V_INTEGER(org), V_INTEGER(round_number), V_INTEGER(team)), error, &rows));
    while (store_next(&rows)) {
        const struct instrument_item *item = instrument_item_find(instrument, store_column_text(&rows, 0));
        if (item != NULL && item->anchor > 0 && item->anchor <= GUESSES_MAXIMUM)
            by_anchor[item->anchor - 1] = (struct guess){item->id, (int)store_column_integer(&rows, 1)};
    }
    TRY(store_rows_end(&rows));
    struct guess *guesses = REGION_ARRAY(region, GUESSES_MAXIMUM, struct guess);
    if (guesses == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    for (size_t i = 0; i < GUESSES_MAXIMUM; i++)
        if (by_anchor[i].value > 0)
            guesses[count++] = by_anchor[i];
    *ret_guesses = guesses;
    *ret_count = count;
    return OK;
}

enum error_code guess_show(struct store_session *session, int64_t org, int64_t team, int64_t round_number,
                           struct error *error)
{
    return store_execute(session, &GUESS_SHOW,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(round_number), V_INTEGER(team)), error, NULL);
}

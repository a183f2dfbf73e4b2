/* A closed round, and a server that lies about it: changes its record, and signs the changes well. */
#ifndef HECHT_TESTS_PULSE_LIES_H
#define HECHT_TESTS_PULSE_LIES_H

#include "world.h"

#include "privacy/ledger.h"
#include "pulse/published.h"
#include "pulse/verify.h"

#include <jansson.h>

enum { MEMBERS = 13, ANSWERS = 11 };

/* A closed round of a team of thirteen with eleven answers and twelve forms fetched, and the server's
 * keys. */
struct scene {
    struct world *w;
    int64_t team;
    struct slice text; /* the record as it is published */
    struct log_signer signer;
    struct blind_key *key; /* of the round: the server has it while the round is open */
    struct descriptor descriptor;
};

void open_round(struct world *w);
void close_now(struct world *w);
/* Eleven members answer, a twelfth only fetches a form. */
void answer_and_fetch(struct world *w, int64_t team, const char *name);
struct slice record_text(struct world *w, int64_t team);
struct scene make_scene(struct world *w);
void end_scene(struct scene *scene);
/* NULL: there is none in this state. */
const struct check *find_check(const struct verification *v, const char *name, enum check_state state);
struct verification *verify_text(struct world *w, struct slice text);
void print_checks(const struct verification *v);
void expect_holds(struct world *w, struct slice text);
/* The first check that fails is this one, and its words name the lie. Takes the reference. */
void expect_lie(struct world *w, json_t *json, const char *name, const char *words);
json_t *json_of(struct slice text);
/* A member of a member of a member; second and third may be NULL. */
json_t *at(json_t *json, const char *first, const char *second, const char *third);
/* The first place of an open tree with (or without) a pad. */
size_t place_of(const json_t *open, bool pad);
json_t *bytes_json(const void *bytes, size_t length);
json_t *new_pad(struct world *w);
json_t *new_cell(struct world *w, int value);
/* A token that the server signs for itself, or (forged) one with a signature of nothing. */
json_t *new_token(struct scene *scene, const uint8_t *opk_or_null, bool forged);
void read_json(struct scene *scene, const json_t *json, struct record *record);
/* The close entry anew, with leaf and checkpoint. */
void sign_log(struct scene *scene, json_t *json, const struct log_entry *close);
/* Makes roots, close entry and checkpoint anew for what the trees and the result now say. -2 leaves a number
 * as it was. */
void sign_lie(struct scene *scene, json_t *json, int64_t answers_said, int64_t issued_said);
/* One text in a member of the record replaced by another. */
void replace_text(struct world *w, json_t *json, const char *name, const char *old, const char *new);
/* A question whose cells are open. */
const char *open_item(json_t *json);

#endif

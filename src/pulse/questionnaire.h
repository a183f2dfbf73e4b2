/* The questionnaires of an organisation: the built-in one and those its owners brought. Uses: org, instrument.
 *
 * A file is known by its SHA-256, which stands in the descriptor of every round that asks it. What was uploaded is never
 * changed and never goes; a new version is another file. An empty hash means the built-in one.
 *
 * The id of an item stands for its words for good: a file may use an id that is known only with the same words, scale and
 * frame, and the id of a construct only with the same items. So whatever is compared over rounds by id is the same question,
 * and what was changed begins anew by itself. */
#ifndef HECHT_PULSE_QUESTIONNAIRE_H
#define HECHT_PULSE_QUESTIONNAIRE_H

#include "org/org.h"
#include "pulse/instrument.h"

enum {
    QUESTIONNAIRES_MAXIMUM = 50,             /* files of an organisation */
    QUESTIONNAIRE_OPTIONS = 5,               /* the pages show figures on a scale of five */
    QUESTIONNAIRE_REGION_MAXIMUM = 24 << 20, /* for reading one file beside all others */
};

struct questionnaire {
    struct slice hash; /* empty: built in */
    struct slice name;
    int64_t version;
    struct slice by;                 /* who uploaded it */
    int64_t uploaded_at, retired_at; /* retired_at 0: not retired */
    bool next;                       /* the next round asks it */
    bool open;                       /* the open round asks it */
    int64_t rounds;                  /* how many rounds have asked it */
};

/* ---- Reading ------------------------------------------------------------------------------------ */

/* ERROR_VERSION, reason "instrument-other", when the organisation does not have it. The result lives in the region. */
enum error_code questionnaire_load(struct store_session *session, int64_t org, struct slice hash,
                                   struct region *region, struct error *error,
                                   const struct instrument **ret_instrument) MUST_CHECK;
/* Its file as it was uploaded. The same errors. */
enum error_code questionnaire_file(struct store_session *session, int64_t org, struct slice hash,
                                   struct region *region, struct error *error,
                                   struct slice *ret_text) MUST_CHECK;
/* By the hash alone, for devices that check a record: whoever knows the hash of a round's questionnaire may read it.
 * ERROR_NOT_FOUND, reason "questionnaire-unknown". */
enum error_code questionnaire_text(struct store_session *session, const uint8_t hash[static 32],
                                   struct region *region, struct error *error,
                                   struct slice *ret_text) MUST_CHECK;
/* What a round asked; of a round that is not there and of imported ones, the built-in one. */
enum error_code questionnaire_of_round(struct store_session *session, int64_t org, int64_t round_number,
                                       struct region *region, struct error *error,
                                       const struct instrument **ret_instrument) MUST_CHECK;
/* What the next round will ask. */
enum error_code questionnaire_of_next(struct store_session *session, int64_t org, struct region *region,
                                      struct error *error,
                                      const struct instrument **ret_instrument) MUST_CHECK;
/* The built-in one first, then the newest first. */
enum error_code questionnaire_list(struct store_session *session, int64_t org, struct region *region,
                                   struct error *error, struct questionnaire **ret_questionnaires,
                                   size_t *ret_count) MUST_CHECK;
/* One of them. ERROR_NOT_FOUND, reason "questionnaire-unknown". */
enum error_code questionnaire_find(struct store_session *session, int64_t org, struct slice hash,
                                   struct region *region, struct error *error,
                                   struct questionnaire *ret_questionnaire) MUST_CHECK;

/* ---- Changing: inside a write ------------------------------------------------------------------- */

struct questionnaire_upload {
    int64_t org, person, now;
    struct slice text;
    struct region *region; /* of the results */
    /* Results. All mistakes when it is ERROR_INPUT, reason "instrument-wrong"; then nothing was stored. */
    struct instrument_finding findings[INSTRUMENT_FINDINGS_MAXIMUM];
    size_t finding_count;
    uint8_t hash[32];
};
/* Whether this file could be uploaded, without storing anything. session NULL: to an organisation that has the built-in one only;
 * org and person do not matter then. The same errors; upload->hash is set when the file can be read. */
enum error_code questionnaire_check(struct store_session *session, struct questionnaire_upload *upload,
                                    struct error *error, const struct instrument **ret_instrument) MUST_CHECK;
/* A file that was retired comes back. ERROR_CONFLICT, reason "questionnaire-there" or "questionnaires-many". */
enum error_code questionnaire_add(struct store_session *session, struct questionnaire_upload *upload,
                                  struct error *error) MUST_CHECK;
/* From the next round on. Everybody can read in the settings who did it. ERROR_CONFLICT, reason "questionnaire-retired". */
enum error_code questionnaire_use(struct store_session *session, int64_t org, int64_t person,
                                  struct slice hash, int64_t now, struct error *error) MUST_CHECK;
/* ERROR_CONFLICT, reason "questionnaire-in-use", while the next round would ask it. */
enum error_code questionnaire_retire(struct store_session *session, int64_t org, int64_t person,
                                     struct slice hash, int64_t now, struct error *error) MUST_CHECK;

/* ---- What a change does to what was measured ---------------------------------------------------- */

/* Of the lines and questions of `to`, those that `from` has too go on; the others begin anew; ended are those of `from` only. */
struct questionnaire_change {
    size_t items_same, items_new, items_ended;
    const struct instrument_construct *new_lines[INSTRUMENT_CONSTRUCTS_MAXIMUM];
    size_t new_line_count;
};
void questionnaire_compare(const struct instrument *from, const struct instrument *to,
                           struct questionnaire_change *ret_change);

#endif

/* Settings that protect answers become stricter only, from the next round on (a round has its own in its descriptor), and
 * everybody in the organisation sees who changed them and when. Uses: org. */
#ifndef HECHT_PULSE_SETTINGS_H
#define HECHT_PULSE_SETTINGS_H

#include "org/org.h"

enum { SETTING_K_MAXIMUM = 50, SETTING_CHANGES_MAXIMUM = 50 };

struct setting_change {
    bool comments;               /* of comments, 1 on and 0 off; else of k, where neither of these */
    bool questionnaire, retired; /* chosen has version `value`, and was put to use or retired */
    struct slice chosen;
    struct slice person_name;
    int64_t value, value_before, changed_at;
};

/* Inside a write. The same value again changes nothing. ERROR_INPUT, reason "setting-weaker" or "setting-range". */
enum error_code settings_raise_k(struct store_session *session, int64_t org, int64_t person, int64_t k,
                                 int64_t now, struct error *error) MUST_CHECK;
/* Whether rounds take comments: not one of those settings, since nobody has to write any; but seen by everybody as well. */
enum error_code settings_comments(struct store_session *session, int64_t org, int64_t person, bool on,
                                  int64_t now, struct error *error) MUST_CHECK;
/* The newest first. */
enum error_code settings_changes(struct store_session *session, int64_t org, struct region *region,
                                 struct error *error, struct setting_change **ret_changes,
                                 size_t *ret_count) MUST_CHECK;

#endif

/* What an own questionnaire may not do to what was measured before. Private to questionnaire*.c. */
#ifndef HECHT_PULSE_QUESTIONNAIRE_RULES_H
#define HECHT_PULSE_QUESTIONNAIRE_RULES_H

#include "pulse/questionnaire.h"

/* Both add findings to those of the upload, each with its line. */
void questionnaire_rules_own(struct questionnaire_upload *upload, const struct instrument *instrument);
void questionnaire_rules_known(struct questionnaire_upload *upload, const struct instrument *instrument,
                               const struct instrument *known);

#endif

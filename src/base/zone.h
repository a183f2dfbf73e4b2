/* Time zones of the system's database, several at a time. The C library knows one for the whole process (TZ); changing
 * that would change the dates on everybody else's page, and setenv beside other threads is a race. So the files are read
 * here: TZif of RFC 8536, version 2 and later, with the rule at their end for the years after the last entry. */
#ifndef HECHT_BASE_ZONE_H
#define HECHT_BASE_ZONE_H

#include "base/date.h"
#include "base/region.h"

enum { ZONE_NAME_MAXIMUM = 64, ZONES_MAXIMUM = 1000 };

struct zone; /* NULL everywhere: the time zone of the machine */

/* "Europe/Amsterdam"; the empty name gives NULL. ERROR_NOT_FOUND, reason "zone-unknown", when the system has none of that
 * name; ERROR_INPUT, reason "zone-file", when its file is none. Lives in the region. */
enum error_code zone_load(struct slice name, struct region *region, struct error *error,
                          const struct zone **ret_zone) MUST_CHECK;
/* The content of such a file. */
enum error_code zone_parse(struct slice content, struct region *region, struct error *error,
                           const struct zone **ret_zone) MUST_CHECK;
/* What a clock on the wall shows there. */
struct date zone_date(const struct zone *zone, int64_t seconds);
/* The names to choose from, in alphabetical order; none when the system has no list. */
enum error_code zone_list(struct region *region, struct error *error, struct slice **ret_names,
                          size_t *ret_count) MUST_CHECK;

#endif

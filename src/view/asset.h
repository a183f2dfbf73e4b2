/* The files of assets/, built into the program and named by their content, so that browsers may keep them for
 * ever (Cache-Control: public, max-age=31536000, immutable). */
#ifndef HECHT_VIEW_ASSET_H
#define HECHT_VIEW_ASSET_H

#include "view/view.h"

/* By public path ("/assets/app.0123456789.css"). With accepts_gzip the compressed form is taken when there is
 * one; *ret_gzip tells (Content-Encoding: gzip). Answers depend on Accept-Encoding: send Vary. All is static.
 */
bool asset_find(struct slice path, bool accepts_gzip, struct slice *ret_content, const char **ret_type,
                bool *ret_gzip);
/* The public path of "app.css"; empty when there is no such file. */
struct slice asset_path(const char *name);
/* A style sheet as a <style> element, for a page that must stand alone. Empty when there is no such file. */
struct html asset_style(struct region *region, const char *name);

#endif

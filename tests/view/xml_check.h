/* Whether a text is a run of well-formed XML elements: every tag closed and in order, every attribute quoted
 * and standing once, no entity but XML's own. A check for tests, not a parser: no namespaces, no doctype, no
 * CDATA. */
#ifndef HECHT_TESTS_VIEW_XML_CHECK_H
#define HECHT_TESTS_VIEW_XML_CHECK_H

#include "base/base.h"

enum { XML_DEPTH_MAXIMUM = 50, XML_ATTRIBUTES_MAXIMUM = 20 };

/* Called for every attribute, with its value as written. */
typedef void xml_attribute_function(void *context, struct slice element, struct slice name,
                                    struct slice value);

/* On failure *ret_place is where. on_attribute may be NULL. */
bool xml_check(struct slice text, xml_attribute_function *on_attribute, void *context, size_t *ret_place);

#endif

/* libcurl, loaded when the first request is to be made (base/library.h). Its functions are called by their own
 * names; one that is not in the list does not link. */
#ifndef HECHT_NET_LIBCURL_H
#define HECHT_NET_LIBCURL_H

#include "base/base.h"

#include <curl/curl.h>

#define LIBCURL_FUNCTIONS(FUNCTION)                                                                          \
    FUNCTION(curl_easy_cleanup)                                                                              \
    FUNCTION(curl_easy_getinfo)                                                                              \
    FUNCTION(curl_easy_init)                                                                                 \
    FUNCTION(curl_easy_perform)                                                                              \
    FUNCTION(curl_easy_setopt)                                                                               \
    FUNCTION(curl_easy_strerror)                                                                             \
    FUNCTION(curl_global_cleanup)                                                                            \
    FUNCTION(curl_global_init)                                                                               \
    FUNCTION(curl_mime_addpart)                                                                              \
    FUNCTION(curl_mime_data)                                                                                 \
    FUNCTION(curl_mime_encoder)                                                                              \
    FUNCTION(curl_mime_free)                                                                                 \
    FUNCTION(curl_mime_init)                                                                                 \
    FUNCTION(curl_mime_type)                                                                                 \
    FUNCTION(curl_slist_append)                                                                              \
    FUNCTION(curl_slist_free_all)

#undef curl_easy_getinfo /* macros that check types and call the function of the same name */
#undef curl_easy_setopt

struct libcurl {
#define LIBCURL_MEMBER(name) __typeof__(name) *name;
    LIBCURL_FUNCTIONS(LIBCURL_MEMBER)
#undef LIBCURL_MEMBER
};
extern struct libcurl libcurl; /* empty until libcurl_load */

/* Safe from any thread, any number of times. ERROR_IO when the library is not there. */
enum error_code libcurl_load(struct error *error) MUST_CHECK;

#ifndef LIBCURL_ITSELF
#define curl_easy_cleanup libcurl.curl_easy_cleanup
#define curl_easy_getinfo libcurl.curl_easy_getinfo
#define curl_easy_init libcurl.curl_easy_init
#define curl_easy_perform libcurl.curl_easy_perform
#define curl_easy_setopt libcurl.curl_easy_setopt
#define curl_easy_strerror libcurl.curl_easy_strerror
#define curl_global_cleanup libcurl.curl_global_cleanup
#define curl_global_init libcurl.curl_global_init
#define curl_mime_addpart libcurl.curl_mime_addpart
#define curl_mime_data libcurl.curl_mime_data
#define curl_mime_encoder libcurl.curl_mime_encoder
#define curl_mime_free libcurl.curl_mime_free
#define curl_mime_init libcurl.curl_mime_init
#define curl_mime_type libcurl.curl_mime_type
#define curl_slist_append libcurl.curl_slist_append
#define curl_slist_free_all libcurl.curl_slist_free_all
#endif

#endif

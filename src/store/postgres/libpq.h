/* libpq, loaded when the first PostgreSQL database is opened (base/library.h). Its functions are called by their
 * own names; one that is not in the list does not link. */
#ifndef HECHT_STORE_POSTGRES_LIBPQ_H
#define HECHT_STORE_POSTGRES_LIBPQ_H

#include "base/base.h"

#include <libpq-fe.h>

#define LIBPQ_FUNCTIONS(FUNCTION)                                                                            \
    FUNCTION(PQclear)                                                                                        \
    FUNCTION(PQcmdStatus)                                                                                    \
    FUNCTION(PQcmdTuples)                                                                                    \
    FUNCTION(PQconnectdbParams)                                                                              \
    FUNCTION(PQconninfoFree)                                                                                 \
    FUNCTION(PQconninfoParse)                                                                                \
    FUNCTION(PQdescribePrepared)                                                                             \
    FUNCTION(PQenterPipelineMode)                                                                            \
    FUNCTION(PQerrorMessage)                                                                                 \
    FUNCTION(PQexec)                                                                                         \
    FUNCTION(PQexecPrepared)                                                                                 \
    FUNCTION(PQexitPipelineMode)                                                                             \
    FUNCTION(PQfinish)                                                                                       \
    FUNCTION(PQfreemem)                                                                                      \
    FUNCTION(PQftype)                                                                                        \
    FUNCTION(PQgetisnull)                                                                                    \
    FUNCTION(PQgetResult)                                                                                    \
    FUNCTION(PQgetlength)                                                                                    \
    FUNCTION(PQgetvalue)                                                                                     \
    FUNCTION(PQnfields)                                                                                      \
    FUNCTION(PQnparams)                                                                                      \
    FUNCTION(PQntuples)                                                                                      \
    FUNCTION(PQparamtype)                                                                                    \
    FUNCTION(PQpipelineSync)                                                                                 \
    FUNCTION(PQprepare)                                                                                      \
    FUNCTION(PQreset)                                                                                        \
    FUNCTION(PQresultErrorField)                                                                             \
    FUNCTION(PQresultStatus)                                                                                 \
    FUNCTION(PQsendQueryPrepared)                                                                            \
    FUNCTION(PQserverVersion)                                                                                \
    FUNCTION(PQsetNoticeProcessor)                                                                           \
    FUNCTION(PQstatus)                                                                                       \
    FUNCTION(PQtransactionStatus)                                                                            \
    FUNCTION(PQunescapeBytea)

struct libpq {
#define LIBPQ_MEMBER(name) __typeof__(name) *name;
    LIBPQ_FUNCTIONS(LIBPQ_MEMBER)
#undef LIBPQ_MEMBER
};
extern struct libpq libpq; /* empty until libpq_load */

/* Safe from any thread, any number of times. ERROR_IO when the library is not there. */
enum error_code libpq_load(struct error *error) MUST_CHECK;

#ifndef LIBPQ_ITSELF
#define PQclear libpq.PQclear
#define PQcmdStatus libpq.PQcmdStatus
#define PQcmdTuples libpq.PQcmdTuples
#define PQconnectdbParams libpq.PQconnectdbParams
#define PQconninfoFree libpq.PQconninfoFree
#define PQconninfoParse libpq.PQconninfoParse
#define PQdescribePrepared libpq.PQdescribePrepared
#define PQenterPipelineMode libpq.PQenterPipelineMode
#define PQerrorMessage libpq.PQerrorMessage
#define PQexec libpq.PQexec
#define PQexecPrepared libpq.PQexecPrepared
#define PQexitPipelineMode libpq.PQexitPipelineMode
#define PQfinish libpq.PQfinish
#define PQfreemem libpq.PQfreemem
#define PQftype libpq.PQftype
#define PQgetisnull libpq.PQgetisnull
#define PQgetResult libpq.PQgetResult
#define PQgetlength libpq.PQgetlength
#define PQgetvalue libpq.PQgetvalue
#define PQnfields libpq.PQnfields
#define PQnparams libpq.PQnparams
#define PQntuples libpq.PQntuples
#define PQparamtype libpq.PQparamtype
#define PQpipelineSync libpq.PQpipelineSync
#define PQprepare libpq.PQprepare
#define PQreset libpq.PQreset
#define PQresultErrorField libpq.PQresultErrorField
#define PQresultStatus libpq.PQresultStatus
#define PQsendQueryPrepared libpq.PQsendQueryPrepared
#define PQserverVersion libpq.PQserverVersion
#define PQsetNoticeProcessor libpq.PQsetNoticeProcessor
#define PQstatus libpq.PQstatus
#define PQtransactionStatus libpq.PQtransactionStatus
#define PQunescapeBytea libpq.PQunescapeBytea
#endif

#endif

/* The command line: one file per command; what they share is here. Data goes to standard output, words and
 * progress to standard error. Exit codes: 0 done, 1 failed, 2 wrong use, 128 + the signal when one stopped it. */
#ifndef HECHT_CLI_CLI_H
#define HECHT_CLI_CLI_H

#include "org/org.h"
#include "store/store.h"

struct smtp_options;   /* net/smtp.h */
struct openid_options; /* openid/provider.h */

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_SIGNAL = 128 };

struct command {
    const char *name;                  /* "import answers" may be two words */
    const char *summary;               /* one line for hecht --help */
    const char *help;                  /* the whole text of --help, with examples */
    int (*run)(int argc, char **argv); /* arguments after the name */
};

extern const struct command COMMAND_SERVE, COMMAND_DEMO, COMMAND_IMPORT_ANSWERS, COMMAND_IMPORT_PEOPLE,
    COMMAND_EXPORT_RESULTS, COMMAND_EXPORT_PERSON, COMMAND_DELETE_PERSON, COMMAND_ANSWER,
    COMMAND_INSTRUMENT_CHECK, COMMAND_SIGNIN_LINK, COMMAND_VERIFY, COMMAND_WITNESS, COMMAND_DOCTOR,
    COMMAND_PERMISSIONS, COMMAND_MAIL_TEST, COMMAND_MAIL_BOUNCED, COMMAND_ANALYSE_POWER,
    COMMAND_ANALYSE_TREND, COMMAND_ANALYSE_NETWORK, COMMAND_ANALYSE_PROMISES, COMMAND_ANALYSE_TEAMS,
    COMMAND_ANALYSE_DRIVERS, COMMAND_ANALYSE_PANEL;

/* ---- Options ------------------------------------------------------------------------------------ */

enum { OPTION_VALUES_MAXIMUM = 256, POSITIONALS_MAXIMUM = 8 };

struct option {
    const char *name; /* "--db" */
    bool flag;        /* takes no value */
    bool repeated;    /* may stand more than once */
    const char *values[OPTION_VALUES_MAXIMUM];
    size_t count;
};

struct arguments {
    struct option *options;
    size_t option_count;
    const char *positionals[POSITIONALS_MAXIMUM];
    size_t positional_count;
};

/* Reads "--name value" and "--name=value". On a mistake prints it with a hint to standard error and returns
 * EXIT_USAGE; for
 * --help prints the help and sets ret_done. */
int arguments_parse(const struct command *command, int argc, char **argv, struct option *options,
                    size_t option_count, struct arguments *ret_arguments, bool *ret_done);
/* The value of an option, or NULL. */
const char *argument_value(const struct arguments *arguments, const char *name);
bool argument_flag(const struct arguments *arguments, const char *name);
/* "hecht: ..." to standard error; returns EXIT_USAGE. */
int usage_error(const struct command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints the error with its remedy to standard error and returns the exit code. */
int report_error(const struct error *error);

/* ---- The installation --------------------------------------------------------------------------- */

/* --db, HECHT_DB, or hecht.db. */
const char *database_address(const struct arguments *arguments);
/* Opens database and key file; the clock and randomness are the system's. */
enum error_code application_open(const char *database, bool existing_only, struct error *error,
                                 struct application *ret_application) MUST_CHECK;
/* HECHT_KEY_FILE, a credential of systemd, or beside the database. */
const char *application_key_path(const char *database, struct region *region);
void application_close(struct application *application);

/* SIGINT, SIGTERM and SIGHUP end a command in order; they are blocked in all threads that are made after
 * signals_block. */
void signals_block(void);
void signals_wait(void);
/* The signal that waits to be taken; 0: none. */
int signals_pending(void);

/* serve and demo: runs the web server until a signal. on_ready is called once it listens. */
struct serving {
    const char *listen;                    /* "127.0.0.1:8080" */
    const char *url;                       /* NULL: http://ADDRESS:PORT */
    const char *voice_url;                 /* NULL: answers come by the same address */
    const char *tls_certificate, *tls_key; /* paths; NULL: without TLS */
    const struct smtp_options *mail;       /* NULL: no mail is sent */
    const struct openid_options *openid;   /* NULL: nobody signs in by a provider */
    int (*on_ready)(struct application *application, struct slice public_url, void *context);
    void *context;
};
/* All routes of the web server. */
enum { SERVING_TABLES_MAXIMUM = 8 };
struct http_route_table; /* http/http.h */
size_t serving_routes(struct http_route_table *ret_tables);
int serve_until_signal(struct application *application, const struct serving *serving);

#endif

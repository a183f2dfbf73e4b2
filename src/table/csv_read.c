/* Pieces go from the file to threads and their results come back in order. Cutting happens under the lock,
 * by whoever takes the next piece; parsing and the sink outside it. Each result has a place in a ring
 * until all earlier ones are there, so that rows are counted, and the first bad one is found, in the order
 * of the file. */
#include "table/csv.h"

#include "table/wording.h"

#include <pthread.h>

enum { RING = 32 }; /* pieces between the oldest unfinished one and the newest */

struct reading {
    struct table *table;
    const struct csv_plan *plan;
    table_sink sink;
    void *context;
    int threads;
    pthread_mutex_t lock; /* of everything below, and of the table */
    pthread_cond_t moved; /* a result came, or the reading stops */
    int64_t next, oldest; /* pieces: to be taken, to be counted */
    bool stop;            /* no piece is taken any more */
    struct csv_result ring[RING];
    /* ---- Of all pieces counted so far */
    int64_t records, lines;
    char decimal; /* the mark that numbers have had; 0: none yet */
    int64_t decimal_row;
    struct table_counts counts;
    enum error_code code; /* the failure that is reported */
    struct error failure;
};

/* ---- Results, in order ---- */

static int64_t row_of(const struct reading *reading, int64_t record)
{
    return reading->records + record + 2; /* the header is row 1 */
}

/* "FILE: row 5, " or, where the line is another number, "FILE: row 5 (line 7), ". */
static void fail_at(struct reading *reading, enum error_code code, const char *reason, int64_t record,
                    int64_t lines, const char *words)
{
    const struct table *table = reading->table;
    int64_t row = row_of(reading, record);
    int64_t line = row - 1 + table->header_lines + reading->lines + lines;
    char where[48] = "";
    if (line != row)
        snprintf(where, sizeof where, " (line %" PRId64 ")", line);
    bool column = slice_starts_with(slice_from_text(words), S("column "));
    reading->code = FAIL(&reading->failure, code, reason, "%s: row %" PRId64 "%s%s%s", table->source.name,
                         row, where, column ? ", " : ": ", words);
}

/* True when mark a comes before mark b in the file; one that is not there comes last. */
static bool before(const struct csv_mark *a, const struct csv_mark *b)
{
    if (a->record < 0 || b->record < 0)
        return a->record >= 0;
    return a->record != b->record ? a->record < b->record : a->column < b->column;
}

/* All numbers of a file have the same decimal mark. False: this piece has the other one, and that is
 * reported. */
static bool check_marks(struct reading *reading, const struct csv_result *result)
{
    static const char marks[] = {'.', ','};
    static const char *const words[] = {"point", "comma"};
    int first = before(&result->marks[1], &result->marks[0]) ? 1 : 0;
    if (reading->decimal == '\0' && result->marks[first].record >= 0) {
        reading->decimal = marks[first];
        reading->decimal_row = row_of(reading, result->marks[first].record);
    }
    int usual = reading->decimal == ',' ? 1 : 0;
    const struct csv_mark *other = &result->marks[1 - usual];
    if (other->record < 0 || (result->failed_record >= 0 && result->failed_record < other->record))
        return true;
    char text[200], name[WORDING_FOUND];
    snprintf(text, sizeof text, "column %s: expected a decimal %s as in row %" PRId64 ", found \"%s\"",
             table_column_words(reading->table, other->column, name, sizeof name), words[usual],
             reading->decimal_row, other->found);
    fail_at(reading, ERROR_INPUT, "table-decimal", other->record, other->lines, text);
    return false;
}

static void count_bad(struct reading *reading, const struct csv_result *result)
{
    struct table_counts *counts = &reading->counts;
    counts->left_out += result->left_out;
    for (size_t i = 0; i < result->bad_count && counts->bad_count < TABLE_BAD_SHOWN; i++) {
        struct table_bad *bad = &counts->bad[counts->bad_count++];
        *bad = result->bad[i];
        bad->row = row_of(reading, bad->row);
    }
}

static void count_result(struct reading *reading, const struct csv_result *result)
{
    if (!check_marks(reading, result))
        return;
    if (result->code != OK && result->failed_record >= 0) {
        fail_at(reading, result->code, result->failure.reason, result->failed_record, result->failed_lines,
                result->failure.detail);
        return;
    }
    if (result->code != OK) {
        reading->code = result->code;
        reading->failure = result->failure;
        return;
    }
    count_bad(reading, result);
    reading->counts.rows += result->rows;
    reading->records += result->records;
    reading->lines += result->lines;
}

/* A result is there: counts it, and those that waited for it. */
static void finish(struct reading *reading, struct csv_result *result)
{
    result->done = true;
    if (result->code != OK)
        reading->stop = true;
    while (reading->code == OK && reading->oldest < reading->next &&
           reading->ring[reading->oldest % RING].done) {
        count_result(reading, &reading->ring[reading->oldest % RING]);
        reading->oldest++;
    }
    if (reading->code != OK)
        reading->stop = true;
    pthread_cond_broadcast(&reading->moved);
}

/* ---- Pieces ---- */

/* Puts at least `room` bytes into the piece when the source has them. */
static enum error_code fill(struct table *table, struct bytes *piece, size_t room, struct error *error)
{
    size_t got = 0;
    if (piece->length >= room || table->ended)
        return OK;
    if (!bytes_reserve(piece, room + CSV_PADDING))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to read %s", table->source.name);
    TRY(source_read(&table->source, piece->data + piece->length, room - piece->length, error, &got));
    table->ended = piece->length + got < room;
    piece->length += got;
    return OK;
}

/* Twice as much, but not more than tells that a record is too long. */
static size_t next_room(size_t length)
{
    return length * 2 <= TABLE_RECORD_MAXIMUM ? length * 2 : TABLE_RECORD_MAXIMUM + 1;
}

/* The next whole records; length 0 at the end. A failure has failed_record set. */
static enum error_code cut_piece(struct table *table, struct bytes *piece, struct csv_result *result)
{
    struct bytes *carry = &table->carry;
    struct error *error = &result->failure;
    size_t cut = 0;
    if (!bytes_reserve(piece, carry->length + 1 + CSV_PADDING))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to read %s", table->source.name);
    memcpy(piece->data, carry->data, carry->length);
    piece->length = carry->length;
    carry->length = 0;
    for (size_t room = table->options.piece_bytes; cut == 0; room = next_room(piece->length)) {
        TRY(fill(table, piece, room, error));
        if (table->ended)
            break;
        cut = csv_cut(piece->data, piece->length, table->delimiter);
        if (cut == 0 && piece->length > TABLE_RECORD_MAXIMUM) {
            result->failed_record = 0;
            return FAIL(error, ERROR_LIMIT, "table-record-too-long",
                        "the row is longer than %d bytes (is a quote not closed?)", TABLE_RECORD_MAXIMUM);
        }
    }
    if (cut == 0) {
        if (piece->length > 0 && piece->data[piece->length - 1] != '\n')
            piece->data[piece->length++] = '\n';
        return OK;
    }
    if (!bytes_reserve(carry, piece->length - cut))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to read %s", table->source.name);
    memcpy(carry->data, piece->data + cut, piece->length - cut);
    carry->length = piece->length - cut;
    piece->length = cut;
    return OK;
}

/* A piece and the place for its result, or NULL: there is none any more. Under the lock. */
static struct csv_result *take_piece(struct reading *reading, struct bytes *piece)
{
    while (!reading->stop && reading->next - reading->oldest >= RING)
        pthread_cond_wait(&reading->moved, &reading->lock);
    if (reading->stop)
        return NULL;
    struct csv_result *result = &reading->ring[reading->next++ % RING];
    *result = (struct csv_result){.failed_record = -1, .marks = {{.record = -1}, {.record = -1}}};
    result->code = cut_piece(reading->table, piece, result);
    if (result->code == OK && piece->length > 0) {
        memset(piece->data + piece->length, 0, CSV_PADDING);
        return result;
    }
    reading->stop = true;
    finish(reading, result);
    return NULL;
}

static void show_progress(const struct reading *reading)
{
    const struct table_options *options = &reading->table->options;
    const struct source *source = &reading->table->source;
    if (options->progress != NULL)
        options->progress(options->progress_context, source->taken, source->size);
}

static void work(struct reading *reading, struct csv_parser *parser)
{
    struct bytes piece = {0};
    pthread_mutex_lock(&reading->lock);
    for (;;) {
        struct csv_result *result = take_piece(reading, &piece);
        if (result == NULL)
            break;
        parser->first_row = row_of(reading, 0); /* of use with one thread only */
        pthread_mutex_unlock(&reading->lock);
        csv_parse_piece(parser, piece.data, piece.length, result);
        pthread_mutex_lock(&reading->lock);
        finish(reading, result);
        show_progress(reading);
    }
    pthread_mutex_unlock(&reading->lock);
    bytes_free(&piece);
}

/* ---- Threads ---- */

struct worker {
    struct reading *reading;
    struct csv_parser parser;
    pthread_t thread;
};

static void *run_worker(void *context)
{
    struct worker *worker = context;
    work(worker->reading, &worker->parser);
    return NULL;
}

/* A block never has more rows than a piece of the usual size: a row has a byte for each column at least. */
static size_t block_rows(const struct table *table)
{
    size_t most = (table->options.piece_bytes + TABLE_BLOCK_ROWS) / table->column_count + 1;
    return most < TABLE_BLOCK_ROWS ? most : TABLE_BLOCK_ROWS;
}

static enum error_code prepare(struct worker *worker, struct reading *reading, int thread,
                               struct error *error)
{
    const struct table *table = reading->table;
    const struct plan *wanted = reading->plan->wanted;
    worker->reading = reading;
    worker->parser = (struct csv_parser){
        .plan = reading->plan, .sink = reading->sink, .context = reading->context, .thread = thread};
    worker->parser.fields = calloc(wanted->entry_count + 1, sizeof *worker->parser.fields);
    worker->parser.block = block_new(wanted->slots, wanted->wanted_count, wanted->number_count,
                                     wanted->text_count, block_rows(table), table->options.threads == 1);
    if (worker->parser.fields == NULL || worker->parser.block == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a block of rows");
    return OK;
}

/* The caller's thread is the first of them. A thread that cannot be made leaves its work to the others. */
static enum error_code run(struct reading *reading, struct error *error)
{
    struct worker workers[TABLE_THREADS_MAXIMUM] = {0};
    enum error_code code = OK;
    int started = 1;
    for (int t = 0; t < reading->threads && code == OK; t++)
        code = prepare(&workers[t], reading, t, error);
    if (code == OK) {
        while (started < reading->threads &&
               pthread_create(&workers[started].thread, NULL, run_worker, &workers[started]) == 0)
            started++;
        run_worker(&workers[0]);
        for (int t = 1; t < started; t++)
            pthread_join(workers[t].thread, NULL);
    }
    for (int t = 0; t < reading->threads; t++) {
        free(workers[t].parser.fields);
        block_free(workers[t].parser.block);
    }
    return code;
}

enum error_code csv_read_table(struct table *table, const struct plan *plan, table_sink sink, void *context,
                               struct error *error, struct table_counts *counts)
{
    struct csv_plan csv_plan;
    TRY(csv_plan_make(table, plan, error, &csv_plan));
    struct reading *reading = calloc(1, sizeof *reading);
    if (reading == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to read %s", table->source.name);
    reading->table = table;
    reading->plan = &csv_plan;
    reading->sink = sink;
    reading->context = context;
    reading->threads = table->options.threads;
    pthread_mutex_init(&reading->lock, NULL);
    pthread_cond_init(&reading->moved, NULL);
    enum error_code code = run(reading, error);
    if (code == OK && reading->code != OK) {
        code = reading->code;
        if (error != NULL)
            *error = reading->failure;
    }
    *counts = reading->counts;
    pthread_cond_destroy(&reading->moved);
    pthread_mutex_destroy(&reading->lock);
    free(reading);
    return code;
}

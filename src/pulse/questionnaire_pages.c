/* Questionnaires, for owners: which there are, bringing one, looking at it as members will, and putting it to use. */
#include "pulse/questionnaire.h"

#include "people/page.h"
#include "pulse/pulse_handlers.h"
#include "templates.h"

static const char QUESTIONNAIRE_FORM[] = "questionnaire";
static const char BUILTIN[] = "built-in"; /* in addresses; others go by their hash */
enum { HASH_BYTES = 32 };

static enum error_code no_memory(struct error *error)
{
    return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
}

/* What stands in the address for a hash. */
static struct slice address_of(struct slice hash, struct region *region)
{
    char hex[2 * HASH_BYTES + 1];
    if (hash.length != HASH_BYTES)
        return slice_from_text(BUILTIN);
    hex_encode((const uint8_t *)hash.data, HASH_BYTES, hex);
    return region_copy(region, slice_from_text(hex));
}

static enum error_code hash_of_path(const struct http_request *request, struct error *error,
                                    struct slice *ret_hash)
{
    uint8_t *hash = REGION_ARRAY(request->region, HASH_BYTES, uint8_t);
    struct slice part = http_path(request, "questionnaire");
    if (hash == NULL)
        return no_memory(error);
    if (slice_equal(part, slice_from_text(BUILTIN))) {
        *ret_hash = (struct slice){0};
        return OK;
    }
    if (!hex_decode(part, hash, HASH_BYTES))
        return FAIL(error, ERROR_NOT_FOUND, "questionnaire-unknown", "no questionnaire goes by this name");
    *ret_hash = slice_from_bytes(hash, HASH_BYTES);
    return OK;
}

/* ---- All of them -------------------------------------------------------------------------------- */

/* What was sent and what is wrong with it. */
struct sent {
    struct slice text;
    const struct instrument_finding *findings;
    size_t finding_count;
    enum message wrong;
};

static enum error_code list_files(struct http_request *request, struct error *error,
                                  struct template_questionnaires *page)
{
    struct questionnaire *all;
    size_t count;
    TRY(questionnaire_list(request->session, request->identity.org, request->region, error, &all, &count));
    struct template_questionnaires_files *rows =
        REGION_ARRAY(request->region, count, struct template_questionnaires_files);
    if (rows == NULL)
        return no_memory(error);
    for (size_t i = 0; i < count; i++) {
        const struct questionnaire *file = &all[i];
        rows[i] = (struct template_questionnaires_files){
            .at = address_of(file->hash, request->region),
            .name = file->name,
            .version = file->version,
            .builtin = file->hash.length == 0,
            .used = file->next,
            .open = file->open,
            .ready = !file->next && file->retired_at == 0,
            .retired = file->retired_at != 0,
            .by = page_name(request->region, page_view(request, NULL).language, file->by),
            .on = file->uploaded_at,
            .retired_on = file->retired_at,
            .rounds = file->rounds,
        };
        if (file->next)
            page->next = rows[i].at;
    }
    page->files = rows;
    page->files_count = count;
    return OK;
}

static enum error_code list_problems(struct http_request *request, const struct sent *sent,
                                     struct error *error, struct template_questionnaires *page)
{
    struct template_questionnaires_problems *rows =
        REGION_ARRAY(request->region, sent->finding_count, struct template_questionnaires_problems);
    if (rows == NULL)
        return no_memory(error);
    for (size_t i = 0; i < sent->finding_count; i++) {
        const struct instrument_finding *finding = &sent->findings[i];
        rows[i] = (struct template_questionnaires_problems){
            .line = finding->line,
            .what = finding->text[page_view(request, NULL).language],
        };
    }
    page->problems = rows;
    page->problems_count = sent->finding_count;
    page->problem_total = (int64_t)sent->finding_count;
    return OK;
}

static enum message done_message(struct slice done)
{
    if (slice_equal(done, S("used")))
        return MESSAGE_QUESTIONNAIRE_DONE_USED;
    return slice_equal(done, S("retired")) ? MESSAGE_QUESTIONNAIRE_DONE_RETIRED : MESSAGE_NONE;
}

static enum error_code show_all(struct http_request *request, struct http_response *response,
                                const struct sent *sent, struct error *error)
{
    struct view view = page_view(request, QUESTIONNAIRE_FORM);
    struct template_questionnaires filled = {
        .done = done_message(http_query(request, "done")),
        .wrong = sent->wrong,
        .file = sent->text,
        .most = INSTRUMENT_SIZE_MAXIMUM >> 10,
    };
    TRY(team_count(request->session, request->identity.org, error, &filled.teams));
    TRY(list_files(request, error, &filled));
    TRY(list_problems(request, sent, error, &filled));
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_QUESTIONNAIRE_TITLE, NO_ARGUMENTS),
        .body = template_questionnaires_html(request->region, &view, &filled),
        .place = PAGE_HOW,
        .script = "people_file.js",
    };
    return page_render(request, response, &page, error);
}

enum error_code questionnaires_get(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    return show_all(request, response, &(struct sent){0}, error);
}

struct bringing {
    struct questionnaire_upload upload;
    uint8_t once[16];
};

static enum error_code write_upload(struct store_session *session, void *context, struct error *error)
{
    struct bringing *bringing = context;
    TRY(form_spend(session, bringing->upload.org, bringing->once, bringing->upload.now, error));
    return questionnaire_add(session, &bringing->upload, error);
}

/* A form is sent with CR LF whatever the file had; what is kept, and hashed, has LF. */
static struct slice with_line_feeds(struct slice text, struct region *region)
{
    char *kept = REGION_ARRAY(region, text.length + 1, char);
    size_t length = 0;
    for (size_t i = 0; kept != NULL && i < text.length; i++)
        if (!(text.data[i] == '\r' && i + 1 < text.length && text.data[i + 1] == '\n'))
            kept[length++] = text.data[i];
    return (struct slice){kept, length};
}

static enum error_code refuse(struct http_request *request, struct http_response *response,
                              const struct bringing *bringing, const struct error *failure,
                              struct error *error)
{
    struct sent sent = {.text = bringing->upload.text};
    if (strcmp(failure->reason, "instrument-wrong") == 0) {
        sent.findings = bringing->upload.findings;
        sent.finding_count = bringing->upload.finding_count;
    } else if (strcmp(failure->reason, "questionnaire-there") == 0) {
        sent.wrong = MESSAGE_QUESTIONNAIRE_THERE;
    } else if (strcmp(failure->reason, "questionnaires-many") == 0) {
        sent.wrong = MESSAGE_QUESTIONNAIRE_MANY;
    } else {
        *error = *failure;
        return failure->code;
    }
    response->status = failure->code == ERROR_CONFLICT ? 409 : 422;
    return show_all(request, response, &sent, error);
}

enum error_code questionnaires_post(struct http_request *request, struct http_response *response,
                                    struct error *error)
{
    struct bringing *bringing = REGION_NEW(request->region, struct bringing); /* large */
    struct error failure = {0};
    if (bringing == NULL)
        return no_memory(error);
    TRY(http_once_check(request, QUESTIONNAIRE_FORM, error, bringing->once));
    bringing->upload = (struct questionnaire_upload){
        .org = request->identity.org,
        .person = request->identity.person,
        .now = clock_seconds(request->clock),
        .text = with_line_feeds(http_form(request, "file"), request->region),
        .region = request->region,
    };
    if (slice_trim(bringing->upload.text).length == 0) {
        response->status = 422;
        return show_all(request, response, &(struct sent){.wrong = MESSAGE_QUESTIONNAIRE_EMPTY}, error);
    }
    enum error_code code = store_write(request->store, write_upload, bringing, &failure);
    if (code != OK && strcmp(failure.reason, "form-sent-twice") == 0) {
        http_redirect(request, response, S("/questionnaires"));
        return OK;
    }
    if (code != OK)
        return refuse(request, response, bringing, &failure, error);
    struct slice hash = slice_from_bytes(bringing->upload.hash, sizeof bringing->upload.hash);
    http_redirect(
        request, response,
        region_format(request->region, "/questionnaires/%.*s", SLICE_ARG(address_of(hash, request->region))));
    return OK;
}

/* ---- One of them -------------------------------------------------------------------------------- */

struct looking {
    struct http_request *request;
    struct view view;
    const struct instrument *instrument;
    size_t language;
    struct slice leader; /* a made-up name */
    struct template_questionnaire *page;
};

static enum error_code fill_words(const struct looking *looking, struct error *error)
{
    struct region *region = looking->request->region;
    const struct instrument *instrument = looking->instrument;
    struct template_questionnaire *page = looking->page;
    struct template_questionnaire_languages *languages =
        REGION_ARRAY(region, instrument->language_count, struct template_questionnaire_languages);
    struct template_questionnaire_options *options =
        REGION_ARRAY(region, instrument->option_count, struct template_questionnaire_options);
    if (languages == NULL || options == NULL)
        return no_memory(error);
    for (size_t i = 0; i < instrument->language_count; i++)
        languages[i] = (struct template_questionnaire_languages){.code = instrument->languages[i].code,
                                                                 .name = instrument->languages[i].name,
                                                                 .chosen = i == looking->language};
    for (size_t i = 0; i < instrument->option_count; i++)
        options[i].label = instrument->options[i].text[looking->language];
    page->frame = instrument->frame.text[looking->language];
    page->no_answer = instrument->no_answer.text[looking->language];
    page->language = instrument->languages[looking->language].code;
    page->right_to_left = instrument->languages[looking->language].right_to_left;
    page->languages = languages;
    page->languages_count = instrument->language_count;
    page->options = options;
    page->options_count = instrument->option_count;
    return OK;
}

/* In the order of the full form, which begins as every round does. */
static enum error_code fill_questions(const struct looking *looking, struct error *error)
{
    struct region *region = looking->request->region;
    const struct instrument *instrument = looking->instrument;
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    size_t count = instrument_select(instrument, true, 1, true, items);
    struct template_questionnaire_questions *rows =
        REGION_ARRAY(region, count, struct template_questionnaire_questions);
    if (rows == NULL)
        return no_memory(error);
    for (size_t i = 0; i < count; i++) {
        const struct instrument_construct *construct = &instrument->constructs[items[i]->construct];
        rows[i] = (struct template_questionnaire_questions){
            .at = (int64_t)i + 1,
            .sentence = instrument_fill(items[i]->text.text[looking->language], looking->leader, region),
            .part = instrument_fill(construct->name.text[looking->view.language], looking->leader, region),
            .anchor = items[i]->anchor > 0,
            .rotates = items[i]->rotate,
        };
        looking->page->anchors += items[i]->anchor > 0;
    }
    looking->page->questions = rows;
    looking->page->questions_count = count;
    looking->page->items = (int64_t)count;
    return OK;
}

static bool is_among(const struct instrument_construct *construct, const struct questionnaire_change *change)
{
    for (size_t i = 0; i < change->new_line_count; i++)
        if (change->new_lines[i] == construct)
            return true;
    return false;
}

static enum error_code fill_change(const struct looking *looking, struct error *error)
{
    struct http_request *request = looking->request;
    const struct instrument *now, *instrument = looking->instrument;
    struct template_questionnaire *page = looking->page;
    struct questionnaire_change change;
    struct template_questionnaire_lines *rows =
        REGION_ARRAY(request->region, instrument->construct_count, struct template_questionnaire_lines);
    if (rows == NULL)
        return no_memory(error);
    TRY(questionnaire_of_next(request->session, request->identity.org, request->region, error, &now));
    questionnaire_compare(now, instrument, &change);
    for (size_t i = 0; i < instrument->construct_count; i++)
        if (instrument->constructs[i].line)
            rows[page->lines_count++] = (struct template_questionnaire_lines){
                .name = instrument_fill(instrument->constructs[i].name.text[looking->view.language],
                                        looking->leader, request->region),
                .new = is_among(&instrument->constructs[i], &change)};
    page->lines = rows;
    page->now = now->id;
    page->now_version = now->version;
    page->same = (int64_t)change.items_same;
    page->new = (int64_t)change.items_new;
    page->ended = (int64_t)change.items_ended;
    return OK;
}

enum error_code questionnaire_get(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    struct slice hash;
    struct questionnaire file;
    struct template_questionnaire filled = {0};
    struct looking looking = {
        .request = request, .view = page_view(request, QUESTIONNAIRE_FORM), .page = &filled};
    TRY(hash_of_path(request, error, &hash));
    TRY(questionnaire_find(request->session, request->identity.org, hash, request->region, error, &file));
    TRY(questionnaire_load(request->session, request->identity.org, hash, request->region, error,
                           &looking.instrument));
    looking.language = looking.view.language;
    (void)instrument_language_find(looking.instrument, http_query(request, "questions"), &looking.language);
    looking.leader = message_text(request->region, looking.view.language, MESSAGE_QUESTIONNAIRE_SAMPLE_LEADER,
                                  NO_ARGUMENTS);
    filled = (struct template_questionnaire){
        .at = address_of(hash, request->region),
        .name = file.name,
        .version = file.version,
        .validated = looking.instrument->validated,
        .used = file.next,
        .retired = file.retired_at != 0,
        .may_use = !file.next && file.retired_at == 0,
        .may_retire = !file.next && file.retired_at == 0 && hash.length > 0,
    };
    TRY(team_count(request->session, request->identity.org, error, &filled.teams));
    TRY(fill_words(&looking, error));
    TRY(fill_questions(&looking, error));
    TRY(fill_change(&looking, error));
    struct page page = {
        .title =
            message_text(request->region, looking.view.language, MESSAGE_QUESTIONNAIRE_TITLE, NO_ARGUMENTS),
        .body = template_questionnaire_html(request->region, &looking.view, &filled),
        .place = PAGE_HOW,
    };
    return page_render(request, response, &page, error);
}

enum error_code questionnaire_file_get(struct http_request *request, struct http_response *response,
                                       struct error *error)
{
    struct slice hash, text;
    struct questionnaire file;
    TRY(hash_of_path(request, error, &hash));
    TRY(questionnaire_find(request->session, request->identity.org, hash, request->region, error, &file));
    TRY(questionnaire_file(request->session, request->identity.org, hash, request->region, error, &text));
    response->content_type = "text/plain; charset=utf-8";
    buffer_append(&response->body, text);
    return OK;
}

/* ---- To use, and retired ------------------------------------------------------------------------ */

struct choosing {
    const struct http_request *request;
    struct slice hash;
    bool retire;
    uint8_t once[16];
};

static enum error_code write_choice(struct store_session *session, void *context, struct error *error)
{
    const struct choosing *choosing = context;
    const struct http_identity *identity = &choosing->request->identity;
    int64_t now = clock_seconds(choosing->request->clock);
    TRY(form_spend(session, identity->org, choosing->once, now, error));
    return choosing->retire
               ? questionnaire_retire(session, identity->org, identity->person, choosing->hash, now, error)
               : questionnaire_use(session, identity->org, identity->person, choosing->hash, now, error);
}

static enum error_code choose(struct http_request *request, struct http_response *response, bool retire,
                              struct error *error)
{
    struct choosing choosing = {.request = request, .retire = retire};
    struct error failure = {0};
    TRY(http_once_check(request, QUESTIONNAIRE_FORM, error, choosing.once));
    TRY(hash_of_path(request, error, &choosing.hash));
    enum error_code code = store_write(request->store, write_choice, &choosing, &failure);
    if (code != OK && strcmp(failure.reason, "form-sent-twice") != 0) {
        *error = failure;
        return code;
    }
    http_redirect(request, response,
                  retire ? S("/questionnaires?done=retired") : S("/questionnaires?done=used"));
    return OK;
}

enum error_code questionnaire_use_post(struct http_request *request, struct http_response *response,
                                       struct error *error)
{
    return choose(request, response, false, error);
}

enum error_code questionnaire_retire_post(struct http_request *request, struct http_response *response,
                                          struct error *error)
{
    return choose(request, response, true, error);
}

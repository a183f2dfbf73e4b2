#include "mail/letter.h"

#include "templates.h"

enum { LETTER_BYTES = 64 << 10 };

void letter_add(struct letter *letter, struct slice paragraph)
{
    if (letter->paragraph_count < LETTER_PARAGRAPHS_MAXIMUM)
        letter->paragraphs[letter->paragraph_count++] = paragraph;
}

void letter_add_after(struct letter *letter, struct slice paragraph)
{
    if (letter->after_count < LETTER_PARAGRAPHS_MAXIMUM)
        letter->after[letter->after_count++] = paragraph;
}

static void write_paragraph(struct buffer *out, struct slice text)
{
    if (text.length == 0)
        return;
    buffer_append(out, text);
    buffer_append_text(out, "\r\n\r\n");
}

static void write_text(struct buffer *out, const struct letter *letter)
{
    write_paragraph(out, letter->greeting);
    for (size_t i = 0; i < letter->paragraph_count; i++)
        write_paragraph(out, letter->paragraphs[i]);
    if (letter->link.length > 0) {
        buffer_format(out, "%.*s:\r\n", SLICE_ARG(letter->link_text));
        write_paragraph(out, letter->link);
    }
    for (size_t i = 0; i < letter->after_count; i++)
        write_paragraph(out, letter->after[i]);
    buffer_append_text(out, "-- \r\n"); /* programs show what follows as a signature */
    buffer_format(out, "%.*s\r\n%.*s\r\n", SLICE_ARG(letter->organisation), SLICE_ARG(letter->why));
    if (letter->stop.length > 0)
        buffer_format(out, "%.*s: %.*s\r\n", SLICE_ARG(letter->stop_text), SLICE_ARG(letter->stop));
}

enum error_code letter_write(const struct letter *letter, struct region *region, struct error *error,
                             struct slice *ret_text, struct slice *ret_html)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(LETTER_BYTES);
    struct template_mail_letter_paragraphs paragraphs[LETTER_PARAGRAPHS_MAXIMUM];
    struct template_mail_letter_after after[LETTER_PARAGRAPHS_MAXIMUM];
    for (size_t i = 0; i < letter->paragraph_count; i++)
        paragraphs[i].text = letter->paragraphs[i];
    for (size_t i = 0; i < letter->after_count; i++)
        after[i].text = letter->after[i];
    const struct template_mail_letter filled = {
        .subject = letter->subject,
        .organisation = letter->organisation,
        .greeting = letter->greeting,
        .paragraphs = paragraphs,
        .paragraphs_count = letter->paragraph_count,
        .link = letter->link,
        .link_text = letter->link_text,
        .after = after,
        .after_count = letter->after_count,
        .why = letter->why,
        .stop = letter->stop,
        .stop_text = letter->stop_text,
    };
    const struct view view = {.language = letter->language};
    write_text(&text, letter);
    *ret_html = template_mail_letter_html(region, &view, &filled).bytes;
    *ret_text = region_copy(region, buffer_slice(&text));
    if (text.failed || region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory for a mail");
    return OK;
}

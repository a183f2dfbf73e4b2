/* A QR code, by libqrencode. */
#include "view/svg.h"

#include <qrencode.h>

enum { QUIET = 4 }; /* modules around it (ISO/IEC 18004) */

/* Dark modules of one row, run by run. */
static void draw_row(struct buffer *out, const unsigned char *row, int width, int y)
{
    for (int x = 0; x < width; x++) {
        int from = x;
        while (x < width && (row[x] & 1) != 0)
            x++;
        if (x > from)
            buffer_format(out, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from, x - from);
    }
}

struct html picture_qr(struct region *region, const char *id, struct slice title, struct slice text)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(SVG_MAXIMUM);
    QRcode *code = QRcode_encodeData((int)text.length, (const unsigned char *)text.data, 0, QR_ECLEVEL_M);
    if (code == NULL)
        return (struct html){0};
    int side = code->width + 2 * QUIET;
    svg_begin(&out, id, "", "qr", side, side, title, (struct slice){0});
    buffer_format(&out, "<rect class=\"qr-ground\" width=\"%d\" height=\"%d\"/><path d=\"", side, side);
    for (int y = 0; y < code->width; y++)
        draw_row(&out, code->data + (ptrdiff_t)y * code->width, code->width, y);
    buffer_append_text(&out, "\"/></svg>");
    QRcode_free(code);
    return template_html(region, &out);
}

static bool is_dark(const QRcode *code, int x, int y)
{
    bool inside = x >= 0 && y >= 0 && x < code->width && y < code->width;
    return inside && (code->data[(ptrdiff_t)y * code->width + x] & 1) != 0;
}

void picture_qr_terminal(struct buffer *out, struct slice text)
{
    static const char *const HALVES[2][2] = {{" ", "\u2584"}, {"\u2580", "\u2588"}};
    QRcode *code = QRcode_encodeData((int)text.length, (const unsigned char *)text.data, 0, QR_ECLEVEL_M);
    if (code == NULL)
        return;
    for (int y = -QUIET; y < code->width + QUIET; y += 2) {
        buffer_append_text(out, "\033[30;107m");
        for (int x = -QUIET; x < code->width + QUIET; x++)
            buffer_append_text(out, HALVES[is_dark(code, x, y)][is_dark(code, x, y + 1)]);
        buffer_append_text(out, "\033[0m\n");
    }
    QRcode_free(code);
}

#include "privacy/receipt.h"

#include "privacy/lines.h"

enum { VERSION_MAXIMUM = 1000000 };

bool receipt_read(struct slice text, struct receipt *ret_receipt)
{
    struct receipt receipt = {0};
    struct slice rest = text;
    if (!lines_take_exactly(&rest, S("hecht-receipt-v1")) || !lines_take_hash(&rest, S("rid"), receipt.rid) ||
        !lines_take_hash(&rest, S("answer"), receipt.answer) ||
        !lines_take_integer(&rest, S("version"), &receipt.version) || receipt.version < 1 ||
        receipt.version > VERSION_MAXIMUM)
        return false;
    while (receipt.cell_count < PROTOCOL_ITEMS_MAXIMUM &&
           lines_take_hash(&rest, S("cell"), &receipt.cells[receipt.cell_count]))
        receipt.cell_count++;
    if (rest.length > 0 || receipt.cell_count == 0)
        return false;
    *ret_receipt = receipt;
    return true;
}

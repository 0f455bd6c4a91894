"""Makes tables of rows, and bytes of texts that a stranger's program has named."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

#: Half of a surrogate pair: in the name of a file that is no UTF-8, or of whatever a program named by it.
_HALF = re.compile("[\ud800-\udfff]")


def utf8(text: str) -> bytes:
    """Return a text in UTF-8, with U+FFFD for each half of a surrogate pair, which no encoding takes."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return _HALF.sub("\ufffd", text).encode("utf-8")


def table(rows: Sequence[dict[str, Any]], columns: pa.Schema) -> pa.Table:
    """Return rows as a table; what a row does not have is null.

    By way of JSON, because pyarrow imports pandas to make an array of a list: 0.16 to 0.3 s; `pyarrow.json` takes 2 ms.
    Raises pyarrow.ArrowInvalid for a value that is not of its column's type, and for a column that there is not.
    """
    import pyarrow as pa
    import pyarrow.json

    if not rows:
        return pa.Table.from_batches([], columns)
    data = utf8("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return pyarrow.json.read_json(
        io.BytesIO(data),
        # In one block: a row may be longer than those of the default, a megabyte.
        pyarrow.json.ReadOptions(block_size=len(data) + 1),
        pyarrow.json.ParseOptions(explicit_schema=columns, unexpected_field_behavior="error"),
    )

"""The child process of `older`: bytes on standard input, JSON on standard output.

It runs by its path, isolated, so it imports nothing of the product.
"""

from __future__ import annotations

import datetime
import io
import json
import sys
from typing import Any

_MEMORY = 1_500 * 1024 * 1024


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # not a POSIX system: the time limit remains
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "") if value.strip() else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, (datetime.datetime, datetime.date)):
        return {"on": value.isoformat()}
    return value if value is None or isinstance(value, (int, bool)) else str(value)


def _read(content: bytes, *, max_rows: int, max_columns: int, max_cells: int) -> dict[str, Any]:
    import python_calamine

    sheets = []
    try:
        with python_calamine.load_workbook(io.BytesIO(content)) as workbook:
            for index, metadata in enumerate(workbook.sheets_metadata):
                if metadata.typ != python_calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = workbook.get_sheet_by_index(index)
                row, column = (place + 1 for place in sheet.end or (-1, -1))
                if row > max_rows or column > max_columns or row * column > max_cells:
                    return {"error": "too_much"}
                first_row, first_column = sheet.start or (0, 0)
                indent = [None] * first_column
                rows = []
                for number, raw in enumerate(sheet.to_python(skip_empty_area=True), start=first_row + 1):
                    cells = indent + [_plain(value) for value in raw]
                    if any(cell is not None for cell in cells):
                        rows.append([number, cells])
                hidden = metadata.visible != python_calamine.SheetVisibleEnum.Visible
                merged = sheet.merged_cell_ranges or []
                sheets.append({"name": metadata.name, "rows": rows, "merged": merged, "hidden": hidden})
    except python_calamine.PasswordError:
        return {"error": "password"}
    except (python_calamine.CalamineError, ValueError):
        return {"error": "broken"}
    except BaseException as error:
        # The parser's panics arrive as their own kind of BaseException; an exit must stay one.
        if isinstance(error, (SystemExit, KeyboardInterrupt, MemoryError)):
            raise
        return {"error": "broken"}
    return {"sheets": sheets}


def main() -> None:
    """Read standard input within the limits given as the one argument."""
    max_rows, max_columns, max_cells = map(int, sys.argv[1].split(","))
    content = sys.stdin.buffer.read()
    _bound_memory()
    answer = _read(content, max_rows=max_rows, max_columns=max_columns, max_cells=max_cells)
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))


if __name__ == "__main__":
    main()

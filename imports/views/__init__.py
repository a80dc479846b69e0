"""Bringing a workbook in, step by step; nothing is written before the last."""

from imports.views.aliases import import_alias_revoke, import_aliases
from imports.views.deciding import (
    import_accept,
    import_aside,
    import_cancel,
    import_choose,
    import_commit,
    import_create_units,
    import_forget,
    import_keep,
    import_swap,
    import_undo,
)
from imports.views.files import (
    import_batch,
    import_list,
    import_original,
    import_progress,
    import_upload,
)
from imports.views.mapping import import_layout_edit, import_layouts, import_mapping
from imports.views.results import import_problems, import_result
from imports.views.steps import import_check, import_match, import_preview, import_recognise

__all__ = [
    "import_accept",
    "import_alias_revoke",
    "import_aliases",
    "import_aside",
    "import_batch",
    "import_cancel",
    "import_check",
    "import_choose",
    "import_commit",
    "import_create_units",
    "import_forget",
    "import_keep",
    "import_layout_edit",
    "import_layouts",
    "import_list",
    "import_mapping",
    "import_match",
    "import_original",
    "import_preview",
    "import_problems",
    "import_progress",
    "import_recognise",
    "import_result",
    "import_swap",
    "import_undo",
    "import_upload",
]

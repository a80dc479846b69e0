"""Writing the tree: units with their versions, the closure derived from them, aliases, grants."""

from units.services.aliases import load_aliases, revoke_alias, settle_alias
from units.services.errors import (
    AliasFileWrong,
    AliasRevoked,
    AliasTaken,
    GrantRefused,
    ParentMissing,
    UnitError,
    VersionsOverlap,
)
from units.services.people import add_person
from units.services.tree import (
    UnitDraft,
    abolish_unit,
    add_units,
    add_version,
    change_unit,
    full_name_of,
    grant_role,
    rebuild_paths,
)

__all__ = [
    "AliasFileWrong",
    "AliasRevoked",
    "AliasTaken",
    "GrantRefused",
    "ParentMissing",
    "UnitDraft",
    "UnitError",
    "VersionsOverlap",
    "abolish_unit",
    "add_person",
    "add_units",
    "add_version",
    "change_unit",
    "full_name_of",
    "grant_role",
    "load_aliases",
    "rebuild_paths",
    "revoke_alias",
    "settle_alias",
]

"""Writing the tree: units with their versions, the closure derived from them, aliases, grants."""

from units.services.aliases import load_aliases, revoke_alias, settle_alias
from units.services.errors import (
    AliasFileWrong,
    AliasRevoked,
    AliasTaken,
    DayRefused,
    GrantRefused,
    GrantStands,
    ParentMissing,
    PersonOutOfReach,
    UnitError,
    VersionsOverlap,
)
from units.services.people import add_person, end_role, give_role, reset_password, set_active
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
    "DayRefused",
    "GrantRefused",
    "GrantStands",
    "ParentMissing",
    "PersonOutOfReach",
    "UnitDraft",
    "UnitError",
    "VersionsOverlap",
    "abolish_unit",
    "add_person",
    "add_units",
    "add_version",
    "change_unit",
    "end_role",
    "full_name_of",
    "give_role",
    "grant_role",
    "load_aliases",
    "rebuild_paths",
    "reset_password",
    "revoke_alias",
    "set_active",
    "settle_alias",
]

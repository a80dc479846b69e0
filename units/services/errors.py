"""Refusals in changing the tree and its names; the messages are Vietnamese."""

from __future__ import annotations


class UnitError(ValueError):
    """A change of the tree that cannot be; the message is Vietnamese."""


class VersionsOverlap(UnitError):
    """Two versions of one unit would hold on one day."""


class ParentMissing(UnitError):
    """The parent does not stand in the tree when the child would begin."""


class AliasTaken(UnitError):
    """The name already means another unit there; a person must revoke that first."""


class AliasFileWrong(UnitError):
    """A row of the file of aliases names a unit that is not there; the message gives the line."""


class AliasRevoked(UnitError):
    """The name was revoked already."""


class ReformRefused(UnitError):
    """What the office asks of the tree cannot be; the field is the form's, "" for none."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class GrantRefused(UnitError):
    """A role is not the person's to give or take; the field is the form's."""

    field = "role"


class GrantStands(UnitError):
    """The person has that role there already, on that day or later."""

    field = "valid_from"


class DayRefused(UnitError):
    """A role cannot end on that day."""

    field = "valid_to"


class PersonOutOfReach(UnitError):
    """The account is not the asker's to change: the own, or one with a role that is not his to give."""

    field = ""

"""Reading the people who act for units: their roles as of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from accounts.models import AccountEvent, User
from dvctt.lib import names
from units import selectors
from units.models import Grant, Role, UnitVersion
from units.selectors import NameAt


@dataclass(frozen=True, slots=True)
class GrantLine:
    """One role of a person, with the unit's name of the day."""

    grant: Grant
    unit_name: str
    is_over: bool

    @property
    def role_label(self) -> str:
        return Role(self.grant.role).label


@dataclass(frozen=True, slots=True)
class PersonLine:
    person: User
    grants: tuple[GrantLine, ...]


def people_named(*, people: QuerySet[User], text: str) -> list[int]:
    """Return the ids of those whose name or user name holds the words, accents aside, by name. One query.

    Folding is ours and not the database's, hence in Python; a province has some hundreds of people.
    """
    words = names.fold(text).split()
    found = []
    for pk, full_name, username in people.values_list("pk", "full_name", "username"):
        folded = names.fold(f"{full_name} {username}")
        if all(word in folded for word in words):
            found.append((_by_given_name(full_name), username, pk))
    return [pk for *_, pk in sorted(found)]


def _by_given_name(full_name: str) -> tuple[str, str]:
    """Vietnamese lists go by the last word of a name."""
    folded = names.fold(full_name)
    return (folded.rpartition(" ")[2], folded)


def person_lines(*, person_ids: Collection[int], today: date) -> list[PersonLine]:
    """Return these people in this order with all their grants, latest first. Three queries."""
    people = User.objects.in_bulk(person_ids)
    by_person = grant_lines(
        grants=Grant.objects.filter(user__in=person_ids).order_by("-valid_from", "pk"), today=today
    )
    return [PersonLine(people[pk], tuple(by_person[pk])) for pk in person_ids]


def grant_lines(*, grants: Iterable[Grant], today: date) -> dict[int, list[GrantLine]]:
    """Return the grants by person; units that left the tree go by their last name. Two queries."""
    listed = list(grants)
    called = last_names(unit_ids={one.unit_id for one in listed}, on=today)
    lines: dict[int, list[GrantLine]] = defaultdict(list)
    for one in listed:
        is_over = one.valid_to is not None and one.valid_to <= today
        lines[one.user_id].append(GrantLine(one, called.get(one.unit_id, "–"), is_over))
    return lines


def last_names(*, unit_ids: Collection[int], on: date) -> dict[int, str]:
    """Return name and place of units on the day, or what those were last called that are gone by then."""
    called = {pk: name.name_and_place for pk, name in selectors.names_on(unit_ids=unit_ids, on=on).items()}
    gone = [pk for pk in unit_ids if pk not in called]
    for version in UnitVersion.objects.filter(unit__in=gone).order_by("valid_from"):
        called[version.unit_id] = version.full_name
    return called


def units_by_place(*, unit_ids: Collection[int], on: date) -> list[NameAt]:
    """Return names of units on the day, larger ones first, then by what they stand below. One query."""
    found = selectors.names_on(unit_ids=unit_ids, on=on).values()
    return sorted(
        found,
        key=lambda one: (
            selectors.LEVEL_ORDER.get(one.level, 99),
            names.fold(one.parent_name),
            names.fold(one.full_name),
        ),
    )


def account_events(
    *, people: QuerySet[User], text: str, since: datetime | None, until: datetime | None
) -> QuerySet[AccountEvent]:
    """Return events of these people, and failed log-ins by names that are nobody's, latest first.

    With `text` only of people so named; from `since` until before `until`.
    """
    of_whom = Q(person__in=people_named(people=people, text=text)) if text else Q(person__in=people)
    if not text:
        of_whom |= Q(person__isnull=True)
    events = AccountEvent.objects.filter(of_whom).select_related("person", "by")
    if since is not None:
        events = events.filter(at__gte=since)
    if until is not None:
        events = events.filter(at__lt=until)
    return events

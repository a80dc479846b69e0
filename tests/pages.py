"""The pages of the demo, by person: the one list that the pictures, and whoever wants every page, read."""

from dataclasses import dataclass

EVERYBODY = ("vanphong", "huyen", "xa", "lanhdao")


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A page as one person sees it.

    `path` is the address after the host; `follow` names links (their text on the page) to click from there,
    for pages whose address holds a number of the database.
    """

    person: str
    name: str
    path: str
    follow: tuple[str, ...] = ()


PAGES: list[Shot] = [
    *(Shot(person=person, name="tong-quan", path="/") for person in EVERYBODY),
]

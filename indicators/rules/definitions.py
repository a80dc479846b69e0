"""What a definition of an indicator must say, and which of its versions holds for a period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol, TypeVar

from indicators.rules.entering import AS_RATE

NO_DENOMINATOR: Final = "none"
PERCENT: Final = "%"
MOST_DECIMALS: Final = 6


class DefinitionRefused(ValueError):
    """A definition that cannot be, or not from that day; the message is Vietnamese, the field the form's."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class PeriodRefused(ValueError):
    """A period that cannot be added, opened or closed; the message is Vietnamese, the field the form's."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means: change any of it and the same number says something else."""

    unit_of_measure: str
    direction: str
    numerator: str
    denominator: str
    zero_denominator: str
    entered_as: str = "counts"

    @property
    def is_rate(self) -> bool:
        return self.unit_of_measure == PERCENT


@dataclass(frozen=True, slots=True)
class Settings:
    """How figures of an indicator are called, asked for and shown: none of it changes what they mean."""

    name: str
    short_name: str
    levels: tuple[str, ...]
    min_cases: int
    decimals: int
    sources: tuple[str, ...]
    position: int


class Version(Protocol):
    """A version of an indicator, as far as its days go."""

    @property
    def version(self) -> int: ...

    @property
    def valid_from(self) -> date | None: ...


V = TypeVar("V", bound=Version)


def version_for(versions: Iterable[V], on: date) -> V | None:
    """Return the latest version that holds for periods ending on the day, None where none does yet."""
    holding = [one for one in versions if one.valid_from is None or one.valid_from <= on]
    return max(holding, key=lambda one: one.version, default=None)


def check_definition(definition: Definition) -> None:
    """Raise DefinitionRefused where it contradicts itself or leaves something out."""
    if not definition.unit_of_measure:
        raise DefinitionRefused("Hãy ghi đơn vị tính, ví dụ % hoặc hồ sơ.", field="unit_of_measure")
    if not definition.numerator:
        raise DefinitionRefused("Hãy ghi tử số: đếm cái gì.", field="numerator")
    takes_rate = definition.entered_as == AS_RATE
    if takes_rate and not definition.is_rate:
        raise DefinitionRefused(
            "Chỉ nhập thẳng tỷ lệ khi đơn vị tính là %; hãy chọn nhập tử số và mẫu số.",
            field="entered_as",
        )
    if definition.is_rate and not definition.denominator and not takes_rate:
        raise DefinitionRefused(
            "Chỉ tiêu tính bằng % phải có mẫu số; hãy ghi mẫu số, hoặc đổi đơn vị tính.", field="denominator"
        )
    if definition.denominator and definition.zero_denominator == NO_DENOMINATOR:
        raise DefinitionRefused(
            "Chỉ tiêu có mẫu số; hãy chọn cách hiểu khi mẫu số bằng 0.", field="zero_denominator"
        )
    if not definition.denominator and definition.zero_denominator != NO_DENOMINATOR:
        raise DefinitionRefused(
            "Chỉ tiêu không có mẫu số; khi mẫu số bằng 0 phải chọn “không có mẫu số”.",
            field="zero_denominator",
        )


def check_settings(settings: Settings, *, levels: Sequence[str], sources: Sequence[str]) -> None:
    """Raise DefinitionRefused for what is missing and for levels and sources that there are not."""
    for field, said, word in (
        ("name", settings.name, "tên"),
        ("short_name", settings.short_name, "tên ngắn"),
    ):
        if not said:
            raise DefinitionRefused(f"Hãy ghi {word} của chỉ tiêu.", field=field)
    if not settings.levels:
        raise DefinitionRefused("Hãy chọn ít nhất một cấp phải báo cáo.", field="levels")
    for field, chosen, known, word in (
        ("levels", settings.levels, levels, "cấp"),
        ("sources", settings.sources, sources, "nguồn chính thức"),
    ):
        unknown = [one for one in chosen if one not in known]
        if unknown:
            raise DefinitionRefused(f"Không có {word} “{unknown[0]}”; hãy chọn trong danh sách.", field=field)
    if not settings.sources or len(set(settings.sources)) < len(settings.sources):
        raise DefinitionRefused("Hãy chọn nguồn chính thức, mỗi nguồn một lần.", field="sources")
    if not 0 <= settings.decimals <= MOST_DECIMALS:
        raise DefinitionRefused(f"Số chữ số thập phân từ 0 đến {MOST_DECIMALS}.", field="decimals")
    if settings.min_cases < 0:
        raise DefinitionRefused("Số hồ sơ tối thiểu không được âm; ghi 0 nếu không cần.", field="min_cases")

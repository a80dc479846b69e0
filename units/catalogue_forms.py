"""What the office says when it changes the tree: what, from which day, why and by which document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from documents.models import Document
from dvctt.fields import DayField, ReasonField
from units.models import AreaClass, Kind, Unit, UnitVersion
from units.selectors import NameAt
from units.services import Basis, NewUnit

NEW: Final = "moi"


class ActForm(forms.Form):
    """The day, the document and the reason of any act."""

    on = DayField(
        label="Áp dụng từ ngày", help_text="Trước ngày này mọi bảng, mọi kỳ vẫn theo tên và cấp trên cũ."
    )
    document = forms.ChoiceField(
        label="Văn bản làm căn cứ",
        required=False,
        help_text="Chưa có trong danh sách thì cấp tỉnh thêm ở trang Văn bản trước.",
        error_messages={"invalid_choice": "Không có văn bản đã chọn. Hãy chọn trong danh sách."},
    )
    reason = ReasonField(kept_in="lịch sử của đơn vị")

    def __init__(self, *args: Any, documents: Sequence[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._documents = {one.code: one for one in documents}
        choices = [("", "Không có văn bản"), *((one.code, one.listed) for one in documents)]
        self.fields["document"].choices = choices  # type: ignore[attr-defined]

    def basis(self) -> Basis:
        """Return what a valid form rests on."""
        document = self._documents.get(self.cleaned_data["document"])
        return Basis(reason=self.cleaned_data["reason"], document=document)


class EndUnitForm(ActForm):
    """The first day without the unit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "Không còn từ ngày"
        self.fields["on"].help_text = "Các kỳ kết thúc trước ngày này vẫn có đơn vị."


class UnitForm(ActForm):
    """The facts of a unit."""

    kind = forms.ChoiceField(
        label="Loại",
        choices=Kind.choices,
        error_messages={"invalid_choice": "Không có loại đơn vị đã chọn. Hãy chọn trong danh sách."},
    )
    name = forms.CharField(
        label="Tên riêng",
        max_length=200,
        help_text="Không ghi loại: Hà Tu, không phải Phường Hà Tu. Với sở, ban, ngành: ghi cả tên.",
        error_messages={"required": "Hãy ghi tên đơn vị."},
    )
    parent = forms.TypedChoiceField(
        label="Cấp trên",
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "Không có cấp trên đã chọn vào hôm nay. Hãy chọn trong danh sách."},
    )
    code = forms.CharField(
        label="Mã Tổng cục Thống kê", max_length=20, required=False, help_text="Giữ số 0 ở đầu: 06658."
    )
    identifier = forms.CharField(
        label="Mã định danh điện tử", max_length=40, required=False, help_text="Ví dụ H49.22."
    )
    area_class = forms.ChoiceField(label="Khu vực", required=False)
    field_order = ("kind", "name", "parent", "code", "identifier", "area_class", "on", "document", "reason")

    def __init__(self, *args: Any, parents: Sequence[NameAt], area_class: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [  # type: ignore[attr-defined]
            ("", "Không có cấp trên"),
            *((one.unit_id, one.name_and_place) for one in parents),
        ]
        areas = [("", "Không ghi"), *((value, label.capitalize()) for value, label in AreaClass.choices)]
        if area_class not in ("", *AreaClass.values):
            areas.append((area_class, area_class))
        self.fields["area_class"].choices = areas  # type: ignore[attr-defined]

    def _require_parent(self) -> None:
        self.fields["parent"].required = True
        self.fields["parent"].error_messages["required"] = "Hãy chọn cấp trên."
        # Anew and whole: the widget keeps a list of its own.
        units = self.fields["parent"].choices[1:]  # type: ignore[attr-defined]
        self.fields["parent"].choices = [("", "Chọn cấp trên"), *units]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return the facts that a valid form says, as units.services.reform.FACTS names them."""
        data = self.cleaned_data
        parent = None if data["parent"] is None else Unit(pk=data["parent"])
        return {
            "kind": data["kind"],
            "name": data["name"],
            "parent": parent,
            "code": data["code"],
            "identifier": data["identifier"],
            "area_class": data["area_class"],
        }


class EditUnitForm(UnitForm):
    """Changes to a unit as somebody saw it: only what differs from the version `seen` is changed.

    Only what stands below nothing already may stay so: a district that its own office made a province would
    give that office the rights of one.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_root: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_root:
            self._require_parent()

    def changes(self, seen: UnitVersion) -> dict[str, Any]:
        """Return the facts of a valid form that differ from what was seen."""
        return {name: value for name, value in self.said().items() if value != getattr(seen, name)}


class AddUnitForm(UnitForm):
    """A unit that is not there yet; provinces come with the catalogue and not by this form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._require_parent()
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            one for one in Kind.choices if one[0] not in (Kind.TINH, Kind.THANH_PHO_TW)
        ]

    def new(self) -> NewUnit:
        """Return the unit of a valid form."""
        return NewUnit(**self.said())


class MergeForm(ActForm):
    """Several units become one: a standing one of them, or a new one."""

    olds = forms.TypedMultipleChoiceField(
        label="Các đơn vị được sáp nhập",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Hãy chọn các đơn vị được sáp nhập.",
            "invalid_choice": "Có đơn vị không nằm trong danh sách. Hãy tải lại trang rồi chọn lại.",
        },
    )
    into = forms.ChoiceField(
        label="Thành đơn vị",
        help_text="Chọn một đơn vị đang có, hoặc lập đơn vị mới và ghi tên ở dưới.",
        error_messages={
            "required": "Hãy chọn đơn vị sau sáp nhập.",
            "invalid_choice": "Không có đơn vị đã chọn. Hãy chọn trong danh sách.",
        },
    )
    kind = forms.ChoiceField(label="Loại của đơn vị mới", choices=Kind.choices, required=False)
    name = forms.CharField(
        label="Tên riêng của đơn vị mới",
        max_length=200,
        required=False,
        help_text="Cần ghi khi lập đơn vị mới; không ghi loại.",
    )
    parent = forms.TypedChoiceField(
        label="Cấp trên của đơn vị mới", coerce=int, empty_value=None, required=False
    )
    code = forms.CharField(label="Mã Tổng cục Thống kê của đơn vị mới", max_length=20, required=False)
    field_order = ("olds", "into", "kind", "name", "parent", "code", "on", "document", "reason")

    def __init__(self, *args: Any, units: Sequence[NameAt], parents: Sequence[NameAt], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(str(one.unit_id), one.name_and_place) for one in units]
        self.fields["olds"].choices = listed  # type: ignore[attr-defined]
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            ("", "Chọn đơn vị"),
            (NEW, "Lập đơn vị mới"),
            *listed,
        ]
        self.fields["parent"].choices = [  # type: ignore[attr-defined]
            ("", "Chọn cấp trên"),
            *((one.unit_id, one.name_and_place) for one in parents),
        ]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("into") == NEW:
            if not data.get("name"):
                self.add_error("name", "Hãy ghi tên của đơn vị mới.")
            if data.get("parent") is None and "parent" not in self.errors:
                self.add_error("parent", "Hãy chọn cấp trên của đơn vị mới.")
        return data

    def into_what(self) -> Unit | NewUnit:
        """Return what a valid form merges into."""
        data = self.cleaned_data
        if data["into"] != NEW:
            return Unit(pk=int(data["into"]))
        return NewUnit(
            parent=Unit(pk=data["parent"]),
            kind=data["kind"],
            name=data["name"],
            code=data["code"],
        )


def initial_of(version: UnitVersion) -> dict[str, Any]:
    """Return what a form shows of a version."""
    return {
        "kind": version.kind,
        "name": version.name,
        "parent": version.parent_id,
        "code": version.code,
        "identifier": version.identifier,
        "area_class": version.area_class,
        "seen": version.pk,
    }

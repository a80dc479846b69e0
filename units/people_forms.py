"""What is asked of whoever looks after people and their roles."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django import forms

from dvctt.fields import DayField, ReasonField
from units.models import Role
from units.selectors import NameAt


class GrantForm(forms.Form):
    """A role on a unit from a day; only units and roles that whoever asks may give."""

    unit = forms.TypedChoiceField(
        label="Đơn vị",
        coerce=int,
        error_messages={
            "required": "Hãy chọn đơn vị.",
            "invalid_choice": "Không có đơn vị đã chọn. Hãy chọn trong danh sách.",
        },
    )
    role = forms.TypedChoiceField(
        label="Vai trò",
        coerce=Role,
        error_messages={
            "required": "Hãy chọn vai trò.",
            "invalid_choice": "Bạn không giao được vai trò này. Hãy chọn trong danh sách.",
        },
    )
    valid_from = DayField(label="Từ ngày")

    def __init__(
        self, *args: object, units: Sequence[NameAt], roles: Collection[Role], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            ("", "Chọn đơn vị"),
            *((one.unit_id, one.name_and_place) for one in units),
        ]
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            ("", "Chọn vai trò"),
            *((role.value, role.label) for role in Role if role in roles),
        ]


class PersonForm(GrantForm):
    """A new person with the first role."""

    username = forms.RegexField(
        label="Tên đăng nhập",
        regex=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        min_length=3,
        max_length=60,
        help_text="Chữ không dấu, chữ số, dấu chấm, gạch nối; ví dụ nguyenvanan.hatu. Không đổi được về sau.",
        error_messages={
            "required": "Hãy ghi tên đăng nhập.",
            "invalid": "Tên đăng nhập chỉ gồm chữ không dấu, chữ số, dấu . - _ và bắt đầu bằng chữ hoặc số.",
            "min_length": "Tên đăng nhập cần ít nhất 3 ký tự.",
            "max_length": "Tên đăng nhập dài nhất 60 ký tự.",
        },
    )
    full_name = forms.CharField(
        label="Họ và tên", max_length=150, error_messages={"required": "Hãy ghi họ và tên."}
    )
    position = forms.CharField(label="Chức vụ", max_length=150, required=False)
    email = forms.EmailField(
        label="Thư điện tử",
        required=False,
        error_messages={"invalid": "Địa chỉ thư không đúng. Hãy ghi dạng ten@tinh.gov.vn hoặc để trống."},
    )
    field_order = ("username", "full_name", "position", "email", "unit", "role", "valid_from")

    def clean_username(self) -> str:
        """User names are kept in small letters: nobody can say over the telephone which are large."""
        return str(self.cleaned_data["username"]).lower()


class ReasonForm(forms.Form):
    """Why something is done to an account."""

    reason = ReasonField(kept_in="nhật ký")


class EndForm(ReasonForm):
    """The first day without the role."""

    valid_to = DayField(label="Không còn vai trò từ ngày")
    field_order = ("valid_to", "reason")


class MoreRoleForm(GrantForm, ReasonForm):
    """One more role of a known person."""

    field_order = ("unit", "role", "valid_from", "reason")


class AuditFilterForm(forms.Form):
    """What the address of the history of accounts says: whose, of which day."""

    tim = forms.CharField(
        label="Người",
        required=False,
        max_length=100,
        error_messages={"max_length": "Tên cần tìm dài quá 100 ký tự."},
    )
    ngay = DayField(
        label="Ngày",
        required=False,
        error_messages={"invalid": "Ngày không đọc được nên đang xem mọi ngày. Hãy ghi dạng 30/06/2023."},
    )

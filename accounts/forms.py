from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm


class LogInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "Tên đăng nhập hoặc mật khẩu không đúng. Mật khẩu phân biệt chữ hoa và chữ thường.",
        "inactive": "Tài khoản này đã bị khoá. Liên hệ người quản trị.",
    }


class OwnPasswordForm(PasswordChangeForm):
    """A new password of one's own; the old one is asked for, since the computer may be shared."""

    error_messages = {
        "password_incorrect": "Mật khẩu đang dùng không đúng. Hãy nhập lại.",
        "password_mismatch": "Hai lần nhập mật khẩu mới không giống nhau. Hãy nhập lại cả hai.",
    }
    field_labels = {
        "old_password": "Mật khẩu đang dùng",
        "new_password1": "Mật khẩu mới",
        "new_password2": "Nhập lại mật khẩu mới",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, label in self.field_labels.items():
            self.fields[name].label = label
            self.fields[name].help_text = ""  # the page lists the rules once

    def clean_new_password1(self) -> str:
        """A first password that somebody else has seen is no longer one when it is typed again."""
        password = str(self.cleaned_data["new_password1"])
        if self.user.check_password(password):
            raise forms.ValidationError("Mật khẩu mới phải khác mật khẩu đang dùng.")
        return password

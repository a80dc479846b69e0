from django.contrib.auth.forms import AuthenticationForm


class LogInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "Tên đăng nhập hoặc mật khẩu không đúng. Mật khẩu phân biệt chữ hoa và chữ thường.",
        "inactive": "Tài khoản này đã bị khoá. Liên hệ người quản trị.",
    }

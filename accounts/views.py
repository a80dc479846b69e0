"""A person's own account: logging in, the password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import password_validation, update_session_auth_hash, views
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import context, services
from accounts.forms import LogInForm, OwnPasswordForm


class LogIn(views.LoginView):
    """Logging in; what came of it goes into the history of accounts."""

    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        services.record_log_in(person=form.get_user(), at=timezone.now())
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        username = form.cleaned_data.get("username", "")
        # While the name is closed nothing more is written, else anybody could fill the history.
        if (
            username
            and form.cleaned_data.get("password")
            and not getattr(self.request, "axes_locked_out", False)
        ):
            services.record_failed_log_in(username=username, at=timezone.now())
        return super().form_invalid(form)


class PasswordChange(views.PasswordChangeView):
    """Everybody's own; this session goes on, all others of the person end."""

    form_class = OwnPasswordForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("home")
    extra_context = {"menu": ""}

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        rules = password_validation.password_validators_help_texts()
        return super().get_context_data(**kwargs) | {"rules": rules}

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        services.change_password(
            person=form.user, password=form.cleaned_data["new_password1"], at=timezone.now()
        )
        # Each session holds a mark of the password it began with: those of other browsers no longer fit.
        update_session_auth_hash(self.request, form.user)
        messages.success(self.request, "Đã đổi mật khẩu. Các phiên đăng nhập khác của bạn đã kết thúc.")
        return HttpResponseRedirect(self.get_success_url())


@require_POST
@never_cache
def session_stay(request: HttpRequest) -> HttpResponse:
    """Somebody is still there: that it was asked moves the session's end (IdleMiddleware)."""
    return JsonResponse({"seconds": context.session_seconds()})

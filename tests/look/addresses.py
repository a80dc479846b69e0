"""The addresses that base.html and the messages link to; the look is tested without the apps behind it."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


NAMES = ["home", "league", "submissions", "plans", "unit_tree", "import_list", "login", "logout"]
NAMES += ["password_change", "session_stay", "help_log_in", "public"]
urlpatterns = [path(f"{name}/", nothing, name=name) for name in NAMES]

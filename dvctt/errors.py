"""Answers to requests that Django refuses before a view sees them."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template import loader


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a form was too large where that is the reason, else only that the request was not understood.

    The page is rendered without the request: what made it bad may break the context as well.
    """
    too_big = isinstance(exception, RequestDataTooBig)
    return HttpResponse(
        loader.render_to_string("413.html" if too_big else "400.html"), status=413 if too_big else 400
    )

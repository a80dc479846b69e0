"""Trợ giúp: a page for each task, found by role, by words or from the screen that one stands before."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from reports.help_topics import BY_SLUG, BY_URL_NAME, TOPICS, Topic, find_topics, topics_for
from reports.selectors import homes

LOG_IN: Final = "khong-dang-nhap-duoc"
LONGEST_SEARCH: Final = 80
_MARKUP: Final = re.compile(r"{%.*?%}|{{.*?}}|<[^>]*>", re.DOTALL)


@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    """All pages of help, the person's own work first; with words, those that hold them."""
    assert isinstance(request.user, User)  # noqa: S101  LoginRequiredMiddleware stands before this view
    text = request.GET.get("tim", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    acting = homes.acting_as(user=request.user, today=timezone.localdate())
    own, others = topics_for(homes.roles_of(acting))
    return render(
        request,
        "help/index.html",
        {
            "menu": "help",
            "text": text,
            "found": find_topics(text, words=_words_of_pages()) if text else [],
            "own": own,
            "others": others,
        },
    )


@require_safe
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of help, with links to those of its screens that the person may open."""
    if slug not in BY_SLUG:
        raise Http404("Không có trang trợ giúp này.")
    topic = BY_SLUG[slug]
    user = request.user
    screens = [
        (reverse(screen.url_name), screen.label)
        for screen in topic.screens
        if user.is_authenticated and (not screen.permission or user.has_perm(screen.permission))
    ]
    return render(request, topic.template, {"menu": "help", "topic": topic, "screens": screens})


@login_not_required
@require_safe
def help_log_in(request: HttpRequest) -> HttpResponse:
    """What to do when one cannot log in: the one page of help that is open to strangers."""
    return help_page(request, LOG_IN)


def help_link(request: HttpRequest) -> dict[str, str]:
    """Context processor: the address of the help for the page asked for, else of all help. No query."""
    match = getattr(request, "resolver_match", None)
    topic = BY_URL_NAME.get(match.url_name or "") if match else None
    return {"help_url": reverse("help") if topic is None else address_of(topic)}


def address_of(topic: Topic) -> str:
    return reverse("help_log_in") if topic.is_open else reverse("help_page", args=[topic.slug])


@cache
def _words_of_pages() -> dict[str, str]:
    """Return the text of every page by its slug; the pages change only with the program."""
    return {topic.slug: words_of(topic) for topic in TOPICS}


def words_of(topic: Topic) -> str:
    """Return what the page's own template says, without marks."""
    source: str = get_template(topic.template).template.source  # type: ignore[attr-defined]
    return _MARKUP.sub(" ", source.partition("{% block steps %}")[2])

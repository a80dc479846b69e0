"""Công bố: the office looks at a table as the public will see it, makes it public, and takes it back."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from dvctt.fields import add_refusal
from reports import filters, publishing_wording, services, wording
from reports.frozen_league import FrozenLeague, cited, definition_in, freeze
from reports.models import Publication
from reports.publishing_forms import PublishForm, WithdrawForm
from reports.rules import PublicationRefused
from reports.selectors import publications
from reports.selectors.league import League
from reports.tables import LeagueTable
from units.models import Unit
from units.permissions import PUBLISHING

ASKED: Final = ("chi-tieu", "ky", "cap", "trong")
"""What of a league page's address says which table it is; the rest only narrows or orders it."""
CHANGES_SHOWN: Final = 20
SHARED_SHOWN: Final = 10


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def league_publish(request: HttpRequest) -> HttpResponse:
    """The table as it would be made public, what changed since the last time, and the button that does it."""
    choice = filters.read_league_choice(
        data={name: request.GET[name] for name in ASKED if name in request.GET}, home=None
    )
    user = _publisher(request, choice.within)
    assert choice.within is not None  # noqa: S101  nobody publishes in no area
    if choice.problems or choice.indicator is None or choice.period is None:
        raise Http404(" ".join(choice.problems) or "Chưa có số liệu để công bố.")
    league = publications.league_to_publish(
        indicator=choice.indicator, period=choice.period, level=choice.level, within=choice.within
    )
    table = freeze(league, defined_in=cited(league))
    history = list(
        publications.revisions(
            code=league.indicator.code, period=league.period, level=league.level, within=choice.within
        )
    )
    last = history[0] if history else None
    seen = {"seen": table.digest, "seen_steps": publications.steps_of(history)}
    posted = request.POST.copy() if request.method == "POST" else None
    form = PublishForm(posted, initial=seen, is_correction=last is not None)
    if posted is not None and form.is_valid():
        said = form.cleaned_data
        try:
            made = services.publish_league(
                table=table,
                period=league.period,
                level=league.level,
                within=choice.within,
                document=said["document"],
                reason=said.get("reason", ""),
                by=user,
                at=timezone.now(),
                seen=said["seen"],
                seen_steps=said["seen_steps"] or 0,
            )
        except PublicationRefused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, f"Đã công bố lần {made.revision}. Ai cũng xem được bảng này.")
            return redirect("public_league", pk=made.pk)
    if posted is not None:
        # What the person looks at now is what the button answers to next.
        for name, value in seen.items():
            posted[name] = str(value)
    withdrawal = None if last is None else publications.withdrawal_of(last)
    public_now = None if last is None or withdrawal is not None else publications.frozen(last)
    return render(
        request,
        "reports/league_publish.html",
        {
            "menu": "league",
            "words": wording.words_of(league),
            "answer": publishing_wording.preview_answer(league, last, withdrawal),
            "warnings": publishing_wording.warnings(league),
            "form": form,
            "league": league,
            "table": _preview(league),
            "back": f"{reverse('league')}?{choice.query()}",
            "history": [(one, publications.withdrawal_of(one)) for one in history],
            "last": last,
            "changes": _changes(public_now, table),
            "also_changed": [] if public_now is None else publishing_wording.also_changed(public_now, table),
            "is_same": public_now is not None and public_now.digest == table.digest,
            "changes_shown": f":{CHANGES_SHOWN}",
        },
    )


def _preview(league: League) -> LeagueTable:
    return LeagueTable(league, unit_url=reverse("unit", args=[0]).removesuffix("0/"), is_whole=True)


def _changes(before: FrozenLeague | None, after: FrozenLeague) -> list[publishing_wording.ChangeLine]:
    """Return the differences from what is public now, none where nothing is."""
    if before is None:
        return []
    return publishing_wording.change_lines(
        publications.changes(before=before, after=after), definition_in(after.content)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def publication_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a publication back, with a reason that stays on its public page."""
    publication = get_object_or_404(Publication.objects.select_related("within", "period"), pk=pk)
    user = _publisher(request, publication.within)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_publication(
                publication=publication, reason=form.cleaned_data["reason"], by=user, at=timezone.now()
            )
        except PublicationRefused as refusal:
            add_refusal(form, refusal)
        else:
            last = publications.standing().filter(pk__in=publications.revisions_of(publication).values("pk"))
            messages.success(request, publishing_wording.withdrawn_text(publication, last.first()))
            return redirect("public_league", pk=pk)
    return render(
        request,
        "reports/publication_withdraw.html",
        {
            "menu": "league",
            "publication": publication,
            "form": form,
            "shared_with": publications.shared_with(publication)[:SHARED_SHOWN],
        },
    )


def _publisher(request: HttpRequest, within: Unit | None) -> User:
    """Return the person, if the office of the area. Raises PermissionDenied."""
    user = request.user
    if within is None:
        raise PermissionDenied("Hãy chọn một tỉnh hoặc huyện ở “Trong phạm vi” rồi công bố.")
    if not isinstance(user, User) or not user.has_perm(PUBLISHING, within):
        raise PermissionDenied("Chỉ Văn phòng của địa bàn này công bố được bảng xếp hạng.")
    return user

"""The page that follows a plan: its progress."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from targets import progress_wording as wording
from targets import selectors
from targets.progress_filters import HELPED, TO_HELP, progress_page


@require_safe
def progress(request: HttpRequest, code: str) -> HttpResponse:
    """Actual against target for the units, period and indicator of the address."""
    try:
        page = progress_page(code=code, user=request.user, today=timezone.localdate(), data=request.GET)
    except selectors.PlanUnknown as error:
        raise Http404(str(error)) from error
    found, choice = page.progress, page.choice
    return render(
        request,
        "targets/progress.html",
        {
            "menu": "plans",
            "plan": page.plan,
            "owner": page.owner,
            "page": page,
            "choice": choice,
            "progress": found,
            "answer": wording.answer(found),
            "source_parts": wording.source_parts(found),
            "sums": [
                (one, wording.total_text(one), wording.figure_text(one.aim, one.indicator))
                for one in found.of_indicators
            ],
            "several_indicators": choice.indicator is None,
            "has_stretch": any(row.target.stretch is not None for row in found.rows),
            "indicators": page.indicator_options(),
            "periods": page.period_options(),
            "levels": choice.units.level_options(found.rows),
            "districts": choice.units.district_options(page.names),
            "chips": page.chips(),
            "to_help": page.to_help[:HELPED],
            "all_to_help": len(page.to_help),
            "uncounted": page.uncounted[:HELPED],
            "all_uncounted": len(page.uncounted),
            "why_uncounted": "; ".join(dict.fromkeys(row.why_uncounted for row in page.uncounted)),
            "gap_heading": wording.gap_heading(choice.indicator),
            "missing_heading": wording.missing_heading(choice.indicator),
            "help_query": choice.query(muc=TO_HELP),
            "query": choice.query(),
            "previous_page": choice.page - 1,
            "next_page": choice.page + 1,
        },
    )

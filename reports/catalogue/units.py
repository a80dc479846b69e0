"""Units in the catalogue: the list, one unit with its versions, and what the office does to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents.models import Document
from dvctt.fields import read_id
from dvctt.lib.numbers import vi_date
from imports.aliases import aliases_of
from reports.catalogue.access import MENU, editor_of, unit_to_edit
from reports.catalogue.acting import Act, answer
from reports.catalogue.forms import AliasForm, ReasonForm, day_in_address
from units import catalogue_selectors, permissions, selectors, services
from units.catalogue_forms import (
    NEW,
    AddUnitForm,
    EditUnitForm,
    EndUnitForm,
    MergeForm,
    UnitForm,
    initial_of,
)
from units.forms import TreeForm
from units.models import Alias, Unit, UnitVersion
from units.permissions import EDITING
from units.rules import TreeCycle
from units.selectors import NameAt

LATEST_CHANGES = 20


@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Units on a day: those directly below one, or those of a name."""
    editor_of(request)
    today = timezone.localdate()
    form = TreeForm(request.GET)
    form.is_valid()
    on = form.cleaned_data.get("ngay") or today
    text = form.cleaned_data.get("tim") or ""
    provinces = selectors.roots(on=on)
    asked = form.cleaned_data.get("tinh")
    home = selectors.root_of_person(user=request.user, today=today, on=on)
    chosen = next((one for one in provinces if one.unit_id == (asked or home)), None)
    if chosen is None and provinces:
        chosen = provinces[0]
    found: list[NameAt] = []
    if chosen is not None:
        inside = Unit(pk=chosen.unit_id)
        if text:
            found = selectors.search_units(text=text, on=on, within=inside)
        else:
            found = catalogue_selectors.directly_below(unit=inside, on=on)
    return render(
        request,
        "catalogue/units.html",
        {
            "menu": MENU,
            "form": form,
            "on": on,
            "text": text,
            "provinces": provinces,
            "province": chosen,
            "found": found,
            "most_found": selectors.MOST_FOUND,
            "changes": catalogue_selectors.latest_changes(on=today, most=LATEST_CHANGES),
        },
    )


@require_safe
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """All versions of a unit, what it follows, its other names, its history."""
    editor_of(request)
    return _page(request, get_object_or_404(Unit, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
def unit_add(request: HttpRequest) -> HttpResponse:
    """A new unit below one that the person has."""
    user, today = editor_of(request), timezone.localdate()
    parents = _parents(request, today)
    asked = request.POST.get("parent", "") if request.method == "POST" else request.GET.get("cap-tren", "")
    if asked.isdecimal() and read_id(asked) not in {one.unit_id for one in parents}:
        raise PermissionDenied("Cấp trên này ngoài phạm vi của bạn.")
    common: dict[str, Any] = {"parents": parents, "documents": _documents()}
    if request.method != "POST":
        return _form_page(request, AddUnitForm(initial={"parent": asked, "on": today}, **common), None)
    form = AddUnitForm(request.POST, **common)
    at = timezone.now()
    added: list[Unit] = []

    def make() -> Act:
        new, on, basis = form.new(), form.cleaned_data["on"], form.basis()
        return Act(
            title=f"Thêm đơn vị {new.name}",
            done=f"Đã thêm đơn vị {new.name} từ ngày {vi_date(on)}.",
            do=lambda: added.append(services.add_unit(new=new, on=on, basis=basis, by=user, at=at)),
            goes_to=lambda: reverse("catalogue_unit", args=[added[-1].pk]),
            by=user,
            at=at,
        )

    return answer(request, form, make=make, page=lambda: _form_page(request, form, None))


@require_http_methods(["GET", "HEAD", "POST"])
def unit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A new name, kind, place or code from a day on."""
    user, found = unit_to_edit(request, pk)
    today = timezone.localdate()
    seen = _seen(request, found, today)
    common: dict[str, Any] = {
        "parents": _parents(request, today, seen),
        "area_class": seen.area_class,
        "is_root": seen.parent_id is None,
        "documents": _documents(),
    }
    if request.method != "POST":
        return _form_page(request, EditUnitForm(initial=initial_of(seen) | {"on": today}, **common), seen)
    form = EditUnitForm(request.POST, **common)
    at = timezone.now()

    def make() -> Act:
        changes, on, basis = form.changes(seen), form.cleaned_data["on"], form.basis()
        return Act(
            title=f"Thay đổi {seen.full_name} từ ngày {vi_date(on)}",
            done=f"Đã ghi thay đổi của {seen.full_name} từ ngày {vi_date(on)}.",
            do=lambda: services.edit_unit(unit=found, on=on, changes=changes, basis=basis, by=user, at=at),
            goes_to=lambda: reverse("catalogue_unit", args=[found.pk]),
            by=user,
            at=at,
        )

    return answer(request, form, make=make, page=lambda: _form_page(request, form, seen))


@require_http_methods(["GET", "HEAD", "POST"])
def unit_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The first day without the unit."""
    user, found = unit_to_edit(request, pk)
    today = timezone.localdate()
    version = _seen(request, found, today)
    form = EndUnitForm(request.POST if request.method == "POST" else None, documents=_documents())
    at = timezone.now()

    def page() -> HttpResponse:
        return render(request, "catalogue/unit_end.html", {"menu": MENU, "form": form, "version": version})

    def make() -> Act:
        on, basis = form.cleaned_data["on"], form.basis()
        return Act(
            title=f"Kết thúc {version.full_name} từ ngày {vi_date(on)}",
            done=f"{version.full_name} không còn trong cây đơn vị từ ngày {vi_date(on)}.",
            do=lambda: services.end_unit(unit=found, on=on, basis=basis, by=user, at=at),
            goes_to=lambda: reverse("catalogue_unit", args=[found.pk]),
            by=user,
            at=at,
        )

    return answer(request, form, make=make, page=page) if request.method == "POST" else page()


@require_http_methods(["GET", "HEAD", "POST"])
def unit_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Several units of one level, this one's neighbours or the whole province's, become one."""
    user, found = unit_to_edit(request, pk)
    today = timezone.localdate()
    everywhere = request.GET.get("pham-vi") == "ca-tinh"
    mine = _mine(request, today)
    listed = [
        one
        for one in catalogue_selectors.mergeable(unit=found, on=today, everywhere=everywhere)
        if one.unit_id in mine
    ]
    common: dict[str, Any] = {
        "units": listed,
        "parents": catalogue_selectors.possible_parents(unit_ids=mine, on=today),
        "documents": _documents(),
    }
    version = _seen(request, found, today)
    if request.method == "POST":
        form = MergeForm(request.POST, **common)
    else:
        start = {"olds": [found.pk], "into": NEW, "kind": version.kind, "parent": version.parent_id}
        form = MergeForm(initial=start, **common)
    at = timezone.now()
    target: list[Unit] = []

    def page() -> HttpResponse:
        context = {"menu": MENU, "form": form, "version": version, "everywhere": everywhere}
        return render(request, "catalogue/merge.html", context)

    def make() -> Act:
        said = form.cleaned_data
        olds, into, on, basis = (
            [Unit(pk=one) for one in said["olds"]],
            form.into_what(),
            said["on"],
            form.basis(),
        )
        return Act(
            title=f"Sáp nhập từ ngày {vi_date(on)}",
            done=f"Đã ghi sáp nhập từ ngày {vi_date(on)}.",
            do=lambda: target.append(
                services.merge_units(olds=olds, into=into, on=on, basis=basis, by=user, at=at)
            ),
            goes_to=lambda: reverse("catalogue_unit", args=[target[-1].pk]),
            by=user,
            at=at,
        )

    return answer(request, form, make=make, page=page) if request.method == "POST" else page()


@require_POST
def unit_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the end of a unit back."""
    user, found = unit_to_edit(request, pk)
    form = ReasonForm(request.POST, auto_id="restore_%s")
    if form.is_valid():
        basis = services.Basis(form.cleaned_data["reason"], None)
        try:
            services.restore_unit(unit=found, basis=basis, by=user, at=timezone.now())
        except (services.UnitError, TreeCycle) as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, "Đã khôi phục đơn vị; đơn vị trực thuộc đã chuyển đi thì chuyển về riêng."
            )
            return redirect("catalogue_unit", pk=found.pk)
    return _page(request, found, restore=form)


@require_POST
def alias_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Another way in which files write the unit."""
    user, found = unit_to_edit(request, pk)
    form = AliasForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.add_alias(
                unit=found,
                source=said["source"],
                name=said["name"],
                evidence=said["evidence"],
                by=user,
                today=timezone.localdate(),
            )
        except services.UnitError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"Đã ghi cách viết “{said['name']}”.")
            return redirect("catalogue_unit", pk=found.pk)
    return _page(request, found, form)


@require_POST
def alias_revoke(request: HttpRequest, pk: int, alias_id: int) -> HttpResponse:
    """Take another name back, with a reason."""
    user, found = unit_to_edit(request, pk)
    alias = get_object_or_404(Alias, pk=alias_id, unit=found)
    try:
        services.revoke_alias(alias=alias, by=user, at=timezone.now(), reason=request.POST.get("reason", ""))
    except services.UnitError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Đã thu hồi “{alias.name}”. Số liệu đã ghi theo tên này không đổi.")
    return redirect("catalogue_unit", pk=found.pk)


def _page(
    request: HttpRequest, found: Unit, alias: AliasForm | None = None, restore: ReasonForm | None = None
) -> HttpResponse:
    """The page with its forms; one of them as it was sent and not taken."""
    today = timezone.localdate()
    record = catalogue_selectors.unit_record(unit=found, on=today)
    lines = aliases_of(unit=found, on=today)
    may_edit = permissions.may_edit_unit(user=request.user, unit=found, today=today)
    level = record.current.version.level if record.current else ""
    return render(
        request,
        "catalogue/unit.html",
        {
            "menu": MENU,
            "record": record,
            "below": [
                one
                for one in catalogue_selectors.directly_below(unit=found, on=today)
                if one.unit_id != found.pk
            ],
            "may_add": may_edit and level in catalogue_selectors.PARENT_LEVELS,
            "aliases": [one for one in lines if one.revoked_at is None],
            "revoked": [one for one in lines if one.revoked_at is not None],
            "form": alias or AliasForm(),
            "restore": restore or ReasonForm(auto_id="restore_%s"),
            "wrong": alias or restore,
            "may_edit": may_edit,
        },
    )


def _form_page(request: HttpRequest, form: UnitForm, version: UnitVersion | None) -> HttpResponse:
    return render(request, "catalogue/unit_form.html", {"menu": MENU, "form": form, "version": version})


def _seen(request: HttpRequest, found: Unit, today: date) -> UnitVersion:
    """The version that the form starts from: that of the posted form, of the day in the address, of today."""
    versions = UnitVersion.objects.filter(unit=found)
    posted = read_id(request.POST.get("seen", ""))
    if posted is not None:
        return get_object_or_404(versions, pk=posted)
    version = selectors.version_on(unit=found, on=day_in_address(request, today))
    version = version or versions.order_by("-valid_from").first()
    if version is None:
        raise Http404("Đơn vị này chưa có phiên bản nào.")
    return version


def _mine(request: HttpRequest, today: date) -> set[int]:
    reached = permissions.units_for(user=request.user, permission=EDITING, today=today)
    return set(reached.values_list("pk", flat=True))


def _parents(request: HttpRequest, today: date, seen: UnitVersion | None = None) -> list[NameAt]:
    """Units below which the person may put others, and the one where the unit stands already."""
    ids = _mine(request, today)
    if seen is not None and seen.parent_id is not None:
        ids.add(seen.parent_id)
    return catalogue_selectors.possible_parents(unit_ids=ids, on=today)


def _documents() -> list[Document]:
    return list(Document.objects.all())

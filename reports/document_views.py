"""Pages of documents: the list, one with what rests on it, its file, adding and changing."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from documents import selectors as document_selectors
from documents import services
from documents.forms import ChangeDocumentForm, DocumentForm, NewDocumentForm, initial_of
from documents.keeping import file_response
from documents.models import Document
from reports import document_wording
from reports.selectors import documents as selectors
from targets.models import FROZEN, Plan
from units.permissions import EDITING_DOCUMENTS

DOCUMENTS_A_PAGE: Final = 100


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """Every document, by what the address chooses."""
    user = _person(request)
    lines = selectors.document_lines(user=user, today=timezone.localdate())
    chosen = selectors.read_document_filter(request.GET.dict())
    found = chosen.found(lines)
    shown = chosen.in_force(found)
    query = chosen.query()
    return render(
        request,
        "reports/documents.html",
        {
            "menu": "plans",
            "answer": document_wording.list_answer(lines),
            "page": Paginator(shown, DOCUMENTS_A_PAGE).get_page(request.GET.get("trang")),
            "all_documents": len(lines),
            "chosen": chosen,
            "is_filtered": bool(query),
            "page_query": f"{query}&" if query else "",
            "years": chosen.year_options(lines),
            "chips": chosen.chips(found),
            "may_edit": user.has_perm(EDITING_DOCUMENTS),
        },
    )


@require_safe
def document(request: HttpRequest, code: str) -> HttpResponse:
    """All facts of a document, what rests on it, and its history."""
    user = _person(request)
    page = selectors.document_page(document=_document(code), user=user, today=timezone.localdate())
    return render(
        request,
        "reports/document.html",
        {
            "menu": "plans",
            "page": page,
            "document": page.document,
            "answer": document_wording.document_answer(page),
            "may_edit": user.has_perm(EDITING_DOCUMENTS),
        },
    )


@require_safe
def document_file(request: HttpRequest, code: str) -> FileResponse:
    """The attached file, always as a download: nothing that somebody uploaded is opened on this site."""
    return file_response(_document(code))


@require_http_methods(["GET", "HEAD", "POST"])
def document_add(request: HttpRequest) -> HttpResponse:
    """Take a new document in."""
    user = _editor(request)
    if request.method != "POST":
        return _form_page(request, NewDocumentForm(), None)
    form = NewDocumentForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            added = services.add_document(
                facts=form.facts(),
                code=form.cleaned_data["code"],
                upload=form.cleaned_data["file"],
                by=user,
                at=timezone.now(),
            )
        except services.DocumentError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"Đã thêm văn bản {added.number}.")
            return redirect("document", code=added.code)
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def document_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a document: its facts, its file, what replaces it, all with one reason."""
    user, found = _editor(request), _document(code)
    successors = document_selectors.possible_successors(found)
    if request.method != "POST":
        form = ChangeDocumentForm(initial=initial_of(found), successors=successors)
        return _form_page(request, form, found)
    form = ChangeDocumentForm(request.POST, request.FILES, successors=successors)
    if form.is_valid() and _renames_the_base_of_a_plan(form, found):
        form.add_error(
            "number",
            "Kế hoạch đã ban hành theo văn bản này nên số, ký hiệu và ngày không đổi được; nếu văn bản bị "
            "thay, hãy thêm văn bản mới và ghi “thay bằng”.",
        )
    if form.is_valid():
        try:
            changed = services.change_document(
                document=found,
                facts=form.facts(),
                later=form.later(),
                upload=form.cleaned_data["file"],
                seen=form.cleaned_data["seen"],
                reason=form.cleaned_data["reason"],
                by=user,
                at=timezone.now(),
            )
        except services.DocumentChanged as error:
            return _stale_page(request, code, str(error))
        except services.DocumentError as error:
            form.add_error(error.field or None, str(error))
        else:
            told = "Đã lưu văn bản." if changed.revision != found.revision else "Không có gì thay đổi."
            messages.success(request, told)
            return redirect("document", code=code)
    return _form_page(request, form, found)


def _renames_the_base_of_a_plan(form: ChangeDocumentForm, document: Document) -> bool:
    """Whether number or day would change under a plan that was issued by them."""
    facts = form.facts()
    if (facts.number, facts.issued_on) == (document.number, document.issued_on):
        return False
    return Plan.objects.filter(document=document, state__in=FROZEN).exists()


def _stale_page(request: HttpRequest, code: str, told: str) -> HttpResponse:
    """The form as it was typed, beside each field what stands there now; saving again is then deliberate."""
    found = _document(code)
    now = document_selectors.shown_facts(found)
    typed: QueryDict = request.POST.copy()
    typed["seen"] = str(found.revision)
    form = ChangeDocumentForm(
        typed, initial=initial_of(found), successors=document_selectors.possible_successors(found)
    )
    form.add_error(None, f"{told} Điều bạn nhập còn ở dưới; hãy so với bản đang lưu rồi lưu lại.")
    for name in form.changed_data:
        if name in now:
            form.add_error(name, f"{document_selectors.LABELS[name]} đang lưu: {now[name] or 'để trống'}")
    return _form_page(request, form, found, status=409)


def _form_page(
    request: HttpRequest, form: DocumentForm, found: Document | None, *, status: int = 200
) -> HttpResponse:
    context = {"menu": "plans", "form": form, "document": found}
    return render(request, "reports/document_edit.html", context, status=status)


def _document(code: str) -> Document:
    try:
        return document_selectors.document_by_code(code)
    except document_selectors.DocumentUnknown as error:
        raise Http404(str(error)) from error


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  LoginRequiredMiddleware stands before every view
    return request.user


def _editor(request: HttpRequest) -> User:
    user = _person(request)
    if not user.has_perm(EDITING_DOCUMENTS):
        raise PermissionDenied(
            "Văn bản dùng chung cho mọi tỉnh: chỉ Văn phòng UBND và quản trị cấp tỉnh mới thêm, sửa."
        )
    return user

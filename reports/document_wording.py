"""What the pages of documents say in words."""

from __future__ import annotations

from collections.abc import Sequence

from dvctt.lib import numbers
from reports.selectors.documents import DocumentLine, DocumentPage
from reports.wording import Answer


def list_answer(lines: Sequence[DocumentLine]) -> Answer:
    """Say how many documents something rests on, how many are in force, and where the two disagree."""
    if not lines:
        return Answer("Chưa có văn bản nào.", "Thêm văn bản để kế hoạch và chỉ tiêu dẫn được căn cứ.")
    ground = sum(line.is_ground for line in lines)
    in_force = sum(line.document.is_in_force for line in lines)
    verdict = (
        f"{numbers.vi_number(ground)} trong {numbers.vi_number(len(lines))} văn bản đang làm căn cứ; "
        f"{numbers.vi_number(in_force)} còn hiệu lực."
    )
    outdated = [line.document.number for line in lines if line.is_ground and not line.document.is_in_force]
    if not outdated:
        return Answer(verdict)
    listed = ", ".join(outdated[:3]) + (" …" if len(outdated) > 3 else "")
    return Answer(verdict, f"Đã bị thay thế mà kế hoạch hoặc chỉ tiêu còn dựa vào: {listed}.")


def document_answer(page: DocumentPage) -> Answer:
    """Say whether the document is in force, and of what it is the ground."""
    later = page.document.superseded_by
    if later is None:
        verdict = "Còn hiệu lực."
    else:
        day = f" ngày {numbers.vi_date(later.issued_on)}" if later.issued_on else ""
        verdict = f"Đã được thay bằng {later.number}{day}."
    counts = [
        (len(page.plans), "kế hoạch"),
        (len({one.code for one in page.indicators}), "chỉ tiêu"),
        (page.published_targets, "mức giao đã in"),
        (page.figures, "số liệu đã in"),
    ]
    told = [f"{numbers.vi_number(count)} {words}" for count, words in counts if count]
    if not told:
        return Answer(verdict, "Chưa có gì dựa vào văn bản này.")
    return Answer(verdict, f"Là căn cứ của {', '.join(told)}.")

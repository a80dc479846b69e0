"""Addresses under /so-lieu/."""

from django.urls import path

from indicators.views import (
    board,
    calendar,
    cells,
    doubts,
    entering,
    evidence,
    files,
    notices,
    reminding,
    reviewing,
    sending,
)

urlpatterns = [
    path("", board.submissions, name="submissions"),
    path("duyet/", board.approve_chosen, name="submission_approve_chosen"),
    path("tinh-hinh/", sending.sending, name="sending"),
    path("tinh-hinh/nhac/", reminding.remind, name="sending_remind"),
    path("tinh-hinh/nhac/gui/", reminding.send_reminders, name="reminders_send"),
    path("tinh-hinh/nhat-ky-nhac/", reminding.reminder_log, name="reminder_log"),
    path("thong-bao/", notices.notices, name="notices"),
    path("lich/", calendar.calendar, name="calendar"),
    path("lich/quy-dinh/", calendar.calendar_rule, name="calendar_rule"),
    path("lich/ngay-nghi/<int:pk>/bo/", calendar.remove_holiday, name="holiday_remove"),
    path("gia-han/<int:unit_id>/<slug:period_code>/", sending.extend, name="submission_extend"),
    path("nhap/<int:unit_id>/<slug:period_code>/", entering.enter, name="submission_enter"),
    path("nhap/<int:unit_id>/<slug:period_code>/o/", cells.save_cells, name="cells_save"),
    path("nhap/<int:unit_id>/<slug:period_code>/tep/", files.fill, name="entry_fill"),
    path("nhap/<int:unit_id>/<slug:period_code>/mau.xlsx", files.template, name="entry_template"),
    path("nhap/<int:unit_id>/<slug:period_code>/bao-sai/<slug:code>/", doubts.add, name="doubt_raise"),
    path("nhap/<int:unit_id>/<slug:period_code>/minh-chung/<slug:code>/", evidence.evidence, name="evidence"),
    path("minh-chung/<int:pk>/", evidence.evidence_file, name="evidence_file"),
    path("minh-chung/<int:pk>/bo/", evidence.remove, name="evidence_remove"),
    path("bao-sai/", doubts.doubts, name="doubts"),
    path("bao-sai/<int:pk>/", doubts.doubt, name="doubt"),
    path("bao-sai/<int:pk>/tep/", doubts.doubt_file, name="doubt_file"),
    path("<int:pk>/", entering.submission, name="submission"),
    path("<int:pk>/xem-lai/", entering.check, name="submission_check"),
    path("<int:pk>/duyet/", reviewing.approve, name="submission_approve"),
    path("<int:pk>/tra-lai/", reviewing.give_back, name="submission_return"),
    path("<int:pk>/mo-lai/", reviewing.reopen, name="submission_reopen"),
]

"""Addresses under /so-lieu/."""

from django.urls import path

from indicators import calendar_views, cell_views, file_views, sending_views, views

urlpatterns = [
    path("", views.submissions, name="submissions"),
    path("duyet/", views.approve_chosen, name="submission_approve_chosen"),
    path("tinh-hinh/", sending_views.sending, name="sending"),
    path("lich/", calendar_views.calendar, name="calendar"),
    path("lich/quy-dinh/", calendar_views.calendar_rule, name="calendar_rule"),
    path("lich/ngay-nghi/<int:pk>/bo/", calendar_views.remove_holiday, name="holiday_remove"),
    path("gia-han/<int:unit_id>/<slug:period_code>/", sending_views.extend, name="submission_extend"),
    path("nhap/<int:unit_id>/<slug:period_code>/", views.enter, name="submission_enter"),
    path("nhap/<int:unit_id>/<slug:period_code>/o/", cell_views.save_cells, name="cells_save"),
    path("nhap/<int:unit_id>/<slug:period_code>/tep/", file_views.fill, name="entry_fill"),
    path("nhap/<int:unit_id>/<slug:period_code>/mau.xlsx", file_views.template, name="entry_template"),
    path("<int:pk>/", views.submission, name="submission"),
    path("<int:pk>/xem-lai/", views.check, name="submission_check"),
    path("<int:pk>/duyet/", views.approve, name="submission_approve"),
    path("<int:pk>/tra-lai/", views.give_back, name="submission_return"),
    path("<int:pk>/mo-lai/", views.reopen, name="submission_reopen"),
]

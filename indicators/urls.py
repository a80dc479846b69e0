"""Addresses under /so-lieu/."""

from django.urls import path

from indicators import views

urlpatterns = [
    path("", views.submissions, name="submissions"),
    path("duyet/", views.approve_chosen, name="submission_approve_chosen"),
    path("nhap/<int:unit_id>/<slug:period_code>/", views.enter, name="submission_enter"),
    path("<int:pk>/", views.submission, name="submission"),
    path("<int:pk>/xem-lai/", views.check, name="submission_check"),
    path("<int:pk>/duyet/", views.approve, name="submission_approve"),
    path("<int:pk>/tra-lai/", views.give_back, name="submission_return"),
    path("<int:pk>/mo-lai/", views.reopen, name="submission_reopen"),
]

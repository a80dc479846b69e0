"""Addresses under /nhap-tep/."""

from django.urls import path

from imports import views

urlpatterns = [
    path("", views.import_list, name="import_list"),
    path("moi/", views.import_upload, name="import_upload"),
    path("<int:pk>/", views.import_batch, name="import_batch"),
    path("<int:pk>/tien-do/", views.import_progress, name="import_progress"),
    path("<int:pk>/tep-goc/", views.import_original, name="import_original"),
    path("<int:pk>/ghi/", views.import_commit, name="import_commit"),
    path("<int:pk>/huy/", views.import_cancel, name="import_cancel"),
    path("<int:pk>/doi-cho/<int:row_pk>/", views.import_swap, name="import_swap"),
    path("<int:pk>/chon-don-vi/<int:row_pk>/", views.import_choose, name="import_choose"),
    path("<int:pk>/bo-lua-chon/", views.import_forget, name="import_forget"),
]

"""Addresses under /nhap-tep/."""

from django.urls import path

from imports import views

urlpatterns = [
    path("", views.import_list, name="import_list"),
    path("moi/", views.import_upload, name="import_upload"),
    path("mau/", views.import_layouts, name="import_layouts"),
    path("mau/<slug:code>/", views.import_layout_edit, name="import_layout_edit"),
    path("ten-goi-khac/", views.import_aliases, name="import_aliases"),
    path("ten-goi-khac/<int:pk>/thu-hoi/", views.import_alias_revoke, name="import_alias_revoke"),
    path("<int:pk>/", views.import_batch, name="import_batch"),
    path("<int:pk>/tien-do/", views.import_progress, name="import_progress"),
    path("<int:pk>/tep-goc/", views.import_original, name="import_original"),
    path("<int:pk>/tep-van-de/", views.import_problems, name="import_problems"),
    path("<int:pk>/khai-mau/", views.import_mapping, name="import_mapping"),
    path("<int:pk>/nhan-dang/", views.import_recognise, name="import_recognise"),
    path("<int:pk>/khop-don-vi/", views.import_match, name="import_match"),
    path("<int:pk>/khop-don-vi/chon/", views.import_choose, name="import_choose"),
    path("<int:pk>/khop-don-vi/bo-lua-chon/", views.import_forget, name="import_forget"),
    path("<int:pk>/khop-don-vi/don-vi-moi/", views.import_create_units, name="import_create_units"),
    path("<int:pk>/kiem-tra/", views.import_check, name="import_check"),
    path("<int:pk>/kiem-tra/chap-nhan/", views.import_accept, name="import_accept"),
    path("<int:pk>/kiem-tra/bo-dong/", views.import_aside, name="import_aside"),
    path("<int:pk>/kiem-tra/doi-cho/<int:row_pk>/", views.import_swap, name="import_swap"),
    path("<int:pk>/thay-doi/", views.import_preview, name="import_preview"),
    path("<int:pk>/thay-doi/<int:position>/<str:code>/", views.import_keep, name="import_keep"),
    path("<int:pk>/ghi/", views.import_commit, name="import_commit"),
    path("<int:pk>/huy/", views.import_cancel, name="import_cancel"),
    path("<int:pk>/ket-qua/hoan-tac/", views.import_undo, name="import_undo"),
    path("<int:pk>/ket-qua/", views.import_result, name="import_result"),
]

from django.urls import path

from units import audit_views, people_views, person_views, views

urlpatterns = [
    path("", views.unit_tree, name="unit_tree"),
    path("nhat-ky/", audit_views.audit, name="audit"),
    path("nguoi-dung/", people_views.people, name="people"),
    path("nguoi-dung/them/", people_views.person_add, name="person_add"),
    path("nguoi-dung/<int:person_id>/", person_views.person, name="person"),
    path("nguoi-dung/<int:person_id>/mat-khau/", person_views.person_password, name="person_password"),
    path("nguoi-dung/<int:person_id>/khoa/", person_views.person_active, name="person_active"),
    path("nguoi-dung/<int:person_id>/vai-tro/", person_views.person_grant, name="person_grant"),
    path(
        "nguoi-dung/<int:person_id>/vai-tro/<int:grant_id>/",
        person_views.person_grant_end,
        name="person_grant_end",
    ),
]

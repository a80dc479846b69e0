from django.urls import path

from units import people_views, views

urlpatterns = [
    path("", views.unit_tree, name="unit_tree"),
    path("nguoi-dung/", people_views.people, name="people"),
    path("nguoi-dung/them/", people_views.person_add, name="person_add"),
]

from django.urls import path

from units import views

urlpatterns = [path("", views.unit_tree, name="unit_tree")]

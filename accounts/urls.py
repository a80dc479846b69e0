from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from accounts import views
from accounts.forms import LogInForm

urlpatterns = [
    path(
        "dang-nhap/",
        auth_views.LoginView.as_view(authentication_form=LogInForm, redirect_authenticated_user=True),
        name="login",
    ),
    # Open to all: who comes with an expired session would be sent back here after logging in, with GET.
    path("dang-xuat/", login_not_required(auth_views.LogoutView.as_view()), name="logout"),
    path("doi-mat-khau/", views.PasswordChange.as_view(), name="password_change"),
]

"""Routes of this app, below /correspondence/api/v1/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

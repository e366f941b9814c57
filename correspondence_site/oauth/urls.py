"""Token, exchange, discovery and generator endpoints."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

"""Routes of this app, below /events/api/v1/."""

from django.urls import path

from journal.api.views import SubscriptionCollection, SubscriptionItem

urlpatterns = [
    path("subscriptions", SubscriptionCollection.as_view()),
    path("subscriptions/<int:subscription_id>", SubscriptionItem.as_view()),
]

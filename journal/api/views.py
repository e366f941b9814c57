"""`/events/api/v1/subscriptions`, in the shape of Altinn Events."""

from collections.abc import Iterator
from contextlib import contextmanager

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from journal.api.examples import SUBSCRIPTION_EXAMPLES
from journal.api.serializers import (
    NewSubscription,
    Subscription,
    SubscriptionList,
    SubscriptionRequestModel,
)
from journal.errors import EventsForbidden, SubscriptionRefused, SubscriptionUnknown
from journal.services.subscribe import find_subscription, own_subscriptions, subscribe, unsubscribe
from registry.api.binding import bind
from registry.api.errors import ContractValidationError, ExplainedRefusal
from registry.api.permissions import EventSubscriber
from registry.api.views import ContractView

TAGS = ["Events"]


@contextmanager
def refusals() -> Iterator[None]:
    """What the services refuse, as answers: 400, 403 or 404."""
    try:
        yield
    except SubscriptionRefused as refused:
        raise ContractValidationError({refused.field: [str(refused)]}) from refused
    except EventsForbidden as forbidden:
        raise ExplainedRefusal(403, str(forbidden)) from forbidden
    except SubscriptionUnknown as unknown:
        raise ExplainedRefusal(404, str(unknown)) from unknown


class SubscriptionCollection(ContractView):
    policies = {"get": EventSubscriber, "post": EventSubscriber}
    consumes = "application/json"
    requires_content_type = True

    @extend_schema(
        operation_id="CreateSubscription",
        summary="Get events at an address of yours",
        description="The address is asked first, with an event of type `platform.events.validatesubscription`.",
        tags=TAGS,
        request=SubscriptionRequestModel,
        responses={201: NewSubscription},
        examples=SUBSCRIPTION_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        body = SubscriptionRequestModel(data=self.document())
        wanted = body.to_domain(bind(body, parameter=self.body_parameter))
        with refusals():
            subscribed = subscribe(caller=self.caller, request=wanted)
        shown = Subscription(subscribed.subscription).data
        secret = {"secret": subscribed.secret} if subscribed.secret else {}
        location = f"/events/api/v1/subscriptions/{subscribed.subscription.pk}"
        return Response({**shown, **secret}, status=201, headers={"Location": location})

    @extend_schema(
        operation_id="GetSubscriptions", summary="List yours", tags=TAGS, responses=SubscriptionList
    )
    def get(self, request: Request) -> Response:
        own = list(own_subscriptions(self.caller).order_by("pk"))
        return Response(SubscriptionList({"count": len(own), "subscriptions": own}).data)


class SubscriptionItem(ContractView):
    policies = {"get": EventSubscriber, "delete": EventSubscriber}

    @extend_schema(
        operation_id="GetSubscription", summary="See one of yours", tags=TAGS, responses=Subscription
    )
    def get(self, request: Request, subscription_id: int) -> Response:
        with refusals():
            found = find_subscription(caller=self.caller, subscription_id=subscription_id)
        return Response(Subscription(found).data)

    @extend_schema(
        operation_id="DeleteSubscription", summary="End one of yours", tags=TAGS, responses={200: None}
    )
    def delete(self, request: Request, subscription_id: int) -> Response:
        with refusals():
            unsubscribe(caller=self.caller, subscription_id=subscription_id)
        return Response()

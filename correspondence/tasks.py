import uuid

from correspondence.jobs import PUBLISH_MESSAGE, PUBLISH_OVERDUE
from correspondence.services.publish import publish_message, publish_overdue
from registry.queue import job


@job(PUBLISH_MESSAGE)
def publish(*, message_id: str, **_: object) -> None:
    publish_message(message_id=uuid.UUID(message_id))


@job(PUBLISH_OVERDUE, every="* * * * * */30")
def publish_what_is_overdue(**_: object) -> None:
    publish_overdue()

from django.db.models import IntegerChoices, TextChoices


class PartyKind(TextChoices):
    ORGANIZATION = "organization"
    PERSON = "person"
    SELF_IDENTIFIED = "self-identified-user"


class RecipientKind(TextChoices):
    """What stands before the last colon of a recipient's URN (initialize.md 2.1)."""

    ORGANIZATION = "urn:altinn:organization:identifier-no"
    PERSON = "urn:altinn:person:identifier-no"
    EMAIL_USER = "urn:altinn:person:idporten-email"
    LEGACY_USER = "urn:altinn:person:legacy-selfidentified"


class Action(TextChoices):
    READ = "read"
    WRITE = "write"
    SUBSCRIBE = "subscribe"


class SubjectKind(TextChoices):
    PARTY = "party"
    ROLE = "role"
    USER = "user"
    SYSTEM_USER = "systemuser"
    EVERYONE = "everyone"


class Confidentiality(TextChoices):
    NONE = "none"
    CONFIDENTIAL = "confidential"
    EXPLICIT = "explicit"


class AuthenticationLevel(IntegerChoices):
    LEVEL_0 = 0
    LEVEL_1 = 1
    LEVEL_2 = 2
    LEVEL_3 = 3
    LEVEL_4 = 4


class TokenKind(TextChoices):
    """Which scope rule applies to a token: decided by its issuer (access.md 1.4)."""

    ALTINN = "altinn"
    MASKINPORTEN = "maskinporten"
    DIALOGPORTEN = "dialogporten"
    IDPORTEN = "idporten"


class Scope(TextChoices):
    """Scope names of access.md 1.1 that something here asks for."""

    SEND = "altinn:correspondence.write"
    RECEIVE = "altinn:correspondence.read"
    SERVICE_OWNER = "altinn:serviceowner"
    PORTAL_END_USER = "altinn:portal/enduser"
    NOTIFICATION_CHECK = "altinn:system/notifications.condition.check"
    FORWARDING_CHECK = "altinn:correspondence.forward.check"
    SUBSCRIBE = "altinn:events.subscribe"


class ActorKind(TextChoices):
    """Who caused a change."""

    PARTY = "party"
    OPERATOR = "operator"
    SYSTEM = "system"

"""Numbered errors of notifications (errors.csv, 3xxx), and why an operator's resend is refused."""

from registry.errors import DomainError


class TemplateNotFound(DomainError):
    """There is no notification template of that kind in that language."""

    code = 3001


class MissingEmailContent(DomainError):
    """An e-mail notification needs a subject and a body."""

    code = 3002


class MissingEmailReminderContent(DomainError):
    """A reminder by e-mail needs a subject and a body of its own."""

    code = 3003


class MissingSmsContent(DomainError):
    """An SMS notification needs a text."""

    code = 3004


class MissingSmsReminderContent(DomainError):
    """A reminder by SMS needs a text of its own."""

    code = 3005


class MissingPreferredChannel(DomainError):
    """A preferred channel needs an e-mail subject, an e-mail body and an SMS text."""

    code = 3006


class MissingPreferredReminderChannel(DomainError):
    """A reminder with a preferred channel needs an e-mail subject, an e-mail body and an SMS text of its own."""

    code = 3007


class InvalidEmailProvided(DomainError):
    """An e-mail address of a custom recipient is not valid."""

    code = 3011


class InvalidMobileNumberProvided(DomainError):
    """A mobile number of a custom recipient is not valid; it must begin with + or 00 and a country code."""

    code = 3012


class CustomRecipientWithNumberOrEmailNotAllowedWithKeyWordRecipientName(DomainError):
    """The keyword $recipientName$ cannot be used with a custom recipient given by address."""

    code = 3015


class CustomRecipientWithMultipleRecipientsNotAllowed(DomainError):
    """Custom recipients can be given with one recipient only."""

    code = 3017


class CustomRecipientWithMultipleIdentifiersNotAllowed(DomainError):
    """A custom recipient has exactly one identifier."""

    code = 3018


class CustomRecipientWithoutIdentifierNotAllowed(DomainError):
    """A custom recipient needs an identifier."""

    code = 3019


class OverrideRegisteredContactInformationRequiresCustomRecipients(DomainError):
    """Registered contacts can be overridden only when custom recipients are given."""

    code = 3022


class InvalidNotificationTemplate(DomainError):
    """The notification template is not defined."""

    code = 3023


class MissingEmailAndSmsContent(DomainError):
    """E-mail and SMS together need an e-mail subject, an e-mail body and an SMS text."""

    code = 3024


class MissingEmailAndSmsReminderContent(DomainError):
    """A reminder by e-mail and SMS needs an e-mail subject, an e-mail body and an SMS text of its own."""

    code = 3025


class ForwardToEmailAddressTooLong(DomainError):
    """The e-mail address must be at most 1000 characters long."""

    code = 3027


class ResendRefused(Exception):
    """A notification is not sent again; the message says why."""


class AddressRefused(ResendRefused):
    """The corrected address cannot be used; the message says why."""


class WordingRefused(Exception):
    """A text is not saved as our standard wording; the message says why."""

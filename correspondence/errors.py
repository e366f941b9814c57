"""Numbered errors of correspondence (errors.csv, 1xxx and 4010)."""

from datetime import timedelta

from registry.errors import DomainError


class CorrespondenceNotFound(DomainError):
    """The requested correspondence was not found."""

    code = 1001


class MessageTitleIsNotPlainText(DomainError):
    """The title must be plain text."""

    code = 1002


class MessageBodyIsNotMarkdown(DomainError):
    """The body must be Markdown."""

    code = 1003


class UploadedFilesDoesNotMatchAttachments(DomainError):
    """The uploaded files do not match the attachments that the request describes."""

    code = 1005


class DuplicateRecipients(DomainError):
    """A recipient is named more than once."""

    code = 1006


class ExistingAttachmentNotFound(DomainError):
    """An existing attachment was not found."""

    code = 1007


class DueDatePriorToday(DomainError):
    """The due date lies in the past."""

    code = 1008


class DueDatePriorRequestedPublishTime(DomainError):
    """The due date lies before the requested publish time."""

    code = 1009


class CantPurgePublishedCorrespondence(DomainError):
    """A sender cannot purge a correspondence that has been published."""

    code = 1013


class CorrespondenceAlreadyPurged(DomainError):
    """The correspondence has been purged already."""

    code = 1014


class DueDateRequired(DomainError):
    """A due date is required when confirmation is needed."""

    code = 1016


class InvalidSenderForAttachment(DomainError):
    """An existing attachment belongs to another service owner."""

    code = 1017


class AttachmentsNotPublished(DomainError):
    """An existing attachment is not published yet."""

    code = 1018


class InvalidLanguage(DomainError):
    """The language must be nb, nn or en."""

    code = 1023


class ReadBeforeFetched(DomainError):
    """The correspondence must be fetched before it can be marked as read."""

    code = 1024


class ConfirmBeforeFetched(DomainError):
    """The correspondence must be fetched before it can be confirmed."""

    code = 1025


class ArchiveBeforeConfirmed(DomainError):
    """The correspondence must be confirmed before its recipient can purge it."""

    code = 1026


class InvalidDateRange(DomainError):
    """The period must begin before it ends."""

    code = 1027


class RecipientLookupFailed(DomainError):
    """A recipient was not found in the register."""

    code = 1029


class RecipientReserved(DomainError):
    """The recipient has reserved against digital communication from public bodies."""

    code = 1030


class ContactReservationRegistryFailed(DomainError):
    """The register of reservations could not be asked."""

    code = 1032


class DuplicateInitCorrespondenceRequest(DomainError):
    """A correspondence with this idempotency key exists already."""

    code = 1034


class InvalidReplyOptions(DomainError):
    """A reply option's link must be a well-formed https address of at most 255 characters."""

    code = 1035


class AttachmentCountExceeded(DomainError):
    """A correspondence can have at most 100 attachments."""

    code = 1038


class MessageSenderIsNotPlainText(DomainError):
    """The sender's display name must be plain text."""

    code = 1039


class AlreadyMarkedAsRead(DomainError):
    """The correspondence has been marked as read already."""

    code = 1040


class CorrespondenceAlreadyConfirmed(DomainError):
    """The correspondence has been confirmed already."""

    code = 1041


class CannotPurgeCorrespondenceLinkedToDialogportenTransmission(DomainError):
    """A correspondence that is a transmission of a dialog cannot be purged."""

    code = 1043


class RecipientLacksRequiredRolesForCorrespondence(DomainError):
    """A recipient has nobody in a role that may read confidential correspondence."""

    code = 1044


class TransmissionOnlyAllowsOneRecipient(DomainError):
    """A transmission can have one recipient only."""

    code = 1045


class RecipientMismatch(DomainError):
    """The recipient is not the party of the dialog."""

    code = 1046


class IdempotencyKeyNotAllowedWithMultipleRecipients(DomainError):
    """An idempotency key can be used with one recipient only."""

    code = 1047


class InvalidCorrespondenceDialogId(DomainError):
    """The dialog id must be a GUID."""

    code = 1048


class InvalidServiceOwner(DomainError):
    """The dialog belongs to another service owner."""

    code = 1050


class TransmissionNotAllowedWithGuiActions(DomainError):
    """A transmission can have neither reply options nor confirmation."""

    code = 1051


class MultipleDialogportenTransmissionTypeExternalReferences(DomainError):
    """At most one transmission type can be given."""

    code = 1052


class DialogportenTransmissionTypeRequiresDialogId(DomainError):
    """A transmission type needs a dialog id beside it."""

    code = 1053


class DialogportenDialogIdNotFound(DomainError):
    """The dialog was not found."""

    code = 1054


class ExistingAttachmentExpiringSoon(DomainError):
    """An existing attachment expires within six hours."""

    code = 1055


class CannotInitializeConfidentialCorrespondenceWithoutIsConfidentialFlag(DomainError):
    """The resource is confidential: isConfidential must be true."""

    code = 1060


class CannotInitializeNonConfidentialCorrespondenceWithIsConfidentialFlag(DomainError):
    """The resource is not confidential: isConfidential must be false."""

    code = 1061


class UnreadConfidentialCorrespondencesNotFound(DomainError):
    """There is no unread confidential correspondence."""

    code = 1062


class ForwardingNotAllowed(DomainError):
    """The sender has not allowed this correspondence to be forwarded."""

    code = 1063


class CorrespondenceAlreadyForwardedToRecipient(DomainError):
    """The correspondence has been forwarded to this e-mail address already."""

    code = 1064


class ForwardBeforeRead(DomainError):
    """The correspondence must be read before it can be forwarded."""

    code = 1065


class ForwardingTextTooLong(DomainError):
    """The forwarding text must be at most 200 characters long."""

    code = 1066


class ForwardingTextIsNotPlainText(DomainError):
    """The forwarding text must be plain text."""

    code = 1067


class CannotAllowForwardingOnCorrespondenceWithAuthLevel(DomainError):
    """Forwarding cannot be allowed on a resource that demands an authentication level."""

    code = 1068


class CannotAllowForwardingOnCorrespondenceWithLargeAttachments(DomainError):
    """Forwarding cannot be allowed with more than 10000000 bytes of attachments."""

    code = 1069


class IncorrectCorrespondenceResourceType(DomainError):
    """The resource is of a type that correspondence cannot be sent for."""

    code = 4010


class TooManyForwardings(Exception):
    """The caller has forwarded as often as is allowed for now; the contract has no number for it."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("You have forwarded as many letters as is allowed within an hour.")
        self.wait = wait

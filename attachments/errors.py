"""Numbered errors of attachments (errors.csv, 2xxx)."""

from registry.errors import DomainError


class AttachmentNotFound(DomainError):
    """The requested attachment was not found."""

    code = 2001


class UploadFailed(DomainError):
    """The bytes could not be received or stored; the upload may be tried again."""

    code = 2002


class CantUploadToExistingCorrespondence(DomainError):
    """The attachment is on a correspondence already, so its file cannot be changed."""

    code = 2003


class InvalidFileSize(DomainError):
    """The file must hold at least one byte and at most 50000000000."""

    code = 2004


class FileAlreadyUploaded(DomainError):
    """A file has been uploaded to this attachment, or is being uploaded now."""

    code = 2005


class FileHasBeenPurged(DomainError):
    """The attachment has been purged already."""

    code = 2006


class PurgeAttachmentWithExistingCorrespondence(DomainError):
    """The attachment is on a correspondence and cannot be purged by itself."""

    code = 2007


class HashMismatch(DomainError):
    """The MD5 of the received bytes differs from the announced checksum."""

    code = 2008


class FilenameMissing(DomainError):
    """A file name is required."""

    code = 2010


class FilenameInvalid(DomainError):
    """The file name holds a character that is not allowed: < > : " / | ? *, a backslash or a control character."""

    code = 2012


class FiletypeNotAllowed(DomainError):
    """The file name's extension is not allowed."""

    code = 2013


class AttachedToAPublishedCorrespondence(DomainError):
    """The attachment is on a published correspondence; its sender can no longer download it."""

    code = 2016


class AttachmentExpirationPriorMinimumDaysFromNow(DomainError):
    """The attachment's lifetime is below the minimum."""

    code = 2017


class FileHasBeenExpired(DomainError):
    """The attachment has expired."""

    code = 2018


class CannotDownloadPurgedAttachment(DomainError):
    """The attachment has been purged and cannot be downloaded."""

    code = 2019


class CannotDownloadExpiredAttachment(DomainError):
    """The attachment has expired and cannot be downloaded."""

    code = 2020


class FilenameCannotBeAReservedWindowsFilename(DomainError):
    """The file name is reserved for a device in Windows."""

    code = 2021


class UploadTimedOut(DomainError):
    """No bytes arrived for too long; the upload may be tried again."""

    code = 2022


class TotalAttachmentSizeExceedsLimit(DomainError):
    """The attachments are too large together to be downloaded in one; download them one by one."""

    code = 2023


class IncorrectResourceType(DomainError):
    """The resource is of a type that attachments cannot be made for."""

    code = 4009

"""Base classes of every domain error. A class's docstring is the sentence that a client reads."""

from typing import ClassVar


class DomainError(Exception):
    """The request cannot be carried out."""

    code: ClassVar[int]
    """The contract's number (errors.csv)."""

    def __init__(self, message: str | None = None, **extra: object) -> None:
        """`message` replaces the class's sentence; `extra` become members of the problem document."""
        super().__init__(message or " ".join((self.__doc__ or "").split()))
        self.extra = extra


class RegistryUnavailable(Exception):
    """A register could not be asked."""


class NoAccessToResource(DomainError):
    """You must have access to the resource for this party to do this."""

    code = 4001


class CallerPartyUnknown(DomainError):
    """The party that the token speaks for is not in the register."""

    code = 4002


class CallerUndetermined(DomainError):
    """It cannot be worked out from the token who is calling."""

    code = 4006


class ResourceUnknown(DomainError):
    """The resource is not in the resource registry."""

    code = 1036

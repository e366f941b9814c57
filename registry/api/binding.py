"""From a parsed body to validated data, and from failures to validation problems (api.md 1.5, 2.2)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from registry.api.errors import ContractValidationError
from registry.api.fields import CONVERSION, FORM
from registry.api.forms import Form, bound_values, document_of

NOT_CONVERTIBLE = {CONVERSION, "not_a_list", "not_a_dict"}


class ContractSerializer(serializers.Serializer[Any]):
    """An object of the contract: member names in any case, unknown ones ignored.

    `demanded` members must be present for the parser to go on (api.md 2.2); others fail as model rules do.
    """

    demanded: ClassVar[tuple[str, ...]] = ()

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """A list that may be null holds no nulls, though DRF gives its `allow_null` to the elements too."""
        if data is None and isinstance(self.parent, serializers.ListSerializer):
            raise _unreadable("An element of the list may not be null.")
        return super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise _unreadable("The JSON value could not be converted to an object.")
        spelled = {str(name).lower(): str(name) for name in self.fields}
        known = {spelled[name.lower()]: value for name, value in data.items() if name.lower() in spelled}
        missing = [name for name in self.demanded if name not in known]
        if missing and FORM not in self.context:
            raise _unreadable(f"The JSON object lacks the required members: {', '.join(missing)}.")
        return super().to_internal_value(known)


def _unreadable(message: str) -> serializers.ValidationError:
    return serializers.ValidationError({"non_field_errors": [ErrorDetail(message, code=CONVERSION)]})


def bind(serializer: serializers.BaseSerializer[Any], *, parameter: str) -> Any:
    """The validated data.

    Raises ContractValidationError: the first thing that could not be read, else all rules that were broken.
    """
    if serializer.is_valid():
        return serializer.validated_data
    failures = list(_flat(serializer.errors))
    for path, detail in failures:
        if detail.code in NOT_CONVERTIBLE:
            raise ContractValidationError(
                {
                    json_path(_as_sent(serializer.initial_data, path)): [str(detail)],
                    parameter: [f"The {parameter} field is required."],
                }
            )
    raise ContractValidationError(_by_property(failures))


def bind_form(serializer_class: type[serializers.BaseSerializer[Any]], form: Form) -> Any:
    """The validated data of a form. Raises ContractValidationError with every field that is wrong."""
    document = document_of(form, serializer_class())
    serializer = serializer_class(data=document, context={FORM: form})
    if serializer.is_valid():
        return serializer.validated_data
    bound = tuple(form.prefix + property_path(path) for path in bound_values(document))
    raise ContractValidationError(_by_property(_flat(serializer.errors), form.prefix), bound=bound)


def _by_property(failures: Iterable[tuple["Path", ErrorDetail]], prefix: str = "") -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for path, detail in failures:
        errors.setdefault(prefix + property_path(path), []).append(str(detail))
    return errors


Path = tuple[str | int, ...]


def json_path(path: Path) -> str:
    """`$.correspondence.content.attachments[0].fileName`"""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def _as_sent(document: Any, path: Path) -> Path:
    """The path with members spelled as the request spells them; absent ones as the contract does."""
    spelled: list[str | int] = []
    for part in path:
        if isinstance(document, Mapping):
            name = next((name for name in reversed(document) if name.lower() == str(part).lower()), part)
            document = document.get(name)
        else:
            name = part
            document = document[part] if isinstance(document, list) and isinstance(part, int) else None
        spelled.append(name)
    return tuple(spelled)


def property_path(path: Path) -> str:
    """`Correspondence.Content.Attachments[0].FileName`"""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part[:1].upper()}{part[1:]}" for part in path)
    return "".join(parts).lstrip(".")


def _flat(errors: Any, path: Path = ()) -> Iterator[tuple[Path, ErrorDetail]]:
    if isinstance(errors, ErrorDetail):
        yield path, errors
    elif isinstance(errors, Mapping):
        for name, nested in errors.items():
            yield from _flat(nested, path if name == "non_field_errors" else (*path, name))
    elif all(isinstance(item, ErrorDetail) for item in errors):
        for item in errors:
            yield path, item
    else:  # a list whose items failed one by one
        for index, nested in enumerate(errors):
            yield from _flat(nested, (*path, index))

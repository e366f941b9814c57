"""Which names a file may have, and what its extension says (attachments.md 4; api.md 7.11)."""

import re

from attachments.errors import (
    FilenameCannotBeAReservedWindowsFilename,
    FilenameInvalid,
    FilenameMissing,
    FiletypeNotAllowed,
)

FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[1-9]|LPT[1-9])", re.IGNORECASE)
OFFICE = "application/vnd.openxmlformats-officedocument"
DATA_TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".xml": "text/xml",
    ".dcm": "application/dicom",
    ".dicom": "application/dicom",
    ".doc": "application/msword",
    ".docx": f"{OFFICE}.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": f"{OFFICE}.spreadsheetml.sheet",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pps": "application/vnd.ms-powerpoint",
    ".zip": "application/zip",
}
DOWNLOAD_TYPES = {
    **{extension: DATA_TYPES[extension] for extension in (".pdf", ".png", ".jpg", ".jpeg", ".gif", ".bmp")},
    **{extension: f"{DATA_TYPES[extension]}; charset=utf-8" for extension in (".txt", ".csv", ".html")},
    **{extension: DATA_TYPES[extension] for extension in (".json", ".dcm", ".dicom")},
    ".xml": "application/xml",
}
INLINE = {".pdf", ".png", ".jpg", ".jpeg", ".gif", ".bmp"}


def check_file_name(name: str) -> None:
    """Raises FilenameMissing, FiletypeNotAllowed, FilenameInvalid or the reserved-name error, in that order."""
    if not name.strip():
        raise FilenameMissing
    if extension_of(name) not in DATA_TYPES:
        raise FiletypeNotAllowed
    if FORBIDDEN.search(name):
        raise FilenameInvalid
    if RESERVED.fullmatch(name.partition(".")[0]):
        raise FilenameCannotBeAReservedWindowsFilename


def extension_of(name: str) -> str:
    """With its dot, in lower case; empty when there is none after the last slash."""
    last = re.split(r"[/\\]", name)[-1]
    dot = last.rfind(".")
    return last[dot:].lower() if dot >= 0 else ""


def data_type_of(name: str) -> str:
    """The `dataType` of answers."""
    return DATA_TYPES.get(extension_of(name), "binary_octet_stream")


def download_type_of(name: str) -> str:
    """The `Content-Type` of a recipient's download."""
    return DOWNLOAD_TYPES.get(extension_of(name), "application/octet-stream")


def is_shown_inline(name: str) -> bool:
    return extension_of(name) in INLINE

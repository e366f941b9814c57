"""Attachments in an S3-compatible store: received as multipart uploads, which are there only once completed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Self, cast

from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from attachments.transports.storage import quarantine_name

PART_BYTES = 8 * 1024 * 1024
"""The memory an upload needs; ten thousand parts, all that S3 takes, hold more than the largest file."""
MISSING = {"404", "NoSuchKey", "NotFound", "NoSuchUpload"}


@contextmanager
def os_errors() -> Iterator[None]:
    """The store's failures as those of a file system. Raises FileNotFoundError, OSError."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise (FileNotFoundError if code in MISSING else OSError)(f"The store answered {code}.") from error
    except BotoCoreError as error:
        raise OSError(f"The store cannot be reached: {type(error).__name__}.") from error


class S3AttachmentStorage(S3Storage):  # type: ignore[misc]  # the library has no types
    """django-storages' S3 with the usual AWS variables, and uploads that are whole or not there."""

    def receive(self, name: str) -> "S3Receiver":
        return S3Receiver(self._object(name))

    def read(self, name: str, *, start: int = 0, length: int | None = None) -> IO[bytes]:
        end = "" if length is None else start + length - 1
        part = {} if start == 0 and length is None else {"Range": f"bytes={start}-{end}"}
        with os_errors():
            return cast(IO[bytes], self._object(name).get(**part)["Body"])

    def exists(self, name: str) -> bool:
        with os_errors():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with os_errors():
            super().delete(name)

    def forget(self, name: str) -> None:
        self.delete(name)
        self.forget_parts(name)

    def forget_parts(self, folder: str) -> None:
        with os_errors():
            for upload in self.bucket.multipart_uploads.filter(Prefix=self._key(folder)):
                upload.abort()

    def quarantine(self, name: str) -> str:
        away = quarantine_name(name)
        with os_errors():
            if self.exists(name):
                source = {"Bucket": self.bucket_name, "Key": self._key(name)}
                self._object(away).copy(source)
                self.delete(name)
        return away

    def names(self) -> Iterator[str]:
        root = self._key("") if self.location else ""
        with os_errors():
            for stored in self.bucket.objects.filter(Prefix=root):
                yield stored.key.removeprefix(root).lstrip("/")

    def _object(self, name: str) -> Any:
        return self.bucket.Object(self._key(name))

    def _key(self, name: str) -> str:
        return f"{self.location.strip('/')}/{name}".strip("/")


class S3Receiver:
    """One multipart upload. Use as a context manager: one that is not committed is aborted."""

    def __init__(self, target: Any) -> None:
        self.target = target
        self.upload: Any = None
        self.buffer = bytearray()
        self.parts: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        with os_errors():
            self.upload = self.target.initiate_multipart_upload()
        return self

    def write(self, chunk: bytes) -> None:
        self.buffer += chunk
        while len(self.buffer) >= PART_BYTES:
            self._send(bytes(self.buffer[:PART_BYTES]))
            del self.buffer[:PART_BYTES]

    def commit(self) -> None:
        if self.buffer or not self.parts:
            self._send(bytes(self.buffer))
        with os_errors():
            self.upload.complete(MultipartUpload={"Parts": self.parts})
        self.upload = None

    def _send(self, piece: bytes) -> None:
        number = len(self.parts) + 1
        with os_errors():
            answer = self.upload.Part(number).upload(Body=piece)
        self.parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    def __exit__(self, *_: object) -> None:
        if self.upload is not None:
            with os_errors():
                self.upload.abort()

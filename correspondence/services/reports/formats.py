"""The daily summary as CSV and as Parquet, written to anything that takes bytes."""

import csv
import importlib.util
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Any

from correspondence.enums import ReportFormat
from correspondence.errors import ReportGenerationFailed
from correspondence.services.reports.rows import COLUMNS, Row

LIBRARY = "pyarrow"
INSTALL = (
    "Parquet needs the library pyarrow, which is not installed: run `make install-parquet`, "
    "or install the extra `parquet` of pyproject.toml."
)
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


Writer = Callable[[list[Row]], None]


def formats_offered() -> list[ReportFormat]:
    """Those whose library is there."""
    return list(ReportFormat) if importlib.util.find_spec(LIBRARY) else [ReportFormat.CSV]


def check_writable(kind: ReportFormat) -> None:
    """Raises ReportGenerationFailed, which says what to install."""
    if kind not in formats_offered():
        raise ReportGenerationFailed(INSTALL)


def writer(kind: ReportFormat, file: IO[bytes]) -> AbstractContextManager[Writer]:
    """What takes the rows; the file is whole once the context has ended."""
    return _parquet_writer(file) if kind == ReportFormat.PARQUET else _csv_writer(file)


@contextmanager
def _csv_writer(file: IO[bytes]) -> Iterator[Writer]:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    try:
        yield lambda rows: lines.writerows([_without_formulas(value) for value in row] for row in rows)
    finally:
        text.detach()  # which writes what is left, and leaves the file to whoever opened it


def _without_formulas(value: Any) -> Any:
    """Senders choose their display name, and a spreadsheet would run one that begins like a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(BEGINS_A_FORMULA) else value


@contextmanager
def _parquet_writer(file: IO[bytes]) -> Iterator[Writer]:
    import pyarrow as pa  # noqa: PLC0415 - an optional library, and a large one
    from pyarrow import parquet  # noqa: PLC0415

    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])
    with parquet.ParquetWriter(file, schema) as table:

        def write(rows: list[Row]) -> None:
            columns = zip(*rows, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            table.write_batch(pa.record_batch(arrays, schema=schema))

        yield write

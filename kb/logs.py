"""Logs: structlog to standard error, for people in a console or as JSON lines for machines."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Literal

import orjson
import structlog


def configure_logs(style: Literal["console", "json"], *, level: int = logging.INFO, for_good: bool = False) -> None:
    """Send everything, other libraries' records too, through one pipeline. Times are UTC.

    `for_good` fixes each logger at its first line, which makes a line cheaper: for a process that configures once.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Any = structlog.processors.JSONRenderer(serializer=_dumps)
    if style == "console":
        last = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The richer one prints locals, people's tokens among them.
            exception_formatter=structlog.dev.plain_traceback,
        )
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, last] if style == "json" else [*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),  # a line at once: workers write into one file
        cache_logger_on_first_use=for_good,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=last, foreign_pre_chain=[*shared, _impersonal]))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def frames(error: BaseException) -> list[str]:
    """The frames of a traceback, those of its causes below, without messages and values: they may quote a person."""
    lines, seen = [], set[int]()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(type(current).__name__)
        lines.extend(f"{f.filename}:{f.lineno} in {f.name}" for f in traceback.extract_tb(current.__traceback__)[-20:])
        current = current.__cause__ or current.__context__
    return lines


def _impersonal(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What uvicorn and asyncio tell of an error, without its message; asyncio quotes it below the first line, too."""
    exc_info = event.pop("exc_info", None)
    if exc_info and exc_info[1] is not None:
        event["traceback"] = frames(exc_info[1])
    event["event"] = str(event["event"]).partition("\n")[0]
    return event


def _dumps(event: Any, **options: Any) -> str:
    """A third of the time of `json.dumps`; numbers of more than 64 bits are none of ours."""
    return orjson.dumps(event, default=options.get("default"), option=orjson.OPT_NON_STR_KEYS).decode()

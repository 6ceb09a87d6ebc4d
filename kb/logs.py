"""Logs: structlog to standard error, for people in a console or as JSON lines for machines."""

import logging
import sys
from typing import Any, Literal

import structlog


def configure_logs(style: Literal["console", "json"], *, level: int = logging.INFO) -> None:
    """Send everything, other libraries' records too, through one pipeline. Times are UTC."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Any = structlog.processors.JSONRenderer()
    if style == "console":
        last = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The richer one prints locals, people's tokens among them.
            exception_formatter=structlog.dev.plain_traceback,
        )
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, last] if style == "json" else [*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=last, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)

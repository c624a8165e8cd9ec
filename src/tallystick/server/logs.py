"""What a registry writes to standard error: a line of JSON for each thing that happened, or of text."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from tallystick.errors import printable
from tallystick.server.settings import Log


def log_to_stderr(settings: Log) -> None:
    """Send the records of tallystick and of the web server to standard error. Other libraries are heard from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if settings.format == "json" else _Text())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    level = settings.level.upper()
    logging.getLogger("tallystick").setLevel(level)
    # uvicorn tells of each connection and each step of its start: that is for who looks for a fault.
    logging.getLogger("uvicorn").setLevel(
        "DEBUG" if level == "DEBUG" else max(logging.WARNING, logging.getLevelName(level))
    )


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            facts["error"] = self.formatException(record.exc_info)
        return json.dumps(facts, default=str)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = " ".join(f"{name}={value}" for name, value in getattr(record, "facts", {}).items())
        line = printable(f"{time} {record.levelname.lower()} {record.getMessage()} {facts}".rstrip())
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line

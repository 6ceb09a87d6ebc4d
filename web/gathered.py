"""`/metrics` of several workers: whichever of them is asked tells those of all, each sample with its `worker`.

Each writes its own to a file once a second; the others read it. A counter begins anew with the worker that replaces
another, as it does after any restart.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

log = structlog.get_logger(__name__)
WRITE_SECONDS = 1.0
LABEL = "worker"


class Gathered(Collector):
    """The metrics of worker `number`, and those that the others left in `folder`."""

    def __init__(self, registry: CollectorRegistry, folder: Path, number: int) -> None:
        self._own = Labelled(registry, number)
        self._file = file_of(folder, number)

    def collect(self) -> Iterator[Metric]:
        return merged([*self._own.collect(), *self._others()])

    def write_for_others(self) -> None:
        """Once a second, for as long as the process lives."""
        threading.Thread(target=self._write_on, name="metrics", daemon=True).start()

    def write(self) -> None:
        temporary = self._file.with_suffix(".new")
        temporary.write_bytes(generate_latest(self._own))
        temporary.replace(self._file)

    def _write_on(self) -> None:
        told, pause = False, threading.Event()
        while not pause.wait(WRITE_SECONDS):
            try:
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self.write()
                told = False
            except OSError as error:  # a full disk: what is read elsewhere is old meanwhile
                if not told:
                    log.warning("metrics.not_written", reason=error.strerror)
                told = True

    def _others(self) -> Iterator[Metric]:
        for file in sorted(self._file.parent.glob("*.prom")):
            if file != self._file:
                with suppress(OSError, ValueError):  # its worker has just ended
                    yield from text_string_to_metric_families(file.read_text(encoding="utf-8"))


class Labelled(Collector):
    def __init__(self, registry: CollectorRegistry, number: int) -> None:
        self._registry = registry
        self._label = {LABEL: str(number)}

    def collect(self) -> Iterator[Metric]:
        for family in self._registry.collect():
            labelled = Metric(family.name, family.documentation, family.type, family.unit)
            labelled.samples = [each._replace(labels={**each.labels, **self._label}) for each in family.samples]
            yield labelled


def merged(families: Iterable[Metric]) -> Iterator[Metric]:
    """One family a name: the format wants its samples together."""
    found: dict[str, Metric] = {}
    for family in families:
        first = found.setdefault(family.name, family)
        if first is not family:
            first.samples = [*first.samples, *family.samples]
    return iter(found.values())


def file_of(folder: Path, number: int) -> Path:
    return folder / f"{number}.prom"


def forget(folder: Path, number: int) -> None:
    """A worker has ended."""
    file_of(folder, number).unlink(missing_ok=True)

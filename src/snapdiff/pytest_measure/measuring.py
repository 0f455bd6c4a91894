"""Measures one test: after a plain call, whose outcome is the test's, 1, 10 and N more of them."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from snapdiff.pytest_measure.asked import Asked
from snapdiff.pytest_measure.folder import Folder, page_of
from snapdiff.pytest_measure.quick import grows
from snapdiff.pytest_measure.result import CLEAN, NOT_MEASURED, Result
from snapdiff.pytest_measure.rewind import Rewind, renew
from snapdiff.pytest_measure.tools import is_of_a_tool
from snapdiff.pytest_measure.unreported import Unreported
from snapdiff.record.inprocess import Done, Place, measure
from snapdiff.record.options import Options, OptionsError

#: Seconds that sealing and judging may take: a recording of some MB takes three.
_JUDGING_SECONDS = 300
#: What ends the whole run of pytest.
_ENDINGS = (KeyboardInterrupt, SystemExit, pytest.exit.Exception)


class Measuring:
    """One test that is to be measured. Made before its plain call."""

    def __init__(self, item: pytest.Function, asked: Asked, folder: Folder) -> None:
        self._item = item
        self._asked = asked
        self._folder = folder
        self._rewind = Rewind(item)
        self._unreported = Unreported(item)
        self._first = True
        self._started = time.perf_counter()

    def run(self) -> Result:
        """Measure, after the plain call has gone well; never raises for what is not the test's fault."""
        seconds = time.perf_counter() - self._started
        asked, test = self._asked, self._item.nodeid
        planned = seconds * sum(asked.rounds)
        if not asked.marked and planned > asked.max_time:
            why = f"a call takes {seconds:.2g} s, {sum(asked.rounds)} of them longer than {asked.max_time:g} s"
            return Result(test, NOT_MEASURED, why)
        self._rewind.keep_first()
        try:
            with self._unreported:
                if not asked.marked and not asked.keep:
                    skipped = self._look()
                    if skipped is not None:
                        return skipped
                recording = self._folder.room_for(test)
                done = self._measure(recording)
        except (OptionsError, OSError) as error:
            return Result(test, NOT_MEASURED, str(error))
        except Exception as error:
            # A defect of ours is not the test's.
            return Result(test, NOT_MEASURED, f"snapdiff failed with {type(error).__name__}: {error}")
        finally:
            self._rewind.finish()
        if isinstance(done.error, _ENDINGS):
            done.discard()
            raise done.error
        if done.error is not None and not done.grew:
            done.discard()
            return Result(test, NOT_MEASURED, self._why(done.facts.ended.text))
        if not done.grew and not asked.keep:
            done.discard()
            return Result(test, CLEAN, "nothing grew with the calls")
        return self._judge(done, recording)

    def _look(self) -> Result | None:
        """Return the result where a quick look is enough, None where the test is to be measured."""
        try:
            grew = grows(self._call)
        except _ENDINGS:
            raise
        except BaseException as error:
            # Failed, skipped: whatever pytest would have taken for an outcome.
            how = f"raised {type(error).__name__} when called once more"
            return Result(self._item.nodeid, NOT_MEASURED, self._why(how))
        return None if grew else Result(self._item.nodeid, CLEAN, "nothing grew in a quick look")

    def _why(self, how: str) -> str:
        hint = "" if self._asked.fresh else '; fixtures="fresh" sets its fixtures up for each call'
        return f"{how}: the test cannot be called again and again{hint}"

    def _measure(self, recording: Path) -> Done:
        asked, item = self._asked, self._item
        options = Options(
            target=item.nodeid, output=recording, rounds=asked.rounds, trace="auto", max_time=asked.max_time,
            command=("pytest", item.nodeid), force=True,
        )  # fmt: skip
        file, line, _ = item.location
        place = Place(str(item.config.rootpath / file), None if line is None else line + 1, str(item.config.rootpath))

        def call() -> None:
            # Not the method itself: its object would be taken for the program's.
            self._call()

        return measure(call, options, place, owners=owners(item, asked.fresh))

    def _call(self) -> None:
        """Call the test as pytest does, from the state before its first call."""
        item: Any = self._item
        self._rewind.back()
        if self._asked.fresh:
            renew(item, self._first)
            self._first = False
        item.runtest()
        self._unreported.check()
        # A TestCase raises nothing: it tells its item.
        if getattr(item, "_excinfo", None):
            error = item._excinfo[0].value
            item._excinfo.clear()
            raise error

    def _judge(self, done: Done, recording: Path) -> Result:
        test, page = self._item.nodeid, page_of(recording)
        request = {
            "part": str(done.part), "recording": str(recording), "page": str(page), "test": test,
            "project": str(self._item.config.rootpath), "facts": dataclasses.asdict(done.facts),
            "allow": self._asked.allow, "known": sorted(self._asked.known),
        }  # fmt: skip
        # Outside of the test's folder and path, so that nothing there is taken for a library of ours.
        command = [sys.executable, "-P", "-m", "snapdiff.pytest_measure.judge"]
        try:
            answered = subprocess.run(
                command, input=json.dumps(request), capture_output=True, text=True, timeout=_JUDGING_SECONDS,
                check=False, encoding="utf-8",
            )  # fmt: skip
            answer = json.loads(answered.stdout) if answered.returncode == 0 else None
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            return Result(test, NOT_MEASURED, f"it was measured, and judging failed: {error}")
        if answer is None:
            last = (answered.stderr.strip().splitlines() or ["no reason was given"])[-1]
            return Result(test, NOT_MEASURED, f"it was measured, and judging failed: {last}")
        done.discard()
        return Result.of(test, answer, page, self._asked)


def owners(item: pytest.Function, fresh: bool) -> list[Any]:
    """Return what pytest alone holds and is the program's: values of fixtures, the test's `self`; then the session.

    What the session holds besides is found through it, and so known to be pytest's.
    """
    found: list[Any] = []
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        definition = definitions[-1]
        cached = definition.cached_result
        if cached is not None and cached[2] is None and not (fresh and definition.scope == "function"):
            found.append(cached[0])
    if not fresh:
        found.append(item.instance)
    kept: list[Any] = []
    for value in found:
        cls = type(value)
        tool = is_of_a_tool(f"{cls.__module__}.{cls.__qualname__}")
        simple = value is None or isinstance(value, str | bytes | int | float | complex | ModuleType | type)
        if not tool and not simple and all(value is not each for each in kept):
            kept.append(value)
    return [*kept, item.session]

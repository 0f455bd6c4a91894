"""Records functions and loops in this very process, and prints what came of it and what is left behind, as JSON."""

import asyncio
import gc
import json
import os
import sys
import threading

import snapdiff

kept = []
ROUNDS = (1, 3, 20)


class Item:
    pass


class Shop:
    def __init__(self):
        self.sold = []

    def sell(self):
        self.sold.append(Item())


def clean():
    return [Item() for _ in range(10)]


heavy = set()


def looks_around():
    heavy.update({"pandas", "pyarrow", "numpy", "jinja2", "click", "rich"} & set(sys.modules))
    return clean()


def breaks():
    kept.append(None)
    if len(kept) > 8:
        raise KeyError("one too many")


async def sleeps():
    await asyncio.sleep(0)
    kept.append(Item())


def nests():
    snapdiff.record(clean, rounds=ROUNDS)


def needs(number):
    return number


def refused(function, **options):
    try:
        snapdiff.record(function, rounds=ROUNDS, **options)
    except Exception as error:
        return [type(error).__name__, str(error), getattr(error, "__notes__", [])]
    return None


def settings():
    return [
        gc.isenabled(), gc.get_threshold(), gc.get_debug(), sys.argv[:], sys.modules["__main__"].__name__,
        sys.getswitchinterval(), sys.gettrace(), sys.getprofile(), threading.active_count(),
        sys.modules["tracemalloc"].is_tracing() if "tracemalloc" in sys.modules else False,
        os.listdir("/proc/self/fd").__len__() if os.path.isdir("/proc/self/fd") else None,
    ]  # fmt: skip


def told(recording):
    report = snapdiff.analyze(recording)
    finding = report.findings[0] if report.findings else None
    return {
        "verdict": report.verdict,
        "ended": recording.ended,
        "complete": recording.complete,
        "objects": [each.objects for each in report.analysis.rounds],
        "control": report.analysis.control.objects,
        "path": finding.container.path if finding and finding.container else None,
        "grown": bool(finding and finding.grown_at),
        "born": finding.born_at[0].frame.function if finding and finding.born_at else None,
    }


def loop(items, **options):
    with snapdiff.watch(rounds=ROUNDS, **options) as watch:
        for _ in watch.calls(items):
            kept.append(Item())
    return watch.recording


def quiet_loop():
    seen = 0
    with snapdiff.watch(rounds=ROUNDS, trace="off") as watch:
        for number in watch.calls(range(100)):
            clean()
            seen += number >= 0
    return watch, seen


def left_loop():
    with snapdiff.watch(rounds=ROUNDS, trace="off") as watch:
        for number in watch.calls():
            if number == 7:
                break
    return watch.recording


def broken_loop():
    try:
        with snapdiff.watch(rounds=ROUNDS, trace="off") as watch:
            for _ in watch.calls(range(100)):
                breaks()
    except KeyError:
        return watch.recording


def apart(make):
    """Record in a copy of this process, before it holds what reads recordings: six times as many objects to walk."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        with os.fdopen(writing, "w") as said:
            json.dump(told(make()), said)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        answer = json.load(said)
    assert (pid, 0) == os.waitpid(pid, 0)
    return answer


answers = {
    "coroutine": apart(lambda: snapdiff.record(sleeps, rounds=ROUNDS, trace="off")),
    "inputs": apart(lambda: snapdiff.record(needs, rounds=ROUNDS, trace="off", inputs=lambda: [(1,), (2,)])),
    "loop": apart(lambda: loop(None, trace_depth=1)),
    "auto": apart(lambda: loop(None, trace="auto", trace_depth=1)),
    "short": apart(lambda: loop(range(10), trace="off")),
    "cut": apart(lambda: loop(range(24 + 30), trace="off")),
    "left": apart(left_loop),
}
answers["clean"] = told(snapdiff.record(looks_around, rounds=ROUNDS, trace="off"))
answers["heavy"] = sorted(heavy)
before = settings()
shop = Shop()
recordings = {"method": snapdiff.record(shop.sell, rounds=ROUNDS, trace="rounds", trace_depth=1)}
recordings["broken"] = broken_loop()
kept.clear()
output = os.path.join(sys.argv[1], "broken.snapdiff")
answers["refused"] = {
    "nests": refused(nests),
    "needs": refused(needs),
    "breaks": refused(breaks, trace="off", output=output),
    "exists": refused(clean, output=output),
}


async def from_a_coroutine():
    return refused(sleeps)


answers["refused"]["running loop"] = asyncio.run(from_a_coroutine())
watch, answers["seen"] = quiet_loop()
recordings["quiet loop"] = watch.recording
answers["settings"] = [before, settings()]
answers.update({name: told(recording) for name, recording in recordings.items()})
answers["broken file"] = snapdiff.analyze(output).analysis.ended
print(json.dumps(answers))

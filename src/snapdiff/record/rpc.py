"""A worker behind JSON-RPC: snapdiff is its parent, and makes requests as the agent inside orders them."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snapdiff.agent import serve, spool
from snapdiff.record import requests, stillness
from snapdiff.record.conversation import IDLE, Conversation, WorkerEndedError, WorkerError, waiting
from snapdiff.record.framing import AUTO
from snapdiff.record.relay import ParentGoneError, Relay
from snapdiff.record.worker_command import WorkerCommand, parse

#: What stands for a file of requests when they come from our own parent.
RELAYED = "-"
#: Seconds to wait for a reply. A request takes thirty times as long when every allocation is traced.
DEFAULT_REPLY_TIMEOUT = 120.0
#: Seconds between the end of a worker's output and its own, where that is what ended it.
_MOMENT = 2.0
#: Seconds that a worker gets to end after its standard input was closed, before it is terminated.
HANG_UP = 5.0


@dataclass(frozen=True)
class Rpc:
    """What `record --rpc` was told. Times in seconds."""

    command: str
    request: Path
    framing: str = AUTO
    in_flight: int = 1
    """Requests that may wait for their replies at once."""
    reply_timeout: float = DEFAULT_REPLY_TIMEOUT

    @property
    def name(self) -> str:
        """What the worker is called: its script or module, without arguments. Raises OptionsError."""
        found = parse(self.command)
        return found.name if found.kind != "code" else "-c"


class Worker:
    """One worker, and the thread that talks to it."""

    def __init__(self, rpc: Rpc, setup: str | None, teardown: str | None) -> None:
        """Read the files and take the command apart. Raises OptionsError."""
        self.rpc = rpc
        self.command: WorkerCommand = parse(rpc.command)
        self.relays = str(rpc.request) == RELAYED
        """Whether the requests come from the parent that started us, and the replies go there."""
        self._requests = () if self.relays else requests.read(rpc.request)
        self._around = {
            serve.SETUP: requests.read(Path(setup)) if setup is not None else (),
            serve.TEARDOWN: requests.read(Path(teardown)) if teardown is not None else (),
        }
        self.failure: WorkerError | None = None
        self.failed_in: list[int] = []
        """The spool's state when the worker failed."""
        self._orders = self._done = (-1, -1)
        """Pipes to and from the agent, once they are open."""
        self._talk: Conversation | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._pid = -1
        self._state = memoryview(b"")
        self._thread: threading.Thread | None = None
        self._hung_up: float | None = None
        self._terminated = False
        self._unsettled = False
        """Whether requests were made since the worker was last waited for."""
        self._restless = self._settled = 0
        self._at_checkpoints = [0, 0]
        """Most bytes in the pipe to the worker and in the one from it at a checkpoint."""

    # -- for the supervisor -------------------------------------------------------------------------------

    def open(self) -> dict[str, Any]:
        """Open the pipes to the agent; return what its plan says of the worker."""
        self._orders, self._done = os.pipe(), os.pipe()
        served = {"kind": self.command.kind, "name": self.command.name}
        arguments = list(self.command.arguments)
        return {"serve": served, "arguments": arguments, "order_fd": self._orders[1], "done_fd": self._done[0]}

    @property
    def fds(self) -> tuple[int, int]:
        """The descriptors that the agent inherits."""
        return (self._orders[1], self._done[0])

    def start(self, process: subprocess.Popen[bytes], state: memoryview) -> None:
        """Begin to talk to the worker, which was started with pipes for its standard input and output."""
        for fd in self.fds:
            os.close(fd)
        self._process, self._pid, self._state = process, process.pid, state
        stdin, stdout = [stream.fileno() for stream in (process.stdin, process.stdout) if stream is not None]
        framed, patience = self.rpc.framing, self.rpc.reply_timeout
        if self.relays:
            self._talk = Relay(stdin, stdout, framed)
        else:
            in_turn = requests.in_turn(self._requests)
            self._talk = Conversation(stdin, stdout, framed, patience, in_turn, self.rpc.in_flight)
        self._thread = threading.Thread(
            target=self._serve, args=(self._talk, process), name="snapdiff-rpc", daemon=True
        )
        self._thread.start()

    def look(self) -> None:
        """Note what waits in the pipes, at a checkpoint."""
        series, checkpoint = self._state[spool.SERIES], self._state[spool.CHECKPOINT]
        if isinstance(self._talk, Relay) and series == spool.WORKLOAD and checkpoint:
            self._talk.look_at_parent(checkpoint)
        if self._talk is not None:
            self._at_checkpoints[0] = max(self._at_checkpoints[0], waiting(self._talk.stdin))
            self._at_checkpoints[1] = max(self._at_checkpoints[1], waiting(self._talk.stdout))

    def hang_up(self) -> bool:
        """Close the worker's standard input; terminate the worker when it does not end by that.

        Called again and again. Returns False as long as a parent of its own still talks to it.
        """
        process = self._process
        if process is None or process.stdin is None:
            return True
        if isinstance(self._talk, Relay) and self.failure is None and not self._talk.hung_up():
            return False
        if self._hung_up is None:
            self._hung_up = time.monotonic()
            process.stdin.close()
        elif not self._terminated and time.monotonic() - self._hung_up > HANG_UP:
            self._terminated = True
            process.terminate()
        return True

    def close(self) -> None:
        """Let go of everything, when the worker has ended."""
        for fd in (self._orders[0], self._done[1], *(() if self._process is not None else self.fds)):
            try:
                os.close(fd)
            except OSError:
                pass
        if self._thread is not None:
            self._thread.join(HANG_UP)
        for stream in (self._process.stdin, self._process.stdout) if self._process is not None else ():
            if stream is not None:
                stream.close()

    def notes(self, returncode: int | None, complete: bool) -> list[str]:
        """Return what the recording should say of the conversation, in sentences."""
        talk = self._talk
        if talk is None:
            return []
        found = [
            f"JSON-RPC, framing {talk.framing}: {talk.sent:,} requests were sent, {talk.replies:,} replies came. "
            f"At most {talk.most_to_worker:,} bytes waited in the pipe to the worker and {talk.most_from_worker:,} in "
            f"the one from it; at checkpoints {self._at_checkpoints[0]:,} and {self._at_checkpoints[1]:,}."
        ]
        if isinstance(talk, Relay):
            found += talk.notes()
        passed = [
            f"{what}: {count:,}"
            for what, count in (
                ("lines that are no message", talk.strays), ("notifications", talk.notifications),
                ("requests of its own", talk.asked),
            )
            if count
        ]  # fmt: skip
        if passed:
            found.append(f"Of what the worker wrote besides, {', '.join(passed)}.")
        if self._restless:
            found.append(
                f"The worker was not idle at {self._restless:,} of {self._settled:,} looks before a measurement: "
                "counts may be off by what it was just doing."
            )
        if complete and returncode:
            how = f"status {returncode}" if returncode > 0 else f"signal {-returncode}"
            why = "did not end when its standard input was closed, and was terminated" if self._terminated else "ended"
            found.append(f"After the recording the worker {why} ({how}).")
        return found

    # -- the thread ---------------------------------------------------------------------------------------

    def _serve(self, talk: Conversation, process: subprocess.Popen[bytes]) -> None:
        orders = self._orders[0]
        try:
            while True:
                if not talk.exchange(IDLE, (orders,)):
                    continue
                order = os.read(orders, serve.ORDER.size)
                if len(order) < serve.ORDER.size:
                    break
                os.write(self._done[1], serve.DONE.pack(self._carry_out(talk, *serve.ORDER.unpack(order))))
        except WorkerError as error:
            self.failure, self.failed_in = error, self._state.tolist()
        except WorkerEndedError:
            if _lives_on(process):
                self.failure, self.failed_in = WorkerError("closed its standard output"), self._state.tolist()
        except (OSError, ValueError):
            # The supervisor has closed the pipes.
            pass
        self._refuse(talk)

    def _refuse(self, talk: Conversation) -> None:
        """Answer that nothing more is done; take what the worker still writes, so that it can end."""
        try:
            os.write(self._done[1], serve.DONE.pack(serve.FAILED))
        except OSError:
            pass
        try:
            os.set_blocking(talk.stdout, True)
            while os.read(talk.stdout, 1 << 16):
                pass
        except (OSError, ValueError):
            pass

    def _tell(self, done: int) -> None:
        self._state[spool.DONE] = done

    def _carry_out(self, talk: Conversation, what: int, count: int, done: int, seconds: float) -> int:
        if what == serve.REQUESTS:
            self._unsettled = True
            try:
                return talk.make(count, seconds, lambda made: self._tell(done + made))
            except ParentGoneError:
                if self._state[spool.PHASE] != spool.HOLDING:
                    raise
                # Everything is measured; where it grows is seen as far as there were requests.
                return 0
        if what == serve.READY:
            stillness.wait_for_start(self._pid)
        elif what == serve.SETTLE and self._unsettled:
            self._unsettled = False
            self._settled += 1
            self._restless += not stillness.wait(self._pid, stillness.WINDOW, stillness.PATIENCE)
        elif what in self._around:
            self._ask_around(talk, what, count)
        return count

    def _ask_around(self, talk: Conversation, what: int, by_length: int) -> None:
        if what == serve.SETUP:
            talk.exchange(0.0)
            talk.settle_framing(bool(by_length))
        try:
            for request in self._around[what]:
                talk.send(request)
                while talk.busy:
                    talk.exchange(IDLE)
        except WorkerEndedError:
            # Asked to go, it goes.
            if what == serve.SETUP:
                raise


def _lives_on(process: subprocess.Popen[bytes]) -> bool:
    """Say whether a process does not end within a moment."""
    try:
        process.wait(_MOMENT)
    except subprocess.TimeoutExpired:
        return True
    return False

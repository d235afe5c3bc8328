"""One case after the other: calm, under attack, calm again, and what is wrong
with what was seen."""

import asyncio
import json
import pathlib
import statistics
import subprocess
import sys
import threading
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from bystanders import COUNT, Crowd, newcomer
from hostile_node import HostileNode, Watch
from waiting import PATIENCE, SANITIZED, wait_until
from weir_node import die_with_parent

HERE = pathlib.Path(__file__).resolve().parent


@dataclass
class Form:
    """Seconds of the windows. `rounds` of calm and paced attack measure the
    delays; then the attack goes as fast as it can."""
    calm: float
    paced: float
    rounds: int
    full: float
    compares: bool  # whether the delays are held against the calm ones
    tries: int = 1


SHORT = Form(calm=1, paced=0, rounds=0, full=0.7, compares=False)
LONG = Form(calm=2.5, paced=2.5, rounds=3, full=5, compares=True, tries=3)

# An attack that is paced takes a part of a core. What the node does with it is
# measured; that a machine with two cores is full is not.
PACE = 4 << 20, 2000  # bytes and units a second

MAX_RATIO = 3
# Calm delays below this are the machine's, and their multiples no fault.
SHORTEST_P99 = 0.004
UNANSWERED = 64  # limits.unanswered_emits
TURN = 300  # messages that an actor handles before it counts them
MAX_LOG_LINES = 40  # a second
MAX_LOG_BYTES = 16_384


@dataclass
class Result:
    case: str
    bound: int
    calm_p50: float = 0
    calm_p99: float = 0
    p50: float = 0
    p99: float = 0
    full_p99: float = 0
    ratio: float = 0
    peak: int = 0
    mailbox: tuple = (0, "")
    livez: float = 0
    loop: float = 0
    newcomer: float = 0
    log_lines: float = 0
    seconds: float = 0
    attack: dict = field(default_factory=dict)
    refused: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)
    log: list = field(default_factory=list)

    def said(self, most=5):
        more = len(self.faults) - most
        return "; ".join(self.faults[:most] + [f"{more} more"] * (more > 0)) \
            or "ok"


class Attack:
    """The process of an attack; ends with `with`."""

    def __init__(self, case, number, target, pace):
        self.command = [sys.executable, "-B", HERE / "attacker.py", case.name,
                        json.dumps({"target": target, "pace": pace,
                                    "source": f"127.0.1.{number % 250 + 1}"})]
        self.progress = {}

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            preexec_fn=die_with_parent)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        return self

    def read(self):
        for line in self.process.stdout:
            self.progress = json.loads(line)

    def __exit__(self, *_):
        ended = self.process.poll() is not None
        self.process.kill()
        self.process.wait()
        self.reader.join()
        assert not ended and self.progress, "the attack has ended by itself"

    async def wait_for_begin(self):
        async with asyncio.timeout(PATIENCE):
            while not self.progress.get("opened") \
                    and not self.progress.get("failed"):
                await asyncio.sleep(0.02)

    async def wait_for_work(self, work, longest=10):
        """Until it has done its work, or gets no further with it."""
        def is_done(x):
            return x["bytes"] >= work or x["stalled"] > 0.7 or x["closed"] > 10
        end = time.monotonic() + longest
        while not is_done(self.progress) and time.monotonic() < end:
            await asyncio.sleep(0.05)


def quantile(delays, share):
    return delays[min(len(delays) - 1, int(len(delays) * share))] \
        if delays else 0


def median_of(windows, share):
    return statistics.median([quantile(x, share) for x in windows])


class Trial:
    def __init__(self, case, number, form, node, crowd):
        self.case, self.number = case, number
        self.form, self.node, self.crowd = form, node, crowd
        self.result = Result(case.name, node.bound, *crowd.calm)
        victim = crowd.clients[0]
        self.target = {**node.target(), "victim": victim.sid}

    def attack(self, pace=(None, None)):
        return Attack(self.case, self.number, self.target, pace)

    async def run(self):
        with Watch(self.node) as watch:
            try:
                before = self.node.counters()
                if self.form.compares:
                    await self.compare()
                await self.attack_at_full()
                self.result.faults += await self.crowd.settle()
                await asyncio.to_thread(self.wait_until_idle)
                self.note_refused(before, self.node.counters())
            except (OSError, TimeoutError) as e:
                self.result.faults.append(f"the node does not answer: {e!r}")
        self.judge(watch)
        return self.result

    def wait_until_idle(self):
        """What is left of the attack is not to be the next case's."""
        try:
            wait_until(lambda: self.node.mailboxes() < 1000
                       and self.node.sessions() < COUNT + 15,
                       "the last attack's messages and sessions to end",
                       3 * PATIENCE)
        except AssertionError as e:
            self.result.faults.append(str(e))

    def note_refused(self, before, after):
        self.result.refused = {k: v - before.get(k, 0) for k, v
                               in after.items() if v > before.get(k, 0)}

    # -- delays -----------------------------------------------------------------

    async def compare(self):
        """What lies over the limit is looked at again: a machine may have had
        something else to do."""
        for _ in range(self.form.tries):
            if (await self.measure_ratio()) <= MAX_RATIO:
                return
        self.result.faults.append(
            f"p99 is {self.result.ratio:.1f} times the calm one")

    async def measure_ratio(self):
        calm, paced = [], []
        for _ in range(self.form.rounds):
            calm.append(await self.crowd.measure(self.form.calm))
            with self.attack(PACE) as attack:
                await attack.wait_for_begin()
                paced.append(await self.crowd.measure(self.form.paced))
        x = self.result
        x.calm_p50, x.calm_p99 = median_of(calm, .5), median_of(calm, .99)
        x.p50, x.p99 = median_of(paced, .5), median_of(paced, .99)
        x.ratio = x.p99 / max(x.calm_p99, SHORTEST_P99)
        return x.ratio

    # -- everything else ---------------------------------------------------------

    async def attack_at_full(self):
        with self.attack() as attack:
            await attack.wait_for_begin()
            delays = await self.crowd.measure(self.form.full)
            self.result.full_p99 = quantile(delays, .99)
            await attack.wait_for_work(self.case.work)
            await self.look_around()
        self.result.attack = attack.progress

    async def look_around(self):
        """While the attack continues: does the node work for everybody else?"""
        if not await self.crowd.goes_on():
            self.result.faults.append("bystanders' emits are not acked")
        try:
            status, _ = await asyncio.to_thread(self.node.get, "/livez")
            assert status == 200, status
            if self.case.newcomers:
                self.result.newcomer = await newcomer(self.node, self.number)
        except (OSError, AssertionError, EOFError, TimeoutError) as e:
            self.result.faults.append(f"nobody else gets in: {e!r}")

    def judge(self, watch):
        x = self.result
        x.peak, x.mailbox = watch.peak, watch.longest_mailbox
        x.livez, x.loop = watch.slowest_livez, watch.slowest_loop
        x.seconds = watch.seconds
        x.log_lines = len(watch.log_lines) / watch.seconds
        x.log = [y for y in watch.log_lines if y][-20:]
        log_bytes = sum(map(len, watch.log_lines)) / watch.seconds
        if watch.killed:
            x.faults.append("killed: it took too much memory")
        elif not watch.alive:
            x.faults.append("the node has ended: "
                            + " / ".join(watch.log_lines[-3:]))
        if x.peak > x.bound and not SANITIZED:
            x.faults.append("more memory than the limits allow")
        held_up = max(watch.slowest_loop, watch.slowest_livez)
        if held_up > watch.lateness.allowance():
            x.faults.append(f"a loop or /livez is held up for {held_up:.1f} s")
        if watch.livez_errors:
            x.faults.append(f"/livez: {watch.livez_errors[0]}, "
                            f"{len(watch.livez_errors)} times")
        attackers = max(1, watch.most_sessions - COUNT)
        if x.mailbox[0] > 4 * UNANSWERED * attackers + TURN:
            x.faults.append("{} messages for one {}".format(*x.mailbox))
        if x.log_lines > MAX_LOG_LINES or log_bytes > MAX_LOG_BYTES:
            x.faults.append(f"{x.log_lines:.0f} log lines a second")
        if x.attack and not x.attack["opened"]:
            x.faults.append("the attack has not even begun")
        if watch.most_sessions > self.node.max_connections:
            x.faults.append(f"{watch.most_sessions} sessions at once")


# -- nodes ---------------------------------------------------------------------

class Stage:
    """A node and its bystanders; a new one where the last is of no use."""

    def __init__(self, form, settings):
        self.form, self.settings = form, settings
        self.stack = AsyncExitStack()
        self.node = self.crowd = self.key = None
        self.was_faulty = False

    async def ready(self, case):
        key = case.settings, case.descriptors
        if self.key == key and self.is_well():
            if self.crowd.pausing:
                self.crowd.resume()
            return self.node, self.crowd
        await self.close()
        self.key = key
        self.node = await asyncio.to_thread(
            self.stack.enter_context,
            HostileNode([*self.settings, *case.settings], case.descriptors))
        self.crowd = await self.stack.enter_async_context(Crowd(self.node))
        calm = await self.crowd.measure(self.form.calm)
        self.crowd.calm = quantile(calm, .5), quantile(calm, .99)
        return self.node, self.crowd

    def is_well(self):
        return not self.was_faulty and self.node.process.poll() is None \
            and not self.crowd.complaints()

    async def close(self):
        if self.node and not self.is_well():
            self.node.exit_seen = True  # no orderly stop is expected of it
        await self.stack.aclose()
        self.node = self.key = None
        self.was_faulty = False


async def run_cases(cases, form, settings):
    """`settings`: of all nodes."""
    stage = Stage(form, settings)
    results = []
    try:
        for number, case in enumerate(cases):
            node, crowd = await stage.ready(case)
            result = await Trial(case, number, form, node, crowd).run()
            results.append(result)
            stage.was_faulty = bool(result.faults)
            print(f"{case.name}: {result.said()} "
                  f"({result.seconds:.1f} s)", flush=True)
    finally:
        await stage.close()
    return results

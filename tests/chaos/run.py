"""One run: start everything, let faults happen, let it become quiet, compare."""

import asyncio
import dataclasses
import json

import checker
from configuration import RECOVERY_WINDOW
from faults import FAULTS
from figures import figures
from script import Player, make_script
from session_rules import Promise
from settle import Settling
from timeline import timeline
from world import World

SHOWN = 10  # violations


class Result:
    def __init__(self, options, journal, log, violations):
        self.options, self.log = options, log
        self.entries, self.begin = journal.in_order(), journal.begin
        self.violations = sorted(violations, key=lambda x: x.at)
        self.figures = {"nodes": options.nodes, "alone": options.alone,
                        **figures(self.entries, self.violations)}

    def save(self):
        options = {k: str(v) if k == "folder" else v
                   for k, v in dataclasses.asdict(self.options).items()}
        file = self.options.folder / "figures.json"
        file.write_text(json.dumps({
            "options": options, **self.figures,
            "found": [dataclasses.asdict(x) for x in self.violations]},
            indent=1) + "\n")

    def text(self):
        numbers = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v
                            in self.figures.items()
                            if k not in ("nodes", "alone", "faults"))
        lines = [f"seed {self.options.seed}: {numbers}"]
        if self.violations:
            lines += [f"  {x}" for x in self.violations[:SHOWN]]
            lines.append("how the first came about "
                         f"(all of it: {self.options.folder}):")
            lines += timeline(self.violations[0], self.entries, self.log,
                              self.begin)
        return "\n".join(lines)


def promise_of(options):
    excused = {x.name for x in FAULTS.values() if x.may_lose_session}
    return Promise(window=RECOVERY_WINDOW if options.recovery else 0.0,
                   may_lose=frozenset(excused | set(options.may_lose_session)),
                   may_refuse={x.name: x.may_refuse for x in FAULTS.values()
                               if x.may_refuse})


async def run(options, say):
    steps = make_script(options.seed, options.duration, options.playable,
                        options.alone)
    async with World(options) as world:
        plan = options.folder / "faults.txt"
        plan.write_text("".join(f"{x}\n" for x in steps))
        say(f"seed {options.seed}: {len(steps)} faults in "
            f"{options.duration:.0f} s, {len(world.clients)} clients; when "
            f"which: {plan}")
        stalled = await play(world, steps)
        if stalled:
            for node in world.nodes:
                await node.keep_status()
        if options.counts_traffic:
            await world.tell_traffic()
        log = await world.read_log()
    world.journal.save(options.folder / "journal.jsonl")
    log.save(options.folder / "log.jsonl")
    return judge(options, world.journal, log, stalled)


async def play(world, steps):
    """What is violated already by the time it has become quiet, or has not."""
    settling = Settling(world)
    await settling.gather()
    load = asyncio.create_task(world.load.run())
    world.let_forget_tokens(True)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(world.options.duration))
            group.create_task(Player(world, steps, world.options.alone).play())
    finally:
        world.let_forget_tokens(False)
        world.load.stop()
        await load
    world.journal.add("quiet", "run")
    return await settling.settle()


def judge(options, journal, log, stalled=()):
    violations = checker.check(journal.in_order(), log, promise_of(options))
    result = Result(options, journal, log, [*violations, *stalled])
    result.save()
    return result

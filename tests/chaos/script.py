"""Which faults, when and for how long: a function of the seed."""

import asyncio
import contextlib
import random
from dataclasses import dataclass

from faults import FAULTS
from watch import Watch

FIRST = 3.0  # seconds of calm before the first fault
CALM = 3.0  # between two faults of a family, however long healing took
CALM_ALONE = 8.0  # so that what a fault has delayed is not the next one's


@dataclass(frozen=True)
class Step:
    number: int
    at: float  # seconds since the load began
    name: str
    lasts: float
    choice: int  # seeds what the fault itself chooses

    def __str__(self):
        return f"{self.at:6.1f} s  {self.name} for {self.lasts:.1f} s"


def make_script(seed, duration, names, alone=False):
    """Each family draws from a deck of its own, so that each fault gets its
    turn; with `alone`, all share one deck, and faults do not overlap."""
    generator = random.Random(f"script {seed}")
    families = {}
    for name in sorted(names):
        family = "all" if alone else FAULTS[name].family
        families.setdefault(family, []).append(name)
    steps = [step for deck in families.values()
             for step in family_steps(generator, duration, deck)]
    steps.sort(key=lambda x: x[0])
    return [Step(number, *step) for number, step in enumerate(steps, 1)]


def family_steps(generator, duration, names):
    """(at, name, lasts, choice), one after the other, with calm between."""
    at, deck = FIRST + generator.uniform(0, 5), []
    while True:
        if not deck:
            deck = generator.sample(names, len(names))
        name = deck.pop()
        lasts = generator.uniform(*FAULTS[name].lasts)
        if at + lasts > duration:
            if at + min(FAULTS[x].lasts[0] for x in names) > duration:
                return
            continue  # a shorter one may still have its turn
        yield at, name, lasts, generator.getrandbits(32)
        at += lasts + generator.uniform(CALM, 10.0)


class Player:
    """Plays steps into a world. A fault waits for the one before it in its
    family, which may take longer to heal than planned."""

    def __init__(self, world, steps, alone=False):
        self.world, self.steps, self.alone = world, steps, alone
        self.turns = {}

    async def play(self):
        loop = asyncio.get_running_loop()
        begin = loop.time()
        async with asyncio.TaskGroup() as group:
            for step in self.steps:
                group.create_task(self.perform(step, begin))

    async def perform(self, step, begin):
        loop = asyncio.get_running_loop()
        await asyncio.sleep(begin + step.at - loop.time())
        async with self.turn(step.name):
            fault = FAULTS[step.name](self.world, random.Random(step.choice))
            self.tell("fault", fault, step)
            watch = Watch(self.world, fault)
            try:
                await fault.inject()
                await watch.sleep(step.lasts)
            finally:
                watch.tell(step.number)
                await fault.heal()
                self.tell("healed", fault, step)
            await asyncio.sleep(CALM_ALONE if self.alone else CALM)

    @contextlib.asynccontextmanager
    async def turn(self, name):
        """That of all families of a fault; always in one order, so that no two
        faults wait for each other."""
        families = ["all"] if self.alone else FAULTS[name].families()
        async with contextlib.AsyncExitStack() as stack:
            for family in families:
                await stack.enter_async_context(
                    self.turns.setdefault(family, asyncio.Lock()))
            yield

    def tell(self, what, fault, step):
        self.world.journal.add(what, fault.name, target=fault.target,
                               number=step.number, **fault.where)

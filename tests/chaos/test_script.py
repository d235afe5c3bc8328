"""A seed stands for a script, and a script is played without overlaps."""

import asyncio

import pytest

import script
from fault import Fault
from faults import FAULTS
from journal import Journal
from options import Options
from script import Player, Step, make_script

ALL = list(FAULTS)


def test_a_seed_always_gives_the_same_script():
    assert make_script(7, 60, ALL) == make_script(7, 60, reversed(ALL))
    assert make_script(7, 60, ALL) != make_script(8, 60, ALL)


def test_each_fault_gets_its_turn():
    assert {x.name for x in make_script(7, 600, ALL)} == set(ALL)


def test_faults_of_a_family_do_not_overlap():
    last = {}
    for step in make_script(7, 600, ALL):
        family = FAULTS[step.name].family
        assert step.at >= last.get(family, 0)
        last[family] = step.at + step.lasts
        assert last[family] <= 600


def test_alone_means_that_nothing_overlaps():
    steps = make_script(7, 600, ALL, alone=True)
    assert all(a.at + a.lasts < b.at for a, b in zip(steps, steps[1:]))


def test_one_node_has_no_faults_of_clusters():
    one, three = (Options(nodes=x).playable for x in (1, 3))
    assert set(one) < set(three) <= set(ALL)
    assert {"node_kill", "storm"} <= set(one)
    assert {"node_isolated", "nodes_restart"} <= set(three) - set(one)


def test_the_broker_within_the_node_has_no_faults_of_its_own():
    assert {FAULTS[x].family for x in Options(brokers=0).playable} \
        == {"client", "client link", "node"}


class World:
    def __init__(self):
        self.journal = Journal()


class Noted(Fault):
    lasts = (0.1, 0.1)

    def choose(self):
        return "nothing"

    async def inject(self):
        pass


class One(Noted):
    family = "one"


class Other(Noted):
    family = "other"


class Both(Noted):
    family, also = "one", ("other",)


@pytest.mark.parametrize("names, overlap", [
    (("one", "other"), True), (("both", "other"), False),
    (("one", "both"), False)])
def test_a_fault_of_two_families_waits_for_both(monkeypatch, names, overlap):
    monkeypatch.setattr(script, "FAULTS",
                        {"one": One, "other": Other, "both": Both})
    monkeypatch.setattr(script, "CALM", 0)
    world = World()
    asyncio.run(Player(world, [Step(i, 0, name, 0.1, 1)
                               for i, name in enumerate(names)]).play())
    whats = [x.what for x in world.journal.entries]
    assert sorted(whats) == ["fault", "fault", "healed", "healed"]
    assert (whats[1] == "fault") == overlap

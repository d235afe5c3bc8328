"""A seed stands for a script."""

from faults import FAULTS
from script import make_script

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

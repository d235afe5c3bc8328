"""The whole of it can fail: a real node, real clients, and between them a link
that lies once."""

import asyncio

import pytest

import run
from options import Options
from waiting import PATIENCE

CAUGHT_AS = {
    "": set(),
    "drop": {"silent gap", "lost"},
    "duplicate": {"delivered twice"},
    "swap": {"out of order"},
    "ack_early": {"acked and lost"},
    # An older offset also names the rooms that the socket was in then, so its
    # client may miss a room for good.
    "old_offset": {"delivered twice", "not recovered", "not a member", "lost",
                   "silent gap", "stalled"},
}


def kinds(folder, mutation):
    options = Options(
        seed=1, duration=8, clients=40, official=2, rooms=10, rate=60,
        brokers=0, faults=("storm",) if mutation == "old_offset" else (),
        mutation=mutation, patience=PATIENCE, folder=folder)
    result = asyncio.run(run.run(options, print))
    print(result.text())
    return {x.kind for x in result.violations}


@pytest.mark.parametrize("mutation", CAUGHT_AS)
def test_each_lie_is_caught(tmp_path, mutation):
    found = kinds(tmp_path, mutation)
    if mutation:
        assert found & CAUGHT_AS[mutation]
    assert found <= CAUGHT_AS[mutation]

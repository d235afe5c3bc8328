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
    # Whether it stalls depends on whether the client has connected again.
    "lose_answer": {"stalled", "never answered"},
    "answer_twice": {"wrong"},
    "refuse": {"refused for nothing", "refused but stored"},
    # What is left out may lie in another partition than it says.
    "needless_gap": {"needless gap", "silent gap", "lost"},
    # An older offset also names the rooms that the socket was in then, and where
    # it was in them, so its client may miss a room permanently, or get what came
    # before it joined again.
    "old_offset": {"delivered twice", "not recovered", "not a member", "lost",
                   "silent gap", "out of order", "stalled"},
    "stale": {"delivered twice"},
    "stale_ack": {"acked and lost"},
}
# One through whose end clients stay connected.
PAUSE = {"seed": 273, "duration": 12, "faults": ("node_pause",),
         "settings": ("engineio.ping_timeout=20s",)}
MORE = {"old_offset": {"faults": ("storm",)}, "stale": PAUSE,
        "stale_ack": PAUSE}


def kinds(folder, mutation):
    chosen = {"seed": 1, "duration": 8, "faults": (), **MORE.get(mutation, {})}
    options = Options(
        clients=40, official=2, rooms=10, rate=60, brokers=0,
        mutation=mutation, patience=PATIENCE, folder=folder, **chosen)
    result = asyncio.run(run.run(options, print))
    print(result.text())
    return {x.kind for x in result.violations}


@pytest.mark.parametrize("mutation", CAUGHT_AS)
def test_each_lie_is_caught(tmp_path, mutation):
    found = kinds(tmp_path, mutation)
    if mutation:
        assert found & CAUGHT_AS[mutation]
    assert found <= CAUGHT_AS[mutation]

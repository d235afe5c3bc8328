"""A node whose wall clock jumps goes on with what it waits for."""

import asyncio
import time

import pytest

import kafka_group
from configuration import Configuration
from kafka import GROUP, PASSWORD, USER
from kafka_cluster import KafkaCluster
from network import Loopback
from node import Node
from options import Options
from waiting import SANITIZED
from wall_clock import WallClock
from world import TOPIC

SESSION = 6
SETTINGS = (f"kafka.properties.session.timeout.ms={SESSION * 1000}",)


async def watch_idle_node(folder, kafka, seconds):
    """The states of its group, while its clock jumps, for twice as long as it may
    be silent."""
    clock = WallClock(folder / "clock")
    node = Node("a", Loopback(), folder, SETTINGS,
                lambda _, text: pytest.fail(text), clock)
    node.configure(
        Configuration(Options(), kafka.users_bootstrap).of(node, [node]))
    await node.start()
    try:
        await node.wait_until_ready()
        async with asyncio.timeout(30):
            while kafka_group.state(kafka.bootstrap, GROUP) != "Stable":
                await asyncio.sleep(0.1)
        states, jumps, end = set(), 0, time.monotonic() + 2 * SESSION
        while time.monotonic() < end:
            jumps += 1
            clock.jump(jumps * seconds)
            states.add(kafka_group.state(kafka.bootstrap, GROUP))
            await asyncio.sleep(0.5)
        return states
    finally:
        await node.kill()


@pytest.mark.skipif(
    SANITIZED, reason="the sanitizers' runtime must be loaded first")
@pytest.mark.parametrize("seconds", [-600, 600])
def test_an_idle_node_stays_in_its_group(tmp_path, seconds):
    with KafkaCluster(users={USER: PASSWORD}) as kafka:
        kafka.create_topic(TOPIC, 2)
        states = asyncio.run(watch_idle_node(tmp_path, kafka, seconds))
    assert states == {"Stable"}

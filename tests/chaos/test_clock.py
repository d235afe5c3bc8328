"""A node whose wall clock jumps continues with what it waits for."""

import asyncio
import os
import pathlib
import time

import pytest

import kafka_group
from configuration import Configuration
from kafka import GROUP, PASSWORD, USER
from kafka_cluster import KafkaCluster
from network import Loopback
from node import Node
from options import Options
from waiting import PATIENCE, SANITIZED
from wall_clock import WallClock
from world import TOPIC

SESSION = 6
SETTINGS = (f"kafka.properties.session.timeout.ms={SESSION * 1000}",)


class ClockedNode:
    """A node by itself, whose clock can jump."""

    def __init__(self, folder, kafka):
        self.clock = WallClock(folder / "clock")
        self.node = Node("a", Loopback(), folder, SETTINGS,
                         lambda _, text: pytest.fail(text), self.clock)
        self.node.configure(Configuration(Options(), kafka.users_bootstrap).of(
            self.node, [self.node]))

    async def __aenter__(self):
        await self.node.start()
        await self.node.wait_until_ready()
        return self

    async def __aexit__(self, *_):
        await self.node.kill()

    def processor_time(self):
        fields = pathlib.Path(f"/proc/{self.node.process.pid}/stat").read_text()
        user, system = fields.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def watch_idle_node(folder, kafka, seconds):
    """The states of its group, while its clock jumps, for twice as long as it may
    be silent."""
    async with ClockedNode(folder, kafka) as it:
        async with asyncio.timeout(PATIENCE):
            while kafka_group.state(kafka.bootstrap, GROUP) != "Stable":
                await asyncio.sleep(0.1)
        states, jumps, end = set(), 0, time.monotonic() + 2 * SESSION
        while time.monotonic() < end:
            jumps += 1
            it.clock.jump(jumps * seconds)
            states.add(kafka_group.state(kafka.bootstrap, GROUP))
            await asyncio.sleep(0.5)
        return states


async def lose_brokers(folder, kafka, seconds):
    """While the clock shows another time than when the node began."""
    async with ClockedNode(folder, kafka) as it:
        it.clock.jump(seconds)
        kafka.kill_broker(1)
        async with asyncio.timeout(PATIENCE):
            while await it.node.is_ready():
                await asyncio.sleep(0.1)
        before, begin = it.processor_time(), time.monotonic()
        kafka.start_broker(1)
        await it.node.wait_until_ready()
        return ((it.processor_time() - before)
                / (time.monotonic() - begin))


@pytest.mark.skipif(
    SANITIZED, reason="the sanitizers' runtime must be loaded first")
@pytest.mark.parametrize("seconds", [-600, 600])
def test_an_idle_node_stays_in_its_group(tmp_path, seconds):
    with KafkaCluster(users={USER: PASSWORD}) as kafka:
        kafka.create_topic(TOPIC, 2)
        states = asyncio.run(watch_idle_node(tmp_path, kafka, seconds))
    assert states == {"Stable"}


@pytest.mark.skipif(
    SANITIZED, reason="the sanitizers' runtime must be loaded first")
@pytest.mark.parametrize("seconds", [-600, 600])
def test_a_node_finds_its_brokers_again(tmp_path, seconds):
    with KafkaCluster(users={USER: PASSWORD}) as kafka:
        kafka.create_topic(TOPIC, 2)
        used = asyncio.run(lose_brokers(tmp_path, kafka, seconds))
    assert used < 0.5  # of a processor: it waits, and does not look all the time

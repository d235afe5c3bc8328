"""Three real brokers, each with a listener that nodes reach through a link."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import traffic
from disk import Disk
from free_ports import free_ports
from kafka_cluster import KafkaCluster
from link import Link
from waiting import PATIENCE


TOPIC, GROUP = "chaos.events", "chaos"
NAMES = {"topic": TOPIC, "group": GROUP}
DISK_MEGABYTES = 256  # of a broker; taken only as it is filled

# Whom brokers see in nodes; all others, brokers included, may do anything.
USER, PASSWORD = "weir", "weir-of-the-run"

PROPERTIES = {
    # A topic that somebody has deleted stays so.
    "auto.create.topics.enable": "false",
    # Retention is looked after all the time, not once in five minutes.
    "log.retention.check.interval.ms": 500,
    "log.initial.task.delay.ms": 500,
    "log.segment.delete.delay.ms": 1000,
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
}


class LinkedCluster(KafkaCluster):
    """Tells nodes the addresses of links: a broker names, to whoever asks over
    its listener USERS, only addresses of that listener. Nodes log in there, so
    that they, and only they, can be denied something."""

    def __init__(self, brokers):
        super().__init__(brokers, properties=PROPERTIES,
                         users={USER: PASSWORD})
        self.has_disks, self.disks = False, {}
        self.advertised = {}  # "host:port", filled when the links are open
        self.counting = {}  # port at which a broker tells what it counts

    def count(self):
        """Before the start; costs each broker a moment."""
        self.counting = dict(zip(self.ports, free_ports(len(self.ports))))

    def jvm_of(self, node):
        if node not in self.counting:
            return super().jvm_of(node)
        return [*super().jvm_of(node),
                *traffic.jvm_options(self.counting[node])]

    def format(self, node):
        super().format(node)
        if self.has_disks:
            self.disks[node] = Disk(self.directory / f"broker-{node}",
                                    DISK_MEGABYTES)

    def address_for_users(self, node):
        return self.advertised[node]


class Kafka:
    """The cluster, for asyncio. Its calls wait, so a thread makes them; one
    that stays, because brokers are killed when the thread that started them
    ends."""

    def __init__(self, brokers, host="127.0.0.1"):
        """`host` is where nodes find the links."""
        self.cluster, self.host = LinkedCluster(brokers), host
        self.thread = ThreadPoolExecutor(max_workers=1)
        self.links = {}

    async def call(self, function, *arguments):
        return await asyncio.get_running_loop().run_in_executor(
            self.thread, function, *arguments)

    async def start(self):
        for node, port in self.cluster.user_ports.items():
            link = Link(f"broker-{node}", ("127.0.0.1", port), self.host)
            await link.open()
            self.links[node] = link
            self.cluster.advertised[node] = f"{self.host}:{link.port}"
        await self.call(self.cluster.start)

    async def stop(self):
        for link in self.links.values():
            await link.close()
        for disk in self.cluster.disks.values():
            disk.close()
        await self.call(self.cluster.stop)
        self.thread.shutdown()

    def addresses(self):
        """Of brokers that run, for whoever must not notice the links' faults."""
        return self.cluster.addresses()

    async def ask(self, function, *arguments):
        """Calls it with the address of any broker that runs, until it works."""
        until = time.monotonic() + PATIENCE
        while True:
            for address in self.addresses():
                try:
                    return await asyncio.to_thread(function, address,
                                                   *arguments)
                except (OSError, RuntimeError) as error:
                    last = error
            if time.monotonic() > until:
                raise RuntimeError(f"no broker does it: {last}") from last
            await asyncio.sleep(0.1)

    async def traffic(self, topic):
        return await self.call(traffic.of_topic,
                               self.cluster.counting.values(), topic)

    @property
    def brokers(self):
        return list(self.cluster.ports)

    @property
    def bootstrap(self):
        """For whoever must not notice the links' faults."""
        return self.cluster.bootstrap

    @property
    def linked_bootstrap(self):
        return ",".join(self.cluster.advertised.values())

    # -- faults ---------------------------------------------------------------

    async def kill(self, broker):
        await self.call(self.cluster.kill_broker, broker)

    async def stop_broker(self, broker):
        await self.call(self.cluster.stop_broker, broker)

    async def start_broker(self, broker):
        await self.call(self.cluster.start_broker, broker)

    async def deny(self, kind, operation):
        await self.ask(lambda _: self.cluster.deny(
            USER, operation, NAMES[kind], kind))

    async def allow(self, kind, operation):
        await self.ask(lambda _: self.cluster.allow(
            USER, operation, NAMES[kind], kind))

    def disk(self, broker):
        return self.cluster.disks[broker]

    # Signals need no thread, and must not wait for one.

    def pause(self, broker):
        self.cluster.pause_broker(broker)

    def resume(self, broker):
        if self.cluster.is_running(broker):
            self.cluster.continue_broker(broker)

"""Everything that runs: brokers, nodes, links in front of them, clients."""

import asyncio
import random
import re

import kcat
import room_log
from client import LightClient
from journal import Journal
from kafka import Kafka
from link import Link
from load import Load
from mutations import MUTATIONS, MutatingLink
from node import Node
from official import OfficialClients
from waiting import wait_until

TOPIC = "chaos.events"

CONFIG = """
[engineio]
ping_interval = "3s"
ping_timeout = "4s"
[kafka]
{broker}
delivery_timeout = "8s"
[kafka.properties]
"reconnect.backoff.max.ms" = 500
"topic.metadata.refresh.interval.ms" = 1000
"session.timeout.ms" = 10000
[limits]
outbox = "64KiB"
{cluster}
[[namespace]]
name = "/"
{namespace}
  [[namespace.mapping]]
  room = "room:{{id}}"
  topic = "chaos.events"
  key = "{{id}}"
  events = ["event"]
  room_from = "/0/room"
"""
RECOVERY_WINDOW = 120.0
SECRET = '[cluster]\nsecret = "0123456789abcdef0123"'


def config(options, bootstrap):
    broker = (f'brokers = "{bootstrap}"' if bootstrap else "embedded = true\n"
              f"embedded_partitions = {options.partitions}")
    return CONFIG.format(
        broker=broker, cluster=SECRET if options.recovery else "",
        namespace='recovery = "2m"' if options.recovery else "")


class World:
    """    async with World(options) as world: ..."""

    def __init__(self, options):
        self.options = options
        self.random = random.Random(f"world {options.seed}")
        self.journal = Journal()
        self.kafka = Kafka(options.brokers) if options.brokers else None
        self.nodes, self.links, self.light, self.official = [], [], [], []
        self.load = Load(self, options.rate, random.Random(
            f"load {options.seed}"))
        self.tasks = []
        self.official_clients = OfficialClients(self.journal)

    @property
    def clients(self):
        return self.light + self.official

    @property
    def rooms(self):
        return [f"room:{i}" for i in range(self.options.rooms)]

    async def __aenter__(self):
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_):
        await self.stop()

    # -- life -----------------------------------------------------------------

    async def start(self):
        self.options.folder.mkdir(parents=True, exist_ok=True)
        if self.kafka:
            await self.kafka.start()
            await self.kafka.create_topic(TOPIC, self.options.partitions)
        for i in range(self.options.nodes):
            await self.start_node("abcdefgh"[i])
        await self.official_clients.start()
        self.start_clients()

    async def start_node(self, name):
        node = Node(name, self.options.folder, self.options.settings,
                    self.on_node_end)
        node.log.unlink(missing_ok=True)
        node.configure(config(self.options,
                              self.kafka and self.kafka.linked_bootstrap))
        self.nodes.append(node)
        await node.start()
        target = "127.0.0.1", node.port
        if self.options.mutation:
            link = MutatingLink(f"clients of {name}", target,
                                MUTATIONS[self.options.mutation](TOPIC))
        else:
            link = Link(f"clients of {name}", target)
        await link.open()
        self.links.append(link)

    def on_node_end(self, node, text):
        self.journal.add("wrong", f"node {node.name}", text=text)

    def start_clients(self):
        ports = [x.port for x in self.links]
        for i in range(self.options.clients):
            client = LightClient(
                f"c{i}", self.some_rooms(), ports, self.journal,
                random.Random(f"client {self.options.seed} {i}"),
                uses_since=self.options.recovery)
            self.light.append(client)
            self.tasks.append(asyncio.create_task(client.live()))
        for i in range(self.options.official):
            self.official.append(self.official_clients.add(
                f"js{i}", self.some_rooms(),
                f"http://127.0.0.1:{ports[i % len(ports)]}"))

    def some_rooms(self):
        return self.random.sample(self.rooms, self.options.rooms_per_client)

    async def stop(self):
        for client in self.light:
            client.stop()
        await asyncio.gather(*self.tasks)
        if self.official:
            await self.official_clients.stop()
        for link in self.links:
            await link.close()
        for node in self.nodes:
            await node.kill()
        if self.kafka:
            await self.kafka.stop()

    # -- what an ordinary consumer sees ---------------------------------------

    @property
    def bootstrap(self):
        if self.kafka:
            return self.kafka.bootstrap
        return wait_until(lambda: re.search(
            r"embedded broker.*?(127\.0\.0\.1:\d+)",
            self.nodes[0].log.read_text()), "the embedded broker")[1]

    async def read_log(self):
        records = await asyncio.to_thread(kcat.consume, self.bootstrap, TOPIC)
        return room_log.from_kcat(records, lambda key: f"room:{key}")

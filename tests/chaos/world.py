"""Everything that runs: brokers, nodes, links in front of them, clients."""

import asyncio
import json
import os
import random
import re

import kcat
import room_log
from archive import Archive
from balancer import Balancer
from client import LightClient
from configuration import Configuration
from disk import Disk, keep_mounts_to_ourselves
from foreigners import BackEnd
from journal import Journal
from kafka import GROUP, TOPIC, Kafka
from link import Link
from load import Load
from mutations import MUTATIONS, MutatingLink
from network import CLIENTS, KAFKA, Loopback, Network
from node import Node
from official import OfficialClients
from security import Security
from tls_authority import Authority
from topic import Topic
from waiting import wait_until
from wall_clock import WallClock
from webhook import Webhook

class World:
    """    async with World(options) as world: ..."""
    group = GROUP

    def __init__(self, options):
        self.options = options
        self.random = random.Random(f"world {options.seed}")
        self.journal = Journal()
        self.network = self.kafka = self.topic = self.security = None
        self.webhook = None
        self.nodes, self.links, self.light, self.official = [], [], [], []
        self.balancer = self.guest_place = None
        self.back_ends = 0
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
        if self.options.has_disks:
            keep_mounts_to_ourselves()
        # Before anything else: what is made earlier stays outside of it.
        if self.options.is_cluster:
            self.network = Network()
        await self.start_kafka()
        await self.start_nodes()
        await self.open_links()
        await self.official_clients.start()
        self.start_clients()

    async def start_kafka(self):
        if self.options.brokers:
            self.kafka = Kafka(self.options.brokers,
                               KAFKA if self.network else "127.0.0.1")
            self.kafka.cluster.has_disks = self.options.has_disks
            if self.options.counts_traffic:
                self.kafka.cluster.count()
            await self.kafka.start()
            self.archive = Archive(self.bootstrap, TOPIC, room_of_key,
                                   lambda x: json.loads(x)["id"])
            self.topic = Topic(TOPIC, self.kafka, self.journal, self.archive)
            await self.topic.create(self.options.partitions)
            if self.options.counts_traffic:
                await self.archive.end()  # what it reads would count
        else:
            self.journal.add("edition", "topic", number=0, elected=False,
                             partitions=self.options.partitions)

    async def start_nodes(self):
        nodes = [self.make_node("abcdefgh"[i])
                 for i in range(self.options.nodes)]
        if self.network:
            self.guest_place = self.network.add_host()
        authority = self.make_authority()
        if self.options.secure:
            self.webhook = Webhook(
                authority, CLIENTS if self.network else "127.0.0.1")
            self.security = Security(authority, self.webhook.text)
            self.official_clients.security = self.security
        self.configuration = Configuration(
            self.options, self.kafka and self.kafka.linked_bootstrap,
            self.network and authority, self.security)
        for node in nodes:
            node.configure(self.configuration.of(node, nodes))
        for node in nodes:
            self.nodes.append(node)
            await node.start()
        for node in nodes:
            await node.wait_until_ready()

    def let_forget_tokens(self, allowed):
        """Whether clients may let their tokens end, which costs a connection."""
        if self.security:
            self.security.may_forget = allowed
            self.official_clients.do("forget", allowed=allowed)

    def make_authority(self):
        """A node's clock may leap: certificates are older than that."""
        if not self.network and not self.options.secure:
            return None
        environment = dict(os.environ)
        if clock := self.make_clock("certificates"):
            clock.jump(-24 * 3600)
            environment |= clock.environment
        return Authority(self.options.folder, environment=environment)

    def make_node(self, name):
        options = self.options
        place = self.network.add_host() if self.network else Loopback()
        node = Node(name, place, options.folder, options.settings,
                    self.on_node_end, self.make_clock(name))
        node.log.unlink(missing_ok=True)
        if options.has_disks:
            node.move_log(Disk(options.folder / f"disk-{name}", 32))
        return node

    def make_guest(self, name):
        """A node more, which is none of ours, whatever becomes of it."""
        place = self.guest_place if self.network else Loopback()
        guest = Node(name, place, self.options.folder, self.options.settings,
                     lambda *_: None)
        guest.file = self.options.folder / "guest.toml"
        guest.log = self.options.folder / "guest.log"
        return guest

    def back_end(self, fault):
        """Whose records nobody acks; each has a name of its own."""
        self.back_ends += 1
        return BackEnd(f"back-end-{self.back_ends}", self.bootstrap, TOPIC,
                       self.journal)

    def make_clock(self, name):
        return (WallClock(self.options.folder / f"clock-{name}")
                if self.options.has_clocks else None)

    async def open_links(self):
        """One before each node, and a balancer before all of them."""
        for node in self.nodes:
            self.links.append(self.make_link(f"clients of {node.name}",
                                             node.address))
        if self.options.is_cluster:
            self.balancer = Balancer("balancer",
                                     [x.address for x in self.nodes])
        for link in self.all_links:
            await link.open()

    @property
    def all_links(self):
        return self.links + ([self.balancer] if self.balancer else [])

    def make_link(self, name, target):
        if not self.options.mutation:
            return Link(name, target)
        return MutatingLink(name, target,
                            MUTATIONS[self.options.mutation](TOPIC))

    def on_node_end(self, node, text):
        self.journal.add("wrong", f"node {node.name}", text=text)

    def start_clients(self):
        ports = {node.name: link.port
                 for node, link in zip(self.nodes, self.links)}
        for i in range(self.options.clients):
            client = LightClient(
                f"c{i}", self.some_rooms(), ports, self.journal,
                random.Random(f"client {self.options.seed} {i}"),
                uses_since=self.options.recovery, security=self.security)
            self.light.append(client)
            self.tasks.append(asyncio.create_task(client.live()))
        for i in range(self.options.official):
            self.official.append(self.official_clients.add(
                f"js{i}", self.some_rooms(), self.official_urls(i, ports)))

    def official_urls(self, i, ports):
        """By turns: all nodes, beginning with any; what the balancer takes."""
        names = list(ports)
        scheme = "https" if self.security else "http"
        found = {name: f"{scheme}://127.0.0.1:{ports[name]}" for name
                 in names[i % len(names):] + names[:i % len(names)]}
        if self.balancer and i // 3 % 2:
            return {"balancer": f"{scheme}://127.0.0.1:{self.balancer.port}"}
        return found

    def some_rooms(self):
        return self.random.sample(self.rooms, self.options.rooms_per_client)

    async def stop(self):
        for client in self.light:
            client.stop()
        await asyncio.gather(*self.tasks)
        if self.official:
            await self.official_clients.stop()
        for link in self.all_links:
            await link.close()
        for node in self.nodes:
            await node.kill()
            node.keep_log()
        if self.webhook:
            self.webhook.end()
            for x in self.webhook.told:
                self.journal.add("wrong", "a question for the webhook", text=x)
        if self.kafka:
            if self.topic:
                await self.archive.end()
            await self.kafka.stop()
        if self.network:
            self.network.close()

    # -- what an ordinary consumer sees ---------------------------------------

    @property
    def bootstrap(self):
        if self.kafka:
            return self.kafka.bootstrap
        return wait_until(lambda: re.search(
            r"embedded broker.*?(127\.0\.0\.1:\d+)",
            self.nodes[0].log.read_text()), "the embedded broker")[1]

    async def tell_traffic(self):
        """Before anybody else reads the topic."""
        self.journal.add("traffic", "brokers", **await self.kafka.traffic(TOPIC))
        self.archive.read_again()

    async def read_log(self):
        if self.topic:
            await self.topic.catch_up()
            await self.topic.starts()
            await self.archive.end()
            return self.archive.room_log()
        records = await asyncio.to_thread(kcat.consume, self.bootstrap, TOPIC)
        return room_log.from_kcat(records, room_of_key)


def room_of_key(key):
    return f"room:{key}"

"""Three real brokers, each with a listener that nodes reach through a link."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import kafka_cluster
import traffic
from kafka_cluster import KafkaCluster, free_ports
from link import Link


class LinkedCluster(KafkaCluster):
    """Tells nodes the addresses of links: a broker names, to whoever asks over
    its listener LINKED, only addresses of that listener."""

    def __init__(self, brokers):
        super().__init__(brokers)
        self.linked = dict(zip(self.ports, free_ports(brokers)))
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
        client, controller = self.ports[node]
        with (self.directory / f"broker-{node}.properties").open("a") as out:
            out.write(kafka_cluster.to_text({
                "listeners": f"CLIENT://127.0.0.1:{client},"
                             f"CONTROLLER://127.0.0.1:{controller},"
                             f"LINKED://127.0.0.1:{self.linked[node]}",
                "advertised.listeners":
                    f"CLIENT://127.0.0.1:{client},"
                    f"LINKED://{self.advertised[node]}",
                "listener.security.protocol.map":
                    "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,LINKED:PLAINTEXT"}))


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
        for node, port in self.cluster.linked.items():
            link = Link(f"broker-{node}", ("127.0.0.1", port), self.host)
            await link.open()
            self.links[node] = link
            self.cluster.advertised[node] = f"{self.host}:{link.port}"
        await self.call(self.cluster.start)

    async def stop(self):
        for link in self.links.values():
            await link.close()
        await self.call(self.cluster.stop)
        self.thread.shutdown()

    async def create_topic(self, name, partitions):
        await self.call(self.cluster.create_topic, name, partitions)

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

    # Signals need no thread, and must not wait for one.

    def pause(self, broker):
        self.cluster.pause_broker(broker)

    def resume(self, broker):
        if self.cluster.is_running(broker):
            self.cluster.continue_broker(broker)

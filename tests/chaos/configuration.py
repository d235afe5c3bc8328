"""What nodes of a run are told: short times, so that a minute has room for them.
"""

from kafka import GROUP, PASSWORD, USER

NODE = """
[engineio]
ping_interval = "3s"
ping_timeout = "{ping_timeout}"
[kafka]
{broker}
delivery_timeout = "8s"
[kafka.properties]
"reconnect.backoff.max.ms" = 500
"topic.metadata.refresh.interval.ms" = 1000
"session.timeout.ms" = {session_timeout}
{login}
[limits]
outbox = "64KiB"
{cluster}
{security}
[[namespace]]
name = "/"
{namespace}
  [[namespace.mapping]]
  room = "room:{{id}}"
  topic = "chaos.events"
  key = "{{id}}"
  events = ["event"]
  room_from = "/0/room"
  {allow}
"""

# Who has the room in its token; `history` for clients that come back by `since`.
ALLOW = ("allow = { " + ", ".join(f'{verb} = ["/rooms = {{id}}"]' for verb in (
    "join", "emit", "history")) + " }")

CLUSTER = """
[cluster]
name = "{name}"
listen = "{address}"
seeds = {seeds}
timeout = "2s"
secret = "{secret}"
[cluster.tls]
certificate = "{certificate}"
key = "{key}"
ca = "{authority}"
"""
CLUSTER_PORT = 4000

LOGIN = f"""
"security.protocol" = "sasl_plaintext"
"sasl.mechanisms" = "PLAIN"
"sasl.username" = "{USER}"
"sasl.password" = "{PASSWORD}"
"""

RECOVERY_WINDOW = 120.0
SECRET = "0123456789abcdef0123"


class Configuration:
    """`authority` signs the certificates of a cluster; None: there is none."""

    def __init__(self, options, bootstrap, authority=None, security=None):
        self.options, self.bootstrap = options, bootstrap
        self.authority, self.security = authority, security

    def of(self, node, nodes, secret=SECRET):
        if self.authority:
            # The shortest that brokers allow; and clients that wait for longer,
            # so that they are still there when a node wakes up without its
            # partitions.
            return self.text(self.cluster(node, nodes, secret), "9s", 6000)
        return self.without_links()

    def without_links(self):
        secret = f'secret = "{SECRET}"' if self.options.recovery else ""
        return self.text(f'[cluster]\nname = "{GROUP}"\n{secret}', "4s", 10000)

    def text(self, cluster, ping_timeout, session_timeout):
        broker = (f'brokers = "{self.bootstrap}"' if self.bootstrap else
                  "embedded = true\n"
                  f"embedded_partitions = {self.options.partitions}")
        return NODE.format(
            broker=broker, cluster=cluster, ping_timeout=ping_timeout,
            session_timeout=session_timeout,
            login=LOGIN if self.bootstrap else "",
            security=self.security.text if self.security else "",
            allow=ALLOW if self.security else "",
            namespace=('recovery = "2m"\n' if self.options.recovery else "")
            + ('webhook = ["connect", "join"]' if self.security else ""))

    def cluster(self, node, nodes, secret):
        certificate, key = self.authority.issue(
            address=node.place.address)
        seeds = [f"{x.place.address}:{CLUSTER_PORT}" for x in nodes
                 if x is not node]
        return CLUSTER.format(
            address=f"{node.place.address}:{CLUSTER_PORT}", secret=secret,
            name=GROUP, seeds=str(seeds).replace("'", '"'), certificate=certificate,
            key=key, authority=self.authority.file)

"""Real Apache Kafka for tests: brokers in KRaft mode on 127.0.0.1.

    with KafkaCluster(brokers=3) as kafka:
        kafka.create_topic("chat.messages", partitions=4)
        ... kafka.bootstrap ...
        kafka.kill_broker(2)
        kafka.start_broker(2)

Data lies in a temporary folder that goes with the cluster. Brokers are killed
by the kernel when the thread that started them ends, so start them from one
that stays. Topics that do not exist are created when they are first written.
Needs the Python standard library, a JDK 17, and what tools/setup has fetched.
"""

import base64
import ctypes
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

import kafka_wire
from free_ports import free_ports

HERE = pathlib.Path(__file__).resolve().parent
PR_SET_PDEATHSIG = 1

# Starts quickly, and leaves the two cores to what is tested.
QUICK_JVM = ["-Xms128m", "-Xmx512m", "-XX:+UseSerialGC",
             "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
# Runs fast once it has warmed up: for measurements.
FAST_JVM = ["-Xms512m", "-Xmx1g", "-XX:+UseG1GC", "-Xshare:auto"]


class KafkaError(RuntimeError):
    pass


# -- what tools/setup has put into the cache ----------------------------------

def jars_folder(name, pom):
    """Where tools/setup puts what a pom names."""
    stamp = hashlib.sha256(pom.read_bytes()).hexdigest()[:16]
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    cache = os.environ.get("WEIR_CACHE") or pathlib.Path(home, "weir")
    return pathlib.Path(cache, f"{name}-{stamp}")


def cache_folder():
    return jars_folder("kafka", HERE / "pom.xml")


def java_program():
    home = os.environ.get("JAVA_HOME")
    if home and pathlib.Path(home, "bin/java").exists():
        return str(pathlib.Path(home, "bin/java"))
    return "java"


def java_command(main_class, *arguments, jvm=QUICK_JVM):
    libs = cache_folder() / "libs"
    if not libs.is_dir():
        raise KafkaError(f"no Kafka in {libs}: run tools/setup")
    classpath = ":".join(sorted(str(jar) for jar in libs.glob("*.jar")))
    return [java_program(), *jvm,
            f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
            "-cp", classpath, main_class, *arguments]


def class_archive():
    """Classes as one JVM has left them, which halves the time of a start."""
    return cache_folder() / "classes.jsa"


def prepare():
    """Fills the cache with what makes a start quick; done once, by setup."""
    make_checkpoint()
    make_class_archive()


def make_checkpoint():
    """Formats a storage folder and keeps the file that all of them share."""
    if (cache_folder() / "bootstrap.checkpoint").exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        properties = pathlib.Path(folder, "server.properties")
        properties.write_text(to_text(server_properties(
            1, {1: (29092, 29093)}, pathlib.Path(folder, "data"))))
        run = subprocess.run(
            java_command("kafka.tools.StorageTool", "format", "--cluster-id",
                         new_id(), "--config", str(properties)),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        made = pathlib.Path(folder, "data", "bootstrap.checkpoint")
        if run.returncode != 0 or not made.exists():
            raise KafkaError(f"kafka.tools.StorageTool failed:\n{run.stdout}")
        shutil.copy(made, cache_folder() / "bootstrap.checkpoint")


def make_class_archive():
    part = class_archive().with_suffix(f".{os.getpid()}")
    jvm = QUICK_JVM + [f"-XX:ArchiveClassesAtExit={part}"]
    with KafkaCluster(jvm=jvm) as kafka:
        kafka.create_topic("warm-up", partitions=1)
        kafka.stop_broker(1)
    if part.exists():
        part.rename(class_archive())


# -- one broker's settings ----------------------------------------------------

def new_id():
    """A cluster or directory id: 22 characters, none of them a leading dash,
    which Kafka's tools would take for an option."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[:22]
        if not text.startswith("-"):
            return text


def server_properties(node, ports, data, extra=None):
    """`ports` is {node id: (client port, controller port)} of all brokers."""
    copies = min(3, len(ports))
    in_sync = 2 if copies == 3 else 1
    voters = ",".join(f"{n}@127.0.0.1:{p[1]}" for n, p in ports.items())
    client, controller = ports[node]
    properties = {
        "process.roles": "broker,controller",
        "node.id": node,
        "controller.quorum.voters": voters,
        "listeners": f"CLIENT://127.0.0.1:{client},"
                     f"CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"CLIENT://127.0.0.1:{client}",
        "listener.security.protocol.map":
            "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "CLIENT",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": data,
        "num.partitions": 4,
        "auto.create.topics.enable": "true",
        "default.replication.factor": copies,
        "min.insync.replicas": in_sync,
        "offsets.topic.num.partitions": 4,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.num.partitions": 4,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": in_sync,
        "group.initial.rebalance.delay.ms": 0,
        # A killed broker is missed after six seconds instead of nine.
        "broker.session.timeout.ms": 6000,
        "broker.heartbeat.interval.ms": 1000,
        # Small: the default takes a quarter of the heap.
        "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
    }
    properties.update(extra or {})
    return properties


SECURITY = "org.apache.kafka.common.security"


def authorizer_properties(users, client, controller, port, tls_port=None,
                          address=None):
    """Users with passwords at a listener of their own, whom ACLs concern; who
    comes to the other listeners needs no password and may do everything. With
    `tls_port` there is one more, for who has a certificate. `address`: where
    users are told to find the broker, should that not be the port."""
    logins = " ".join(f'user_{name}="{word}"' for name, word in users.items())
    own = f"USERS://127.0.0.1:{port}"
    others = f"CLIENT://127.0.0.1:{client}"
    others += f",TLS://127.0.0.1:{tls_port}" if tls_port else ""
    return {
        "listeners": f"{others},{own},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners":
            f"{others},{f'USERS://{address}' if address else own}",
        "listener.security.protocol.map":
            "CLIENT:PLAINTEXT,USERS:SASL_PLAINTEXT,TLS:SSL,"
            "CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        "listener.name.users.plain.sasl.jaas.config":
            f"{SECURITY}.plain.PlainLoginModule required {logins};",
        "listener.name.users.scram-sha-256.sasl.jaas.config":
            f"{SECURITY}.scram.ScramLoginModule required;",
        "listener.name.users.scram-sha-512.sasl.jaas.config":
            f"{SECURITY}.scram.ScramLoginModule required;",
        "authorizer.class.name":
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "allow.everyone.if.no.acl.found": "true",
    }


def token_properties(jwks):
    """Tokens for the audience "kafka" whose keys are in the file `jwks`, at the
    users' listener."""
    prefix = "listener.name.users.oauthbearer"
    return {
        "sasl.enabled.mechanisms":
            "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
        f"{prefix}.sasl.jaas.config":
            f"{SECURITY}.oauthbearer.OAuthBearerLoginModule required;",
        f"{prefix}.sasl.server.callback.handler.class":
            f"{SECURITY}.oauthbearer.OAuthBearerValidatorCallbackHandler",
        f"{prefix}.sasl.oauthbearer.jwks.endpoint.url": jwks.as_uri(),
        f"{prefix}.sasl.oauthbearer.expected.audience": "kafka",
    }


def certificate_properties(key_store, authority):
    """`key_store`: the broker's key and certificate (PEM). A client is who its
    certificate's CN says, if the authority has signed it."""
    prefix = "listener.name.tls.ssl"
    return {
        f"{prefix}.keystore.type": "PEM",
        f"{prefix}.keystore.location": key_store,
        f"{prefix}.truststore.type": "PEM",
        f"{prefix}.truststore.location": authority,
        f"{prefix}.client.auth": "required",
        f"{prefix}.principal.mapping.rules":
            "RULE:^CN=([^,]*).*$/$1/,DEFAULT",
    }


def to_text(properties):
    return "".join(f"{key}={value}\n" for key, value in properties.items())


def die_with_parent(parent):
    """Runs in the child: the kernel kills it when its parent is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


# -- the cluster --------------------------------------------------------------

class KafkaCluster:
    def __init__(self, brokers=1, directory=None, properties=None,
                 jvm=QUICK_JVM, users=None, jwks=None, certificates=None):
        """`properties` are added to every broker's; `directory` must be empty
        or absent, and is removed at the end like a temporary one. With `users`,
        {name: password}, there is `users_bootstrap` beside `bootstrap`, where
        they log in (SASL_PLAINTEXT, PLAIN; SCRAM with what
        kafka_admin.set_scram_password has set; with `jwks` by tokens, see
        token_properties), and an authorizer: see `deny`. With `certificates`,
        the arguments of certificate_properties, also `tls_bootstrap`."""
        self.directory = pathlib.Path(
            directory or tempfile.mkdtemp(prefix="weir-kafka-")).resolve()
        self.properties = properties or {}
        self.jvm = list(jvm)
        if jvm is QUICK_JVM and class_archive().exists():
            self.jvm.append(f"-XX:SharedArchiveFile={class_archive()}")
        self.jwks = jwks
        if jwks:
            self.jvm.append("-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls="
                            + jwks.as_uri())
        self.certificates = certificates
        numbers = iter(free_ports(4 * brokers))
        self.ports = {node: (next(numbers), next(numbers))
                      for node in range(1, brokers + 1)}
        self.users = users or {}
        self.user_ports = {node: next(numbers) for node in self.ports
                           if self.users}
        self.tls_ports = {node: next(numbers) for node in self.ports
                          if certificates}
        self.processes = {}
        self.cluster_id = new_id()

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def bootstrap(self):
        return ",".join(f"127.0.0.1:{ports[0]}" for ports in self.ports.values())

    @property
    def users_bootstrap(self):
        return ",".join(f"127.0.0.1:{port}"
                        for port in self.user_ports.values())

    @property
    def tls_bootstrap(self):
        return ",".join(f"127.0.0.1:{port}"
                        for port in self.tls_ports.values())

    def start(self, timeout=60.0):
        """Starts all brokers and returns once they answer."""
        if not (cache_folder() / "bootstrap.checkpoint").exists():
            make_checkpoint()
        for node in self.ports:
            self.format(node)
            self.launch(node)
        self.wait_until_ready(timeout)

    def stop(self):
        """Ends all brokers and removes their data."""
        # Nobody will read the data again: no need to flush it.
        for node in list(self.processes):
            self.kill_broker(node)
        shutil.rmtree(self.directory, ignore_errors=True)

    # -- brokers --------------------------------------------------------------

    def start_broker(self, node, timeout=60.0):
        """Starts a broker that was stopped or killed, with its data, and waits
        until the others know it."""
        self.check(node)
        if self.is_running(node):
            raise KafkaError(f"broker {node} is running")
        self.launch(node)
        self.wait_until_ready(timeout)

    def stop_broker(self, node, timeout=30.0):
        """Lets the broker hand over its partitions, as in a rolling restart.
        The last ones of a cluster have nobody to hand over to and are killed
        after the timeout."""
        self.end(node, signal.SIGTERM, timeout)

    def kill_broker(self, node):
        """Ends the broker as a crash would."""
        self.end(node, signal.SIGKILL, 10.0)

    def pause_broker(self, node):
        """The broker keeps its connections and does nothing."""
        self.running(node).send_signal(signal.SIGSTOP)

    def continue_broker(self, node):
        self.running(node).send_signal(signal.SIGCONT)

    def is_running(self, node):
        process = self.processes.get(node)
        return process is not None and process.poll() is None

    # -- topics ---------------------------------------------------------------

    def create_topic(self, name, partitions=4, replication=None, configs=None):
        """Creates a topic and waits until all its partitions have a leader."""
        copies = replication or min(3, len(self.ports))
        create_topic(self.addresses(), name, partitions, copies, configs)

    def delete_topic(self, name):
        kafka_wire.delete_topic(self.addresses()[0], name)

    def leaders(self, topic):
        """{partition: node id of its leader, or -1}"""
        _, topics = kafka_wire.metadata(self.addresses()[0], [topic])
        return topics[topic]

    # -- what users may do ----------------------------------------------------

    def deny(self, user, operation, name, kind="topic"):
        """From now on `user` may not `operation` ("read", "write",
        "describe", ...) the topic; all else remains as it was."""
        kafka_wire.create_acl(self.addresses()[0], "*", "all", kind, name,
                              kafka_wire.ALLOW)
        kafka_wire.create_acl(self.addresses()[0], user, operation, kind, name,
                              kafka_wire.DENY)

    def allow(self, user, operation, name, kind="topic"):
        """Takes `deny` back."""
        kafka_wire.delete_acl(self.addresses()[0], user, operation, kind, name,
                              kafka_wire.DENY)

    # -- details --------------------------------------------------------------

    def addresses(self):
        found = [("127.0.0.1", ports[0]) for node, ports in self.ports.items()
                 if self.is_running(node)]
        if not found:
            raise KafkaError("no broker is running")
        return found

    def check(self, node):
        if node not in self.ports:
            raise KafkaError(f"there is no broker {node}, only 1 to "
                             f"{len(self.ports)}")

    def running(self, node):
        self.check(node)
        if not self.is_running(node):
            raise KafkaError(f"broker {node} is not running")
        return self.processes[node]

    def format(self, node):
        """Does what `kafka.tools.StorageTool format` does, without a JVM."""
        data = self.directory / f"broker-{node}"
        data.mkdir(parents=True)
        shutil.copy(cache_folder() / "bootstrap.checkpoint", data)
        (data / "meta.properties").write_text(to_text({
            "version": 1, "cluster.id": self.cluster_id, "node.id": node,
            "directory.id": new_id()}))
        extra = {}
        if self.users:
            extra.update(authorizer_properties(
                self.users, *self.ports[node], self.user_ports[node],
                self.tls_ports.get(node), self.address_for_users(node)))
        if self.jwks:
            extra.update(token_properties(self.jwks))
        if self.certificates:
            extra.update(certificate_properties(*self.certificates))
        extra.update(self.properties)
        (self.directory / f"broker-{node}.properties").write_text(to_text(
            server_properties(node, self.ports, data, extra)))

    def address_for_users(self, node):
        """"host:port" that a broker tells who asks at the listener of users,
        when there is something between it and them; None: its own."""
        return None

    def jvm_of(self, node):
        """Options of one broker's JVM."""
        return self.jvm

    def log_path(self, node):
        return self.directory / f"broker-{node}.log"

    def launch(self, node):
        command = java_command(
            "kafka.Kafka", str(self.directory / f"broker-{node}.properties"),
            jvm=self.jvm_of(node))
        parent = os.getpid()
        with open(self.log_path(node), "ab") as log:
            try:
                self.processes[node] = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    cwd=self.directory,
                    preexec_fn=lambda: die_with_parent(parent))
            except FileNotFoundError:
                raise KafkaError(f"no {command[0]} to be found: run "
                                 "tools/setup") from None

    def end(self, node, how, timeout):
        self.check(node)
        process = self.processes.get(node)
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def wait_until_ready(self, timeout):
        """Until each running broker lists all running brokers."""
        until = time.monotonic() + timeout
        wanted = {node for node in self.ports if self.is_running(node)}
        for node in wanted:
            while not self.knows(node, wanted):
                if not self.is_running(node):
                    self.give_up(node, "ended while starting")
                if time.monotonic() > until:
                    self.give_up(node, f"is not ready after {timeout} s")
                time.sleep(0.05)

    def knows(self, node, wanted):
        try:
            brokers, _ = kafka_wire.metadata(
                ("127.0.0.1", self.ports[node][0]), timeout=2.0)
        except OSError:
            return False
        return wanted <= set(brokers)

    def give_up(self, node, why):
        log = self.log_path(node).read_text(errors="replace")
        raise KafkaError(f"broker {node} {why}; the end of its log:\n"
                         + "\n".join(log.splitlines()[-30:]))


def create_topic(addresses, name, partitions, replication=-1, configs=None,
                 timeout=60.0):
    """Creates a topic on running brokers and waits for its leaders."""
    kafka_wire.create_topic(addresses[0], name, partitions, replication,
                            configs or {})
    until = time.monotonic() + timeout
    for address in addresses:
        while True:
            _, topics = kafka_wire.metadata(address, [name])
            leaders = topics[name]
            if len(leaders) >= partitions and -1 not in leaders.values():
                break
            if time.monotonic() > until:
                raise KafkaError(f"topic {name} has no leaders after {timeout}"
                                 f" s: {leaders}")
            time.sleep(0.05)


if __name__ == "__main__":
    try:
        prepare()
    except KafkaError as error:
        sys.exit(f"error: {error}")

"""What a fault is, and whom it may hit."""

from disk import can_mount


class Fault:
    """inject() begins it, heal() ends it and leaves the world as it was."""
    name = family = row = how = ""
    # Families whose turn it takes besides that of its own.
    also = ()
    lasts = (1.0, 5.0)  # seconds
    # Whether a client may get a new session where recovery is promised.
    may_lose_session = False
    # Codes besides `unavailable` and `timeout` with which a request may be
    # refused meanwhile.
    may_refuse = ()
    # Seconds after which a node must not be ready, if clients feel it so long;
    # for some a warning in its log will do.
    must_show_after = None
    warning_suffices = False
    # The broker within the node ends with the node.
    needs_brokers = True
    needs_cluster = False
    needs_disks = False
    needs_security = False

    def __init__(self, world, random):
        self.world, self.random = world, random
        self.target = self.choose()

    @classmethod
    def is_playable(cls, nodes, brokers):
        return ((brokers or not cls.needs_brokers)
                and (nodes > 1 or not cls.needs_cluster)
                and (can_mount() or not cls.needs_disks))

    @classmethod
    def families(cls):
        return sorted({cls.family, *cls.also})

    def choose(self):
        """What it hits, in a form that can be shown."""
        raise NotImplementedError

    @property
    def where(self):
        """{"node": name} if it cannot cost others' clients anything."""
        return {}

    async def inject(self):
        raise NotImplementedError

    async def heal(self):
        pass


class NodeFault(Fault):
    family = "node"

    def choose(self):
        self.node = self.random.choice(self.world.nodes)
        return self.node.name

    @property
    def where(self):
        return {"node": self.node.name}


class ClientLinkFault(Fault):
    family = "client link"
    row = "link between clients and node"
    needs_brokers = False

    def choose(self):
        self.link = self.random.choice(self.world.links)
        return self.link.name

    async def heal(self):
        self.link.heal()


class BrokerLinkFault(Fault):
    family = "broker link"

    def choose(self):
        links = self.world.kafka.links
        self.links = [links[self.random.choice(sorted(links))]]
        return self.links[0].name

    async def heal(self):
        for link in self.links:
            link.heal()

"""Others in the group of the nodes, and nodes that are not as they should be."""

import contextlib

from fault import Fault
from foreigners import GroupMember


class GroupFault(Fault):
    family = "group"
    lasts = (10.0, 18.0)
    must_show_after = 6.0


class ForeignConsumer(GroupFault):
    name, row = "foreign_consumer", "a foreign consumer in the group"
    how = ("kcat -G joins the nodes' consumer group, takes its share of the "
           "partitions, and leaves; commits now and then, or only as it leaves")

    def choose(self):
        self.commits = self.random.choice([True, False])
        return "commits" if self.commits else "commits as it leaves"

    async def inject(self):
        self.member = GroupMember(self.world.bootstrap, self.world.group,
                                  self.world.topic.name, self.commits)
        await self.member.join()

    async def heal(self):
        await self.member.leave()


class GuestFault(GroupFault):
    """A node of our own that should not be there; nobody connects to it."""
    guest_name = "guest"

    def choose(self):
        return "a node more"

    async def inject(self):
        self.guest = self.world.make_guest(self.guest_name)
        self.guest.configure(self.text())
        # One that finds out by itself may end, or not even start.
        with contextlib.suppress(RuntimeError, TimeoutError):
            await self.guest.start()

    def text(self):
        return self.world.configuration.of(self.guest, self.world.nodes)

    async def heal(self):
        await self.guest.kill()


class StrangeNode(GuestFault):
    name, row = "strange_node", "a node without links in the group"
    how = "a node without [cluster] listen joins the nodes' consumer group"

    def text(self):
        return self.world.configuration.without_links()


class WrongSecret(GuestFault):
    name, row = "wrong_secret", "a node that its peers refuse"
    how = "a node with another cluster.secret joins"
    needs_cluster = True

    def text(self):
        return self.world.configuration.of(
            self.guest, self.world.nodes, secret="wrong-" + "x" * 20)


class OtherConfiguration(GuestFault):
    name, row = "other_configuration", "a node that its peers refuse"
    how = "a node joins that has another namespace as well"
    needs_cluster = True

    def text(self):
        return super().text() + """
[[namespace]]
name = "/other"

  [[namespace.mapping]]
  room = "other:{id}"
  topic = "chaos.events"
  key = "other-{id}"
  events = ["other"]
  room_from = "/0/room"
"""


class SameName(GuestFault):
    name, row = "same_name", "two nodes of one name"
    how = "a node joins that has the name of another"

    def choose(self):
        self.node = self.random.choice(self.world.nodes)
        self.guest_name = self.node.name
        return self.guest_name

"""A client that emits more than max_payload over polling: it is notified that
the connection is over, whoever made it, and comes back."""


from drivers import Client
from weir_fixtures import node_of

CONFIG = """
kafka.embedded = true
engineio.max_payload = 10_000
[[namespace]]
name = "/"
  [[namespace.local]]
  events = ["mirror"]
  to = "sender"
  ack = "echo"
"""


node = node_of(CONFIG)


def test_a_client_that_sends_too_much_comes_back(driver, node):
    with (Client(driver, node.url, "polling") as client,
          Client(driver, node.url, "polling") as bystander):
        first = client.wait_for("connect")
        bystander.wait_for("connect")
        client.start_emit("mirror", "x" * 20_000, ack=False)
        client.wait_for("disconnect")
        assert client.wait_for("connect")["id"] != first["id"]
        assert client.emit("mirror", 1) == 1
        assert bystander.emit("mirror", 2) == 2
        assert "disconnect" not in [x["what"] for x in bystander.events]

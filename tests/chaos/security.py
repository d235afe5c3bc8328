"""TLS and tokens of a run's clients: who comes without is let in nowhere, and
whoever comes is asked about (webhook.py)."""

import ssl

from tokens import SECRET, make_token

# Seconds. Nodes tell of a token's end after 7 s, and close after 14: several of
# them end in a run, and none on its way to a node that stands still for 10 s.
LASTS, LEEWAY, NOTICE = 4, 10, 3

TEXT = """
[server.tls]
certificate = "{certificate}"
key = "{key}"
[auth.jwt]
algorithms = ["HS256"]
secret = "{secret}"
leeway = "{leeway}s"
expiry_notice = "{notice}s"
"""


class Security:
    def __init__(self, authority, webhook):
        """`webhook` is its section of the configuration."""
        self.authority, self.may_forget = authority, False
        self.context = ssl.create_default_context(cafile=authority.file)
        certificate, key = authority.issue("clients")
        self.text = TEXT.format(certificate=certificate, key=key, secret=SECRET,
                                leeway=LEEWAY, notice=NOTICE) + webhook

    def token(self, user, rooms):
        return make_token(user, LASTS, rooms=ids_of(rooms))

    def official(self, rooms):
        """What the official clients' process needs to make its tokens."""
        return {"secret": SECRET, "lasts": LASTS, "rooms": ids_of(rooms)}


def ids_of(rooms):
    """As the rules of the mapping know them."""
    return sorted(x.removeprefix("room:") for x in rooms)

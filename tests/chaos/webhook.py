"""The endpoint of a run's [auth.webhook]: it allows whatever is asked, unless it
hangs, lies, or is gone."""

from webhook_endpoint import SECRET, Endpoint, Hangs

TEXT = """
[auth.webhook]
url = "{url}"
ca = "{ca}"
secret = "{secret}"
timeout = "5s"
"""
ALLOWED = {"allow": True}
# None of them is an answer.
LIES = [(500, {}, b'{"allow": true}'), (204, {}, b""), (200, {}, b"<html>"),
        (200, {}, b'{"allow": "true"}'), (200, {}, b'{"allow": true'),
        (302, {"Location": "/ask"}, b'{"allow": true}')]


class Webhook:
    def __init__(self, authority, address):
        self.certificate = authority.issue(address=address)
        self.address, self.port, self.told = address, 0, []
        self.begin()
        self.text = TEXT.format(url=self.endpoint.url, ca=authority.file,
                                secret=SECRET)

    def begin(self):
        self.endpoint = Endpoint(ALLOWED, self.certificate, self.port,
                                 cluster="chaos", address=self.address)
        self.endpoint.__enter__()
        self.port = self.endpoint.port

    def end(self):
        """What was wrong with the questions is kept."""
        self.told += self.endpoint.faults
        self.endpoint.faults.clear()
        self.endpoint.__exit__(None)

    def hang(self):
        self.endpoint.answer = Hangs()

    def lie(self, random):
        self.endpoint.answer = lambda _: random.choice(LIES)

    def be_good(self):
        hanging, self.endpoint.answer = self.endpoint.answer, ALLOWED
        if isinstance(hanging, Hangs):
            hanging.release()

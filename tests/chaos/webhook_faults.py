"""The endpoint that says who may enter and join does not do what it should. As it
is asked only about those who come, the clients of a node have to come back."""

from fault import Fault


class WebhookFault(Fault):
    family, also = "webhook", ("client link",)
    row = "the webhook hangs, lies, or is gone"
    lasts = (1.0, 8.0)
    needs_brokers = False
    needs_security = True

    def choose(self):
        self.link = self.random.choice(self.world.links)
        return f"the webhook, and {self.link.name}"

    async def inject(self):
        self.spoil()
        self.world.journal.add("webhook", "webhook", good=False)
        self.link.reset()

    async def heal(self):
        self.world.journal.add("webhook", "webhook", good=True)
        self.restore()

    def restore(self):
        self.world.webhook.be_good()

    def spoil(self):
        raise NotImplementedError


class WebhookHangs(WebhookFault):
    name, how = "webhook_hangs", ("it answers no question; all connections of a "
                                  "node's clients reset meanwhile")

    def spoil(self):
        self.world.webhook.hang()


class WebhookLies(WebhookFault):
    name, how = "webhook_lies", ("it answers with errors, redirects and texts "
                                 "that are no decision; likewise")

    def spoil(self):
        self.world.webhook.lie(self.random)


class WebhookGone(WebhookFault):
    name, how = "webhook_gone", ("nobody listens at its port, and what was asked "
                                 "is cut off; likewise")

    def spoil(self):
        self.world.webhook.end()

    def restore(self):
        self.world.webhook.begin()

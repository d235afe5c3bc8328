"""A load balancer without stickiness: each request goes where the test says, also
those of one connection."""

import asyncio
import threading


class Balancer:
    """`choose(head)` names the port for a request, and another one when that
    one does not answer.

        with Balancer(lambda head: next(ports)) as balancer:
            ... balancer.url ...
    """

    def __init__(self, choose):
        self.choose = choose
        self.upgrades = []  # what came back on those that were refused
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(
            asyncio.start_server(self.serve, "127.0.0.1", 0, limit=2 ** 20))
        port = self.server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def run(self):
        self.loop.run_forever()
        self.server.close()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.wait(tasks))
        self.loop.close()

    async def serve(self, near_in, near_out):
        try:
            while await self.pass_on(near_in, near_out):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # somebody has gone, or the test is over
        finally:
            near_out.close()

    async def pass_on(self, near_in, near_out):
        """One request; whether there may be a further one."""
        request = await read_message(near_in)
        far_in, far_out = await self.connect(request)
        try:
            far_out.write(request)
            answer = await self.answer(near_in, far_in)
            if answer is None:
                return False  # the client has given it up
            near_out.write(answer)
            if answer.startswith(b"HTTP/1.1 101 "):
                await pump_both(near_in, near_out, far_in, far_out)
                return False
            if b"upgrade: websocket" in request.lower():
                self.upgrades.append(answer)
            await near_out.drain()
            return True
        finally:
            far_out.close()

    async def connect(self, request):
        for _ in range(10):
            port = self.choose(request)
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                pass
        raise ConnectionRefusedError

    @staticmethod
    async def answer(near_in, far_in):
        answer = asyncio.ensure_future(read_message(far_in))
        gone = asyncio.ensure_future(is_gone(near_in))
        await asyncio.wait({answer, gone}, return_when="FIRST_COMPLETED")
        gone.cancel()
        if answer.done():
            return answer.result()
        answer.cancel()
        return None


async def is_gone(reader):
    while not reader.at_eof():
        await asyncio.sleep(0.01)


async def read_message(reader):
    """A request or an answer as it is; its length is given."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            head += await reader.readexactly(int(line.split(b":")[1]))
    return head


async def pump(source, target):
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
    target.close()


async def pump_both(near_in, near_out, far_in, far_out):
    await asyncio.gather(pump(near_in, far_out), pump(far_in, near_out))

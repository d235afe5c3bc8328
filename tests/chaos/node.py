"""A weir process that is killed, paused and started again at one address."""

import asyncio
import os
import signal
import socket

from free_ports import free_ports
from waiting import PATIENCE
from weir_node import binary, die_with_parent

STATUS_PATIENCE = 5.0
STATUS_PATHS = ["/readyz", "/v1/nodes", "/v1/partitions?node=",
                "/v1/actors?node=", "/v1/rooms?node=", "/metrics"]


class Node:
    """`place` is a host of a network, or LOOPBACK; `clock` is a WallClock, or
    None. `on_end(node, text)` is called when the process ends by itself."""

    def __init__(self, name, place, folder, settings, on_end, clock=None):
        self.name, self.place, self.on_end = name, place, on_end
        self.settings, self.clock = settings, clock
        self.file = folder / f"node-{name}.toml"
        self.log = folder / f"node-{name}.log"
        self.port, self.admin_port = free_ports(2)
        self.binary = binary()
        self.other_binary = os.environ.get("WEIR_BINARY_NEXT") or self.binary
        self.process = self.disk = None
        self.status_file = folder / f"node-{name}.status"
        self.watcher = None
        self.expected_to_end = False

    @property
    def address(self):
        """Where clients connect."""
        return self.place.address, self.port

    def move_log(self, disk):
        self.disk, self.kept_log = disk, self.log
        self.log = disk.folder / self.log.name

    def keep_log(self):
        """What the disk has of it goes where it would be otherwise."""
        if self.disk and self.log.exists():
            self.kept_log.write_bytes(self.log.read_bytes())
            self.disk.close()

    def configure(self, text):
        self.file.write_text(text)

    def command(self):
        settings = [*self.settings, f"cluster.node={self.name}",
                    f"server.listen={self.place.address}:{self.port}",
                    f"admin.listen=127.0.0.1:{self.admin_port}"]
        return [self.binary, str(self.file),
                *(x for y in settings for x in ("--set", y))]

    def environment(self):
        kept = {k: v for k, v in os.environ.items()
                if not k.startswith("WEIR_")}
        return kept | (self.clock.environment if self.clock else {})

    def begin(self):
        """Runs in the child before its program does."""
        die_with_parent()
        self.place.enter()

    async def start(self):
        """Returns once clients can connect."""
        self.expected_to_end = False
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command(),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.environment(), preexec_fn=self.begin)
        self.watcher = asyncio.create_task(self.watch(self.process))
        async with asyncio.timeout(PATIENCE):
            while not await self.listens():
                if self.watcher.done():
                    raise RuntimeError(self.end_of_log())
                await asyncio.sleep(0.05)

    async def watch(self, process):
        status = await process.wait()
        if not self.expected_to_end:
            self.on_end(self, f"ended with {status}; {self.end_of_log()}")
        return status

    # -- what it says about itself --------------------------------------------

    async def connect(self, address):
        """From its own place, where no cut is in the way."""
        with self.place.inside():
            plain = socket.socket()
        plain.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(plain, address)
        except BaseException:
            plain.close()
            raise
        return await asyncio.open_connection(sock=plain)

    async def listens(self):
        try:
            _, writer = await self.connect(self.address)
        except OSError:
            return False
        writer.close()
        return True

    async def status(self, path):
        """(code, body) of the admin endpoint."""
        reader, writer = await self.connect(("127.0.0.1", self.admin_port))
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n"
                     "Connection: close\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        return int(head.split()[1]), body.decode()

    async def keep_status(self):
        """What it says about itself now, beside its log: for people."""
        with self.status_file.open("w") as out:
            for path in STATUS_PATHS:
                try:
                    async with asyncio.timeout(STATUS_PATIENCE):
                        code, body = await self.status(path)
                except (OSError, TimeoutError) as error:
                    code, body = type(error).__name__, error
                out.write(f"{path}: {code}\n{body}\n")

    async def wait_until_ready(self):
        async with asyncio.timeout(PATIENCE):
            while not await self.is_ready():
                await asyncio.sleep(0.1)

    async def is_ready(self):
        try:
            return (await self.status("/readyz"))[0] == 200
        except ConnectionRefusedError:  # the port opens after the clients'
            if self.watcher.done():
                raise
            return False

    def end_of_log(self, count=20):
        lines = self.log.read_text(errors="replace").splitlines()
        return f"the end of {self.log}:\n" + "\n".join(lines[-count:])

    # -- faults ---------------------------------------------------------------

    async def kill(self):
        self.expected_to_end = True
        if self.process.returncode is None:
            self.process.kill()
        await self.watcher

    async def terminate(self):
        """In an orderly way; exit status 0 or a complaint."""
        self.expected_to_end = True
        self.process.terminate()
        status = await self.watcher
        if status != 0:
            self.on_end(self, f"SIGTERM: exit status {status}; "
                        f"{self.end_of_log()}")

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGCONT)

    def exchange_binary(self):
        """With the next start."""
        self.binary, self.other_binary = self.other_binary, self.binary

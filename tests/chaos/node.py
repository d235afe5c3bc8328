"""A weir process that is killed, paused and started again at one address."""

import asyncio
import os
import signal

from kafka_cluster import free_ports
from weir_node import binary, die_with_parent

START_PATIENCE = 30.0


class Node:
    """`on_end(node, text)` is called when the process ends by itself."""

    def __init__(self, name, folder, settings, on_end):
        self.name, self.on_end = name, on_end
        self.settings = settings
        self.file = folder / f"node-{name}.toml"
        self.log = folder / f"node-{name}.log"
        self.port, self.admin_port = free_ports(2)
        self.process = None
        self.watcher = None
        self.expected_to_end = False

    def configure(self, text):
        self.file.write_text(text)

    def command(self):
        settings = [*self.settings, f"cluster.node={self.name}",
                    f"server.listen=127.0.0.1:{self.port}",
                    f"admin.listen=127.0.0.1:{self.admin_port}"]
        return [binary(), str(self.file),
                *(x for y in settings for x in ("--set", y))]

    async def start(self):
        """Returns once clients can connect."""
        self.expected_to_end = False
        environment = {k: v for k, v in os.environ.items()
                       if not k.startswith("WEIR_")}
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command(),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment, preexec_fn=die_with_parent)
        self.watcher = asyncio.create_task(self.watch(self.process))
        async with asyncio.timeout(START_PATIENCE):
            while not await self.listens():
                if self.watcher.done():
                    raise RuntimeError(self.end_of_log())
                await asyncio.sleep(0.05)

    async def listens(self):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def watch(self, process):
        status = await process.wait()
        if not self.expected_to_end:
            self.on_end(self, f"ended with {status}; {self.end_of_log()}")
        return status

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

    def end_of_log(self, count=20):
        lines = self.log.read_text(errors="replace").splitlines()
        return f"the end of {self.log}:\n" + "\n".join(lines[-count:])

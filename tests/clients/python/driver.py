"""Does with python-socketio what it is told on stdin, and tells on stdout what
comes of it; js/driver.js does the same. Each line is JSON; bytes are written
{"$bytes": "<base64>"}."""

import asyncio
import base64
import json
import sys

import socketio

clients = {}  # by name


def tell(**line):
    print(json.dumps(line, default=lambda x: {
        "$bytes": base64.b64encode(x).decode()}), flush=True)


def from_line(line):
    return json.loads(line, object_hook=lambda x: base64.b64decode(
        x["$bytes"]) if "$bytes" in x else x)


# The AsyncClient, because its handlers run in the order of the events; those of
# the Client run in a thread each.
def make_client(name, nsp):
    client = socketio.AsyncClient(reconnection_delay=0.05,
                                  reconnection_delay_max=0.2)

    async def on_connect():
        tell(client=name, nsp=nsp, what="connect", id=client.get_sid(nsp),
             sid=client.eio.sid, transport=client.transport())

    async def on_connect_error(why):
        tell(client=name, nsp=nsp, what="connect_error",
             why=why["message"] if isinstance(why, dict) else str(why))

    async def on_disconnect(why):
        tell(client=name, nsp=nsp, what="disconnect", why=why)

    async def on_event(*args):
        tell(client=name, nsp=nsp, what="event", args=args)

    client.on("connect", on_connect, nsp)
    client.on("connect_error", on_connect_error, nsp)
    client.on("disconnect", on_disconnect, nsp)
    client.on("*", on_event, nsp)
    return client


async def connect(client, url, nsp, transports, auth=None, **_):
    found = clients[client] = make_client(client, nsp)
    try:
        await found.connect(url, namespaces=[nsp], transports=transports,
                            auth=auth)
    except socketio.exceptions.ConnectionError:
        return  # told by connect_error
    if found.transport() != transports[0]:
        tell(client=client, what="upgrade", transport=found.transport())


async def emit(client, nsp, args, ack, id, **_):
    name, *data = args
    callback = (lambda *answer: tell(re=id, answer=answer)) if ack else None
    await clients[client].emit(name, tuple(data), nsp, callback)


async def disconnect(client, **_):
    await clients[client].disconnect()


async def main():
    commands = {"emit": emit, "disconnect": disconnect, "close": disconnect}
    lines = asyncio.StreamReader(limit=2 ** 24)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    connecting = set()
    while line := await lines.readline():
        command = from_line(line)
        what = command.pop("do")
        if what == "connect":  # which waits for the server
            task = asyncio.create_task(connect(**command))
            connecting.add(task)
            task.add_done_callback(connecting.discard)
        else:
            await commands[what](**command)


asyncio.run(main())

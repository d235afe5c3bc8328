"""Does with python-socketio what it is told on stdin, and tells on stdout what
comes of it; js/driver.js does the same. Each line is JSON; bytes are written
{"$bytes": "<base64>"}."""

import base64
import json
import sys
import threading

import socketio

clients = {}  # by name
writing = threading.Lock()


def tell(**line):
    with writing:
        print(json.dumps(line, default=lambda x: {
            "$bytes": base64.b64encode(x).decode()}), flush=True)


def from_line(line):
    return json.loads(line, object_hook=lambda x: base64.b64decode(
        x["$bytes"]) if "$bytes" in x else x)


def watch(client, name, nsp):
    def on_connect():
        tell(client=name, nsp=nsp, what="connect", id=client.get_sid(nsp),
             transport=client.transport())

    def on_connect_error(why):
        tell(client=name, nsp=nsp, what="connect_error",
             why=why["message"] if isinstance(why, dict) else str(why))

    client.on("connect", on_connect, nsp)
    client.on("connect_error", on_connect_error, nsp)
    client.on("disconnect", lambda why: tell(
        client=name, nsp=nsp, what="disconnect", why=why), nsp)
    client.on("*", lambda *args: tell(
        client=name, nsp=nsp, what="event", args=args), nsp)


def watch_upgrade(client, name, transports):
    if client.transport() == "websocket" and transports != ["websocket"]:
        tell(client=name, what="upgrade", transport="websocket")


def connect(client, url, nsp, transports, auth=None, **_):
    """`client` is a name, which python-socketio's object stands behind."""
    # The library upgrades whenever it may; ["polling"] keeps it from that.
    found = clients[client] = socketio.Client(
        reconnection_delay=0.05, reconnection_delay_max=0.2)
    watch(found, client, nsp)
    try:
        found.connect(url, namespaces=[nsp], transports=transports, auth=auth)
        watch_upgrade(found, client, transports)
    except socketio.exceptions.ConnectionError:
        pass  # told by connect_error


def emit(client, nsp, args, ack, id, **_):
    name, *data = args
    callback = (lambda *answer: tell(re=id, answer=answer)) if ack else None
    clients[client].emit(name, tuple(data), nsp, callback)


def disconnect(client, **_):
    clients[client].disconnect()


def main():
    commands = {"connect": connect, "emit": emit, "disconnect": disconnect,
                "close": disconnect}
    for line in sys.stdin:
        command = from_line(line)
        do = commands[command.pop("do")]
        if do is connect:  # which blocks
            threading.Thread(target=do, kwargs=command, daemon=True).start()
        else:
            do(**command)


main()

"""TCP connections' way to ports, which can be cut and joined again."""

import contextlib
import itertools
import socket
import threading


class Cable:
    """Listens at `address` and leads to the ports, one after the other."""

    def __init__(self, *ports):
        self.ports, self.turns = ports, itertools.cycle(ports)
        self.is_cut = False
        self.ends = set()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.cut()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def serve(self):
        with contextlib.suppress(OSError):  # it is closed
            while True:
                self.lead(self.listener.accept()[0])

    def lead(self, one):
        try:
            other = socket.create_connection(("127.0.0.1", next(self.turns)))
        except OSError:  # nobody is there
            one.close()
            return
        with self.lock:
            if self.is_cut:
                one.close(), other.close()
                return
            self.ends |= {one, other}
        for x, y in (one, other), (other, one):
            threading.Thread(target=self.pass_on, args=(x, y),
                             daemon=True).start()

    def take(self, source):
        """The next bytes of a connection's end, to be passed on to the other;
        none: it is over."""
        return source.recv(65536)

    def is_far_end(self, source):
        """Whether what it sends comes from one of the ports."""
        return source.getpeername()[1] in self.ports

    def pass_on(self, source, sink):
        with contextlib.suppress(OSError):  # the other way has ended
            while data := self.take(source):
                sink.sendall(data)
        for x in source, sink:
            with contextlib.suppress(OSError):
                x.shutdown(socket.SHUT_RDWR)

    def cut(self):
        with self.lock:
            self.is_cut = True
            for x in self.ends:
                with contextlib.suppress(OSError):
                    x.shutdown(socket.SHUT_RDWR)
            self.ends.clear()

    def join(self):
        with self.lock:
            self.is_cut = False

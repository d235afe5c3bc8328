"""Tokens (JWT) for tests, made of the standard library and openssl's command."""

import base64
import contextlib
import hashlib
import hmac
import json
import subprocess
import threading
import time

from http_server import HttpServer
from tls_authority import Authority
from waiting import PATIENCE

SECRET = "0123456789abcdef0123456789abcdef"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make_token(user="ada", lasts=600, key=SECRET, header=None, sign=None,
               **claims):
    """A token that is signed by HS256, or by `sign`; the claims are added to
    `sub` and `exp`, and left out where they are None."""
    claims = {"sub": user, "exp": int(time.time() + lasts), **claims}
    claims = {k: v for k, v in claims.items() if v is not None}
    header = {"alg": "HS256", "typ": "JWT", **(header or {})}
    text = ".".join(base64url(json.dumps(x).encode()) for x in (header, claims))
    sign = sign or (lambda data: hmac.digest(key.encode(), data, hashlib.sha256))
    return f"{text}.{base64url(sign(text.encode()))}"


class RsaKey:
    """A pair of keys, in files of a folder."""

    def __init__(self, folder, name="key"):
        self.private = folder / f"{name}.private.pem"
        self.public = folder / f"{name}.pem"
        self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt",
                     "rsa_keygen_bits:2048", "-out", self.private)
        self.openssl("pkey", "-in", self.private, "-pubout", "-out",
                     self.public)

    @staticmethod
    def openssl(*arguments, data=None):
        run = subprocess.run(["openssl", *map(str, arguments)], input=data,
                             capture_output=True, check=True)
        return run.stdout

    def sign(self, data):
        return self.openssl("dgst", "-sha256", "-sign", self.private, data=data)

    def token(self, user="ada", header=None, **claims):
        return make_token(user, header={"alg": "RS256", **(header or {})},
                          sign=self.sign, **claims)

    def jwk(self, **members):
        text = self.openssl("rsa", "-pubin", "-in", self.public, "-modulus",
                            "-noout").decode()
        modulus = bytes.fromhex(text.strip().removeprefix("Modulus="))
        return {"kty": "RSA", "n": base64url(modulus), "e": "AQAB", **members}


class KeyServer(HttpServer):
    """An HTTPS server with a key set, and what it needs of certificates in a
    folder. `answer` is what it answers: (status, headers, body); None: nothing
    before `release`."""

    def __init__(self, folder, name="127.0.0.1"):
        authority = Authority(folder)
        self.ca = authority.file
        is_address = name[0].isdigit()
        super().__init__(
            (200, {}, b'{"keys": []}'), keeps=False,
            certificate=(authority.issue(address=name) if is_address
                         else authority.issue(name, address=None)))
        self.asked = []
        self.released = threading.Event()
        self.taken = threading.Event()  # an answer that was released

    def on_request(self, request, _):
        self.asked.append(request.path)
        if self.answer is None:
            self.released.wait()
        return self.answer or (503, {}, b"")

    def respond(self, request):
        late = self.answer is None
        super().respond(request)
        if late:
            with contextlib.suppress(OSError):
                request.rfile.read(1)  # the client's end
            self.taken.set()

    def set_keys(self, *jwks, **headers):
        self.answer = (200, {k.replace("_", "-"): v for k, v in headers.items()},
                       json.dumps({"keys": jwks}).encode())

    def release(self, *jwks):
        """Who waits gets these, and has them when this returns."""
        self.set_keys(*jwks)
        self.released.set()
        assert self.taken.wait(PATIENCE)

    def stop(self):
        self.released.set()
        super().stop()

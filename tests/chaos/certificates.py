"""Certificates of a run's nodes, and the authority that has signed them."""

import os
import subprocess

DAYS = "3"


class Authority:
    def __init__(self, folder, clock=None):
        """With a clock (WallClock), a node's may leap: certificates are older
        than that."""
        self.folder = folder.resolve()
        self.environment = dict(os.environ)
        if clock:
            clock.jump(-24 * 3600)
            self.environment |= clock.environment
        self.certificate = self.make("authority",
                                     "-subj", "/CN=chaos authority")

    def issue(self, name, address):
        """(certificate, key) of a node at an address."""
        file = f"node-{name}-{address}"
        certificate = self.make(
            file, "-subj", f"/CN={name}",
            "-addext", f"subjectAltName=IP:{address}",
            "-addext", "basicConstraints=critical,CA:FALSE",
            "-CA", self.certificate, "-CAkey", self.key("authority"))
        return certificate, self.key(file)

    def key(self, name):
        return str(self.folder / f"{name}.key")

    def make(self, name, *arguments):
        certificate = str(self.folder / f"{name}.pem")
        done = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", DAYS,
             "-keyout", self.key(name), "-out", certificate, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=self.environment)
        if done.returncode != 0:
            raise RuntimeError(f"openssl made no certificate: {done.stdout}")
        return certificate

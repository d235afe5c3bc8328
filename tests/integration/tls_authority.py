"""An authority that a test trusts, and certificates that it has signed."""

import subprocess


class Authority:
    """`environment`: None is that of the test."""

    def __init__(self, folder, name="authority", environment=None):
        self.folder, self.name = folder.resolve(), name
        self.environment = environment
        self.file = self.make(name, "-subj", f"/CN={name}")

    def issue(self, *hosts, address="127.0.0.1"):
        """(certificate, key) for these names and that address; a file that is
        there is replaced in one step, as certbot does."""
        names = [f"DNS:{x}" for x in hosts]
        names += [f"IP:{address}"] if address else []
        file = hosts[0] if hosts else address
        certificate = self.make(
            file, "-subj", f"/CN={file}",
            "-addext", f"subjectAltName={','.join(names)}",
            "-addext", "basicConstraints=critical,CA:FALSE",
            "-CA", self.file, "-CAkey", self.key(self.name))
        return certificate, self.key(file)

    def key(self, name):
        return str(self.folder / f"{name}.key")

    def make(self, name, *arguments):
        certificate = self.folder / f"{name}.pem"
        new = self.folder / "new.pem", self.folder / "new.key"
        done = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3",
             "-keyout", new[1], "-out", new[0], *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=self.environment)
        if done.returncode != 0:
            raise RuntimeError(f"openssl made no certificate: {done.stdout}")
        new[1].rename(self.key(name))
        new[0].rename(certificate)
        return str(certificate)

"""An authority that a test trusts, and certificates that it has signed."""

import subprocess


class Authority:
    def __init__(self, folder, name="authority"):
        self.folder, self.name = folder, name
        self.file = self.make(name, "-subj", f"/CN={name}")

    def issue(self, *hosts, name=None):
        """(certificate, key) for these names and 127.0.0.1; a file that is there
        is replaced in one step, as certbot does."""
        name = name or hosts[0]
        alternatives = ",".join(f"DNS:{x}" for x in hosts) + ",IP:127.0.0.1"
        certificate = self.make(
            name, "-subj", f"/CN={hosts[0]}",
            "-addext", f"subjectAltName={alternatives}",
            "-addext", "basicConstraints=critical,CA:FALSE",
            "-CA", self.file, "-CAkey", self.key(self.name))
        return certificate, self.key(name)

    def key(self, name):
        return str(self.folder / f"{name}.key")

    def make(self, name, *arguments):
        certificate = self.folder / f"{name}.pem"
        new = self.folder / "new.pem", self.folder / "new.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3",
             "-keyout", new[1], "-out", new[0], *arguments],
            capture_output=True, check=True)
        new[1].rename(self.key(name))
        new[0].rename(certificate)
        return str(certificate)

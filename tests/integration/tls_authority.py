"""An authority that a test trusts, and certificates that it has signed."""

import datetime
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

    def sign(self, file, *names, lasts=600):
        """(certificate, key) of a client, in files of that name, with these
        names ("URI:spiffe://a/b", "DNS:a", "email:a@b") and so many seconds to
        go."""
        pem, request = (self.folder / f"{file}.{x}" for x in ("pem", "csr"))
        settings = self.folder / f"{file}.cnf"
        (self.folder / "index.txt").touch()
        # A list may hold a comma only in a section of its own.
        alternatives = "".join(f"{x.split(':', 1)[0]}.{i} = {x.split(':', 1)[1]}\n"
                               for i, x in enumerate(names))
        settings.write_text(
            f"[ca]\ndefault_ca = own\n[own]\ndatabase = {self.folder}/index.txt\n"
            f"new_certs_dir = {self.folder}\nrand_serial = yes\n"
            "default_md = sha256\nunique_subject = no\npolicy = any\n"
            "x509_extensions = client\n[any]\ncommonName = supplied\n"
            "[client]\nbasicConstraints = critical,CA:FALSE\n"
            + ("subjectAltName = @names\n[names]\n" + alternatives
               if names else ""))
        now = datetime.datetime.now(datetime.timezone.utc)
        begin, end = (f"{now + datetime.timedelta(seconds=x):%Y%m%d%H%M%SZ}"
                      for x in (-3600, lasts))
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                     self.key(file), "-out", request, "-subj", f"/CN={file}")
        self.openssl("ca", "-batch", "-notext", "-config", settings,
                     "-cert", self.file, "-keyfile", self.key(self.name),
                     "-startdate", begin, "-enddate", end,
                     "-in", request, "-out", pem)
        return str(pem), self.key(file)

    def key(self, name):
        return str(self.folder / f"{name}.key")

    def make(self, name, *arguments):
        certificate = self.folder / f"{name}.pem"
        new = self.folder / "new.pem", self.folder / "new.key"
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3",
                     "-keyout", new[1], "-out", new[0], *arguments)
        new[1].rename(self.key(name))
        new[0].rename(certificate)
        return str(certificate)

    def openssl(self, *arguments):
        done = subprocess.run(
            ["openssl", *arguments], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, env=self.environment)
        if done.returncode != 0:
            raise RuntimeError(f"openssl made no certificate: {done.stdout}")

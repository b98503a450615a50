#!/usr/bin/env python3
"""Certificates are replaced under load, with real processes, and nothing is lost.

certificates.py BIN_FOLDER WORK_FOLDER

A court submits without pause. Meanwhile, in turns: the gateway gets a certificate with another key, the court one for the same key, an agency one for
the same key and is started anew, and the court one of another authority that the gateway was told of. A pair that doesn't fit is put in between, and
refused. In the end every call was answered, every accepted order was answered once, and each new certificate was shown within 10 s.

GATEWAY_KILL_POINTS sets how often (sample: 12, all: 100).
"""
import glob
import hashlib
import json
import os
import shutil
import signal
import socket
import ssl
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "demo"))
from cast import BEILING, CASE, COURT, FOLDERS, LAND, SONGYUE  # noqa: E402
from drill import drill  # noqa: E402
from restore import Restore  # noqa: E402
from stage import Failed  # noqa: E402

SECONDS = 10  # within which a new certificate is shown
TLS = "pki/tls/"


class Certificates(Restore):
    def __init__(self, binaries, folder):
        super().__init__(binaries, folder)
        points = os.environ.get("GATEWAY_KILL_POINTS", "sample")
        self.times = {"sample": 12, "all": 100}.get(points) or int(points)
        self.slowest = 0.0
        self.done = threading.Event()
        self.broken = []
        self.between_calls = threading.Lock()  # the command line reads both files at each call: two renames are not one

    # --- the load

    def submit_without_pause(self):
        while not self.done.is_set():
            try:
                with self.between_calls:
                    self.inquire()
            except Failed as failure:
                self.broken.append(str(failure))
                return

    # --- certificates

    def path(self, name):
        return os.path.join(self.folder, name)

    def renewed(self, system, authority="pinned", keep_key=True):
        """Made beside the one in use; its two files."""
        shutil.rmtree(self.path("next"), ignore_errors=True)
        key = ["--key", f"{TLS}{system}.key"] if keep_key else []
        made = self.local("pki", "renew", f"{TLS}{system}.pem", *key, "--authority", f"{TLS}{authority}.pem", "--authority-key", f"{TLS}{authority}.key", "--out", "next")
        return made["certificate"]["certificate"], made["certificate"]["key"]

    def put(self, source, target):
        os.replace(self.path(source), self.path(target))

    def replace(self, system, authority="pinned", keep_key=True):
        return self.put_in_place(system, *self.renewed(system, authority, keep_key))

    def put_in_place(self, system, certificate, key):
        with open(self.path(certificate)) as file:
            shown = hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest()
        self.put(key, f"{TLS}{system}.key")
        self.put(certificate, f"{TLS}{system}.pem")
        return shown

    def reload(self):
        self.stage.processes["gateway"].send_signal(signal.SIGHUP)

    def connected(self, certificate, key, then):
        """`then` of a new connection that shows this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_REQUIRED
        context.set_alpn_protocols(["h2"])
        context.load_verify_locations(self.path(TLS + "pinned.pem"))
        context.load_cert_chain(self.path(certificate), self.path(key))
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as plain, context.wrap_socket(plain) as secure:
            return then(secure)

    def shown(self):
        """What the gateway shows."""
        return self.connected(f"{TLS}court-{COURT}.pem", f"{TLS}court-{COURT}.key", lambda secure: hashlib.sha256(secure.getpeercert(binary_form=True)).hexdigest())

    def taken(self, certificate, key):
        """Whether the gateway takes a certificate: in TLS 1.3 its refusal comes instead of the first answer."""
        def speak(secure):
            secure.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5))  # preface, empty SETTINGS
            return secure.recv(1) != b""
        try:
            return self.connected(certificate, key, speak)
        except (ssl.SSLError, ConnectionError):
            return False

    def wait_until_shown(self, expected):
        began = time.monotonic()
        self.stage.wait("the gateway to show its new certificate", lambda: self.shown() == expected, SECONDS)
        self.slowest = max(self.slowest, time.monotonic() - began)

    def log(self):
        with open(self.path("gateway.log")) as file:
            return file.read()

    def pin_apart(self):
        """The gateway's bundle grows; what the others pin as the authority of the gateway stays one certificate."""
        shutil.copy(self.path(TLS + "ca.pem"), self.path(TLS + "pinned.pem"))
        for name in glob.glob(self.path("pki/config/*.toml")) + [self.path(folder + ".toml") for folder in FOLDERS.values()]:
            with open(name) as file:
                text = file.read()
            with open(name, "w") as file:
                file.write(text.replace("tls/ca.pem", "tls/pinned.pem"))

    # --- what is replaced

    def gateway_with_a_new_key(self):
        fresh = self.replace("gateway-gateway", keep_key=False)
        self.reload()
        self.wait_until_shown(fresh)

    def court_with_its_key(self):
        with self.between_calls:
            self.replace(f"court-{COURT}")

    def agency_started_anew(self):
        self.replace(f"agency-{BEILING}")
        self.stage.stop(FOLDERS[BEILING])
        self.start_agency(BEILING)

    def court_of_another_authority(self):
        """Told to the gateway first; the old one stays for those who still come with it."""
        with open(self.path(TLS + "ca.pem"), "a") as bundle, open(self.path("other/tls/ca.pem")) as other:
            bundle.write(other.read())
        before = self.log().count("certificates_loaded")
        self.reload()
        self.stage.wait("the gateway to take the bundle", lambda: self.log().count("certificates_loaded") > before, SECONDS)
        fresh = self.renewed(f"court-{COURT}", "../../other/tls/ca")
        self.stage.wait("the gateway to take the other authority's certificates", lambda: self.taken(*fresh), SECONDS)
        with self.between_calls:
            self.put_in_place(f"court-{COURT}", *fresh)

    def half_a_pair(self):
        """A certificate without its key: refused, and the old pair goes on."""
        before = self.shown()
        certificate, _ = self.renewed("gateway-gateway", keep_key=False)
        shutil.copy(self.path(TLS + "gateway-gateway.pem"), self.path("kept.pem"))
        self.put(certificate, TLS + "gateway-gateway.pem")
        refused = self.log().count("certificates_refused")
        self.reload()
        self.stage.wait("the gateway to refuse half a pair", lambda: self.log().count("certificates_refused") > refused, SECONDS)
        if self.shown() != before:
            raise Failed("the gateway shows half a pair")
        self.put("kept.pem", TLS + "gateway-gateway.pem")

    def run(self):
        self.case_opened()
        self.pin_apart()
        shutil.copy(self.path(TLS + "ca.key"), self.path(TLS + "pinned.key"))
        s = self.stage
        with open(self.path("spec.json")) as file:
            spec = json.load(file)
        spec["origin"] = "other.test/log1"
        with open(self.path("other.json"), "w") as file:
            json.dump(spec, file, ensure_ascii=False)
        self.local("pki", "make", "--spec", "other.json", "--out", "other")
        s.scene("Certificates are replaced under load", "证书轮换")
        load = threading.Thread(target=self.submit_without_pause)
        load.start()
        steps = (self.gateway_with_a_new_key, self.court_with_its_key, self.half_a_pair, self.agency_started_anew)
        try:
            for i in range(self.times):
                if i == self.times // 2:
                    self.court_of_another_authority()
                else:
                    steps[i % len(steps)]()
                if self.broken:
                    raise Failed(f"after {i + 1} replacements: {self.broken[0]}")
        finally:
            self.done.set()
            load.join()
        s.equal("calls that failed meanwhile", self.broken, [])
        s.check(f"{self.times} replacements, {len(self.orders)} orders accepted meanwhile", len(self.orders) >= self.times, len(self.orders))
        s.check(f"each new certificate was shown within {SECONDS} s (slowest {self.slowest:.1f} s)", self.slowest < SECONDS)
        self.settled("every order to be answered")
        there = [row["order_id"] for row in self.eagle("order", "list", "--case", CASE, "--limit", "1000")["rows"]]
        s.check("every accepted order is there, each once", sorted(there) == sorted(self.orders), there)
        self.present({BEILING, SONGYUE, LAND})


def main():
    test = Certificates(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    return drill(test, test.run, lambda: f"{test.stage.checks} assertions held")


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Papers that travel, with real processes that die: papers.py BIN_FOLDER WORK_FOLDER

A court puts a ruling of 20 MiB; the gateway is killed while it comes, and the court's program too; what is left is put and nothing twice. The bank
fetches it, dies in between, and freezes nothing before it has every byte. A file that is too large, of another kind or no paper at all is refused.
"""
import os
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "demo"))
import cast  # noqa: E402
import play  # noqa: E402
from cast import BEILING, CASE, FOLDERS  # noqa: E402
from drill import drill  # noqa: E402
from stage import at  # noqa: E402

PAPER_BYTES = 20 << 20
PART = (256 << 10) + 28


class Papers(play.Demo):
    def put(self, name):
        return subprocess.Popen([os.path.join(self.stage.binaries, "eagle"), "--config", f"pki/config/court-{cast.COURT}.toml", "--yes", "paper", "put", name, "--case", CASE],
                                env=self.stage.environment, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def uploaded(self):
        """Bytes of the one upload that isn't whole; 0: there is none."""
        found = [os.path.join(root, name) for root, _, names in os.walk(os.path.join(self.folder, "data", "blobs")) for name in names if name.endswith(".up")]
        return os.path.getsize(found[0]) if found else 0

    def write(self, name, content):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(content)

    def read(self, *path):
        with open(os.path.join(self.folder, *path), "rb") as file:
            return file.read()

    def cut(self, what, kill):
        """Starts an upload, kills as soon as some of it is there, and gives how much that was."""
        before = self.uploaded()
        process = self.put("large.pdf")
        self.stage.wait(what, lambda: self.uploaded() > before + 2 * PART)
        kill(process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        there = self.uploaded()
        self.stage.check(f"{what}: cut with {there >> 10} KiB of 20 MiB there", 0 < there < PAPER_BYTES)
        return there

    def run(self):
        s = self.stage
        self.build_the_stage()
        self.clock.move_to(at(9, 28, 9, 0))
        self.eagle("case", "open", "--case", CASE, "--title", cast.TITLE, "--applicant", cast.APPLICANT, "--handler", cast.HANDLER, "--leader", cast.LEADER,
                   "--principal", "100,000.00", "--respondent", cast.DEBTOR + ";JOINT", "--sign", cast.HANDLER, "--sign", cast.LEADER)
        head = b"%PDF-1.7 "
        self.write("large.pdf", head + os.urandom(PAPER_BYTES - len(head)))
        self.write("larger.pdf", head + bytes(PAPER_BYTES))
        self.write("program.pdf", b"MZ" + os.urandom(3000))
        for name, reason in (("larger.pdf", "BLOB_TOO_LARGE"), ("program.pdf", "BLOB_TYPE_REFUSED")):
            told = self.eagle("paper", "put", name, "--case", CASE, expect=3)
            s.check(f"{name}: {reason}", reason in told["talk"], told)
        first = self.cut("the court's program killed", lambda process: None)
        second = self.cut("the gateway killed", lambda process: s.kill("gateway"))
        s.check("what was there stayed there", second > first, (first, second))
        self.start_gateway()
        self.present({BEILING})
        began = time.monotonic()
        order = ["order", "freeze", *self.subject(), "--agency", BEILING, "--limit", "1,000.00", "--paper", "RULING=large.pdf", *self.papers("ASSISTANCE_NOTICE"), "--sign", cast.HANDLER, "--sign", cast.COSIGNER]
        s.kill(FOLDERS[BEILING])
        sent = self.eagle(*order)
        s.equal("the order puts what is left, and is accepted", [row["result"] for row in sent["results"]], ["ACCEPTED"])
        self.orders["freeze"] = sent["results"][0]["order_id"]
        s.say(f"the rest of 20 MiB put, and the order accepted, in {time.monotonic() - began:.2f} s")
        self.start_agency(BEILING)
        # Somewhere on the way of eighty parts: dead, and again.
        s.wait("the bank to have been handed the order", lambda: self.tasks("freeze")[BEILING]["state"] in ("DELIVERED", "ACKNOWLEDGED", "DONE"))
        s.kill(FOLDERS[BEILING])
        began = time.monotonic()
        self.start_agency(BEILING)
        s.wait("the bank's last word", lambda: self.tasks("freeze")[BEILING]["state"] == "DONE", 60)
        s.say(f"fetched, hashed and frozen {time.monotonic() - began:.2f} s after its start")
        s.equal("what became of it", self.tasks("freeze")[BEILING]["outcome"], "CONTROLLED")
        s.check("the bank has the ruling, byte for byte", self.read("large.pdf") in [self.read(FOLDERS[BEILING], "papers", name) for name in os.listdir(os.path.join(self.folder, FOLDERS[BEILING], "papers"))])
        again = self.eagle(*order)
        s.equal("a second order with the same papers", [row["result"] for row in again["results"]], ["ACCEPTED"])
        whole = [os.path.join(root, name) for root, _, names in os.walk(os.path.join(self.folder, "data", "blobs")) for name in names]
        s.equal("files at the gateway", len(whole), 2)
        s.check("none of it readable", not any(b"%PDF" in self.read(path) for path in whole))


def main():
    test = Papers(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    return drill(test, test.run, lambda: f"{test.stage.checks} assertions held")


if __name__ == "__main__":
    sys.exit(main())

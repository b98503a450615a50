#!/usr/bin/env python3
"""A case erased by real processes: what is left in files, write-ahead logs, a copy made before, and the audit.

erasure.py BIN_FOLDER WORK_FOLDER

A case is opened, asked about, frozen, released, closed; thirty-one years later two administrators erase it. Then: nobody reads it, the log verifies,
replay reaches the same tables, its key is in no file, no planted marker is in any, and after the master key was replaced a copy made before the
erasure opens nothing.
"""
import datetime
import hashlib
import os
import shutil
import sqlite3
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "demo"))
import audit  # noqa: E402
import cast  # noqa: E402
import play  # noqa: E402
import world  # noqa: E402
from cast import BEILING, SONGYUE  # noqa: E402
from drill import drill  # noqa: E402
from stage import SHANGHAI, at  # noqa: E402

MARKERS = ["林远舟", "苏晴", "990101198503070017", "990101850307001", "990101198708150029", cast.ACCOUNT_BEILING, cast.ACCOUNT_SONGYUE, cast.CASE, cast.TITLE,
           cast.APPLICANT.split(";")[0], "1,234.56", "MARKER-IN-A-GROUND", *world.PAPERS.values()]
KEPT = ["--last-signed", "last_signed", "--master-key", "pki/keys/master.key"]


class Erasure(play.Demo):
    def admin(self, *arguments, expect=0):
        return self.eagle(*arguments, role=self.first_operator(), expect=expect)

    def erase(self, index, expect=0):
        return self.admin("case", "erase", str(index), "--court", cast.COURT, "--ground", "retention has passed", "--key", "pki/keys/administrator-one.pem", expect=expect)

    def story(self):
        spec = cast.pki_spec
        cast.pki_spec = lambda *arguments: {**spec(*arguments), "statement_days": 36500}  # officers who still read in thirty-one years
        self.build_the_stage()
        self.clock.move_to(at(9, 28, 9, 0))
        self.eagle("case", "open", "--case", cast.CASE, "--title", cast.TITLE, "--applicant", cast.APPLICANT, "--handler", cast.HANDLER, "--leader", cast.LEADER,
                   "--principal", "100,000.00", "--respondent", cast.DEBTOR + ";JOINT", "--sign", cast.HANDLER, "--sign", cast.LEADER)
        both = ["--sign", cast.HANDLER, "--sign", cast.COSIGNER]
        asked = self.eagle("order", "inquire", *self.subject(), "--agency", BEILING, "--agency", SONGYUE, *self.papers("ASSISTANCE_NOTICE"), "--officer", cast.HANDLER, "--sign", cast.HANDLER)
        self.orders["inquiry"] = asked["results"][0]["order_id"]
        self.eagle("order", "inquire", *self.subject(cast.SPOUSE), "--agency", BEILING, *self.papers("ASSISTANCE_NOTICE"), "--officer", cast.HANDLER, "--sign", cast.HANDLER, expect=3)
        frozen = self.eagle("order", "freeze", *self.subject(), "--agency", BEILING, "--limit", "1,234.56", *self.papers("RULING", "ASSISTANCE_NOTICE"), *both)
        self.orders["freeze"] = frozen["results"][0]["order_id"]
        for order in ("inquiry", "freeze"):
            self.answered(order)
        self.eagle("findings", self.orders["inquiry"], "--officer", "001", "--purpose", "EXECUTION")
        released = self.eagle("order", "release", *self.subject(), "--agency", BEILING, "--measure", self.orders["freeze"], "--ground", "DEBT_PAID", *self.papers("RULING", "ASSISTANCE_NOTICE"), *both)
        self.orders["release"] = released["results"][0]["order_id"]
        self.answered("release")
        index = self.case()["case"]["journal_index"]
        self.eagle("paper", "get", self.digest("RULING"), "--order", self.orders["freeze"], "--out", "got.pdf", "--officer", "001")
        with open(os.path.join(self.folder, "got.pdf"), "rb") as got, open(os.path.join(self.folder, world.PAPERS["RULING"]), "rb") as put:
            self.stage.check("the court reads its ruling back, byte for byte", got.read() == put.read())
        self.eagle("case", "stage", "--case", cast.CASE, "--to", "CLOSED", "--ground", "MARKER-IN-A-GROUND", "--sign", cast.HANDLER, "--sign", cast.LEADER)
        return index

    def digest(self, category):
        with open(os.path.join(self.folder, world.PAPERS[category]), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    def copy(self, name):
        self.stage.stop("gateway")
        shutil.copytree(os.path.join(self.folder, "data"), os.path.join(self.folder, name))

    def keys(self, folder):
        with sqlite3.connect(os.path.join(self.folder, folder, "keys.db")) as store:
            return {key: wrapped for key, wrapped in store.execute("SELECT key_id, wrapped FROM keys WHERE scope = 'case'")}

    def files(self, *folders):
        for folder in folders:
            path = os.path.join(self.folder, folder)
            names = [path] if os.path.isfile(path) else [os.path.join(root, name) for root, _, names in os.walk(path) for name in names]
            for name in names:
                with open(name, "rb") as file:
                    yield name, file.read()

    def run(self):
        s = self.stage
        index = self.story()
        s.say("thirty-one years pass")
        self.copy("before")
        self.start_gateway()
        early = self.erase(index, expect=3)
        s.check("not before the retention has passed", "CASE_NOT_ERASABLE" in str(early), early)
        self.clock.move_to(datetime.datetime(2057, 10, 1, tzinfo=SHANGHAI))
        proposal = self.erase(index)["results"][0]["proposal"]
        self.eagle("case", "show", cast.CASE, "--officer", cast.HANDLER)
        s.check("one administrator alone erases nothing", True)
        done = self.admin("admin", "approve", str(proposal), "--key", "pki/keys/administrator-two.pem")
        s.equal("two do", [row["result"] for row in done["results"]], ["IN_EFFECT"])
        for command in (["case", "show", cast.CASE, "--officer", "001"], ["findings", self.orders["inquiry"], "--officer", "001"]):
            told = self.eagle(*command, expect=3)
            s.check(f"{command[0]} says that it was erased", "ERASED" in told["talk"], told)
        there = {marker for _, content in self.files(cast.FOLDERS[BEILING]) for marker in MARKERS if marker.encode() in content}
        s.check("the search finds what is there: the bank keeps its own books", {"林远舟", cast.ACCOUNT_BEILING} <= there, there)
        s.check("before, two papers lay there, sealed", len(list(self.files("before/blobs"))) == 2)
        s.equal("papers now", list(self.files("data/blobs")), [])
        told = self.eagle("paper", "get", self.digest("RULING"), "--case", cast.CASE, "--out", "again.pdf", "--officer", "001", expect=3)
        s.check("nor are they read", "ERASED" in told["talk"], told)
        # While it runs, write-ahead log and all.
        doomed = self.keys("before")
        s.equal("keys of cases before", len(doomed), 1)
        self.search(doomed, "data", "last_signed", "gateway.log")
        s.kill("gateway")
        # As if it had died between the entry and the end of the papers.
        shutil.copytree(os.path.join(self.folder, "before", "blobs"), os.path.join(self.folder, "data", "blobs"), dirs_exist_ok=True)
        s.equal("papers put back", len(list(self.files("data/blobs"))), 2)
        self.start_gateway()
        s.equal("papers after the next start", list(self.files("data/blobs")), [])
        s.stop_all()
        self.search(doomed, "data", "last_signed", "gateway.log")
        s.equal("keys of cases now", len(self.keys("data")), 0)
        verified = audit.journal(self, "verify", "data", *KEPT)
        s.check("the log verifies, with what was erased", verified["journal"]["verdict"] == "verified" and verified["journal"]["payloads_erased"] > 8, verified)
        replay = audit.journal(self, "replay", "data", *KEPT)
        s.equal("replay", replay["replay"]["verdict"], "replay agrees")
        audit.export(self, "data", "published", "--last-signed", "last_signed")
        public = s.run(["eagle-audit", "--output", "json", "public", "published", "--log-key", audit.log_key(self)])
        s.equal("findings of a stranger's audit", public["audit"]["findings"], 0)
        lost = audit.journal(self, "verify", "before", "--master-key", "pki/keys/master.key")
        s.check("the copy made before still opens with the old master key", lost["journal"]["payloads_erased"] == 0, lost)
        rotated = s.run(["eagle", "--output", "json", "--yes", "journal", "rotate-master-key", "--data", "data", "--master-key", "pki/keys/master.key"])
        s.check("the master key is replaced", rotated["master_key"]["keys_wrapped_anew"] > 5, rotated)
        s.equal("replay with the new one", audit.journal(self, "replay", "data", *KEPT)["replay"]["verdict"], "replay agrees")
        gone = audit.journal(self, "verify", "before", "--master-key", "pki/keys/master.key", expect=2)
        s.check("and the copy made before opens no more", "KEY_UNUSABLE" in gone["talk"], gone)
        self.search(doomed, "data", "last_signed", "gateway.log", "pki/keys/master.key")
        self.start_gateway()
        self.eagle("agency", "list")
        s.say("the gateway serves on")

    def search(self, doomed, *folders):
        found = [(name, marker) for name, content in self.files(*folders) for marker in MARKERS if marker.encode() in content]
        self.stage.equal("markers in " + ", ".join(folders), found, [])
        wrapped = [name for name, content in self.files(*folders) for key in doomed.values() if key in content]
        self.stage.equal("wrapped keys of the case", wrapped, [])


def main():
    test = Erasure(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    return drill(test, test.run, lambda: f"{test.stage.checks} assertions held")


if __name__ == "__main__":
    sys.exit(main())

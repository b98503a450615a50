#!/usr/bin/env python3
"""The tag key is rotated by real processes, as server/docs/operations.md has it: tag_key.py BIN_FOLDER WORK_FOLDER

A case is opened, asked about and read; the gateway stops, the key is rotated, the gateway starts. Then: the case is found by its number and can't be
opened twice, reads are counted on, the debtor's looks of before and after are found with both keys, and a search with one of them says that it isn't
whole; openings of old looks verify, replay and the public audit agree; and a key store of before the rotation is refused.
"""
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "demo"))
import audit  # noqa: E402
import cast  # noqa: E402
import play  # noqa: E402
from cast import BEILING, SONGYUE  # noqa: E402
from drill import drill  # noqa: E402
from stage import at  # noqa: E402

MASTER = ["--data", "data", "--master-key", "pki/keys/master.key"]
KEPT = ["--last-signed", "last_signed", "--master-key", "pki/keys/master.key"]
PERSON = cast.DEBTOR.split(";")


class TagKey(play.Demo):
    def open_case(self, expect=0):
        return self.eagle("case", "open", "--case", cast.CASE, "--title", cast.TITLE, "--applicant", cast.APPLICANT, "--handler", cast.HANDLER, "--leader", cast.LEADER,
                          "--principal", "100,000.00", "--respondent", cast.DEBTOR + ";JOINT", "--sign", cast.HANDLER, "--sign", cast.LEADER, expect=expect)

    def inquire(self, name):
        asked = self.eagle("order", "inquire", *self.subject(), "--agency", BEILING, "--agency", SONGYUE, *self.papers("ASSISTANCE_NOTICE"), "--officer", cast.HANDLER, "--sign", cast.HANDLER)
        self.orders[name] = asked["results"][0]["order_id"]
        self.answered(name)

    def read(self, name):
        return self.eagle("findings", self.orders[name], "--officer", "001", "--purpose", "EXECUTION")

    def journal(self, *arguments, expect=0):
        return self.stage.run(["eagle", "--output", "json", "--yes", "journal", *arguments], expect)

    def looks(self, *keys, expect=0):
        return self.eagle("looks", "--person", f"{PERSON[1]}:{PERSON[2]}", *[word for key in keys for word in ("--tag-key", key)], role="auditor-audit", expect=expect)

    def access(self, *arguments, expect=0):
        command = ["eagle-audit", "--output", "json", "access", "published", "--log-key", audit.log_key(self), "--person", f"{PERSON[1]}:{PERSON[2]}"]
        return self.stage.run([*command, *arguments], expect)

    def run(self):
        s = self.stage
        self.build_the_stage()
        self.clock.move_to(at(9, 28, 9, 0))
        self.open_case()
        self.inquire("before")
        self.read("before")
        s.say("the key that an auditor's lost device held is rotated")
        s.stop("gateway")
        self.journal("tag-key", *MASTER, "--out", "old.key")
        shutil.copy(os.path.join(self.folder, "data", "keys.db"), os.path.join(self.folder, "keys.before"))
        rotated = self.journal("rotate-tag-key", *MASTER)["tag_key"]
        listed = self.journal("tag-key", *MASTER, "--out", "new.key")["rows"]
        s.equal("two keys, the newest first", ([row["newest"] for row in listed], listed[0]["tag_key"]), ([True, False], rotated["tag_key"]))
        first = self.journal("verify", *KEPT, "--data", "data")["journal"]["entries"]
        self.start_gateway()
        again = self.open_case(expect=3)
        s.check("the case's number stays taken", "CASE_EXISTS" in str(again), again)
        self.read("before")
        self.inquire("after")
        self.read("after")
        both = self.looks("old.key", "new.key")
        acts = [(row["act"], row["what"], row["index"] >= first) for row in both["traces"]]
        s.equal("looks at the debtor, of before and after in one search", acts,
                [("CASE", None, False), ("ORDER", "INQUIRE", False), ("READ", "ListFindings", False), ("READ", "ListFindings", True), ("ORDER", "INQUIRE", True), ("READ", "ListFindings", True)])
        s.check("and the list is whole", both["looks"]["whole"], both)
        for key, after in (("new.key", True), ("old.key", False)):
            some = self.looks(key, expect=2)
            s.equal(f"{key} alone finds its own part", {row["index"] >= first for row in some["traces"]}, {after})
            s.check("and says that it isn't all", not some["looks"]["whole"] and [use["given"] for use in some["tag_keys"]] == [not after, after], some)
        s.stop_all()
        reads = self.journal("reads", *KEPT, "--data", "data", *audit.person(cast.DEBTOR))
        s.equal("the keeper's own list, under every key of the folder", [row["index"] for row in reads["looks"]], [row["index"] for row in both["traces"] if row["act"] != "CASE"])
        self.journal("reads", "--data", "data", "--tag-key", "new.key", *audit.person(cast.DEBTOR), expect=2)
        audit.export(self, "data", "published", "--last-signed", "last_signed")
        self.access("--tag-key", "new.key", expect=2)
        self.access("--tag-key", "new.key", "--tag-key", "old.key", "--request", "asked.txt")
        self.journal("openings", *MASTER, "--entries", "asked.txt", "--out", "openings.txt")
        opened = self.access("--tag-key", "new.key", "--tag-key", "old.key", "--openings", "openings.txt")["access"]
        s.equal("every look opens, old ones too: traces, opened, findings", (opened["traces"], opened["opened"], opened["findings"]), (len(acts), len(acts), 0))
        public = s.run(["eagle-audit", "--output", "json", "public", "published", "--log-key", audit.log_key(self)])
        s.equal("findings of a stranger's audit: pages are counted on over the rotation", public["audit"]["findings"], 0)
        s.equal("replay", audit.journal(self, "replay", "data", *KEPT)["replay"]["verdict"], "replay agrees")
        s.say("a key store of before the rotation is put in its place")
        os.rename(os.path.join(self.folder, "data", "keys.db"), os.path.join(self.folder, "keys.after"))
        shutil.copy(os.path.join(self.folder, "keys.before"), os.path.join(self.folder, "data", "keys.db"))
        refused = subprocess.run([os.path.join(s.binaries, "golden-eagle"), "--config", "gateway.toml"], capture_output=True, text=True, env=s.environment, cwd=self.folder, timeout=60)
        told = refused.stdout + refused.stderr
        s.check("the gateway doesn't start: numbers that are taken would be free", refused.returncode == 1 and "KEY_UNUSABLE" in told and "it lacks a tag key" in told, told)
        os.replace(os.path.join(self.folder, "keys.after"), os.path.join(self.folder, "data", "keys.db"))
        self.start_gateway()
        self.eagle("agency", "list")
        s.say("the gateway serves on")


def main():
    test = TagKey(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    return drill(test, test.run, lambda: f"{test.stage.checks} assertions held")


if __name__ == "__main__":
    sys.exit(main())

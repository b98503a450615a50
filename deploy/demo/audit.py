"""Scenes 11 and 12 of the demo case: the court file and who looked at whom, and the audit that trusts nobody."""
import json
import os
import shutil
from urllib.parse import unquote

import cast
import evidence
from cast import BEILING, CASE, COURT, LAND, SONGYUE, YUNFAN


def log_key(demo):
    with open(os.path.join(demo.folder, "pki/keys/log.pub")) as file:
        return file.read().strip()


def journal(demo, verb, data, *arguments, expect=0, show=False):
    return demo.stage.run(["eagle", "--output", "json", "journal", verb, "--data", data, "--log-key", log_key(demo)] + list(arguments), expect, show)


def export(demo, data, folder, *arguments, show=False):
    return demo.stage.run(["eagle", "--output", "json", "journal", "export", folder, "--data", data, "--log-key", log_key(demo)] + list(arguments), 0, show)


def who_looked(demo):
    s = demo.stage
    s.scene("Evidence for the court file, and who looked", "卷宗证据，查阅留痕")
    evidence.court_file(demo)
    head = demo.eagle("journal", "head", role="auditor-audit")
    s.check("the auditor's head is signed and consistent", head["head"]["signature"].startswith("verified"), head)
    verified = demo.eagle("journal", "verify", role="auditor-audit")
    s.check("every entry hashes to the signed root", "every entry" in json.dumps(verified), verified)
    backup(demo)
    master = ["--master-key", "pki/keys/master.key"]
    s.run(["eagle", "journal", "tag-key", "--data", "backup", *master, "--out", "tag.key"], show=True)
    at_spouse(demo, master)
    at_debtor(demo, master)
    namesake = journal(demo, "reads", "backup", *master, *person(cast.NAMESAKE))
    s.equal("looks at the namesake", namesake["looks"], [])
    alone(demo, master)


def backup(demo):
    """As operations.md has it: stop, copy, start."""
    demo.stage.stop("gateway")
    shutil.copytree(os.path.join(demo.folder, "data"), os.path.join(demo.folder, "backup"))
    demo.start_gateway()
    demo.present({BEILING, SONGYUE, LAND, YUNFAN})
    demo.stage.say("the gateway was stopped for a backup and started again")


def person(who):
    _, kind, number = who.split(";")
    return ["--id-kind", kind, "--id-number", number]


def at_spouse(demo, master):
    s = demo.stage
    sealed = journal(demo, "reads", "backup", "--tag-key", "tag.key", *person(cast.SPOUSE), show=True)
    s.equal("the refused look at 苏晴, found by her tag in the leaves alone",
            [(row["index"], row["act"], row["reason"], row["sealed"], row["officers"]) for row in sealed["looks"]], [(demo.refused_look, "REFUSED", "NOT_RESPONDENT", True, None)])
    opened = journal(demo, "reads", "backup", *master, *person(cast.SPOUSE))
    s.equal("and opened: who asked, under which case, what for",
            [(row["what"], row["court"], row["officers"], row["case"], row["purpose"], row["subjects"]) for row in opened["looks"]],
            [("INQUIRE", COURT, "001 沈若川", CASE, "EXECUTION", "苏晴 9901**********0029")])


def at_debtor(demo, master):
    s = demo.stage
    report = journal(demo, "reads", "backup", *master, *person(cast.DEBTOR), show=True)
    looks = report["looks"]
    s.equal("looks at 林远舟, listed from a journal that is", report["reads"]["verdict"], "verified")
    s.equal("every one by this court or the auditor, under this case", {(row["court"], row["case"]) for row in looks}, {(COURT, CASE), (None, CASE)})
    s.equal("his inquiry", [(row["officers"], row["purpose"]) for row in looks if row["act"] == "INQUIRY"], [("001 沈若川", "EXECUTION")])
    reads = {(row["what"], unquote(row["system"]).split("demo.golden-eagle.test/")[1], row["purpose"]) for row in looks if row["act"] == "READ"}
    system = "court/" + COURT
    s.equal("who signed the tickets", sorted({row["officers"].split()[0] for row in looks if row["act"] == "READ"}), [cast.HANDLER, cast.LEADER])
    s.equal("what was read of him, by which system and why", reads,
            {("GetCase", system, "EXECUTION"), ("ListFindings", system, "EXECUTION"), ("GetEvidence", system, "EXECUTION"), ("GetEvidence", "auditor/audit", "SUPERVISION")})


def alone(demo, master):
    """The auditor with static files and the tag key; what people wrote is opened for him entry by entry, and checked."""
    s = demo.stage
    export(demo, "backup", "of-backup")
    access = ["eagle-audit", "--output", "json", "access", "of-backup", "--log-key", log_key(demo), "--tag-key", "tag.key", "--officer", f"{COURT}/{cast.HANDLER}"]
    found = s.run([*access, "--request", "asked.txt"], show=True)
    s.equal("what 沈若川 looked at, by his tag in leaves alone: every entry audited, findings", found["access"]["findings"], 0)
    s.check("the refused look at 苏晴 is among it", demo.refused_look in [row["index"] for row in found["traces"] if row["reason"] == "NOT_RESPONDENT"], found["traces"])
    s.run(["eagle", "journal", "openings", "--data", "backup", *master, "--entries", "asked.txt", "--out", "openings.txt"], show=True)
    opened = s.run([*access, "--openings", "openings.txt"])
    s.equal("the keeper opened what was asked for, every opening is what its leaf commits to; findings, and entries not opened", (opened["access"]["findings"], opened["access"]["traces"] - opened["access"]["opened"]), (0, 0))
    s.equal("each under this case", {row["case"] for row in opened["traces"]}, {CASE})
    with open(os.path.join(demo.folder, "openings.txt")) as file:
        lines = file.read().splitlines()
    with open(os.path.join(demo.folder, "fewer.txt"), "w") as file:
        file.write("\n".join(lines[:-1]) + "\n")
    missing = s.run([*access, "--openings", "fewer.txt"], 5)
    s.check("one opening less is a finding", "payload.opening" in json.dumps(missing), missing)
    _, kind, number = cast.SPOUSE.split(";")
    online = demo.eagle("looks", "--person", f"{kind}:{number}", "--tag-key", "tag.key", role="auditor-audit", show=True)
    s.equal("and asked of the running gateway, who looked at 苏晴: proved entry by entry", [(row["index"], row["act"], row["reason"]) for row in online["traces"]], [(demo.refused_look, "REFUSED", "NOT_RESPONDENT")])


def trust_nobody(demo):
    s = demo.stage
    s.scene("Trust nobody: the audit of the stopped journal", "不轻信任何人：停机审计")
    opened = ["--last-signed", "last_signed", "--master-key", "pki/keys/master.key"]
    locked = journal(demo, "replay", "data", *opened, expect=2)
    s.check("while the gateway runs its folder is locked", "FOLDER_LOCKED" in locked["talk"], locked)
    s.stop_all()
    replay = journal(demo, "replay", "data", *opened, show=True)
    s.check("the journal verifies and replay equals the tables", replay["replay"]["verdict"] == "replay agrees", replay)
    published(demo)
    tamper(demo)


def published(demo):
    """What a stranger does: static files, a program that shares nothing with the gateway, and then the keys as well."""
    s = demo.stage
    export(demo, "data", "published", "--last-signed", "last_signed", "--payloads", show=True)
    audit = s.run(["eagle-audit", "--output", "json", "public", "published", "--log-key", log_key(demo)], show=True)
    s.equal("eagle-audit: every leaf, tile and rule of the published log, findings", audit["audit"]["findings"], 0)
    s.run(["eagle", "--output", "json", "journal", "keys", "--data", "data", "--master-key", "pki/keys/master.key", "--out", "payload.keys"])
    opened = s.run(["eagle-audit", "--output", "json", "opened", "published", "--log-key", log_key(demo), "--keys", "payload.keys"], show=True)
    s.equal("and with the keys: seals, signatures of both algorithms, contents; findings", opened["audit"]["findings"], 0)
    s.equal("signatures that could not be checked", opened["audit"]["unchecked_signatures"], 0)
    s.equal("payloads that stayed sealed", opened["audit"]["sealed_payloads"], 0)


def tamper(demo):
    """In a copy: a payload re-sealed with another amount, then the commitment rewritten too."""
    s = demo.stage
    for variant, words in (("payload", "COMMITMENT"), ("commitment", "checkpoint")):
        copy = os.path.join(demo.folder, "tampered-" + variant)
        shutil.copytree(os.path.join(demo.folder, "data"), copy)
        index = s.run(["eagle-demo-tamper", variant, "--data", copy, "--master-key", "pki/keys/master.key", "5828700", "5827800"])["text"]
        found = journal(demo, "replay", copy, "--master-key", "pki/keys/master.key", expect=5)
        told = json.dumps(found)
        s.check(f"58,287 made 58,278 in entry {index} ({variant}): the audit names it", words in told and (variant == "commitment" or index in told), told)

"""The demo's court file: evidence of a deduction, and silence that is proved while it lasts. Each is verified by `eagle-audit` with pinned keys alone."""
import json
import os

import cast
from cast import BEILING, YUNFAN

PINS = ["--log-key", "pki/keys/log.pub"] + [word for name in ("one", "two", "three") for word in ("--registrar-key", f"pki/keys/registrar-{name}.pub")]


def verify(demo, path, *arguments, expect=0, json=True, show=False):
    return demo.stage.run(["eagle-audit", *(["--output", "json"] if json else []), "evidence", path, *PINS, *arguments], expect, show)


def let_the_auditor_read(demo):
    """Two administrators let the auditor's system read this one case for a day, with tickets that the court's leader signs."""
    path = os.path.join(demo.folder, "reading.json")
    with open(path, "w") as file:
        json.dump({"reader": "system/audit", "court": cast.COURT, "caseIndex": str(demo.case()["case"]["journal_index"]), "officersOf": cast.COURT, "until": "2026-09-30T00:00:00Z"}, file, ensure_ascii=False)
    demo.adopt("reading", "reading.json", "review of one case 专项检查")


def silence(demo):
    """云帆银行 is overdue with its answer to the inquiry: the court by the log's marks, the auditor by every entry since."""
    s = demo.stage
    s.scene("Silence that can be proved", "未反馈，也可证明")
    order = demo.orders["inquiry"]
    demo.eagle("evidence", order, "--silence", "--agency", YUNFAN, "--officer", cast.HANDLER, "--out", "silence.evidence", show=True)
    by_mark = verify(demo, "silence.evidence")["evidence"]
    s.equal("the court's proof, by the log's own marks: silent", by_mark["silent"], YUNFAN)
    as_auditor = ["evidence", order, "--silence", "--agency", YUNFAN, "--complete", "--out", "silence-complete.evidence"]
    ticket = ["--officer", f"court/{cast.COURT}/officer/{cast.LEADER}", "--key", f"pki/keys/officer-{cast.COURT}-{cast.LEADER}.pem", "--court", cast.COURT, "--case", cast.CASE, "--purpose", "SUPERVISION"]
    refused = demo.eagle(*as_auditor, *ticket, role="auditor-audit", expect=3)
    s.check("the auditor reads no case that nobody let him read", "SCOPE_NOT_GRANTED" in refused["talk"], refused)
    let_the_auditor_read(demo)
    demo.eagle(*as_auditor, *ticket, role="auditor-audit", show=True)
    complete = verify(demo, "silence-complete.evidence", show=True)["evidence"]
    s.equal("the auditor's proof holds every entry", complete["run"], "since acceptance")
    refused = demo.eagle("evidence", order, "--silence", "--agency", BEILING, "--officer", cast.HANDLER, "--out", "none.evidence", expect=3)
    s.check("北陵商业银行 answered: no silence to prove, no file", "NOT_SILENT" in refused["talk"] and not os.path.exists(os.path.join(demo.folder, "none.evidence")), refused)


def court_file(demo):
    """云帆银行's deduction as one file; its page; a changed copy."""
    s = demo.stage
    order = demo.orders["deduct", YUNFAN]
    written = demo.eagle("evidence", order, "--officer", cast.HANDLER, "--out", "deduction.evidence", show=True)["evidence"]
    s.check(f"evidence of 云帆银行's deduction: one file of {written['bytes']} bytes, verified before it was written", written["verdict"].startswith("verified"), written)
    seen = verify(demo, "deduction.evidence")
    s.equal("verified offline, with the log's key and three registrars' keys alone", (seen["evidence"]["verdict"], seen["evidence"]["court"]), ("verified", cast.COURT))
    s.check("what it proves: 58,287.00 deducted and settled", any("58,287.00" in (r["result"] or "") and "deducted and settled" in r["result"] for r in seen["receipts"]), seen["receipts"])
    s.equal("signed by", [(o["code"], o["signed"]) for o in seen["officers"]], [(cast.HANDLER, True), (cast.COSIGNER, True)])
    page = verify(demo, "deduction.evidence", "--html", "deduction.html", "--extract", "deduction", json=False, show=True)
    for line in page["text"].splitlines()[:14]:
        s.say("  | " + line)
    path = os.path.join(demo.folder, "deduction.evidence")
    with open(path, "rb") as file:
        data = bytearray(file.read())
    data[len(data) // 2] ^= 1
    with open(os.path.join(demo.folder, "changed.evidence"), "wb") as file:
        file.write(data)
    refused = verify(demo, "changed.evidence", expect=5)
    s.check("one bit changed: refused, and the part is named", "part = " in refused["talk"], refused)

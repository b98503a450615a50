"""Examined adapters 一致性检验 in `demo --full`: the kit is pointed at each program that stands before an agency, and from then on none that it didn't examine gets work.

Each bench is a register for tests with the invented people, not the one in service.
"""
import base64
import collections
import concurrent.futures
import json
import os
import re
import shutil

import cast
from cast import BEILING, COMPANIES, FUND, LAND, OFFICES, PATENTS, VEHICLES
from stage import at, free_port
from world import ROOT

EXAMINER = "北陵市协助执行检测组"
EACH = ("inquire-found", "inquire-nil", "forged-signature", "one-signature", "re-addressed", "freeze-release")  # of the kit's cases
DEMANDED = ("forged-signature", "re-addressed")
THING = "money = false\n"

# Whose asset the kit asks for and freezes; `more`: what its fixtures say besides.
Bench = collections.namedtuple("Bench", "kind name number asset fixtures person", defaults=("", ""))
BENCHES = {
    BEILING: Bench("DEPOSIT", "苏晴", "990101198708150029", "9900010000000005017"),
    LAND: Bench("LAND", "唐嘉木", "990101198806100068", "990101001002GB00123F00010013", THING),
    VEHICLES: Bench("VEHICLE", "林远舟", "990101198503070017", cast.CAR, THING),
    COMPANIES: Bench("EQUITY", "林远舟", "990101198503070017", cast.COMPANY, THING, "share_numerator = 30\nshare_denominator = 100\n"),
    PATENTS: Bench("PATENT", "林远舟", "990101198503070017", cast.PATENT, THING + 'blocked_act = "TRANSFER"\n'),
    FUND: Bench("HOUSING_FUND", "何以宁", "990101198305210066", "990070000505"),
}


def program(code):
    return "eagle-" + OFFICES[code].section


def bench_of(code):
    return "bench-" + OFFICES[code].section


def report_of(code):
    return f"report-{OFFICES[code].section}.json"


def write(demo, path, text, mode="w"):
    with open(os.path.join(demo.folder, path), mode) as file:
        file.write(text)


def make_bench(demo, code):
    """A test world of the kit's, an adapter's configuration in it, and a register."""
    run, bench, section, what = demo.stage.run, bench_of(code), OFFICES[code].section, BENCHES[code]
    run(["eagle-conformance", "init", bench, "--agency", code, "--address", f"127.0.0.1:{free_port()}"])
    if code != BEILING:  # one group examines all: its key is that of the first bench
        for name in ("keys/examiner.pem", "examiner.pub"):
            shutil.copy(os.path.join(demo.folder, bench_of(BEILING), name), os.path.join(demo.folder, bench, name))
    if section in cast.MONEY:
        write(demo, f"{bench}/adapter.toml", f"[{section}]\nreply_delay = 0\n", "a")
        run([program(code), "import", "--data", f"{bench}/data", "--csv", demo.csv_of(code)])
    else:
        write(demo, f"{bench}/adapter.toml", f'[{section}]\nregistry = "{OFFICES[code].name}"\nfreeze = "automatic"\n', "a")
        run([program(code), "import", "--config", f"{bench}/adapter.toml", demo.csv_of(code)])
    write(demo, f"{bench}/fixtures.toml", f'asset_kind = "{what.kind}"\n{what.fixtures}[person]\nname = "{what.name}"\nid_number = "{what.number}"\nasset = "{what.asset}"\n{what.person}')


def examine(demo, code, cases, show=False):
    """The kit's last line, of a run that writes a signed report."""
    bench = bench_of(code)
    only = [word for case in cases for word in ("--only", case)]
    adapter = f"{os.path.join(demo.stage.binaries, program(code))} run --config {bench}/adapter.toml"
    played = demo.stage.run(["eagle-conformance", "run", bench, "--adapter", adapter, "--fixtures", f"{bench}/fixtures.toml", *only, "--report", report_of(code)], show=show)
    return played["text"].splitlines()[-1]


def install_row(demo, later, demanded):
    """The shipped policy so many versions later: whose reports count, and whether an adapter without one works. The shipped table has no such row."""
    with open(os.path.join(ROOT, "deploy/policy/cn-2026.txtpb")) as file:
        table = file.read()
    shipped = int(re.search(r"^version: (\d+)$", table, re.MULTILINE).group(1))
    version = shipped + later
    with open(os.path.join(demo.folder, bench_of(BEILING), "examiner.pub")) as file:
        key = "".join(f"\\{byte:03o}" for byte in base64.b64decode(file.read()))
    cases = " ".join(f'cases: "{case}"' for case in DEMANDED)
    row = (f'adapters {{ examiners {{ name: "{EXAMINER}" algorithm: KEY_ALGORITHM_ED25519 key: "{key}" }} {cases} valid_days: 365 demanded: {str(demanded).lower()}\n'
           '  source { en: "Operating rule of this network" zh: "本网络运行规则" } }\n')
    write(demo, "next.txtpb", table.replace(f"version: {shipped}", f"version: {version}", 1) + row)
    demo.adopt("policy", "next.txtpb", f"version {version}: reports by {EXAMINER}" + (", and no work without one" if demanded else ""))


def propose(demo, report, expect=0, show=False):
    return demo.eagle("admin", "approve-adapter", "--report", report, "--ground", "一致性检验", "--key", "pki/keys/administrator-one.pem", role=demo.first_operator(), expect=expect, show=show)


def approve(demo, codes, what, show=False):
    """Two administrators, one report an adapter."""
    numbers = [str(propose(demo, report_of(code), show=show)["results"][0]["proposal"]) for code in codes]
    approved = demo.eagle("admin", "approve", *numbers, "--key", "pki/keys/administrator-two.pem", role=demo.first_operator())
    demo.stage.equal(what, [row["result"] for row in approved["results"]], ["IN_EFFECT"] * len(codes))


def until(demo):
    return {row["code"]: (row["examined_until"] or "")[:10] for row in demo.eagle("agency", "list")["rows"]}


def adapters_are_examined(demo):
    """Five programs that are at work; then the sixth, which must wait for its report."""
    s = demo.stage
    demo.clock.move_to(at(8, 2, 9, 0, year=2027))
    s.scene("No adapter works that was not examined", "适配程序：先检验，后接入")
    connected = [code for code in BENCHES if code != FUND]
    for code in BENCHES:
        make_bench(demo, code)
    with concurrent.futures.ThreadPoolExecutor(3) as benches:
        lines = dict(zip(connected, benches.map(lambda code: examine(demo, code, EACH), connected)))
    s.equal("the kit hands forged and re-addressed orders to " + ", ".join(program(code) for code in connected), list(lines.values()), [f"{len(EACH)} passed, 0 failed, 0 skipped"] * 5)
    install_row(demo, 1, demanded=False)
    approve(demo, connected, "two administrators approved the five signed reports")
    s.equal("all seven agencies work with an examined adapter, until", sorted(set(until(demo).values())), ["2028-08-02"])
    install_row(demo, 2, demanded=True)
    demo.join(FUND)
    s.wait("the fund's adapter to be refused", lambda: "ADAPTER_NOT_EXAMINED" in demo.log_of(FUND))
    s.equal("the housing fund's adapter says Hello, and is answered ADAPTER_NOT_EXAMINED: it gets no work", demo.presence()[FUND]["presence"], "NEVER_SEEN")
    line = examine(demo, FUND, (*EACH, "crash"), show=True)
    s.equal("so it is examined, too, and killed between effect and receipt", line, f"{len(EACH) + 1} passed, 0 failed, 0 skipped")
    changed_report(demo)
    approve(demo, [FUND], "two administrators let it work", show=True)
    demo.clock.move_to(at(8, 2, 9, 30, year=2027))
    demo.present({*connected, FUND})
    s.equal("the housing fund is connected, examined until", until(demo)[FUND], "2028-08-02")


def changed_report(demo):
    """The signature is over what the examiner saw."""
    with open(os.path.join(demo.folder, report_of(FUND))) as file:
        report = json.load(file)
    said = json.loads(base64.b64decode(report["payload"]))
    report["payload"] = base64.b64encode(json.dumps(dict(said, adapter_version="9.9"), ensure_ascii=False).encode()).decode()
    write(demo, "changed.json", json.dumps(report))
    refused = propose(demo, "changed.json", expect=3)
    demo.stage.check("its report, rewritten for a version that nobody saw, is REPORT_INVALID", "REPORT_INVALID" in json.dumps(refused), refused)

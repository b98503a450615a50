#!/usr/bin/env python3
"""Small defects, put into the product one at a time: the simulation's auditor must notice every one. Where the simulation can't come to a
place (it pins no log at its banks; a second line of defence hides the first), the defect names the test that must notice it.

  mutations.py --check              each defect still finds its place in the source (part of every test run)
  mutations.py BUILD_FOLDER [NAME]  copies the source, builds the simulation with each defect and plays it (part of soak)

Last line of a run: "N passed, N failed, N skipped"; passed means noticed. GATEWAY_SEEDS sets how many seeds a defect is given (300).
"""
import glob
import os
import pathlib
import shutil
import subprocess
import sys
import time
from typing import NamedTuple

TOP = pathlib.Path(__file__).resolve().parents[2]
COPIED = ("CMakeLists.txt", "cmake", "proto", "server", "adapters", "client", "deploy", "tests")


class Mutation(NamedTuple):
    name: str
    breaks: str  # the promise that no longer holds
    where: str   # files, of which exactly one holds `old`, once
    old: str
    new: str
    test: str = "sim_test"
    only: str = "*KeepsItsPromises*"


MUTATIONS = [
    Mutation("freezes-without-bound", "law 6: never more is held than the claim", "server/domain/ledger.cc",
             "return MayAdd(respondent, amount, &Totals::Bound);", "return Reason::kNone;"),
    Mutation("unanswered-freezes-are-free", "law 6: requested and unanswered counts", "server/domain/ledger.cc",
             "sum.requested += measure.limit - measure.deducting;", ""),
    Mutation("unfunded-parts-are-free", "law 6: what may still catch inflow counts", "server/domain/ledger.cc",
             "sum.unfunded += measure.unfunded - std::max<int64_t>(0, measure.deducting - measure.controlled);", ""),
    Mutation("deductions-are-forgotten", "law 6: what was taken counts", "server/domain/ledger.cc",
             "sum.deducted += deduction.amount;", ""),
    Mutation("a-batch-decides-on-the-old-ledger", "law 6 within one batch", "server/domain/decide_order*.cc",
             "return it != scratch_.end() ? it->second : of.ledger;", "return of.ledger;"),
    Mutation("a-receipt-counts-twice", "an identical receipt is a repeat", "server/domain/decide_receipt*.cc",
             "if (std::find(book.seen.begin(), book.seen.end(), digest) != book.seen.end()) {", "if (false) {"),
    Mutation("an-older-word-counts", "the ledger and the bank agree", "server/domain/ledger.cc",
             "  if (IsOlder(state, *measure)) return;\n", "", "domain_test", "LedgerTest.*"),
    Mutation("what-was-forgotten-is-told-once", "the ledger and the bank agree after a loss", "adapters/sdk/agent_report.cc",
             "unit.tables.SetForgotten(batch.sequence, forgotten);", "", "sdk_test", "AgentSession.*"),
    Mutation("a-withdrawn-freeze-never-stands", "the ledger and the bank agree after a loss", "server/domain/apply_receipt.cc",
             "ledger.MeasureCorrected(freeze, item.outcome(), item.measure(), MeasurePhase::kRefused);", "ledger.MeasureSigned(freeze, item.outcome(), item.measure());",
             "domain_test", "ReceiptTest.*"),
    Mutation("a-surplus-without-a-clock", "a surplus has an armed release clock", "server/domain/decide_rest.cc",
             "if (deadline.row.empty())", "if (false)"),
    Mutation("a-surplus-goes-unseen", "a surplus is on record in the same commit", "server/domain/decide_rest.cc",
             "    case ENTRY_TYPE_MEASURE_CHANGED:\n", ""),
    Mutation("a-deduction-of-money-that-is-gone-goes-unseen", "a surplus is on record in the same commit", "server/domain/decide_rest.cc",
             "return order != nullptr && Takes(order->action);", "return false;", "domain_test", "SurplusTest.*"),
    Mutation("a-renewal-is-forgotten", "court and agency know one end", "server/domain/apply_receipt.cc",
             "receipt.items(0).outcome() == OUTCOME_RENEWED", "false"),
    Mutation("a-word-that-was-overtaken-counts", "an older word moves nothing", "server/domain/apply_receipt.cc",
             "const bool overtaken = task.Overtakes(receipt);", "const bool overtaken = false;", "domain_test", "ReceiptTest.*"),
    Mutation("marks-fire-early", "escalation never early", "server/domain/decide_rest.cc",
             "deadline.marks[i] <= now && most > 0", "most > 0"),
    Mutation("marks-fire-again", "escalation once", "server/domain/apply*.cc",
             "deadline->fired += 1;", ""),
    Mutation("an-order-is-taken-twice", "a faithful repeat returns the stored facts", "server/domain/decide_order*.cc",
             "if (auto repeated = Repeated(state_, id, DigestOf(i), Reason::kOrderIdReused)) return repeated;", ""),
    Mutation("answers-before-the-commit", "law 1: nothing leaves before it is durable", "server/core/sequencer.cc",
             "  const absl::Duration decided = ports_.clock.MonotonicNow();\n",
             "  const absl::Duration decided = ports_.clock.MonotonicNow();\n"
             "  for (Answer& answer : std::exchange(commit.answers, {}))\n"
             "    if (answer.done) answer.done(answer.result, commit);\n"),
    Mutation("a-rotation-parts-a-person-from-himself", "ranks in journal order, whatever tag key named the person", "server/dispatch/floor_queue.cc",
             ".person = state.PersonOf(order),", ".person = order.subject_tag,",
             "dispatch_test", "OnePersonTwoTags.*"),
    Mutation("a-row-is-forgotten", "replay agrees with the tables", "server/core/rows.cc",
             "rows.push_back({Table::kOrders, BigEndian(seq), order.Encode()});",
             "if (!order.complete()) rows.push_back({Table::kOrders, BigEndian(seq), order.Encode()});"),
    Mutation("an-id-is-forgotten", "an id is known after a restart", "server/core/rows.cc",
             "for (const std::string& id : changes.ids) rows.push_back",
             "for (const std::string& id : changes.ids) if (id[15] % 2 == 0) rows.push_back"),
    Mutation("checkpoints-lag", "every checkpoint is consistent with the journal", "server/core/sequencer.cc",
             "  const journal::Hash root = edge_.Root();\n",
             "  const journal::Hash root = edge_.size() % 7 == 0 ? commit.hashes.back() : edge_.Root();\n"),
    Mutation("a-later-order-overtakes", "control orders go out in journal order", "server/dispatch/agency_queue.cc",
             "    chain.listed = false;\n", ""),
    Mutation("applied-again-without-asking", "law 5: Find after a crash, never a second Apply", "adapters/sdk/agent_work.cc",
             "if (row.state == TaskState::kApplying) {", "if (row.state == TaskState::kApplying && row.arrival_sequence == 0) {"),
    Mutation("the-intent-is-not-written", "law 5: the intent is durable before the effect", "adapters/sdk/agent_work.cc",
             "    row.state = TaskState::kApplying;\n    unit.Put(row);\n    if (!Commit(unit)) return;",
             "    row.state = TaskState::kApplying;"),
    Mutation("every-delivery-is-a-new-task", "law 5: an agency that sees an operation twice gives its first answer", "adapters/sdk/agent_intake.cc",
             "if (const auto known = unit.tables.FindTask(digest)) {", "if (const auto known = unit.tables.FindTask(digest); known && false) {"),
    Mutation("arrival-is-not-counted", "rank follows arrival", "adapters/sdk/agent_intake.cc",
             "row.arrival_sequence = ++meta.last_arrival_sequence;", "row.arrival_sequence = 1000000 - ++meta.last_arrival_sequence;"),
    Mutation("a-release-gives-back-nothing", "the ledger and the bank agree", "adapters/sdk/encumbrance/register.cc",
             "    GiveUp(*row, Act::kRelease);\n    return absl::OkStatus();", "    return absl::OkStatus();"),
    Mutation("a-deduction-keeps-the-money", "money is neither made nor lost", "adapters/sdk/encumbrance/register.cc",
             "    AssetOf(asset)->balance -= part;\n    cuts.push_back({asset, part});\n", "    cuts.push_back({asset, part});\n"),
    Mutation("inflow-is-captured-unseen", "every change is told, signed", "adapters/sdk/encumbrance/register.cc",
             '  TakeEffect();\n  Note(before, "", ChangeKind::kInflow);\n  return absl::OkStatus();', "  TakeEffect();\n  return absl::OkStatus();"),
    Mutation("a-disputed-deduction-goes-out", "no deduction goes out while an objection is open", "server/domain/decide_rest.cc",
             "!HeldByObjection(state, order) &&", ""),
    Mutation("an-objection-is-forgotten", "an objection holds after a restart, replay agrees", "server/core/rows.cc",
             "rows.push_back({Table::kLog, std::move(key), thread.Encode()});",
             "if (thread.open()) rows.push_back({Table::kLog, std::move(key), thread.Encode()});"),
    Mutation("an-answered-supervision-order-is-marked", "an answer stops its clock", "server/domain/apply_supervision.cc",
             "  Disarm(state, thread);\n  thread.state = body.state();", "  thread.state = body.state();", "domain_test", "SupervisionTest.*"),
    Mutation("anybody-supervises-an-agency", "a court's word is its officers'", "adapters/sdk/agent_supervision.cc",
             "if (!opened.ok()) return false;", "if (!opened.ok()) return true;", "sdk_test", "AgentSupervisionTest.*"),
    Mutation("a-court-beside-supervises", "only what stands below is supervised", "server/domain/decide_supervision.cc",
             "!IsAbove(state_.directory, Caller().row.code(), issue.to_court())", "false", "domain_test", "SupervisionTest.*"),
    Mutation("an-answered-objection-is-marked", "an answer stops its clock", "server/domain/apply_objection.cc",
             "  Disarm(state, thread);\n  thread.state = to;", "  thread.state = to;", "domain_test", "ObjectionTest.*"),
    Mutation("an-adapter-begins-what-is-disputed", "no effect under an open objection of one's own", "adapters/sdk/agent_objections.cc",
             "if (row.undecided()) return Disputed::kOpen;", "", "sdk_test", "AgentObjectionTest.*"),
    Mutation("anybody-answers-an-objection", "the court's word is its officers'", "adapters/sdk/agent_objections.cc",
             "if (!opened.ok()) return false;", "if (!opened.ok()) return true;", "sdk_test", "AgentObjectionTest.*"),
    Mutation("a-corrected-measure-stays-away", "a correction moves the ledger", "server/domain/ledger.cc",
             "    measure->phase = MeasurePhase::kRequested;\n", "    (void)state;\n", "domain_test", "ReceiptTest.*"),
    Mutation("a-revocation-pauses-nothing", "what a stolen key signed stands still", "server/domain/decide_statement.cc",
             "  if (!revoked.empty()) DecidePauses(draft, revoked, signer);\n", ""),
    Mutation("a-pause-is-forgotten", "a paused order isn't handed out, after a restart either", "server/domain/apply.cc",
             "  order.paused.AddAll(AgencySet::FromBytes(Parse<OrderPaused>(entry.body).targets()));\n", ""),
    Mutation("a-paused-order-is-handed-out", "a paused order isn't handed out", "server/domain/decide_rest.cc",
             "return order.paused.Contains(agency) || (", "return (", "domain_test", "PauseTest.*"),
    Mutation("a-paused-order-stays-in-its-queue", "a paused order isn't handed out", "server/dispatch/floor_queue.cc",
             "AgencySet::FromBytes(body.targets()).ForEach([&](AgencyOrdinal agency) { Pause(entry.order, agency); });",
             "AgencySet::FromBytes(body.targets()).ForEach([&](AgencyOrdinal) {});", "dispatch_test", "PausedTest.*"),
    Mutation("a-resumed-order-stays-behind", "an order that was signed anew goes out", "server/dispatch/floor_queue.cc",
             "  goes_on.ForEach([&](AgencyOrdinal agency) { Resume(order, agency); });\n", "", "dispatch_test", "PausedTest.*"),
    Mutation("a-resumed-order-has-its-old-signatures", "an order that was signed anew goes out with the new signatures", "server/api/handlers_key.cc",
             "if (order != commit.state().ids.end()) impl->travel.Resigned(OrderSeq(order->second.index), member.index);", "(void)order;",
             "api_handlers_test", "StolenKey.*"),
    Mutation("a-revocation-rouses-nobody", "who waits hears of a stolen key at once", "server/dispatch/floor_sessions.cc",
             "        poll.until = end;\n", "", "api_handlers_test", "StolenKey.*"),
    Mutation("a-stale-directory-is-good-enough", "no control begins on an old word about the directory", "adapters/sdk/agent_intake.cc",
             "return age <= age_max && age >= -kClocksDiffer;", "return age <= 100 * age_max && age >= -kClocksDiffer;", "sdk_test", "AgentDirectory.*"),
    Mutation("a-sale-leaves-the-queue", "of the whole, what waited is void", "adapters/sdk/encumbrance/register.cc",
             "if (&other != row && IsLive(other.phase) && other.ShareOn(asset) != nullptr) End(other, Act::kVoid, void_shares);", "(void)other;"),
    Mutation("a-part-sold-voids-the-queue", "of a part, the next takes effect on the rest", "adapters/register/title.cc",
             "book.seals().Dispose(id, sale.whole ? Disposal::kWhole : Disposal::kPart)", "book.seals().Dispose(id, Disposal::kWhole)"),
    Mutation("income-is-not-counted", "law 6: what is still to be extracted counts", "server/domain/examine_act.cc",
             "  trial.reserved = valued ? income.limit_minor_units() : 0;\n", "  trial.reserved = 0;\n"),
    Mutation("a-month-leaves-nothing-to-live-on", "what a month needs stays", "adapters/bank/extract.cc",
             "const int64_t before = work.tables.LeftOfIncome(account, month);", "const int64_t before = amount + work.tables.LeftOfIncome(account, month);"),
    Mutation("a-search-outlives-its-measure", "what no measure holds is looked for no more", "adapters/register/unit_book.cc",
             "if (!sdk::IsLive(phase)) tables.EndSearchesOf(kept->first, sdk::PhaseName(phase), seals_.now());", "(void)phase;"),
    Mutation("a-missing-measure-goes-unseen", "a statement that leaves one out is noticed", "server/domain/position.cc",
             "return {Agreement::kDiffers, INCIDENT_KIND_MEASURE_MISSING};", "return {};"),
    Mutation("a-position-difference-goes-unseen", "a statement that counts otherwise is noticed", "server/domain/position.cc",
             "  return {Agreement::kDiffers, kind};\n", "  return {};\n"),
    Mutation("a-statement-says-less-than-the-receipts", "no difference where there is none", "adapters/bank/positions.cc",
             "= book.State(measure);", "= sdk::MeasureOf(book.entries(), measure);"),
    Mutation("a-statement-kept-back-is-not-missed", "no revocation is kept from an adapter", "adapters/sdk/agent_intake.cc",
             "if (!head || head->body.statements() != meta.statements || head->body.digest() != meta.stream_digest) {",
             "if (!head) {", "sdk_test", "AgentDirectory.*"),
    Mutation("a-search-begins-early", "an order that waits begins at its instant", "server/domain/waiting.cc",
             "state.timers.insert({order.begins,", "state.timers.insert({order.begins - absl::Hours(1),"),
    Mutation("a-search-that-began-has-no-clock", "every open order has an armed deadline", "server/domain/apply.cc",
             "  if (!order.complete()) Arm(state, order.deadline, order.seq.value(), Timer::kOfOrder);\n", ""),
    Mutation("a-search-is-handed-out-early", "an order that waits is no task", "server/dispatch/floor_queue.cc",
             "if (!order.waits) Accept(", "Accept(", "dispatch_test", "WaitingTest.*"),
    Mutation("a-search-begins-whatever-happened", "what may not begin any more ends with a reason", "server/domain/waiting.cc",
             "  if (row.paused.empty()) {\n", "  if (false) {\n", "domain_test", "Waiting.*"),
]


def place(mutation, top):
    found = []
    for path in sorted(glob.glob(str(top / mutation.where))):
        times = pathlib.Path(path).read_text().count(mutation.old)
        found += [pathlib.Path(path)] * times
    if len(found) != 1:
        raise SystemExit(f"{mutation.name}: its place in {mutation.where} was found {len(found)} times, not once")
    return found[0]


def check():
    names = [mutation.name for mutation in MUTATIONS]
    if len(set(names)) != len(names):
        raise SystemExit("two defects have one name")
    for mutation in MUTATIONS:
        place(mutation, TOP)
    print(f"{len(MUTATIONS)} defects find their place")


def copy_source(to):
    to.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        if (TOP / name).is_dir():
            shutil.copytree(TOP / name, to / name, dirs_exist_ok=True)
        else:
            shutil.copy2(TOP / name, to / name)


def build(folder, test):
    return subprocess.run(["cmake", "--build", folder / "out", "--target", test], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)


def plays(folder, test, only, at_most=1200.0):
    """True when the test finds nothing wrong within at_most seconds; and what it said."""
    environment = dict(os.environ, GATEWAY_SEEDS=os.environ.get("GATEWAY_SEEDS", "300"))
    try:
        run = subprocess.run([folder / "out/bin" / test, f"--gtest_filter={only}"], env=environment,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=at_most)
    except subprocess.TimeoutExpired:
        return False, "it came to no end"
    said = [line.strip() for line in run.stdout.splitlines() if "goes wrong" in line or '{ "' in line or "assert" in line.lower()
            or line.startswith("[  FAILED  ]")]
    return run.returncode == 0, " ".join(said)[:220] or run.stdout.strip().splitlines()[-1][:220]


def run(build_folder, only):
    folder = build_folder / "mutations"
    source = folder / "source"
    shutil.rmtree(folder, ignore_errors=True)  # an object of an earlier defect would be newer than its source
    copy_source(source)
    configured = subprocess.run(["cmake", "-S", source, "-B", folder / "out", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                                 "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -DNDEBUG", "-DCMAKE_UNITY_BUILD=ON"]
                                + (["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []),
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if configured.returncode != 0:
        raise SystemExit(configured.stdout[-3000:])
    planted = [mutation for mutation in MUTATIONS if not only or mutation.name in only]
    at_most = {}  # ten times what the test takes without any defect
    for test, named in sorted({(mutation.test, mutation.only) for mutation in planted}):
        first = build(folder, test)
        if first.returncode != 0:
            raise SystemExit(first.stdout[-3000:])
        began = time.monotonic()
        clean, said = plays(folder, test, named)
        at_most[test, named] = max(120.0, 10 * (time.monotonic() - began))
        if not clean:
            raise SystemExit(f"without any defect {test} says: {said}")
    noticed = missed = 0
    for mutation in planted:
        path = place(mutation, source)
        text = path.read_text()
        began = time.monotonic()
        path.write_text(text.replace(mutation.old, mutation.new))
        built = build(folder, mutation.test)
        if built.returncode != 0:
            passed, said = True, "it doesn't compile: " + built.stdout[-600:]
        else:
            passed, said = plays(folder, mutation.test, mutation.only, at_most[mutation.test, mutation.only])
        path.write_text(text)
        noticed, missed = noticed + (not passed), missed + passed
        print(f"{'MISSED' if passed else 'noticed'} {mutation.name} ({mutation.breaks}), {time.monotonic() - began:.0f} s: {said}", flush=True)
    print(f"{noticed} passed, {missed} failed, 0 skipped")
    return 1 if missed else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        check()
    elif len(sys.argv) >= 2 and not sys.argv[1].startswith("-"):
        sys.exit(run(pathlib.Path(sys.argv[1]).resolve(), set(sys.argv[2:])))
    else:
        raise SystemExit(__doc__)

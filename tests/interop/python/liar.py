"""A sample adapter before a gateway that is broken, or broken into: liar.py STUBS_FOLDER [java OUT]   (samples.py)

A small gateway of this test's own hands out what no honest one would, and the adapter's process must neither act on it nor stop. Courts, officers and
registrars are made here with the openssl program. Last line: N passed, N failed, 0 skipped.
"""
import base64
import datetime
import hashlib
import os
import queue
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from concurrent import futures

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), sys.argv[1]]
import grpc  # noqa: E402
from google.protobuf import timestamp_pb2  # noqa: E402
from goldeneagle.v1 import adapter_service_pb2 as api, envelope_pb2, order_pb2, receipt_pb2, statement_pb2  # noqa: E402
from goldeneagle.v1.adapter_service_pb2_grpc import AdapterServiceServicer, add_AdapterServiceServicer_to_server  # noqa: E402

import samples  # noqa: E402

SAMPLES = samples.of(sys.argv[1], sys.argv[2:])
AGENCY, COURT, OTHER = "9900020", "辽9901", "辽9902"
CASE = "（2026）辽9901执1024号"
DEBTOR = ("林远舟", "CITIZEN_ID", "99010119850307002X")
ACCOUNT, COURT_ACCOUNT = "9900020000000003036", "9900010000000099010"
TYPE = b"application/vnd.goldeneagle.batch.v1+protobuf"
checks = []


def check(what, held, seen=""):
    checks.append(bool(held))
    print(f"   \u2713 {what}" if held else f"FAILED   {what} (seen: {seen})", flush=True)


def equal(what, seen, expected):
    check(f"{what}: {expected}", seen == expected, seen)


def run(*command, **more):
    return subprocess.run(command, capture_output=True, check=True, timeout=60, **more).stdout


def digest_of(member):
    return hashlib.sha256(b"\x00" + member).digest()


class People:
    """Keys of everybody, and what they sign."""

    def __init__(self, folder):
        self.folder, self.chain, self.last = folder, {}, 0
        for name in ("one", "two", "three", "court", "other", "001", "002", "other-001", "other-002", "both", "late", "shared", "other-new", "receipts"):
            run("openssl", "genpkey", "-algorithm", "ed25519", "-out", self.pem(name))

    def pem(self, name):
        return os.path.join(self.folder, name + ".pem")

    def key(self, name):
        return run("openssl", "pkey", "-in", self.pem(name), "-pubout", "-outform", "DER")[-32:]

    def head(self, member_type, signer, members_root, names):
        self.last += 1
        head = envelope_pb2.Head(member_type=member_type, environment=envelope_pb2.ENVIRONMENT_TEST, signer=signer, sequence=self.last, count=1, root=members_root)
        head.signed_at.GetCurrentTime()
        payload = head.SerializeToString()
        with tempfile.NamedTemporaryFile() as text:
            text.write(b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE, len(payload), payload))
            text.flush()
            signatures = [envelope_pb2.Signature(sig=run("openssl", "pkeyutl", "-sign", "-inkey", self.pem(name), "-rawin", "-in", text.name)) for name in names]
        return envelope_pb2.Envelope(payload=payload, payload_type=TYPE.decode(), signatures=signatures)

    def state(self, signer, names, **what):
        sequence, previous = self.chain.get(what["subject"], (0, b""))
        statement = statement_pb2.Statement(sequence=sequence + 1, previous_digest=previous, environment=envelope_pb2.ENVIRONMENT_TEST, **what)
        statement.valid_from.seconds, statement.valid_until.seconds = int(time.time()) - 86400, int(time.time()) + 86400
        member = statement.SerializeToString()
        self.chain[what["subject"]] = (sequence + 1, digest_of(member))
        return envelope_pb2.SignedMember(member=member, head=self.head(envelope_pb2.MEMBER_TYPE_STATEMENT, signer, digest_of(member), names))

    def court(self, code, key):
        """By two of the three registrars."""
        return self.state("registrar", ["one", "two"], subject="court/" + code, kind=statement_pb2.STATEMENT_KIND_KEY, algorithm=1, key=self.key(key))

    def revoked(self, subject, signer, *names):
        return self.state(signer, names, subject=subject, kind=statement_pb2.STATEMENT_KIND_REVOKED, compromised_since=timestamp_pb2.Timestamp(seconds=int(time.time())))

    def officer(self, court, court_key, code, key, *roles):
        details = statement_pb2.OfficerDetails(name=code, work_id_no="W" + code, duty_card_no="D" + code)
        return self.state(court, [court_key], subject="court/%s/officer/%s" % (court, code), kind=statement_pb2.STATEMENT_KIND_OFFICER, algorithm=1, key=self.key(key), roles=roles, officer=details)

    def order(self, action, court=COURT, case=CASE, subject=DEBTOR, order_id=None, agency=AGENCY, officers=("001", "002"), **act):
        raw = bytearray((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10))
        raw[6], raw[8] = raw[6] & 0x0F | 0x70, raw[8] & 0x3F | 0x80
        order = order_pb2.Order(order_id=order_id or bytes(raw), court=court, case_number=case, action=action, urgency=1, agencies=[agency], purpose="EXECUTION", legal_basis="民事诉讼法第253条",
                                subject=order_pb2.Identity(name=subject[0], id_kind=subject[1], id_number=subject[2]), **act)
        order.issued_at.seconds, order.not_after.seconds = int(time.time()), int(time.time()) + 3600
        for code in officers:
            order.officers.add(officer=code, work_id_no="W" + code, duty_card_no="D" + code)
        return order

    def task(self, order, names=("001", "002")):
        """(member, head), signed by both officers of the order's court, or by these keys."""
        member, prefix = order.SerializeToString(), "" if order.court == COURT else "other-"
        return member, self.head(envelope_pb2.MEMBER_TYPE_ORDER, order.court, digest_of(member), [prefix + name for name in names])

    def freeze(self, fen, **more):
        return self.order(order_pb2.ACTION_FREEZE, freeze=order_pb2.Freeze(person_at_agency=order_pb2.PersonAtAgency(), currency="CNY", limit_minor_units=fen, inflow=1, term=order_pb2.Term(months=12)), **more)

    def inquiry(self, **more):
        return self.order(order_pb2.ACTION_INQUIRE, inquire=order_pb2.Inquire(), **more)

    def release(self, freeze, **more):
        return self.order(order_pb2.ACTION_RELEASE, release=order_pb2.Release(freeze_order_id=freeze.order_id, ground="DEBT_PAID"), **more)


class Liar(AdapterServiceServicer):
    """Answers as it is told; takes every receipt that isn't to be turned down."""

    def __init__(self):
        self.polls, self.calls, self.batches, self.lock = queue.Queue(), [], [], threading.Lock()
        self.renewal, self.turn_down, self.origin, self.recovered_at, self.lease, self.late = api.RenewLeaseResponse(), None, "log1", 0, 60, 0
        self.fence, self.mute = 0, set()  # mute: ids of orders whose next receipt gets an answer without a verdict

    def hand(self, *tasks, **more):
        """The next poll brings these (member, head) pairs."""
        self.fence += 1
        poll = api.PullTasksResponse(directory_complete=True, heads=[head for _, head in tasks], **more)
        for place, (member, _) in enumerate(tasks):
            poll.tasks.add(fence=self.fence, head=place, member=member)
        self.polls.put(poll)

    def seen(self, name):
        with self.lock:
            return [request for called, request in self.calls if called == name]

    def receipts(self, order):
        with self.lock:
            every = [receipt_pb2.Receipt.FromString(member) for batch in self.batches for member in batch.members]
        return [one for one in every if one.order_digest == digest_of(order.SerializeToString())]

    def note(self, name, request):
        with self.lock:
            self.calls.append((name, request))

    def Hello(self, request, context):
        self.note("Hello", request)
        return api.HelloResponse(contract_version=1, lease_seconds=self.lease, environment=envelope_pb2.ENVIRONMENT_TEST, agency=AGENCY, origin=self.origin, recovered_at=self.recovered_at)

    def PullTasks(self, request, context):
        self.note("PullTasks", request)
        try:
            poll = self.polls.get(timeout=0.2)
        except queue.Empty:
            return api.PullTasksResponse(directory_complete=True)
        if isinstance(poll, grpc.StatusCode):
            context.abort(poll, "HELLO_FIRST")
        time.sleep(self.late)
        return poll

    def RenewLease(self, request, context):
        self.note("RenewLease", request)
        return self.renewal

    def ReportResults(self, request, context):
        self.note("ReportResults", request)
        if self.turn_down and self.turn_down(request.batch):
            context.abort(self.turn_down(request.batch), "turned down")
        order_id = receipt_pb2.Receipt.FromString(request.batch.members[0]).order_id
        if order_id in self.mute:
            self.mute.remove(order_id)
            return api.ReportResultsResponse()
        with self.lock:
            self.batches.append(request.batch)
        return api.ReportResultsResponse(results=[api.ReceiptResult(verdict=api.RECEIPT_VERDICT_RECORDED) for _ in request.batch.members])

    ReportEvents = ReportResults

    def ReportStatus(self, request, context):
        self.note("ReportStatus", request)
        return api.ReportStatusResponse()


class World:
    def __init__(self, folder):
        self.folder, self.people, self.liar, self.adapter = folder, People(folder), Liar(), None
        self.certificates()
        read = lambda name: open(os.path.join(folder, name), "rb").read()
        self.server = grpc.server(futures.ThreadPoolExecutor(8))
        add_AdapterServiceServicer_to_server(self.liar, self.server)
        port = self.server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(read("gateway.key"), read("gateway.crt"))], read("ca.crt"), True))
        self.server.start()
        pinned = ", ".join('"%s"' % base64.b64encode(self.people.key(name)).decode() for name in ("one", "two", "three"))
        self.config = os.path.join(folder, "bank.toml")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f"""[gateway]
address = "127.0.0.1:{port}"
authority = "ca.crt"
[system]
agency = "{AGENCY}"
certificate = "agency.crt"
key = "agency.key"
receipt_key = "receipts.pem"
data = "bank.db"
[trust]
environment = "test"
registrars = [{pinned}]
[contact]
name = "值班员"
phone = "0990-110000"
""")
        self.environment = dict(os.environ, PYTHONPATH=os.path.abspath(sys.argv[1]), PYTHONDONTWRITEBYTECODE="1", TZ="America/New_York")  # a machine that isn't in China
        self.books("open-account", ACCOUNT, *DEBTOR, "9500000")

    def certificates(self):
        at = lambda name: os.path.join(self.folder, name)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", at("ca.key"), "-out", at("ca.crt"), "-subj", "/CN=test", "-days", "2")
        for name, alternative in (("gateway", "IP:127.0.0.1"), ("agency", "URI:spiffe://test/agency/" + AGENCY)):
            with open(at(name + ".ext"), "w", encoding="ascii") as file:
                file.write("subjectAltName=" + alternative + "\n")
            run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", at(name + ".key"), "-out", at(name + ".csr"), "-subj", "/CN=" + name)
            run("openssl", "x509", "-req", "-in", at(name + ".csr"), "-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", at(name + ".ext"), "-out", at(name + ".crt"))

    def books(self, command, *arguments, expect=0):
        done = subprocess.run([*SAMPLES.books, command, "bank.toml", *arguments], env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=60)
        check(f"the books: {command} ends with {expect}", done.returncode == expect, done.stderr)

    def start(self):
        self.log = open(os.path.join(self.folder, "adapter.log"), "ab")
        self.adapter = subprocess.Popen([*SAMPLES.adapter, "bank.toml"], env=self.environment, cwd=self.folder, stdout=self.log, stderr=self.log)

    def stop(self):
        self.adapter.terminate()
        try:
            return self.adapter.wait(15)
        except subprocess.TimeoutExpired:
            self.adapter.kill()
            return self.adapter.wait()

    def lives(self):
        return self.adapter.poll() is None

    def wait(self, condition, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.lives():
            if condition():
                return True
            time.sleep(0.05)
        return bool(condition())

    def polling(self):
        """Until the process that runs now has asked again after what it was handed."""
        polls = len(self.liar.seen("PullTasks"))
        self.wait(lambda: len(self.liar.seen("PullTasks")) > polls + 2)

    def answers(self, order, count=1, seconds=20):
        """What was answered: outcomes, or the reason of a return."""
        self.wait(lambda: len(self.liar.receipts(order)) >= count, seconds)
        return [one.returned.reason or receipt_pb2.Outcome.Name(one.items[0].outcome)[8:] for one in self.liar.receipts(order)]

    def rows(self, query, *arguments):
        with sqlite3.connect(os.path.join(self.folder, "bank.db"), timeout=30) as db:
            return db.execute(query, arguments).fetchall()

    def controlled(self):
        return self.rows("SELECT coalesce(sum(controlled), 0) FROM shares")[0][0]


def unreadable(w):
    p, liar = w.people, w.liar
    good = p.inquiry()
    _, head = p.task(good)
    broken_head = envelope_pb2.Envelope(payload=b"\xff\xff", payload_type=TYPE.decode())
    liar.hand((b"\xff\xff", head), (good.SerializeToString(), broken_head))
    poll = api.PullTasksResponse(directory_complete=True, tasks=[api.Task(fence=9, head=7, member=good.SerializeToString())])
    poll.directory.add(position=50, statement=envelope_pb2.SignedMember(member=b"\xff", head=broken_head))
    liar.polls.put(poll)
    after = p.inquiry()
    liar.hand(p.task(after))
    equal("after bytes that nobody can read it still works", w.answers(after), ["FOUND"])
    equal("an order under a head that can't be read goes back", w.answers(good), ["ENVELOPE_MALFORMED"])


def repeated(w):
    p, liar = w.people, w.liar
    order = p.freeze(6000000)
    for _ in range(3):
        liar.hand(p.task(order), p.task(order))
    equal("a freeze handed out six times: one answer, again and again", set(w.answers(order, 2)), {"CONTROLLED"})
    w.wait(liar.polls.empty)
    check("and told each time", w.wait(lambda: len(liar.receipts(order)) >= 3), len(liar.receipts(order)))
    with liar.lock:
        batches = {batch.SerializeToString() for batch in liar.batches if receipt_pb2.Receipt.FromString(batch.members[0]).order_id == order.order_id}
    equal("always the same bytes: different batches", len(batches), 1)
    equal("frozen once", w.controlled(), 6000000)
    measure = liar.receipts(order)[0].items[0].measure
    china = datetime.timezone(datetime.timedelta(hours=8))
    ends = datetime.datetime.fromtimestamp(measure.effective_to.seconds, china)
    equal("its term ends at midnight in China, wherever the machine stands", (ends.hour, ends.minute, ends.second), (0, 0, 0))
    check("when it took effect is said", liar.receipts(order)[0].effect_at.seconds > 0)
    return order


def ids(w, freeze):
    p, liar = w.people, w.liar
    other = p.freeze(100, order_id=freeze.order_id)
    liar.hand(p.task(other))
    equal("another order under a known id", w.answers(other), ["ORDER_ID_REUSED"])
    honest = p.freeze(200)
    member, head = p.task(honest)
    junk = p.order(order_pb2.ACTION_INQUIRE, order_id=honest.order_id, inquire=order_pb2.Inquire(asset_kinds=["LAND"]))
    liar.hand((junk.SerializeToString(), head))
    equal("a forged order under the id of one that is still to come", w.answers(junk), ["MEMBER_NOT_IN_ROOT"])
    liar.hand((member, head))
    equal("which is then done all the same", w.answers(honest), ["CONTROLLED"])


def strangers(w, freeze):
    p, liar = w.people, w.liar
    before = w.controlled()
    for what, order in (("another court", p.release(freeze, court=OTHER)), ("another case", p.release(freeze, case="（2026）辽9901执1025号")), ("another person", p.release(freeze, subject=("苏晴", "CITIZEN_ID", "990101198503070025"))),
                        ("an order that made none", p.release(p.inquiry()))):
        liar.hand(p.task(order))
        equal(f"a release of the measure for {what}", w.answers(order), ["MEASURE_UNKNOWN"])
    equal("nothing was released", w.controlled(), before)


def hands(w):
    """Officer 003 may sign as handler and as co-signer, but is one person."""
    p, liar = w.people, w.liar
    before = w.controlled()
    for names in (["both"], ["both", "both"]):
        order = p.freeze(500, officers=["003"])
        liar.hand(p.task(order, names))
        equal(f"one officer who holds both roles, alone ({len(names)} signatures)", w.answers(order), ["SIGNATURES_MISSING"])
    equal("nothing was frozen", w.controlled(), before)
    for names in (["both", "001"], ["002", "both"]):
        order = p.freeze(600, officers=["003"])
        liar.hand(p.task(order, names))
        equal("with another beside him: " + " ".join(names), w.answers(order), ["CONTROLLED"])


def statements(w):
    """An order is handed out before the statement about its officer: it waits for the whole directory."""
    p, liar = w.people, w.liar
    order = p.inquiry(officers=["004"])
    member, head = p.task(order, ["late"])
    first, second = api.PullTasksResponse(heads=[head], tasks=[api.Task(fence=liar.fence + 1, member=member)]), api.PullTasksResponse(directory_complete=True)
    liar.fence += 1
    second.directory.add(position=51, statement=p.officer(COURT, "court", "004", "late", 1))
    liar.polls.put(first)
    liar.polls.put(second)
    equal("while statements are missing nothing is judged", w.answers(order), ["FOUND"])
    subject = "court/%s/officer/002" % COURT
    kept, p.chain[subject] = p.chain[subject], (1, bytes(32))  # another one before it than there was
    poll = api.PullTasksResponse(directory_complete=True)
    poll.directory.add(position=52, statement=p.officer(COURT, "court", "002", "002", 3))
    p.chain[subject] = kept
    liar.polls.put(poll)
    order = p.freeze(800)
    liar.hand(p.task(order))
    equal("a statement that doesn't continue the one before changes nothing", w.answers(order), ["CONTROLLED"])


def names(w):
    p, liar = w.people, w.liar
    for what, subject, expected in (("the x of the number small", (DEBTOR[0], DEBTOR[1], DEBTOR[2].lower()), "FOUND"), ("the number in full width", (DEBTOR[0], DEBTOR[1], DEBTOR[2].replace("9", "\uff19")), "FOUND"),
                                    ("the number under another name", ("苏晴",) + DEBTOR[1:], "AMBIGUOUS"), ("a stranger", ("苏晴", DEBTOR[1], "990101198503070025"), "NIL"),
                                    ("an account that was opened with 15 digits", ("周敏", "CITIZEN_ID", "990101196001010012"), "FOUND")):
        order = p.inquiry(subject=subject)
        liar.hand(p.task(order))
        equal(what, w.answers(order), [expected])


def leases(w):
    p, liar = w.people, w.liar
    before = w.rows("SELECT count(*) FROM measures")
    late, dropped = p.freeze(300), p.freeze(400)
    liar.lease = 2
    liar.polls.put(grpc.StatusCode.FAILED_PRECONDITION)
    hellos = len(liar.seen("Hello"))
    check("after HELLO_FIRST it says Hello again", w.wait(lambda: len(liar.seen("Hello")) > hellos))
    w.polling()
    with liar.lock:
        at = max(place for place, (name, _) in enumerate(liar.calls) if name == "Hello")
        first = next(request for name, request in liar.calls[at:] if name == "PullTasks")
    equal("and its first poll names no delivery", first.last_delivery, 0)

    liar.late, liar.renewal = 2.5, api.RenewLeaseResponse(lost=[late.order_id])
    asked = len(liar.seen("RenewLease"))
    liar.hand(p.task(late))
    check("an answer comes later than the lease is long: it asks before it begins", w.wait(lambda: len(liar.seen("RenewLease")) > asked))
    liar.late, liar.renewal = 1.5, api.RenewLeaseResponse(withdrawn=[dropped.order_id])
    asked = len(liar.seen("RenewLease"))
    liar.hand(p.task(dropped))
    check("half of the next lease is over on arrival: it asks", w.wait(lambda: len(liar.seen("RenewLease")) > asked))
    liar.late, liar.renewal = 0, api.RenewLeaseResponse()
    probe = p.inquiry()
    liar.hand(p.task(probe))
    equal("then it works on", w.answers(probe), ["FOUND"])
    equal("but began neither what was lost nor what was withdrawn", (w.answers(late, 1, 0.5), w.answers(dropped, 1, 0.5), w.rows("SELECT count(*) FROM measures")), ([], [], before))
    liar.hand(p.task(late), p.task(dropped))
    equal("the lost one is done when it is handed out again", w.answers(late), ["CONTROLLED"])
    equal("the withdrawn one never", w.answers(dropped, 1, 1), [])
    liar.lease = 60


def reports(w):
    p, liar = w.people, w.liar
    first, second = p.inquiry(), p.inquiry()
    # A batch whose number the gateway knows: an old copy of the inbox. The next one must not wait behind it for ever.
    reused = []

    def turn_down(batch):
        receipt, sequence = receipt_pb2.Receipt.FromString(batch.members[0]), envelope_pb2.Head.FromString(batch.head.payload).sequence
        if receipt.order_id == first.order_id and not reused:
            reused.append((sequence, batch.members[0]))
        if receipt.order_id == first.order_id and sequence == reused[0][0]:
            return grpc.StatusCode.ALREADY_EXISTS
        return grpc.StatusCode.INVALID_ARGUMENT if receipt.order_id == second.order_id else None

    liar.turn_down = turn_down
    liar.hand(p.task(first), p.task(second))
    third = p.inquiry()
    liar.hand(p.task(third))
    equal("a receipt that is turned down holds up no other", w.answers(third), ["FOUND"])
    equal("under a number that was used it is signed anew", w.answers(first), ["FOUND"])
    with liar.lock:
        members = [batch.members[0] for batch in liar.batches if receipt_pb2.Receipt.FromString(batch.members[0]).order_id == first.order_id]
    check("the same receipt", members == [reused[0][1]], members)
    w.wait(liar.polls.empty)
    time.sleep(1)
    tries = len([1 for request in liar.seen("ReportResults") if receipt_pb2.Receipt.FromString(request.batch.members[0]).order_id == second.order_id])
    equal("one that the gateway can't take isn't sent again and again", tries, 1)
    liar.turn_down = None
    fourth = p.inquiry()
    liar.mute.add(fourth.order_id)
    liar.hand(p.task(fourth))
    equal("no verdict is no receipt: it is sent again", w.answers(fourth), ["FOUND"])


def recovery(w):
    """The log goes on from an older backup: positions past it name other statements, and everything is told again."""
    p, liar = w.people, w.liar
    told = {digest_of(batch.members[0]) for batch in liar.batches}
    with liar.lock:
        liar.batches.clear()
    liar.origin, liar.recovered_at = "log2", 3
    liar.polls.put(grpc.StatusCode.FAILED_PRECONDITION)
    check("every receipt is told again", w.wait(lambda: told <= {digest_of(batch.members[0]) for batch in liar.batches}), len(liar.batches))
    check("statements are asked for from there", w.wait(lambda: liar.seen("PullTasks")[-1].directory_position == 3), liar.seen("PullTasks")[-1].directory_position)
    new = p.officer(OTHER, "other", "003", "other-002", statement_pb2.OFFICER_ROLE_LEADER)
    poll = api.PullTasksResponse(directory_complete=True)
    poll.directory.add(position=4, statement=new)  # a place that another statement had in the old log
    liar.polls.put(poll)
    w.wait(lambda: liar.seen("PullTasks")[-1].directory_position == 4)
    kept = {row[0] for row in w.rows("SELECT bytes FROM statements")}
    check("a statement at a place that another had is kept", new.SerializeToString() in kept)
    equal("beside the old ones: statements", len(kept), 11)


def stolen(w):
    """Two officers with one key, which is then revoked; and the key of a whole court."""
    p, liar = w.people, w.liar
    before = w.controlled()

    def told(position, *statements):
        poll = api.PullTasksResponse(directory_complete=True)
        for place, statement in enumerate(statements):
            poll.directory.add(position=position + place, statement=statement)
        liar.polls.put(poll)

    def answered(what, names, expected, **more):
        order = p.freeze(700, **more)
        liar.hand(p.task(order, names))
        equal(what, w.answers(order), [expected])

    told(60, p.officer(COURT, "court", "006", "shared", 1), p.officer(COURT, "court", "007", "shared", 2))
    answered("two officers with one key are one hand", ["shared"], "SIGNATURES_MISSING", officers=["006"])
    told(62, p.revoked("court/%s/officer/006" % COURT, COURT, "court"))
    answered("a key that was revoked of one officer is nobody's", ["001", "shared"], "KEY_REVOKED", officers=["001"])
    told(63, p.revoked("court/" + OTHER, "registrar", "one", "two"), p.court(OTHER, "other-new"))
    answered("officers under a court's stolen key don't hold under its new one", ("001", "002"), "SIGNER_UNKNOWN", court=OTHER)
    equal("nothing was frozen", w.controlled(), before)
    told(65, *(p.officer(OTHER, "other-new", code, "other-" + code, role) for code, role in (("001", 1), ("002", 2))))
    answered("but once they are stated anew", ("001", "002"), "CONTROLLED", court=OTHER)


def restart(w, freeze):
    p, liar = w.people, w.liar
    w.polling()
    equal("it ends on SIGTERM with", w.stop(), 0)
    os.rename(p.pem("receipts"), p.pem("away"))
    order = p.release(freeze)
    liar.hand(p.task(order))
    w.start()
    w.wait(lambda: not w.lives())
    check("without its receipt key it stops rather than act unsigned", not w.lives())
    w.stop()
    equal("nothing was released", w.rows("SELECT live FROM measures WHERE order_id = ?", freeze.order_id), [(1,)])
    os.rename(p.pem("away"), p.pem("receipts"))
    w.start()
    w.polling()
    equal("after a start it begins nothing that wasn't handed out again", w.answers(order, 1, 0.5), [])
    liar.hand(p.task(order))
    equal("then it does", w.answers(order), ["RELEASED"])


def kills(w):
    """SIGKILL a little later each time, while ten freezes are handed out again after every start."""
    p, liar = w.people, w.liar
    before, orders = w.controlled(), [p.freeze(100 + place) for place in range(10)]
    tasks = [p.task(order) for order in orders]
    for place in range(8):
        w.adapter.kill()
        w.adapter.wait()
        w.start()
        liar.hand(*tasks)
        w.wait(liar.polls.empty)
        time.sleep(0.02 + 0.04 * place)
    liar.hand(*tasks)
    w.wait(lambda: all(liar.receipts(order) for order in orders))
    with liar.lock:
        batches = {batch.SerializeToString() for batch in liar.batches}
    members = [receipt_pb2.Receipt.FromString(envelope_pb2.SignedBatch.FromString(batch).members[0]) for batch in batches]
    finals = [len([one for one in members if one.order_id == order.order_id]) for order in orders]
    equal("killed eight times amid ten freezes: answers to each", finals, [1] * 10)
    equal("and the money frozen once", w.controlled() - before, sum(order.freeze.limit_minor_units for order in orders))


def main():
    folder = tempfile.mkdtemp(prefix="eagle-liar-")
    w = World(folder)
    try:
        p = w.people
        told = [p.court(COURT, "court"), p.officer(COURT, "court", "001", "001", 1), p.officer(COURT, "court", "002", "002", 2), p.officer(COURT, "court", "003", "both", 1, 2),
                p.court(OTHER, "other"), p.officer(OTHER, "other", "001", "other-001", 1), p.officer(OTHER, "other", "002", "other-002", 2)]
        w.books("open-account", "9900020000000004044", "周敏", "CITIZEN_ID", "990101600101001", "100")
        w.books("credit", "9900020000000009999", "100", expect=1)
        poll = api.PullTasksResponse(directory_complete=True)
        for place, statement in enumerate(told):
            poll.directory.add(position=place + 1, statement=statement)
        w.liar.polls.put(poll)
        w.start()
        unreadable(w)
        freeze = repeated(w)
        ids(w, freeze)
        strangers(w, freeze)
        hands(w)
        statements(w)
        names(w)
        leases(w)
        reports(w)
        recovery(w)
        stolen(w)
        kills(w)
        restart(w, freeze)
        check("and says how it is", len(w.liar.seen("ReportStatus")) > 0)
        equal("the money is all there", w.rows("SELECT balance FROM accounts WHERE number = ?", ACCOUNT), [(9500000,)])
    except Exception as failure:  # pylint: disable=broad-except
        check("the script ends", False, repr(failure))
    finally:
        if w.adapter is not None:
            w.stop()
        w.server.stop(1).wait()
    if not all(checks):
        print(open(os.path.join(folder, "adapter.log"), encoding="utf-8").read()[-3000:])
    shutil.rmtree(folder)
    print("{} passed, {} failed, 0 skipped".format(checks.count(True), checks.count(False)))
    return checks.count(False)


if __name__ == "__main__":
    sys.exit(main())

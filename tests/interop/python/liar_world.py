"""The gateway that lies, and the people whose keys it has: the world of liar.py."""
import base64
import hashlib
import os
import queue
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
from goldeneagle.v1 import adapter_service_pb2 as api, entry_pb2, envelope_pb2, journal_pb2, order_pb2, receipt_pb2, statement_pb2  # noqa: E402
from goldeneagle.v1 import blob_service_pb2  # noqa: E402
from goldeneagle.v1.adapter_service_pb2_grpc import AdapterServiceServicer, add_AdapterServiceServicer_to_server  # noqa: E402
from goldeneagle.v1.blob_service_pb2_grpc import BlobServiceServicer, add_BlobServiceServicer_to_server  # noqa: E402
from google.rpc import error_details_pb2, status_pb2  # noqa: E402

import samples  # noqa: E402

SAMPLES = samples.of(sys.argv[1], sys.argv[2:])
AGENCY, COURT, OTHER = "9900020", "辽9901", "辽9902"
CASE = "（2026）辽9901执1024号"
DEBTOR = ("林远舟", "CITIZEN_ID", "99010119850307002X")
ACCOUNT, COURT_ACCOUNT = "9900020000000003036", "9900010000000099010"
TYPE = b"application/vnd.goldeneagle.batch.v1+protobuf"
PDF, PART = "application/pdf", 256 * 1024
RULING = b"%PDF-1.7 ruling"  # the paper of every order that names no other
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


def root_of(leaves):
    """Of a tree as RFC 9162 has it."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root_of(leaves[:left]) + root_of(leaves[left:])).digest()


def path_of_last(leaves):
    if len(leaves) == 1:
        return []
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return path_of_last(leaves[left:]) + [root_of(leaves[:left])]


def word(receipt):
    """What one receipt says, in a word."""
    if receipt.kind == receipt_pb2.RECEIPT_KIND_ACKNOWLEDGED:
        return "ACKNOWLEDGED"
    return receipt.returned.reason or receipt_pb2.Outcome.Name(receipt.items[0].outcome)[8:]


def named(content):
    """A paper as an order names it."""
    return order_pb2.Instrument(category="RULING", digest=hashlib.sha256(content).digest(), size_bytes=len(content), media_type=PDF)


class People:
    """Keys of everybody, and what they sign."""

    def __init__(self, folder):
        self.folder, self.chain, self.last, self.log = folder, {}, 0, [digest_of(b"the first entry")]
        for name in ("one", "two", "three", "court", "other", "001", "002", "log", "other-001", "other-002", "both", "late", "shared", "other-new", "receipts"):
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

    def log_key(self):
        return "liar.test/log1+01020304+" + base64.b64encode(b"\x01" + self.key("log")).decode()

    def directory_head(self, told, hours_old=0, signer="log"):
        """The newest entry of a log: what was handed out of its statements, so many hours ago."""
        digest = bytes(32)
        for _, statement in sorted(told.items(), key=lambda one: one[0]):
            digest = hashlib.sha256(digest + digest_of(statement.member)).digest()
        body = entry_pb2.DirectoryHead(position=max(told), statements=len(told), digest=digest, policy_version=1).SerializeToString()
        micros, index = int((time.time() - hours_old * 3600) * 1e6), len(self.log)
        leaf = b"\x01" + entry_pb2.ENTRY_TYPE_DIRECTORY_HEAD.to_bytes(2, "big") + index.to_bytes(8, "big") + micros.to_bytes(8, "big") + bytes(67) + len(body).to_bytes(2, "big") + body
        self.log.append(digest_of(leaf))
        text = "liar.test/log1\n%d\n%s\n" % (len(self.log), base64.b64encode(root_of(self.log)).decode())
        with tempfile.NamedTemporaryFile() as file:
            file.write(text.encode())
            file.flush()
            sig = run("openssl", "pkeyutl", "-sign", "-inkey", self.pem(signer), "-rawin", "-in", file.name)
        proof = journal_pb2.InclusionProof(index=index, size=len(self.log), hashes=path_of_last(self.log))
        return api.WitnessedEntry(leaf=leaf, proof=proof, checkpoint="%s\n\u2014 liar.test/log1 %s\n" % (text, base64.b64encode(b"\x01\x02\x03\x04" + sig).decode()))

    def order(self, action, court=COURT, case=CASE, subject=DEBTOR, order_id=None, agency=AGENCY, officers=("001", "002"), papers=(RULING,), **act):
        raw = bytearray((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10))
        raw[6], raw[8] = raw[6] & 0x0F | 0x70, raw[8] & 0x3F | 0x80
        order = order_pb2.Order(order_id=order_id or bytes(raw), court=court, case_number=case, action=action, urgency=1, agencies=[agency], purpose="EXECUTION", legal_basis="民事诉讼法第253条",
                                subject=order_pb2.Identity(name=subject[0], id_kind=subject[1], id_number=subject[2]), **act)
        order.issued_at.seconds, order.not_after.seconds = int(time.time()), int(time.time()) + 3600
        for code in officers:
            order.officers.add(officer=code, work_id_no="W" + code, duty_card_no="D" + code)
        order.instruments.extend(named(content) for content in papers)
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
        self.told = {}  # position -> SignedMember: the directory stream as it was handed out

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
        if isinstance(poll, str):
            details = status_pb2.Status(code=grpc.StatusCode.FAILED_PRECONDITION.value[0])
            details.details.add().Pack(error_details_pb2.ErrorInfo(reason=poll, domain="goldeneagle.v1"))
            context.set_trailing_metadata((("grpc-status-details-bin", details.SerializeToString()),))
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "no")
        self.told.update((change.position, change.statement) for change in poll.directory)
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


class Papers(BlobServiceServicer):
    """Papers that it has, or says that it has; files of receipts that it takes, or doesn't."""

    def __init__(self, liar):
        self.liar, self.content, self.put, self.refused = liar, {}, {}, None  # content: of what is pulled, by digest; put: what came, by digest
        self.cut = set()  # parts that break the connection, once each

    def there(self, digest, content):
        self.content[digest] = content

    def PullBlobPart(self, request, context):
        self.liar.note("PullBlobPart", request)
        if request.part in self.cut:
            self.cut.remove(request.part)
            context.abort(grpc.StatusCode.UNAVAILABLE, "the connection broke")
        content = self.content.get(request.digest)
        if content is None:
            context.abort(grpc.StatusCode.NOT_FOUND, "NOT_FOUND")
        return blob_service_pb2.PullBlobPartResponse(content=content[request.part * PART:(request.part + 1) * PART], size_bytes=len(content), media_type=PDF)

    def PutBlobPart(self, request, context):
        self.liar.note("PutBlobPart", request)
        if self.refused:
            context.abort(self.refused, "BLOB_TYPE_REFUSED")
        parts = self.put.setdefault(request.digest, {})
        if request.content:
            parts[request.part] = request.content
        missing = [part for part in range(-(-request.size_bytes // PART)) if part not in parts]
        return blob_service_pb2.PutBlobPartResponse(complete=not missing, parts_missing=missing)


class World:
    def __init__(self, folder):
        self.folder, self.people, self.liar, self.adapter = folder, People(folder), Liar(), None
        self.papers = Papers(self.liar)
        self.papers.there(named(RULING).digest, RULING)
        self.certificates()
        read = lambda name: open(os.path.join(folder, name), "rb").read()
        self.server = grpc.server(futures.ThreadPoolExecutor(8))
        add_AdapterServiceServicer_to_server(self.liar, self.server)
        add_BlobServiceServicer_to_server(self.papers, self.server)
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
log_key = "{self.people.log_key()}"
[contact]
name = "值班员"
phone = "0990-110000"
[papers]
rule = "return"
attempts_max = 2
folder = "papers"
seal = "./seal.sh"
[limits]
attempts_max = 2
""")
        with open(os.path.join(folder, "seal.sh"), "w", encoding="ascii") as file:  # without sealed.pdf it fails
            file.write("#!/bin/sh\ncat >answer.json && cat sealed.pdf\n")
        os.chmod(os.path.join(folder, "seal.sh"), 0o755)
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
        """What was answered: outcomes, the reason of a return, or that it came."""
        self.wait(lambda: len(self.liar.receipts(order)) >= count, seconds)
        return [word(one) for one in self.liar.receipts(order)]

    def rows(self, query, *arguments):
        with sqlite3.connect(os.path.join(self.folder, "bank.db"), timeout=30) as db:
            return db.execute(query, arguments).fetchall()

    def stream_is_told(self):
        """Whether the digest that it sends is that of what it was handed, as the log counts."""
        digest = bytes(32)
        for _, statement in sorted(self.liar.told.items(), key=lambda one: one[0]):
            digest = hashlib.sha256(digest + digest_of(statement.member)).digest()
        return self.wait(lambda: self.liar.seen("PullTasks")[-1].directory_digest == digest, 10)

    def controlled(self):
        return self.rows("SELECT coalesce(sum(controlled), 0) FROM shares")[0][0]

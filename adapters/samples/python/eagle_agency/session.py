"""The loop that an agency's adapter runs (server/docs/agency-guide.md 2). One thread, one call at a time.

    Hello --> PullTasks --> record --> verify --> papers --> do once --> sign --> ReportResults --> ...

Whatever dies in between, the inbox knows what came and what was answered: an effect and its signed receipt are one transaction.
Lines that begin with ALARM are for people.
"""
import random
import signal
import sys
import threading
import time
import traceback
import uuid

import grpc
from goldeneagle.v1 import adapter_service_pb2 as api, administration_pb2, envelope_pb2, order_pb2, receipt_pb2
from goldeneagle.v1.adapter_service_pb2_grpc import AdapterServiceStub

from . import papers
from .directory import next_digest
from .log import directory_head
from .orders import folded, verify_order
from .signed import KeyUnusable, Refused
from .terms import now
from .work import Paper, Work, return_order, supported

CONTRACT = 1
LIMIT, POLL_SECONDS, STATUS_SECONDS = 20, 5, 30  # of a call; of a poll without work; between two reports of how we are
TASKS_MOST, IN_FLIGHT_MOST = 64, 100
TRIES_MOST, PAUSE_MOST = 5, 60  # of one order, when its papers can't be had or the office fails; seconds between two
Code = grpc.StatusCode
TURNED_DOWN = {Code.INVALID_ARGUMENT, Code.ALREADY_EXISTS, Code.PERMISSION_DENIED}  # understood: the same bytes won't fare better soon


def says(error, reason):
    """Whether the gateway's refusal has this reason: google.rpc.ErrorInfo has it as plain text."""
    return any(name == "grpc-status-details-bin" and reason.encode() in value for name, value in error.trailing_metadata() or ())


def alarm(*words):
    print("ALARM:", *words, flush=True)


class Session:
    """`office` is yours: `capabilities`, `targets`, and inquire, freeze, renew, release, deduct (those that it declares), each with a Work. They run in
    one transaction of `inbox` and may be rolled back: what they change must lie in that file, or be asked for before it is done again (README.md).
    An office that has by_itself() is called between polls, in a transaction: measures that end, money that came.
    """

    def __init__(self, name, version, office, inbox):
        self.name, self.version, self.office, self.inbox, self.settings = name, version, office, inbox, inbox.settings
        channel = self.settings.channel()
        self.stub, self.blobs = AdapterServiceStub(channel), papers.stub(channel)
        self.folder = papers.PaperFolder(self.settings.path("papers", "folder", "papers"))
        self.paper_rule, self.paper_tries = self.settings.get("papers", "rule", "ignore"), self.settings.get("papers", "attempts_max", TRIES_MOST)
        self.seal = self.settings.get("papers", "seal")
        self.directory = self.settings.directory()
        for statement in inbox.statements():
            self.directory.take(statement)
        self.stream = inbox.stream_digest()
        self.log_key = self.settings.get("trust", "log_key")
        self.head, self.head_at = inbox.meta("head", 0), inbox.meta("head_at", 0)  # newest DIRECTORY_HEAD that fits what we received: index, time
        self.stale = False  # an order waits for a newer one
        minutes = lambda name, usual: 60 * self.settings.get("limits", name, usual)
        self.age_most = {True: minutes("directory_minutes_control", 120), False: minutes("directory_minutes_inquire", 1440)}  # by: is it a control
        self.instance = uuid.uuid4().hex
        self.said_hello, self.status_at, self.last_delivery, self.lease, self.leases = False, 0, 0, 60, {}  # leases: order id -> when it ends
        self.tries = {}  # arrival -> (how often it failed, not again before)
        self.files, self.files_done = [], set()  # of receipts: to be put once more; batches whose files were
        self.stopping = threading.Event()

    # --- what came

    def hello(self):
        """After it every lease has ended, and what is open is handed out again."""
        request = api.HelloRequest(contract_versions=[CONTRACT], adapter=self.name, version=self.version, instance=self.instance,
                                   inbox=self.inbox.meta("inbox"), most_in_flight=IN_FLIGHT_MOST)
        for row in self.office.capabilities:
            action = order_pb2.Action.Value("ACTION_" + row["action"])
            request.capabilities.append(administration_pb2.Capability(**dict(row, action=action)))
        answer = self.stub.Hello(request, timeout=LIMIT)
        if answer.agency != self.settings.agency or answer.environment != self.settings.environment:
            sys.exit("the gateway takes us for %s: not ours" % answer.agency)
        with self.inbox.transaction():
            if answer.recovered_at and answer.origin != self.inbox.meta("origin", answer.origin):  # its log went on from an older backup
                self.inbox.tell_all_again()
                self.inbox.forget_positions(answer.recovered_at)
                self.keep_head(0, 0)
            self.inbox.put_meta("origin", answer.origin)
        self.stream = self.inbox.stream_digest()
        self.said_hello, self.last_delivery, self.lease, self.leases = True, 0, answer.lease_seconds or 60, {}

    def pull(self):
        sent = time.monotonic()
        asked = api.PullTasksRequest(instance=self.instance, most_tasks=TASKS_MOST, wait_seconds=POLL_SECONDS, last_delivery=self.last_delivery,
                                     directory_position=self.inbox.position(), directory_head=self.head)
        if asked.directory_position:
            asked.directory_digest = self.stream
        try:
            poll = self.stub.PullTasks(asked, timeout=LIMIT)
        except grpc.RpcError as error:
            if says(error, "DIRECTORY_DIFFERS"):
                alarm("our statements are not the log's: they are taken anew; tell the auditors")
                with self.inbox.transaction():
                    self.inbox.forget_positions(0)
            raise
        with self.inbox.transaction():  # all of it, or none
            for change in poll.directory:
                self.inbox.take_statement(change)
            self.inbox.withdraw(poll.withdrawn)
            for task in poll.tasks:
                self.record(task, poll.heads, sent + self.lease)
        self.last_delivery = max([self.last_delivery, *(task.fence for task in poll.tasks)])
        for change in poll.directory:
            self.directory.take(change.statement)
            self.stream = next_digest(self.stream, change.statement.member)
        if any(change.position <= asked.directory_position for change in poll.directory):  # told twice
            self.stream = self.inbox.stream_digest()
        if poll.HasField("directory_head"):
            self.take_head(poll.directory_head)
        if poll.directory_complete:
            self.work()
        if poll.draining:
            self.stopping.wait(1)

    def take_head(self, entry):
        """What the log says of its statements: how old ours may be at most, and whether one was kept from us. Without the log's key: nothing."""
        if not self.log_key:
            self.head = entry.proof.index  # it needn't be sent again
            return
        proved = directory_head(entry, self.log_key)
        if proved and (proved[0] <= self.head or proved[2].position != self.inbox.position()):
            return
        if not proved or (proved[2].digest, proved[2].statements) != (self.stream, self.inbox.statement_count()):
            return alarm("a head of the directory that doesn't fit what we received: another log, or a statement was kept from us")
        self.keep_head(*proved[:2])

    def keep_head(self, index, at):
        self.head, self.head_at = index, at
        self.inbox.put_meta("head", index)
        self.inbox.put_meta("head_at", at)

    def is_recent(self, is_control):
        """Whether the directory is recent enough to begin."""
        recent = not self.log_key or now() - self.head_at <= self.age_most[is_control]
        self.stale = self.stale or not recent
        return recent

    def record(self, task, heads, lease_ends):
        try:
            order_id, is_open = self.inbox.record(task, heads)
        except Refused as why:
            return alarm("a task that can't be answered:", why)
        if is_open:
            self.leases[order_id] = lease_ends

    def renew(self):
        asked, answer = time.monotonic(), self.stub.RenewLease(api.RenewLeaseRequest(instance=self.instance), timeout=LIMIT)
        self.leases = {order_id: asked + self.lease for order_id in self.leases if order_id not in answer.lost}
        self.inbox.withdraw(answer.withdrawn)

    def may_begin(self, order_id):
        """Whether its lease holds and nobody called it back; with less than half of the lease left the gateway is asked first."""
        if order_id in self.leases and self.leases[order_id] - time.monotonic() < self.lease / 2:
            self.renew()
        held = self.leases.get(order_id, 0) > time.monotonic()
        return held and not self.inbox.is_withdrawn(order_id) and not self.stopping.is_set()

    # --- the work

    def work(self):
        """Does what is on record and not done, in order of arrival. A control that must wait holds up those behind it on the same person."""
        waiting, self.stale = set(), False
        for task in self.inbox.open_tasks():
            if not self.may_begin(task.order_id):
                continue
            try:
                order = verify_order(task.task, task.head, self.directory, self.settings.agency, task.arrived_at)
            except Refused as why:
                self.send_back(task, why)
                continue
            person, is_control = folded(order.subject.id_number), order.action != order_pb2.ACTION_INQUIRE
            if is_control and person in waiting or not self.is_recent(is_control):
                continue
            if not self.attempt(task, order) and is_control:
                waiting.add(person)

    def attempt(self, task, order):
        """Whether the order has its last word now."""
        times, not_before = self.tries.get(task.arrival, (0, 0))
        if time.monotonic() < not_before:
            return False
        try:
            with self.inbox.transaction():
                self.inbox.believe(task.arrival)
            supported(self.office, order)
            found = self.papers_of(task, order)
            if found is None or not self.may_begin(task.order_id):  # papers take their time
                return False
            self.do(task, order, found)
        except Refused as why:
            self.send_back(task, why)
        except papers.Missing as why:
            if self.paper_rule == "return" and times + 1 >= self.paper_tries:
                self.send_back(task, Refused("DOCUMENT_MISSING", str(why)))
            else:
                return self.try_later(task, times + 1)
        except (grpc.RpcError, KeyUnusable):
            raise
        except Exception:  # pylint: disable=broad-except  # the office's own failure: nothing was done, whatever it was
            alarm("order", task.order_id.hex(), "failed:", traceback.format_exc())
            if times + 1 < self.settings.get("limits", "attempts_max", TRIES_MOST):
                return self.try_later(task, times + 1)
            self.give_up(task)
        self.tries.pop(task.arrival, None)
        return True

    def try_later(self, task, times):
        self.tries[task.arrival] = times, time.monotonic() + min(2 ** (times - 1), PAUSE_MOST)
        with self.inbox.transaction():
            self.inbox.acknowledge(task.arrival)
        return False

    def papers_of(self, task, order):
        """The order's papers, here and hashed; Missing when one isn't, None when its lease ended meanwhile. What one order fetched serves all."""
        if self.paper_rule == "ignore":
            return []
        if not order.instruments and order.action != order_pb2.ACTION_INQUIRE:
            raise Refused("DOCUMENT_MISSING", "the order names no paper")
        found = []
        for named in order.instruments:
            if self.folder.find(named.digest, named.media_type) is None:
                if not self.folder.fetch(self.blobs, task.order_id, named, lambda: self.may_begin(task.order_id)):
                    return None
            found.append(Paper(named.category, named.title, self.folder.find(named.digest, named.media_type)))
        return found

    def do(self, task, order, found):
        """The effect, the answer and its signature are one transaction; an order that the office sends back changed nothing."""
        db = self.inbox.db
        with self.inbox.transaction():
            work = Work(self.inbox, self.folder, task.arrival, order, found)
            db.execute("SAVEPOINT office")
            try:
                getattr(self.office, work.name)(work)
            except Refused as why:
                db.execute("ROLLBACK TO office")
                work.send_back(why)
            else:
                if work.wrong():
                    raise ValueError("the office's answer can't be signed: " + work.wrong())
                if self.seal and work.receipt.HasField("effect_at"):
                    work.seal(self.seal)
            db.execute("RELEASE office")
            self.close(task, work.receipt)

    def close(self, task, receipt):
        self.inbox.sign(task.arrival, receipt)
        self.inbox.finish(task.arrival)
        self.leases.pop(task.order_id, None)

    def send_back(self, task, why):
        """RETURNED 回退: undone."""
        with self.inbox.transaction():
            receipt = self.inbox.receipt(task.arrival, receipt_pb2.RECEIPT_KIND_RETURNED)
            return_order(receipt, why, self.settings.values["contact"])
            self.close(task, receipt)

    def give_up(self, task):
        """FINAL with ERROR: certainly not done, and says nothing about assets. Never NIL."""
        with self.inbox.transaction():
            receipt = self.inbox.receipt(task.arrival, receipt_pb2.RECEIPT_KIND_FINAL)
            receipt.items.add(outcome=receipt_pb2.OUTCOME_ERROR, reason="PROCESSING_FAILED")
            self.close(task, receipt)

    # --- what is told

    def report(self):
        """Each receipt until the gateway has it, those of one order in their order; its files first."""
        self.files = [one for one in self.files if not self.put(*one)]
        waits = set()
        for sequence, arrival, kind, data in self.inbox.unreported():
            if arrival in waits:
                continue
            batch = envelope_pb2.SignedBatch.FromString(data)
            self.put_files(sequence, batch)
            call = self.stub.ReportEvents if kind == receipt_pb2.RECEIPT_KIND_EVENT else self.stub.ReportResults
            try:
                results = call(api.ReportResultsRequest(instance=self.instance, batch=batch), timeout=LIMIT).results
            except grpc.RpcError as error:
                if error.code() not in TURNED_DOWN:
                    raise
                alarm("receipt", sequence, "was turned down:", error.code(), error.details())
                waits.add(arrival)
                if error.code() == Code.ALREADY_EXISTS:  # our count of heads went back
                    self.inbox.sign_again(sequence)
                elif error.code() == Code.INVALID_ARGUMENT:  # this program is wrong: kept, and sent again when somebody says so
                    self.inbox.put_verdict(sequence, -1)
                continue
            if len(results) != 1:  # no verdict: it is sent again
                waits.add(arrival)
                continue
            result, name = results[0], api.ReceiptVerdict.Name(results[0].verdict)
            say = alarm if result.verdict in (api.RECEIPT_VERDICT_CONFLICT, api.RECEIPT_VERDICT_REFUSED) else print
            say("receipt", sequence, name, result.reason)
            self.inbox.put_verdict(sequence, result.verdict)
        sys.stdout.flush()

    def put_files(self, sequence, batch):
        """A receipt is a fact: it goes out whether the gateway takes its files or not."""
        receipt = receipt_pb2.Receipt.FromString(batch.members[0])
        if receipt.documents and sequence not in self.files_done:
            self.files += [(receipt.order_id, file) for file in receipt.documents if not self.put(receipt.order_id, file)]
            self.files_done.add(sequence)

    def put(self, order_id, file):
        """False: to be tried once more."""
        try:
            self.folder.send(self.blobs, order_id, file)
        except papers.Missing:
            return False
        except ValueError as why:
            alarm("the file", file.digest.hex(), "of a receipt was not taken:", why)
        return True

    def status(self):
        if time.monotonic() >= self.status_at:
            self.stub.ReportStatus(api.ReportStatusRequest(instance=self.instance, back_end_reachable=True, in_flight=len(self.leases), directory_stale=self.stale),
                                   timeout=LIMIT)
            self.status_at = time.monotonic() + STATUS_SECONDS

    # --- the loop

    def by_itself(self):
        if not hasattr(self.office, "by_itself"):
            return
        try:
            with self.inbox.transaction():
                self.office.by_itself()
        except KeyUnusable:
            raise
        except Exception:  # pylint: disable=broad-except  # nothing happened; it is called again
            alarm("what happens by itself failed:", traceback.format_exc())

    def run(self):
        """Until SIGTERM; what has begun is finished."""
        signal.signal(signal.SIGTERM, lambda *_: self.stopping.set())
        pause = 0.2
        while not self.stopping.is_set():
            try:
                if not self.said_hello:
                    self.hello()
                self.status()
                self.by_itself()
                self.report()
                self.pull()
                self.report()
                pause = 0.2
            except grpc.RpcError as error:  # repeat unchanged: whatever the gateway took, it knows again
                self.said_hello = False
                print(error.code(), error.details(), flush=True)
                self.stopping.wait(pause * random.uniform(0.5, 1))
                pause = min(pause * 2, 10)

#!/usr/bin/env python3
"""An agency's adapter, whole, in Python: adapter.py CONFIG.toml   To be read, copied and changed.

What server/docs/agency-guide.md asks, section by section: this file has the loop, verify.py who may be believed, books.py the bank.
"""
import random
import signal
import sys
import threading
import time
import uuid

import grpc
from goldeneagle.v1 import adapter_service_pb2 as api, envelope_pb2, order_pb2, receipt_pb2
from goldeneagle.v1.adapter_service_pb2_grpc import AdapterServiceStub

from books import Bank
from verify import Directory, Refused, insist, now, parse, verify_order

ACTIONS = {order_pb2.ACTION_INQUIRE: Bank.inquire, order_pb2.ACTION_FREEZE: Bank.freeze, order_pb2.ACTION_RENEW: Bank.renew, order_pb2.ACTION_RELEASE: Bank.release,
           order_pb2.ACTION_DEDUCT: Bank.deduct}
Code = grpc.StatusCode
TURNED_DOWN = {Code.INVALID_ARGUMENT, Code.ALREADY_EXISTS, Code.PERMISSION_DENIED}  # understood: the same bytes won't fare better soon


class Adapter:
    """The loop: Hello, PullTasks, record, verify, do once, sign, report. One thread, one call at a time."""

    def __init__(self, bank):
        self.bank, self.config, self.instance = bank, bank.config, uuid.uuid4().hex
        self.said_hello, self.status_at, self.last_delivery, self.lease, self.leases = False, 0, 0, 60, {}  # leases: order id -> when it ends
        self.stopping = threading.Event()
        read = lambda path: open(path, "rb").read()
        gateway, system, trust = self.config["gateway"], self.config["system"], self.config["trust"]
        credentials = grpc.ssl_channel_credentials(read(gateway["authority"]), read(system["key"]), read(system["certificate"]))
        self.stub = AdapterServiceStub(grpc.secure_channel(gateway["address"], credentials, options=[("grpc.enable_http_proxy", 0)]))
        self.directory = Directory(trust["registrars"], trust.get("registrar_threshold", 2), envelope_pb2.Environment.Value("ENVIRONMENT_" + trust["environment"].upper()))
        for data, in bank.db.execute("SELECT bytes FROM statements ORDER BY number"):
            self.directory.take(envelope_pb2.SignedMember.FromString(data))

    def hello(self):
        """After it every lease has ended, and what is open is handed out again."""
        request = api.HelloRequest(contract_versions=[1], adapter="org.example.python-bank", version="1", instance=self.instance, inbox=self.bank.meta("inbox"), most_in_flight=100)
        for action in ACTIONS:
            request.capabilities.add(asset_kind="DEPOSIT", action=action, currencies=["CNY"], partial_release=True, captures_inflow=True, keeps_waitlist=True)
        answer = self.stub.Hello(request, timeout=20)
        if answer.agency != self.bank.agency or answer.environment != self.directory.environment:
            sys.exit("the gateway takes us for %s: not ours" % answer.agency)
        with self.bank.transaction():
            if answer.recovered_at and answer.origin != self.bank.meta("origin", answer.origin):  # its log went on from an older backup: everything is told again
                self.bank.db.execute("UPDATE batches SET verdict = NULL")
                self.bank.put_meta("position", min(self.bank.meta("position", 0), answer.recovered_at))
            self.bank.put_meta("origin", answer.origin)
        self.said_hello, self.last_delivery, self.lease, self.leases = True, 0, answer.lease_seconds or 60, {}

    def pull(self):
        bank, sent = self.bank, time.monotonic()
        poll = self.stub.PullTasks(api.PullTasksRequest(instance=self.instance, most_tasks=64, wait_seconds=5, last_delivery=self.last_delivery, directory_position=bank.meta("position", 0)), timeout=20)
        with bank.transaction():  # all of it, or none
            for change in poll.directory:
                bank.db.execute("INSERT OR IGNORE INTO statements(bytes) VALUES(?)", (change.statement.SerializeToString(),))
                bank.put_meta("position", max(change.position, bank.meta("position", 0)))
            bank.withdraw(poll.withdrawn)
            for task in poll.tasks:
                try:
                    insist(task.head < len(poll.heads), "ENVELOPE_MALFORMED")
                    order_id = parse(order_pb2.Order, task.member).order_id  # a name only; nothing is believed yet
                    insist(len(order_id) == 16, "FIELD_INVALID")
                except Refused as why:
                    print("ALARM: a task that can't be answered:", why, flush=True)
                    continue
                if bank.record(order_id, task, poll.heads[task.head]):
                    self.leases[order_id] = sent + self.lease
        self.last_delivery = max([self.last_delivery, *(task.fence for task in poll.tasks)])
        for change in poll.directory:
            self.directory.take(change.statement)
        if poll.directory_complete:
            self.work()
        if poll.draining:
            self.stopping.wait(1)

    def renew(self):
        asked, answer = time.monotonic(), self.stub.RenewLease(api.RenewLeaseRequest(instance=self.instance), timeout=20)
        self.leases = {order_id: asked + self.lease for order_id in self.leases if order_id not in answer.lost}
        self.bank.withdraw(answer.withdrawn)

    def work(self):
        """Does what is on record and not done, in order of arrival, while the lease holds; begins nothing else."""
        bank = self.bank
        for arrival, order_id, arrived_at, data, head in bank.db.execute("SELECT arrival, order_id, arrived_at, task, head FROM tasks WHERE NOT done ORDER BY arrival").fetchall():
            if order_id in self.leases and self.leases[order_id] - time.monotonic() < self.lease / 2:
                self.renew()
            if self.leases.get(order_id, 0) <= time.monotonic() or bank.is_withdrawn(order_id) or self.stopping.is_set():
                continue
            with bank.transaction():
                receipt = bank.receipt(arrival, receipt_pb2.RECEIPT_KIND_FINAL)
                try:
                    order = verify_order(api.Task.FromString(data), envelope_pb2.Envelope.FromString(head), self.directory, bank.agency, arrived_at)
                    insist(order.action in ACTIONS, "ACTION_NOT_SUPPORTED")
                    bank.believe(arrival)
                    ACTIONS[order.action](bank, order, receipt, arrival)
                except Refused as why:
                    receipt.kind, receipt.returned.reason = receipt_pb2.RECEIPT_KIND_RETURNED, str(why)
                    receipt.returned.contact_name, receipt.returned.contact_phone = self.config["contact"]["name"], self.config["contact"]["phone"]
                bank.sign(arrival, receipt)
                bank.db.execute("UPDATE tasks SET done = 1 WHERE arrival = ?", (arrival,))
            self.leases.pop(order_id)

    def report(self):
        """Each receipt until the gateway has it, those of one order in their order."""
        waits = set()
        for sequence, arrival, kind, data in self.bank.db.execute("SELECT sequence, arrival, kind, batch FROM batches WHERE verdict IS NULL ORDER BY sequence").fetchall():
            if arrival in waits:
                continue
            call = self.stub.ReportEvents if kind == receipt_pb2.RECEIPT_KIND_EVENT else self.stub.ReportResults
            try:
                results = call(api.ReportResultsRequest(instance=self.instance, batch=envelope_pb2.SignedBatch.FromString(data)), timeout=20).results
            except grpc.RpcError as error:
                if error.code() not in TURNED_DOWN:
                    raise
                print("ALARM: receipt", sequence, "was turned down:", error.code(), error.details(), flush=True)
                waits.add(arrival)
                if error.code() == Code.ALREADY_EXISTS:  # our count of heads went back
                    self.bank.sign_again(sequence)
                elif error.code() == Code.INVALID_ARGUMENT:  # this program is wrong: kept, and sent again when somebody says so
                    self.bank.db.execute("UPDATE batches SET verdict = -1 WHERE sequence = ?", (sequence,))
                continue
            if len(results) != 1:  # no verdict: it is sent again
                waits.add(arrival)
                continue
            result = results[0]
            alarm = "ALARM:" if result.verdict in (api.RECEIPT_VERDICT_CONFLICT, api.RECEIPT_VERDICT_REFUSED) else ""
            print(alarm, "receipt", sequence, api.ReceiptVerdict.Name(result.verdict), result.reason, flush=True)
            self.bank.db.execute("UPDATE batches SET verdict = ? WHERE sequence = ?", (result.verdict, sequence))

    def status(self):
        if time.monotonic() >= self.status_at:
            self.stub.ReportStatus(api.ReportStatusRequest(instance=self.instance, back_end_reachable=True, in_flight=len(self.leases)), timeout=20)
            self.status_at = time.monotonic() + 30

    def run(self):
        pause = 0.2
        while not self.stopping.is_set():
            try:
                if not self.said_hello:
                    self.hello()
                self.status()
                self.bank.lapse()
                self.report()
                self.pull()
                self.report()
                pause = 0.2
            except grpc.RpcError as error:  # repeat unchanged: whatever the gateway took, it knows again
                self.said_hello = False
                print(error.code(), error.details(), flush=True)
                self.stopping.wait(pause * random.uniform(0.5, 1))
                pause = min(pause * 2, 10)


if __name__ == "__main__":
    adapter = Adapter(Bank(sys.argv[1]))
    signal.signal(signal.SIGTERM, lambda *_: adapter.stopping.set())
    adapter.run()

"""A court, an agency and an auditor that know the contract (proto/) and nothing else of this repository.

Usage: strangers.py GATEWAY WORLD WORK   WORLD: made by `eagle-bench setup`; WORK/stubs: what protoc made of the contract.
"""

import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import time

gateway_program, world, work = sys.argv[1:4]
sys.path.insert(0, os.path.join(work, "stubs"))

import google  # noqa: E402  the protobuf package and google.rpc's stubs share this name

google.__path__ = list(google.__path__) + [os.path.join(work, "stubs", "google")]

import grpc  # noqa: E402
import vectors  # noqa: E402
from google.protobuf import descriptor_pb2  # noqa: E402
from google.rpc import error_details_pb2, status_pb2  # noqa: E402
from goldeneagle.v1 import (  # noqa: E402
    adapter_service_pb2,
    adapter_service_pb2_grpc,
    audit_service_pb2,
    audit_service_pb2_grpc,
    directory_service_pb2,
    directory_service_pb2_grpc,
    envelope_pb2,
    order_pb2,
    order_service_pb2,
    order_service_pb2_grpc,
    reading_pb2,
    receipt_pb2,
    statement_pb2,
)
from grpc_tools_stubs.health.v1 import health_pb2, health_pb2_grpc  # noqa: E402
from grpc_tools_stubs.reflection.v1alpha import reflection_pb2, reflection_pb2_grpc  # noqa: E402

PAYLOAD_TYPE = "application/vnd.goldeneagle.batch.v1+protobuf"
AGENCY = "9900001"
LIMIT = 10  # seconds, of every call

passed = failed = 0


def check(promise, holds, otherwise=""):
    global passed, failed
    if holds:
        passed += 1
        print("ok      ", promise)
    else:
        failed += 1
        print("FAILED  ", promise, otherwise)


def read(*path):
    with open(os.path.join(world, *path), "rb") as file:
        return file.read()


def write(name, content):
    path = os.path.join(work, name)
    with open(path, "wb") as file:
        file.write(content)
    return path


def openssl(*arguments, **keywords):
    return subprocess.run(["openssl", *arguments], capture_output=True, check=False, **keywords)


# --- the formats, written down once more from their descriptions


def leaf_hash(member):
    return hashlib.sha256(b"\x00" + member).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves):
    """RFC 6962 over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def root_by_path(leaf, index, size, path):
    """RFC 9162, 2.1.3.2."""
    if index >= size:
        return None
    fn, sn, node = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return None
        if fn % 2 == 1 or fn == sn:
            node = node_hash(sibling, node)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    return node if sn == 0 else None


def pae(body):
    """DSSE's pre-authentication encoding, made by the shell's printf."""
    payload = write("payload", body)
    command = "printf 'DSSEv1 %d %s %d ' {} '{}' {}; cat '{}'".format(len(PAYLOAD_TYPE), PAYLOAD_TYPE, len(body), payload)
    return write("pae", subprocess.run(["sh", "-c", command], capture_output=True, check=True).stdout)


def public_pem(raw):
    """An Ed25519 SubjectPublicKeyInfo: twelve fixed bytes, then the key."""
    der = bytes.fromhex("302a300506032b6570032100") + raw
    return write("public.pem", b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(der) + b"\n-----END PUBLIC KEY-----\n")


def verifies(raw_key, message_path, signature):
    answer = openssl("pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", public_pem(raw_key), "-sigfile", write("signature", signature), "-in", message_path)
    return answer.returncode == 0 and b"Signature Verified Successfully" in answer.stdout


def sign(key_file, message_path):
    answer = openssl("pkeyutl", "-sign", "-rawin", "-inkey", os.path.join(world, "keys", key_file), "-in", message_path)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def read_checkpoint(note):
    """(origin, size, root, openssl's verdict) of a signed note, by the key that keys/log.pub pins."""
    text, signatures = note.split("\n\n")
    text += "\n"
    origin, size, root = text.splitlines()
    name, _, key = read("keys", "log.pub").decode().strip().split("+", 2)
    line = next(line for line in signatures.splitlines() if line.startswith("— " + name + " "))
    signature = base64.b64decode(line.rsplit(" ", 1)[1])
    good = verifies(base64.b64decode(key)[1:], write("note", text.encode()), signature[4:])
    return origin, int(size), base64.b64decode(root), good


# --- calls


def connect(name, address):
    credentials = grpc.ssl_channel_credentials(read("tls", "authority.pem"), read("tls", name + ".key"), read("tls", name + ".pem"))
    return grpc.secure_channel(address, credentials, options=[("grpc.ssl_target_name_override", "localhost"), ("grpc.enable_http_proxy", 0)])


def failure(call):
    """(code, ErrorInfo, field violations, RetryInfo's seconds) of a call that must fail."""
    try:
        call()
    except grpc.RpcError as error:
        raw = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
        details = status_pb2.Status.FromString(raw)
        info, violations, retry = error_details_pb2.ErrorInfo(), [], None
        for detail in details.details:
            if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
                detail.Unpack(info)
            elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
                bad = error_details_pb2.BadRequest()
                detail.Unpack(bad)
                violations = list(bad.field_violations)
            elif detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
                wait = error_details_pb2.RetryInfo()
                detail.Unpack(wait)
                retry = wait.retry_delay.ToTimedelta().total_seconds()
        assert not raw or details.code == error.code().value[0], "the details name another code than the status"
        return error.code(), info, violations, retry
    return None, error_details_pb2.ErrorInfo(), [], None


def try_reflection(channel):
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    request = reflection_pb2.ServerReflectionRequest
    answers = list(
        stub.ServerReflectionInfo(
            iter([request(list_services=""), request(file_containing_symbol="goldeneagle.v1.OrderService")]), timeout=LIMIT
        )
    )
    names = {service.name for service in answers[0].list_services_response.service}
    wanted = {"goldeneagle.v1." + name for name in ("OrderService", "CaseService", "AdapterService", "DirectoryService", "AuditService")}
    check("reflection lists the contract's services and health", wanted | {"grpc.health.v1.Health"} <= names, names)
    methods = set()
    for raw in answers[1].file_descriptor_response.file_descriptor_proto:
        for service in descriptor_pb2.FileDescriptorProto.FromString(raw).service:
            methods |= {method.name for method in service.method}
    check("reflection describes OrderService", {"SubmitOrders", "WatchOrders"} <= methods, methods)


def try_court(orders, batch):
    """Submits the batch that the officers signed; gives the order and its acceptance."""
    answer = orders.SubmitOrders(batch, timeout=LIMIT)
    acceptance = answer.results[0].acceptance
    order = order_pb2.Order.FromString(batch.batch.members[0])
    check("a signed batch is accepted", answer.results[0].HasField("acceptance") and list(acceptance.agencies) == [AGENCY], answer)

    origin, size, root, good = read_checkpoint(answer.checkpoint)
    check("openssl verifies the checkpoint's signature", good and origin == "eagle.bench/log", answer.checkpoint)
    proof = acceptance.proof
    by_path = root_by_path(leaf_hash(acceptance.leaf), proof.index, proof.size, list(proof.hashes))
    check("the acceptance's leaf lies in the log", proof.size == size and by_path == root and proof.index == acceptance.order_seq)
    check("the leaf names the digest of the order that was sent", leaf_hash(batch.batch.members[0]) in acceptance.leaf)

    again = orders.SubmitOrders(batch, timeout=LIMIT).results[0].acceptance
    check("a repeated batch gets the same facts", again.order_seq == acceptance.order_seq and again.deadline == acceptance.deadline)

    spoilt = order_service_pb2.SubmitOrdersRequest.FromString(batch.SerializeToString())
    spoilt.batch.members[0] = spoilt.batch.members[0][:-1] + b"\x00"
    code, info, violations, _ = failure(lambda: orders.SubmitOrders(spoilt, timeout=LIMIT))
    check(
        "a member that isn't the signed one is refused, and the details say why",
        code == grpc.StatusCode.INVALID_ARGUMENT and info.reason == "MEMBER_NOT_IN_ROOT" and info.domain == "goldeneagle.v1",
        (code, info),
    )
    spoilt = order_service_pb2.SubmitOrdersRequest.FromString(batch.SerializeToString())
    spoilt.batch.head.signatures[0].sig = bytes(64)
    code, info, _, _ = failure(lambda: orders.SubmitOrders(spoilt, timeout=LIMIT))
    check("a wrong signature is refused", code == grpc.StatusCode.PERMISSION_DENIED and info.reason == "SIGNATURE_INVALID", (code, info))
    code, info, violations, _ = failure(lambda: orders.WithdrawOrder(order_service_pb2.WithdrawOrderRequest(), timeout=LIMIT))
    check(
        "missing fields come as BadRequest with their paths",
        code == grpc.StatusCode.INVALID_ARGUMENT and info.reason == "FIELD_INVALID" and "request_id" in {violation.field for violation in violations},
        (code, info, violations),
    )
    code, info, _, _ = failure(lambda: orders.ListFindings(order_service_pb2.ListFindingsRequest(order_id=order.order_id), timeout=LIMIT))
    check("nobody reads without an officer's ticket", code == grpc.StatusCode.PERMISSION_DENIED and info.reason == "TICKET_MISSING", (code, info))
    code, info, _, _ = failure(lambda: orders.GetOrder(order_service_pb2.GetOrderRequest(order_id=bytes(16))))
    check("a call without a deadline is refused", code == grpc.StatusCode.INVALID_ARGUMENT and info.reason == "DEADLINE_MISSING", (code, info))
    return order, acceptance


def officers_key(court_channel):
    """The handler's key, out of the directory."""
    directory = directory_service_pb2_grpc.DirectoryServiceStub(court_channel)
    page = directory.ListStatements(directory_service_pb2.ListStatementsRequest(page_size=256), timeout=LIMIT)
    for change in page.statements:
        statement = statement_pb2.Statement.FromString(change.statement.member)
        if statement.subject.endswith("/officer/handler"):
            return statement.key
    return bytes(32)


def try_agency(adapter, order, handler_key):
    """Polls, verifies, answers; gives the receipt's bytes."""
    hello = adapter_service_pb2.HelloRequest(
        contract_versions=[1], adapter="org.example.stranger", version="1", instance="stranger-1", inbox=b"stranger-inbox-1", most_in_flight=10
    )
    hello.capabilities.add(asset_kind="DEPOSIT", action=order_pb2.ACTION_INQUIRE, currencies=["CNY"])
    code, info, _, _ = failure(
        lambda: adapter.PullTasks(adapter_service_pb2.PullTasksRequest(instance="stranger-1", most_tasks=10, wait_seconds=1), timeout=LIMIT)
    )
    check("an instance that hasn't said Hello is told so", code == grpc.StatusCode.FAILED_PRECONDITION and info.reason == "HELLO_FIRST", (code, info))
    answer = adapter.Hello(hello, timeout=LIMIT)
    check("Hello tells the agency who it is", answer.agency == AGENCY and answer.contract_version == 1 and len(answer.effective) == 1, answer)

    poll = adapter.PullTasks(adapter_service_pb2.PullTasksRequest(instance="stranger-1", most_tasks=10, wait_seconds=10), timeout=30)
    check("the poll brings the order", len(poll.tasks) == 1 and poll.tasks[0].member == order.SerializeToString(), poll)
    task = poll.tasks[0]
    head = poll.heads[task.head]
    signed = envelope_pb2.Head.FromString(head.payload)
    check("the order lies under the head's root", root_by_path(leaf_hash(task.member), task.index, signed.count, list(task.path)) == signed.root)
    message = pae(head.payload)
    check("openssl verifies the officer's signature on the head", verifies(handler_key, message, head.signatures[0].sig))
    write("pae", open(message, "rb").read()[:-1] + b"\x00")
    check("openssl refuses it on any other head", not verifies(handler_key, message, head.signatures[0].sig))

    receipt = receipt_pb2.Receipt(
        order_digest=leaf_hash(task.member), order_id=order.order_id, agency=AGENCY, sequence=1, kind=receipt_pb2.RECEIPT_KIND_FINAL, searched_scope="deposits"
    )
    receipt.arrived_at.GetCurrentTime()
    receipt.answered_at.GetCurrentTime()
    receipt.items.add(outcome=receipt_pb2.OUTCOME_NIL)
    member = receipt.SerializeToString()
    own = envelope_pb2.Head(
        member_type=envelope_pb2.MEMBER_TYPE_RECEIPT, environment=envelope_pb2.ENVIRONMENT_TEST, signer=AGENCY, sequence=1, count=1, root=root_of([leaf_hash(member)])
    )
    own.signed_at.GetCurrentTime()
    payload = own.SerializeToString()
    batch = envelope_pb2.SignedBatch(members=[member])
    batch.head.payload, batch.head.payload_type = payload, PAYLOAD_TYPE
    batch.head.signatures.add(sig=sign("agency-" + AGENCY + ".pem", pae(payload)))
    report = adapter_service_pb2.ReportResultsRequest(instance="stranger-1", batch=batch)
    verdict = adapter.ReportResults(report, timeout=LIMIT).results[0].verdict
    check("a receipt signed by openssl is recorded", verdict == adapter_service_pb2.RECEIPT_VERDICT_RECORDED, verdict)
    verdict = adapter.ReportResults(report, timeout=LIMIT).results[0].verdict
    check("the same receipt again is a duplicate", verdict == adapter_service_pb2.RECEIPT_VERDICT_DUPLICATE, verdict)
    return member


def ticket_for(order, certificate):
    """The handler's ticket for the order's case, over the connection with this certificate: an officer signs what he will read."""
    der = openssl("x509", "-in", os.path.join(world, "tls", certificate + ".pem"), "-outform", "DER").stdout
    ticket = reading_pb2.OfficerTicket(
        officer="court/" + order.court + "/officer/handler",
        court=order.court,
        case_number=order.case_number,
        purpose="EXECUTION",
        certificate_sha256=hashlib.sha256(der).digest(),
    )
    ticket.issued_at.GetCurrentTime()
    ticket.expires_at.FromSeconds(ticket.issued_at.seconds + 300)
    member = ticket.SerializeToString()
    head = envelope_pb2.Head(
        member_type=envelope_pb2.MEMBER_TYPE_TICKET,
        environment=envelope_pb2.ENVIRONMENT_TEST,
        signer=order.court,
        sequence=ticket.issued_at.seconds,
        count=1,
        root=root_of([leaf_hash(member)]),
    )
    head.signed_at.CopyFrom(ticket.issued_at)
    out = envelope_pb2.SignedMember(member=member)
    out.head.payload, out.head.payload_type = head.SerializeToString(), PAYLOAD_TYPE
    out.head.signatures.add(sig=sign("handler.pem", pae(out.head.payload)))
    return out


def try_answers(orders, order, member):
    view = orders.GetOrder(order_service_pb2.GetOrderRequest(order_id=order.order_id), timeout=LIMIT).order
    check("the order is complete", view.state == order_service_pb2.ORDER_STATE_COMPLETED, view)
    request = order_service_pb2.ListFindingsRequest(order_id=order.order_id, page_size=10, officer_ticket=ticket_for(order, "auditor"))
    code, info, _, _ = failure(lambda: orders.ListFindings(request, timeout=LIMIT))
    check("a ticket for another connection is refused", code == grpc.StatusCode.PERMISSION_DENIED and info.reason == "TICKET_MISMATCH", (code, info))
    request.officer_ticket.CopyFrom(ticket_for(order, "court"))
    findings = orders.ListFindings(request, timeout=LIMIT)
    check("the court reads the very receipt that the agency signed", len(findings.findings) == 1 and findings.findings[0].receipt.member == member, findings)


def try_audit(channel):
    audit = audit_service_pb2_grpc.AuditServiceStub(channel)
    _, size, root, good = read_checkpoint(audit.GetCheckpoint(audit_service_pb2.GetCheckpointRequest(), timeout=LIMIT).checkpoint)
    leaves = []
    while len(leaves) < size:
        page = audit.ListEntries(audit_service_pb2.ListEntriesRequest(first=len(leaves), limit=256), timeout=LIMIT)
        leaves += [leaf_hash(entry.leaf) for entry in page.entries]
        if not page.entries:
            break
    check("all leaves hash to the signed root", good and len(leaves) >= size and root_of(leaves[:size]) == root)
    code, info, _, _ = failure(lambda: order_service_pb2_grpc.OrderServiceStub(channel).GetOrder(order_service_pb2.GetOrderRequest(), timeout=LIMIT))
    check("an auditor may not read orders", code == grpc.StatusCode.PERMISSION_DENIED, (code, info))


def main():
    vectors.try_vectors(sys.modules[__name__], os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../proto/vectors"))
    ports = os.path.join(world, "ports.json")
    if os.path.exists(ports):
        os.remove(ports)
    log = open(os.path.join(work, "gateway.log"), "wb")
    gateway = subprocess.Popen([gateway_program, "--config", os.path.join(world, "gateway.toml"), "--port-file", ports], stdout=log, stderr=log)
    try:
        until = time.monotonic() + 20
        while not os.path.exists(ports) and gateway.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        with open(ports, encoding="utf-8") as file:
            address = json.load(file)["api"]
        court, agency, auditor = connect("court", address), connect("agency-" + AGENCY, address), connect("auditor", address)
        try_reflection(court)
        health = health_pb2_grpc.HealthStub(court).Check(health_pb2.HealthCheckRequest(), timeout=LIMIT)
        check("health says that it serves", health.status == health_pb2.HealthCheckResponse.SERVING, health)
        orders = order_service_pb2_grpc.OrderServiceStub(court)
        watch = orders.WatchOrders(order_service_pb2.WatchOrdersRequest())
        first = next(watch)
        check("a watch begins with a token", first.resume_token != "")
        order, _ = try_court(orders, order_service_pb2.SubmitOrdersRequest.FromString(read("batch.bin")))
        member = try_agency(adapter_service_pb2_grpc.AdapterServiceStub(agency), order, officers_key(court))
        try_answers(orders, order, member)
        try_audit(auditor)

        types = []
        for page in watch:
            types += [event.type for event in page.events if event.order_id == order.order_id]
            if "TASK_ANSWERED" in types:
                break
        check("the watch tells the order's life in order", types == ["ORDER_ACCEPTED", "DELIVERED", "TASK_ANSWERED"], types)
        gateway.send_signal(signal.SIGTERM)
        code, info, _, retry = failure(lambda: list(watch))
        check(
            "a watch ends with DRAINING and says when to come back",
            code == grpc.StatusCode.UNAVAILABLE and info.reason == "DRAINING" and retry is not None and retry > 0,
            (code, info, retry),
        )
        check("the gateway ends well", gateway.wait(timeout=20) == 0, gateway.returncode)
    finally:
        if gateway.poll() is None:
            gateway.kill()
            gateway.wait()
    print("{} passed, {} failed, 0 skipped".format(passed, failed))
    return 1 if failed else 0


sys.exit(main())

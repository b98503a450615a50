#!/usr/bin/env python3
"""A small bank's own HTTP server, as an agency might have: HTTPS with client certificates, JSON, a register in SQLite.

bank_server.py --folder F --certificate PEM --key PEM --clients PEM [--data seed.json] [--port N]

It knows nothing of the gateway; adapters/rest/data/sample/bank.rest.toml is how eagle-rest speaks to it. Standard library only. Says
"ready PORT" on standard output. Under /test/ tests set faults, put money on accounts and read what was done.

Accounts, freezes (one limit over all accounts of a person, in order), waitlist, renewals, releases, deductions. What was asked under one
operation is done once; the answer is stored in the transaction of its effect and given again.
"""
import argparse
import ctypes
import datetime
import json
import os
import signal
import sqlite3
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlparse

SCHEMA = """
CREATE TABLE customers (number TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL) STRICT;
CREATE TABLE accounts (account TEXT PRIMARY KEY, place INTEGER NOT NULL, customer TEXT NOT NULL, branch TEXT NOT NULL, fen INTEGER NOT NULL CHECK (fen >= 0),
  exempt INTEGER NOT NULL) STRICT;
CREATE TABLE measures (reference TEXT PRIMARY KEY, operation TEXT NOT NULL UNIQUE, place INTEGER NOT NULL, customer TEXT NOT NULL, authority TEXT NOT NULL,
  document TEXT NOT NULL, limit_fen INTEGER NOT NULL, inflow INTEGER NOT NULL, first_day TEXT, last_day TEXT, months INTEGER NOT NULL,
  waits INTEGER NOT NULL, ended INTEGER NOT NULL, revision INTEGER NOT NULL) STRICT;
CREATE TABLE shares (reference TEXT NOT NULL, account TEXT NOT NULL, place INTEGER NOT NULL, fen INTEGER NOT NULL CHECK (fen >= 0), PRIMARY KEY (reference, account)) STRICT;
CREATE TABLE operations (operation TEXT PRIMARY KEY, kind TEXT NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL) STRICT;
CREATE TABLE bookings (booking TEXT PRIMARY KEY, operation TEXT NOT NULL UNIQUE, account TEXT NOT NULL, to_account TEXT NOT NULL, fen INTEGER NOT NULL) STRICT;
CREATE TABLE changes (number INTEGER PRIMARY KEY, change TEXT NOT NULL) STRICT;
CREATE TABLE posts (number INTEGER PRIMARY KEY, path TEXT NOT NULL, key TEXT NOT NULL) STRICT;
"""


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


def folded(name):
    """Middle dots as people type them are one."""
    return name.translate({ord(dot): "·" for dot in "•・‧∙⋅．."})


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def fen_of(text):
    whole, point, decimals = str(text).partition(".")
    if not whole.isdigit() or (point and (len(decimals) != 2 or not decimals.isdigit())):
        raise ValueError(f"no amount: {text}")
    return int(whole) * 100 + int(decimals or 0)


def last_day(first, months):
    month = first.month - 1 + months
    year, month = first.year + month // 12, month % 12 + 1
    try:
        return first.replace(year=year, month=month) - datetime.timedelta(days=1)
    except ValueError:  # there is no such day: the last one of that month
        return (first.replace(year=year, month=month, day=1) + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)


class Bank:
    """The register. Every public method is one transaction."""

    def __init__(self, path, data):
        fresh = not os.path.exists(path)
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.lock = threading.Lock()
        self.working = set()  # operations that have begun and are not committed
        if fresh:
            self.db.executescript(SCHEMA)
            with self.transaction():
                for customer in data["customers"]:
                    self.db.execute("INSERT INTO customers VALUES (?, ?, ?)", (customer["number"], customer["kind"], customer["name"]))
                for place, account in enumerate(data["accounts"]):
                    self.db.execute("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?)",
                                    (account["account"], place, account["customer"], account["branch"], fen_of(account["balance"]), int(account.get("exempt", False))))
                for measure in data.get("measures", []):
                    self.place(measure["operation"], measure["customer"], measure["authority"], measure["document"], fen_of(measure["limit"]), True, 12, "2025-10-15", measure["accounts"])

    class _Transaction:
        def __init__(self, bank):
            self.bank = bank

        def __enter__(self):
            self.bank.lock.acquire()
            self.bank.db.execute("BEGIN IMMEDIATE")

        def __exit__(self, kind, error, trace):
            self.bank.db.execute("ROLLBACK" if kind else "COMMIT")
            self.bank.lock.release()

    def transaction(self):
        return Bank._Transaction(self)

    def rows(self, sql, *values):
        return self.db.execute(sql, values).fetchall()

    def one(self, sql, *values):
        return self.db.execute(sql, values).fetchone()

    # --- measures

    def held(self, account):
        return self.one("SELECT coalesce(sum(fen), 0) AS fen FROM shares WHERE account = ?", account)["fen"]

    def free(self, account):
        return self.one("SELECT fen FROM accounts WHERE account = ?", account)["fen"] - self.held(account)

    def measure(self, reference):
        return self.one("SELECT * FROM measures WHERE reference = ?", reference)

    def shares(self, reference):
        return self.rows("SELECT * FROM shares WHERE reference = ? ORDER BY place", reference)

    def controlled(self, reference):
        return sum(row["fen"] for row in self.shares(reference))

    def before(self, row):
        """Earlier measures that stand on one of its accounts."""
        return self.rows("SELECT DISTINCT m.* FROM measures m JOIN shares s USING (reference) WHERE m.place < ? AND NOT m.ended AND s.account IN"
                         " (SELECT account FROM shares WHERE reference = ?) ORDER BY m.place", row["place"], row["reference"])

    def fill(self, row):
        """Takes what is free, account by account; what it took."""
        taken = 0
        for share in self.shares(row["reference"]):
            wanted = row["limit_fen"] - self.controlled(row["reference"])
            more = max(0, min(wanted, self.free(share["account"])))
            self.db.execute("UPDATE shares SET fen = fen + ? WHERE reference = ? AND account = ?", (more, row["reference"], share["account"]))
            taken += more
        return taken

    def place(self, operation, customer, authority, document, limit, inflow, months, first, accounts):
        place = self.one("SELECT coalesce(max(place), 0) + 1 AS place FROM measures")["place"]
        reference = f"DJ{place:010d}"
        last = last_day(datetime.date.fromisoformat(first), months).isoformat()
        self.db.execute("INSERT INTO measures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 1)",
                        (reference, operation, place, customer, authority, document, limit, int(inflow), first, last, months))
        for number, account in enumerate(accounts):
            self.db.execute("INSERT INTO shares VALUES (?, ?, ?, 0)", (reference, account, number))
        row = self.measure(reference)
        if self.fill(row) == 0 and self.before(row):
            self.db.execute("UPDATE measures SET waits = 1, first_day = NULL, last_day = NULL WHERE reference = ?", (reference,))
        return reference

    def refill(self, today, only_inflow=False):
        """Money became free: the measures in their order take it, and the outbox tells."""
        for row in self.rows("SELECT * FROM measures WHERE NOT ended ORDER BY place"):
            if only_inflow and not row["inflow"]:
                continue
            if self.fill(row) == 0:
                continue
            if row["waits"]:
                first = datetime.date.fromisoformat(today)
                self.db.execute("UPDATE measures SET waits = 0, first_day = ?, last_day = ? WHERE reference = ?",
                                (today, last_day(first, row["months"]).isoformat(), row["reference"]))
            self.touch(row["reference"])
            self.tell("PROMOTED" if row["waits"] else "INFLOW", row["reference"], today)

    def touch(self, reference):
        self.db.execute("UPDATE measures SET revision = revision + 1 WHERE reference = ?", (reference,))

    def tell(self, kind, reference, today):
        number = self.one("SELECT coalesce(max(number), 0) + 1 AS number FROM changes")["number"]
        change = dict(self.state(reference), xh=number, lx=kind, bdhm=self.measure(reference)["operation"], sj=today + "T12:00:00+08:00")
        self.db.execute("INSERT INTO changes VALUES (?, ?)", (number, json.dumps(change, ensure_ascii=False)))

    def state(self, reference):
        """Where a measure stands, in this bank's words."""
        row = self.measure(reference)
        controlled = self.controlled(reference)
        unfunded = 0 if row["ended"] else row["limit_fen"] - controlled
        out = {"djbh": reference, "djxe": yuan(row["limit_fen"]), "skje": yuan(controlled), "ceskje": yuan(unfunded), "sw": len(self.before(row)) + 1,
               "zzbz": bool(row["ended"]), "bb": row["revision"], "mx": [], "zqdj": []}
        if row["first_day"]:
            out.update(ksrq=row["first_day"].replace("-", ""), jsrq=row["last_day"].replace("-", ""))
        for number, share in enumerate(self.shares(reference)):
            out["mx"].append({"zh": share["account"], "skje": yuan(share["fen"]), "ceskje": yuan(unfunded if number == 0 else 0)})
        for prior in self.before(row):
            out["zqdj"].append(self.prior(prior))
        return out

    def prior(self, row):
        return {"jg": row["authority"], "wh": row["document"], "je": yuan(row["limit_fen"]), "jzrq": (row["last_day"] or "").replace("-", "") or None}

    # --- who is meant

    def customer(self, request):
        number = request["zjhm"]
        found = self.one("SELECT * FROM customers WHERE number IN (?, ?)", number, number[:6] + number[8:17] if len(number) == 18 else number)
        if found is None or found["kind"] != request["zjlx"]:
            return None, {"code": "1001", "msg": "无此客户"}
        if folded(found["name"]) != folded(request["xm"]):
            return None, {"code": "1002", "msg": "证件号码与户名不符"}
        return found, None

    # --- what may be asked

    def inquiries(self, request):
        customer, refused = self.customer(request)
        out = {"list": [], "fw": "存款", "zjhm": request["zjhm"]}
        if refused:
            return dict(out, **refused)
        for account in self.rows("SELECT * FROM accounts WHERE customer = ? ORDER BY place", customer["number"]):
            held = self.held(account["account"])
            priors = self.rows("SELECT m.* FROM measures m JOIN shares s USING (reference) WHERE s.account = ? AND NOT m.ended ORDER BY m.place", account["account"])
            out["list"].append({"zh": account["account"], "hm": customer["name"], "bz": "156", "ye": yuan(account["fen"]), "kyye": yuan(account["fen"] - held),
                                "zt": "2" if priors else "1", "wd": account["branch"], "pp": "15" if len(customer["number"]) == 15 else "18",
                                "zqdj": [self.prior(row) for row in priors]})
        return dict(out, code="0000", msg="成功")

    def freezes(self, request):
        customer, refused = self.customer(request)
        if refused:
            return refused
        owned = {row["account"]: row["exempt"] for row in self.rows("SELECT account, exempt FROM accounts WHERE customer = ? ORDER BY place", customer["number"])}
        accounts = [account for account, exempt in owned.items() if not exempt]
        if "zh" in request:
            if request["zh"] not in owned:
                return {"code": "2003", "msg": "账户不存在"}
            if owned[request["zh"]]:
                return {"code": "2005", "msg": "专用账户不得冻结"}
            accounts = [request["zh"]]
        if not accounts:
            return {"code": "2003", "msg": "账户不存在"}
        reference = self.place(request["bdhm"], customer["number"], request["fydm"], request["ah"], fen_of(request["je"]), request["xrdj"] == "CAPTURE", request["qx"], request["ksrq"], accounts)
        waits = self.measure(reference)["waits"]
        out = dict(self.state(reference), code="0001" if waits else "0000", msg="轮候" if waits else "成功", bz="156", zjhm=request["zjhm"])
        if not waits:
            out["clsj"] = now()
        if "zh" in request:
            out["zh"] = request["zh"]
        return out

    def standing(self, request):
        row = self.one("SELECT * FROM measures WHERE reference = ?", request["djbh"])
        if row is None:
            return None, {"code": "3001", "msg": "无原冻结"}
        if row["ended"]:
            return None, {"code": "3002", "msg": "原冻结已失效"}
        return row, None

    def renewals(self, request):
        row, refused = self.standing(request)
        if refused:
            return refused
        if row["waits"]:
            return {"code": "3003", "msg": "轮候冻结不得续冻"}
        first = datetime.date.fromisoformat(row["last_day"]) + datetime.timedelta(days=1)
        self.db.execute("UPDATE measures SET last_day = ? WHERE reference = ?", (last_day(first, request["qx"]).isoformat(), row["reference"]))
        self.touch(row["reference"])
        return dict(self.state(row["reference"]), code="0000", msg="成功", clsj=now())

    def lower(self, row, amount, ends, today):
        """The limit shrinks, the unfunded part first; what is freed goes to those behind."""
        limit = 0 if ends else row["limit_fen"] - amount
        self.db.execute("UPDATE measures SET limit_fen = ?, ended = ? WHERE reference = ?", (row["limit_fen"] if ends else limit, int(ends), row["reference"]))
        surplus = self.controlled(row["reference"]) - limit
        for share in reversed(self.shares(row["reference"])):
            cut = max(0, min(surplus, share["fen"]))
            surplus -= cut
            self.db.execute("UPDATE shares SET fen = fen - ? WHERE reference = ? AND account = ?", (cut, row["reference"], share["account"]))
        self.touch(row["reference"])
        state = self.state(row["reference"])
        self.refill(today)
        return state

    def releases(self, request):
        row, refused = self.standing(request)
        if refused:
            return refused
        amount = 0 if request["qbbz"] else fen_of(request["je"])
        if amount >= row["limit_fen"]:
            return {"code": "3004", "msg": "金额超过冻结限额"}
        return dict(self.lower(row, amount, request["qbbz"], request["rq"]), code="0000", msg="成功", clsj=now())

    def deductions(self, request):
        row, refused = self.standing(request)
        if refused:
            return refused
        amount, controlled = fen_of(request["je"]), self.controlled(row["reference"])
        if request["bzbz"]:
            amount = min(amount, controlled)
        if amount == 0 or amount > controlled:
            return {"code": "4001", "msg": "实际控制金额不足"}
        left = amount
        for share in self.shares(row["reference"]):
            cut = min(left, share["fen"])
            left -= cut
            self.db.execute("UPDATE shares SET fen = fen - ? WHERE reference = ? AND account = ?", (cut, row["reference"], share["account"]))
            self.db.execute("UPDATE accounts SET fen = fen - ? WHERE account = ?", (cut, share["account"]))
        self.db.execute("UPDATE accounts SET fen = fen + ? WHERE account = ?", (amount, request["zxkzh"]))
        rest = row["limit_fen"] - amount
        self.db.execute("UPDATE measures SET limit_fen = ?, ended = ? WHERE reference = ?", (rest, int(rest == 0), row["reference"]))
        self.touch(row["reference"])
        booking = f"LS{self.one('SELECT count(*) + 1 AS n FROM bookings')['n']:08d}"
        self.db.execute("INSERT INTO bookings VALUES (?, ?, ?, ?, ?)", (booking, request["bdhm"], row["reference"], request["zxkzh"], amount))
        return dict(self.state(row["reference"]), code="0000", msg="成功", hkje=yuan(amount), lsh=booking, zxkzh=request["zxkzh"], bz="156", hksj=request["rq"] + "T12:00:00+08:00")

    CONTROLS = {"freezes": freezes, "renewals": renewals, "releases": releases, "deductions": deductions}

    def do(self, kind, request, bend):
        """Once: the same operation gets its first answer again. `bend` makes the answer what a faulty bank would have stored."""
        operation, text = request["bdhm"], json.dumps(request, sort_keys=True)
        with self.transaction():
            done = self.one("SELECT * FROM operations WHERE operation = ?", operation)
            if done is not None:
                return json.loads(done["answer"]) if done["request"] == text else {"code": "9001", "msg": "请求单号重复"}
            answer = bend(dict(Bank.CONTROLS[kind](self, request), bdhm=operation))
            self.db.execute("INSERT INTO operations VALUES (?, ?, ?, ?)", (operation, kind, text, json.dumps(answer, ensure_ascii=False)))
            return answer

    def look(self, request):
        with self.transaction():
            return dict(self.inquiries(request), bdhm=request["bdhm"])

    def find(self, operation):
        if operation in self.working:
            return {"zt": "WORKING", "bdhm": operation}
        with self.transaction():
            done = self.one("SELECT answer FROM operations WHERE operation = ?", operation)
        return {"zt": "DONE", "bdhm": operation, "jg": json.loads(done["answer"])} if done else None

    def changes_after(self, after, limit):
        with self.transaction():
            return [json.loads(row["change"]) for row in self.rows("SELECT change FROM changes WHERE number > ? ORDER BY number LIMIT ?", after, limit)]

    def positions(self):
        """Everything that stands, of one instant."""
        with self.transaction():
            rows = self.rows("SELECT reference, operation FROM measures WHERE NOT ended ORDER BY place")
            stands = [dict(self.state(row["reference"]), bdhm=row["operation"]) for row in rows]
            return dict(code="0000", msg="成功", sj=now(), list=stands) if stands else {"code": "1003", "msg": "无在执措施", "sj": now(), "list": []}

    # --- the tests' side

    def deposit(self, account, amount, today):
        with self.transaction():
            self.db.execute("UPDATE accounts SET fen = fen + ? WHERE account = ?", (fen_of(amount), account))
            self.refill(today, only_inflow=True)

    def release_prior(self, document, today):
        with self.transaction():
            row = self.one("SELECT * FROM measures WHERE document = ? AND NOT ended", document)
            self.lower(row, 0, True, today)

    def note_post(self, path, key):
        with self.transaction():
            self.db.execute("INSERT INTO posts (path, key) VALUES (?, ?)", (path, key))

    def done(self):
        with self.transaction():
            return {"operations": [dict(row) for row in self.rows("SELECT operation, kind FROM operations")],
                    "posts": [dict(row) for row in self.rows("SELECT path, key FROM posts ORDER BY number")],
                    "accounts": {row["account"]: {"balance": yuan(row["fen"]), "held": yuan(self.held(row["account"]))} for row in self.rows("SELECT * FROM accounts")},
                    "bookings": [dict(row) for row in self.rows("SELECT booking, operation, fen FROM bookings")]}


def bent(fault, answer):
    """What a bank with this fault would answer, though the effect is what it is."""
    if fault == "unknown_code":
        return dict(answer, code="7777", msg="系统提示")
    if fault == "too_much" and "skje" in answer:
        return dict(answer, skje="99999999.00", ceskje="0.00")
    if fault == "other_account":
        return dict(answer, zh="9900020000000009999", mx=[dict(share, zh="9900020000000009999") for share in answer.get("mx", [])], zxkzh="9900020000000009999")
    if fault == "other_operation":
        return dict(answer, bdhm="01990000-0000-7000-8000-000000000000/9900020/0")
    if fault == "inexact" and "skje" in answer:
        return dict(answer, skje="15000.005")
    if fault == "missing_field":
        return {name: value for name, value in answer.items() if name != "djbh"}
    return answer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    bank, faults, gate = None, [], threading.Event()

    def log_message(self, *words):
        pass

    def say(self, status, body):
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if status == 302:
            self.send_header("Location", f"https://127.0.0.1:{self.server.server_port}/api/v2/judicial/elsewhere")
        self.end_headers()
        self.wfile.write(content)

    def request_body(self):
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")

    def fault_for(self, path):
        """Each stands for one request, in order; {"at": part of the path, "fault": which}."""
        for fault in Handler.faults:
            if fault["at"] in path:
                if not fault.get("stays"):
                    Handler.faults.remove(fault)
                return fault["fault"]
        return None

    def finish(self, fault, status, body):
        if fault == "lost_reply":
            self.close_connection = True
            return self.connection.close()  # done, and nobody hears of it
        if fault == "slow":
            Handler.gate.wait(60)
        if fault == "status_500":
            return self.say(500, {"code": "0000", "msg": "成功", "list": []})
        if fault == "redirect":
            return self.say(302, b"")
        if fault == "broken_json":
            return self.say(200, json.dumps(body, ensure_ascii=False).encode()[:-9])
        if fault == "large":
            return self.say(200, b" " * (2 << 20))
        if fault == "empty":
            return self.say(200, b"")
        self.say(status, body)

    def do_POST(self):
        path = urlparse(self.path).path
        if path.startswith("/test/"):
            return self.on_test(path[6:], self.request_body())
        request, kind = self.request_body(), path.rpartition("/")[2]
        Handler.bank.note_post(path, self.headers.get("Idempotency-Key", ""))
        if request.get("bdhm") != self.headers.get("Idempotency-Key"):
            return self.say(400, {"code": "9002", "msg": "请求单号不一致"})
        fault = self.fault_for(path)
        if fault == "refuse_500":  # before anything is done
            return self.say(500, {})
        if kind == "inquiries":
            return self.finish(fault, 200, bent(fault, Handler.bank.look(request)))
        if kind not in Bank.CONTROLS:
            return self.say(404, {"code": "9404", "msg": "not found"})
        if fault == "busy":
            return self.say(200, {"code": "9003", "msg": "系统忙, 未处理", "bdhm": request["bdhm"]})
        Handler.bank.working.add(request["bdhm"])
        if fault == "at_work":
            Handler.gate.wait(60)
        try:
            answer = Handler.bank.do(kind, request, lambda answer: bent(fault, answer))
        finally:
            Handler.bank.working.discard(request["bdhm"])
        self.finish(fault, 200, answer)

    def do_GET(self):
        parts = urlparse(self.path)
        query = parse_qs(parts.query)
        if parts.path == "/test/done":
            return self.say(200, Handler.bank.done())
        fault = self.fault_for(parts.path)
        if parts.path == "/api/v2/judicial/changes":
            return self.finish(fault, 200, {"code": "0000", "list": Handler.bank.changes_after(int(query["after"][0]), int(query["limit"][0]))})
        if parts.path == "/api/v2/judicial/positions":
            return self.finish(fault, 200, Handler.bank.positions())
        head, _, operation = parts.path.rpartition("/")
        if head != "/api/v2/judicial/operations":
            return self.say(404, {"code": "9404", "msg": "not found"})
        found = None if fault == "forgets" else Handler.bank.find(unquote(operation))
        if found is None:
            return self.finish(fault, 404, {"zt": "NOT_FOUND"})
        self.finish(fault, 200, found)

    def on_test(self, what, request):
        if what == "fault":
            Handler.faults.append(request)
        elif what == "heal":
            Handler.faults.clear()
            Handler.gate.set()
        elif what == "deposit":
            Handler.bank.deposit(request["account"], request["amount"], request["today"])
        elif what == "release":
            Handler.bank.release_prior(request["document"], request["today"])
        self.say(200, {})


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass  # a client without a certificate, or one that was killed


def main():
    parser = argparse.ArgumentParser()
    for name in ("folder", "certificate", "key", "clients"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--data", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "bank_data.json"))
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    # Ends with whoever started it, however that one ends.
    starter = os.getppid()
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != starter:
        return
    with open(options.data, encoding="utf-8") as file:
        Handler.bank = Bank(os.path.join(options.folder, "bank.db"), json.load(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(options.certificate, options.key)
    context.load_verify_locations(options.clients)
    context.verify_mode = ssl.CERT_REQUIRED
    server = Server(("127.0.0.1", options.port), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(f"ready {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())

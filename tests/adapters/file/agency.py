#!/usr/bin/env python3
"""An agency's own batch system on a small register, written from adapters/file/README.md alone; shares no code with the product.

agency.py TO_AGENCY TO_GATEWAY STATE.json CODE [--encoding GB18030] [--once]

STATE.json holds the register ("accounts": number, name, id_number, balance in fen) and what was done. It is replaced by rename after every batch, with
the bytes of the answer in it, so that a death at any point answers once. Today is the day on which a request batch was made.
"""
import argparse
import datetime
import hashlib
import json
import os
import re
import sys
import time
import xml.etree.ElementTree as ET
from xml.sax.saxutils import quoteattr

DECLARATION = re.compile(r"^<\?xml[^>]*\?>")


def money(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def fen(text):
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def folded(name):
    """Middle dots as people type them are one."""
    return name.translate({ord(dot): "·" for dot in "•・‧∙⋅．."})


def element(name, fields, rows=()):
    head = name + "".join(f" {key}={quoteattr(str(value))}" for key, value in fields.items() if value != "")
    return f"<{head}/>\n" if not rows else f"<{head}>\n{''.join(rows)}</{name}>\n"


class Agency:
    def __init__(self, arguments):
        self.inbox, self.outbox, self.path, self.code, self.encoding = (arguments.to_agency, arguments.to_gateway, arguments.state, arguments.code, arguments.encoding)
        with open(self.path) as file:
            self.state = json.load(file)
        for key, value in (("next", {"CXFK": 1, "KZFK": 1, "DZFK": 1}), ("taken", {}), ("out", {}), ("freezes", {}), ("refused", {}), ("skip", {}), ("journal", 1)):
            self.state.setdefault(key, value)

    # --- files

    def save(self):
        part = self.path + ".part"
        with open(part, "w") as file:
            json.dump(self.state, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        os.rename(part, self.path)

    def place(self, name, data):
        part = os.path.join(self.outbox, "." + name + ".part")
        with open(part, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(part, os.path.join(self.outbox, name))

    def read(self, name):
        with open(os.path.join(self.inbox, name), "rb") as file:
            return file.read()

    def parse(self, data):
        return ET.fromstring(DECLARATION.sub("", data.decode(self.encoding)))

    def names(self, folder, types, ending):
        return sorted(name[:-len(ending)] for name in os.listdir(folder) if name[:4] in types and name.endswith(ending) and len(name) == 51 + len(ending))

    # --- one round

    def round(self):
        with open(self.path) as file:
            asked = json.load(file).get("skip_next")  # the test's way to lose a batch on the way
        if asked:
            self.state["skip"], self.state["skip_next"] = {asked: True}, None
            self.save()
        if os.path.exists(self.path + ".deposit"):  # the test's way to let money come in while it runs
            with open(self.path + ".deposit") as file:
                self.deposit(*json.load(file))
            os.remove(self.path + ".deposit")
            self.save()
        if os.path.exists(self.path + ".state"):  # the end of a day: [day, instant] in a file
            with open(self.path + ".state") as file:
                self.state_day(*json.load(file))
            os.remove(self.path + ".state")
            self.save()
        if self.state.get("deposit"):
            self.deposit(*self.state.pop("deposit"))
            self.save()
        for name in self.names(self.inbox, ("CXQQ", "KZQQ"), ".manifest"):
            self.take(name)
        for name in self.names(self.inbox, ("CXHZ", "KZHZ", "DZHZ"), ".xml"):
            self.take_receipt(name)
        for name in self.names(self.outbox, ("CXHZ", "KZHZ"), ".xml"):
            asked = name[:2] + "QQ" + name[4:]
            if not os.path.exists(os.path.join(self.inbox, asked + ".manifest")):
                os.remove(os.path.join(self.outbox, name + ".xml"))
        for name, files in self.state["out"].items():
            if not os.path.exists(os.path.join(self.outbox, name + ".manifest")):
                self.place(name + ".xml", files["file"].encode(self.encoding))
                self.place(name + ".manifest", files["manifest"].encode("ascii"))

    def take(self, name):
        manifest = self.read(name + ".manifest")
        digest = hashlib.sha256(manifest).hexdigest()
        if name not in self.state["taken"]:
            told = ET.fromstring(manifest)
            data = self.read(name + ".xml")
            assert told.get("PCMC") == name and told.get("BM") == self.encoding, "the manifest names its batch"
            file = told.find("WJ")
            assert len(data) == int(file.get("ZJS")) and hashlib.sha256(data).hexdigest() == file.get("SHA256"), "the file is the one of the manifest"
            root = self.parse(data)
            assert len(root) == int(told.get("TS")), "the count is right"
            amounts = {}
            for item in root.iter("KZZH"):
                if item.get("JE"):
                    amounts.setdefault(item.get("BZ"), []).append(fen(item.get("JE")))
            assert {row.get("BZ"): (int(row.get("TS")), row.get("JE")) for row in told.findall("HJ")} == {k: (len(v), money(sum(v))) for k, v in amounts.items()}, "the totals are right"
            self.today = datetime.date.fromisoformat(root.get("SCSJ")[:10])
            self.now = root.get("SCSJ")
            answers = [self.inquire(row) if name.startswith("CX") else self.control(row) for row in root]
            self.state["taken"][name] = digest
            self.put_out(name[:2] + "FK", answers)
            self.save()
        receipt = element(name[:2] + "HZ", {"BB": 1, "PCMC": name, "QDZY": digest, "RESULT": 1})
        place = name[:2] + "HZ" + name[4:] + ".xml"
        if not os.path.exists(os.path.join(self.outbox, place)):
            self.place(place, receipt.encode(self.encoding))

    def state_day(self, day, now):
        """What stands by the books at this instant: after every answer that was put down until now."""
        self.now = now
        lines = [element("DZFKXX", {"BDHM": request, "DJBH": freeze["reference"], "BBH": freeze["count"], "LHSW": 1, "CSKSRQ": freeze["from"], "CSJSRQ": freeze["to"]}, self.rows(freeze))
                 for request, freeze in self.state["freezes"].items() if not freeze["ended"]]
        self.put_out("DZFK", lines, {"DZR": day, "JZSJ": now, "KZXH": self.state["next"]["KZFK"] - 1, "SFZW": 1})

    def put_out(self, family, answers, more={}):
        if self.state["skip"].pop(family, None):
            self.state["next"][family] += 1  # a number that nobody will ever see
        number = self.state["next"][family]
        self.state["next"][family] += 1
        name = f"{family}{self.code:0>17}{number:030d}"
        body = element(family, {"BB": 1, "PCMC": name, "SCSJ": self.now, **more}, answers)
        text = f'<?xml version="1.0" encoding="{self.encoding}"?>\n{body}'
        field = {"CXFK": ("ZHXX", "YE"), "KZFK": ("KZXX", "SKJE"), "DZFK": ("KZXX", "SKJE")}[family]
        totals = {}
        for row in ET.fromstring(body).iter(field[0]):
            if row.get(field[1]):
                totals.setdefault(row.get("BZ"), []).append(fen(row.get(field[1])))
        data = text.encode(self.encoding)
        manifest = element("PC", {"BB": 1, "PCMC": name, "SCSJ": self.now, "BM": self.encoding, "TS": len(answers)},
                           [element("WJ", {"WJMC": name + ".xml", "ZJS": len(data), "SHA256": hashlib.sha256(data).hexdigest()})] +
                           [element("HJ", {"BZ": currency, "TS": len(all_), "JE": money(sum(all_))}) for currency, all_ in sorted(totals.items())])
        self.state["out"][name] = {"file": text, "manifest": manifest}

    def take_receipt(self, name):
        root = self.parse(self.read(name + ".xml"))
        answered = root.get("PCMC")
        files = self.state["out"].get(answered)
        if files is None or hashlib.sha256(files["manifest"].encode("ascii")).hexdigest() != root.get("QDZY"):
            return
        for row in root.findall("JG"):
            if row.get("RESULT") == "2":
                self.state["refused"][row.get("BDHM")] = [fault.attrib for fault in row.findall("CW")]
        if root.get("RESULT") == "1":
            del self.state["out"][answered]
            self.save()
            for ending in (".manifest", ".xml"):
                path = os.path.join(self.outbox, answered + ending)
                if os.path.exists(path):
                    os.remove(path)
        elif root.get("RESULT") == "2":
            self.state["refused"][answered] = [fault.attrib for fault in root.findall("CW")]
            self.save()

    # --- the register

    def accounts_of(self, row):
        """Those under the number, in its older form of 15 digits, too; None when a name beside it is another one."""
        number = row.get("DSRZJHM")
        forms = {number, number[:6] + number[8:17]} if len(number) == 18 else {number}
        under = [a for a in self.state["accounts"] if a["id_number"] in forms]
        return under if all(folded(a["name"]) == folded(row.get("XM")) for a in under) else None

    def free(self, account):
        return account["balance"] - sum(f["held"].get(account["number"], 0) for f in self.state["freezes"].values() if not f["ended"])

    def inquire(self, row):
        found = self.accounts_of(row)
        if found is None:
            return element("CXFKXX", {"BDHM": row.get("BDHM"), "CXJG": 5, "CXFW": "存款系统", "YYDM": "1003", "YY": "账户与户名不符"})
        rows = [element("ZHXX", {"CCXH": i + 1, "KHZH": a["number"], "ZHMC": a["name"], "PPFS": 1, "ZHZT": 1, "KHWD": a["branch"], "BZ": 156, "YE": money(a["balance"]),
                                 "KYYE": money(self.free(a))}) for i, a in enumerate(found)]
        return element("CXFKXX", {"BDHM": row.get("BDHM"), "CXJG": 1 if rows else 2, "CXFW": "存款系统"}, rows)

    def control(self, row):
        item = row.find("KZZH")
        return {"01": self.freeze, "02": self.renew, "04": self.release, "06": self.deduct}[item.get("KZCS")](row.get("BDHM"), row, item)

    def no(self, number, code, text):
        return element("KZFKXX", {"BDHM": number, "KZJG": 2, "YYDM": code, "YY": text})

    def told(self, number, of, extra, rows):
        freeze = self.state["freezes"][of]
        freeze["count"] += 1
        fields = {"BDHM": number, "KZJG": 1, "DJBH": freeze["reference"], "LHSW": 1, "CSKSRQ": freeze["from"], "CSJSRQ": freeze["to"], "SFJS": int(freeze["ended"]), "BBH": freeze["count"],
                  "ZXSJ": self.now}
        return element("KZFKXX", {**fields, **extra}, rows)

    def rows(self, freeze, taken=None):
        out = []
        for i, (account, held) in enumerate(freeze["held"].items()):
            unfunded = freeze["unfunded"] if i == 0 else 0
            amounts = {"SKJE": money(held), "CESKJE": money(unfunded)} if taken is None else {"SKJE": money(taken.get(account, 0)), "CESKJE": money(unfunded), "SYKZJE": money(held)}
            out.append(element("KZXX", {"CCXH": i + 1, "KHZH": account, "KZZT": 3 if unfunded else 1, "BZ": 156, **amounts}))
        return out

    def freeze(self, number, row, item):
        accounts = self.accounts_of(row)
        if accounts is None:
            return element("KZFKXX", {"BDHM": number, "KZJG": 5, "YYDM": "1003", "YY": "账户与户名不符"})
        if item.get("KHZH"):
            accounts = [a for a in accounts if a["number"] == item.get("KHZH")]
        if not accounts:
            return self.no(number, "1001", "本行无此账户")
        if item.get("KHZH") and accounts[0].get("exempt"):
            return element("KZFKXX", {"BDHM": number, "KZJG": 6, "YYDM": "1008", "YY": "专用账户不得执行"})
        accounts = [account for account in accounts if not account.get("exempt")]
        if not accounts:
            return self.no(number, "1001", "本行无此账户")
        left = fen(item.get("JE"))
        held = {}
        for account in accounts:
            held[account["number"]] = min(left, self.free(account))
            left -= held[account["number"]]
        months = int(item.get("QXYS"))
        year, month = divmod(self.today.year * 12 + self.today.month - 1 + months, 12)
        last = self.today.replace(year=year, month=month + 1) - datetime.timedelta(days=1)
        self.state["freezes"][number] = {"reference": f"DJ{len(self.state['freezes']) + 1:06d}", "held": held, "unfunded": left, "from": self.today.isoformat(), "to": last.isoformat(), "ended": False,
                                         "count": 0}
        return self.told(number, number, {}, self.rows(self.state["freezes"][number]))

    def deposit(self, number, amount, now):
        """Money comes in and fills what is unfunded: told by events."""
        next(a for a in self.state["accounts"] if a["number"] == number)["balance"] += amount
        self.now, events = now, []
        for request, freeze in self.state["freezes"].items():
            part = min(amount, freeze["unfunded"])
            if not part or freeze["ended"] or number not in freeze["held"]:
                continue
            freeze["held"][number] += part
            freeze["unfunded"] -= part
            freeze["count"] += 1
            amount -= part
            events.append(element("SJXX", {"BDHM": request, "SJ": 1, "SJSJ": now, "DJBH": freeze["reference"], "BBH": freeze["count"], "LHSW": 1, "CSKSRQ": freeze["from"],
                                           "CSJSRQ": freeze["to"]}, self.rows(freeze)))
        self.put_out("KZFK", events)

    def renew(self, number, row, item):
        freeze = self.state["freezes"].get(item.get("YDJDH"))
        if freeze is None or freeze["ended"]:
            return self.no(number, "1101", "未找到原冻结")
        last = datetime.date.fromisoformat(freeze["to"])
        year, month = divmod(last.year * 12 + last.month - 1 + int(item.get("QXYS")), 12)
        freeze["to"] = last.replace(year=year, month=month + 1).isoformat()
        return self.told(number, item.get("YDJDH"), {}, self.rows(freeze))

    def release(self, number, row, item):
        freeze = self.state["freezes"].get(item.get("YDJDH"))
        if freeze is None or freeze["ended"]:
            return self.no(number, "1101", "未找到原冻结")
        if not item.get("JCJE"):
            freeze["ended"] = True
            return self.told(number, item.get("YDJDH"), {}, [])
        # A part: first what no money lies behind.
        left = fen(item.get("JCJE"))
        if left >= freeze["unfunded"] + sum(freeze["held"].values()):
            return self.no(number, "1104", "超过冻结金额")
        part = min(left, freeze["unfunded"])
        freeze["unfunded"] -= part
        left -= part
        for account, held in freeze["held"].items():
            part = min(left, held)
            freeze["held"][account] -= part
            left -= part
        return self.told(number, item.get("YDJDH"), {}, self.rows(freeze))

    def deduct(self, number, row, item):
        freeze = self.state["freezes"].get(item.get("YDJDH"))
        amount = fen(item.get("JE"))
        if freeze is None or freeze["ended"]:
            return self.no(number, "1101", "未找到原冻结")
        if sum(freeze["held"].values()) < amount:
            return self.no(number, "1104", "超过冻结金额")
        taken, left = {}, amount
        for account in self.state["accounts"]:
            part = min(left, freeze["held"].get(account["number"], 0))
            if part:
                taken[account["number"]] = part
                account["balance"] -= part
                freeze["held"][account["number"]] -= part
                left -= part
        freeze["ended"] = not any(freeze["held"].values()) and not freeze["unfunded"]
        self.state["journal"] += 1
        return self.told(number, item.get("YDJDH"), {"KHZT": "O", "KHJE": money(amount), "HXLS": f"HX{self.state['journal']:08d}", "HXSJ": self.now, "QRSJ": self.now}, self.rows(freeze, taken))


def main():
    parser = argparse.ArgumentParser()
    for name in ("to_agency", "to_gateway", "state", "code"):
        parser.add_argument(name)
    parser.add_argument("--encoding", default="GB18030")
    parser.add_argument("--once", action="store_true")
    arguments = parser.parse_args()
    agency = Agency(arguments)
    while True:
        agency.round()
        if arguments.once:
            return 0
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())

"""proto/vectors, read with hashlib and the openssl program alone: what is right is right, and a changed bit is refused."""

import base64
import json
import os


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def try_vectors(tools, folder):
    """`tools`: check, leaf_hash, root_of, root_by_path, pae, verifies of a stranger."""
    with open(os.path.join(folder, "batches.json"), encoding="utf-8") as file:
        published = json.load(file)
    tools.check("the vectors' payload type is the contract's", published["payload_type"] == tools.PAYLOAD_TYPE)
    for one in published["batches"]:
        members = [bytes.fromhex(member) for member in one["members"]]
        digests = [tools.leaf_hash(member) for member in members]
        root, head = bytes.fromhex(one["root"]), bytes.fromhex(one["head"])
        paths = [[bytes.fromhex(node) for node in path] for path in one["paths"]]
        tools.check(one["name"] + ": digests and root", digests == [bytes.fromhex(d) for d in one["digests"]] and tools.root_of(digests) == root)
        proved = [tools.root_by_path(leaf, i, len(members), paths[i]) for i, leaf in enumerate(digests)]
        tools.check(one["name"] + ": every path leads to the root", proved == [root] * len(members))
        wrong = [tools.root_by_path(tools.leaf_hash(flipped(member)), i, len(members), paths[i]) for i, member in enumerate(members)]
        tools.check(one["name"] + ": no changed member does", root not in wrong)
        tools.check(one["name"] + ": the head holds the root", root in head)
        message = tools.pae(head)
        with open(message, "rb") as file:
            tools.check(one["name"] + ": what is signed", file.read() == bytes.fromhex(one["pae"]))
        for signature in one["signatures"]:
            key, sig = bytes.fromhex(signature["key"]), bytes.fromhex(signature["sig"])
            tools.check(one["name"] + ": signature by " + signature["keyid"], tools.verifies(key, message, sig))
            tools.check(one["name"] + ": not with a bit changed", not tools.verifies(key, message, sig[:10] + bytes([sig[10] ^ 1]) + sig[11:]))
        other = tools.pae(flipped(head))
        tools.check(one["name"] + ": nor over another head", not any(
            tools.verifies(bytes.fromhex(s["key"]), other, bytes.fromhex(s["sig"])) for s in one["signatures"]))

    with open(os.path.join(folder, "acceptance.json"), encoding="utf-8") as file:
        accepted = json.load(file)
    order, leaf = bytes.fromhex(accepted["order"]), bytes.fromhex(accepted["leaf"])
    proof, root = [bytes.fromhex(node) for node in accepted["proof"]], bytes.fromhex(accepted["root"])
    digest = tools.leaf_hash(order)
    tools.check("acceptance: the leaf holds the order's digest", digest.hex() == accepted["digest"] and digest in bytes.fromhex(accepted["body"]) and digest in leaf)
    index, size = accepted["index"], accepted["size"]
    tools.check("acceptance: the proof leads to the root", tools.root_by_path(tools.leaf_hash(leaf), index, size, proof) == root)
    tools.check("acceptance: at no other index", all(tools.root_by_path(tools.leaf_hash(leaf), i, size, proof) != root for i in range(size) if i != index))
    text, signatures = accepted["checkpoint"].split("\n\n", 1)
    lines = text.split("\n")
    tools.check("acceptance: the checkpoint has this size and root", lines[1] == str(size) and base64.b64decode(lines[2]) == root)
    # "<name>+<hash>+<base64 of 01 || key>"; the note's line: "— <name> <base64 of 4 bytes of hash || signature>".
    name, key_hash, encoded = accepted["log_key"].split("+", 2)
    key = base64.b64decode(encoded)
    line = signatures.split("\n")[0].split(" ")
    stamped = base64.b64decode(line[2])
    signed = tools.write("note", (text + "\n").encode())
    tools.check("acceptance: the log's signature", key[0] == 1 and line[1] == name == lines[0] and stamped[:4].hex() == key_hash and tools.verifies(key[1:], signed, stamped[4:]))
    signed = tools.write("note", (text.replace("\n7\n", "\n8\n") + "\n").encode())
    tools.check("acceptance: not of another size", not tools.verifies(key[1:], signed, stamped[4:]))

// checker.cjs LOG_FOLDER: judges a fresh log's checkpoints and inclusion proofs with the verifier that npm's own provenance uses, and refuses
// each proof again with one thing changed. Its modules are loaded by file name: the package exports only its whole bundles.
"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const inside = path.join(path.dirname(require.resolve("@sigstore/verify/package.json")), "dist", "tlog");
const { verifyCheckpoint } = require(path.join(inside, "checkpoint.js"));
const { verifyMerkleInclusion } = require(path.join(inside, "merkle.js"));

// "<name>+<key id>+<base64(01 || Ed25519 key)>"
function logOf(text) {
  const [, name, id, blob] = text.trim().match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/);
  const key = Buffer.from(blob, "base64").subarray(1);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]);
  return { logID: Buffer.from(id, "hex"), baseURL: name, publicKey: crypto.createPublicKey({ key: spki, format: "der", type: "spki" }) };
}

// A tlog-proof file in its parts.
function partsOf(file) {
  const end = file.indexOf("\n\n");
  const lines = file.slice(0, end).split("\n");
  const at = lines.findIndex((line) => line.startsWith("index "));
  return { index: lines[at].slice(6), hashes: lines.slice(at + 1).map((line) => Buffer.from(line, "base64")), checkpoint: file.slice(end + 2) };
}

function accepts(log, proof, leaf) {
  const entry = { canonicalizedBody: leaf, inclusionProof: { logIndex: proof.index, hashes: proof.hashes, checkpoint: { envelope: proof.checkpoint } } };
  try {
    verifyMerkleInclusion(entry, verifyCheckpoint(entry, [log]));
    return true;
  } catch (error) {
    if (error.name !== "VerificationError" && error.code !== "TLOG_INCLUSION_PROOF_ERROR") throw error;
    return false;
  }
}

const flip = (bytes, at) => {
  const copy = Buffer.from(bytes);
  copy[at % copy.length] ^= 1 << at % 8;
  return copy;
};

// One thing changed, in turn: the leaf, the index, a hash, a hash less or more, the root, the log's signature.
function changed(proof, leaf, n) {
  const hashes = [...proof.hashes];
  const lines = proof.checkpoint.split("\n");
  switch (n % 7) {
    case 0:
      return [proof, flip(leaf, n)];
    case 1:
      return [{ ...proof, index: String(BigInt(proof.index) ^ 1n) }, leaf];
    case 2:
      hashes[n % hashes.length] = flip(hashes[n % hashes.length], n);
      return [{ ...proof, hashes }, leaf];
    case 3:
      return [{ ...proof, hashes: hashes.slice(0, -1) }, leaf];
    case 4:
      return [{ ...proof, hashes: [...hashes, crypto.randomBytes(32)] }, leaf];
    case 5:
      lines[2] = flip(Buffer.from(lines[2], "base64"), n).toString("base64");
      return [{ ...proof, checkpoint: lines.join("\n") }, leaf];
    default: {
      // The log's own line, which comes first.
      const words = lines[4].split(" ");
      const bytes = Buffer.from(words[2], "base64");
      words[2] = Buffer.concat([bytes.subarray(0, 4), flip(bytes.subarray(4), n)]).toString("base64");
      lines[4] = words.join(" ");
      return [{ ...proof, checkpoint: lines.join("\n") }, leaf];
    }
  }
}

const folder = process.argv[2];
const log = logOf(fs.readFileSync(path.join(folder, "log.pub"), "utf8"));
const items = fs.readFileSync(path.join(folder, "proofs.jsonl"), "utf8").split("\n").filter((line) => line.includes('"Proof"')).map((line) => JSON.parse(line));
let accepted = 0;
let refused = 0;
items.forEach((item, n) => {
  const proof = partsOf(item.Proof);
  const leaf = Buffer.from(item.Leaf, "base64");
  if (accepts(log, proof, leaf)) accepted++;
  else console.error(`refused a right proof: ${item.Proof}`);
  const [wrong, wrongLeaf] = changed(proof, leaf, n);
  if (!accepts(log, wrong, wrongLeaf)) refused++;
  else console.error(`accepted a changed proof (${n % 7}): ${item.Proof}`);
});
console.log(`${accepted} of ${items.length} proofs accepted, ${refused} of ${items.length} changed ones refused`);
const right = items.length >= 1000 && accepted === items.length && refused === items.length;
console.log(right ? "2 passed, 0 failed, 0 skipped" : "0 passed, 1 failed, 0 skipped");
process.exit(right ? 0 : 1);

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import eagleagency.Directory;
import eagleagency.Log;
import eagleagency.Orders;
import eagleagency.Refused;
import eagleagency.Signed;
import eagleagency.Terms;
import goldeneagle.v1.AdapterServiceOuterClass.Task;
import goldeneagle.v1.EnvelopeOuterClass.Environment;
import goldeneagle.v1.EnvelopeOuterClass.SignedMember;
import goldeneagle.v1.OrderOuterClass.Identity;
import goldeneagle.v1.StatementOuterClass.KeyAlgorithm;
import goldeneagle.v1.StatementOuterClass.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * All of proto/vectors by the samples' own code: what is right is taken, a changed bit is not, and what isn't good goes back with the reason that the
 * vectors name. So are the ends of terms, month by month, and the numbers of a person.
 *
 * <pre>
 *   Verdicts VECTORS_FOLDER    last line: N passed, N failed, 0 skipped
 *   Verdicts judge FILE        the verdicts on the orders of a file like orders.json, one a line
 * </pre>
 */
final class Verdicts {
    private static int passed;
    private static int failed;

    private static void check(String what, Object seen, Object expected) {
        if (Objects.equals(seen, expected)) {
            ++passed;
            return;
        }
        ++failed;
        System.out.println("FAILED   " + what + "\n   expected " + expected + " seen " + seen);
    }

    // --- reading

    private static JsonElement read(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file));
    }

    private static List<JsonObject> objects(JsonElement list) {
        List<JsonObject> all = new ArrayList<>();
        list.getAsJsonArray().forEach(one -> all.add(one.getAsJsonObject()));
        if (all.isEmpty()) throw new IllegalStateException("nothing to judge");
        return all;
    }

    private static ByteString hex(JsonElement text) {
        return ByteString.copyFrom(HexFormat.of().parseHex(text.getAsString()));
    }

    private static List<ByteString> hexes(JsonElement list) {
        List<ByteString> all = new ArrayList<>();
        for (JsonElement one : list.getAsJsonArray()) all.add(hex(one));
        return all;
    }

    private static ByteString flipped(ByteString data, int place) {
        byte[] bytes = data.toByteArray();
        bytes[place] ^= 1;
        return ByteString.copyFrom(bytes);
    }

    private static Statement key(String algorithm, ByteString key) {
        return Statement.newBuilder().setAlgorithm(KeyAlgorithm.valueOf("KEY_ALGORITHM_" + algorithm)).setKey(key).build();
    }

    // --- batches.json and acceptance.json: the right bytes, then one bit of them changed

    private static void batches(JsonObject published) {
        check("the payload type", published.get("payload_type").getAsString(), Signed.PAYLOAD_TYPE);
        for (JsonObject one : objects(published.get("batches"))) {
            String name = one.get("name").getAsString();
            List<ByteString> members = hexes(one.get("members"));
            ByteString root = hex(one.get("root"));
            JsonArray paths = one.getAsJsonArray("paths");
            check(name + ": digests", members.stream().map(Signed::digestOf).toList(), hexes(one.get("digests")));
            for (int i = 0; i < members.size(); ++i) {
                List<ByteString> path = hexes(paths.get(i));
                ByteString member = members.get(i);
                check(name + ": path " + i, Signed.included(Signed.digestOf(member), i, members.size(), path), root);
                ByteString changed = Signed.digestOf(flipped(member, member.size() - 1));
                check(name + ": not of a changed member " + i, root.equals(Signed.included(changed, i, members.size(), path)), false);
                if (members.size() > 1) {
                    List<ByteString> neighbours = hexes(paths.get((i + 1) % members.size()));
                    boolean taken = root.equals(Signed.included(Signed.digestOf(member), i, members.size(), neighbours));
                    check(name + ": not by its neighbour's path " + i, taken, false);
                }
            }
            signatures(name, one);
        }
    }

    private static void signatures(String name, JsonObject batch) {
        ByteString head = hex(batch.get("head"));
        byte[] text = Signed.pae(head);
        byte[] other = Signed.pae(flipped(head, head.size() - 1));
        check(name + ": what is signed", ByteString.copyFrom(text), hex(batch.get("pae")));
        for (JsonObject one : objects(batch.get("signatures"))) {
            Statement key = key(one.get("algorithm").getAsString(), hex(one.get("key")));
            ByteString sig = hex(one.get("sig"));
            check(name + ": a signature", Signed.verifies(key, text, sig), true);
            check(name + ": not with a bit changed", Signed.verifies(key, text, flipped(sig, 10)), false);
            check(name + ": nor over another head", Signed.verifies(key, other, sig), false);
        }
    }

    private static void acceptance(JsonObject accepted) {
        ByteString digest = Signed.digestOf(hex(accepted.get("order")));
        ByteString leaf = hex(accepted.get("leaf"));
        List<ByteString> proof = hexes(accepted.get("proof"));
        ByteString root = hex(accepted.get("root"));
        long index = accepted.get("index").getAsLong();
        long size = accepted.get("size").getAsLong();
        String note = accepted.get("checkpoint").getAsString();
        String logKey = accepted.get("log_key").getAsString();
        check("acceptance: the order's digest", digest, hex(accepted.get("digest")));
        check("acceptance: the leaf ends in the body", leaf.endsWith(hex(accepted.get("body"))), true);
        check("acceptance: the leaf's digest", Signed.digestOf(leaf), hex(accepted.get("leaf_hash")));
        for (long at = 0; at < size; ++at) {
            check("acceptance: the proof at " + at, root.equals(Signed.included(Signed.digestOf(leaf), at, size, proof)), at == index);
        }
        check("acceptance: the checkpoint", Log.opened(note, logKey), new Log.Checkpoint(size, root));
        check("acceptance: not of another size", Log.opened(note.replace("\n7\n", "\n8\n"), logKey), null);
    }

    /** RFC 9162's consistency, of every pair of sizes of a small log; and no pair under another root. */
    private static void consistency() {
        List<ByteString> leaves = new ArrayList<>();
        for (int i = 0; i < 20; ++i) leaves.add(Signed.digestOf(ByteString.copyFromUtf8("entry " + i)));
        for (int first = 1; first <= leaves.size(); ++first) {
            for (int second = first; second <= leaves.size(); ++second) {
                var older = new Log.Checkpoint(first, root(leaves.subList(0, first)));
                var newer = new Log.Checkpoint(second, root(leaves.subList(0, second)));
                List<ByteString> proof = first == second ? List.of() : proof(first, leaves.subList(0, second), true);
                String what = "a log of " + first + " goes on to " + second;
                check(what, Log.consistent(older, newer, proof), true);
                check(what + ", not from another root", Log.consistent(new Log.Checkpoint(first, flipped(older.root(), 0)), newer, proof), false);
                check(what + ", nor to another", Log.consistent(older, new Log.Checkpoint(second, flipped(newer.root(), 0)), proof), false);
            }
        }
    }

    /** RFC 9162's inclusion, of every leaf of every small log; and no node that stands for the two leaves under it, by the rest of their path. */
    private static void inclusion() {
        List<ByteString> leaves = new ArrayList<>();
        for (int size = 1; size <= 20; ++size) {
            leaves.add(Signed.digestOf(ByteString.copyFromUtf8("entry " + size)));
            ByteString root = root(leaves);
            for (int index = 0; index < size; ++index) {
                List<ByteString> path = path(index, leaves);
                check("leaf " + index + " of " + size, Signed.included(leaves.get(index), index, size, path), root);
                if (index % 2 == 1 || index + 1 == size) continue;
                ByteString node = Signed.node(leaves.get(index), leaves.get(index + 1));
                for (int at : new int[] {index, index / 2}) {
                    boolean taken = root.equals(Signed.included(node, at, size, path.subList(1, path.size())));
                    check("a node in place of leaf " + at + " of " + size, taken, false);
                }
            }
        }
    }

    /** PATH of RFC 9162, 2.1.3.1. */
    private static List<ByteString> path(int index, List<ByteString> leaves) {
        if (leaves.size() == 1) return List.of();
        int left = split(leaves.size());
        boolean onTheLeft = index < left;
        List<ByteString> mine = onTheLeft ? leaves.subList(0, left) : leaves.subList(left, leaves.size());
        List<ByteString> rest = onTheLeft ? leaves.subList(left, leaves.size()) : leaves.subList(0, left);
        List<ByteString> all = new ArrayList<>(path(onTheLeft ? index : index - left, mine));
        all.add(root(rest));
        return all;
    }

    private static int split(int size) {
        return Integer.highestOneBit(size - 1);
    }

    private static ByteString root(List<ByteString> leaves) {
        if (leaves.size() == 1) return leaves.get(0);
        int left = split(leaves.size());
        return Signed.node(root(leaves.subList(0, left)), root(leaves.subList(left, leaves.size())));
    }

    /** SUBPROOF of RFC 9162, 2.1.4.1. */
    private static List<ByteString> proof(int first, List<ByteString> leaves, boolean whole) {
        if (first == leaves.size()) return whole ? List.of() : List.of(root(leaves));
        int left = split(leaves.size());
        boolean onTheLeft = first <= left;
        List<ByteString> rest = onTheLeft ? leaves.subList(left, leaves.size()) : leaves.subList(0, left);
        List<ByteString> all = new ArrayList<>(onTheLeft ? proof(first, leaves.subList(0, left), whole)
                : proof(first - left, leaves.subList(left, leaves.size()), false));
        all.add(root(rest));
        return all;
    }

    // --- orders.json

    private static Directory directory(JsonObject judged) {
        List<String> registrars = hexes(judged.get("registrars")).stream().map(key -> Base64.getEncoder().encodeToString(key.toByteArray())).toList();
        Environment environment = Environment.valueOf("ENVIRONMENT_" + judged.get("environment").getAsString());
        return new Directory(registrars, judged.get("registrar_threshold").getAsInt(), environment);
    }

    private static boolean take(Directory directory, JsonObject statement) {
        return directory.take(Signed.parse(SignedMember.parser(), hex(statement.get("signed_member"))));
    }

    private static String verdict(Directory directory, JsonObject order) {
        SignedMember member = Signed.parse(SignedMember.parser(), hex(order.get("signed_member")));
        Task task = Task.newBuilder().setMember(member.getMember()).setIndex(member.getIndex()).addAllPath(member.getPathList()).build();
        try {
            Orders.verify(task, member.getHead(), directory, order.get("agency").getAsString(), order.get("arrived_at").getAsLong());
            return "GOOD";
        } catch (Refused why) {
            return why.getMessage();
        }
    }

    private static void orders(JsonObject judged) {
        Directory directory = directory(judged);
        for (JsonObject one : objects(judged.get("statements"))) {
            check("statement: " + one.get("name").getAsString(), take(directory, one), one.get("believed").getAsBoolean());
        }
        for (JsonObject one : objects(judged.get("orders"))) {
            check("order: " + one.get("name").getAsString(), verdict(directory, one), one.get("verdict").getAsString());
        }
    }

    private static void terms() {
        record Case(String start, int months, String end) {}
        for (Case one : List.of(new Case("2026-09-28", 12, "2027-09-28"), new Case("2026-01-31", 1, "2026-03-01"),
                new Case("2028-02-29", 12, "2029-03-01"),
                new Case("2026-10-31", 1, "2026-12-01"), new Case("2026-11-30", 3, "2027-03-01"), new Case("2026-12-31", 12, "2027-12-31"),
                new Case("2025-10-31", 14, "2026-12-31"))) {
            check(one.toString(), Terms.endOfTerm(LocalDate.parse(one.start()), one.months()).toString(), one.end() + "T00:00+08:00");
        }
    }

    private static void numbers() {  // the card of 15 digits ended with the century
        for (Set<String> one : List.of(Set.of("990101198503070017", "990101850307001"), Set.of("990101200303070016"))) {
            String number = one.stream().filter(text -> text.length() == 18).findFirst().orElseThrow();
            Identity subject = Identity.newBuilder().setIdKind("CITIZEN_ID").setIdNumber(number).build();
            check("the numbers of " + number, Orders.numbersOf(subject), one);
        }
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 2 && arguments[0].equals("judge")) {
            JsonObject judged = read(Path.of(arguments[1])).getAsJsonObject();
            Directory directory = directory(judged);
            for (JsonObject one : objects(judged.get("statements"))) take(directory, one);
            for (JsonObject one : objects(judged.get("orders"))) System.out.println(verdict(directory, one));
            return;
        }
        Path vectors = Path.of(arguments[0]);
        batches(read(vectors.resolve("batches.json")).getAsJsonObject());
        acceptance(read(vectors.resolve("acceptance.json")).getAsJsonObject());
        for (JsonObject one : objects(read(vectors.resolve("signatures.json")))) {
            Statement key = key(one.get("algorithm").getAsString(), hex(one.get("key")));
            check("signature, " + one.get("algorithm").getAsString() + ": " + one.get("name").getAsString(),
                    Signed.verifies(key, hex(one.get("message")).toByteArray(), hex(one.get("sig"))), one.get("verifies").getAsBoolean());
        }
        for (JsonObject one : objects(read(vectors.resolve("paths.json")))) {
            ByteString root = Signed.included(hex(one.get("leaf_hash")), one.get("index").getAsLong(), one.get("size").getAsLong(),
                    hexes(one.get("path")));
            check("path: " + one.get("name").getAsString(), hex(one.get("root")).equals(root), one.get("holds").getAsBoolean());
        }
        for (JsonObject one : objects(read(vectors.resolve("checkpoints.json")))) {
            boolean opens = Log.opened(one.get("note").getAsString(), one.get("log_key").getAsString()) != null;
            check("checkpoint: " + one.get("name").getAsString(), opens, one.get("opens").getAsBoolean());
        }
        orders(read(vectors.resolve("orders.json")).getAsJsonObject());
        inclusion();
        consistency();
        terms();
        numbers();
        System.out.println(passed + " passed, " + failed + " failed, 0 skipped");
        System.exit(failed == 0 ? 0 : 1);
    }
}

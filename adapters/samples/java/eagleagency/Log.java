package eagleagency;

import com.google.protobuf.ByteString;
import goldeneagle.v1.AdapterServiceOuterClass.WitnessedEntry;
import goldeneagle.v1.Entry.DirectoryHead;
import goldeneagle.v1.Entry.EntryType;
import goldeneagle.v1.StatementOuterClass.KeyAlgorithm;
import goldeneagle.v1.StatementOuterClass.Statement;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** The gateway's log: checkpoints under its pinned key, that one continues another, and what it says of its statements (server/docs/formats.md 1). */
public final class Log {
    private static final int LEAF_HEAD = 88; // bytes of a leaf before its body

    private Log() {}

    /** A DIRECTORY_HEAD entry: where it is, when it was written (seconds since 1970), what it says. */
    public record ProvedHead(long index, long at, DirectoryHead body) {}

    /** A DIRECTORY_HEAD entry that is proved to be in the log; null for anything else. */
    public static ProvedHead directoryHead(WitnessedEntry entry, String logKey) {
        Checkpoint seen = opened(entry.getCheckpoint(), logKey);
        ByteString leaf = entry.getLeaf();
        if (seen == null || leaf.size() < LEAF_HEAD) return null;
        ByteBuffer fields = leaf.asReadOnlyByteBuffer();
        long index = fields.getLong(3);
        if (fields.getShort(1) != EntryType.ENTRY_TYPE_DIRECTORY_HEAD_VALUE || index != entry.getProof().getIndex()) return null;
        ByteString root = Signed.included(Signed.digestOf(leaf), index, seen.size(), entry.getProof().getHashesList());
        if (!seen.root().equals(root)) return null;
        try {
            return new ProvedHead(index, fields.getLong(11) / 1_000_000, Signed.parse(DirectoryHead.parser(), leaf.substring(LEAF_HEAD)));
        } catch (Refused why) {
            return null;
        }
    }

    /** A checkpoint: how many entries the log has, and the root over them. */
    public record Checkpoint(long size, ByteString root) {}

    /** Whether the log of {@code second} begins with that of {@code first} (RFC 9162, 2.1.4.2). Pre: first.size <= second.size. */
    public static boolean consistent(Checkpoint first, Checkpoint second, List<ByteString> proof) {
        if (first.size() == second.size()) return first.root().equals(second.root()) && proof.isEmpty();
        List<ByteString> path = new ArrayList<>(proof);
        if (Long.bitCount(first.size()) == 1) path.add(0, first.root());
        if (first.size() <= 0 || path.isEmpty()) return false;
        long at = first.size() - 1;
        long last = second.size() - 1;
        while (at % 2 == 1) {
            at >>= 1;
            last >>= 1;
        }
        ByteString before = path.get(0);
        ByteString after = path.get(0);
        for (ByteString one : path.subList(1, path.size())) {
            if (last == 0) return false;
            if (at % 2 == 1 || at == last) {
                before = Signed.node(one, before);
                after = Signed.node(one, after);
                while (at % 2 == 0 && at != 0) {
                    at >>= 1;
                    last >>= 1;
                }
            } else {
                after = Signed.node(after, one);
            }
            at >>= 1;
            last >>= 1;
        }
        return before.equals(first.root()) && after.equals(second.root()) && last == 0;
    }

    /** The checkpoint of a signed note of three lines by this key, "name+hash+base64"; null for any other. */
    public static Checkpoint opened(String note, String logKey) {
        int end = note.indexOf("\n\n");
        String[] key = logKey.split("\\+", 3);
        if (end < 0 || key.length != 3) return null;
        String[] said = note.substring(0, end).split("\n", -1);
        Statement log = Statement.newBuilder().setAlgorithm(KeyAlgorithm.KEY_ALGORITHM_ED25519).setKey(base64(key[2]).substring(1)).build();
        byte[] text = note.substring(0, end + 1).getBytes(StandardCharsets.UTF_8);
        String mark = "\u2014 " + key[0] + " ";
        boolean signed = note.substring(end + 2).lines().filter(line -> line.startsWith(mark)).map(line -> base64(line.substring(mark.length())))
                .anyMatch(stamp -> stamp.size() > 4 && HexFormat.of().formatHex(stamp.substring(0, 4).toByteArray()).equals(key[1])
                        && Signed.verifies(log, text, stamp.substring(4)));
        if (!signed || said.length != 3 || !said[0].equals(key[0]) || !said[1].matches("0|[1-9][0-9]{0,17}")) return null;
        return new Checkpoint(Long.parseLong(said[1]), base64(said[2]));
    }

    /** Empty for what is no base64. */
    private static ByteString base64(String text) {
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException why) {
            return ByteString.EMPTY;
        }
    }
}

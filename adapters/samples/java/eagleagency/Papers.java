package eagleagency;

import com.google.protobuf.ByteString;
import goldeneagle.v1.BlobServiceGrpc.BlobServiceBlockingStub;
import goldeneagle.v1.BlobServiceOuterClass.PullBlobPartRequest;
import goldeneagle.v1.BlobServiceOuterClass.PullBlobPartResponse;
import goldeneagle.v1.BlobServiceOuterClass.PutBlobPartRequest;
import goldeneagle.v1.BlobServiceOuterClass.PutBlobPartResponse;
import goldeneagle.v1.OrderOuterClass.Instrument;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Papers 文书 of orders, fetched before the work; and files of receipts, put before the receipt is reported (server/docs/agency-guide.md 4 and 5).
 *
 * <p>Each is a plain file named by its SHA-256, which a clerk can open. One that is being fetched has the ending .part and as many whole parts as
 * came: after a lost connection or a death the next try goes on there. The folder only grows: take into your archive what you must keep, and
 * delete the rest.
 */
final class Papers {
    /** The paper can't be had, or the file can't be put, now. */
    static final class Missing extends Exception {
        Missing(String why) {
            super(why);
        }
    }

    private static final int PART = 256 * 1024;
    private static final long BYTES_MOST = 32 << 20;
    private static final Map<String, String> ENDINGS =
            Map.of("application/pdf", ".pdf", "application/ofd", ".ofd", "image/png", ".png", "image/jpeg", ".jpg");
    // Says nothing about the file.
    private static final Set<Status.Code> NO_ANSWER = Set.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);

    private final Path folder;
    private final BlobServiceBlockingStub blobs;
    private final Set<Path> trusted = new HashSet<>();

    Papers(Path folder, BlobServiceBlockingStub blobs) {
        this.folder = folder;
        this.blobs = blobs;
    }

    private BlobServiceBlockingStub call() {
        return blobs.withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private Path place(ByteString digest, String mediaType) {
        return folder.resolve(HexFormat.of().formatHex(digest.toByteArray()) + ENDINGS.getOrDefault(mediaType, ".bin"));
    }

    private static Path part(Path path) {
        return path.resolveSibling(path.getFileName() + ".part");
    }

    /** Where the content is; null when it isn't here. A file is hashed before this process first trusts it. */
    Path find(ByteString digest, String mediaType) {
        Path path = place(digest, mediaType);
        if (!Files.exists(path)) return null;
        if (!trusted.contains(path) && !isContent(path, digest)) return null;
        trusted.add(path);
        return path;
    }

    private static boolean isContent(Path path, ByteString digest) {
        try {
            return Signed.sha256(ByteString.copyFrom(Files.readAllBytes(path))).equals(digest);
        } catch (IOException why) {
            throw new UncheckedIOException(why);
        }
    }

    /** Durable under its name; its digest. */
    ByteString put(byte[] content, String mediaType) {
        ByteString digest = Signed.sha256(ByteString.copyFrom(content));
        Path path = place(digest, mediaType);
        try (FileChannel file = toWrite(path)) {
            file.truncate(0);
            file.write(ByteBuffer.wrap(content));
            file.force(true);
            keep(path);
        } catch (IOException why) {
            throw new UncheckedIOException(why);
        }
        return digest;
    }

    private FileChannel toWrite(Path path) throws IOException {
        Files.createDirectories(folder);
        return FileChannel.open(part(path), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private void keep(Path path) throws IOException {
        Files.move(part(path), path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel names = FileChannel.open(folder)) {
            names.force(true);
        }
    }

    /** One paper of an order, from where the last try stopped; false when it may not go on. A StatusRuntimeException when nobody answers. */
    boolean fetch(ByteString orderId, Instrument named, BooleanSupplier mayGoOn) throws Missing {
        long size = named.getSizeBytes();
        Path path = place(named.getDigest(), named.getMediaType());
        if (size <= 0 || size > BYTES_MOST) throw new Missing("it has " + Long.toUnsignedString(size) + " bytes");
        try (FileChannel file = toWrite(path)) {
            long have = Math.min(file.size(), size) / PART * PART;
            file.truncate(have).position(have);
            while (have < size) {
                if (!mayGoOn.getAsBoolean()) return false;
                PullBlobPartResponse part = pull(PullBlobPartRequest.newBuilder().setOrderId(orderId).setDigest(named.getDigest())
                        .setPart((int) (have / PART)).build());
                if (part.getSizeBytes() != size || part.getContent().size() != Math.min(PART, size - have)) {
                    Files.delete(part(path));
                    throw new Missing("its parts aren't those of the paper that the order names");
                }
                file.write(part.getContent().asReadOnlyByteBuffer());
                have += part.getContent().size();
            }
            file.force(true);
            if (!isContent(part(path), named.getDigest())) {
                Files.delete(part(path));
                throw new Missing("its content isn't what its digest says");
            }
            keep(path);
            return true;
        } catch (IOException why) {
            throw new UncheckedIOException(why);
        }
    }

    private PullBlobPartResponse pull(PullBlobPartRequest request) throws Missing {
        try {
            return call().pullBlobPart(request);
        } catch (StatusRuntimeException why) {
            if (NO_ANSWER.contains(why.getStatus().getCode())) throw why;
            throw new Missing(why.getStatus().toString());
        }
    }

    /** A file of a receipt: what is there already is not sent again. An IllegalArgumentException when the gateway won't have it. */
    void send(ByteString orderId, Instrument file) throws Missing {
        Path path = find(file.getDigest(), file.getMediaType());
        if (path == null) throw new IllegalArgumentException("it isn't in the folder any more");
        try {
            ByteString content = ByteString.copyFrom(Files.readAllBytes(path));
            PutBlobPartRequest.Builder asked = PutBlobPartRequest.newBuilder().setOrderId(orderId).setDigest(file.getDigest())
                    .setSizeBytes(file.getSizeBytes()).setMediaType(file.getMediaType());
            PutBlobPartResponse there = put(asked.build());
            while (!there.getComplete()) {
                int part = there.getPartsMissingCount() == 0 ? -1 : there.getPartsMissing(0);
                if (part < 0 || (long) part * PART >= content.size()) throw new IllegalArgumentException("the gateway misses a part that isn't one");
                asked.setPart(part).setContent(content.substring(part * PART, Math.min((part + 1) * PART, content.size())));
                there = put(asked.build());
            }
        } catch (IOException why) {
            throw new UncheckedIOException(why);
        }
    }

    private PutBlobPartResponse put(PutBlobPartRequest request) throws Missing {
        try {
            return call().putBlobPart(request);
        } catch (StatusRuntimeException why) {
            if (NO_ANSWER.contains(why.getStatus().getCode())) throw why;
            if (why.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) throw new Missing(why.getStatus().toString());
            throw new IllegalArgumentException(why.getStatus().toString());
        }
    }
}

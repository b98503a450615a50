package eagleagency;

import goldeneagle.v1.EnvelopeOuterClass.Environment;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The configuration file, and what is done with it first: the directory under pinned keys, the channel. Of TOML it knows [section], name = "text", name = 2,
 * name = ["text", "text"] on one line, and # comments; anything else is an error. Paths are relative to the file's own folder.
 */
public final class Settings {
    private static final String TEXT = "\"([^\"\\\\]*)\"";
    private static final Pattern LINE = Pattern.compile(
            "(?:\\[(?<section>\\w+)]|(?<name>\\w+)\\s*=\\s*(?<value>\\d+|" + TEXT + "|\\[\\s*(?:" + TEXT + "\\s*,?\\s*)*]))?\\s*(?:#.*)?");

    private static final List<String> OF_AN_AGENCY = List.of("gateway.address", "gateway.authority", "system.agency", "system.certificate", "system.key",
            "system.receipt_key", "system.data", "trust.environment", "trust.registrars", "contact.name", "contact.phone");
    private static final Set<String> PAPER_RULES = Set.of("ignore", "wait", "return");

    private final Map<String, String> values = new LinkedHashMap<>(); // "section.name" -> as it is written
    public final Path folder;

    private Settings(Path folder) {
        this.folder = folder;
    }

    /** Of an agency: what is missing is said at once, all of it. */
    public static Settings ofAgency(Path file) throws IOException {
        Settings settings = read(file);
        List<String> wrong = new ArrayList<>();
        OF_AN_AGENCY.stream().filter(name -> !settings.has(name)).forEach(name -> wrong.add(name + " is missing"));
        if (!PAPER_RULES.contains(settings.text("papers.rule", "ignore"))) wrong.add("papers.rule is one of " + PAPER_RULES);
        if (!Set.of("test", "production").contains(settings.text("trust.environment", "test"))) wrong.add("trust.environment is test or production");
        if (settings.text("trust.environment", "").equals("production") && !settings.has("trust.log_key")) {
            wrong.add("trust.log_key is missing: without it nobody sees that a revocation was kept from us");
        }
        if (!wrong.isEmpty()) throw new IllegalArgumentException(file + ": " + String.join("; ", wrong));
        return settings;
    }

    public static Settings read(Path file) throws IOException {
        // In another locale Java reads a name on its command line as question marks, and somebody would sign them.
        if (!Charset.forName(System.getProperty("sun.jnu.encoding")).equals(StandardCharsets.UTF_8)) {
            throw new IllegalStateException("this needs a locale with UTF-8: LC_ALL=C.UTF-8");
        }
        Settings settings = new Settings(file.toAbsolutePath().getParent());
        String section = "";
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            ++number;
            Matcher found = LINE.matcher(line.strip());
            if (!found.matches()) throw new IllegalArgumentException(file + ":" + number + ": not understood: " + line);
            if (found.group("section") != null) section = found.group("section") + ".";
            if (found.group("name") != null) settings.values.put(section + found.group("name"), found.group("value"));
        }
        return settings;
    }

    /** The texts of "section.name"; an exception when there is none. */
    public List<String> list(String name) {
        if (!values.containsKey(name)) throw new IllegalArgumentException("the configuration has no " + name);
        return Pattern.compile(TEXT).matcher(values.get(name)).results().map(one -> one.group(1)).toList();
    }

    public String text(String name) {
        return list(name).get(0);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public String text(String name, String otherwise) {
        return has(name) ? text(name) : otherwise;
    }

    public int number(String name, int otherwise) {
        return has(name) ? Integer.parseInt(values.get(name)) : otherwise;
    }

    public Path path(String name) {
        return folder.resolve(text(name));
    }

    /** The file of the inbox; in a folder of that name when it is one. */
    Path data() {
        Path path = path("system.data");
        return Files.isDirectory(path) ? path.resolve("inbox.db") : path;
    }

    public Environment environment() {
        return Environment.valueOf("ENVIRONMENT_" + text("trust.environment").toUpperCase(Locale.ROOT));
    }

    /** An empty directory under the pinned registrars. */
    public Directory directory() {
        return new Directory(list("trust.registrars"), number("trust.registrar_threshold", 2), environment());
    }

    /** Mutual TLS 1.3 to the gateway, through no proxy. */
    public ManagedChannel channel() throws IOException {
        SslContext tls = GrpcSslContexts.forClient().trustManager(path("gateway.authority").toFile())
                .keyManager(path("system.certificate").toFile(), path("system.key").toFile()).protocols("TLSv1.3").build();
        return NettyChannelBuilder.forTarget(text("gateway.address")).sslContext(tls).proxyDetector(address -> null).build();
    }
}

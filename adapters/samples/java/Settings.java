import goldeneagle.v1.EnvelopeOuterClass.Environment;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The configuration file, and what both samples do first with it. Of TOML it knows [section], name = "text", name = 2,
 * name = ["text", "text"] on one line, and # comments; anything else is an error.
 */
final class Settings {
    private static final String TEXT = "\"([^\"\\\\]*)\"";
    private static final Pattern LINE = Pattern.compile(
            "(?:\\[(?<section>\\w+)]|(?<name>\\w+)\\s*=\\s*(?<value>\\d+|" + TEXT + "|\\[\\s*(?:" + TEXT + "\\s*,?\\s*)*]))?\\s*(?:#.*)?");

    private final Map<String, String> values = new LinkedHashMap<>(); // "section.name" -> as it is written

    static Settings read(Path file) throws IOException {
        // In another locale Java reads a name on its command line as question marks, and somebody would sign them.
        if (!Charset.forName(System.getProperty("sun.jnu.encoding")).equals(StandardCharsets.UTF_8)) {
            throw new IllegalStateException("this needs a locale with UTF-8: LC_ALL=C.UTF-8");
        }
        Settings settings = new Settings();
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
    List<String> list(String name) {
        if (!values.containsKey(name)) throw new IllegalArgumentException("the configuration has no " + name);
        return Pattern.compile(TEXT).matcher(values.get(name)).results().map(one -> one.group(1)).toList();
    }

    String text(String name) {
        return list(name).get(0);
    }

    Path path(String name) {
        return Path.of(text(name));
    }

    Environment environment() {
        return Environment.valueOf("ENVIRONMENT_" + text("trust.environment").toUpperCase(Locale.ROOT));
    }

    /** An empty directory under the pinned registrars. */
    Directory directory() {
        return new Directory(list("trust.registrars"), Integer.parseInt(values.getOrDefault("trust.registrar_threshold", "2")), environment());
    }

    /** Mutual TLS 1.3 to the gateway, through no proxy. */
    ManagedChannel channel() throws IOException {
        SslContext tls = GrpcSslContexts.forClient().trustManager(new File(text("gateway.authority")))
                .keyManager(new File(text("system.certificate")), new File(text("system.key"))).protocols("TLSv1.3").build();
        return NettyChannelBuilder.forTarget(text("gateway.address")).sslContext(tls).proxyDetector(address -> null).build();
    }
}

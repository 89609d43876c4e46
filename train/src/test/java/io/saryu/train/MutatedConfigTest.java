package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ten thousand damaged configurations: each is read or refused in one sentence. */
class MutatedConfigTest {
    private static final int MUTATIONS = 10_000;
    private static final List<String> VALUES = List.of("", "null", "~", "true", "no", "-1", "0", "1", "1.5", ".nan", "-.inf",
            "1e400", "1e-3", "0x1F", "0o17", "12_000", "2147483648", "9223372036854775808", "9".repeat(300), "[]", "{}",
            "[1, [2]]", "{a: b}", "\"\"", "'x'", "|\n      text", "&a 1", "*a", "&a [*a]", "!!binary abc=", "!!set {a, b}",
            "!!java.net.URL [x]", "!!int abc", "!!float x", "!x y", "2026-11-24", "@x", "`x", "%x", "\u2028", "\"\\u0000\"",
            "\"\\ud800\"", "? a", "<<: 1", "{<<: {a: 1}}", "- 1", "a: b", "---", "...", "#", "x".repeat(5000),
            "[".repeat(300), "{a: ".repeat(300), "\"", "'", "\t1");
    private static final List<String> KEYS = List.of("", "x", "model", "data.train", "1", "null", "<<", "?", "\"\"", "[a]",
            "{a: b}", "learning_rat", "*a", "&a", "seed", "share", "file", "\u0939\u093f", "a b", "-", "x".repeat(2000));

    private final Random random = new Random(20261124);

    private String mutated(String text) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            int at = random.nextInt(lines.size());
            String line = lines.get(at);
            int colon = line.indexOf(':');
            switch (random.nextInt(9)) {
                case 0, 1, 2 -> lines.set(at, line.substring(0, colon + 1) + " " + pick(VALUES));
                case 3 -> lines.set(at, line.substring(0, line.length() - line.stripLeading().length()) + pick(KEYS)
                        + line.substring(Math.max(0, colon)));
                case 4 -> lines.remove(at);
                case 5 -> lines.add(random.nextInt(lines.size()), line);
                case 6 -> lines.set(at, " ".repeat(random.nextInt(6)) + line.strip());
                case 7 -> lines.add(at, " ".repeat(random.nextInt(5)) + pick(KEYS) + ": " + pick(VALUES));
                default -> {
                    return new String(noisy(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)),
                            StandardCharsets.ISO_8859_1);
                }
            }
            if (lines.isEmpty()) {
                return "";
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private String pick(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private byte[] noisy(byte[] bytes) {
        for (int n = 1 + random.nextInt(5); n > 0; n--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    @Test
    void eachIsReadOrRefusedInOneSentence() {
        String good = TinyRun.get().yaml(Path.of("run"));
        int read = 0;
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            String text = mutated(good);
            List<String> sets = random.nextInt(10) == 0
                    ? List.of(pick(List.of("train.", "model.", "data.", "data.train.", "")) + pick(KEYS) + "=" + pick(VALUES))
                    : List.of();
            try {
                TrainConfig config = TrainConfig.parse(text, "a.yaml", sets);
                // What was read can be written and read again.
                TrainConfig again = TrainConfig.parse(config.toYaml(), "again.yaml", List.of());
                assertTrue(config.equals(again), () -> text + "\n" + sets + "\n" + config + "\n" + again);
                read++;
            } catch (ConfigException e) {
                refused++;
                String message = e.getMessage();
                assertFalse(message.isBlank() || message.contains("\n") || message.contains("\r"),
                        () -> message + "\n" + text + sets);
                assertTrue(message.length() < 2000, () -> message + "\n" + text + sets);
                assertFalse(message.contains("again.yaml"), () -> message + "\n" + text + sets);
                assertFalse(message.contains("com.fasterxml") || message.contains("java.lang") || message.contains("java.util") || message.contains("(through"),
                        () -> message + "\n" + text + sets);
            } catch (RuntimeException | Error e) {
                if (e instanceof AssertionError assertion) {
                    throw assertion;
                }
                fail(e + "\n" + text + "\n" + sets, e);
            }
        }
        assertTrue(read > MUTATIONS / 20 && refused > MUTATIONS / 4, read + " read, " + refused + " refused");
    }
}

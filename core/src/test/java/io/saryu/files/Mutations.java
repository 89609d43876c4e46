package io.saryu.files;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Seeded damage to files: what disks, networks and attackers do to bytes, and what attackers do to JSON. */
final class Mutations {
    private static final Pattern NUMBER = Pattern.compile("-?\\d[\\d.eE+-]*");
    private static final Pattern VALUE = Pattern.compile(
            "\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|-?\\d[\\d.eE+-]*|true|false|null");
    private static final Pattern MEMBER = Pattern.compile(
            "\"[^\"]*+\"\\s*:\\s*(?:\"[^\"]*+\"|[^\",\\[\\]{}]++|\\[[^\\[\\]{}]*+\\]|\\{[^{}]*+\\})");
    private static final String[] NUMBERS = {"-1", "0", "1", "2", "3", "8", "65535", "65536", "2147483647",
        "2147483648", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "18446744073709551615", "1e3", "1e400", "-0", "0.5", "1.0", "9".repeat(900),
        "9".repeat(2000), "1e999999999",
        "00", "0x10", "NaN"};
    private static final String[] VALUES = {"null", "true", "false", "\"\"", "[]", "{}", "[[]]",
        "\"\\u2028\\n\\u001b[2J\"",
        "\"\\ud800\"", "\"\\u0000\"", "\"I64\"", "\"BF16\"", "\"uint32\"", "\"default\"", "[1,2]",
        "{\"a\":{\"b\":[1]}}",
        "\"" + "x".repeat(5000) + "\"", "[".repeat(60) + "]".repeat(60), "[".repeat(5000), "{\"a\":".repeat(5000)};

    private final Random random;

    Mutations(long seed) {
        this.random = new Random(seed);
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /**
     * One to four of: a bit flipped, a byte replaced, a part cut out, repeated or overwritten, the end cut off, noise.
     */
    byte[] bytes(byte[] original) {
        byte[] b = original.clone();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            int at = b.length == 0 ? 0 : random.nextInt(b.length);
            int some = Math.min(b.length - at, 1 + random.nextInt(chance(2) ? 4 : 64));
            b = switch (random.nextInt(7)) {
                case 0 -> splice(b, at, some, flipped(b, at, some));
                case 1 -> splice(b, at, Math.min(1, some), new byte[] {(byte) random.nextInt(256)});
                case 2 -> splice(b, at, some, new byte[0]);
                case 3 -> splice(b, at, 0, Arrays.copyOfRange(b, at, at + some));
                case 4 -> splice(b, at, 0, noise(1 + random.nextInt(16)));
                case 5 -> splice(b, at, some, noise(some));
                default -> Arrays.copyOf(b, chance(2) ? at : b.length + random.nextInt(32));
            };
        }
        return b;
    }

    private byte[] flipped(byte[] b, int at, int some) {
        byte[] part = Arrays.copyOfRange(b, at, at + some);
        if (some > 0) {
            part[random.nextInt(some)] ^= (byte) (1 << random.nextInt(8));
        }
        return part;
    }

    private byte[] noise(int length) {
        byte[] b = new byte[length];
        random.nextBytes(b);
        return b;
    }

    private static byte[] splice(byte[] b, int at, int removed, byte[] put) {
        byte[] out = Arrays.copyOf(b, b.length - removed + put.length);
        System.arraycopy(put, 0, out, at, put.length);
        System.arraycopy(b, at + removed, out, at + put.length, b.length - at - removed);
        return out;
    }

    /** One to three changes to JSON text, most of which leave it JSON. */
    String json(String original) {
        String text = original;
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            text = switch (random.nextInt(10)) {
                case 0, 1, 2 -> replace(text, NUMBER, NUMBERS[random.nextInt(NUMBERS.length)]);
                case 3 -> replace(text, VALUE, VALUES[random.nextInt(VALUES.length)]);
                case 4 -> replace(text, VALUE, pick(text, VALUE));
                case 5 -> replace(text, MEMBER, pick(text, MEMBER));
                case 6 -> insertMember(text, pick(text, MEMBER));
                case 7 -> insertMember(text, "\"new\\u2029key\":" + VALUES[random.nextInt(VALUES.length)]);
                case 8 -> replace(text, MEMBER, "\"gone\":1");
                default -> new String(bytes(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.ISO_8859_1);
            };
        }
        return text;
    }

    private String insertMember(String text, String member) {
        int brace = text.indexOf('{', text.isEmpty() ? 0 : random.nextInt(text.length()));
        brace = brace < 0 ? text.indexOf('{') : brace;
        return brace < 0 ? text : text.substring(0, brace + 1) + member + "," + text.substring(brace + 1);
    }

    private String pick(String text, Pattern pattern) {
        String found = "\"a\":0";
        Matcher m = pattern.matcher(text);
        for (int seen = 1; m.find(); seen++) {
            found = chance(seen) ? m.group() : found;
        }
        return found;
    }

    private String replace(String text, Pattern pattern, String by) {
        int from = 0;
        int to = 0;
        Matcher m = pattern.matcher(text);
        for (int seen = 1; m.find(); seen++) {
            if (chance(seen)) {
                from = m.start();
                to = m.end();
            }
        }
        return text.substring(0, from) + (to == 0 ? "" : by) + text.substring(to);
    }
}

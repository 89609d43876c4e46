package io.saryu.deid.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A sentence with places to fill.
 *
 * @param source as it stands in its file
 * @param parts  literals and slots in order; each has one of the two
 */
record Template(String source, List<Part> parts) {
    private static final Pattern SLOT = Pattern.compile("\\{([^{}]*)\\}");

    /** A literal, or a slot. */
    record Part(String literal, Slot slot) {
    }

    /**
     * Reads one line.
     *
     * @throws IllegalStateException for a slot that does not exist or a brace alone
     */
    static Template parse(String file, String line) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = SLOT.matcher(line);
        int at = 0;
        while (matcher.find()) {
            literal(parts, file, line, line.substring(at, matcher.start()));
            Slot slot = Slot.of(matcher.group(1));
            if (slot == null) {
                throw new IllegalStateException(file + ": there is no slot " + matcher.group() + " for '" + line + "'");
            }
            parts.add(new Part(null, slot));
            at = matcher.end();
        }
        literal(parts, file, line, line.substring(at));
        return new Template(line, List.copyOf(parts));
    }

    private static void literal(List<Part> parts, String file, String line, String text) {
        if (text.indexOf('{') >= 0 || text.indexOf('}') >= 0) {
            throw new IllegalStateException(file + ": a brace stands alone in '" + line + "'");
        }
        if (!text.isEmpty()) {
            parts.add(new Part(text.replace("\\n", "\n"), null));
        }
    }

    /** The tags of its slots. */
    Set<String> tags() {
        return parts.stream().filter(p -> p.slot() != null && p.slot().tag() != null).map(p -> p.slot().tag())
                .collect(Collectors.toSet());
    }
}

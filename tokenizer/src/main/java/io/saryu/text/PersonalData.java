package io.saryu.text;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Finds personal data that has a form: numbers with check digits, addresses of mail and payment, telephone numbers. Names,
 * places and dates have none and are not found. Digits of Devanagari count as digits.
 *
 * <p>Lines without a digit or an @, most of a book, cost one look at each character. Time is linear in the length. Immutable.
 */
public final class PersonalData {
    private final Set<PersonalDataKind> kinds;

    /**
     * A find.
     *
     * @param start index of its first character
     * @param end   index after its last
     */
    public record Span(PersonalDataKind kind, int start, int end) {
    }

    /** Looks for all kinds. */
    public PersonalData() {
        this(EnumSet.allOf(PersonalDataKind.class));
    }

    /** Looks for some kinds. */
    public PersonalData(Set<PersonalDataKind> kinds) {
        this.kinds = kinds.isEmpty() ? EnumSet.noneOf(PersonalDataKind.class) : EnumSet.copyOf(kinds);
    }

    /** Whether a text has a character without which there is nothing to find; what makes most lines cheap. */
    public static boolean mayHold(char[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text[i];
            if (c == '@' || c >= '0' && c <= '9' || c >= '०' && c <= '९') {
                return true;
            }
        }
        return false;
    }

    /** What is found from {@code from} to {@code to}, in order, none within another. */
    public List<Span> find(char[] text, int from, int to) {
        if (!mayHold(text, from, to)) {
            return List.of();
        }
        List<Span> spans = new ArrayList<>();
        int done = from;
        int i = from;
        while (i < to) {
            char c = text[i];
            Span span = null;
            if (c == '@') {
                span = Addresses.at(text, done, i, to);
            } else if (isStart(text, from, i)) {
                span = IdentityNumbers.at(text, from, i, to);
            }
            if (span == null) {
                i++;
                continue;
            }
            if (kinds.contains(span.kind())) {
                spans.add(span);
            }
            i = Math.max(i + 1, span.end());
            done = i;
        }
        return spans;
    }

    /** Numbers begin with a digit, a plus, a bracket or a capital letter, and neither within a word nor after a part of them. */
    private static boolean isStart(char[] text, int from, int i) {
        char c = text[i];
        if (IdentityNumbers.digit(c) < 0 && c != '+' && c != '(' && (c < 'A' || c > 'Z')) {
            return false;
        }
        if (i == from) {
            return true;
        }
        char before = text[i - 1];
        boolean part = (before == '.' || before == '-') && i - 1 > from && IdentityNumbers.digit(text[i - 2]) >= 0;
        return !part && !Character.isLetterOrDigit(before) && before != '_' && before != '@';
    }

    /** What is found in a line. */
    public List<Span> find(String line) {
        return find(line.toCharArray(), 0, line.length());
    }

    /** The line with a tag, as {@code [EMAIL]}, for each find; the line itself where there is none. */
    public String mask(String line) {
        List<Span> spans = find(line);
        if (spans.isEmpty()) {
            return line;
        }
        StringBuilder masked = new StringBuilder(line.length() + 16);
        int at = 0;
        for (Span span : spans) {
            masked.append(line, at, span.start()).append(span.kind().tag());
            at = span.end();
        }
        return masked.append(line, at, line.length()).toString();
    }
}

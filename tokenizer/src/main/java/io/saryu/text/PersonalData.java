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
    private static final PersonalData ALL = new PersonalData();

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
        return spans.isEmpty() ? line : mask(line, spans);
    }

    static String mask(String line, List<Span> spans) {
        StringBuilder masked = new StringBuilder(line.length() + 16);
        int at = 0;
        for (Span span : spans) {
            masked.append(line, at, span.start()).append(span.kind().tag());
            at = span.end();
        }
        return masked.append(line, at, line.length()).toString();
    }

    /** A line for a report that must show no personal data: the forms of what is found, each digit a 0, letters beside an @ an x. */
    static String hide(String line) {
        char[] text = forms(line, ALL.find(line)).toCharArray();
        int word = 0;
        for (int i = 0; i < text.length; i++) {
            text[i] = Character.isDigit(text[i]) ? '0' : text[i];
            if (text[i] == '@') {
                for (int k = word; k < text.length && !Character.isWhitespace(text[k]); k++) {
                    text[k] = Character.isLetter(text[k]) ? 'x' : text[k];
                }
            } else if (Character.isWhitespace(text[i])) {
                word = i + 1;
            }
        }
        return new String(text);
    }

    /** The line with the forms of finds in their places: each digit a 0 and each letter or mark an x. */
    static String forms(String line, List<Span> spans) {
        char[] text = line.toCharArray();
        for (Span span : spans) {
            for (int i = span.start(); i < span.end(); i++) {
                char c = text[i];
                text[i] = Character.isDigit(c) ? '0' : c < 0x80 && !Character.isLetter(c) ? c : 'x';
            }
        }
        return new String(text);
    }
}

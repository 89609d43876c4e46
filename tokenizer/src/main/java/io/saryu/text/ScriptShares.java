package io.saryu.text;

import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts letters by script. Not for use by two threads at once. */
public final class ScriptShares {
    private long latin;
    private long devanagari;
    private long letters;
    /** Scripts other than these two; empty in most lines. */
    private final Map<UnicodeScript, Long> others = new EnumMap<>(UnicodeScript.class);

    /** Counts the letters, and the signs that belong to letters, from {@code from} to {@code to}, and forgets those before. */
    public void count(char[] text, int from, int to) {
        long latinLetters = 0;
        long devanagariLetters = 0;
        long otherLetters = 0;
        if (!others.isEmpty()) {
            others.clear();
        }
        int i = from;
        while (i < to) {
            char c = text[i++];
            if (c < 0x80) {
                latinLetters += (c | 0x20) >= 'a' && (c | 0x20) <= 'z' ? 1 : 0;
            } else if (c >= 0x0900 && c < 0x0980) {
                devanagariLetters += c < 0x0964 || c > 0x0970 ? 1 : 0;
            } else {
                int point = c;
                if (Character.isHighSurrogate(c) && i < to && Character.isLowSurrogate(text[i])) {
                    point = Character.toCodePoint(c, text[i++]);
                }
                if (!Character.isLetter(point)) {
                    continue;
                }
                UnicodeScript script = UnicodeScript.of(point);
                switch (script) {
                    case LATIN -> latinLetters++;
                    case DEVANAGARI -> devanagariLetters++;
                    case COMMON, INHERITED, UNKNOWN -> { }
                    default -> {
                        otherLetters++;
                        others.merge(script, 1L, Long::sum);
                    }
                }
            }
        }
        latin = latinLetters;
        devanagari = devanagariLetters;
        letters = latinLetters + devanagariLetters + otherLetters;
    }

    /** Letters and signs of all scripts. */
    public long letters() {
        return letters;
    }

    /** The share of the letters that are of a script; 0 where there are none. */
    public double share(UnicodeScript script) {
        if (letters == 0 || script == null) {
            return 0;
        }
        long count = switch (script) {
            case LATIN -> latin;
            case DEVANAGARI -> devanagari;
            default -> others.getOrDefault(script, 0L);
        };
        return count / (double) letters;
    }

    /** The script with the most letters, of two with as many the one that Unicode names first; null where there are none. */
    public UnicodeScript main() {
        if (letters == 0) {
            return null;
        }
        UnicodeScript main = latin >= devanagari ? UnicodeScript.LATIN : UnicodeScript.DEVANAGARI;
        long most = Math.max(latin, devanagari);
        for (Map.Entry<UnicodeScript, Long> other : others.entrySet()) {
            if (other.getValue() > most) {
                most = other.getValue();
                main = other.getKey();
            }
        }
        return main;
    }

    /** A script's name in lower case, as {@code bengali}. */
    static String name(UnicodeScript script) {
        return script.name().toLowerCase(Locale.ROOT);
    }
}

package io.saryu.tokenizer;

import java.io.IOException;
import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The characters that get a piece, and which pieces may be: SentencePiece's rules ({@code IsValidSentencePiece}) for
 * {@code split_by_unicode_script}, {@code split_digits} and {@code split_by_whitespace}.
 */
final class Alphabet {
    /** Characters of the longest piece, SentencePiece's {@code max_sentencepiece_length}. */
    static final int MAX_PIECE_LENGTH = 16;
    /** Script of a piece that has none yet. */
    static final int ANY_SCRIPT = -1;
    /** What {@link #extend} gives where a piece may not go on so. */
    static final int INVALID = -2;

    private static final int KATAKANA_LONG_VOWEL = 0x30FC;

    /** Characters and how often they occur, the most frequent first. */
    final List<Map.Entry<Integer, Long>> characters;
    private final boolean[] basic = new boolean[1 << 16];
    private final Map<Integer, Long> all;

    private Alphabet(List<Map.Entry<Integer, Long>> characters) {
        this.characters = characters;
        this.all = new HashMap<>();
        for (Map.Entry<Integer, Long> entry : characters) {
            all.put(entry.getKey(), entry.getValue());
            if (entry.getKey() < basic.length) {
                basic[entry.getKey()] = true;
            }
        }
    }

    /** The most frequent characters that make up {@code coverage} of all. */
    static Alphabet of(List<WordRun> runs, double coverage) throws IOException {
        long[] units = new long[1 << 16];
        Map<Integer, Long> others = new HashMap<>();
        WordRun.merge(runs, (word, from, length, count) -> {
            for (int i = from; i < from + length; i++) {
                if (Character.isHighSurrogate(word[i]) && i + 1 < from + length) {
                    others.merge(Character.toCodePoint(word[i], word[++i]), count, Long::sum);
                } else {
                    units[word[i]] += count;
                }
            }
        });
        List<Map.Entry<Integer, Long>> sorted = new ArrayList<>(others.entrySet());
        for (int unit = 0; unit < units.length; unit++) {
            if (units[unit] > 0) {
                sorted.add(Map.entry(unit, units[unit]));
            }
        }
        sorted.sort(Comparator.comparing(Map.Entry<Integer, Long>::getValue).reversed()
                .thenComparing(Map.Entry::getKey));
        long total = sorted.stream().mapToLong(Map.Entry::getValue).sum();
        long covered = 0;
        int size = 0;
        while (size < sorted.size() && (float) covered / total < coverage) {
            covered += sorted.get(size++).getValue();
        }
        return new Alphabet(List.copyOf(sorted.subList(0, size)));
    }

    /** Whether the character that begins here gets a piece. */
    boolean contains(char[] units, int at) {
        char unit = units[at];
        return Character.isHighSurrogate(unit) ? all.containsKey(Character.toCodePoint(unit, units[at + 1]))
                : basic[unit];
    }

    /** How many characters of a word get no piece. */
    int missing(char[] units, int from, int length) {
        int missing = 0;
        for (int at = from; at < from + length; at += Character.isHighSurrogate(units[at]) ? 2 : 1) {
            missing += contains(units, at) ? 0 : 1;
        }
        return missing;
    }

    /**
     * The script of a piece with one more character.
     *
     * @param script of the piece before, {@link #ANY_SCRIPT} for none
     * @param length characters of the piece with this one
     * @return {@link #INVALID} where there is no such piece
     */
    static int extend(int script, int length, int character) {
        if (length > MAX_PIECE_LENGTH) {
            return INVALID;
        }
        if (character == UnigramEncoder.BLANK) {
            return length == 1 ? script : INVALID;
        }
        if (length > 1 && isDigit(character)) {
            return INVALID;
        }
        int own = script(character, script);
        return own != ANY_SCRIPT && script != ANY_SCRIPT && own != script ? INVALID : own;
    }

    /** The digits that {@code split_digits} knows; after one no other character may follow. */
    static boolean isDigit(int character) {
        return character >= '0' && character <= '9' || character >= 0xFF10 && character <= 0xFF19;
    }

    private static int script(int character, int before) {
        UnicodeScript script = UnicodeScript.of(character);
        return switch (script) {
            case HIRAGANA, KATAKANA -> UnicodeScript.HAN.ordinal();
            case INHERITED -> before;
            default -> character == KATAKANA_LONG_VOWEL ? UnicodeScript.HAN.ordinal() : script.ordinal();
        };
    }
}

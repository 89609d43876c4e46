package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SentenceBoundariesTest {
    /** Everything that a rule looks at, and what must not be cut: marks, joiners, surrogates whole and alone. */
    private static final String[] PIECES = {".", "?", "!", "…", "।", "॥", "|", "\"", "'", "”", "’", "(", ")", "[", " ", "  ", "\u00A0",
        "\u2028", "\t", "1", "12", "२", "a", "is", "The", "B", "word", "Dr", "U.S", "है", "वह", "क", "डॉ", "एम", "पूछा", "ि", "्", "\u200D",
        "\u200C", "\uFE0F", "\u0301", "😀", "👍🏽", "\uD83D", "\uDE00", "\uDB40\uDD00", ":)", "=D", "^_^", ",", ":", "-", "*", "http://"};

    private final SentenceBoundaries boundaries = new SentenceBoundaries();

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static boolean isMark(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> c == 0x200C || c == 0x200D;
        };
    }

    @Test
    void losesOnlyWhiteSpaceAndCutsNoCharacter() {
        int many = 0;
        for (int seed = 0; seed < 30_000; seed++) {
            String string = randomText(new Random(seed));
            char[] text = string.toCharArray();
            int count = boundaries.find(text, 0, text.length);
            many += count > 1 ? 1 : 0;
            int at = 0;
            for (int i = 0; i < count; i++) {
                int start = boundaries.start(i);
                int end = boundaries.end(i);
                assertTrue(start < end && start >= at, string);
                assertTrue(string.substring(at, start).chars().allMatch(c -> SentenceSigns.isSpace((char) c)), string);
                assertFalse(SentenceSigns.isSpace(text[start]) || SentenceSigns.isSpace(text[end - 1]), string);
                if (i > 0) {
                    assertFalse(isMark(string.codePointAt(start)), string);
                    assertFalse(Character.isSurrogatePair(text[start - 1], text[start]), string);
                }
                if (i < count - 1) {
                    assertFalse(isMark(string.codePointAt(end)), string);
                    assertFalse(Character.isSurrogatePair(text[end - 1], text[end]), string);
                }
                at = end;
            }
            assertTrue(string.substring(at).chars().allMatch(c -> SentenceSigns.isSpace((char) c)), string);
        }
        assertTrue(many > 5000, "too few texts of several sentences: " + many);
    }

    @Test
    void aRangeIsSplitAsIfItWereAlone() {
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            String string = randomText(random);
            char[] alone = string.toCharArray();
            String before = randomText(random);
            char[] within = (before + string + randomText(random)).toCharArray();
            SentenceBoundaries other = new SentenceBoundaries();
            int count = boundaries.find(alone, 0, alone.length);
            assertEquals(count, other.find(within, before.length(), before.length() + alone.length), string);
            for (int i = 0; i < count; i++) {
                assertEquals(boundaries.start(i) + before.length(), other.start(i), string);
                assertEquals(boundaries.end(i) + before.length(), other.end(i), string);
            }
        }
    }

    /** Where nothing is ambiguous, the rules of Unicode (UAX #29) as ICU has them find the same sentences. */
    @Test
    void agreesWithIcuOnPlainText() {
        BreakIterator icu = BreakIterator.getSentenceInstance(ULocale.ENGLISH);
        String[] words = {"river", "Boat", "stones", "3.14", "over", "Ayodhya", "नदी", "किनारे", "नाव", "12,000", "x"};
        String[] ends = {". ", "! ", "? ", "?! ", ".” ", "!) ", "। ", "॥ ", "।” "};
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int sentence = random.nextInt(6) + 1; sentence > 0; sentence--) {
                text.append("Meanwhile");
                for (int word = random.nextInt(8); word > 0; word--) {
                    text.append(random.nextInt(5) == 0 ? ", " : " ").append(words[random.nextInt(words.length)]);
                }
                text.append(" boats").append(ends[random.nextInt(ends.length)]);
            }
            List<String> expected = new ArrayList<>();
            icu.setText(text.toString());
            int start = icu.first();
            for (int end = icu.next(); end != BreakIterator.DONE; start = end, end = icu.next()) {
                expected.add(text.substring(start, end).strip());
            }
            assertEquals(expected, new SentenceSplitter().split(text.toString()));
        }
    }

    @Test
    void refusesWhatIsNotThere() {
        char[] text = "One. Two.".toCharArray();
        assertThrows(IndexOutOfBoundsException.class, () -> boundaries.find(text, 0, text.length + 1));
        assertThrows(IndexOutOfBoundsException.class, () -> boundaries.find(text, 3, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> boundaries.find(text, -1, 2));
        assertEquals(2, boundaries.find(text, 0, text.length));
        assertThrows(IndexOutOfBoundsException.class, () -> boundaries.end(2));
        assertThrows(IndexOutOfBoundsException.class, () -> boundaries.start(-1));
        assertEquals(0, boundaries.find(text, 4, 5));
        assertThrows(IndexOutOfBoundsException.class, () -> boundaries.start(0));
    }
}

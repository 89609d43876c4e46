package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TextCleanerTest {
    private final TextCleaner cleaner = new TextCleaner();

    static Stream<Arguments> cases() {
        return Stream.of(
                // rule, dirty, clean, characters that the rule counts
                Arguments.of(CleanRule.NORMALIZE, "cafe\u0301", "caf\u00E9", 1),
                Arguments.of(CleanRule.NORMALIZE, "\u0958\u0932\u092E", "\u0915\u093C\u0932\u092E", 1),
                Arguments.of(CleanRule.NORMALIZE, "\u0928\u093C", "\u0929", 1),
                Arguments.of(CleanRule.NORMALIZE, "\u212B \u2126", "\u00C5 \u03A9", 1),
                Arguments.of(CleanRule.NORMALIZE, "\u1100\u1161\u11A8", "\uAC01", 1),
                Arguments.of(CleanRule.BYTE_ORDER_MARK, "\uFEFFa\uFEFFb", "ab", 2),
                Arguments.of(CleanRule.ZERO_WIDTH_SPACE, "है\u200Bं", "हैं", 1),
                Arguments.of(CleanRule.BIDI_CONTROL, "\u200Ea\u202Bb\u202C\u2067c\u2069\u061C", "abc", 6),
                Arguments.of(CleanRule.SOFT_HYPHEN, "soft\u00ADhyphen", "softhyphen", 1),
                Arguments.of(CleanRule.INVISIBLE, "word\u2060joiner\u180E\uFFF9\uDB40\uDC41", "wordjoiner", 4),
                Arguments.of(CleanRule.CONTROL, "a\u0000b\u001Bc\u0090", "abc", 3),
                Arguments.of(CleanRule.UNASSIGNED, "a\u0378b\uD83F\uDFFD", "ab", 2),
                Arguments.of(CleanRule.PRIVATE_USE, "a\uE000b\uDBC0\uDC00", "ab", 2),
                Arguments.of(CleanRule.NONCHARACTER, "a\uFDD0b\uFFFFc\uD83F\uDFFE", "abc", 3),
                Arguments.of(CleanRule.SURROGATE, "a\uD83Db\uDE00", "ab", 2),
                Arguments.of(CleanRule.REPLACEMENT, "a\uFFFDb\uFFFC", "ab", 2),
                Arguments.of(CleanRule.EXCESS_MARKS, "a" + "\u0327".repeat(40), "a" + "\u0327".repeat(30), 10),
                Arguments.of(CleanRule.WHITE_SPACE, "  a \t b\u00A0c\u3000\u2028d\r", "a b c d", 8),
                Arguments.of(CleanRule.WHITE_SPACE, "a  b", "a b", 1),
                Arguments.of(CleanRule.WHITE_SPACE, "a b ", "a b", 1),
                // joiners: half form and visible virama stay, all others go
                Arguments.of(CleanRule.JOINER, "क्\u200Dष", "क्\u200Dष", 0),
                Arguments.of(CleanRule.JOINER, "क्\u200Cष", "क्\u200Cष", 0),
                Arguments.of(CleanRule.JOINER, "र्\u200Dय", "र्\u200Dय", 0),
                Arguments.of(CleanRule.JOINER, "क्\u200D", "क्", 1),
                Arguments.of(CleanRule.JOINER, "क्\u200C है", "क् है", 1),
                Arguments.of(CleanRule.JOINER, "का\u200Dम", "काम", 1),
                Arguments.of(CleanRule.JOINER, "\u200Dक\u200Cख", "कख", 2),
                Arguments.of(CleanRule.JOINER, "क् \u200Dष", "क् ष", 1),
                Arguments.of(CleanRule.JOINER, "क्\u200D\u200Dष", "क्\u200Dष", 1),
                Arguments.of(CleanRule.JOINER, "क्\u200Dा", "क्ा", 1),
                Arguments.of(CleanRule.JOINER, "a\u200Db\u200Cc", "abc", 2),
                // emoji: a family, a skin tone with a profession, a heart with variation selector
                Arguments.of(CleanRule.JOINER, "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
                        "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67", 0),
                Arguments.of(CleanRule.JOINER, "\uD83D\uDC69\uD83C\uDFFD\u200D\u2695\uFE0F",
                        "\uD83D\uDC69\uD83C\uDFFD\u200D\u2695\uFE0F", 0),
                Arguments.of(CleanRule.JOINER, "\u2764\uFE0F\u200D\uD83D\uDD25", "\u2764\uFE0F\u200D\uD83D\uDD25", 0),
                Arguments.of(CleanRule.JOINER, "\uD83D\uDC68\u200C\uD83D\uDC69\u200D", "\uD83D\uDC68\uD83D\uDC69", 2));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRuleChangesAndCounts(CleanRule rule, String dirty, String expected, int characters) {
        CleanTally tally = new CleanTally();
        assertEquals(expected, cleaner.clean(dirty, tally));
        assertEquals(expected, cleaner.clean(dirty));
        CleanReport report = tally.report();
        assertEquals(characters, report.rules().get(rule).characters());
        assertEquals(characters > 0 ? 1 : 0, report.rules().get(rule).lines());
        assertEquals(dirty.equals(expected) ? 0 : 1, report.changedLines());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRuleThatIsOffChangesNothing(CleanRule rule, String dirty, String expected, int characters) {
        EnumSet<CleanRule> others = EnumSet.complementOf(EnumSet.of(rule));
        if (characters > 0) {
            CleanTally tally = new CleanTally();
            new TextCleaner(others).clean(dirty, tally);
            assertEquals(0, tally.report().rules().get(rule).characters());
        }
        assertEquals(dirty, new TextCleaner(EnumSet.noneOf(CleanRule.class)).clean(dirty));
    }

    @Test
    void cleanTextIsReturnedItself() {
        for (String line : new String[] {"", "Plain text, 12.5 %.", "यह सड़क ज़मीन पर है। क्या? १२३॥",
            "‘quoted’ — “text”… ₹5 é"}) {
            assertSame(line, cleaner.clean(line));
        }
    }

    @Test
    void visibleFormatCharactersStay() {
        String text = "\u0600\u06DD \uD804\uDCBD";
        assertEquals(text, cleaner.clean(text));
    }

    @Test
    void nothingIsLeftOfInvisibleText() {
        CleanTally tally = new CleanTally();
        assertEquals("", cleaner.clean("\u200B\u200D \uFEFF", tally));
        assertEquals("", cleaner.clean(" \t ", tally));
        assertEquals("", cleaner.clean("", tally));
        CleanReport report = tally.report();
        assertEquals(3, report.lines());
        assertEquals(2, report.blankLines());
        assertEquals(1, report.emptiedLines());
        assertEquals(1, report.changedLines());
    }

    @Test
    void examplesShowWhatIsInvisibleAndAreThreeAtMost() {
        CleanTally first = new CleanTally();
        CleanTally second = new CleanTally();
        cleaner.clean("a\u200Bb", first);
        for (int i = 0; i < 5; i++) {
            cleaner.clean("\uDBFF\uDFFD\u200Bc" + i, second);
        }
        first.merge(second);
        CleanReport.RuleCount count = first.report().rules().get(CleanRule.ZERO_WIDTH_SPACE);
        assertEquals(6, count.lines());
        assertEquals(3, count.examples().size());
        assertEquals(new CleanReport.Example("a\\u200Bb", "ab"), count.examples().get(0));
        assertEquals(new CleanReport.Example("\\u{10FFFD}\\u200Bc0", "c0"), count.examples().get(1));
    }

    @Test
    void anExampleShowsTheFirstDifference() {
        CleanTally tally = new CleanTally();
        cleaner.clean("x".repeat(500) + "\u00ADy" + "z".repeat(500), tally);
        CleanReport.Example example = tally.report().rules().get(CleanRule.SOFT_HYPHEN).examples().get(0);
        assertTrue(example.before().startsWith("…" + "x".repeat(40) + "\\u00ADyzz"), example.before());
        assertTrue(example.after().startsWith("…" + "x".repeat(40) + "yzz"), example.after());
        assertEquals(120, example.after().length());
    }

    static IntStream seeds() {
        return IntStream.range(0, 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void cleaningTwiceIsCleaningOnce(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            String line = randomLine(random);
            String once = cleaner.clean(line);
            assertEquals(once, cleaner.clean(once));
            assertTrue(Normalizer.isNormalized(once, Normalizer.Form.NFC));
            assertEquals(once.strip(), once);
            EnumSet<CleanRule> some = EnumSet.noneOf(CleanRule.class);
            for (CleanRule rule : CleanRule.values()) {
                if (random.nextBoolean()) {
                    some.add(rule);
                }
            }
            TextCleaner partly = new TextCleaner(some);
            assertEquals(partly.clean(line), partly.clean(partly.clean(line)));
        }
    }

    /** Mostly characters that act on each other, and now and then any 16-bit value, halves of pairs too. */
    private static String randomLine(Random random) {
        String lively = " \t\u00A0\u200B\u200C\u200D\uFEFF\u00AD\u094D\u093C\u0951\u0952\u0915\u0928\u0930\u0958\u0929"
                + "\u093Fe\u0301\u0323\u0327\u0344\u1100\u1161\u11A8\uD83D\uDC68\uDC69\uFE0F\u034F\u0F71\u0F74\u0F81";
        StringBuilder line = new StringBuilder();
        int length = random.nextInt(30);
        for (int i = 0; i < length; i++) {
            line.append(random.nextInt(6) == 0 ? (char) random.nextInt(0x10000)
                    : lively.charAt(random.nextInt(lively.length())));
        }
        return line.toString();
    }

    @Test
    void aLineOfAMillionMarksEndsSoon() {
        String hostile = "a" + "\u0301\u0323".repeat(1 << 19);
        assertTrue(cleaner.clean(hostile).length() <= 31);
    }
}

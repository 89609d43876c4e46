package io.saryu.deid.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.instruct.InstructionExample;
import io.saryu.instruct.PromptTemplate;
import io.saryu.instruct.RowCheck;
import io.saryu.text.Checksums;
import io.saryu.tokenizer.TaskTags;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of all rows that are made, over languages and seeds. */
class DeidGeneratorTest {
    private static final int TRAINING = 3000;
    private static final int VALIDATION = 400;

    /** Rows of both sides and the templates that they used. */
    private record Made(List<DeidRow> training, List<DeidRow> validation, DeidGenerator generator, int trainingTemplates,
            int validationTemplates) {
        static Made of(String language, long seed) {
            DeidGenerator generator = new DeidGenerator(language, seed);
            List<DeidRow> training = new ArrayList<>();
            List<DeidRow> validation = new ArrayList<>();
            int t = generator.rows(Side.TRAIN, TRAINING, training::add).size();
            int v = generator.rows(Side.VALIDATION, VALIDATION, validation::add).size();
            return new Made(training, validation, generator, t, v);
        }

        List<DeidRow> all() {
            List<DeidRow> all = new ArrayList<>(training);
            all.addAll(validation);
            return all;
        }
    }

    private static String text(DeidRow row, DeidRow.Span span) {
        String in = row.input();
        return in.substring(in.offsetByCodePoints(0, span.start()), in.offsetByCodePoints(0, span.end()));
    }

    @ParameterizedTest
    @CsvSource({"en,0", "hi,0", "awa,0", "en,77", "hi,-3", "awa,123456789012"})
    void everyRowIsWhole(String language, long seed) {
        Made made = Made.of(language, seed);
        assertEquals(TRAINING, made.training().size());
        assertEquals(VALIDATION, made.validation().size());
        Set<String> inputs = new HashSet<>();
        for (DeidRow row : made.all()) {
            for (PromptTemplate template : PromptTemplate.values()) {
                assertEquals(Optional.empty(), new RowCheck(template).check(new InstructionExample(row.instruction(), row.input(),
                        row.output())));
            }
            assertTrue(inputs.add(row.input()), row.input());
            assertFalse(row.toString().contains("{") || row.toString().contains("}"), row.toString());
            StringBuilder undone = new StringBuilder();
            int inInput = 0;
            int inOutput = 0;
            for (DeidRow.Span span : row.spans()) {
                assertTrue(TaskTags.all().contains(span.tag()), span.tag());
                assertTrue(span.end() > span.start() && span.start() >= inInput, row.toString());
                int from = row.input().offsetByCodePoints(0, inInput);
                int to = row.input().offsetByCodePoints(0, span.start());
                // What stands between two spans is the same in both texts.
                String kept = row.input().substring(from, to);
                assertEquals(kept, row.output().substring(inOutput, inOutput + kept.length()));
                inOutput += kept.length();
                assertEquals(span.tag(), row.output().substring(inOutput, inOutput + span.tag().length()));
                inOutput += span.tag().length();
                String value = text(row, span);
                assertEquals(value.strip(), value);
                undone.append(kept).append(value);
                inInput = span.end();
            }
            undone.append(row.output().substring(inOutput));
            assertEquals(row.input(), undone.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "hi", "awa"})
    void everyTagAndEveryTemplateIsUsed(String language) {
        Made made = Made.of(language, 5);
        for (List<DeidRow> side : List.of(made.training(), made.validation())) {
            Set<String> tags = side.stream().flatMap(r -> r.spans().stream()).map(DeidRow.Span::tag).collect(Collectors.toSet());
            assertEquals(new TreeSet<>(TaskTags.all()), new TreeSet<>(tags));
            assertTrue(side.stream().anyMatch(r -> r.spans().isEmpty()));
        }
        assertEquals(made.generator().templates(Side.TRAIN), made.trainingTemplates());
        assertEquals(made.generator().templates(Side.VALIDATION), made.validationTemplates());
        assertTrue(made.trainingTemplates() + made.validationTemplates() >= 150);
    }

    @ParameterizedTest
    @CsvSource({"en,1", "hi,1", "awa,1", "hi,9"})
    void validationSharesNothingWithTraining(String language, long seed) {
        Made made = Made.of(language, seed);
        TemplateSet templates = new TemplateSet(language);
        assertFalse(templates.of(Side.TRAIN).removeAll(templates.of(Side.VALIDATION)));
        Set<String> training = values(made.training());
        Set<String> shared = new TreeSet<>(values(made.validation()));
        shared.retainAll(training);
        assertEquals(Set.of(), shared);
    }

    /** Classes so small that both sides share them. */
    private static final Set<String> CLOSED = Set.of("[TITLE]", "[NATIONALITY]");

    /** Tags and their values, small letters and ASCII digits, but for closed classes. */
    private static Set<String> values(List<DeidRow> rows) {
        Set<String> values = new HashSet<>();
        for (DeidRow row : rows) {
            row.spans().stream().filter(s -> !CLOSED.contains(s.tag())).forEach(s -> values.add(s.tag() + ascii(text(row, s))));
        }
        return values;
    }

    private static String ascii(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> out.appendCodePoint(Character.digit(c, 10) >= 0 ? '0' + Character.digit(c, 10) : c));
        return out.toString().toLowerCase(Locale.ROOT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "hi", "awa"})
    void numbersHaveRightCheckDigits(String language) {
        boolean devanagari = false;
        for (DeidRow row : Made.of(language, 2).all()) {
            for (DeidRow.Span span : row.spans()) {
                String value = text(row, span);
                devanagari |= value.chars().anyMatch(c -> c >= '०' && c <= '९');
                String bare = ascii(value).replaceAll("[ -]", "").toUpperCase(Locale.ROOT);
                switch (span.tag()) {
                    case "[AADHAAR]" -> assertTrue(bare.length() == 12 && bare.charAt(0) > '1' && Checksums.verhoeff(bare), value);
                    case "[CREDIT_CARD]" -> assertTrue(Checksums.luhn(bare), value);
                    case "[IBAN]" -> assertTrue(Checksums.iban(bare), value);
                    case "[ROUTING_NUMBER]" -> assertTrue(Checksums.routingNumber(bare), value);
                    case "[PAN]" -> assertTrue(bare.matches("[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]"), value);
                    case "[IFSC]" -> assertTrue(bare.matches("[A-Z]{4}0[A-Z0-9]{6}"), value);
                    case "[SSN]" -> assertTrue(bare.matches("(?!000|666|9)[0-9]{3}(?!00)[0-9]{2}(?!0000)[0-9]{4}"), value);
                    case "[TAX_ID]" -> assertTrue(bare.length() != 15 || Checksums.gstin(bare), value);
                    default -> { }
                }
            }
        }
        assertEquals(!language.equals("en"), devanagari);
    }

    @Test
    void theSameSeedGivesTheSameRows() {
        assertEquals(Made.of("hi", 4).all(), Made.of("hi", 4).all());
        Set<DeidRow> other = new HashSet<>(Made.of("hi", 5).all());
        assertTrue(Made.of("hi", 4).training().stream().filter(other::contains).count() < TRAINING / 10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "hi", "awa"})
    void templatesAreWrittenByTheRules(String language) {
        Set<String> titles = new HashSet<>(Resource.lines("lists/title." + language + ".txt"));
        TemplateSet set = new TemplateSet(language);
        List<Template> all = set.of(Side.TRAIN);
        all.addAll(set.of(Side.VALIDATION));
        for (Template template : all) {
            assertTrue(Normalizer.isNormalized(template.source(), Normalizer.Form.NFC), template.source());
            for (int i = 1; i < template.parts().size(); i++) {
                Slot slot = template.parts().get(i).slot();
                String before = template.parts().get(i - 1).literal();
                if (slot != null && "[NAME]".equals(slot.tag()) && before != null) {
                    // Such a title must be a slot, or the same word is data in one row and none in the next.
                    assertFalse(titles.contains(before.strip().replaceFirst("^.*\\s", "")), template.source());
                }
            }
        }
    }

    @Test
    void whatIsWrongWithATemplateIsSaid() {
        assertTrue(assertThrows(IllegalStateException.class, () -> Template.parse("f", "account {ACCOUNT}")).getMessage()
                .contains("{ACCOUNT}"));
        assertThrows(IllegalStateException.class, () -> Template.parse("f", "a } alone"));
        assertThrows(IllegalStateException.class, () -> new Slot("x", "[NAEM]", Slot.Origin.LISTED, false, d -> "x"));
    }
}

package io.saryu.deid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.instruct.PromptTemplate;
import io.saryu.model.LanguageModel;
import io.saryu.train.TinyRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With a real model that was never tuned for the task: the promise holds for any. */
class DeidentifierTest {
    private static LanguageModel model;

    @BeforeAll
    static void open() throws Exception {
        model = LanguageModel.open(TinyRun.get().model(), "cpu", 2);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static Deidentifier deidentifier(double threshold, int batch, Recognizer... recognizers) {
        return new Deidentifier(model, new DeidentifyOptions(PromptTemplate.ALPACA, "x", threshold, false, ReplacementStyle.TAG,
                batch), List.of(recognizers));
    }

    private static void assertComesBack(String text, Redaction redaction) {
        assertEquals(text, redaction.input());
        List<String> originals = redaction.replacements().stream().map(r -> text.substring(r.span().start(), r.span().end())).toList();
        assertEquals(text, Redaction.undo(redaction.text(), redaction.places(), originals));
    }

    @Test
    void anyTextComesBackFromAnUntunedModelAlsoWhereItIsLongerThanTheContext() {
        Random random = new Random(2);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            texts.add(HostileText.next(random, i % 10 == 0 ? 200 : 8));
        }
        List<Redaction> results = deidentifier(0.02, 7).apply(texts);
        int replaced = 0;
        for (int i = 0; i < texts.size(); i++) {
            assertComesBack(texts.get(i), results.get(i));
            replaced += results.get(i).replacements().size();
        }
        assertTrue(replaced > 0, "nothing was replaced: the test looks at nothing");
    }

    @Test
    void aTextDoesNotDependOnItsBatch() {
        List<String> texts = List.of("My name is John.", "हमार नाम राम है।", "", "Call 555-1234 or write to a@b.org.");
        List<Redaction> together = deidentifier(0.05, 4).apply(texts);
        for (int i = 0; i < texts.size(); i++) {
            assertEquals(together.get(i).text(), deidentifier(0.05, 1).apply(texts.get(i)).text());
        }
    }

    @Test
    void patternsFindWhatTheModelDoesNotSee() {
        Deidentifier d = new Deidentifier(model, new DeidentifyOptions(PromptTemplate.ALPACA, "x", 0.999, true, ReplacementStyle.NUMBERED,
                4));
        assertEquals("Write to [EMAIL_1], not to [EMAIL_2], or pay with [CREDIT_CARD_1].",
                d.apply("Write to ram@example.com, not to sita@example.org, or pay with 4111 1111 1111 1111.").text());
        assertEquals("[EMAIL_1]", d.apply("RAM@example.com").text());
    }

    @Test
    void whatAPatternFindsIsReplacedWhateverTheModelSays() {
        Recognizer digits = text -> {
            int at = text.indexOf("555-1234");
            return at < 0 ? List.of() : List.of(new Span(at, at + 8, "[PHONE_NUMBER]", 1, Span.Source.PATTERN));
        };
        Redaction redaction = deidentifier(0.999, 1, digits).apply("my number is 555-1234.");
        assertEquals("my number is [PHONE_NUMBER].", redaction.text());
    }
}

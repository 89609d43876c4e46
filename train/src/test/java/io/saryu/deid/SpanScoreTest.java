package io.saryu.deid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.text.CorpusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpanScoreTest {
    @TempDir
    Path folder;

    private static Span found(int start, int end, String tag) {
        return new Span(start, end, tag, 1, Span.Source.MODEL);
    }

    @Test
    void strictMatchesAndLeaksAreCounted() {
        SpanScore score = new SpanScore();
        MarkedText text = new MarkedText("John Smith, 555-1234, Delhi and Mumbai", List.of(new MarkedText.Mark(0, 10, "[NAME]"),
                new MarkedText.Mark(12, 20, "[PHONE_NUMBER]"), new MarkedText.Mark(22, 27, "[LOCATION]"),
                new MarkedText.Mark(32, 38, null)));
        score.add(text, List.of(found(0, 4, "[NAME]"), found(5, 10, "[NAME]"), found(12, 20, "[PHONE_NUMBER]"),
                found(22, 27, "[NAME]")));
        SpanScore.Result r = score.result();
        // The name is found in two parts, which covers it but is not it; the place under a wrong tag.
        assertEquals(List.of(3, 4, 1), List.of(r.all().there(), r.all().found(), r.all().correct()));
        assertEquals(0.25, r.all().strict().precision());
        assertEquals(1.0 / 3, r.all().strict().recall());
        assertEquals(2.0 / 7, r.all().strict().f1(), 1e-12);
        // Both parts of the name touch it; nothing found the place under its tag.
        assertEquals(0.75, r.all().relaxed().precision());
        assertEquals(2.0 / 3, r.all().relaxed().recall());
        assertEquals(12.0 / 17, r.all().relaxed().f1(), 1e-12);
        assertEquals(0, r.leakRate());
        score.add(text, List.of(found(0, 10, "[NAME]"), found(12, 19, "[PHONE_NUMBER]")));
        r = score.result();
        assertEquals(2.0 / 6, r.leakedRate(), 1e-12);
        assertEquals((1 + 5) / 44.0, r.leakRate(), 1e-12);
        assertEquals(0, r.overMasked());
        assertEquals(List.of("[LOCATION]", "[NAME]", "[PHONE_NUMBER]"), r.tags().stream().map(SpanScore.Row::tag).toList());
    }

    @Test
    void whatIsNotAskedForHidesAndIsNoFault() {
        SpanScore score = new SpanScore();
        MarkedText text = new MarkedText("Mr 😀 Ram of Acme paid", List.of(new MarkedText.Mark(6, 9, "[NAME]"), new MarkedText.Mark(13, 17, null)));
        score.add(text, List.of(found(6, 9, "[ORGANIZATION]"), found(13, 17, "[NAME]"), found(18, 22, "[NAME]"), found(3, 5, "[DATE]")),
                List.of("[NAME]"));
        SpanScore.Result r = score.result();
        assertEquals(0, r.leakRate(), "another tag hides the name");
        assertEquals(2, r.all().found(), "a find of a tag that is not scored is not counted");
        assertEquals(0, r.all().correct());
        // Mr, the face, of, paid: nine characters, of which "paid" was replaced under a tag that is scored.
        assertEquals(4.0 / 9, r.overMasked(), 1e-12);
        assertEquals(List.of(SpanMisses.Kind.OTHERWISE, SpanMisses.Kind.INVENTED), score.misses().stream().map(SpanMisses.Miss::kind).toList());
        assertEquals("paid", score.misses().getLast().text());
    }

    @Test
    void languagesAreCountedApart() {
        SpanScore score = new SpanScore();
        List<MarkedText.Mark> marks = List.of(new MarkedText.Mark(0, 3, "[NAME]"));
        score.add(new MarkedText("Ram came", marks, "en"), List.of(found(0, 3, "[NAME]")));
        assertEquals(0, score.result().languages().size());
        score.add(new MarkedText("राम आवा", marks, "awa"), List.of());
        assertEquals(1, score.result().languages().get("en").all().strict().f1());
        assertEquals(0, score.result().languages().get("awa").all().strict().f1());
        assertEquals(1, score.result().languages().get("awa").leakRate());
        assertEquals(2.0 / 3, score.result().all().strict().f1(), 1e-12);
        assertEquals(new SpanMisses.Miss(SpanMisses.Kind.LEFT, "[NAME]", "", "राम", " आवा", List.of()), score.misses().getFirst());
    }

    @Test
    void readsBothFormsAndOffsetsInCodePoints() throws IOException {
        Path file = Files.writeString(folder.resolve("a.jsonl"), "{\"input\":\"😀 Ram\",\"spans\":[{\"start\":2,\"end\":5,"
                + "\"tag\":\"[NAME]\"}]}\n\n{\"text\":\"Ram\",\"spans\":[{\"start\":0,\"end\":3,\"label\":\"NAME\"}]}\n");
        List<MarkedText> texts = MarkedText.read(file, Map.of());
        assertEquals(List.of(new MarkedText.Mark(3, 6, "[NAME]")), texts.get(0).spans());
        assertEquals(List.of(new MarkedText.Mark(0, 3, "[NAME]")), texts.get(1).spans());
        assertEquals(List.of(new MarkedText.Mark(0, 3, null)),
                MarkedText.read(file, Map.of("PERSON", "[NAME]")).get(1).spans());
    }

    @Test
    void rowsThatAreNoneAreNamed() throws IOException {
        for (String line : List.of("{", "[]", "{\"input\":\"a\"}", "{\"input\":\"a\",\"spans\":[{\"start\":0,\"end\":2,\"tag\":\"x\"}]}",
                "{\"input\":\"a\",\"spans\":[{\"start\":0,\"end\":1}]}")) {
            Path file = Files.writeString(folder.resolve("bad.jsonl"), "\n" + line + "\n");
            String message = assertThrows(CorpusException.class, () -> MarkedText.read(file, Map.of())).getMessage();
            assertTrue(message.startsWith(file + ", line 2"), message);
        }
    }
}

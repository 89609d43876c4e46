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
        assertEquals(new SpanScore.Row("all", 3, 4, 1), r.all());
        assertEquals(2.0 / 7, r.all().f1(), 1e-12);
        assertEquals(0, r.leakRate());
        score.add(text, List.of(found(0, 10, "[NAME]"), found(12, 19, "[PHONE_NUMBER]")));
        r = score.result();
        assertEquals(2.0 / 6, r.leakRate(), 1e-12);
        assertEquals((1 + 5) / 44.0, r.characterRate(), 1e-12);
        assertEquals(List.of("[LOCATION]", "[NAME]", "[PHONE_NUMBER]"), r.tags().stream().map(SpanScore.Row::tag).toList());
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

package io.saryu.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.simplify.ReferenceText;
import io.saryu.simplify.SimplifyScore;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against sacrebleu, and SARI against its definition and EASSE's published example: bench/peers/make_simplify_scores.py. */
class SimplifyScoresTest {
    private static JsonNode golden;

    @BeforeAll
    static void read() throws Exception {
        try (InputStream in = SimplifyScoresTest.class.getResourceAsStream("/simplify/scores.json")) {
            golden = new ObjectMapper().readTree(in);
        }
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(t -> texts.add(t.asText()));
        return texts;
    }

    @Test
    void wordsAreSacrebleus() {
        assertTrue(golden.path("tokens").size() > 60);
        for (JsonNode pair : golden.path("tokens")) {
            assertEquals(pair.get(1).asText(), String.join(" ", Tokenizer13a.words(pair.get(0).asText())), pair.get(0).toString());
        }
    }

    @Test
    void figuresAreThePublishedImplementations() {
        assertTrue(golden.path("cases").size() > 8);
        for (JsonNode c : golden.path("cases")) {
            String name = c.path("name").asText();
            List<String> sources = texts(c.path("sources"));
            List<String> outputs = texts(c.path("outputs"));
            List<ReferenceText> rows = new ArrayList<>();
            Bleu bleu = new Bleu();
            for (int i = 0; i < sources.size(); i++) {
                List<String> references = texts(c.path("references").get(i));
                rows.add(new ReferenceText(sources.get(i), references, null, null));
                bleu.add(outputs.get(i), references);
            }
            JsonNode expected = c.path("expected");
            SimplifyScore.Figures f = SimplifyScore.of(name, rows, outputs).all();
            close(expected, "sari", f.sari(), name);
            close(expected, "sari_add", f.sariAdd(), name);
            close(expected, "sari_keep", f.sariKeep(), name);
            close(expected, "sari_delete", f.sariDelete(), name);
            close(expected, "sari_delete_precision", f.sariDeletePrecision(), name);
            close(expected, "bleu", f.bleu(), name);
            close(expected, "compression_ratio", f.compressionRatio(), name);
            close(expected, "exact_copies", f.exactCopies(), name);
            Bleu.Result b = bleu.result();
            close(expected, "brevity_penalty", b.brevityPenalty(), name);
            assertEquals(expected.path("output_tokens").asLong(), b.outputLength(), name);
            assertEquals(expected.path("reference_tokens").asLong(), b.referenceLength(), name);
            for (int n = 0; n < 4; n++) {
                assertEquals(expected.path("precisions").get(n).asDouble(), b.precisions().get(n), 1e-9, name);
            }
            assertEquals(version(expected.path("signature").asText()), version(f.bleuSignature()), name);
        }
    }

    private static void close(JsonNode expected, String figure, double value, String name) {
        assertTrue(expected.path(figure).isNumber(), figure);
        assertEquals(expected.path(figure).asDouble(), value, 1e-9, name + ": " + figure);
    }

    private static String version(String signature) {
        return signature.substring(0, signature.indexOf("version:"));
    }

    @Test
    void textsWithoutReferencesOrOutputsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Bleu().add("a", List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Sari().add("a", "a", List.of()));
        ReferenceText row = new ReferenceText("a", List.of("b"), null, null);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> SimplifyScore.of("x", List.of(row), List.of())).getMessage()
                .contains("1 texts and 0 outputs of x"));
    }

    @Test
    void languagesAreScoredApartAndExamplesChosen() {
        List<ReferenceText> rows = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            rows.add(new ReferenceText("word " + i + " is a hard word", List.of("word " + i + " is hard"), i % 4 == 0 ? "hi" : "en", null));
            outputs.add(i % 4 == 0 ? "word " + i + " is hard" : rows.getLast().source());
        }
        SimplifyScore score = SimplifyScore.of("x", rows, outputs);
        assertEquals(0.75, score.all().exactCopies());
        assertEquals(1, score.languages().get("en").exactCopies());
        assertEquals(0, score.languages().get("hi").exactCopies());
        assertEquals(100, score.languages().get("hi").bleu(), 1e-9);
        // Eight of the worst, of the best and of those between, some of them the same.
        assertTrue(score.examples().size() > 16 && score.examples().size() <= 24, score.examples().size() + " examples");
        assertTrue(score.examples().stream().anyMatch(e -> e.output().equals(e.source())));
        assertTrue(score.examples().stream().anyMatch(e -> e.output().equals(e.references().getFirst())));
    }
}

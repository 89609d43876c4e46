package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saryu.instruct.PromptTemplate;
import io.saryu.train.TinyRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores of a model that was never tuned, but for its template, and of outputs without a model. */
class ScoreCommandTest {
    @TempDir
    static Path folder;
    private static Path model;

    @BeforeAll
    static void copyModel() throws Exception {
        model = TinyRun.get().copyOfModel(folder.resolve("model"));
        PromptTemplate.ALPACA.write(model);
    }

    private static Path hard() throws IOException {
        return Files.writeString(folder.resolve("hard.jsonl"), "{\"src\":\"A <b>hard</b> sentence.\",\"refs\":[\"It is hard.\",\"It is easy.\"]}\n"
                + "\n{\"src\":\"" + "word ".repeat(80) + "\",\"refs\":[\"words\"]}\n{\"input\":\"कठिन वाक्य।\",\"output\":\"वाक्य।\"}\n");
    }

    @Test
    void deidentificationAgainstWhatIsThere() throws IOException {
        Path rows = Files.writeString(folder.resolve("rows.jsonl"), "{\"input\":\"Write to a@example.com\",\"spans\":[{\"start\":9,"
                + "\"end\":22,\"tag\":\"[EMAIL]\"}],\"language\":\"en\"}\n{\"input\":\"<i>राम</i> आवा\",\"spans\":[{\"start\":3,\"end\":6,"
                + "\"tag\":\"[NAME]\"}],\"language\":\"awa\"}\n");
        Path json = folder.resolve("deid.json");
        Path html = folder.resolve("deid.html");
        Cli cli = Cli.run("score", "deidentify", "--model", model.toString(), "--device", "cpu", "--instruction", "x", "--threshold",
                "0.999999", "--json", json.toString(), "--html", html.toString(), rows.toString());
        assertEquals(0, cli.exit(), cli.err());
        JsonNode result = new JsonMapper().readTree(json.toFile()).path(rows.toString());
        assertEquals(2, result.path("all").path("there").asInt(), cli.out());
        assertEquals(1, result.path("all").path("correct").asInt(), cli.out());
        assertEquals(0.5, result.path("leaked_rate").asDouble(), cli.out());
        assertEquals(3 / 16.0, result.path("leak_rate").asDouble(), cli.out());
        assertEquals(1, result.path("languages").path("en").path("all").path("strict").path("f1").asDouble());
        assertEquals(1, result.path("languages").path("awa").path("leak_rate").asDouble());
        assertTrue(cli.out().contains("awa: strict F1 0.0000, relaxed 0.0000; leak rate 100.00 %"), cli.out());
        String page = Files.readString(html);
        assertTrue(page.contains("<mark>राम</mark>") && page.contains("&lt;i&gt;") && !page.contains("<i>राम"), page);
        assertFalse(page.contains("<script"), "a page without charts needs no script");
        cli = Cli.run("score", "deidentify", "--model", model.toString(), "--map", "PERSON=NAMES", rows.toString());
        assertEquals(2, cli.exit());
        assertTrue(cli.err().contains("--map names the tag [NAMES]"), cli.err());
    }

    @Test
    void simplificationsOfAModelBesideOthers() throws IOException {
        Path rows = hard();
        Path others = Files.writeString(folder.resolve("others.txt"), "It is hard.\nwords\nवाक्य।\n");
        Path json = folder.resolve("simplify.json");
        Path html = folder.resolve("simplify.html");
        Path saved = folder.resolve("saved.txt");
        Cli cli = Cli.run("score", "simplify", "--model", model.toString(), "--device", "cpu", "--instruction", "x", "--max-new-tokens", "3",
                "--copy", "--output", others.toString(), "--save", saved.toString(), "--json", json.toString(), "--html", html.toString(),
                rows.toString());
        assertEquals(0, cli.exit(), cli.err());
        assertTrue(cli.err().contains("1 texts are longer than the model's context; they count as copied"), cli.err());
        JsonNode systems = new JsonMapper().readTree(json.toFile()).path("systems");
        assertEquals(List.of("model", "others.txt", "copy"), List.of(systems.get(0).path("system").asText(),
                systems.get(1).path("system").asText(), systems.get(2).path("system").asText()));
        assertEquals(1, systems.get(2).path("all").path("exact_copies").asDouble());
        assertEquals(0, systems.get(1).path("all").path("exact_copies").asDouble());
        assertTrue(systems.get(1).path("all").path("sari").asDouble() > systems.get(2).path("all").path("sari").asDouble());
        assertTrue(cli.out().contains("nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp|version:saryu-"), cli.out());
        String page = Files.readString(html);
        assertTrue(page.contains("A &lt;b&gt;hard&lt;/b&gt; sentence.") && !page.contains("<b>hard"), page);

        // What was saved scores as the model did.
        cli = Cli.run("score", "simplify", "--output", "again=" + saved, "--json", "-", rows.toString());
        assertEquals(0, cli.exit(), cli.err());
        JsonNode again = new JsonMapper().readTree(cli.out()).path("systems").get(0);
        assertEquals("again", again.path("system").asText());
        assertEquals(systems.get(0).path("all"), again.path("all"));
    }

    @Test
    void misuseIsOneSentence() throws IOException {
        Path rows = hard();
        Path short1 = Files.writeString(folder.resolve("short.txt"), "one\n");
        Path binary = Files.write(folder.resolve("binary.txt"), new byte[] {(byte) 0xFF, '\n', 'a', '\n', 'b', '\n'});
        Path strange = Files.writeString(folder.resolve("strange.jsonl"), "{\"a\":\"b\"}\n");
        Path untold = Files.writeString(folder.resolve("untold.jsonl"), "{\"src\":\"b\",\"refs\":[]}\n");
        says(2, "there is nothing to score; give --model DIR, --output FILE or --copy", rows.toString());
        says(2, "short.txt has 1 lines, and", "--output", short1.toString(), rows.toString());
        says(1, "binary.txt is not UTF-8 text", "--output", binary.toString(), rows.toString());
        says(2, "none.txt is not there", "--output", folder.resolve("none.txt").toString(), rows.toString());
        says(2, "two outputs are named 'a'", "--output", "a=" + folder.resolve("three.txt"), "--output", "a=" + three(), rows.toString());
        says(2, "--save keeps what a model writes", "--copy", "--save", folder.resolve("s.txt").toString(), rows.toString());
        says(2, "looks like texts, and would be replaced by the report", "--copy", "--json", rows.toString(), rows.toString());
        says(1, "line 1 has no text with its simplifications; it has the fields [a]", "--copy", strange.toString());
        says(1, "line 1 has no simplification", "--copy", untold.toString());
        assertTrue(Files.size(rows) > 0);
    }

    private static Path three() throws IOException {
        return Files.write(folder.resolve("three.txt"), "a\nb\nc\n".getBytes(StandardCharsets.UTF_8));
    }

    private static void says(int exit, String sentence, String... args) throws IOException {
        three();
        String[] all = new String[args.length + 2];
        all[0] = "score";
        all[1] = "simplify";
        System.arraycopy(args, 0, all, 2, args.length);
        Cli cli = Cli.run(all);
        assertTrue(cli.err().contains(sentence), cli.err());
        assertEquals(exit, cli.exit(), cli.err());
        assertEquals(1, cli.err().strip().lines().count(), cli.err());
    }
}

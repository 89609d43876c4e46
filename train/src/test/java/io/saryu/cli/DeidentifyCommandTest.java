package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saryu.instruct.PromptTemplate;
import io.saryu.train.TinyRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a model that was never tuned, but for its template: lines in, lines out. */
class DeidentifyCommandTest {
    @TempDir
    static Path folder;
    private static Path model;

    @BeforeAll
    static void copyModel() throws Exception {
        model = TinyRun.get().copyOfModel(folder.resolve("model"));
        PromptTemplate.ALPACA.write(model);
    }

    private static Cli run(Path in, Path out, String... more) {
        List<String> args = new ArrayList<>(List.of("deidentify", "--model", model.toString(), "--device", "cpu",
                "--instruction", "x", "--threshold", "0.999999", in.toString(), "-o", out.toString()));
        args.addAll(List.of(more));
        return Cli.run(args.toArray(String[]::new));
    }

    @Test
    void badLinesAreMarkedAndTheRestGoesOn() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("Write to a@example.com.\r\n\n".getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(new byte[] {'x', (byte) 0xFF, '\n'});
        bytes.writeBytes("पत्र: b@example.com\nlast, without an end".getBytes(StandardCharsets.UTF_8));
        Path in = Files.write(folder.resolve("in.txt"), bytes.toByteArray());
        Path out = folder.resolve("out.txt");
        Cli cli = run(in, out);
        assertEquals(0, cli.exit(), cli.err());
        assertEquals("Write to [EMAIL].\r\n\n[line 3: it is not UTF-8 text]\nपत्र: [EMAIL]\nlast, without an end", Files.readString(out));
        assertTrue(cli.err().contains("line 3 of " + in + " is left out: it is not UTF-8 text"), cli.err());
        assertTrue(cli.err().contains("1 of 5 lines could not be worked on"), cli.err());
    }

    @Test
    void objectsKeepTheirOtherFieldsAndGetSpans() throws IOException {
        Path in = Files.writeString(folder.resolve("in.jsonl"),
                "{\"id\": 7, \"note\": \"😀 a@example.com\"}\n{\"id\": 8}\nnot json\n{\"note\": \"half \\ud800\"}\n");
        Path out = folder.resolve("out.jsonl");
        Cli cli = run(in, out, "--field", "note", "--json");
        assertEquals(0, cli.exit(), cli.err());
        List<String> lines = Files.readAllLines(out);
        assertEquals(4, lines.size());
        JsonNode first = new JsonMapper().readTree(lines.get(0));
        assertEquals(7, first.path("id").asInt());
        assertEquals("😀 [EMAIL]", first.path("note").asText());
        assertEquals("{\"start\":2,\"end\":15,\"tag\":\"[EMAIL]\",\"replacement\":\"[EMAIL]\",\"confidence\":1.0,\"source\":\"pattern\"}",
                first.path("spans").path(0).toString());
        for (String bad : lines.subList(1, 4)) {
            assertTrue(new JsonMapper().readTree(bad).path("error").isTextual(), bad);
        }
    }

    @Test
    void simplifyingKeepsLinesAndMarksWhatItCannotTake() throws IOException {
        Path in = Files.writeString(folder.resolve("hard.txt"), "A hard sentence.\n\n" + "word ".repeat(80) + "\nAnother. And one more.\n");
        Path out = folder.resolve("simple.txt");
        Cli cli = Cli.run("simplify", "--model", model.toString(), "--device", "cpu", "--instruction", "x", "--max-new-tokens", "3",
                in.toString(), "-o", out.toString());
        assertEquals(0, cli.exit(), cli.err());
        String[] lines = Files.readString(out).split("\n", -1);
        assertEquals(5, lines.length, String.join("|", lines));
        assertEquals("", lines[1]);
        assertTrue(lines[2].startsWith("[line 3: "), String.join("|", lines) + cli.err());
        assertTrue(cli.err().contains("1 of 4 lines could not be worked on"), cli.err());
    }

    @Test
    void misuseIsOneSentence() throws IOException {
        Path nothing = folder.resolve("nothing.txt");
        Cli cli = run(nothing, folder.resolve("o"));
        assertEquals(2, cli.exit());
        assertTrue(cli.err().contains(nothing + " is not there; give text files"), cli.err());
        cli = Cli.run("deidentify", "--model", model.toString(), "--threshold", "2", nothing.toString());
        assertEquals(2, cli.exit());
        assertTrue(cli.err().contains("the threshold is 2.0"), cli.err());
        cli = Cli.run("deidentify", "--model", TinyRun.get().copyOfModel(folder.resolve("plain")).toString());
        assertEquals(2, cli.exit());
        assertTrue(cli.err().contains("was not tuned on instructions"), cli.err());
        assertFalse(Files.exists(folder.resolve("o")));
    }
}

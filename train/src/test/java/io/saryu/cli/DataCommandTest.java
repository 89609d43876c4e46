package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that make instruction data. */
class DataCommandTest {
    @TempDir
    Path dir;

    @Test
    void deidentifyMakesAFolder() throws IOException {
        String out = dir.resolve("made").toString();
        Cli made = Cli.run("data", "deidentify", "--out", out, "--count", "300", "--languages", "hi,awa", "--seed", "8");
        assertEquals(0, made.exit(), made.err());
        assertTrue(made.out().contains("hi.train.jsonl: 270 rows"), made.out());
        assertEquals(30, Files.readAllLines(dir.resolve("made/awa.validation.jsonl")).size());
        assertFalse(Files.exists(dir.resolve("made/en.train.jsonl")));
        Cli again = Cli.run("data", "deidentify", "--out", out);
        assertEquals(1, again.exit());
        assertTrue(again.err().contains("is not empty"), again.err());
        assertEquals(2, Cli.run("data", "deidentify", "--out", dir.resolve("x").toString(), "--languages", "en,fr").exit());
        assertEquals(2, Cli.run("data", "deidentify", "--out", dir.resolve("x").toString(), "--count", "3").exit());
        assertEquals(2, Cli.run("data").exit());
        assertFalse(Files.exists(dir.resolve("x")));
    }

    @Test
    void simplifyTakesPairsAndRawText() throws IOException {
        Path pairs = dir.resolve("pairs.tsv");
        Files.writeString(pairs, "A hard sentence, that is.\tAn easy one.\nbroken\n");
        Path raw = dir.resolve("hi.txt");
        Files.writeString(raw, "राम अपने घर गया था और सीता बाज़ार से लौटी थी।\n");
        Cli made = Cli.run("data", "simplify", "--pairs", "en=" + pairs, "--raw", "hi=" + raw, "--out", dir.resolve("made").toString(),
                "--validation", "0");
        assertEquals(0, made.exit(), made.err());
        assertTrue(made.out().contains("pairs.tsv line 2"), made.out());
        assertTrue(Files.readString(dir.resolve("made/hi.train.jsonl")).contains("\"synthetic\":true"));
        Files.write(raw, "\u00e9 fran\u00e7ais\n".getBytes(StandardCharsets.ISO_8859_1));
        Cli nothing = Cli.run("data", "simplify", "--raw", "hi=" + raw, "--out", dir.resolve("none").toString());
        assertEquals(1, nothing.exit());
        assertTrue(nothing.err().contains("no pair came"), nothing.err());
        assertEquals(2, Cli.run("data", "simplify", "--out", dir.resolve("none").toString()).exit());
        assertEquals(1, Cli.run("data", "simplify", "--pairs", "en=" + dir.resolve("missing"), "--out", dir.resolve("none").toString()).exit());
        assertFalse(Files.exists(dir.resolve("none")));
    }
}

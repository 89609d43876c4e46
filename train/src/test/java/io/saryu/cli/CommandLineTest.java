package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    @TempDir
    Path dir;

    private Path text(String name, String... lines) throws Exception {
        return Files.write(dir.resolve(name), List.of(lines));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "                                   | no command was given; try 'saryu quickstart'",
        "corpus                             | name one of clean, split, sample, stats",
        "corpsu                             | Unmatched argument",
        "corpus clean                       | Missing required",
        "corpus clean --out                 | Missing required parameter for option",
        "corpus stats x                     | 'x' is not of the form NAME=VALUE; write for example en=en.txt",
        "corpus stats en=/no/such           | there is no file or folder /no/such; check the name",
        "corpus split a --train b --validation c --fraction 2 | the validation fraction is 2.0",
        "corpus split a --train b --validation c --fraction x | Invalid value for option '--fraction'",
        "corpus clean a -o b --unit word    | Invalid value for option '--unit'",
        "corpus sample en=a -o b --lines 5 --share en=x | 'x' in en=x is not a number",
        "corpus sample en=a -o b --lines 5 --share en=1,en=2 | 'en' is given twice",
    })
    void misuseIsOneSentenceAndExitTwo(String line, String message) {
        Cli cli = Cli.run(line == null ? new String[0] : line.split(" +"));
        String first = cli.err().lines().findFirst().orElse("");
        assertTrue(first.startsWith("saryu: ") && first.contains(message), cli.err());
        assertFalse(cli.err().contains("\tat "), cli.err());
        assertEquals("", cli.out());
        assertEquals(line != null && line.contains("/no/such") ? 1 : 2, cli.exit());
    }

    @Test
    void debugPrintsTheStackTrace() {
        Cli cli = Cli.run("corpus", "stats", "en=/no/such", "--debug");
        assertTrue(cli.err().contains("\tat io.saryu."), cli.err());
        assertEquals(1, cli.exit());
    }

    @Test
    void helpAndVersion() {
        assertEquals(0, Cli.run("--help").exit());
        assertTrue(Cli.run("--help").out().contains("corpus"));
        assertTrue(Cli.run("corpus", "clean", "--help").out().contains("--keep-duplicates"));
        Cli version = Cli.run("--version");
        assertTrue(version.out().startsWith("saryu ") && version.out().contains("Java "), version.out());
        assertEquals(0, version.exit());
    }

    @Test
    void cleanSplitSampleStats() throws Exception {
        String[] lines = new String[400];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = "Line  number " + i + " is\u200B here.";
        }
        Path raw = text("raw.txt", lines);
        Files.writeString(raw, Files.readString(raw) + lines[0] + "\n");
        Path clean = dir.resolve("clean.txt");
        Cli cli = Cli.run("corpus", "clean", raw.toString(), "-o", clean.toString());
        assertEquals(0, cli.exit(), cli.err());
        assertTrue(cli.out().contains("400 lines") && cli.out().contains("1 of 401 documents"), cli.out());
        assertEquals("Line number 0 is here.", Files.readAllLines(clean).get(0));
        assertTrue(cli.err().startsWith("clean: "), cli.err());
        assertEquals("", Cli.run("-q", "corpus", "clean", raw.toString(), "-o", clean.toString()).err());

        Cli split = Cli.run("corpus", "split", clean.toString(), "--train", dir.resolve("t.txt").toString(), "--validation",
                dir.resolve("v.txt").toString(), "--fraction", "0.1", "--json", "-q");
        JsonNode report = new ObjectMapper().readTree(split.out());
        assertEquals(400, report.get("train").get("documents").asInt() + report.get("validation").get("documents").asInt());

        Cli sample = Cli.run("corpus", "sample", "en=" + clean, "-o", dir.resolve("s.txt").toString(), "--lines", "50",
                "--share", "en=1", "-q");
        assertEquals(0, sample.exit(), sample.err());
        assertEquals(50, Files.readAllLines(dir.resolve("s.txt")).size());

        Cli stats = Cli.run("corpus", "stats", "en=" + clean, "--json", "-q");
        assertEquals(400, new ObjectMapper().readTree(stats.out()).get("languages").get(0).get("lines").asInt());
    }

    @Test
    void textInAnotherEncodingIsSaid() throws Exception {
        Path bad = dir.resolve("bad.txt");
        Files.write(bad, new byte[] {(byte) 0xE9, '\n'});
        Cli cli = Cli.run("corpus", "clean", bad.toString(), "-o", dir.resolve("o.txt").toString(), "-q");
        assertEquals(1, cli.exit());
        assertTrue(cli.err().startsWith("saryu: no text is left of "), cli.err());
        assertFalse(Files.exists(dir.resolve("o.txt")));
    }

    @Test
    void doctorReportsBackendsInTextAndJson() throws Exception {
        Cli text = Cli.run("doctor");
        assertEquals(0, text.exit(), text.err());
        assertTrue(text.out().contains("backend reference"), text.out());
        JsonNode json = new ObjectMapper().readTree(Cli.run("doctor", "--json").out());
        assertTrue(json.get("cores").asInt() > 0 && json.get("memory").asLong() > 0);
        assertEquals(System.getProperty("java.home"), json.get("java_home").asText());
        JsonNode driver = null;
        for (JsonNode part : json.get("parts")) {
            driver = part.get("name").asText().equals("NVIDIA driver") ? part : driver;
        }
        assertTrue(text.out().contains("backend cuda") && text.out().contains("NVIDIA driver"), text.out());
        // Either what it is, or one sentence that is among the advice, once.
        String reason = driver.get("reason").asText(null);
        assertTrue(reason != null || !driver.get("found").isNull(), driver.toString());
        if (reason != null) {
            assertEquals(1, text.out().lines().filter(line -> line.startsWith("- ") && line.contains(reason)).count(), text.out());
        }
    }
}

package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusCleanCommandTest {
    @TempDir
    Path folder;

    private Cli clean(Path input, String... more) {
        return Cli.run(Stream.concat(Stream.of("corpus", "clean", input.toString(), "-o", out().toString(), "-q"),
                Arrays.stream(more)).toArray(String[]::new));
    }

    private Path out() {
        return folder.resolve("out.txt");
    }

    @Test
    void cleansAColumnOnce() throws IOException {
        Path csv = Files.writeString(folder.resolve("x.csv"), "id,body\n1,\"A b. C\n\nd.\"\n2,A  b. C\n3,!!!!!!\n");
        Cli first = clean(csv, "--field", "body", "--sentences", "--max-symbols", "0.5", "--threads", "2");
        assertEquals(0, first.exit(), first.err());
        assertEquals("A b.\nC\nd.\n", Files.readString(out()));
        assertTrue(first.out().contains("1 dropped by filters") && first.out().contains("1 of 3 documents"), first.out());
        String[] same = {"--field", "body", "--sentences", "--max-symbols", "0.5", "--threads", "1", "--dedupe-memory", "9"};
        Cli second = clean(csv, same);
        assertTrue(second.out().contains("nothing was done"), second.out());
        String[] again = Arrays.copyOf(same, same.length + 2);
        again[same.length] = "--again";
        again[same.length + 1] = "--json";
        JsonNode report = new ObjectMapper().readTree(clean(csv, again).out());
        assertFalse(report.get("unchanged").asBoolean());
        assertEquals(1, report.at("/filtered/filters/SYMBOLS/lines").asInt());
        assertEquals("!!!!!!", report.at("/filtered/filters/SYMBOLS/examples/0").asText());
    }

    @Test
    void masksPersonalData() throws IOException {
        Path raw = Files.writeString(folder.resolve("x.txt"), "Call +91 98765 43210 or a.b@example.org now\nNo one here\n");
        Cli masked = clean(raw, "--personal-data", "mask");
        assertEquals(0, masked.exit(), masked.err());
        assertEquals("Call [PHONE_NUMBER] or [EMAIL] now\nNo one here\n", Files.readString(out()));
        assertTrue(masked.out().contains("1 lines with personal data (1 EMAIL, 1 PHONE_NUMBER) masked"), masked.out());
        Cli counted = clean(raw, "--personal-data", "count", "--json");
        JsonNode email = new ObjectMapper().readTree(counted.out()).at("/filtered/personal_data/kinds/EMAIL");
        assertEquals(1, email.get("found").asInt(), counted.out());
        assertEquals("Call +00 00000 00000 or x.x@xxxxxxx.xxx now", email.at("/examples/0/before").asText());
        assertFalse(Files.readString(folder.resolve("out.txt.report.json")).contains("98765"));
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        Path csv = Files.writeString(folder.resolve("x.csv"), "id,body\n1,a\n");
        refused(2, "Invalid value for option '--personal-data'", csv, "--personal-data", "hide");
        refused(1, "has no column 'text' (its first row is: id, body)", csv);
        refused(2, "--dedupe-memory is 0; give at least 1", csv, "--dedupe-memory", "0");
        refused(2, "the share of symbols is 2.0", csv, "--max-symbols", "2");
        refused(2, "threads must be from 0 (all)", csv, "--threads", "-1");
        refused(2, "Invalid value for option '--format'", csv, "--format", "xml");
        refused(1, "no text is left of", Files.writeString(folder.resolve("x.jsonl"), "{\"text\": 1}\nnot JSON\n"));
    }

    private void refused(int exit, String message, Path input, String... more) {
        Cli cli = clean(input, more);
        assertEquals(exit, cli.exit(), cli.err());
        assertTrue(cli.err().contains(message), cli.err());
        assertFalse(Files.exists(out()));
    }
}

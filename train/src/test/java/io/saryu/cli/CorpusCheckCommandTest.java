package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusCheckCommandTest {
    private static final String HINDI = "नाव बारिश आने से पहले नदी के उस पार पहुँच गई थी और सब लोग घर लौट रहे थे।\n";
    private static final String BHOJPURI = "हमनी के काल्हु बाजार जाए के बा, बाकिर पानी बरसत रहल एहसे घरे में रह गइल बानी जा।\n";
    private static final String ENGLISH = "The boat crossed the river before the rain\u0007 came.\n";

    @TempDir
    Path folder;

    @Test
    void reportsLinesInTheWrongLanguage() throws Exception {
        Path file = Files.writeString(folder.resolve("hi.txt"), HINDI.repeat(8) + BHOJPURI + ENGLISH);
        Cli text = Cli.run("corpus", "check", "hi=" + file);
        assertEquals(0, text.exit(), text.err());
        assertTrue(text.out().contains("20.00%") && text.out().contains("hi 8, en 1 (1 surely), bho 1 (1 surely)")
                || text.out().contains("hi 8, bho 1 (1 surely), en 1 (1 surely)"), text.out());
        assertTrue(text.out().contains(file + ":9 is bho, not hi"), text.out());
        assertTrue(text.out().contains("before the rain  came."), text.out());
        Cli json = Cli.run("corpus", "check", "hi=" + file, "--json", "--confidence", "1");
        JsonNode report = new ObjectMapper().readTree(json.out());
        assertEquals(10, report.at("/languages/0/lines").asInt());
        assertEquals("hi", report.at("/languages/0/found/0/language").asText());
    }

    @Test
    void trainsAModelAndChecksWithIt() throws Exception {
        StringBuilder table = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            table.append("कग").append((char) ('क' + i % 30)).append(" गा तगा पगा\tHIN\nखब").append((char) ('क' + i % 30)).append(" बै रबै लबै\tAWA\n");
        }
        Path labelled = Files.writeString(folder.resolve("t.tsv"), table);
        Path model = folder.resolve("my.model");
        Cli train = Cli.run("corpus", "check-train", labelled.toString(), "-o", model.toString(), "--folds", "2", "--json");
        assertEquals(0, train.exit(), train.err());
        assertTrue(new ObjectMapper().readTree(train.out()).get("macro_f1").asDouble() > 0.9, train.out());
        byte[] first = Files.readAllBytes(model);
        assertEquals(0, Cli.run("corpus", "check-train", labelled.toString(), "-o", model.toString(), "--folds", "0").exit());
        assertArrayEquals(first, Files.readAllBytes(model));
        Path file = Files.writeString(folder.resolve("awa.txt"), "कगत गा तगा पगा कग\n");
        Cli check = Cli.run("corpus", "check", "awa=" + file, "--model", model.toString(), "--confidence", "0.5", "--min-letters", "5");
        assertTrue(check.out().contains(":1 is hi, not awa"), check.out() + check.err());
    }

    @Test
    void refusesWhatCannotBeDone() throws Exception {
        Path file = Files.writeString(folder.resolve("hi.txt"), HINDI);
        Cli unknown = Cli.run("corpus", "check", "hindi=" + file);
        assertEquals(2, unknown.exit());
        assertTrue(unknown.err().contains("'hindi' cannot be told"), unknown.err());
        Cli noModel = Cli.run("corpus", "check", "hi=" + file, "--model", file.toString());
        assertEquals(1, noModel.exit());
        assertTrue(noModel.err().contains("is not a language model"), noModel.err());
        Cli noLabels = Cli.run("corpus", "check-train", file.toString(), "-o", folder.resolve("m").toString());
        assertEquals(1, noLabels.exit());
        assertTrue(noLabels.err().contains("hi.txt line 1 is not a text, a tab and a language"), noLabels.err());
        assertFalse(Files.exists(folder.resolve("m")));
    }
}

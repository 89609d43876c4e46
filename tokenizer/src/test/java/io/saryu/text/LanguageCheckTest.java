package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanguageCheckTest {
    private static final String HINDI = "नाव बारिश आने से पहले नदी के उस पार पहुँच गई थी और सब लोग घर लौट रहे थे।\n";
    private static final String ENGLISH = "The boat crossed the river before the rain came.\n";

    @TempDir
    Path folder;

    private LanguageCheck.Report check(Map<String, List<String>> inputs) throws IOException {
        return LanguageCheck.run(inputs, LanguageFilter.Options.DEFAULT, LanguageModel.bundled(), ReadOptions.DEFAULT,
                ProgressListener.NONE);
    }

    @Test
    void findsLinesInTheWrongLanguage() throws IOException {
        Path hindi = Files.writeString(folder.resolve("hi.txt"), HINDI.repeat(6) + "\n" + ENGLISH.repeat(7) + HINDI + "OK\n12\n");
        Path english = Files.writeString(folder.resolve("en.txt"), ENGLISH.repeat(3));
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        inputs.put("hi", List.of(hindi.toString()));
        inputs.put("en", List.of(english.toString()));
        LanguageCheck.Report report = check(inputs);
        LanguageCheck.Language found = report.languages().get(0);
        assertEquals(16, found.lines());
        assertEquals(7, found.wrongLines());
        assertEquals(7 / 16.0, found.wrongShare());
        assertEquals(List.of(new LanguageCheck.Found("en", 8, 7), new LanguageCheck.Found("hi", 7, 0),
                new LanguageCheck.Found("none", 1, 0)), found.found());
        assertEquals(5, found.examples().size());
        LanguageCheck.Example example = found.examples().get(0);
        assertEquals("en", example.language());
        assertEquals(hindi.toString(), example.file());
        assertEquals(8, example.line());
        assertEquals(ENGLISH.strip(), example.text());
        assertEquals(1, found.latinShare() + found.devanagariShare(), 1e-9);
        assertEquals(0, report.languages().get(1).wrongLines());
        assertEquals(1, report.languages().get(1).latinShare());
        assertTrue(Reports.toJson(report).contains("\"wrong_share\""), Reports.toJson(report));
    }

    @Test
    void cutsLongExamplesAndRefusesUnknownLanguages() throws IOException {
        Path file = Files.writeString(folder.resolve("hi.txt"), "river ".repeat(100) + "😀\n");
        String text = check(Map.of("hi", List.of(file.toString()))).languages().get(0).examples().get(0).text();
        assertEquals(164, text.length());
        assertThrows(IllegalArgumentException.class, () -> check(Map.of("xx", List.of(file.toString()))));
        assertThrows(CorpusException.class, () -> check(Map.of("hi", List.of(folder.resolve("none.txt").toString()))));
    }
}

package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineFiltersTest {
    @TempDir
    Path folder;

    private static LineFilter against(FilterOptions options, String line) {
        FilterTally tally = new FilterTally();
        boolean kept = new LineFilters(options).keeps(line, line, tally);
        List<LineFilter> found = tally.report().filters().entrySet().stream().filter(e -> e.getValue().lines() > 0)
                .map(Map.Entry::getKey).toList();
        assertEquals(kept ? 0 : 1, found.size());
        assertEquals(kept ? 0 : 1, tally.report().droppedLines());
        return kept ? null : found.get(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"abc|SHORT", "abcd|", "घर है|", "😀😀😀|SHORT", "12345|SYMBOLS", "ab12.|SYMBOLS",
        "abc12|", "यह १२ है|", "* - - - -|SYMBOLS", "abcccc|", "abccccc|REPETITION", "no no no no ok|", "no no no no no|REPETITION",
        "nono no no no|"})
    void dropsWhatItIsToldTo(String line, LineFilter expected) {
        assertEquals(expected, against(new FilterOptions(4, 0.5, 4, false), line));
        assertEquals(null, against(FilterOptions.NONE, line));
    }

    @Test
    void refusesImpossibleOptions() {
        assertThrows(IllegalArgumentException.class, () -> new FilterOptions(-1, 1, 0, false));
        assertThrows(IllegalArgumentException.class, () -> new FilterOptions(0, 1.5, 0, false));
        assertThrows(IllegalArgumentException.class, () -> new FilterOptions(0, Double.NaN, 0, false));
        assertThrows(IllegalArgumentException.class, () -> new FilterOptions(0, 1, -1, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"don’t", "“quoted”", "café", "naïve façade", "यह घर है।", "😀", "₹ – — … ™", "£5 © 2020 §3"})
    void knowsMojibakeWhenItSeesIt(String text) {
        for (Charset wrong : List.of(Charset.forName("windows-1252"), StandardCharsets.ISO_8859_1)) {
            String mojibake = new String(text.getBytes(StandardCharsets.UTF_8), wrong);
            assertTrue(isMojibake(mojibake), mojibake);
        }
        assertFalse(isMojibake(text), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NÃO", "CAFÉ»", "À «bientôt»", "Â", "SÃO PAULO É", "â", "ÂGE", "l’âge", "à la carte", "ï", "à",
        "«À»", "Ã", "VOILÀ", "10 × 3 Ø"})
    void leavesAccentsAlone(String text) {
        assertFalse(isMojibake(text), text);
    }

    private static boolean isMojibake(String text) {
        return Mojibake.isIn(text.toCharArray(), text.length());
    }

    @Test
    void reportsWhatItDropped() throws IOException {
        Path raw = Files.writeString(folder.resolve("raw.txt"), "good line\nx\n\ndonâ€™t\n1 2 3 4\n");
        Path out = folder.resolve("out.txt");
        CleanCorpus.Options all = CleanCorpus.Options.DEFAULT;
        for (boolean drop : new boolean[] {false, true}) {
            CleanCorpus.Report report = CleanCorpus.run(List.of(raw.toString()), out,
                    new CleanCorpus.Options(all.rules(), all.unit(), true, null, all.read(),
                            new FilterOptions(2, 0.6, 0, drop), 1, 1 << 20), ProgressListener.NONE);
            assertEquals(drop ? "good line\n" : "good line\ndonâ€™t\n", Files.readString(out));
            assertEquals(drop ? 3 : 2, report.filtered().droppedLines());
            assertEquals(new FilterReport.Count(1, List.of("donâ€™t")), report.filtered().filters().get(LineFilter.MOJIBAKE));
            assertEquals(new FilterReport.Count(1, List.of("x")), report.filtered().filters().get(LineFilter.SHORT));
            assertEquals(new FilterReport.Count(1, List.of("1 2 3 4")), report.filtered().filters().get(LineFilter.SYMBOLS));
        }
    }
}

package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Personal data in {@link CleanCorpus}. The people are made up, and the numbers those that issuers publish for tests. */
class PersonalDataCleanTest {
    @TempDir
    Path folder;

    private String expected(String raw, PersonalDataUse use) {
        TextCleaner cleaner = new TextCleaner();
        PersonalData data = new PersonalData();
        StringBuilder out = new StringBuilder();
        raw.lines().map(cleaner::clean).filter(line -> !line.isEmpty()).forEach(line -> {
            if (use != PersonalDataUse.DROP || data.find(line).isEmpty()) {
                out.append(use == PersonalDataUse.MASK ? data.mask(line) : line).append('\n');
            }
        });
        return out.toString();
    }

    @ParameterizedTest
    @EnumSource
    void isTreatedAsToldForAllThreads(PersonalDataUse use) throws IOException {
        String[] pieces = {"Ring +91 98765 43210.", "plain words", "  two  spaces 4111 1111 1111 1111", "<asha@example.org>, 12 boats",
            "आधार २३४१ २३४१ २३४६ है।", "मेल: x@y\u200B.example.com", "In 1857", "a\u0301 b@upi", "pay asha@okaxis and 192.168.10.254"};
        StringBuilder raw = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            raw.append(pieces[i * 31 % 17 % pieces.length]).append(' ').append(i % 5 == 0 ? pieces[i % pieces.length] : "").append('\n');
        }
        Path in = Files.writeString(folder.resolve("raw.txt"), raw);
        FilterReport first = null;
        for (int threads : new int[] {1, 2, 7}) {
            CleanCorpus.Options all = CleanCorpus.Options.DEFAULT;
            CleanCorpus.Options options = new CleanCorpus.Options(all.rules(), DocumentUnit.LINE, false, null, all.read(),
                    new FilterOptions(0, 1, 0, false, use), threads, 0, 1 << 12, threads == 1 ? 1 << 20 : 777);
            Path out = folder.resolve("out.txt");
            CleanCorpus.forget(out);
            CleanCorpus.Report report = CleanCorpus.run(List.of(in.toString()), out, options, ProgressListener.NONE);
            assertEquals(expected(raw.toString(), use), Files.readString(out));
            PersonalDataReport found = report.filtered().personalData();
            assertEquals(use == PersonalDataUse.IGNORE, found.lines() == 0);
            assertEquals(use == PersonalDataUse.DROP ? found.lines() : 0, report.filtered().droppedLines());
            first = first == null ? report.filtered() : first;
            assertEquals(first, report.filtered());
        }
    }

    @Test
    void theReportShowsFormsAlone() throws IOException {
        Path in = Files.writeString(folder.resolve("raw.txt"), "Write to asha.k@example.org or ०५२२, फ़ोन: ०५२२ २२३४५६७ पर\n"
                + "two cards: 4111 1111 1111 1111 and 5555555555554444\n");
        CleanCorpus.Options all = CleanCorpus.Options.DEFAULT;
        CleanCorpus.Options options = new CleanCorpus.Options(all.rules(), DocumentUnit.LINE, true, null, all.read(),
                new FilterOptions(0, 1, 0, false, PersonalDataUse.MASK), 1, 1 << 20);
        CleanCorpus.Report report = CleanCorpus.run(List.of(in.toString()), folder.resolve("out.txt"), options, ProgressListener.NONE);
        PersonalDataReport found = report.filtered().personalData();
        PersonalDataReport.Count cards = found.kinds().get(PersonalDataKind.CREDIT_CARD);
        assertEquals(2, cards.found());
        assertEquals(1, cards.lines());
        assertEquals(List.of(new CleanReport.Example("two cards: 0000 0000 0000 0000 and 0000000000000000",
                "two cards: [CREDIT_CARD] and [CREDIT_CARD]")), cards.examples());
        String json = Files.readString(Reports.beside(folder.resolve("out.txt")));
        assertTrue(json.contains("xxxx.x@xxxxxxx.xxx") && json.contains("[PHONE_NUMBER]"), json);
        assertFalse(json.contains("asha") || json.contains("२२३४५६७") || json.contains("5555"), json);
    }
}

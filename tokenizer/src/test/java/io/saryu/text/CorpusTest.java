package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {
    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.createDirectories(folder.resolve("hi/deep"));
        Files.createDirectories(folder.resolve("empty"));
        Files.createDirectories(folder.resolve(".cache"));
        for (String name : List.of("b.txt", "a.txt.xz", "hi/z.TXT", "hi/deep/c.text.gz", "notes.md", ".hidden.txt",
                ".cache/x.txt", "a.txt.report.json")) {
            Files.writeString(folder.resolve(name), "x\n");
        }
        Files.writeString(folder.resolve("empty.log"), "");
    }

    private List<String> found(String... inputs) throws IOException {
        Corpus corpus = Corpus.of(List.of(inputs));
        assertEquals(2L * corpus.files().size(), corpus.bytes());
        return corpus.files().stream().map(file -> folder.relativize(file).toString()).toList();
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void findsFilesFoldersAndGlobsInOrder() throws IOException {
        assertEquals(List.of("a.txt.xz", "b.txt", "hi/deep/c.text.gz", "hi/z.TXT"), found(folder.toString()));
        assertEquals(List.of("notes.md", "b.txt"), found(at("notes.md"), at("b.txt"), at("notes.md")));
        assertEquals(List.of("hi/deep/c.text.gz", "hi/z.TXT"), found(at("hi/**")));
        assertEquals(List.of("a.txt.xz", "b.txt"), found(at("{a,b}.t*[!n]")));
    }

    @Test
    void saysWhatIsMissing() {
        refused("there is no file or folder " + at("nowhere") + "; check the name", at("nowhere"));
        refused("no file matches " + at("*.csv") + "; check the pattern", at("*.csv"));
        refused("the folder " + at("empty") + " holds no .txt, .jsonl, .csv or .tsv file (packed or not); give another"
                + " folder, or name the files themselves", at("empty"));
        refused(at("empty.log") + " is empty (0 bytes); give files with text in them", at("empty.log"));
        assertTrue(assertThrows(CorpusException.class, () -> Corpus.of(List.of(at("[a"))))
                .getMessage().startsWith("the glob " + at("[a") + " is not well-formed"));
        assertThrows(IllegalArgumentException.class, () -> Corpus.of(List.of()));
    }

    private static void refused(String message, String input) {
        assertEquals(message, assertThrows(CorpusException.class, () -> Corpus.of(List.of(input))).getMessage());
    }
}

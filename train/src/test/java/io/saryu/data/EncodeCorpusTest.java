package io.saryu.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.saryu.files.TokenFile;
import io.saryu.text.CorpusException;
import io.saryu.text.DocumentUnit;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import io.saryu.tokenizer.Encoder;
import io.saryu.tokenizer.Tokenizer;
import io.saryu.train.TinyRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncodeCorpusTest {
    @TempDir
    Path dir;

    /** Texts between the end-of-text marks, and a last one after them, which should be empty. */
    private static List<String> documents(Path file, Tokenizer tokenizer) throws Exception {
        try (TokenFile tokens = TokenFile.open(file)) {
            int[] all = new int[(int) tokens.length()];
            tokens.copyTo(0, all, 0, all.length);
            List<String> texts = new ArrayList<>();
            int from = 0;
            for (int i = 0; i < all.length; i++) {
                if (all[i] == tokenizer.eosId()) {
                    texts.add(tokenizer.decode(Arrays.copyOfRange(all, from, i)));
                    from = i + 1;
                }
            }
            assertEquals(all.length, from, "the last document has its mark too");
            return texts;
        }
    }

    @ParameterizedTest
    @EnumSource(DocumentUnit.class)
    void tokensDecodeToTheDocuments(DocumentUnit unit) throws Exception {
        List<String> paragraphs = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (String language : TinyRun.LANGUAGES) {
            List<String> some = TinyRun.sample(language, 40);
            lines.addAll(some);
            for (int i = 0; i < 40; i += 4) {
                paragraphs.add(String.join("\n", some.subList(i, i + 4)));
            }
        }
        lines.addAll(List.of("  two  spaces ", "emoji \uD83D\uDE42 and क्‍ष", "\u6F22\u5B57"));
        paragraphs.add(String.join("\n", lines.subList(lines.size() - 3, lines.size())));
        Path text = Files.writeString(dir.resolve("text.txt"), String.join("\n\n", paragraphs) + "\n");
        List<String> expected = unit == DocumentUnit.LINE ? lines : paragraphs;
        try (Tokenizer tokenizer = Tokenizer.load(TinyRun.get().tokenizer())) {
            Path bin = dir.resolve("text.bin");
            EncodeCorpus.Report report = EncodeCorpus.run(List.of(text.toString()), bin, tokenizer,
                    new EncodeCorpus.Options(unit, "und", 2, ReadOptions.DEFAULT), ProgressListener.NONE);
            assertEquals(expected, documents(bin, tokenizer));
            long bytes = expected.stream().mapToLong(t -> t.getBytes(StandardCharsets.UTF_8).length).sum();
            assertEquals(bytes, report.textBytes());
            assertEquals(expected.size(), report.documents());
            assertEquals(0, report.badLines());
            try (TokenFile tokens = TokenFile.open(bin)) {
                tokens.verify();
                assertEquals(report.tokens(), tokens.length());
                assertEquals(bytes, tokens.info().textBytes());
                assertEquals(expected.size(), tokens.info().documentCount());
                assertEquals(tokenizer.sha256(), tokens.info().tokenizerSha256());
                assertEquals(TinyRun.VOCABULARY, tokens.info().vocabSize());
                assertEquals("und", tokens.info().language());
            }
        }
    }

    @Test
    void threadsAndEncodersGiveTheSameBytes() throws Exception {
        List<String> lines = new ArrayList<>();
        for (String language : TinyRun.LANGUAGES) {
            lines.addAll(TinyRun.sample(language, 4000));
        }
        Path text = Files.write(dir.resolve("text.txt"), lines);
        byte[] expected = null;
        for (Encoder encoder : List.of(Encoder.SENTENCEPIECE, Encoder.JAVA)) {
            for (int threads : new int[] {1, 2, 7}) {
                try (Tokenizer tokenizer = Tokenizer.load(TinyRun.get().tokenizer(), encoder)) {
                    Path bin = dir.resolve("text.bin");
                    EncodeCorpus.run(List.of(text.toString()), bin, tokenizer,
                            new EncodeCorpus.Options(DocumentUnit.LINE, "und", threads, ReadOptions.DEFAULT),
                            ProgressListener.NONE);
                    byte[] bytes = Files.readAllBytes(bin);
                    expected = expected == null ? bytes : expected;
                    assertArrayEquals(expected, bytes, encoder + " with " + threads + " threads");
                }
            }
        }
    }

    @Test
    void badLinesAreCountedAndLeftOut() throws Exception {
        Path text = dir.resolve("text.txt");
        Files.write(text, "good\n\u00e9\nfine\n".getBytes(StandardCharsets.ISO_8859_1));
        try (Tokenizer tokenizer = Tokenizer.load(TinyRun.get().tokenizer())) {
            Path bin = dir.resolve("a folder").resolve("that is not there yet").resolve("text.bin");
            EncodeCorpus.Report report = EncodeCorpus.run(List.of(text.toString()), bin, tokenizer,
                    new EncodeCorpus.Options(DocumentUnit.LINE, "fr", 1, ReadOptions.DEFAULT), ProgressListener.NONE);
            assertEquals(1, report.badLines());
            assertEquals(List.of("good", "fine"), documents(bin, tokenizer));
            Path other = dir.resolve("other.bin");
            assertThrows(CorpusException.class, () -> EncodeCorpus.run(List.of(text.toString()), other, tokenizer,
                    new EncodeCorpus.Options(DocumentUnit.LINE, "fr", 1, new ReadOptions(1 << 20, true)),
                    ProgressListener.NONE));
            assertFalse(Files.exists(other));
        }
    }
}

package io.saryu.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.text.CorpusException;
import io.saryu.text.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTrainerTest {
    private static final TokenizerTrainerOptions SMALL =
            TokenizerTrainerOptions.DEFAULT.withVocabSize(700).withThreads(2);

    @TempDir
    Path folder;

    private TokenizerTrainer.Report train(Path corpus, String name, TokenizerTrainerOptions options)
            throws IOException {
        return TokenizerTrainer.run(List.of(corpus.toString()), folder.resolve(name), options, ProgressListener.NONE);
    }

    private Set<String> names(String name) throws IOException {
        try (var files = Files.list(folder.resolve(name))) {
            return new TreeSet<>(files.map(file -> file.getFileName().toString()).toList());
        }
    }

    @ParameterizedTest
    @EnumSource(Trainer.class)
    void equalTextAndOptionsGiveEqualBytes(Trainer trainer) throws IOException {
        Path corpus = SampleText.corpus(folder, 300);
        TokenizerTrainerOptions options = SMALL.withTrainer(trainer).withInputSentenceSize(500);
        TokenizerTrainer.Report first = train(corpus, "a", options);
        TokenizerTrainer.Report second = train(corpus, "b", options);
        assertEquals(first.sha256(), second.sha256());
        for (String file : names("a")) {
            assertArrayEquals(Files.readAllBytes(folder.resolve("a").resolve(file)),
                    Files.readAllBytes(folder.resolve("b").resolve(file)), file);
        }
        assertEquals(Set.of("tokenizer.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"),
                names("a"));
        assertEquals(900, first.lines());
        assertEquals(700, first.vocabSize());
        assertNotEquals(first.sha256(), train(corpus, "c", SMALL.withTrainer(trainer)).sha256());
    }

    @ParameterizedTest
    @EnumSource(Trainer.class)
    void saysHowLargeAVocabularyTheTextCanGive(Trainer trainer) throws IOException {
        Path corpus = Files.write(folder.resolve("few.txt"), SampleText.lines("en", 20));
        String message = assertThrows(TokenizerException.class,
                () -> train(corpus, "out", SMALL.withTrainer(trainer).withVocabSize(5000))).getMessage();
        Matcher most = Pattern.compile("vocabulary of 5000 pieces; give at most (\\d+)").matcher(message);
        assertTrue(most.find(), message);
        assertFalse(Files.exists(folder.resolve("out")));
        int size = Integer.parseInt(most.group(1));
        assertEquals(size, train(corpus, "out", SMALL.withTrainer(trainer).withVocabSize(size)).vocabSize());
    }

    @ParameterizedTest
    @EnumSource(Trainer.class)
    void saysHowSmallAVocabularyMayBe(Trainer trainer) throws IOException {
        Path corpus = SampleText.corpus(folder, 300);
        String message = assertThrows(TokenizerException.class,
                () -> train(corpus, "out", SMALL.withTrainer(trainer).withVocabSize(310).withCharacterCoverage(1))).getMessage();
        assertTrue(message.contains("a vocabulary of 310 pieces is too small"), message);
        assertThrows(IllegalArgumentException.class, () -> SMALL.withVocabSize(290));
    }

    /** Text on which SentencePiece's own trainer ends the process. */
    @ParameterizedTest
    @ValueSource(strings = {"[NAME]\n[NAME][EMAIL]\n", "\t\t\n\t", "[NAME] [NAME]", "▅▅▅", "   \n  "})
    void textWithoutAnythingToLearnIsRefused(String text) throws IOException {
        Path corpus = Files.writeString(folder.resolve("odd.txt"), text);
        for (Trainer trainer : Trainer.values()) {
            assertThrows(TokenizerException.class, () -> train(corpus, "out", SMALL.withTrainer(trainer)));
            assertFalse(Files.exists(folder.resolve("out")));
        }
    }

    @ParameterizedTest
    @EnumSource(Trainer.class)
    void oddTextIsTrainedOn(Trainer trainer) throws IOException {
        Path corpus = SampleText.corpus(folder, 300);
        Files.writeString(corpus, Files.readString(corpus) + "[NAME]\t".repeat(50_000) + "\n" + "x".repeat(100_000)
                + "\n\r\n▁▁▁ a\u0001b \uFFFD\uFEFF\n" + "न ".repeat(30_000) + "🙂".repeat(20_000));
        assertEquals(700, train(corpus, "out", SMALL.withTrainer(trainer).withMaxSentenceLength(64)).vocabSize());
    }

    @Test
    void refusesNoInputAndNoPlace() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.txt"));
        assertThrows(CorpusException.class, () -> train(empty, "out", SMALL));
        assertThrows(CorpusException.class, () -> train(folder.resolve("none.txt"), "out", SMALL));
        Path corpus = SampleText.corpus(folder, 100);
        Files.createFile(folder.resolve("file"));
        String message = assertThrows(TokenizerException.class, () -> train(corpus, "file/out", SMALL)).getMessage();
        assertTrue(message.contains("file"), message);
    }

    @Test
    void refusesSymbolsThatCannotBe() {
        for (String symbol : List.of("", "a,b", "a b", "\"", "<s>", "<0x41>", "▁", "\t")) {
            assertThrows(IllegalArgumentException.class, () -> SMALL.withSymbols(List.of(symbol)), symbol);
        }
        assertThrows(IllegalArgumentException.class, () -> SMALL.withSymbols(List.of("[A]", "[A]")));
    }
}

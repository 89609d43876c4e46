package io.saryu.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.text.Corpus;
import io.saryu.text.ProgressListener;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnigramTrainerTest {
    private static final TokenizerTrainerOptions OPTIONS = TokenizerTrainerOptions.DEFAULT.withVocabSize(1500);
    private static final int MANY = 1 << 24;

    @TempDir
    Path folder;

    private UnigramTrainer.Trained train(Path corpus, TokenizerTrainerOptions options, int countUnits, int mostWords)
            throws IOException {
        Path temporary = Files.createDirectories(folder.resolve("temporary"));
        UnigramTrainer.Trained trained = UnigramTrainer.run(Corpus.of(corpus), temporary, options, countUnits, mostWords,
                ProgressListener.NONE, ProgressListener.NONE);
        assertNoFiles(temporary);
        return trained;
    }

    private static void assertNoFiles(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void threadsAndMemoryDoNotChangeTheModel() throws IOException {
        Path corpus = SampleText.corpus(folder, 2000);
        byte[] expected = train(corpus, OPTIONS.withThreads(1), MANY, MANY).model();
        for (int threads : new int[] {2, 7}) {
            assertArrayEquals(expected, train(corpus, OPTIONS.withThreads(threads), MANY, MANY).model());
        }
        // Tables of some hundred words, so that there are many sorted runs to merge.
        assertArrayEquals(expected, train(corpus, OPTIONS.withThreads(2), 1 << 12, MANY).model());
    }

    /** At half a percent, both ways: the figure that DESIGN asks for, on text and size where both trainers are quick. */
    @Test
    void textTakesNoMoreTokensThanWithTheLibrarysTrainer() throws IOException {
        Path corpus = SampleText.corpus(folder, 4000);
        List<String> lines = Files.readAllLines(corpus);
        long[] tokens = new long[Trainer.values().length];
        for (Trainer trainer : Trainer.values()) {
            Path out = folder.resolve(trainer.name());
            TokenizerTrainer.run(List.of(corpus.toString()), out, OPTIONS.withVocabSize(3000).withTrainer(trainer),
                    ProgressListener.NONE);
            try (Tokenizer tokenizer = Tokenizer.load(out)) {
                for (int[] ids : tokenizer.encodeBatch(lines, 2)) {
                    tokens[trainer.ordinal()] += ids.length;
                }
            }
        }
        long own = tokens[Trainer.JAVA.ordinal()];
        long library = tokens[Trainer.SENTENCEPIECE.ordinal()];
        assertTrue(own <= library * 1.005, own + " tokens with Saryu's trainer, " + library + " with SentencePiece's");
    }

    @Test
    void leavesTheRarestWordsOutWhenThereAreTooMany() throws IOException {
        Path corpus = SampleText.corpus(folder, 2000);
        UnigramTrainer.Trained all = train(corpus, OPTIONS, MANY, MANY);
        UnigramTrainer.Trained some = train(corpus, OPTIONS.withVocabSize(900), MANY, 3000);
        assertEquals(all.distinctWords(), some.distinctWords());
        assertTrue(all.distinctWords() > 10_000, "words: " + all.distinctWords());
        try (Tokenizer tokenizer = Tokenizer.fromBytes(some.model())) {
            assertEquals(900, tokenizer.vocabSize());
        }
    }

    @Test
    void countsLinesAndBytesOfThoseItTakes() throws IOException {
        Path corpus = SampleText.corpus(folder, 300);
        UnigramTrainer.Trained all = train(corpus, OPTIONS.withVocabSize(700), MANY, MANY);
        assertEquals(900, all.lines());
        assertEquals(Files.size(corpus) - 900, all.bytes());
        UnigramTrainer.Trained some = train(corpus, OPTIONS.withVocabSize(700).withInputSentenceSize(500), MANY, MANY);
        assertEquals(900, some.lines());
        assertTrue(some.bytes() > all.bytes() / 3 && some.bytes() < all.bytes() * 3 / 4, some + "");
    }

    @Test
    void stopsWhenItsThreadIsInterrupted() throws IOException {
        Path corpus = SampleText.corpus(folder, 2000);
        Path temporary = Files.createDirectories(folder.resolve("temporary"));
        for (boolean whileReading : new boolean[] {true, false}) {
            ProgressListener interrupts = (done, total) -> Thread.currentThread().interrupt();
            assertThrows(InterruptedIOException.class, () -> UnigramTrainer.run(Corpus.of(corpus), temporary, OPTIONS, MANY,
                    MANY, whileReading ? interrupts : ProgressListener.NONE,
                    whileReading ? ProgressListener.NONE : interrupts));
            assertTrue(Thread.interrupted());
            assertNoFiles(temporary);
        }
    }

    @Test
    void expectsEachPlaceOfAWordOnce() {
        List<String> pieces = List.of("a", "b", "ab", "aba", "ba");
        for (double least : new double[] {-2, -80}) {
            float[] scores = new float[pieces.size()];
            for (int id = 0; id < scores.length; id++) {
                // So small that products of the word's probabilities are no doubles: 60 times e to the power of -78.
                scores[id] = (float) Math.exp(least + id * 0.1 + WordLattice.GAIN * pieces.get(id).length());
            }
            WordLattice lattice = new WordLattice(new PieceTrie(pieces, new int[] {0, 1, 2, 3, 4}, scores), 5, least - 10);
            char[] word = ("ab".repeat(30)).toCharArray();
            double[] units = new double[1];
            double[] counts = new double[pieces.size()];
            lattice.expect(word, 0, word.length, 3, (id, count) -> {
                units[0] += count * pieces.get(id).length();
                counts[id] += count;
            });
            assertEquals(3.0 * word.length, units[0], 1e-6);
            for (double count : counts) {
                assertTrue(count > 0 && count < 3 * 60, "count " + count);
            }
        }
    }

    @Test
    void knowsTheDigammaFunction() {
        // Abramowitz and Stegun 6.3.2 and 6.3.3.
        assertEquals(-0.577215664901, UnigramTraining.digamma(1), 1e-9);
        assertEquals(-1.963510026021, UnigramTraining.digamma(0.5), 1e-9);
        assertEquals(Math.log(1e6) - 0.5e-6, UnigramTraining.digamma(1e6), 1e-9);
    }

    @Test
    void piecesKeepSentencePiecesRules() {
        record Case(String piece, boolean valid) {
        }
        List<Case> cases = List.of(new Case("▁the", true), new Case("▁", true), new Case("a▁", false), new Case("7", true),
                new Case("77", false), new Case("▁7", false), new Case("a7", false), new Case("राम", true),
                new Case("क्‍ष", true), new Case("raम", false), new Case("है।", false), new Case(",\"", true),
                new Case("カな漢", true), new Case("x".repeat(16), true), new Case("x".repeat(17), false));
        List<String> wrong = new ArrayList<>();
        for (Case c : cases) {
            int script = Alphabet.ANY_SCRIPT;
            int length = 0;
            for (int character : c.piece.codePoints().toArray()) {
                script = script == Alphabet.INVALID ? script : Alphabet.extend(script, ++length, character);
            }
            if (c.valid == (script == Alphabet.INVALID)) {
                wrong.add(c.piece);
            }
        }
        assertEquals(List.of(), wrong);
        assertFalse(Alphabet.isDigit('७'), "a Devanagari digit is one to SentencePiece's split_by_unicode_script");
    }
}

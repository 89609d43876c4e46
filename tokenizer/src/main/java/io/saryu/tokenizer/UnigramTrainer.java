package io.saryu.tokenizer;

import io.saryu.text.Corpus;
import io.saryu.text.ProgressListener;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains in bounded memory: words are counted, on disk where they are many, and all that follows looks at the distinct
 * words alone. Equal text and options give equal bytes with any number of threads.
 */
final class UnigramTrainer {
    /** Units of words that are counted in memory, of all threads: some 400 MB. */
    private static final int COUNT_UNITS = 1 << 26;
    /** Distinct words to train on; beyond that the rarest are left out. */
    private static final int MOST_WORDS = 24_000_000;

    private UnigramTrainer() {
    }

    /** What was made of which text. */
    record Trained(byte[] model, long lines, long bytes, long badLines, long distinctWords) {
    }

    /**
     * Trains.
     *
     * @param folder for temporary files
     */
    static Trained run(Corpus corpus, Path folder, TokenizerTrainerOptions options, ProgressListener reading,
                       ProgressListener training) throws IOException {
        return run(corpus, folder, options, COUNT_UNITS, MOST_WORDS, reading, training);
    }

    static Trained run(Corpus corpus, Path folder, TokenizerTrainerOptions options, int countUnits, int mostWords,
                       ProgressListener reading, ProgressListener training) throws IOException {
        WordList words;
        Alphabet alphabet;
        int before = UnigramModelFile.SPECIAL.size() + options.symbols().size() + 256;
        long lines;
        long bytes;
        long badLines;
        try (CountedWords counted = CountedWords.of(corpus, apart(options), folder, options, countUnits, reading)) {
            lines = counted.lines;
            bytes = counted.bytes;
            badLines = counted.badLines;
            alphabet = Alphabet.of(counted.runs, options.characterCoverage());
            if (alphabet.characters.size() + before > options.vocabSize()) {
                throw TrainingErrors.tooSmall(options, alphabet.characters.size() + before, null);
            }
            words = WordList.of(counted.runs, alphabet, mostWords);
        }
        if (words.size == 0) {
            throw TrainingErrors.noText(corpus, badLines);
        }
        Workers workers = new Workers(options.threads());
        try {
            UnigramPieces seeds = SeedPieces.find(words, alphabet, options.seedPieces(), workers);
            int wanted = options.vocabSize() - before;
            UnigramPieces pieces = UnigramTraining.run(words, alphabet, seeds, options.vocabSize(), wanted, workers,
                    training::onProgress);
            if (pieces.size() < wanted) {
                throw TrainingErrors.tooLarge(options, pieces.size() + before, null);
            }
            return new Trained(UnigramModelFile.write(pieces, options), lines, bytes, badLines, words.distinct);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped before the end; no tokenizer was written");
        }
    }

    /** What stands in a text for itself: no piece reaches over it. */
    private static PieceTrie apart(TokenizerTrainerOptions options) {
        List<String> names = new ArrayList<>(UnigramModelFile.SPECIAL);
        names.addAll(options.symbols());
        for (int value = 0; value < 256; value++) {
            names.add(UnigramModelFile.byteName(value));
        }
        return new PieceTrie(names, new int[names.size()], new float[names.size()]);
    }
}

package io.saryu.tokenizer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What {@link TokenizerTrainer} is to make. Change the defaults with the {@code with} methods.
 *
 * @param vocabSize          pieces V, special ones, bytes and symbols among them: at most 1,048,576
 * @param threads            1 to 128
 * @param inputSentenceSize  most sentences to train on, picked at random, the same each time; 0 for all
 * @param maxSentenceLength  bytes of a sentence, 16 to 65,536; a longer line is cut at a blank
 * @param characterCoverage  share of the characters of the text that get a piece of their own, 0.98 to 1; the rest
 *                           becomes bytes
 * @param seedPieces         candidates to start from, at least V
 * @param symbols            user-defined symbols in the order of their ids, after the four special pieces
 * @param trainer            whose code trains
 */
public record TokenizerTrainerOptions(int vocabSize, int threads, long inputSentenceSize, int maxSentenceLength,
                                      double characterCoverage, int seedPieces, List<String> symbols,
                                      Trainer trainer) {
    /** 50,000 pieces and the default symbols. */
    public static final TokenizerTrainerOptions DEFAULT = new TokenizerTrainerOptions(50_000,
            Math.min(Runtime.getRuntime().availableProcessors(), Tokenizer.MAX_THREADS), 0, 4192, 0.9995, 1_000_000,
            defaultSymbols(), Trainer.JAVA);

    private static final int MAX_VOCAB = 1 << 20;
    private static final int MAX_SYMBOL_LENGTH = 256;
    private static final int SPECIAL_AND_BYTES = 4 + 256;

    /** Checks the bounds. */
    public TokenizerTrainerOptions {
        symbols = List.copyOf(symbols);
        int least = SPECIAL_AND_BYTES + symbols.size() + 1;
        if (vocabSize < least || vocabSize > MAX_VOCAB) {
            throw new IllegalArgumentException("a vocabulary of " + vocabSize + " pieces cannot be: 4 special pieces, "
                    + "256 bytes and " + symbols.size() + " symbols need room, so give " + least + " to " + MAX_VOCAB);
        }
        if (threads < 1 || threads > Tokenizer.MAX_THREADS) {
            throw new IllegalArgumentException("threads is " + threads + "; give 1 to " + Tokenizer.MAX_THREADS);
        }
        if (inputSentenceSize != 0 && inputSentenceSize <= 100) {
            throw new IllegalArgumentException("inputSentenceSize is " + inputSentenceSize
                    + "; give 0 for all sentences, or more than 100");
        }
        if (maxSentenceLength < 16 || maxSentenceLength > 65_536) {
            throw new IllegalArgumentException("maxSentenceLength is " + maxSentenceLength
                    + "; give 16 to 65536 bytes");
        }
        if (!(characterCoverage >= 0.98 && characterCoverage <= 1)) {
            throw new IllegalArgumentException("characterCoverage is " + characterCoverage + "; give 0.98 to 1");
        }
        if (seedPieces < vocabSize || seedPieces > 100_000_000) {
            throw new IllegalArgumentException("seedPieces is " + seedPieces + "; give " + vocabSize
                    + " (the vocabulary's size) to 100000000");
        }
        checkSymbols(symbols);
    }

    /** Newline, {@code <|im_start|>}, {@code <|im_end|>} and the tags of {@link TaskTags}. */
    public static List<String> defaultSymbols() {
        List<String> symbols = new ArrayList<>(List.of("\n", "<|im_start|>", "<|im_end|>"));
        symbols.addAll(TaskTags.all());
        return List.copyOf(symbols);
    }

    private static void checkSymbols(List<String> symbols) {
        Set<String> seen = new HashSet<>(List.of("<unk>", "<s>", "</s>", "<pad>"));
        for (String symbol : symbols) {
            if (symbol.isEmpty() || symbol.length() > MAX_SYMBOL_LENGTH || symbol.startsWith("<0x")
                    || symbol.chars().anyMatch(c -> c == ',' || c == '"' || c == '\t' || c == ' ' || c == 0
                    || c == '▁' || c == '▅' || Character.isSurrogate((char) c))) {
                throw new IllegalArgumentException("'" + symbol + "' cannot be a symbol: give 1 to " + MAX_SYMBOL_LENGTH
                        + " characters of the basic plane without blank, tab, comma, quote or <0x");
            }
            if (!seen.add(symbol)) {
                throw new IllegalArgumentException("the symbol '" + symbol + "' is there twice; leave one out");
            }
        }
        // SentencePiece looks at no more than 64 symbols that begin alike.
        for (String symbol : symbols) {
            if (symbols.stream().filter(symbol::startsWith).count() > 60) {
                throw new IllegalArgumentException("more than 60 symbols begin as '" + symbol
                        + "' does; leave some out");
            }
        }
    }

    /** With another size of the vocabulary; the candidates grow with it where they must. */
    public TokenizerTrainerOptions withVocabSize(int size) {
        return new TokenizerTrainerOptions(size, threads, inputSentenceSize, maxSentenceLength, characterCoverage,
                Math.max(seedPieces, size), symbols, trainer);
    }

    /** With another number of threads. */
    public TokenizerTrainerOptions withThreads(int count) {
        return new TokenizerTrainerOptions(vocabSize, count, inputSentenceSize, maxSentenceLength, characterCoverage,
                seedPieces, symbols, trainer);
    }

    /** With another limit on sentences; 0 for none. */
    public TokenizerTrainerOptions withInputSentenceSize(long sentences) {
        return new TokenizerTrainerOptions(vocabSize, threads, sentences, maxSentenceLength, characterCoverage,
                seedPieces, symbols, trainer);
    }

    /** With another length at which lines are cut, in bytes. */
    public TokenizerTrainerOptions withMaxSentenceLength(int bytes) {
        return new TokenizerTrainerOptions(vocabSize, threads, inputSentenceSize, bytes, characterCoverage, seedPieces,
                symbols, trainer);
    }

    /** With another share of characters that get a piece. */
    public TokenizerTrainerOptions withCharacterCoverage(double coverage) {
        return new TokenizerTrainerOptions(vocabSize, threads, inputSentenceSize, maxSentenceLength, coverage,
                seedPieces, symbols, trainer);
    }

    /** With other symbols. */
    public TokenizerTrainerOptions withSymbols(List<String> newSymbols) {
        return new TokenizerTrainerOptions(vocabSize, threads, inputSentenceSize, maxSentenceLength, characterCoverage,
                seedPieces, newSymbols, trainer);
    }

    /** With another trainer. */
    public TokenizerTrainerOptions withTrainer(Trainer newTrainer) {
        return new TokenizerTrainerOptions(vocabSize, threads, inputSentenceSize, maxSentenceLength, characterCoverage,
                seedPieces, symbols, newTrainer);
    }
}

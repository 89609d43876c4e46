package io.saryu.tokenizer;

import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_result_size;
import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_train;

import io.saryu.bindings.NativeLibraries;
import io.saryu.text.Corpus;
import io.saryu.text.LineReader;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Trains a SentencePiece unigram model whose decoding gives texts back exactly: byte fallback, no normalization, no
 * blank put before a text, blanks kept; digits stand alone and no piece mixes scripts. Ids: 0 {@code <unk>}, 1
 * {@code <s>}, 2 {@code </s>}, 3 {@code <pad>}, then the user-defined symbols, the 256 bytes and the learnt pieces.
 *
 * <p>Scores are rounded to multiples of 1/1024: their sums are then exact in every library that reads the model, and so
 * ties between two ways to part a text, as of "ooo" into "o" and "oo", are broken alike.
 *
 * <p>Equal text and options give equal bytes; where SentencePiece's own trainer is asked for, also of its version and of
 * the number of threads.
 */
public final class TokenizerTrainer {
    private static final Pattern TOO_HIGH = Pattern.compile("Vocabulary size too high \\((\\d+)\\).*<= (\\d+)");
    private static final Pattern TOO_LOW =
            Pattern.compile("Vocabulary size is smaller than required_chars\\. (\\d+) vs (\\d+)");
    private static final long PROGRESS_BYTES = 1 << 20;
    /** SentencePiece counts characters of the text in 32 bits unless told otherwise. */
    private static final long LARGE_CORPUS_BYTES = 1L << 30;

    private TokenizerTrainer() {
    }

    /**
     * What was made.
     *
     * @param folder        where the files are
     * @param vocabSize     pieces V
     * @param lines         lines of the input that hold text
     * @param bytes         UTF-8 bytes of those that were trained on
     * @param badLines      lines left out as they were not text
     * @param distinctWords that were counted; 0 where SentencePiece trained, which does not say
     * @param sha256        hash of tokenizer.model
     */
    public record Report(String folder, int vocabSize, long lines, long bytes, long badLines, long distinctWords,
                         String sha256) {
    }

    /**
     * Trains on files and writes {@code tokenizer.model} and, for transformers, {@code tokenizer.json},
     * {@code tokenizer_config.json} and {@code special_tokens_map.json} into a folder.
     *
     * @param inputs   as in {@link Corpus#of(List)}; each line is a sentence
     * @param listener told of the bytes read, but not of training itself, which follows
     * @throws TokenizerException if the text is too small for the vocabulary, or a file cannot be written
     * @throws io.saryu.text.CorpusException if an input cannot be read
     * @throws io.saryu.bindings.NativeLibraryException if the native library does not load
     */
    public static Report run(List<String> inputs, Path folder, TokenizerTrainerOptions options,
                             ProgressListener listener) throws IOException {
        return run(inputs, folder, options, listener, ProgressListener.NONE);
    }

    /**
     * As {@link #run(List, Path, TokenizerTrainerOptions, ProgressListener)}, telling also how training goes on.
     *
     * @param training told how much is done, in thousandths; SentencePiece's trainer does not tell
     */
    public static Report run(List<String> inputs, Path folder, TokenizerTrainerOptions options,
                             ProgressListener listener, ProgressListener training) throws IOException {
        NativeLibraries.load(NativeResult.LIBRARY);
        Corpus corpus = Corpus.of(inputs);
        boolean made = makeFolder(folder);
        boolean done = false;
        try {
            UnigramTrainer.Trained trained = options.trainer() == Trainer.JAVA
                    ? UnigramTrainer.run(corpus, folder, options, listener, training)
                    : byLibrary(corpus, folder, options, listener);
            try (Tokenizer tokenizer = Tokenizer.fromBytes(trained.model())) {
                HuggingFaceTokenizer.write(tokenizer, folder);
                // Last, so that a folder with a tokenizer.model is complete.
                AtomicBytes.write(folder.resolve(Tokenizer.FILE_NAME), trained.model());
                done = true;
                return new Report(folder.toString(), tokenizer.vocabSize(), trained.lines(), trained.bytes(),
                        trained.badLines(), trained.distinctWords(), tokenizer.sha256());
            }
        } finally {
            if (made && !done) {
                removeIfEmpty(folder);
            }
        }
    }

    private static UnigramTrainer.Trained byLibrary(Corpus corpus, Path folder, TokenizerTrainerOptions options,
                                                    ProgressListener listener) throws IOException {
        Path sentences = temporary(folder);
        try {
            Counts counts = copy(corpus, sentences, listener);
            return new UnigramTrainer.Trained(train(sentences, counts, options), counts.lines, counts.bytes,
                    counts.badLines, 0);
        } finally {
            Files.deleteIfExists(sentences);
        }
    }

    private record Counts(long lines, long bytes, long badLines) {
    }

    /** @return whether it was not there before */
    private static boolean makeFolder(Path folder) throws TokenizerException {
        try {
            boolean there = Files.isDirectory(folder);
            Files.createDirectories(folder);
            return !there;
        } catch (IOException e) {
            throw cannotWrite(folder, e);
        }
    }

    private static void removeIfEmpty(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // Another process put something there.
        }
    }

    /** Beside the result, where there should be room, and not in memory that a temporary folder may be made of. */
    private static Path temporary(Path folder) throws TokenizerException {
        try {
            return Files.createTempFile(folder, ".sentences-", ".tmp");
        } catch (IOException e) {
            throw cannotWrite(folder, e);
        }
    }

    private static TokenizerException cannotWrite(Path path, IOException e) {
        return new TokenizerException("cannot write into " + path + ": " + FileErrors.reason(e)
                + "; free some space or choose another folder", e);
    }

    /** The good lines of all inputs in one plain file: SentencePiece knows no packed files, and any bytes are text. */
    private static Counts copy(Corpus corpus, Path target, ProgressListener listener) throws IOException {
        long lines = 0;
        long bytes = 0;
        long told = 0;
        try (LineReader reader = new LineReader(corpus, ReadOptions.DEFAULT)) {
            try (BufferedWriter writer = Files.newBufferedWriter(target, StandardCharsets.UTF_8)) {
                for (String line; (line = reader.next()) != null;) {
                    if (reader.bytesRead() - told >= PROGRESS_BYTES) {
                        told = reader.bytesRead();
                        listener.onProgress(told, corpus.bytes());
                        if (Thread.currentThread().isInterrupted()) {
                            throw new InterruptedIOException("stopped before the end; no tokenizer was written");
                        }
                    }
                    if (!line.isBlank()) {
                        lines++;
                        try {
                            writer.write(line);
                            writer.write('\n');
                        } catch (IOException e) {
                            throw cannotWrite(target.getParent(), e);
                        }
                    }
                }
                flush(writer, target);
            }
            bytes = Files.size(target) - lines;
            listener.onProgress(corpus.bytes(), corpus.bytes());
            if (lines == 0) {
                throw TrainingErrors.noText(corpus, reader.report().badLineCount());
            }
            return new Counts(lines, bytes, reader.report().badLineCount());
        }
    }

    /** What a full disk refuses last, close would say without naming the file. */
    private static void flush(BufferedWriter writer, Path target) throws TokenizerException {
        try {
            writer.flush();
        } catch (IOException e) {
            throw cannotWrite(target.getParent(), e);
        }
    }

    private static byte[] train(Path sentences, Counts counts, TokenizerTrainerOptions options)
            throws TokenizerException {
        List<String> arguments = List.of(
                "model_type=unigram", "vocab_size=" + options.vocabSize(), "num_threads=" + options.threads(),
                "character_coverage=" + String.format(Locale.ROOT, "%.6f", options.characterCoverage()),
                "input_sentence_size=" + options.inputSentenceSize(), "shuffle_input_sentence=true",
                "seed_sentencepiece_size=" + options.seedPieces(),
                "train_extremely_large_corpus=" + (counts.bytes > LARGE_CORPUS_BYTES),
                "byte_fallback=true", "normalization_rule_name=identity", "remove_extra_whitespaces=false",
                "add_dummy_prefix=false", "split_digits=true", "split_by_unicode_script=true",
                "unk_id=0", "bos_id=1", "eos_id=2", "pad_id=3",
                "unk_piece=<unk>", "bos_piece=<s>", "eos_piece=</s>", "pad_piece=<pad>");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment keys = strings(arena, arguments);
            MemorySegment symbols = strings(arena, options.symbols());
            MemorySegment inputs = strings(arena, List.of(sentences.toString()));
            NativeResult.check(arena, (error, size) -> saryu_sp_train(keys, arguments.size(), symbols,
                    options.symbols().size(), inputs, 1, options.maxSentenceLength(), out, error, size));
            MemorySegment handle = out.get(ValueLayout.ADDRESS, 0);
            try (NativeResult result = new NativeResult(handle, 1)) {
                assert saryu_sp_result_size(handle) > 0;
                return result.part(0, 1).toArray(ValueLayout.JAVA_BYTE);
            }
        } catch (ShimException e) {
            throw explain(e, options);
        }
    }

    private static MemorySegment strings(Arena arena, List<String> values) {
        MemorySegment array = arena.allocate(ValueLayout.ADDRESS, Math.max(values.size(), 1));
        for (int i = 0; i < values.size(); i++) {
            array.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(values.get(i)));
        }
        return array;
    }

    private static TokenizerException explain(ShimException e, TokenizerTrainerOptions options) {
        Matcher high = TOO_HIGH.matcher(e.getMessage());
        if (high.find()) {
            return TrainingErrors.tooLarge(options, Integer.parseInt(high.group(2)), e);
        }
        Matcher low = TOO_LOW.matcher(e.getMessage());
        if (low.find()) {
            return TrainingErrors.tooSmall(options, Integer.parseInt(low.group(2)), e);
        }
        return new TokenizerException("the tokenizer could not be trained: " + e.getMessage()
                + "; check the text and the options", e);
    }
}

package io.saryu.tokenizer;

import io.saryu.bindings.NativeLibraries;
import io.saryu.bindings.sentencepiece.SaryuSentencepiece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A SentencePiece unigram model: text to ids and back. Ids are 0 to {@link #vocabSize()} - 1.
 *
 * <p>With a model that {@link TokenizerTrainer} made, decoding the ids of a text gives back exactly that text, but for
 * U+2581 in it, which SentencePiece keeps for the blank. An unpaired surrogate is taken as U+FFFD.
 *
 * <p>Thread-safe. Holds native memory until {@link #close()}, after which every method but {@link #sha256()} throws
 * {@link IllegalStateException}.
 */
public final class Tokenizer implements AutoCloseable {
    /** What the model file is called in a model folder. */
    public static final String FILE_NAME = "tokenizer.model";
    /** Most threads that a batch may use. */
    public static final int MAX_THREADS = 128;

    private static final long MAX_FILE_BYTES = 256L << 20;

    private final NativeModel model;
    private final Vocabulary vocabulary;
    private final Map<String, Integer> ids = new HashMap<>();
    private final String sha256;
    /** Null where the library encodes. */
    private final UnigramEncoder encoder;

    private Tokenizer(NativeModel model, Vocabulary vocabulary, UnigramEncoder encoder, String sha256) {
        this.model = model;
        this.sha256 = sha256;
        this.vocabulary = vocabulary;
        this.encoder = encoder;
        for (int id = 0; id < vocabulary.pieces.length; id++) {
            ids.put(vocabulary.pieces[id], id);
        }
    }

    /**
     * Loads a model file, or {@link #FILE_NAME} in a folder.
     *
     * @throws TokenizerException if there is none, it cannot be read, or is no whole SentencePiece unigram model
     * @throws io.saryu.bindings.NativeLibraryException if the native library does not load
     */
    public static Tokenizer load(Path modelFolderOrFile) throws IOException {
        return load(modelFolderOrFile, Encoder.AUTO);
    }

    /**
     * As {@link #load(Path)}, with a choice of whose code encodes; the ids are the same.
     *
     * @throws TokenizerException also if it is to be {@link Encoder#JAVA} and the model is none that can do
     */
    public static Tokenizer load(Path modelFolderOrFile, Encoder encoder) throws IOException {
        Path file = Files.isDirectory(modelFolderOrFile) ? modelFolderOrFile.resolve(FILE_NAME) : modelFolderOrFile;
        if (!Files.isRegularFile(file)) {
            throw new TokenizerException("there is no tokenizer at " + file
                    + "; give a tokenizer.model, a folder that holds one, or train one with 'saryu tokenizer train'");
        }
        byte[] bytes;
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw unusable(file.toString(), "it is larger than 256 MiB");
            }
            bytes = Files.readAllBytes(file);
        } catch (TokenizerException e) {
            throw e;
        } catch (IOException e) {
            throw new TokenizerException("cannot read the tokenizer " + file + ": " + FileErrors.reason(e)
                    + "; check the file and its permissions", e);
        }
        return read(bytes, file.toString(), encoder);
    }

    /**
     * Reads the content of a model file.
     *
     * @throws TokenizerException if it is no whole SentencePiece unigram model
     * @throws io.saryu.bindings.NativeLibraryException if the native library does not load
     */
    public static Tokenizer fromBytes(byte[] bytes) throws TokenizerException {
        return fromBytes(bytes, Encoder.AUTO);
    }

    /**
     * As {@link #fromBytes(byte[])}, with a choice of whose code encodes; the ids are the same.
     *
     * @throws TokenizerException also if it is to be {@link Encoder#JAVA} and the model is none that can do
     */
    public static Tokenizer fromBytes(byte[] bytes, Encoder encoder) throws TokenizerException {
        return read(bytes, "of " + bytes.length + " bytes", encoder);
    }

    private static Tokenizer read(byte[] bytes, String where, Encoder encoder) throws TokenizerException {
        NativeModel model;
        try {
            model = NativeModel.load(bytes);
        } catch (ShimException e) {
            throw unusable(where, e.getMessage());
        }
        Vocabulary vocabulary = model.apply(Vocabulary::new);
        if (encoder == Encoder.JAVA && UnigramEncoder.whyNot(vocabulary) != null) {
            model.close();
            throw new TokenizerException("the tokenizer " + where + " cannot be used by Saryu's own encoder: "
                    + UnigramEncoder.whyNot(vocabulary) + "; let SentencePiece encode");
        }
        return new Tokenizer(model, vocabulary,
                encoder == Encoder.SENTENCEPIECE ? null : UnigramEncoder.of(vocabulary), hash(bytes));
    }

    private static TokenizerException unusable(String where, String why) {
        return new TokenizerException("the tokenizer " + where + " cannot be used: " + why
                + "; give a whole tokenizer.model with a unigram model of SentencePiece");
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /**
     * Version of the SentencePiece library in use, such as {@code 0.1.97}; "unknown" where the build could not tell.
     *
     * @throws io.saryu.bindings.NativeLibraryException if the native library does not load
     */
    public static String libraryVersion() {
        NativeLibraries.load(NativeResult.LIBRARY);
        return SaryuSentencepiece.saryu_sp_version().getString(0);
    }

    /** Number of pieces V. */
    public int vocabSize() {
        return vocabulary().pieces.length;
    }

    /**
     * The ids of a text; no begin or end of sentence is added.
     *
     * @throws IllegalArgumentException if the text is longer than 64 MiB in UTF-8
     */
    public int[] encode(String text) {
        return encodeBatch(List.of(text), 1)[0];
    }

    /**
     * The ids of many texts, in their order.
     *
     * @param threads 1 to {@link #MAX_THREADS}; the result does not depend on it
     * @throws IllegalArgumentException if a text is longer than 64 MiB in UTF-8
     */
    public int[][] encodeBatch(List<String> texts, int threads) {
        checkThreads(threads);
        if (encoder != null) {
            return model.apply(open -> encoder.encode(texts, threads));
        }
        try {
            return model.encode(texts, threads);
        } catch (ShimException e) {
            throw new IllegalArgumentException("the text cannot be encoded: " + e.getMessage(), e);
        }
    }

    /**
     * The text of some ids. Control pieces such as {@code </s>} give nothing; bytes that make no UTF-8 give U+FFFD
     * each.
     *
     * @throws IllegalArgumentException if an id is outside of the vocabulary
     */
    public String decode(int... ids) {
        return decodeBatch(List.of(ids), 1).get(0);
    }

    /**
     * The texts of many sequences of ids, in their order.
     *
     * @param threads 1 to {@link #MAX_THREADS}
     * @throws IllegalArgumentException if an id is outside of the vocabulary
     */
    public List<String> decodeBatch(List<int[]> sequences, int threads) {
        checkThreads(threads);
        try {
            return List.of(model.decode(sequences, threads));
        } catch (ShimException e) {
            throw new IllegalArgumentException("the ids cannot be decoded: " + e.getMessage(), e);
        }
    }

    /**
     * Text of a piece as it stands in the model: {@code ▁} for a blank, {@code <0x0A>} for a byte.
     *
     * @throws IndexOutOfBoundsException if there is no such id
     */
    public String piece(int id) {
        return vocabulary().pieces[checkId(id)];
    }

    /**
     * Score of a piece: the logarithm of its probability, 0 for pieces that were not learnt.
     *
     * @throws IndexOutOfBoundsException if there is no such id
     */
    public float score(int id) {
        return vocabulary().scores[checkId(id)];
    }

    /**
     * Type of a piece.
     *
     * @throws IndexOutOfBoundsException if there is no such id
     */
    public PieceType type(int id) {
        return vocabulary().types[checkId(id)];
    }

    /** Id of a piece by its text, as {@link #piece} gives it; -1 where the vocabulary has none. */
    public int pieceId(String piece) {
        vocabulary();
        return ids.getOrDefault(piece, -1);
    }

    /** Id of the unknown piece. */
    public int unkId() {
        return vocabulary().unkId;
    }

    /** Id of the begin of a sentence; -1 without one. */
    public int bosId() {
        return vocabulary().bosId;
    }

    /** Id of the end of a sentence or document; -1 without one. */
    public int eosId() {
        return vocabulary().eosId;
    }

    /** Id of the padding; -1 without one. */
    public int padId() {
        return vocabulary().padId;
    }

    /** SHA-256 of the model file, 64 hexadecimal digits: what token files and checkpoints keep to know it again. */
    public String sha256() {
        return sha256;
    }

    /** Whose code encodes: {@link Encoder#JAVA} or {@link Encoder#SENTENCEPIECE}. */
    public Encoder encoder() {
        return encoder == null ? Encoder.SENTENCEPIECE : Encoder.JAVA;
    }

    /** The pieces and settings. */
    Vocabulary vocabulary() {
        return model.apply(open -> vocabulary);
    }

    private int checkId(int id) {
        return Objects.checkIndex(id, vocabulary.pieces.length);
    }

    private static void checkThreads(int threads) {
        if (threads < 1 || threads > MAX_THREADS) {
            throw new IllegalArgumentException("threads is " + threads + "; give 1 to " + MAX_THREADS);
        }
    }

    /** Frees the native memory, after calls of other threads have ended. Closing again does nothing. */
    @Override
    public void close() {
        model.close();
    }
}

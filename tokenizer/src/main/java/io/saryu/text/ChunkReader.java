package io.saryu.text;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.ServiceLoader;

/** Cuts a corpus into chunks, file after file; the last chunk of each file is an empty one. Not thread-safe. */
final class ChunkReader implements AutoCloseable {
    private final Corpus corpus;
    private final ReadOptions options;
    private final boolean paragraphs;
    private final int target;
    private final MessageDigest digest;
    private int fileIndex;
    private FileChunks file;
    private InputStream raw;
    private boolean first;
    /** Bytes of the files before the one that is open. */
    private long bytesBefore;
    private long bytesOfFile;
    private boolean failed;

    /**
     * Opens nothing yet.
     *
     * @param target bytes that a chunk should have
     * @param hash   whether to compute the hash of each file while it is read
     */
    ChunkReader(Corpus corpus, ReadOptions options, DocumentUnit unit, int target, boolean hash) {
        this.corpus = corpus;
        this.options = options;
        this.paragraphs = unit == DocumentUnit.PARAGRAPH;
        this.target = target;
        this.digest = hash ? FileHash.sha256() : null;
    }

    /** Goes to where another reader was after a chunk of {@code index}; {@code before} are the bytes of the files before. */
    void skipTo(int index, long position, long before) throws IOException {
        fileIndex = index;
        bytesBefore = before;
        if (index == corpus.files().size() || position == 0) {
            return;
        }
        try {
            open();
            file.skip(position);
        } catch (IOException e) {
            close();
            throw cannotRead(corpus.files().get(index), 0, e);
        }
        first = false;
    }

    /** Fills {@code chunk}; false when the corpus is at its end, or after a chunk with a failure. */
    boolean next(Chunk chunk) {
        if (failed || fileIndex == corpus.files().size()) {
            return false;
        }
        try {
            if (file == null) {
                open();
                first = true;
            }
            chunk.reset(fileIndex, first);
            if (!file.next(chunk)) {
                end(chunk);
            }
            first = false;
            chunk.consumed = bytesBefore + (file == null ? 0 : file.bytesRead());
        } catch (IOException e) {
            chunk.reset(fileIndex, first);
            chunk.failure = e;
            failed = true;
        }
        return true;
    }

    /** Bytes read from disk so far. */
    long bytesRead() {
        return bytesBefore + (file == null ? 0 : file.bytesRead());
    }

    private void end(Chunk chunk) throws IOException {
        chunk.last = true;
        if (raw != null) {
            // What follows the packed text is no text, but part of the file and its hash.
            raw.transferTo(OutputStream.nullOutputStream());
        }
        long read = file.bytesRead();
        close();
        bytesBefore += read;
        if (digest != null) {
            chunk.sha256 = HexFormat.of().formatHex(digest.digest());
        }
        fileIndex++;
    }

    private void open() throws IOException {
        Path path = corpus.files().get(fileIndex);
        bytesOfFile = 0;
        if (digest != null) {
            digest.reset();
        }
        raw = null;
        RecordFormat other = Corpus.isStandardInput(path) ? null : otherFormat(path);
        if (other != null) {
            if (digest != null) {
                FileHash.update(digest, path);
            }
            file = new RecordChunks(other.open(path, options.field()), options.field(), target, options.maxLineBytes());
            return;
        }
        TextInput.Opened opened = TextInput.open(path, (bytes, offset, length) -> {
            bytesOfFile += length;
            if (digest != null) {
                digest.update(bytes, offset, length);
            }
        });
        raw = opened.raw();
        InputFormat format = options.format().of(path);
        if (format == InputFormat.CSV || format == InputFormat.TSV) {
            file = new RecordChunks(csv(path, opened.text(), format), options.field(), target, options.maxLineBytes());
        } else {
            // A JSON text is a line; what stands between the records of a file means nothing.
            file = new TextChunks(opened.text(), format, paragraphs && format == InputFormat.TEXT, target,
                    options.maxLineBytes(), () -> bytesOfFile);
        }
    }

    private RecordFormat.Records csv(Path path, InputStream in, InputFormat format) throws IOException {
        try {
            return new CsvRecords(path, in, format == InputFormat.CSV ? ',' : '\t', options.field(), () -> bytesOfFile);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** Whether a module reads the file as records. */
    static boolean isRecords(Path file) throws IOException {
        return otherFormat(file) != null;
    }

    private static RecordFormat otherFormat(Path path) throws IOException {
        byte[] head = null;
        for (RecordFormat format : ServiceLoader.load(RecordFormat.class, RecordFormat.class.getClassLoader())) {
            if (head == null) {
                try (InputStream in = Files.newInputStream(path)) {
                    head = in.readNBytes(TextInput.HEAD);
                }
            }
            if (format.recognizes(Arrays.copyOf(head, head.length))) {
                return format;
            }
        }
        return null;
    }

    /** One sentence about what ended the reading of {@code file} after {@code lines} lines. */
    static CorpusException cannotRead(Path file, long lines, IOException e) {
        if (e instanceof CorpusException known) {
            return known;
        }
        String where = file + (lines > 0 ? " after line " + lines : "");
        String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        if (e instanceof EOFException || what.startsWith("Truncated source") || what.startsWith("Unexpected end")) {
            return new CorpusException("the file " + where + " is cut off; get it again whole", e);
        }
        return new CorpusException("cannot read " + where + ": " + what + "; check the file", e);
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            FileChunks open = file;
            file = null;
            open.close();
        }
    }
}

package io.saryu.text;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads the lines of a corpus, file after file: strict UTF-8 (or UTF-16 where a byte order mark says so), LF or CR LF,
 * plain or packed with gzip, xz or zstd. Lines that are not text are counted and left out, or refused (see
 * {@link ReadOptions}). Not thread-safe.
 *
 * <p>Two files never share a line: the end of a file ends its last line. A byte order mark at the start of a file is
 * dropped, as it tells the encoding and is no text.
 *
 * <p>Of a file of records (see {@link InputFormat} and {@link RecordFormat}) the lines of each record's text are read,
 * those without anything in them left out, and an empty line between two records.
 */
public final class LineReader implements AutoCloseable {
    private static final int CHUNK = 1 << 18;

    private final Corpus corpus;
    private final ReadOptions options;
    private final ChunkReader reader;
    private final ChunkLines lines;
    private final ReadTally total = new ReadTally();
    private final Chunk chunk = new Chunk(CHUNK);
    private ReadTally tally = new ReadTally();
    private boolean inChunk;
    private Path file;
    private long linesBefore;
    private boolean anyOfRecords;
    private String afterSeparator;

    /** Reads {@code corpus}; nothing is opened before the first line is asked for. */
    public LineReader(Corpus corpus, ReadOptions options) {
        this.corpus = corpus;
        this.options = options;
        this.reader = new ChunkReader(corpus, options, DocumentUnit.LINE, CHUNK, false);
        this.lines = new ChunkLines(options);
    }

    /**
     * The next good line without its end, blank ones too; null after the last line of the last file.
     *
     * @throws CorpusException when a file cannot be read or is cut off, or, if the options are strict, at a bad line
     */
    public String next() throws IOException {
        if (afterSeparator != null) {
            String line = afterSeparator;
            afterSeparator = null;
            return line;
        }
        while (inChunk || nextChunk()) {
            String line = lines.next();
            refuseBad(tally);
            if (line == null) {
                endChunk();
            } else if (chunk.format != InputFormat.TEXT && lines.startsRecord()) {
                boolean separate = anyOfRecords;
                anyOfRecords = true;
                if (!separate) {
                    return line;
                }
                afterSeparator = line;
                return "";
            } else {
                return line;
            }
        }
        return null;
    }

    /** The file of the last line. */
    public Path file() {
        return file;
    }

    /** Number of the last line, or of its record, in its file, from 1. */
    public long lineNumber() {
        return linesBefore + lines.number();
    }

    /** Bytes read from disk so far; at the end {@code corpus.bytes()}. */
    public long bytesRead() {
        return reader.bytesRead();
    }

    /** The counts so far. */
    public ReadReport report() {
        ReadTally now = new ReadTally(total.report(0));
        if (inChunk) {
            now.add(tally, file.toString(), linesBefore);
        }
        return now.report(bytesRead());
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private boolean nextChunk() throws IOException {
        if (!reader.next(chunk)) {
            return false;
        }
        file = corpus.files().get(chunk.file);
        if (chunk.first) {
            linesBefore = 0;
            anyOfRecords = false;
            total.file();
        }
        if (chunk.failure != null) {
            throw ChunkReader.cannotRead(file, linesBefore, chunk.failure);
        }
        tally = new ReadTally();
        lines.reset(chunk, tally);
        inChunk = true;
        return true;
    }

    private void endChunk() throws IOException {
        refuseBad(chunk.bad);
        total.add(tally, file.toString(), linesBefore);
        total.add(chunk.bad, file.toString(), linesBefore);
        linesBefore += tally.lines() + chunk.bad.lines();
        if (chunk.last && linesBefore == 0) {
            total.emptyFile();
        }
        inChunk = false;
    }

    private void refuseBad(ReadTally read) throws CorpusException {
        if (options.strict() && read.firstBad() != null) {
            throw refused(file, linesBefore, read.firstBad());
        }
    }

    /** The sentence about a bad line that a strict reader refuses. */
    static CorpusException refused(Path file, long linesBefore, ReadReport.BadLine bad) {
        return new CorpusException(file + " line " + (linesBefore + bad.line()) + ": " + bad.detail()
                + "; mend the line, or let bad lines be left out");
    }
}

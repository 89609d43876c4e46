package io.saryu.text;

import java.io.IOException;
import java.nio.file.Path;

/** Adds up what was read of a corpus, chunk by chunk in order, and refuses what has to be refused. Not thread-safe. */
final class ReadProgress {
    private final Corpus corpus;
    private final ReadOptions options;
    private final ReadTally read;
    private long linesBefore;

    /** Goes on after what {@code before} counted, with {@code linesBefore} lines read of the file at hand. */
    ReadProgress(Corpus corpus, ReadOptions options, ReadReport before, long linesBefore) {
        this.corpus = corpus;
        this.options = options;
        this.read = new ReadTally(before);
        this.linesBefore = linesBefore;
    }

    /**
     * Adds a chunk and what was counted in it.
     *
     * @throws CorpusException when reading ended in it by a failure, or the options are strict and a line is bad
     */
    void add(Chunk chunk, ReadTally ofChunk) throws IOException {
        Path file = corpus.files().get(chunk.file);
        if (chunk.first) {
            linesBefore = 0;
            read.file();
        }
        add(ofChunk, file);
        add(chunk.bad, file);
        if (chunk.failure != null) {
            throw ChunkReader.cannotRead(file, linesBefore, chunk.failure);
        }
        if (chunk.last) {
            if (linesBefore == 0) {
                read.emptyFile();
            }
            linesBefore = 0;
        }
    }

    private void add(ReadTally counted, Path file) throws CorpusException {
        if (options.strict() && counted.firstBad() != null) {
            throw LineReader.refused(file, linesBefore, counted.firstBad());
        }
        read.add(counted, file.toString(), linesBefore);
        linesBefore += counted.lines();
    }

    /** Lines, or records, read of the file at hand; 0 where the next chunk begins one. */
    long linesBefore() {
        return linesBefore;
    }

    /** The counts so far, with the bytes that the caller knows. */
    ReadReport report(long bytes) {
        return read.report(bytes);
    }
}

package io.saryu.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.Serializable;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A stretch of a corpus that can be cleaned apart from the others, for engines that spread work over machines. The documents of
 * all parts in their order are those of {@link CleanCorpus}; dropping the ones that came before is left to the engine.
 *
 * @param file  its file, under the name that all machines know it by
 * @param from  first byte; that of a line
 * @param to    the byte after the last; -1 for a file that can only be read whole, as it is packed or holds records
 */
public record CorpusPart(String file, long from, long to) implements Serializable {
    /**
     * Documents of a part, end to end.
     *
     * @param bytes  UTF-8 text; each line ends with a line feed, each paragraph begins with one
     * @param ends   where each document ends in {@code bytes}
     * @param lines  lines with text of each document
     * @param hashes two longs a document, equal for equal documents; null where duplicates are kept
     * @param read   lines that were read
     * @param bad    of those, left out as they were not text
     */
    public record Documents(byte[] bytes, int[] ends, int[] lines, long[] hashes, long read, long bad) implements Serializable {
        /** How many there are. */
        public int count() {
            return ends.length;
        }

        /** Where a document begins in {@link #bytes}. */
        public int start(int document) {
            return document == 0 ? 0 : ends[document - 1];
        }
    }

    /**
     * Divides a corpus.
     *
     * @param bytes of a part, about
     * @throws CorpusException for standard input, which has no name
     */
    public static List<CorpusPart> divide(Corpus corpus, CleanCorpus.Options options, long bytes) throws IOException {
        List<CorpusPart> parts = new ArrayList<>();
        for (Path file : corpus.files()) {
            if (Corpus.isStandardInput(file)) {
                throw new CorpusException("standard input cannot be divided; give files");
            }
            InputFormat format = options.read().format().of(file);
            boolean lines = options.unit() == DocumentUnit.LINE && (format == InputFormat.TEXT || format == InputFormat.JSONL);
            if (lines && !ChunkReader.isRecords(file) && TextInput.isPlain(file)) {
                cut(file, bytes, parts);
            } else {
                parts.add(new CorpusPart(file.toString(), 0, -1));
            }
        }
        return parts;
    }

    private static void cut(Path path, long bytes, List<CorpusPart> parts) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            long size = file.length();
            long from = 0;
            while (from < size) {
                long to = Math.min(size, from + Math.max(1, bytes));
                to = to < size ? afterLine(file, to, size) : size;
                parts.add(new CorpusPart(path.toString(), from, to));
                from = to;
            }
        }
    }

    /** The first byte after the line feed at or after {@code at}. */
    private static long afterLine(RandomAccessFile file, long at, long size) throws IOException {
        byte[] buffer = new byte[1 << 16];
        file.seek(at);
        for (int n = file.read(buffer); n > 0; n = file.read(buffer)) {
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    return at + i + 1;
                }
            }
            at += n;
        }
        return size;
    }

    /**
     * Cleans it, some megabytes at a time.
     *
     * @param sink takes documents in their order
     * @throws CorpusException when the file cannot be read, or, if the options are strict, at a bad line
     */
    public void clean(CleanCorpus.Options options, Consumer<Documents> sink) throws IOException {
        ChunkCleaner cleaner = new ChunkCleaner(options);
        Chunk chunk = new Chunk(options.chunkBytes());
        CleanedChunk cleaned = new CleanedChunk(options.chunkBytes());
        Path path = Path.of(file);
        if (to < 0) {
            try (ChunkReader reader = new ChunkReader(Corpus.of(path), options.read(), options.unit(), options.chunkBytes(), false)) {
                while (reader.next(chunk)) {
                    take(cleaner, chunk, cleaned, options, sink);
                }
            }
            return;
        }
        try (SeekableByteChannel channel = Files.newByteChannel(path)) {
            InputStream in = new Limited(Channels.newInputStream(channel.position(from)), to - from);
            TextChunks chunks = new TextChunks(in, options.read().format().of(path), false, options.chunkBytes(),
                    options.read().maxLineBytes(), () -> 0);
            chunk.reset(0, from == 0);
            while (chunks.next(chunk)) {
                take(cleaner, chunk, cleaned, options, sink);
                chunk.reset(0, false);
            }
        }
    }

    private void take(ChunkCleaner cleaner, Chunk chunk, CleanedChunk cleaned, CleanCorpus.Options options, Consumer<Documents> sink)
            throws IOException {
        cleaner.clean(chunk, cleaned);
        if (chunk.failure != null) {
            throw ChunkReader.cannotRead(Path.of(file), 0, chunk.failure);
        }
        long bad = cleaned.read.badCount() + chunk.bad.badCount();
        if (options.read().strict() && bad > 0) {
            ReadTally tally = cleaned.read.badCount() > 0 ? cleaned.read : chunk.bad;
            throw new CorpusException(file + " holds a bad line (" + tally.firstBad().kind() + ": " + tally.firstBad().detail()
                    + ") after byte " + from + "; mend it, or leave bad lines out by reading without strict");
        }
        sink.accept(new Documents(Arrays.copyOf(cleaned.bytes, cleaned.length), Arrays.copyOf(cleaned.ends, cleaned.documents),
                Arrays.copyOf(cleaned.lines, cleaned.documents),
                options.deduplicate() ? Arrays.copyOf(cleaned.hashes, 2 * cleaned.documents) : null,
                cleaned.read.lines() + chunk.bad.lines(), bad));
    }

    /** The first bytes of a stream. */
    private static final class Limited extends InputStream {
        private final InputStream in;
        private long left;

        Limited(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(buffer, offset, (int) Math.min(left, length));
            left -= Math.max(n, 0);
            return n;
        }
    }
}

package io.saryu.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/** Copies a partial output without the documents that were found to be duplicates only when all was written. */
final class DuplicateRemoval {
    private static final int BUFFER = 1 << 20;

    private final FileChannel from;
    private final PartialOutput to;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private long lines;

    private DuplicateRemoval(FileChannel from, PartialOutput to) {
        this.from = from;
        this.to = to;
    }

    /**
     * What was removed.
     *
     * @param documents documents left out
     * @param lines     lines with text left out
     * @param bytes     bytes of what is left
     * @param sha256    its hash; null when nothing had to be left out, and the partial output stands as it is
     */
    record Result(long documents, long lines, long bytes, String sha256) {
    }

    /** Removes what is to be removed; if anything was, the result stands under the name of {@code target}. */
    static Result run(Path target, HashLog log, DuplicateFilter duplicates, DocumentUnit unit) throws IOException {
        Path partial = PartialOutput.beside(target, "");
        long sure = duplicates.inTable();
        log.flush();
        BitSet repeats = duplicates.repeats();
        try (FileChannel from = FileChannel.open(partial, StandardOpenOption.READ)) {
            if (repeats.isEmpty()) {
                return new Result(0, 0, from.size(), null);
            }
            try (PartialOutput to = new PartialOutput(target, ".kept")) {
                to.goOnAfter(0);
                DuplicateRemoval removal = new DuplicateRemoval(from, to);
                // Where the document at hand begins, and the run of kept ones before it.
                long[] at = new long[2];
                log.read(0, log.entries(), (number, high, low, length) -> {
                    if (number >= sure && repeats.get((int) (number - sure))) {
                        removal.copy(at[1], at[0]);
                        removal.lines += removal.newlines(at[0], at[0] + length);
                        at[1] = at[0] + length;
                    }
                    at[0] += length;
                });
                removal.copy(at[1], at[0]);
                long documents = repeats.cardinality();
                // The empty line before each paragraph holds no text.
                long lines = removal.lines - (unit == DocumentUnit.PARAGRAPH ? documents : 0);
                String sha256 = to.sha256();
                to.commit();
                return new Result(documents, lines, to.length(), sha256);
            }
        }
    }

    private void copy(long start, long end) throws IOException {
        for (long position = start; position < end; position += buffer.limit()) {
            fill(position, end);
            to.write(buffer.array(), 0, buffer.limit());
        }
    }

    private long newlines(long start, long end) throws IOException {
        long count = 0;
        for (long position = start; position < end; position += buffer.limit()) {
            fill(position, end);
            for (int i = 0; i < buffer.limit(); i++) {
                count += buffer.get(i) == '\n' ? 1 : 0;
            }
        }
        return count;
    }

    private void fill(long position, long end) throws IOException {
        buffer.clear().limit((int) Math.min(BUFFER, end - position));
        while (buffer.hasRemaining()) {
            if (from.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("the partial output ends after " + position + " bytes");
            }
        }
    }
}

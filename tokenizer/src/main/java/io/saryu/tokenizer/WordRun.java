package io.saryu.tokenizer;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Sorted words with counts in a temporary file: length, units, count of each, big-endian. */
final class WordRun {
    private static final int BUFFER = 1 << 18;

    private final Path file;

    private WordRun(Path file) {
        this.file = file;
    }

    /** Writes the words of a table, which is empty after it. */
    static WordRun write(WordTable table, Path folder) throws IOException {
        Path file = Files.createTempFile(folder, ".words-", ".tmp");
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER))) {
            byte[] bytes = new byte[2 * WordCounter.MAX_LENGTH];
            table.drain((units, from, length, count) -> {
                out.writeByte(length);
                for (int i = 0; i < length; i++) {
                    bytes[2 * i] = (byte) (units[from + i] >> 8);
                    bytes[2 * i + 1] = (byte) units[from + i];
                }
                out.write(bytes, 0, 2 * length);
                out.writeLong(count);
            });
        } catch (Throwable e) {
            Files.deleteIfExists(file);
            throw e;
        }
        return new WordRun(file);
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    /** Hands out the words of all runs in order, each once with the sum of its counts. */
    static void merge(List<WordRun> runs, WordSink sink) throws IOException {
        PriorityQueue<Reader> readers = new PriorityQueue<>(Comparator.naturalOrder());
        Reader[] all = new Reader[runs.size()];
        try {
            for (int i = 0; i < all.length; i++) {
                all[i] = new Reader(runs.get(i).file);
                if (all[i].next()) {
                    readers.add(all[i]);
                }
            }
            char[] word = new char[WordCounter.MAX_LENGTH];
            while (!readers.isEmpty()) {
                Reader first = readers.remove();
                int length = first.length;
                System.arraycopy(first.units, 0, word, 0, length);
                long count = first.count;
                if (first.next()) {
                    readers.add(first);
                }
                for (Reader same; (same = readers.peek()) != null && same.holds(word, length);) {
                    count += same.count;
                    readers.remove();
                    if (same.next()) {
                        readers.add(same);
                    }
                }
                sink.accept(word, 0, length, count);
            }
        } finally {
            for (Reader reader : all) {
                if (reader != null) {
                    reader.in.close();
                }
            }
        }
    }

    private static final class Reader implements Comparable<Reader> {
        private final DataInputStream in;
        private final byte[] bytes = new byte[2 * WordCounter.MAX_LENGTH];
        private final char[] units = new char[WordCounter.MAX_LENGTH];
        private int length;
        private long count;

        Reader(Path file) throws IOException {
            in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
        }

        boolean next() throws IOException {
            length = in.read();
            if (length < 0) {
                return false;
            }
            if (length == 0 || length > units.length) {
                throw new EOFException("a temporary file of counted words is garbled");
            }
            in.readFully(bytes, 0, 2 * length);
            for (int i = 0; i < length; i++) {
                units[i] = (char) (bytes[2 * i] << 8 | bytes[2 * i + 1] & 0xFF);
            }
            count = in.readLong();
            return true;
        }

        boolean holds(char[] word, int wordLength) {
            return Arrays.equals(units, 0, length, word, 0, wordLength);
        }

        @Override
        public int compareTo(Reader other) {
            return Arrays.compare(units, 0, length, other.units, 0, other.length);
        }
    }
}

package io.saryu.tokenizer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Parts sentences into words as SentencePiece's trainer does (each U+2581 begins one) and counts them, in bounded
 * memory: a full table goes to a sorted run on disk. Used by one thread.
 */
final class WordCounter {
    /** A longer word is cut: no piece is longer than 16 characters, so what stands far apart hardly matters. */
    static final int MAX_LENGTH = 64;

    /** SentencePiece's trainer keeps this character for itself, and leaves sentences that hold it out. */
    private static final char RESERVED = '▅';

    private final PieceTrie apart;
    private final WordTable table;
    private final Path folder;
    private final List<WordRun> runs = new ArrayList<>();
    private char[] text = new char[1024];
    private long bytes;

    /**
     * @param apart    what parts a line as an end of it does: symbols and the names of special pieces
     * @param folder   for the runs
     * @param maxUnits of the words in memory
     */
    WordCounter(PieceTrie apart, Path folder, int maxUnits) {
        this.apart = apart;
        this.folder = folder;
        this.table = new WordTable(maxUnits);
    }

    /** Counts the words of a line. */
    void add(String line) throws IOException {
        int length = line.length();
        if (length > text.length) {
            text = new char[Math.max(length, 2 * text.length)];
        }
        line.getChars(0, length, text, 0);
        for (int i = 0; i < length; i++) {
            char unit = text[i];
            bytes += unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
            if (unit == ' ' || unit == '\t') {
                text[i] = UnigramEncoder.BLANK;
            }
        }
        int begin = 0;
        for (int at = 0; at < length;) {
            int end = apart(at, length);
            if (end == at) {
                at++;
                continue;
            }
            sentence(begin, at);
            at = end;
            begin = end;
        }
        sentence(begin, length);
    }

    /** End of the longest of the texts that part, which begins here; {@code from} for none. */
    private int apart(int from, int length) {
        int end = from;
        int node = PieceTrie.ROOT;
        for (int at = from; at < length && (node = apart.child(node, text[at])) >= 0;) {
            at++;
            if (apart.id(node) >= 0) {
                end = at;
            }
        }
        return end;
    }

    private void sentence(int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            if (text[i] == RESERVED) {
                return;
            }
        }
        for (int begin = from; begin < to;) {
            int hash = text[begin];
            int end = begin + 1;
            while (end < to && text[end] != UnigramEncoder.BLANK && !cut(begin, end)) {
                hash = 31 * hash + text[end++];
            }
            if (table.isFull()) {
                spill();
            }
            table.add(text, begin, end - begin, hash, 1);
            begin = end;
        }
    }

    private boolean cut(int begin, int end) {
        return end - begin >= MAX_LENGTH - 1 && !Character.isLowSurrogate(text[end]) || end - begin == MAX_LENGTH;
    }

    private void spill() throws IOException {
        try {
            runs.add(WordRun.write(table, folder));
        } catch (IOException e) {
            throw new TokenizerException("cannot write counted words into " + folder + ": " + FileErrors.reason(e)
                    + "; free some space or choose another folder", e);
        }
    }

    /** Writes what is still in memory as the last run. */
    void finish() throws IOException {
        spill();
        table.release();
    }

    /** UTF-8 bytes of the lines so far. */
    long bytes() {
        return bytes;
    }

    /** The runs so far; the caller deletes them. */
    List<WordRun> runs() {
        return runs;
    }
}

package io.saryu.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cleans, hashes and splits the documents of chunks. What comes out depends on the chunk alone. Not thread-safe: one per
 * thread.
 */
final class ChunkCleaner {
    private static final byte[] NEWLINE = {'\n'};

    private final CleanCorpus.Options options;
    private final TextCleaner cleaner;
    private final LineFilters filters;
    private final ChunkLines lines;
    private final ContentHash hash;
    private final SentenceBoundaries boundaries = new SentenceBoundaries();
    private final boolean paragraphs;
    /** Cleaned lines that are not as they were in the chunk, as characters and in UTF-8, and what rules did to one. */
    private char[] cleanedChars = new char[0];
    private byte[] cleanedBytes = new byte[0];
    private final int[] hits = new int[CleanRule.values().length];
    private CleanedChunk out;
    private int linesOfDocument;
    private boolean inDocument;

    /** A cleaner that gives documents the hashes by which duplicates are known, where they are to go. */
    ChunkCleaner(CleanCorpus.Options options) {
        this(options, options.deduplicate() ? new ContentHash() : null);
    }

    /** A cleaner that gives documents hashes of this kind; null for none. */
    ChunkCleaner(CleanCorpus.Options options, ContentHash hash) {
        this.options = options;
        this.hash = hash;
        this.paragraphs = options.unit() == DocumentUnit.PARAGRAPH;
        this.cleaner = new TextCleaner(options.rules());
        this.filters = new LineFilters(options.filters());
        this.lines = new ChunkLines(options.read());
    }

    /** Cleans {@code chunk} into {@code result}. */
    void clean(Chunk chunk, CleanedChunk result) {
        result.reset();
        if (filters.looksForPersonalData()) {
            result.clean.hidePersonalData();
            result.filtered.hidePersonalData();
        }
        out = result;
        lines.reset(chunk, result.read);
        if (chunk.format == InputFormat.TEXT) {
            cleanText(chunk);
        } else {
            cleanRecords();
        }
        endDocument();
        out = null;
    }

    private void cleanText(Chunk chunk) {
        while (lines.step()) {
            char[] chars = lines.chars();
            int length = lines.length();
            boolean quick = filters.ignoresText() && !filters.mayHoldPersonalData(chars, length)
                    && (lines.isPlain() || !(lines.hasLatin() && Mojibake.isIn(chars, length)));
            if (quick && (lines.isPlain() || TextCleaner.isClean(chars, length))) {
                out.clean.untouched(length == 0);
                if (length == 0) {
                    blank();
                } else {
                    add(chars, length, chunk.bytes, lines.rawStart(), lines.rawEnd());
                }
            } else if (!quick || !cleanInArrays(chars, length)) {
                cleanLine(new String(chars, 0, length), true);
            }
        }
    }

    /** Cleans a line in one pass and adds what is left; false where that is not enough and nothing was done. */
    private boolean cleanInArrays(char[] chars, int length) {
        if (cleanedChars.length < length) {
            cleanedChars = new char[chars.length];
            cleanedBytes = new byte[3 * chars.length];
        }
        Arrays.fill(hits, 0);
        int kept = cleaner.cleanOnce(chars, length, cleanedChars, hits);
        if (kept < 0) {
            return false;
        }
        out.clean.add(chars, length, cleanedChars, kept, hits);
        if (kept == 0) {
            blank();
        } else {
            add(cleanedChars, kept, cleanedBytes, 0, Utf8Decoder.encode(cleanedChars, kept, cleanedBytes));
        }
        return true;
    }

    private void cleanRecords() {
        String line;
        while ((line = lines.next()) != null) {
            if (paragraphs && lines.startsRecord()) {
                endDocument();
            }
            cleanLine(line, false);
        }
    }

    private void cleanLine(String line, boolean blankEnds) {
        String cleaned = cleaner.clean(line, out.clean);
        if (cleaned.isBlank()) {
            if (blankEnds) {
                blank();
            }
        } else if (filters.keeps(line, cleaned, out.filtered)) {
            String kept = filters.withoutPersonalData(cleaned, out.filtered);
            if (kept != null) {
                byte[] bytes = kept.getBytes(StandardCharsets.UTF_8);
                add(kept.toCharArray(), kept.length(), bytes, 0, bytes.length);
            }
        }
    }

    private void blank() {
        if (paragraphs) {
            endDocument();
        }
    }

    /** Adds a line, {@code chars[0 .. length)} or in UTF-8 {@code bytes[start .. end)}, to the document at hand. */
    private void add(char[] chars, int length, byte[] bytes, int start, int end) {
        if (hash != null) {
            if (inDocument) {
                hash.add(NEWLINE, 0, 1);
            }
            hash.add(bytes, start, end - start);
        }
        if (!inDocument && paragraphs) {
            out.append('\n');
        }
        inDocument = true;
        if (options.splitter() == null) {
            addLine(bytes, start, end);
        } else {
            addSentences(chars, length, bytes, start, end);
        }
        if (!paragraphs) {
            endDocument();
        }
    }

    private void addSentences(char[] chars, int length, byte[] bytes, int start, int end) {
        boolean ascii = end - start == length;
        int sentences = ascii ? boundaries.findAscii(chars, length, bytes, start) : boundaries.find(chars, 0, length);
        if (sentences == 1 && boundaries.start(0) == 0 && boundaries.end(0) == length) {
            addLine(bytes, start, end);
            return;
        }
        int place = 0;
        int placeInBytes = start;
        for (int i = 0; i < sentences; i++) {
            int from = boundaries.start(i);
            int to = boundaries.end(i);
            int fromInBytes = placeInBytes + (ascii ? from - place : Utf8Decoder.length(chars, place, from));
            placeInBytes = fromInBytes + (ascii ? to - from : Utf8Decoder.length(chars, from, to));
            place = to;
            addLine(bytes, fromInBytes, placeInBytes);
        }
    }

    private void addLine(byte[] bytes, int start, int end) {
        out.append(bytes, start, end - start);
        out.append('\n');
        linesOfDocument++;
    }

    private void endDocument() {
        if (inDocument) {
            out.endDocument(linesOfDocument, hash == null ? null : hash.end());
            inDocument = false;
            linesOfDocument = 0;
        }
    }
}

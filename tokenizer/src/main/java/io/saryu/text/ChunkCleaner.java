package io.saryu.text;

import java.nio.charset.StandardCharsets;

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
    private final ContentHash hash = new ContentHash();
    private final SentenceBoundaries boundaries = new SentenceBoundaries();
    private final boolean paragraphs;
    private CleanedChunk out;
    private int linesOfDocument;
    private boolean inDocument;

    ChunkCleaner(CleanCorpus.Options options) {
        this.options = options;
        this.paragraphs = options.unit() == DocumentUnit.PARAGRAPH;
        this.cleaner = new TextCleaner(options.rules());
        this.filters = new LineFilters(options.filters());
        this.lines = new ChunkLines(options.read());
    }

    /** Cleans {@code chunk} into {@code result}. */
    void clean(Chunk chunk, CleanedChunk result) {
        result.reset();
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
            if (filters.ignoresText() && (lines.isPlain() || TextCleaner.isClean(chars, length)
                    && !(lines.hasLatin() && Mojibake.isIn(chars, length)))) {
                out.clean.untouched(length == 0);
                if (length == 0) {
                    blank();
                } else {
                    add(chars, length, chunk.bytes, lines.rawStart(), lines.rawEnd());
                }
            } else {
                cleanLine(new String(chars, 0, length), true);
            }
        }
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
            byte[] bytes = cleaned.getBytes(StandardCharsets.UTF_8);
            add(cleaned.toCharArray(), cleaned.length(), bytes, 0, bytes.length);
        }
    }

    private void blank() {
        if (paragraphs) {
            endDocument();
        }
    }

    /** Adds a line, {@code chars[0 .. length)} or in UTF-8 {@code bytes[start .. end)}, to the document at hand. */
    private void add(char[] chars, int length, byte[] bytes, int start, int end) {
        if (options.deduplicate()) {
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
        int sentences = boundaries.find(chars, 0, length);
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
            out.endDocument(linesOfDocument, options.deduplicate() ? hash.end() : null);
            inDocument = false;
            linesOfDocument = 0;
        }
    }
}

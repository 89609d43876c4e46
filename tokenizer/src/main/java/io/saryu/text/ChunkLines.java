package io.saryu.text;

import java.nio.charset.StandardCharsets;

/** Steps through the good lines of chunks and counts the bad ones. Not thread-safe. */
final class ChunkLines {
    private final LineDecoder decoder;
    private final JsonField json;
    private final Utf8Decoder utf8 = new Utf8Decoder();
    private final LineScan scan = new LineScan();
    private final int maxLineBytes;
    private char[] chars = new char[1 << 12];
    private int length;
    private Chunk chunk;
    private ReadTally tally;
    private int position;
    private int rawStart;
    private int rawEnd;
    private long units;
    private boolean startsRecord;
    private boolean recordEnded;
    private String record;
    private int recordPosition;

    ChunkLines(ReadOptions options) {
        this.decoder = new LineDecoder(options.maxLineBytes());
        this.maxLineBytes = options.maxLineBytes();
        this.json = new JsonField(options.field());
    }

    /** Begins with a chunk; {@code newTally} counts its lines. */
    void reset(Chunk newChunk, ReadTally newTally) {
        chunk = newChunk;
        tally = newTally;
        position = 0;
        units = 0;
        record = null;
        recordEnded = true;
    }

    /** The next good line without its end, blank ones too; null after the last one. */
    String next() {
        if (chunk.format == InputFormat.TEXT) {
            return nextOfText();
        }
        return chunk.format == InputFormat.JSONL ? nextOfJson() : nextOfRecords();
    }

    /** Whether the last line is the first one of a record. */
    boolean startsRecord() {
        return startsRecord;
    }

    /** Number of the last line, or of its record, counted from the start of the chunk, from 1. */
    long number() {
        return units;
    }

    /** Where the bytes of the last line of a text file begin in the chunk. */
    int rawStart() {
        return rawStart;
    }

    /** Where they end, exclusive. */
    int rawEnd() {
        return rawEnd;
    }

    private String nextOfText() {
        return step() ? new String(chars, 0, length) : null;
    }

    /**
     * Steps to the next good line of a text file, whose characters are then {@link #chars} up to {@link #length}; for
     * much text, as it makes no strings. False after the last one.
     */
    boolean step() {
        while (stepRaw()) {
            units++;
            tally.line();
            if (units == 1 && chunk.first) {
                skipByteOrderMark();
            }
            int count = rawEnd - rawStart;
            if (count <= maxLineBytes) {
                if (chars.length < count) {
                    chars = new char[Math.max(count, Math.min(2 * chars.length, maxLineBytes))];
                }
                length = scan.isPlain() ? widen(count) : utf8.decode(chunk.bytes, rawStart, rawEnd, chars);
                if (length >= 0) {
                    return true;
                }
            }
            decoder.decode(chunk.bytes, rawStart, rawEnd);
            tally.bad(units, decoder.kind(), decoder.detail());
        }
        return false;
    }

    private int widen(int count) {
        byte[] bytes = chunk.bytes;
        char[] to = chars;
        int from = rawStart;
        for (int i = 0; i < count; i++) {
            to[i] = (char) bytes[from + i];
        }
        return count;
    }

    /** Whether the last line is not empty, and visible ASCII with single spaces between words. */
    boolean isPlain() {
        return scan.isPlain();
    }

    /** Where the characters of the last line are, from the first element on. */
    char[] chars() {
        return chars;
    }

    int length() {
        return length;
    }

    /** Whether there may be mojibake in it. */
    boolean hasLatin() {
        return utf8.hasLatin();
    }

    private String nextOfJson() {
        while (true) {
            if (record != null) {
                String line = nextOfRecord();
                if (line != null) {
                    return line;
                }
            }
            if (!stepRaw()) {
                return null;
            }
            units++;
            tally.line();
            if (units == 1 && chunk.first) {
                skipByteOrderMark();
            }
            String text = decoder.decode(chunk.bytes, rawStart, rawEnd);
            if (text == null) {
                tally.bad(units, decoder.kind(), decoder.detail());
            } else if (!text.isBlank()) {
                record = json.of(text);
                recordPosition = 0;
                recordEnded = true;
                if (record == null) {
                    tally.bad(units, json.kind(), json.detail());
                }
            }
        }
    }

    /** The next line with something in it of the JSON text at hand. */
    private String nextOfRecord() {
        while (recordPosition < record.length()) {
            int lineFeed = record.indexOf('\n', recordPosition);
            int end = lineFeed < 0 ? record.length() : lineFeed;
            String line = record.substring(recordPosition,
                    end > recordPosition && record.charAt(end - 1) == '\r' ? end - 1 : end);
            recordPosition = end + 1;
            if (!line.isEmpty()) {
                startsRecord = recordEnded;
                recordEnded = false;
                return line;
            }
        }
        record = null;
        return null;
    }

    private String nextOfRecords() {
        while (stepRaw()) {
            if (rawStart == rawEnd) {
                units++;
                recordEnded = true;
                continue;
            }
            startsRecord = recordEnded;
            recordEnded = false;
            // We encoded these bytes ourselves; a NUL among them is the record's own and left to the cleaner.
            return new String(chunk.bytes, rawStart, rawEnd - rawStart, StandardCharsets.UTF_8);
        }
        return null;
    }

    private void skipByteOrderMark() {
        byte[] b = chunk.bytes;
        if (rawEnd - rawStart >= 3 && b[rawStart] == (byte) 0xEF && b[rawStart + 1] == (byte) 0xBB
                && b[rawStart + 2] == (byte) 0xBF) {
            tally.byteOrderMark();
            rawStart += 3;
        }
    }

    private boolean stepRaw() {
        if (position >= chunk.length) {
            return false;
        }
        byte[] bytes = chunk.bytes;
        int end = scan.lineEnd(bytes, position, chunk.length);
        rawStart = position;
        rawEnd = end < chunk.length && end > position && bytes[end - 1] == '\r' ? end - 1 : end;
        position = end + 1;
        return true;
    }
}

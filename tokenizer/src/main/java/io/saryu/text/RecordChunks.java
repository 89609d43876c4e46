package io.saryu.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Gathers the texts of records into chunks: each its lines without empty ones, and an empty line after it. */
final class RecordChunks implements FileChunks {
    private final RecordFormat.Records records;
    private final String field;
    private final int target;
    private final int maxTextBytes;
    private long position;
    private IOException failure;

    RecordChunks(RecordFormat.Records records, String field, int target, int maxTextBytes) {
        this.records = records;
        this.field = field;
        this.target = target;
        this.maxTextBytes = maxTextBytes;
    }

    @Override
    public void skip(long wanted) throws IOException {
        while (position < wanted && records.next()) {
            position++;
        }
    }

    @Override
    public long bytesRead() {
        return records.bytesRead();
    }

    @Override
    public boolean next(Chunk chunk) throws IOException {
        if (failure != null) {
            throw failure;
        }
        chunk.format = null;
        try {
            while (chunk.length < target && records.next()) {
                position++;
                chunk.records++;
                chunk.bad.line();
                add(chunk, records.text());
            }
        } catch (IOException e) {
            if (chunk.records == 0) {
                throw e;
            }
            failure = e;
        }
        chunk.position = position;
        return chunk.records > 0;
    }

    private void add(Chunk chunk, String text) {
        if (text == null) {
            chunk.bad.bad(chunk.records, ReadReport.Kind.MISSING_FIELD, "the row has no field '" + field + "'");
        } else {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (bytes.length > maxTextBytes) {
                chunk.bad.bad(chunk.records, ReadReport.Kind.TOO_LONG, "the text has " + bytes.length
                        + " bytes, more than the " + maxTextBytes + " that it may have");
            } else {
                appendLines(chunk, bytes);
            }
        }
        chunk.append(new byte[] {'\n'}, 1);
    }

    private static void appendLines(Chunk chunk, byte[] text) {
        int from = chunk.length;
        chunk.append(text, text.length);
        chunk.append(new byte[] {'\n'}, 1);
        // Move the lines together over what is empty; nothing is ever moved up.
        byte[] b = chunk.bytes;
        int to = from;
        int lineStart = from;
        for (int i = from; i < chunk.length; i++) {
            if (b[i] == '\n') {
                int end = i > lineStart && b[i - 1] == '\r' ? i - 1 : i;
                if (end > lineStart) {
                    System.arraycopy(b, lineStart, b, to, end - lineStart);
                    to += end - lineStart;
                    b[to++] = '\n';
                }
                lineStart = i + 1;
            }
        }
        chunk.length = to;
    }

    @Override
    public void close() throws IOException {
        records.close();
    }
}

package io.saryu.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Lines of a stream as they came, in memory bounded by the longest line allowed. A line that is no text does not end the work: it
 * is given with what is wrong with it.
 */
final class LineSource {
    private final InputStream in;
    private final int mostBytes;
    private long number;
    private boolean ended;

    /**
     * @param in        bytes; buffered
     * @param mostBytes of a line, its end not counted
     */
    LineSource(InputStream in, int mostBytes) {
        this.in = in;
        this.mostBytes = mostBytes;
    }

    /**
     * One line.
     *
     * @param number  from 1
     * @param text    without its line feed, but with a carriage return before it; null when {@code problem} says why there is none
     * @param problem what is wrong; null when nothing is
     * @param ended   whether a line feed ended it, as all lines but perhaps the last are
     */
    record Line(long number, String text, String problem, boolean ended) {
    }

    /** Whether {@link #next} would not have to wait. */
    boolean ready() throws IOException {
        return !ended && in.available() > 0;
    }

    /** The next line, or null at the end. */
    Line next() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long length = 0;
        int b = in.read();
        if (b < 0) {
            ended = true;
            return null;
        }
        number++;
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (length++ < mostBytes) {
                bytes.write(b);
            }
        }
        ended = b < 0;
        if (length > mostBytes) {
            return new Line(number, null, String.format("it has %,d bytes, more than --max-line-bytes %,d", length, mostBytes), b >= 0);
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
            return new Line(number, text, null, b >= 0);
        } catch (CharacterCodingException e) {
            return new Line(number, null, "it is not UTF-8 text", b >= 0);
        }
    }
}

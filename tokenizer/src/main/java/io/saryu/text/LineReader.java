package io.saryu.text;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the lines of a corpus, file after file: strict UTF-8, LF or CR LF, plain or packed with gzip or xz. Lines that
 * are not text are counted and left out, or refused (see {@link ReadOptions}). Not thread-safe.
 *
 * <p>Two files never share a line: the end of a file ends its last line. A byte order mark at the start of a file is
 * dropped, as it tells the encoding and is no text.
 */
public final class LineReader implements AutoCloseable {
    private static final int MAX_SAMPLES = 10;
    private static final char REPLACEMENT = '\uFFFD';

    private final Corpus corpus;
    private final ReadOptions options;
    private final Map<ReadReport.Kind, Long> badLines = new EnumMap<>(ReadReport.Kind.class);
    private final List<ReadReport.BadLine> samples = new ArrayList<>();
    private int nextFile;
    private Path file;
    private InputStream stream;
    private ByteLines lines;
    private long lineNumber;
    private long lineCount;
    private long emptyFiles;
    private long byteOrderMarks;
    private long bytesRead;

    /** Reads {@code corpus}; nothing is opened before the first line is asked for. */
    public LineReader(Corpus corpus, ReadOptions options) {
        this.corpus = corpus;
        this.options = options;
    }

    /**
     * The next good line without its end, blank ones too; null after the last line of the last file.
     *
     * @throws CorpusException when a file cannot be read or is cut off, or, if the options are strict, at a bad line
     */
    public String next() throws IOException {
        while (lines != null || openNext()) {
            if (!step()) {
                closeFile();
                continue;
            }
            lineNumber++;
            lineCount++;
            String text = decode();
            if (text != null) {
                return text;
            }
        }
        return null;
    }

    /** The file of the last line. */
    public Path file() {
        return file;
    }

    /** Number of the last line in its file, from 1. */
    public long lineNumber() {
        return lineNumber;
    }

    /** Bytes read from disk so far; at the end {@code corpus.bytes()}. */
    public long bytesRead() {
        return bytesRead;
    }

    /** The counts so far. */
    public ReadReport report() {
        Map<ReadReport.Kind, Long> bad = new EnumMap<>(ReadReport.Kind.class);
        bad.putAll(badLines);
        return new ReadReport(nextFile, emptyFiles, bytesRead, lineCount, byteOrderMarks, bad, List.copyOf(samples));
    }

    @Override
    public void close() throws IOException {
        if (stream != null) {
            stream.close();
            stream = null;
            lines = null;
        }
    }

    private boolean openNext() throws IOException {
        if (nextFile == corpus.files().size()) {
            return false;
        }
        file = corpus.files().get(nextFile++);
        lineNumber = 0;
        try {
            stream = TextInput.open(file, n -> bytesRead += n);
        } catch (IOException e) {
            throw cannotRead(e);
        }
        lines = new ByteLines(stream, options.maxLineBytes());
        return true;
    }

    private void closeFile() throws IOException {
        if (lineNumber == 0) {
            emptyFiles++;
        }
        close();
    }

    private boolean step() throws IOException {
        try {
            return lines.next();
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    private CorpusException cannotRead(IOException e) {
        if (e instanceof CorpusException known) {
            return known;
        }
        String where = file + (lineNumber > 0 ? " after line " + lineNumber : "");
        if (e instanceof EOFException) {
            return new CorpusException("the packed file " + where + " is cut off; get it again whole", e);
        }
        String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new CorpusException("cannot read " + where + ": " + what + "; check the file", e);
    }

    private String decode() throws CorpusException {
        if (lines.tooLong()) {
            return bad(ReadReport.Kind.TOO_LONG, "the line has " + lines.length() + " bytes, more than the "
                    + options.maxLineBytes() + " that a line may have");
        }
        byte[] buffer = lines.buffer();
        int start = lines.start();
        int end = lines.end();
        if (lineNumber == 1 && end - start >= 3 && buffer[start] == (byte) 0xEF && buffer[start + 1] == (byte) 0xBB
                && buffer[start + 2] == (byte) 0xBF) {
            byteOrderMarks++;
            start += 3;
        }
        String text = new String(buffer, start, end - start, StandardCharsets.UTF_8);
        // The JDK's fast decoder puts U+FFFD for bad bytes; only then look for them one by one.
        if (text.indexOf(REPLACEMENT) >= 0) {
            int offset = firstInvalid(buffer, start, end);
            if (offset >= 0) {
                return bad(ReadReport.Kind.INVALID_UTF8,
                        String.format("byte 0x%02X at column %d is not UTF-8", buffer[start + offset], offset + 1));
            }
        }
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            return bad(ReadReport.Kind.NUL_BYTE, "there is a NUL byte at column " + (nul + 1));
        }
        return text;
    }

    private static int firstInvalid(byte[] buffer, int start, int end) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(buffer, start, end - start).slice();
        CharBuffer out = CharBuffer.allocate(end - start);
        return decoder.decode(in, out, true).isError() ? in.position() : -1;
    }

    private String bad(ReadReport.Kind kind, String detail) throws CorpusException {
        if (options.strict()) {
            throw new CorpusException(file + " line " + lineNumber + ": " + detail
                    + "; mend the line, or let bad lines be left out");
        }
        badLines.merge(kind, 1L, Long::sum);
        if (samples.size() < MAX_SAMPLES) {
            samples.add(new ReadReport.BadLine(file.toString(), lineNumber, kind, detail));
        }
        return null;
    }
}

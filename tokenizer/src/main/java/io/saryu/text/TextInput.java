package io.saryu.text;

import com.github.luben.zstd.ZstdInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** Opens a text file; its first bytes, not its name, say how it is packed and whether it is UTF-16. */
final class TextInput {
    /** Bytes of a file's start that tell what it is. */
    static final int HEAD = 16;
    private static final int BUFFER = 1 << 16;
    /** Enough for xz -9 (65 MiB); a file that asks for more memory to unpack is refused. */
    private static final int XZ_MEMORY_KIB = 256 * 1024;
    /** Enough for zstd --ultra -22 (128 MiB), likewise. */
    private static final int ZSTD_WINDOW_LOG = 27;
    private static final AtomicBoolean STANDARD_INPUT_TAKEN = new AtomicBoolean();

    private TextInput() {
    }

    /**
     * A file that was opened.
     *
     * @param text its bytes as UTF-8 text, unpacked; closing it closes the file
     * @param raw  its bytes as they lie on disk, as far as {@code text} has not read them yet
     */
    record Opened(InputStream text, InputStream raw) {
    }

    /** Opens {@code file}; {@code listener} hears of all bytes read from disk. */
    static Opened open(Path file, ReadListener listener) throws IOException {
        InputStream raw = new Heard(openRaw(file), listener);
        try {
            byte[] head = raw.readNBytes(HEAD);
            return new Opened(text(file, unpacked(file, head, again(head, 0, raw))), raw);
        } catch (IOException | RuntimeException e) {
            raw.close();
            throw e;
        }
    }

    /** Whether a file is text as it lies on disk, neither packed nor in another encoding, so that it can be read from any line on. */
    static boolean isPlain(Path file) throws IOException {
        if (Corpus.isStandardInput(file)) {
            return false;
        }
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(HEAD);
        }
        refuseOthers(file, head);
        return !isXz(head) && !isGzip(head) && !isZstd(head) && !startsWith(head, 0xFE, 0xFF) && !startsWith(head, 0xFF, 0xFE);
    }

    private static InputStream openRaw(Path file) throws IOException {
        if (!Corpus.isStandardInput(file)) {
            return Files.newInputStream(file);
        }
        if (STANDARD_INPUT_TAKEN.getAndSet(true)) {
            throw new CorpusException("standard input can be read only once; put the text into a file for this");
        }
        return new FilterInputStream(System.in) {
            @Override
            public void close() {
                // It is not ours.
            }
        };
    }

    private static InputStream unpacked(Path file, byte[] head, InputStream whole) throws IOException {
        if (isXz(head)) {
            return new XZInputStream(whole, XZ_MEMORY_KIB);
        }
        if (isGzip(head)) {
            return new GZIPInputStream(whole, BUFFER);
        }
        if (isZstd(head)) {
            return new ZstdInputStream(whole).setLongMax(ZSTD_WINDOW_LOG);
        }
        refuseOthers(file, head);
        return whole;
    }

    private static InputStream text(Path file, InputStream unpacked) throws IOException {
        byte[] mark = unpacked.readNBytes(4);
        if (startsWith(mark, 0xFF, 0xFE, 0, 0) || startsWith(mark, 0, 0, 0xFE, 0xFF)) {
            throw notReadHere(file, "UTF-32 text");
        }
        boolean bigEndian = startsWith(mark, 0xFE, 0xFF);
        if (bigEndian || startsWith(mark, 0xFF, 0xFE)) {
            return new Utf16Stream(again(mark, 2, unpacked), bigEndian);
        }
        return again(mark, 0, unpacked);
    }

    /** A stream from which {@code bytes} were read, as if those from {@code from} on had not been. */
    private static InputStream again(byte[] bytes, int from, InputStream in) throws IOException {
        PushbackInputStream whole = new PushbackInputStream(in, HEAD);
        whole.unread(bytes, from, bytes.length - from);
        return whole;
    }

    private static boolean isXz(byte[] head) {
        return startsWith(head, 0xFD, '7', 'z', 'X', 'Z', 0);
    }

    private static boolean isGzip(byte[] head) {
        return startsWith(head, 0x1F, 0x8B);
    }

    /** A frame, or a frame that is to be skipped before one. */
    private static boolean isZstd(byte[] head) {
        return startsWith(head, 0x28, 0xB5, 0x2F, 0xFD)
                || head.length > 3 && (head[0] & 0xF0) == 0x50 && head[1] == 0x2A && head[2] == 0x4D && head[3] == 0x18;
    }

    private static void refuseOthers(Path file, byte[] head) throws CorpusException {
        String what = null;
        if (startsWith(head, 'B', 'Z', 'h')) {
            what = "packed with bzip2";
        } else if (startsWith(head, 'P', 'K', 3, 4)) {
            what = "a zip archive";
        } else if (startsWith(head, 'P', 'A', 'R', '1')) {
            throw new CorpusException(file + " is a parquet file, for which Saryu's parquet module is needed: build it with"
                    + " './saryu parquet', or put saryu-parquet beside saryu-tokenizer");
        }
        if (what != null) {
            throw notReadHere(file, what);
        }
    }

    private static CorpusException notReadHere(Path file, String what) {
        return new CorpusException(file + " is " + what
                + ", which is not read here; give plain UTF-8 text, or that packed as .gz, .xz or .zst");
    }

    private static boolean startsWith(byte[] head, int... expected) {
        byte[] bytes = new byte[expected.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) expected[i];
        }
        return head.length >= bytes.length && Arrays.equals(head, 0, bytes.length, bytes, 0, bytes.length);
    }

    /** Hears of bytes read. */
    interface ReadListener {
        void read(byte[] bytes, int offset, int length);
    }

    private static final class Heard extends FilterInputStream {
        private final ReadListener listener;

        Heard(InputStream in, ReadListener listener) {
            super(in);
            this.listener = listener;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = super.read(buffer, offset, length);
            if (n > 0) {
                listener.read(buffer, offset, n);
            }
            return n;
        }
    }
}

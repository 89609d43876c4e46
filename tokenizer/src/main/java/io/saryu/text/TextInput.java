package io.saryu.text;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** Opens a text file, unpacking it when its first bytes, not its name, say that it is packed. */
final class TextInput {
    private static final int MAGIC_LENGTH = 6;
    private static final int BUFFER = 1 << 16;
    /** Enough for xz -9 (65 MiB); a file that asks for more memory to unpack is refused. */
    private static final int XZ_MEMORY_KIB = 256 * 1024;

    private TextInput() {
    }

    /** The plain bytes of {@code file}; {@code consumed} is told of each byte read from disk. */
    static InputStream open(Path file, ByteCounter consumed) throws IOException {
        InputStream raw = new Counting(Files.newInputStream(file), consumed);
        try {
            byte[] magic = raw.readNBytes(MAGIC_LENGTH);
            InputStream whole = new SequenceInputStream(new ByteArrayInputStream(magic), raw);
            if (startsWith(magic, 0xFD, '7', 'z', 'X', 'Z', 0)) {
                return new XZInputStream(whole, XZ_MEMORY_KIB);
            }
            if (startsWith(magic, 0x1F, 0x8B)) {
                return new GZIPInputStream(whole, BUFFER);
            }
            refuseOthers(file, magic);
            return whole;
        } catch (IOException | RuntimeException e) {
            raw.close();
            throw e;
        }
    }

    private static void refuseOthers(Path file, byte[] magic) throws CorpusException {
        String what = null;
        if (startsWith(magic, 0x28, 0xB5, 0x2F, 0xFD)) {
            what = "packed with zstd";
        } else if (startsWith(magic, 'B', 'Z', 'h')) {
            what = "packed with bzip2";
        } else if (startsWith(magic, 'P', 'K', 3, 4)) {
            what = "a zip archive";
        } else if (startsWith(magic, 'P', 'A', 'R', '1')) {
            what = "a parquet file";
        } else if (startsWith(magic, 0xFF, 0xFE) || startsWith(magic, 0xFE, 0xFF)) {
            what = "UTF-16 text";
        }
        if (what != null) {
            throw new CorpusException(file + " is " + what
                    + ", which is not read here; give plain UTF-8 text, or that packed as .gz or .xz");
        }
    }

    private static boolean startsWith(byte[] magic, int... expected) {
        byte[] bytes = new byte[expected.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) expected[i];
        }
        return magic.length >= bytes.length && Arrays.equals(magic, 0, bytes.length, bytes, 0, bytes.length);
    }

    /** Hears of bytes read. */
    interface ByteCounter {
        void add(long bytes);
    }

    private static final class Counting extends FilterInputStream {
        private final ByteCounter counter;

        Counting(InputStream in, ByteCounter counter) {
            super(in);
            this.counter = counter;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            if (b >= 0) {
                counter.add(1);
            }
            return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = super.read(buffer, offset, length);
            if (n > 0) {
                counter.add(n);
            }
            return n;
        }
    }
}

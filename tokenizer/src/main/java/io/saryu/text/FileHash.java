package io.saryu.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of files. */
final class FileHash {
    private static final int BUFFER = 1 << 18;

    private FileHash() {
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256, which every Java platform must have", e);
        }
    }

    /** The hash of a whole file in hexadecimal digits, as sha256sum prints it. */
    static String of(Path file) throws IOException {
        MessageDigest digest = sha256();
        update(digest, file);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Adds a whole file. */
    static void update(MessageDigest digest, Path file) throws IOException {
        update(digest, file, Long.MAX_VALUE);
    }

    /** Adds the first {@code length} bytes of a file, or all of a shorter one. */
    static void update(MessageDigest digest, Path file, long length) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long left = length;
        try (InputStream in = Files.newInputStream(file)) {
            int n;
            while (left > 0 && (n = in.read(buffer, 0, (int) Math.min(BUFFER, left))) > 0) {
                digest.update(buffer, 0, n);
                left -= n;
            }
        }
    }
}

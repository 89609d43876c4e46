package io.saryu.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shared libraries that travel together inside a jar: the first of {@code files} is what is loaded, the others are what
 * it needs beside it (their run path is {@code $ORIGIN}).
 *
 * @param name      what the bundle is called
 * @param resources folder of the files on the class path
 * @param files     file names; one that the jar lacks is left out, unless it is the first
 */
record LibraryBundle(String name, String resources, List<String> files) {
    /** File name to content, in the order of {@link #files}. */
    Map<String, byte[]> read(ClassLoader loader) throws IOException {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        for (String file : files) {
            try (InputStream in = loader.getResourceAsStream(resources + "/" + file)) {
                if (in != null) {
                    contents.put(file, in.readAllBytes());
                }
            }
        }
        return contents;
    }

    /**
     * Puts the files into a folder below {@code cache} that is named by their content, so that two versions never meet,
     * and returns the path of the first. A file that is there already is compared byte by byte before it is used.
     */
    Path unpack(Map<String, byte[]> contents, Path cache) throws IOException {
        PrivateFolder.require(cache);
        Path folder = PrivateFolder.require(cache.resolve(name + "-" + hash(contents)));
        for (Map.Entry<String, byte[]> entry : contents.entrySet()) {
            Path file = folder.resolve(entry.getKey());
            if (!isExactly(file, entry.getValue())) {
                write(file, entry.getValue());
            }
        }
        return folder.resolve(files.get(0));
    }

    private static boolean isExactly(Path file, byte[] content) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == content.length
                && Arrays.equals(Files.readAllBytes(file), content);
    }

    /** Another process may be unpacking the same: each writes its own temporary file, and the last rename wins. */
    private static void write(Path file, byte[] content) throws IOException {
        Path temporary = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static String hash(Map<String, byte[]> contents) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            contents.forEach((file, content) -> {
                digest.update(file.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(content);
            });
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}

package io.saryu.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
    /** A file's content; it is read in pieces, as a library can be tens of megabytes that the heap need not hold. */
    @FunctionalInterface
    interface Content {
        InputStream open() throws IOException;
    }

    /** File name to content, in the order of {@link #files}. */
    Map<String, Content> contents(ClassLoader loader) {
        Map<String, Content> contents = new LinkedHashMap<>();
        for (String file : files) {
            String resource = resources + "/" + file;
            if (loader.getResource(resource) != null) {
                contents.put(file, () -> loader.getResourceAsStream(resource));
            }
        }
        return contents;
    }

    /**
     * Puts the files into a folder below {@code cache} that is named by their content, so that two versions never meet,
     * and returns the path of the first. A file that is there already is used when its SHA-256 is right.
     */
    Path unpack(Map<String, Content> contents, Path cache) throws IOException {
        PrivateFolder.require(cache);
        Map<String, String> hashes = new LinkedHashMap<>();
        MessageDigest all = sha256();
        for (Map.Entry<String, Content> entry : contents.entrySet()) {
            String hash = hash(entry.getValue().open());
            hashes.put(entry.getKey(), hash);
            all.update((entry.getKey() + "\0" + hash).getBytes(StandardCharsets.UTF_8));
        }
        Path folder = PrivateFolder.require(cache.resolve(name + "-" + HexFormat.of().formatHex(all.digest(), 0, 16)));
        for (Map.Entry<String, Content> entry : contents.entrySet()) {
            Path file = folder.resolve(entry.getKey());
            if (!isExactly(file, hashes.get(entry.getKey()))) {
                write(file, entry.getValue());
            }
        }
        return folder.resolve(files.get(0));
    }

    private static boolean isExactly(Path file, String hash) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && hash(Files.newInputStream(file)).equals(hash);
    }

    /** Another process may be unpacking the same: each writes its own temporary file, and the last rename wins. */
    private static void write(Path file, Content content) throws IOException {
        Path temporary = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
                    InputStream in = content.open()) {
                in.transferTo(Channels.newOutputStream(channel));
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Hexadecimal SHA-256 of a stream, which is closed. */
    private static String hash(InputStream stream) throws IOException {
        try (DigestInputStream in = new DigestInputStream(stream, sha256())) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}

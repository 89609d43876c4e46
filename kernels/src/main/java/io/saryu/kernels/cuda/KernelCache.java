package io.saryu.kernels.cuda;

import io.saryu.bindings.NativeLibraries;
import io.saryu.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Supplier;

/**
 * Compiled kernels on disk, in files named by all that went into them. A file begins with the SHA-256 of the rest, so that one
 * that was damaged is seen and made again.
 */
final class KernelCache {
    private static final System.Logger LOG = System.getLogger(KernelCache.class.getName());
    private static final int HASH_BYTES = 32;

    private final Path folder;

    /** In the user's cache, or nowhere where that cannot be used. */
    static KernelCache open() {
        try {
            return new KernelCache(NativeLibraries.cacheFolder("kernels"));
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot keep compiled kernels ({0}), so they are compiled in every process."
                    + " Set SARYU_CACHE to a folder of your own to spare that.", e.getMessage());
            return new KernelCache(null);
        }
    }

    /** @param folder null for none */
    KernelCache(Path folder) {
        this.folder = folder;
    }

    /** Name of what these parts make. */
    static String name(Iterable<String> parts) {
        MessageDigest digest = sha256();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            // Lengths between the parts, so that no two lists run together into one text.
            digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 20);
    }

    /** What is kept under a name, else what {@code make} gives, which is then kept. */
    byte[] get(String name, Supplier<byte[]> make) {
        byte[] kept = read(name);
        if (kept != null) {
            return kept;
        }
        byte[] made = make.get();
        write(name, made);
        return made;
    }

    private byte[] read(String name) {
        if (folder == null) {
            return null;
        }
        Path file = folder.resolve(name);
        try {
            if (!Files.isRegularFile(file)) {
                return null;
            }
            byte[] all = Files.readAllBytes(file);
            byte[] content = Arrays.copyOfRange(all, Math.min(HASH_BYTES, all.length), all.length);
            if (content.length > 0 && MessageDigest.isEqual(Arrays.copyOf(all, HASH_BYTES), sha256().digest(content))) {
                return content;
            }
            LOG.log(System.Logger.Level.INFO, "{0} is damaged; compiling its kernel again", file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot read {0}: {1}", file, e.getMessage());
        }
        return null;
    }

    private void write(String name, byte[] content) {
        if (folder == null) {
            return;
        }
        try {
            AtomicFile.write(folder.resolve(name), out -> {
                out.write(sha256().digest(content));
                out.write(content);
            });
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot keep a compiled kernel: {0}", e.getMessage());
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

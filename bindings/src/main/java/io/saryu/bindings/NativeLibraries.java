package io.saryu.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Finds, unpacks and loads Saryu's native libraries.
 *
 * <p>They travel inside jars and are unpacked once into a folder of the current user's (mode 0700, named by the content):
 * {@code $SARYU_CACHE}, else {@code $XDG_CACHE_HOME/saryu}, else {@code ~/.cache/saryu}. Where that cannot be used, or
 * where someone else could write to it, a fresh private folder below the temporary directory takes its place for the life of
 * the process. Thread-safe.
 */
public final class NativeLibraries {
    private static final System.Logger LOG = System.getLogger(NativeLibraries.class.getName());
    private static final Map<String, Path> LOADED = new HashMap<>();
    private static Path temporary;

    private NativeLibraries() {
    }

    /**
     * Loads a library by its short name: {@code saryu_cpu}, {@code saryu_sentencepiece}, {@code saryu_emulated} or
     * {@code openblas}. Loading again does nothing. Classes that jextract generated may be used afterwards.
     *
     * @throws NativeLibraryException if this build has no such library for this platform, or it does not load
     */
    public static synchronized void load(String name) {
        if (LOADED.containsKey(name)) {
            return;
        }
        load(name, unpack(name), "Install what is missing, or build Saryu again on this machine.");
    }

    /**
     * Loads a library that the machine has, as {@link LibrarySearch} finds one. Loading again does nothing, whatever the file.
     *
     * @param name   short name for {@link #path} and {@link #symbol}
     * @param file   the shared library
     * @param advice a sentence on what to do when it does not load
     * @throws NativeLibraryException when it does not load
     */
    public static synchronized void load(String name, Path file, String advice) {
        if (LOADED.containsKey(name)) {
            return;
        }
        Path path = file.toAbsolutePath();
        try {
            System.load(path.toString());
        } catch (UnsatisfiedLinkError e) {
            throw new NativeLibraryException("Cannot load " + path + ": " + e.getMessage() + ". " + advice, e);
        }
        LOG.log(System.Logger.Level.DEBUG, "Loaded {0} from {1}", name, path);
        LOADED.put(name, path);
    }

    /**
     * Where the loaded library lies.
     *
     * @throws NativeLibraryException if it was not loaded
     */
    public static synchronized Path path(String name) {
        Path path = LOADED.get(name);
        if (path == null) {
            throw new NativeLibraryException("Library " + name + " is not loaded: call NativeLibraries.load first.");
        }
        return path;
    }

    /**
     * Address of a function in a loaded library, for native code that calls it.
     *
     * @throws NativeLibraryException if the library was not loaded or has no such symbol
     */
    public static MemorySegment symbol(String library, String symbol) {
        Path path = path(library);
        return SymbolLookup.libraryLookup(path, Arena.global()).find(symbol).orElseThrow(() ->
                new NativeLibraryException("Library " + path + " has no function " + symbol + "."));
    }

    /**
     * Ties a native object to an arena: closing the arena calls {@code free} once, and throws while a native call that was
     * given the result is still running; native calls that are given it later are refused.
     */
    public static MemorySegment owned(MemorySegment object, Arena arena, Consumer<MemorySegment> free) {
        return object.reinterpret(arena, free);
    }

    /**
     * A folder below the cache that only the current user can write to, for what is costly to make again, such as compiled
     * kernels. Made where it is missing.
     *
     * @throws IOException when it cannot be made, or others could write to it
     */
    public static Path cacheFolder(String name) throws IOException {
        return PrivateFolder.require(PrivateFolder.require(cache()).resolve(name));
    }

    private static Path unpack(String name) {
        Platform platform = Platform.current();
        try {
            LibraryBundle bundle = bundle(name, platform);
            Map<String, LibraryBundle.Content> contents = bundle.contents(NativeLibraries.class.getClassLoader());
            if (!contents.containsKey(bundle.files().get(0))) {
                throw new NativeLibraryException("This build of Saryu has no library " + name + " for "
                        + platform.folder() + ": build it on this machine with ./saryu, or add the jar that holds it.");
            }
            if (temporary != null) {
                // The cache was of no use for another library; saying so once is enough.
                return bundle.unpack(contents, temporary);
            }
            try {
                return bundle.unpack(contents, cache());
            } catch (IOException | UnsupportedOperationException e) {
                LOG.log(System.Logger.Level.WARNING, "Cannot keep native libraries in {0} ({1}); unpacking them for this"
                        + " process alone. Set SARYU_CACHE to a folder of your own to spare that.", cache(), reason(e));
                return bundle.unpack(contents, temporaryFolder());
            }
        } catch (IOException e) {
            throw new NativeLibraryException("Cannot unpack library " + name + ": " + e.getMessage()
                    + ". Set SARYU_CACHE to a folder of your own with room for it.", e);
        }
    }

    /** The message of a file system exception without a reason is the bare path. */
    private static String reason(Exception e) {
        if (e instanceof AccessDeniedException denied) {
            return "no permission to use " + denied.getFile();
        }
        return e instanceof FileSystemException f && f.getReason() == null
                ? f.getFile() + " cannot be made or read" : e.getMessage();
    }

    private static LibraryBundle bundle(String name, Platform platform) throws IOException {
        if (name.equals("openblas")) {
            return new LibraryBundle(name, "org/bytedeco/openblas/" + platform.bytedecoFolder(),
                    List.of("libopenblas.so.0", "libgfortran.so.5", "libgfortran.so.4", "libgfortran.so.3",
                            "libquadmath.so.0", "libgcc_s.so.1"));
        }
        String folder = "native/" + platform.folder();
        List<String> files = new ArrayList<>(List.of(platform.fileName(name)));
        // The build writes down what a library needs beside it, one file name a line.
        try (InputStream needs = NativeLibraries.class.getClassLoader().getResourceAsStream(folder + "/" + name + ".needs")) {
            if (needs != null) {
                new String(needs.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(files::add);
            }
        }
        return new LibraryBundle(name, folder, files);
    }

    private static Path cache() {
        String own = System.getenv("SARYU_CACHE");
        if (own != null && !own.isBlank()) {
            return Path.of(own).toAbsolutePath();
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        // The specification says that a relative path in XDG_CACHE_HOME is to be ignored.
        Path base = xdg != null && xdg.startsWith("/") ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return base.toAbsolutePath().resolve("saryu");
    }

    private static synchronized Path temporaryFolder() throws IOException {
        if (temporary == null) {
            temporary = Files.createTempDirectory("saryu-native");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteTree(temporary), "saryu-native-cleanup"));
        }
        return temporary;
    }

    private static void deleteTree(Path folder) {
        try (var paths = Files.walk(folder)) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Left {0} behind: {1}", folder, e.getMessage());
        }
    }
}

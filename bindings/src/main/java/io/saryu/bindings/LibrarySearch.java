package io.saryu.bindings;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Finds shared libraries of NVIDIA's on this machine. In this order: the folders that {@code SARYU_CUDA_PATH} names (separated
 * like a path, with folders in them), {@code java.library.path} and {@code LD_LIBRARY_PATH}, {@code CUDA_HOME} and
 * {@code CUDA_PATH}, {@code CONDA_PREFIX}, the {@code nvidia} packages of Python wheels (of {@code VIRTUAL_ENV}, of the
 * {@code python3} on the {@code PATH}, of the user), the usual folders of the system, and at last whatever the system's loader
 * knows.
 */
public final class LibrarySearch {
    /** A wheel's unpacked folder has its libraries two or three folders down. */
    private static final int DEPTH = 5;
    private static final List<String> USUAL = List.of("/usr/local/cuda/lib64", "/usr/local/nvidia/lib64",
            "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/lib/wsl/lib",
            "/run/opengl-driver/lib", "/opt/cuda/lib64");

    private final Map<Path, String> folders = new LinkedHashMap<>();
    private final List<String> places = new ArrayList<>();

    /** Over this process's environment. */
    public LibrarySearch() {
        this(System::getenv, System.getProperty("java.library.path"), Path.of(System.getProperty("user.home")));
    }

    /**
     * Over another environment.
     *
     * @param environment value of a variable, or null
     * @param libraryPath folders as in {@code java.library.path}; may be null
     * @param home        the user's folder
     */
    public LibrarySearch(UnaryOperator<String> environment, String libraryPath, Path home) {
        variable("SARYU_CUDA_PATH", paths(environment.apply("SARYU_CUDA_PATH")), LibrarySearch::tree);
        add("java.library.path", paths(libraryPath));
        variable("LD_LIBRARY_PATH", paths(environment.apply("LD_LIBRARY_PATH")), List::of);
        for (String name : List.of("CUDA_HOME", "CUDA_PATH")) {
            variable(name, paths(environment.apply(name)), root -> List.of(root.resolve("lib64"), root.resolve("lib"),
                    root.resolve("targets/x86_64-linux/lib"), root.resolve("targets/sbsa-linux/lib")));
        }
        variable("CONDA_PREFIX", paths(environment.apply("CONDA_PREFIX")), root -> List.of(root.resolve("lib")));
        places.add("the nvidia packages of Python wheels");
        for (Path site : PythonPackages.folders(environment, home)) {
            add("Python wheels", PythonPackages.nvidia(site));
        }
        add("the system's folders", USUAL.stream().map(Path::of).toList());
    }

    private void variable(String name, List<Path> roots, Function<Path, Collection<Path>> below) {
        if (!roots.isEmpty()) {
            places.add(name);
        }
        for (Path root : roots) {
            add(name, below.apply(root));
        }
    }

    private void add(String place, Collection<Path> more) {
        for (Path folder : more) {
            if (Files.isDirectory(folder)) {
                folders.putIfAbsent(folder, place);
            }
        }
    }

    private static List<Path> paths(String value) {
        if (value == null || value.isBlank()) {
            return List.of();
        }
        return Stream.of(value.split(File.pathSeparator)).filter(p -> !p.isBlank()).map(Path::of).toList();
    }

    /** A folder and those in it. */
    private static Collection<Path> tree(Path root) {
        Set<Path> all = new LinkedHashSet<>(List.of(root));
        try (Stream<Path> walk = Files.walk(root, DEPTH)) {
            walk.filter(Files::isDirectory).sorted().forEach(all::add);
        } catch (IOException | UncheckedIOException e) {
            // What could be listed is searched.
        }
        return all;
    }

    /** The folders that are searched, in order. */
    public List<Path> folders() {
        return List.copyOf(folders.keySet());
    }

    /** Where was looked, as part of a sentence: of the variables those that are set. */
    public String places() {
        return String.join(", ", places) + " and the system's folders";
    }

    /**
     * The first file of this name.
     *
     * @param fileName as the system's loader wants it, {@code libnvrtc.so.12} for example
     * @return null where there is none
     */
    public Path find(String fileName) {
        for (Path folder : folders.keySet()) {
            Path file = folder.resolve(fileName);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        return knownToLoader(fileName);
    }

    /** Asks the loader for the name alone, and then where it found the file. */
    private static Path knownToLoader(String fileName) {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(fileName, arena);
            // Links are resolved there: libcuda.so.1 shows as libcuda.so.580.95.05.
            String stem = "/" + fileName.substring(0, fileName.indexOf(".so") + 3);
            try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
                return maps.filter(line -> line.contains(stem)).map(line -> Path.of(line.substring(line.indexOf('/'))))
                        .filter(Files::isRegularFile).findFirst().orElse(null);
            }
        } catch (IllegalArgumentException | IOException e) {
            return null;
        }
    }
}

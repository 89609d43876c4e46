package io.saryu.bindings;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Where Python packages lie, without running Python. */
final class PythonPackages {
    private PythonPackages() {
    }

    /** {@code site-packages} and {@code dist-packages} of the active environment, of the python3 on the path, and the user's. */
    static List<Path> folders(UnaryOperator<String> environment, Path home) {
        Set<Path> prefixes = new LinkedHashSet<>();
        String active = environment.apply("VIRTUAL_ENV");
        if (active != null && !active.isBlank()) {
            prefixes.add(Path.of(active));
        }
        Path python = onPath("python3", environment.apply("PATH"));
        if (python != null) {
            prefixes.add(prefix(python));
            try {
                // A virtual environment's python3 is a link to the one it was made from.
                prefixes.add(prefix(python.toRealPath()));
            } catch (IOException e) {
                // A link to nowhere has no packages.
            }
        }
        prefixes.add(home.resolve(".local"));
        List<Path> sites = new ArrayList<>();
        for (Path prefix : prefixes) {
            for (String lib : List.of("lib", "local/lib", "lib64")) {
                for (Path version : children(prefix.resolve(lib), "python3")) {
                    sites.add(version.resolve("site-packages"));
                    sites.add(version.resolve("dist-packages"));
                }
            }
        }
        return sites;
    }

    /** {@code nvidia/cublas/lib}, {@code nvidia/cu13/lib} and their like below one folder of packages. */
    static List<Path> nvidia(Path site) {
        return children(site.resolve("nvidia"), "").stream().map(p -> p.resolve("lib")).toList();
    }

    private static Path onPath(String program, String path) {
        for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
            Path file = Path.of(folder).toAbsolutePath().resolve(program);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        return null;
    }

    /** {@code /usr} of {@code /usr/bin/python3}. */
    private static Path prefix(Path python) {
        Path bin = python.getParent();
        return bin == null || bin.getParent() == null ? Path.of("/") : bin.getParent();
    }

    private static List<Path> children(Path folder, String start) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(p -> p.getFileName().toString().startsWith(start)).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }
}

package io.saryu.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over folders as toolkits and Python wheels have them. */
class LibrarySearchTest {
    private static final String NAME = "libsaryu-search-test.so.13";

    @TempDir
    private Path root;

    private Path library(String folder) throws IOException {
        Path file = Files.createDirectories(root.resolve(folder)).resolve(NAME);
        return Files.writeString(file, "not loaded here");
    }

    private Path find(Map<String, String> environment, String libraryPath) {
        return new LibrarySearch(environment::get, libraryPath, root.resolve("home")).find(NAME);
    }

    @Test
    void findsWheelsOfBothLayouts() throws IOException {
        Path old = library("venv/lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib");
        assertEquals(old, find(Map.of("VIRTUAL_ENV", root.resolve("venv").toString()), ""));
        Path recent = library("other/lib/python3.13/site-packages/nvidia/cu13/lib");
        assertEquals(recent, find(Map.of("VIRTUAL_ENV", root.resolve("other").toString()), null));
    }

    @Test
    void findsWheelsOfThePythonOnThePathAndTheUser() throws IOException {
        Path users = library("home/.local/lib/python3.11/site-packages/nvidia/nccl/lib");
        assertEquals(users, find(Map.of(), ""));
        Path systems = library("usr/local/lib/python3.11/dist-packages/nvidia/nccl/lib");
        Path real = Files.createFile(Files.createDirectories(root.resolve("usr/bin")).resolve("python3.11"));
        assertTrue(real.toFile().setExecutable(true));
        Files.createSymbolicLink(Files.createDirectories(root.resolve("env/bin")).resolve("python3"), real);
        String path = root.resolve("nowhere") + ":" + root.resolve("env/bin");
        assertEquals(systems, find(Map.of("PATH", path), ""));
        Path environments = library("env/lib/python3.11/site-packages/nvidia/nccl/lib");
        assertEquals(environments, find(Map.of("PATH", path), ""));
    }

    @Test
    void takesWhatIsNamedFirst() throws IOException {
        Path toolkit = library("toolkit/lib64");
        Path onPath = library("path");
        Path named = library("named/nvidia/cu13/lib");
        String home = root.resolve("toolkit").toString();
        assertEquals(toolkit, find(Map.of("CUDA_HOME", home), ""));
        assertEquals(toolkit, find(Map.of("CUDA_PATH", home), ""));
        assertEquals(onPath, find(Map.of("CUDA_HOME", home, "LD_LIBRARY_PATH", ":" + onPath.getParent()), ""));
        assertEquals(onPath, find(Map.of("CUDA_HOME", home), onPath.getParent().toString()));
        String several = root.resolve("nowhere") + ":" + root.resolve("named");
        assertEquals(named, find(Map.of("CUDA_HOME", home, "SARYU_CUDA_PATH", several), onPath.getParent().toString()));
    }

    @Test
    void asksTheLoaderLast() {
        Path libc = new LibrarySearch(name -> null, "", root).find("libm.so.6");
        assertTrue(Files.isRegularFile(libc), () -> libc.toString());
        assertNull(find(Map.of(), ""));
    }

    @Test
    void saysWhereItLooked() {
        assertEquals("the nvidia packages of Python wheels and the system's folders",
                new LibrarySearch(name -> null, "", root).places());
        String places = new LibrarySearch(Map.of("CUDA_HOME", root.toString())::get, "", root).places();
        assertTrue(places.startsWith("CUDA_HOME, the nvidia packages"), places);
    }
}

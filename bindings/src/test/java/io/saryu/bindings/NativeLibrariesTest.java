package io.saryu.bindings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeLibrariesTest {
    private static final LibraryBundle BUNDLE = new LibraryBundle("some", "native/none", List.of("libsome.so", "libother.so"));

    @TempDir
    private Path temp;

    private static LibraryBundle.Content bytes(int... values) {
        byte[] content = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            content[i] = (byte) values[i];
        }
        return () -> new ByteArrayInputStream(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"saryu_cpu", "openblas", "saryu_sentencepiece"})
    void loadsFromAPrivateFolder(String name) throws IOException {
        NativeLibraries.load(name);
        NativeLibraries.load(name);
        Path file = NativeLibraries.path(name);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
        assertNull(PrivateFolder.problem(file.getParent()));
        assertNull(PrivateFolder.problem(file.getParent().getParent()));
    }

    @Test
    void saysWhatIsMissing() {
        NativeLibraryException e = assertThrows(NativeLibraryException.class, () -> NativeLibraries.load("nothing"));
        assertTrue(e.getMessage().contains("no library nothing"), e.getMessage());
        assertThrows(NativeLibraryException.class, () -> NativeLibraries.path("nothing"));
        NativeLibraries.load("saryu_cpu");
        e = assertThrows(NativeLibraryException.class, () -> NativeLibraries.symbol("saryu_cpu", "no_such_function"));
        assertTrue(e.getMessage().contains("no_such_function"), e.getMessage());
    }

    @Test
    void unpacksByContent() throws IOException {
        Path cache = temp.resolve("cache");
        Path one = BUNDLE.unpack(Map.of("libsome.so", bytes(1), "libother.so", bytes(2)), cache);
        Path again = BUNDLE.unpack(Map.of("libsome.so", bytes(1), "libother.so", bytes(2)), cache);
        Path other = BUNDLE.unpack(Map.of("libsome.so", bytes(1), "libother.so", bytes(3)), cache);
        assertEquals(one, again);
        assertNotEquals(one.getParent(), other.getParent());
        assertArrayEquals(new byte[] {3}, Files.readAllBytes(other.resolveSibling("libother.so")));
    }

    @Test
    void putsRightWhatWasChanged() throws IOException {
        Map<String, LibraryBundle.Content> contents = Map.of("libsome.so", bytes(1, 2, 3));
        Path cache = temp.resolve("cache");
        Path file = BUNDLE.unpack(contents, cache);
        Files.write(file, new byte[] {1, 2, 4});
        BUNDLE.unpack(contents, cache);
        assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(file));
        // A link is not followed, whatever it points to.
        Path elsewhere = Files.write(temp.resolve("elsewhere"), new byte[] {1, 2, 3});
        Files.delete(file);
        Files.createSymbolicLink(file, elsewhere);
        BUNDLE.unpack(contents, cache);
        assertFalse(Files.isSymbolicLink(file));
    }

    @Test
    void refusesFoldersThatOthersCanWriteTo() throws IOException {
        Map<String, LibraryBundle.Content> contents = Map.of("libsome.so", bytes(1));
        Path open = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertTrue(assertThrows(IOException.class, () -> BUNDLE.unpack(contents, open)).getMessage().contains("others"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), Files.createDirectory(temp.resolve("target")));
        assertTrue(assertThrows(IOException.class, () -> BUNDLE.unpack(contents, link)).getMessage().contains("plain"));
        Path file = Files.createFile(temp.resolve("file"));
        assertThrows(IOException.class, () -> BUNDLE.unpack(contents, file));
    }

    @Test
    void namesPlatformsAsTheJarsDo() {
        assertEquals("linux-x86_64", Platform.of("Linux", "amd64").folder());
        assertEquals("linux-arm64", Platform.of("Linux", "aarch64").bytedecoFolder());
        assertEquals("macos-aarch64", Platform.of("Mac OS X", "aarch64").folder());
        assertEquals("macosx-arm64", Platform.of("Mac OS X", "aarch64").bytedecoFolder());
        assertEquals("libx.so", Platform.of("Linux", "amd64").fileName("x"));
    }
}

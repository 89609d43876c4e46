package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelCacheTest {
    private static final byte[] CODE = {1, 2, 3, 4, 5};

    @TempDir
    private Path folder;
    private int made;

    private byte[] get() {
        return new KernelCache(folder).get("kernel", () -> {
            made++;
            return CODE.clone();
        });
    }

    @Test
    void makesOnce() {
        assertArrayEquals(CODE, get());
        assertArrayEquals(CODE, get());
        assertEquals(1, made);
    }

    /** Cut anywhere, or with any byte changed: made again, and whole afterwards. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 32, 36})
    void makesDamagedOnesAgain(int at) throws IOException {
        get();
        Path file = folder.resolve("kernel");
        byte[] whole = Files.readAllBytes(file);
        assertEquals(37, whole.length);
        Files.write(file, Arrays.copyOf(whole, at));
        assertArrayEquals(CODE, get());
        byte[] changed = whole.clone();
        changed[at] ^= 0x10;
        Files.write(file, changed);
        assertArrayEquals(CODE, get());
        assertEquals(3, made);
        assertArrayEquals(whole, Files.readAllBytes(file));
    }

    @Test
    void worksWithoutAFolder() {
        KernelCache none = new KernelCache(null);
        assertArrayEquals(CODE, none.get("kernel", () -> CODE));
    }

    @Test
    void namesTellPartsApart() {
        assertEquals(KernelCache.name(List.of("a", "b")), KernelCache.name(List.of("a", "b")));
        assertNotEquals(KernelCache.name(List.of("a", "b")), KernelCache.name(List.of("ab", "")));
        assertNotEquals(KernelCache.name(List.of("a", "b")), KernelCache.name(List.of("b", "a")));
    }
}

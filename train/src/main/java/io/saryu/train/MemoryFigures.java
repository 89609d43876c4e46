package io.saryu.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory of this process at one moment.
 *
 * @param heapBytes   used on the Java heap
 * @param nativeBytes resident in all, heap included (VmRSS); 0 where the system does not tell
 * @param peakBytes   most that was ever resident (VmHWM); 0 where the system does not tell
 * @param deviceBytes held on the training device by the backend
 */
public record MemoryFigures(long heapBytes, long nativeBytes, long peakBytes, long deviceBytes) {
    private static final Path STATUS = Path.of("/proc/self/status");

    /** Measures now. */
    public static MemoryFigures now(long deviceBytes) {
        Runtime runtime = Runtime.getRuntime();
        long[] resident = resident();
        return new MemoryFigures(runtime.totalMemory() - runtime.freeMemory(), resident[0], resident[1], deviceBytes);
    }

    private static long[] resident() {
        long[] figures = new long[2];
        if (Files.isReadable(STATUS)) {
            try {
                for (String line : Files.readAllLines(STATUS)) {
                    if (line.startsWith("VmRSS:")) {
                        figures[0] = kilobytes(line);
                    } else if (line.startsWith("VmHWM:")) {
                        figures[1] = kilobytes(line);
                    }
                }
            } catch (IOException | NumberFormatException e) {
                return new long[2];
            }
        }
        return figures;
    }

    private static long kilobytes(String line) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
}

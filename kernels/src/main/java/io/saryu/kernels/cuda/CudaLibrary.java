package io.saryu.kernels.cuda;

import io.saryu.bindings.LibrarySearch;
import io.saryu.bindings.NativeLibraries;
import io.saryu.bindings.NativeLibraryException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One of the libraries that the CUDA backend calls, and what was found of it.
 *
 * @param name    {@code NVRTC} for example
 * @param version null when it is not loaded
 * @param file    null when it was not found
 * @param problem one sentence on what is wrong and what to do; null when it is loaded
 */
public record CudaLibrary(String name, String version, Path file, String problem) {
    /** Which majors of CUDA have libraries that this backend can call. */
    private static final int NEWEST = 13;
    private static final int OLDEST = 12;

    /** Loads a library whose file name ends in the major version of CUDA. */
    static Path load(LibrarySearch search, String name, String stem, String wheel, int driverMajor) {
        int newest = Math.min(NEWEST, driverMajor);
        for (int major = newest; major >= OLDEST; major--) {
            Path file = search.find(stem + "." + major);
            if (file != null) {
                NativeLibraries.load(stem, file, "Install that library of CUDA " + major + " again.");
                return file;
            }
        }
        int install = newest;
        for (int major = NEWEST; major > newest; major--) {
            Path file = search.find(stem + "." + major);
            if (file != null) {
                throw new NativeLibraryException(name + " was found in " + file + ", but the NVIDIA driver supports CUDA "
                        + driverMajor + " only: update the driver, or install " + name + " of CUDA " + install + " ("
                        + package_(wheel, install) + ")");
            }
        }
        String files = IntStream.rangeClosed(OLDEST, newest).map(i -> OLDEST + newest - i)
                .mapToObj(major -> stem + "." + major).collect(Collectors.joining(" or "));
        throw new NativeLibraryException(name + " was not found (no " + files + " in " + search.places()
                + "): install CUDA " + install + ", or " + package_(wheel, install)
                + ", or set SARYU_CUDA_PATH to the folder that holds it");
    }

    private static String package_(String wheel, int major) {
        return "pip install " + wheel + (major >= 13 && !wheel.contains("nccl") ? "" : "-cu" + major);
    }
}

package io.saryu.bindings;

import java.util.Locale;

/** Names of the operating system and the processor as the jars spell them. */
record Platform(String os, String arch) {
    static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Platform of(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = osArch.toLowerCase(Locale.ROOT);
        return new Platform(
                os.startsWith("mac") ? "macos" : os.startsWith("windows") ? "windows" : os,
                arch.equals("amd64") ? "x86_64" : arch.equals("arm64") ? "aarch64" : arch);
    }

    /** Folder of our own libraries inside the jar, {@code linux-x86_64} for example. */
    String folder() {
        return os + "-" + arch;
    }

    /** Folder of a library packed by Bytedeco, whose names differ for macOS and 64-bit ARM. */
    String bytedecoFolder() {
        return (os.equals("macos") ? "macosx" : os) + "-" + (arch.equals("aarch64") ? "arm64" : arch);
    }

    /** File name of the shared library {@code name}. */
    String fileName(String name) {
        return os.equals("macos") ? "lib" + name + ".dylib" : os.equals("windows") ? name + ".dll" : "lib" + name + ".so";
    }
}

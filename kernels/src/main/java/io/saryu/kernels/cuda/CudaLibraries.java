package io.saryu.kernels.cuda;

import io.saryu.bindings.LibrarySearch;
import io.saryu.bindings.NativeLibraries;
import io.saryu.bindings.NativeLibraryException;
import io.saryu.bindings.cublaslt.CublasLt;
import io.saryu.bindings.cuda.Cuda;
import io.saryu.bindings.nccl.Nccl;
import io.saryu.bindings.nvrtc.Nvrtc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads the driver, NVRTC, cuBLASLt and NCCL, each once per process and no sooner than needed: {@link LibrarySearch} says
 * where they are looked for. {@code SARYU_CUDA=emulated} loads the emulation of all four in their place (for tests), and
 * {@code SARYU_CUDA=off} none.
 */
public final class CudaLibraries {
    private static final System.Logger LOG = System.getLogger(CudaLibraries.class.getName());
    /** CUDA 12.0: the first whose libraries this backend calls. */
    private static final int OLDEST_DRIVER = 12_000;
    private static final LibrarySearch SEARCH = new LibrarySearch();

    private static CudaLibrary driver;
    private static CudaLibrary nvrtc;
    private static CudaLibrary cublasLt;
    private static CudaLibrary nccl;
    private static int driverVersion;
    private static int deviceCount;

    private CudaLibraries() {
    }

    /** Whether the emulation stands in for the GPU and its libraries. */
    public static boolean emulated() {
        return "emulated".equals(setting());
    }

    private static String setting() {
        String value = System.getenv("SARYU_CUDA");
        return value == null ? "" : value.strip();
    }

    /** Null when kernels can be compiled and run here, else one sentence on what is missing and what to do. */
    public static String problem() {
        for (CudaLibrary library : List.of(driver(), nvrtc(), cublasLt())) {
            if (library.problem() != null) {
                return library.problem();
            }
        }
        return null;
    }

    /** How many GPUs the driver shows; 0 where there is no driver. */
    public static int deviceCount() {
        driver();
        return deviceCount;
    }

    /** CUDA version that the driver supports, 12040 for 12.4; 0 where there is no driver. */
    static int driverVersion() {
        driver();
        return driverVersion;
    }

    /** The driver, started, with at least one GPU. */
    public static synchronized CudaLibrary driver() {
        if (driver == null) {
            driver = findDriver();
        }
        return driver;
    }

    /** The compiler of kernels. */
    public static synchronized CudaLibrary nvrtc() {
        if (nvrtc == null) {
            nvrtc = find("NVRTC", "libnvrtc.so", "nvidia-cuda-nvrtc", CudaLibraries::nvrtcVersion);
            if (nvrtc.version() != null && !emulated()) {
                loadBuiltins(nvrtc.file(), nvrtc.version());
            }
        }
        return nvrtc;
    }

    /** Matrix products. */
    public static synchronized CudaLibrary cublasLt() {
        if (cublasLt == null) {
            cublasLt = find("cuBLASLt", "libcublasLt.so", "nvidia-cublas", () -> {
                long v = CublasLt.cublasLtGetVersion();
                return v / 10_000 + "." + v / 100 % 100 + "." + v % 100;
            });
        }
        return cublasLt;
    }

    /** Collectives; needed for more than one GPU only. */
    public static synchronized CudaLibrary nccl() {
        if (nccl == null) {
            nccl = findNccl();
        }
        return nccl;
    }

    private interface Version {
        String ask();
    }

    private static CudaLibrary findDriver() {
        String name = "NVIDIA driver";
        String setting = setting();
        if (setting.equals("off")) {
            return new CudaLibrary(name, null, null, "CUDA is turned off by SARYU_CUDA=off: unset it to use the GPU");
        }
        if (!setting.isEmpty() && !emulated()) {
            return new CudaLibrary(name, null, null, "SARYU_CUDA is '" + setting
                    + "': set it to off or emulated, or unset it to use the GPU");
        }
        Path file = null;
        try {
            file = emulated() ? loadEmulation() : SEARCH.find("libcuda.so.1");
            if (file == null) {
                return new CudaLibrary(name, null, null, "no NVIDIA driver was found (no libcuda.so.1 in the"
                        + " system's folders, LD_LIBRARY_PATH or SARYU_CUDA_PATH): to use a GPU install its driver, and start"
                        + " a container with its GPUs (docker run --gpus all)");
            }
            if (!emulated()) {
                NativeLibraries.load("libcuda.so", file, "Install the NVIDIA driver again.");
            }
            return startDriver(name, file);
        } catch (NativeLibraryException | UnsatisfiedLinkError | CudaException e) {
            return new CudaLibrary(name, null, file, e.getMessage());
        }
    }

    private static CudaLibrary startDriver(String name, Path file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            // The version can be asked before the driver is started, and belongs into the message when it does not start.
            driverVersion = Cuda.cuDriverGetVersion(out) == 0 ? out.get(ValueLayout.JAVA_INT, 0) : 0;
            String version = (emulated() ? "emulated CUDA " : "CUDA ") + driverVersion / 1000 + "."
                    + driverVersion % 1000 / 10 + (emulated() ? "" : kernelModule());
            int status = Cuda.cuInit(0);
            if (status == 0) {
                status = Cuda.cuDeviceGetCount(out);
            }
            if (status == 0 && out.get(ValueLayout.JAVA_INT, 0) == 0) {
                status = Cuda.CUDA_ERROR_NO_DEVICE();
            }
            if (status != 0) {
                return new CudaLibrary(name, version, file, CudaErrors.noDevice(status, " (" + version + ")"));
            }
            deviceCount = out.get(ValueLayout.JAVA_INT, 0);
            if (driverVersion < OLDEST_DRIVER) {
                return new CudaLibrary(name, version, file, "the NVIDIA driver supports " + version
                        + ", but CUDA 12.0 or newer is needed: update the driver to 525 or newer");
            }
            return new CudaLibrary(name, version, file, null);
        }
    }

    /** The driver's own version, where Linux tells it. */
    private static String kernelModule() {
        try {
            return ", driver " + Files.readString(Path.of("/sys/module/nvidia/version")).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static Path loadEmulation() {
        NativeLibraries.load("saryu_emulated");
        return NativeLibraries.path("saryu_emulated");
    }

    private static CudaLibrary find(String name, String stem, String wheel, Version version) {
        Path file = null;
        try {
            // Without a driver any version may be looked at.
            int major = driverVersion() == 0 ? Integer.MAX_VALUE : driverVersion() / 1000;
            file = emulated() ? loadEmulation() : CudaLibrary.load(SEARCH, name, stem, wheel, major);
            LOG.log(System.Logger.Level.DEBUG, "{0} {1} from {2}", name, version.ask(), file);
            return new CudaLibrary(name, version.ask(), file, null);
        } catch (NativeLibraryException | UnsatisfiedLinkError | CudaException e) {
            return new CudaLibrary(name, null, file, e.getMessage());
        }
    }

    private static CudaLibrary findNccl() {
        Path file = null;
        try {
            file = emulated() ? loadEmulation() : SEARCH.find("libnccl.so.2");
            if (file == null) {
                return new CudaLibrary("NCCL", null, null, "NCCL was not found (no libnccl.so.2 in " + SEARCH.places()
                        + "): to train on more than one GPU install it, for example by pip install nvidia-nccl-cu"
                        + (driverVersion() == 0 || driverVersion() >= 13_000 ? 13 : 12)
                        + ", or set SARYU_CUDA_PATH to the folder that holds it");
            }
            if (!emulated()) {
                NativeLibraries.load("libnccl.so", file, "Install NCCL again.");
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
                CudaErrors.nccl(Nccl.ncclGetVersion(out), "asking NCCL for its version");
                int v = out.get(ValueLayout.JAVA_INT, 0);
                return new CudaLibrary("NCCL", v / 10_000 + "." + v / 100 % 100 + "." + v % 100, file, null);
            }
        } catch (NativeLibraryException | UnsatisfiedLinkError | CudaException e) {
            return new CudaLibrary("NCCL", null, file, e.getMessage());
        }
    }

    private static String nvrtcVersion() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT, 2);
            CudaErrors.nvrtc(Nvrtc.nvrtcVersion(out, out.asSlice(4)), "asking NVRTC for its version");
            return out.get(ValueLayout.JAVA_INT, 0) + "." + out.get(ValueLayout.JAVA_INT, 4);
        }
    }

    /** NVRTC opens this one by its name, which fails where no search path leads to it; once loaded, the name is known. */
    private static void loadBuiltins(Path nvrtcFile, String version) {
        for (Path folder : List.of(nvrtcFile, realPath(nvrtcFile))) {
            Path builtins = folder.resolveSibling("libnvrtc-builtins.so." + version);
            if (Files.isRegularFile(builtins)) {
                try {
                    SymbolLookup.libraryLookup(builtins, Arena.global());
                    return;
                } catch (IllegalArgumentException e) {
                    LOG.log(System.Logger.Level.DEBUG, "Cannot load {0}: {1}", builtins, e.getMessage());
                }
            }
        }
    }

    private static Path realPath(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file;
        }
    }
}

package io.saryu.kernels.cuda;

import io.saryu.bindings.cuda.Cuda;
import io.saryu.bindings.nvrtc.Nvrtc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Compiles .cu files of this jar with NVRTC for one kind of GPU and keeps the results on disk, by source, headers, options,
 * architecture and version of NVRTC. Neither nvcc nor the CUDA toolkit is needed. Thread-safe.
 */
final class KernelCompiler {
    private static final System.Logger LOG = System.getLogger(KernelCompiler.class.getName());
    private static final Object NVRTC = new Object();

    private final KernelCache cache;
    private final int sm;
    /** The newest architecture that NVRTC knows and the GPU runs; below {@link #sm} the driver translates from PTX. */
    private final int target;

    /** @param sm compute capability, 80 for 8.0 */
    KernelCompiler(int sm) {
        this(sm, KernelCache.open());
    }

    KernelCompiler(int sm, KernelCache cache) {
        this.sm = sm;
        this.cache = cache;
        this.target = Arrays.stream(supported()).filter(s -> s <= sm).max().orElseThrow(() -> new CudaException("NVRTC "
                + CudaLibraries.nvrtc().version() + " (" + CudaLibraries.nvrtc().file() + ") cannot compile for sm_" + sm
                + ", only for sm_" + Arrays.stream(supported()).min().orElse(0) + " and newer: install an older CUDA"));
    }

    /** What {@code SARYU_SM} is in what it compiles. */
    int target() {
        return target;
    }

    private static int[] supported() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            CudaErrors.nvrtc(Nvrtc.nvrtcGetNumSupportedArchs(count), "asking NVRTC for its architectures");
            MemorySegment archs = arena.allocate(ValueLayout.JAVA_INT, count.get(ValueLayout.JAVA_INT, 0));
            CudaErrors.nvrtc(Nvrtc.nvrtcGetSupportedArchs(archs), "asking NVRTC for its architectures");
            return archs.toArray(ValueLayout.JAVA_INT);
        }
    }

    /** Name of a module: the file and its sorted defines, {@code "rms_norm.cu SARYU_TYPE=1"}. */
    static String key(String file, String[] defines) {
        String[] sorted = defines.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? file : file + " " + String.join(" ", sorted);
    }

    /**
     * Loads the module into the current context.
     *
     * @param defines {@code NAME=VALUE} each
     */
    MemorySegment load(String file, String[] defines) {
        byte[] image = image(file, defines);
        try (Arena arena = Arena.ofConfined()) {
            // PTX is read up to a final zero byte.
            MemorySegment code = arena.allocate(image.length + 1L, 16);
            MemorySegment.copy(image, 0, code, ValueLayout.JAVA_BYTE, 0, image.length);
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            CudaErrors.check(Cuda.cuModuleLoadData(out, code), "loading kernels of " + key(file, defines));
            return out.get(ValueLayout.ADDRESS, 0);
        }
    }

    /** The compiled code, from the cache or new. */
    byte[] image(String file, String[] defines) {
        KernelSource source = KernelSource.read(file);
        List<String> options = options(defines);
        List<String> parts = new ArrayList<>(List.of(file, source.text(), "NVRTC " + CudaLibraries.nvrtc().version(),
                CudaLibraries.emulated() ? CudaLibraries.nvrtc().file().toString() : "", Integer.toString(sm)));
        source.headers().forEach((name, text) -> {
            parts.add(name);
            parts.add(text);
        });
        parts.addAll(options);
        // The devices of a process want the same modules at the same time: the first compiles, the others read what it kept.
        synchronized (NVRTC) {
            return cache.get(KernelCache.name(parts), () -> {
                LOG.log(System.Logger.Level.INFO, "Compiling {0} for sm_{1}", key(file, defines), Integer.toString(target));
                return compile(source, options).image();
            });
        }
    }

    /** What NVRTC made: code, and what it had to say. */
    record Compiled(byte[] image, String log) {
    }

    List<String> options(String[] defines) {
        List<String> options = new ArrayList<>(List.of("--std=c++17", "-DSARYU_SM=" + target,
                "--gpu-architecture=" + (target == sm ? "sm_" : "compute_") + target));
        for (String define : defines) {
            options.add("-D" + define);
        }
        return options;
    }

    Compiled compile(KernelSource source, List<String> options) {
        // One at a time: a process that first used NVRTC 13.0 from two threads at once crashed in it, once.
        synchronized (NVRTC) {
            return compileAlone(source, options);
        }
    }

    private Compiled compileAlone(KernelSource source, List<String> options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            Map<String, String> headers = source.headers();
            CudaErrors.nvrtc(Nvrtc.nvrtcCreateProgram(out, arena.allocateFrom(source.text()),
                    arena.allocateFrom(source.file()), headers.size(), strings(arena, headers.values()),
                    strings(arena, headers.keySet())), "giving " + source.file() + " to NVRTC");
            MemorySegment program = out.get(ValueLayout.ADDRESS, 0);
            try {
                int status = Nvrtc.nvrtcCompileProgram(program, options.size(), strings(arena, options));
                String log = log(arena, program);
                if (status == Nvrtc.NVRTC_ERROR_COMPILATION()) {
                    throw new CudaException("NVRTC " + CudaLibraries.nvrtc().version() + " cannot compile " + source.file()
                            + " with " + String.join(" ", options) + ": " + log.strip(), status);
                }
                CudaErrors.nvrtc(status, "compiling " + source.file() + " with " + String.join(" ", options));
                return new Compiled(result(arena, program), log);
            } finally {
                Nvrtc.nvrtcDestroyProgram(out);
            }
        }
    }

    private byte[] result(Arena arena, MemorySegment program) {
        boolean cubin = target == sm;
        MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
        CudaErrors.nvrtc(cubin ? Nvrtc.nvrtcGetCUBINSize(program, size) : Nvrtc.nvrtcGetPTXSize(program, size),
                "asking NVRTC for the size of its result");
        MemorySegment code = arena.allocate(Math.max(1, size.get(ValueLayout.JAVA_LONG, 0)));
        CudaErrors.nvrtc(cubin ? Nvrtc.nvrtcGetCUBIN(program, code) : Nvrtc.nvrtcGetPTX(program, code),
                "asking NVRTC for its result");
        return code.toArray(ValueLayout.JAVA_BYTE);
    }

    private static String log(Arena arena, MemorySegment program) {
        MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
        CudaErrors.nvrtc(Nvrtc.nvrtcGetProgramLogSize(program, size), "asking NVRTC for the size of its log");
        MemorySegment text = arena.allocate(size.get(ValueLayout.JAVA_LONG, 0) + 1);
        CudaErrors.nvrtc(Nvrtc.nvrtcGetProgramLog(program, text), "asking NVRTC for its log");
        return text.getString(0);
    }

    /** An array of C strings; null for none. */
    private static MemorySegment strings(Arena arena, Collection<String> texts) {
        if (texts.isEmpty()) {
            return MemorySegment.NULL;
        }
        MemorySegment array = arena.allocate(ValueLayout.ADDRESS, texts.size());
        int i = 0;
        for (String text : texts) {
            array.setAtIndex(ValueLayout.ADDRESS, i++, arena.allocateFrom(text));
        }
        return array;
    }
}

package io.saryu.kernels.cuda;

import io.saryu.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The kernels that a context has used; a look-up allocates nothing. */
final class KernelTable {
    private final CudaDevice device;
    /** By name, then file and define in turn; one for each type, the first for none. */
    private final Map<String, Map<String, Map<String, CudaKernel[]>>> known = new HashMap<>();

    KernelTable(CudaDevice device) {
        this.device = device;
    }

    /** Null when it was not loaded yet. */
    CudaKernel find(String file, String name, DType dtype, String define) {
        Map<String, Map<String, CudaKernel[]>> ofName = known.get(name);
        Map<String, CudaKernel[]> ofFile = ofName == null ? null : ofName.get(file);
        CudaKernel[] ofDefine = ofFile == null ? null : ofFile.get(define);
        return ofDefine == null ? null : ofDefine[index(dtype)];
    }

    CudaKernel load(String file, String name, DType dtype, String define) {
        List<String> defines = new ArrayList<>();
        if (dtype != null) {
            defines.add("SARYU_TYPE=" + code(dtype));
        }
        if (!define.isEmpty()) {
            defines.add(define);
        }
        CudaKernel kernel = new CudaKernel(device, name, device.function(file, name, defines.toArray(String[]::new)));
        known.computeIfAbsent(name, k -> new HashMap<>()).computeIfAbsent(file, k -> new HashMap<>())
                .computeIfAbsent(define, k -> new CudaKernel[DType.values().length + 1])[index(dtype)] = kernel;
        return kernel;
    }

    private static int index(DType dtype) {
        return dtype == null ? 0 : 1 + dtype.ordinal();
    }

    /** What the kernels call a type, as in native/include/saryu_cpu.h. */
    private static int code(DType dtype) {
        return switch (dtype) {
            case F32 -> 0;
            case BF16 -> 1;
            case F16 -> 2;
            case I8 -> 3;
            default -> throw new IllegalArgumentException("no CUDA kernel is made for type " + dtype);
        };
    }
}

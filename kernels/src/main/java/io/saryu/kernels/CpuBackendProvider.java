package io.saryu.kernels;

import io.saryu.backend.Backend;
import io.saryu.backend.BackendProvider;

/** Makes {@link CpuBackend}s where the native libraries load. */
public final class CpuBackendProvider implements BackendProvider {
    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public String unavailableBecause() {
        return CpuLibraries.problem();
    }

    @Override
    public Backend create(int device) {
        if (device != 0) {
            throw new IllegalArgumentException("there is no cpu device " + device + ", only 0: all ranks share it");
        }
        String problem = CpuLibraries.problem();
        if (problem != null) {
            throw new IllegalStateException(problem);
        }
        return new CpuBackend();
    }
}

package io.saryu.kernels.cuda;

import io.saryu.backend.Backend;
import io.saryu.backend.BackendProvider;
import io.saryu.dist.Communicator;
import io.saryu.dist.ProcessGroup;
import io.saryu.dist.RankGroup;
import io.saryu.dist.SingleProcess;
import java.util.ArrayList;
import java.util.List;

/** Makes {@link CudaBackend}s where there is a GPU with its driver, NVRTC and cuBLASLt. */
public final class CudaBackendProvider implements BackendProvider {
    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public int priority() {
        return 20;
    }

    @Override
    public String unavailableBecause() {
        String problem = CudaLibraries.problem();
        return problem == null ? GpuInfo.read(0).problem() : problem;
    }

    @Override
    public int devices() {
        return CudaLibraries.deviceCount();
    }

    @Override
    public boolean oneRankPerDevice() {
        return true;
    }

    /** One rank alone needs no NCCL. */
    @Override
    public List<Communicator> communicators(ProcessGroup processes) {
        if (processes.worldSize() == 1) {
            return List.of(new SingleProcess());
        }
        RankGroup ranks = new RankGroup(processes);
        List<Communicator> all = new ArrayList<>();
        for (int r = 0; r < processes.ranksPerProcess(); r++) {
            all.add(new NcclCommunicator(ranks, processes.firstRank() + r));
        }
        return all;
    }

    @Override
    public Backend create(int device) {
        return new CudaBackend(CudaDevice.get(device));
    }

    @Override
    public List<Component> components() {
        List<Component> all = new ArrayList<>();
        CudaLibrary driver = CudaLibraries.driver();
        all.add(component(driver));
        boolean usable = driver.problem() == null;
        for (CudaLibrary library : List.of(CudaLibraries.nvrtc(), CudaLibraries.cublasLt())) {
            // Without a GPU nobody needs to install them.
            if (usable || library.problem() == null) {
                all.add(component(library));
            }
        }
        CudaLibrary nccl = CudaLibraries.nccl();
        if (nccl.problem() == null || devices() > 1) {
            all.add(component(nccl));
        } else if (usable) {
            all.add(new Component(nccl.name(), "not found; only needed for more than one GPU", null));
        }
        for (int i = 0; i < devices(); i++) {
            GpuInfo gpu = GpuInfo.read(i);
            all.add(new Component("GPU " + i, gpu.description(), gpu.problem()));
        }
        return all;
    }

    private static Component component(CudaLibrary library) {
        String found = library.version() == null ? null : library.version() + " (" + library.file() + ")";
        return new Component(library.name(), found, library.problem());
    }
}

package io.saryu.train;

import io.saryu.backend.Backend;
import io.saryu.backend.BackendProvider;
import io.saryu.backend.Backends;
import io.saryu.backend.ReferenceBackend;
import io.saryu.dist.Communicator;
import io.saryu.dist.InProcessGroup;
import io.saryu.dist.LaunchEnvironment;
import io.saryu.dist.ProcessGroup;
import io.saryu.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What the ranks of this process compute on and talk through, in rank order.
 *
 * @param processes     of the run
 * @param backends      one for each rank, or the same for all
 * @param communicators one for each rank
 * @param shared        whether the ranks share a device and divide its threads
 */
record RankDevices(ProcessGroup processes, List<Backend> backends, List<Communicator> communicators, boolean shared) {
    /** Ranks that share a backend in the only process of a run. */
    static RankDevices sharing(Backend backend, int ranks) {
        return new RankDevices(ProcessGroup.alone(ranks), Collections.nCopies(ranks, backend),
                InProcessGroup.communicators(ranks), true);
    }

    /**
     * The devices that this process's ranks take: those after the ones of the processes before it on its host.
     *
     * @param device    as in a configuration
     * @param processes of the run
     * @param local     number of this process among those on its host
     * @throws IllegalStateException         when the device is not available, or there are not enough
     * @throws UnsupportedOperationException when a run on such devices cannot be several processes
     */
    static RankDevices open(String device, ProcessGroup processes, int local) {
        int ranks = processes.ranksPerProcess();
        if (device.equals("reference")) {
            return sharing(new ReferenceBackend(), ranks);
        }
        BackendProvider provider = provider(device);
        List<Communicator> communicators = provider.communicators(processes);
        if (!provider.oneRankPerDevice()) {
            return new RankDevices(processes, Collections.nCopies(ranks, provider.create()), communicators, true);
        }
        int first = firstDevice(provider, processes, local);
        List<Backend> backends = new ArrayList<>();
        for (int r = 0; r < ranks; r++) {
            backends.add(provider.create(first + r));
        }
        return new RankDevices(processes, backends, communicators, false);
    }

    /**
     * Refuses a device that is not there, or that cannot be shared by as many processes.
     *
     * @throws IllegalStateException         when the device is not available
     * @throws UnsupportedOperationException when a run on such devices cannot be several processes
     */
    static void require(String device, LaunchEnvironment env) {
        boolean own = !device.equals("reference") && provider(device).oneRankPerDevice();
        if (!own && !env.isAlone()) {
            throw new UnsupportedOperationException("device " + device + " trains in one process, with as many workers in it as"
                    + " num_devices says, but " + env.processes() + " were started (" + env.source() + "); start one only");
        }
    }

    private static BackendProvider provider(String device) {
        try {
            return Backends.provider(device);
        } catch (IllegalStateException e) {
            throw device.equals("cuda") ? new IllegalStateException(e.getMessage()
                    + "; or train on the CPU with --set device=cpu", e) : e;
        }
    }

    private static int firstDevice(BackendProvider provider, ProcessGroup processes, int local) {
        int ranks = processes.ranksPerProcess();
        int there = provider.devices();
        if ((local + 1) * ranks <= there) {
            return local * ranks;
        }
        if (processes.processes() > 1 && there == ranks) {
            // SLURM and others show each process its own devices only.
            return 0;
        }
        if (processes.processes() == 1) {
            throw new ConfigException("num_devices is " + ranks + ", but there " + (there == 1 ? "is 1 device" : "are " + there
                    + " devices") + " of kind " + provider.name() + "; set --set num_devices=" + there
                    + " and train.gradient_accumulation_steps so much higher, for the same effective batch");
        }
        throw new ConfigException(processes.name(processes.process()) + " is number " + local + " on its host and would need "
                + (local + 1) * ranks + " devices of kind " + provider.name() + " there, but there are " + there
                + "; start fewer processes on a host, or set num_devices lower");
    }

    /**
     * Ranks that each process of a run has.
     *
     * @throws ConfigException when {@code num_devices} is not as many for each
     */
    static int perProcess(TrainConfig config, LaunchEnvironment env) {
        int processes = env.processes();
        if (config.numDevices() % processes != 0) {
            throw new ConfigException("num_devices is " + config.numDevices() + ", and " + processes + " processes were started ("
                    + env.source() + "), which cannot have equally many of them; set num_devices to a multiple of " + processes
                    + ", such as --set num_devices=" + processes);
        }
        return config.numDevices() / processes;
    }

    /**
     * Refuses mixed precision in a type that a device does not compute in: older GPUs have no bf16.
     *
     * @throws ConfigException naming the device and what it can do
     */
    void requireType(DType type) {
        for (Backend backend : backends) {
            if (!backend.supports(type)) {
                String wanted = type == DType.BF16 ? "bf16" : "fp16";
                String other = type == DType.BF16 && backend.supports(DType.F16) ? " --set train.fp16=true" : "";
                throw new ConfigException("train." + wanted + " is true, but device " + backend.device() + " does not compute in "
                        + wanted + " (" + backend.description() + "); set --set train." + wanted + "=false" + other);
            }
        }
    }

    /** Bytes that the smallest of the devices has free; -1 where their memory is the host's. */
    long availableBytes() {
        return backends.stream().mapToLong(Backend::availableBytes).min().orElse(-1);
    }
}

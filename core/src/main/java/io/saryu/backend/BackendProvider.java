package io.saryu.backend;

import io.saryu.dist.Communicator;
import io.saryu.dist.InProcessGroup;
import io.saryu.dist.ProcessGroup;
import java.util.List;

/**
 * How a backend is found: registered for {@link java.util.ServiceLoader}, asked once, and asked why when it is not there.
 */
public interface BackendProvider {
    /** Name that {@code device:} in a configuration uses: {@code cpu}, {@code cuda}. */
    String name();

    /** The higher of two available providers is what {@code device: auto} takes. */
    int priority();

    /** Null when the backend can be made here; otherwise one sentence on what is missing and what to do. */
    String unavailableBecause();

    /**
     * A library or a device that a backend stands on.
     *
     * @param name    of the library or device
     * @param found   its version and path, or what it is; null when it was not found
     * @param problem one sentence on what is wrong and what to do; null when nothing is
     */
    record Component(String name, String found, String problem) {
    }

    /** What was looked for and found, for people who ask why this backend is, or is not, available. */
    default List<Component> components() {
        return List.of();
    }

    /** How many devices of this kind there are: a run may use as many ranks, one on each. The CPU is one, for all ranks. */
    default int devices() {
        return 1;
    }

    /**
     * Makes the backend of one device.
     *
     * @param device from 0 to {@link #devices()} - 1
     * @throws IllegalStateException    with {@link #unavailableBecause()} when it is not available
     * @throws IllegalArgumentException when there is no such device
     */
    Backend create(int device);

    /** Makes the backend of the first device. */
    default Backend create() {
        return create(0);
    }

    /** Whether each rank of a run needs a device of its own; otherwise all ranks share the one there is. */
    default boolean oneRankPerDevice() {
        return false;
    }

    /**
     * Communicators of the ranks that this process has in a run, in rank order.
     *
     * @throws UnsupportedOperationException when a run on this kind of device cannot be several processes
     * @throws IllegalStateException         when something is missing, saying what to do
     */
    default List<Communicator> communicators(ProcessGroup processes) {
        if (processes.processes() > 1) {
            throw new UnsupportedOperationException("device " + name() + " trains in one process, with as many workers in it as"
                    + " num_devices says, but this is one of " + processes.processes() + " processes; start one only");
        }
        return InProcessGroup.communicators(processes.ranksPerProcess());
    }
}

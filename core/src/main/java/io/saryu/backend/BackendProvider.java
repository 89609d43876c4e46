package io.saryu.backend;

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
}

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

    /**
     * Makes the backend.
     *
     * @throws IllegalStateException with {@link #unavailableBecause()} when it is not available
     */
    Backend create();
}

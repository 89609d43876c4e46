package io.saryu.backend;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import io.saryu.tensor.Workspace;

/**
 * What an op runs in: on the CPU a worker pool and its scratch memory, on CUDA a stream and its workspace. Every op takes
 * one. Ops issued to one context take effect in the order they were issued and may be asynchronous:
 * {@link #synchronize()} and copying a value to the host are the only waits.
 *
 * <p>One thread at a time may issue ops to a context; give each thread its own.
 */
public interface ExecutionContext extends AutoCloseable {
    /** The backend whose ops this context runs. */
    Backend backend();

    /** Memory for activations and scratch. */
    Workspace workspace();

    /** Worker threads that an op may use; 1 on a device that is not the CPU. */
    int threads();

    /** Returns when every op issued so far has taken effect. */
    void synchronize();

    /** A tensor of undefined content from the workspace. */
    default Tensor acquire(String name, DType dtype, long... shape) {
        return workspace().acquire(name, dtype, shape);
    }

    /** Ends the workers and gives the memory back. */
    @Override
    void close();
}

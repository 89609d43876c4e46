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

    /** What {@link #replay} does with work, from the first time on. */
    enum Replay {
        /** Calls it. */
        RUN,
        /** Calls it to record it, and issues the record. */
        RECORD,
        /** Issues the record. */
        LAUNCH
    }

    /**
     * Issues work that is the same each time it comes under this key: the same ops on the same memory, whatever the values
     * there. A context that can may record it (on CUDA as one graph) and issue the record from then on, without calling
     * {@code work} again; the others call it. So the work must have no effect but its ops, must not copy from or to the host,
     * and must give back to the workspace all that it takes.
     *
     * @param key equal for equal work
     */
    default void replay(Object key, Runnable work) {
        work.run();
    }

    /** What {@link #replay(Object, Runnable)} would do now with the work of this key. */
    default Replay nextReplay(Object key) {
        return Replay.RUN;
    }

    /**
     * As {@link #replay(Object, Runnable)} for work with collectives, which all ranks must run, record or launch alike: does
     * the least of what all can do next. Where that is not to launch, every record of this key is forgotten, so that all ranks'
     * records are of one time.
     *
     * @param least what the rank can do that is least far; not farther than {@link #nextReplay} here
     */
    default void replay(Object key, Replay least, Runnable work) {
        work.run();
    }

    /** Whether {@link #replay} records, so that work had better be given to it whole. */
    default boolean replays() {
        return false;
    }

    /**
     * Begins to copy a host tensor to the device beside what the context computes, which neither reads nor writes
     * {@code out} meanwhile. It takes effect before whatever is issued after {@link #finishPrefetch}.
     *
     * @param out  contiguous, on the device
     * @param host of equal shape and type; may be changed when this returns
     */
    default void prefetch(Tensor out, Tensor host) {
        backend().copyFromHost(this, out, host);
        synchronize();
    }

    /** Orders what {@link #prefetch} has begun before whatever is issued from now on. */
    default void finishPrefetch() {
    }

    /** A tensor of undefined content from the workspace. */
    default Tensor acquire(String name, DType dtype, long... shape) {
        return workspace().acquire(name, dtype, shape);
    }

    /** Ends the workers and gives the memory back. */
    @Override
    void close();
}

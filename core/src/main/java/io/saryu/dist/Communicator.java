package io.saryu.dist;

import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.Tensor;

/**
 * Collectives over the ranks of one training run; NCCL's semantics. All ranks must make the same calls in the same order;
 * each rank calls from its own thread with its own context.
 */
public interface Communicator extends AutoCloseable {
    /** This participant, in [0, {@link #worldSize}). */
    int rank();

    /** Number of participants. */
    int worldSize();

    /**
     * Sums a tensor over all ranks, in place: rank 0's values plus rank 1's, plus rank 2's, and so on, so that n ranks give
     * the bits of n accumulation steps.
     *
     * @param tensor contiguous, of equal shape and type on every rank
     * @throws CommunicatorAbortedException when another rank has failed
     */
    void allReduceSum(ExecutionContext ctx, Tensor tensor);

    /** The sum of one number over all ranks, added in rank order. */
    double allReduceSum(double value);

    /** Copies rank {@code root}'s values to all ranks, in place. */
    void broadcast(ExecutionContext ctx, Tensor tensor, int root);

    /** Returns when every rank has called it. */
    void barrier();

    /**
     * Ends the run for all ranks: their waits and later calls throw {@link CommunicatorAbortedException} with this reason.
     * The first reason wins.
     */
    void abort(String reason);

    @Override
    void close();
}

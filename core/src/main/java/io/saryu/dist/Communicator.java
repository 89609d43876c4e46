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
     * Sums a tensor over all ranks, in place; all ranks get the same bits. In one process on CPUs these are rank 0's values
     * plus rank 1's, plus rank 2's, and so on, so that n ranks give the bits of n accumulation steps. NCCL adds in an order of
     * its own: equal numbers of ranks on equal machines give equal bits, and others differ in the last ones.
     *
     * @param tensor contiguous, of equal shape and type on every rank
     * @throws CommunicatorAbortedException when another rank has failed
     */
    void allReduceSum(ExecutionContext ctx, Tensor tensor);

    /**
     * Begins to sum a tensor over all ranks, in place, and returns without waiting for another rank, so that the sum goes on
     * beside what the rank computes next. It starts when everything issued to {@code ctx} so far has taken effect: on a CPU
     * on a thread of the communicator's, on a GPU on a stream of its own. The result is that of {@link #allReduceSum}, to the
     * bit; sums are done in the order in which they were begun. A communicator that sums 16-bit values divides by the number
     * of ranks before it adds, as n values together may overflow where their mean does not; its caller multiplies again.
     *
     * @param tensor as for {@link #allReduceSum}; nobody reads, writes or closes it before {@link #finishAsync}
     */
    void allReduceSumAsync(ExecutionContext ctx, Tensor tensor);

    /**
     * Makes all sums that this rank has begun take effect before whatever is issued to {@code ctx} from now on. The other
     * collectives do so by themselves first, so that all ranks' calls keep one order.
     *
     * @throws CommunicatorAbortedException when another rank has failed
     */
    void finishAsync(ExecutionContext ctx);

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

    /**
     * Ends this rank's part, and waits for its threads. Sums that are still under way are given up, and with them the run of
     * all ranks. Closing twice does nothing.
     */
    @Override
    void close();
}

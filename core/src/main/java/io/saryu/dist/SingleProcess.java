package io.saryu.dist;

import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.Tensor;

/** The communicator of a run with one rank: every collective is already done. */
public final class SingleProcess implements Communicator {
    @Override
    public int rank() {
        return 0;
    }

    @Override
    public int worldSize() {
        return 1;
    }

    @Override
    public void allReduceSum(ExecutionContext ctx, Tensor tensor) {
        // One rank's sum is its own value.
    }

    @Override
    public void allReduceSumAsync(ExecutionContext ctx, Tensor tensor) {
        // As above.
    }

    @Override
    public void finishAsync(ExecutionContext ctx) {
        // Nothing is ever under way.
    }

    @Override
    public double allReduceSum(double value) {
        return value;
    }

    @Override
    public void broadcast(ExecutionContext ctx, Tensor tensor, int root) {
        // The root is the only rank.
    }

    @Override
    public void barrier() {
        // Nobody to wait for.
    }

    @Override
    public void abort(String reason) {
        // Nobody to tell.
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}

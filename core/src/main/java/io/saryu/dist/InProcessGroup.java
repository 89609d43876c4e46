package io.saryu.dist;

import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ranks as threads of one process that share an address space. Reductions are done by all ranks together, each on its own
 * range of elements, adding the ranks' values in rank order. Asynchronous ones are the same reductions on a second thread of
 * each rank: a rank that is ahead goes on computing while its second thread waits for the others.
 */
public final class InProcessGroup {
    private final int worldSize;
    private final Tensor[] published;
    private final double[] numbers;
    private int arrived;
    private long generation;
    private String aborted;

    /**
     * @throws IllegalArgumentException for less than one rank
     */
    public InProcessGroup(int worldSize) {
        if (worldSize < 1) {
            throw new IllegalArgumentException("a group needs at least one rank, not " + worldSize);
        }
        this.worldSize = worldSize;
        this.published = new Tensor[worldSize];
        this.numbers = new double[worldSize];
    }

    /** Communicators of so many ranks in this process, in rank order; one rank alone has nothing to communicate. */
    public static List<Communicator> communicators(int ranks) {
        if (ranks == 1) {
            return List.of(new SingleProcess());
        }
        InProcessGroup group = new InProcessGroup(ranks);
        return IntStream.range(0, ranks).mapToObj(group::rank).toList();
    }

    /** The communicator that rank {@code rank}'s thread uses. */
    public Communicator rank(int rank) {
        if (rank < 0 || rank >= worldSize) {
            throw new IllegalArgumentException("rank " + rank + " is not in a group of " + worldSize);
        }
        return new Rank(rank);
    }

    private synchronized void await() {
        check();
        long mine = generation;
        if (++arrived == worldSize) {
            arrived = 0;
            generation++;
            notifyAll();
            return;
        }
        try {
            while (mine == generation && aborted == null) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            abort("a rank was interrupted while it waited for the others");
        }
        check();
    }

    private synchronized void check() {
        if (aborted != null) {
            throw new CommunicatorAbortedException(aborted);
        }
    }

    private synchronized void abort(String reason) {
        if (aborted == null) {
            aborted = reason;
        }
        notifyAll();
    }

    private final class Rank implements Communicator {
        private final int rank;
        /** Made by the first asynchronous sum; only the rank's own thread touches the field. */
        private CommunicationThread communication;

        Rank(int rank) {
            this.rank = rank;
        }

        @Override
        public int rank() {
            return rank;
        }

        @Override
        public int worldSize() {
            return worldSize;
        }

        @Override
        public void allReduceSum(ExecutionContext ctx, Tensor tensor) {
            finishAsync(ctx);
            reduce(ctx, tensor);
        }

        @Override
        public void allReduceSumAsync(ExecutionContext ctx, Tensor tensor) {
            check();
            ctx.synchronize();
            if (communication == null) {
                communication = new CommunicationThread(ctx.backend(), rank);
            }
            communication.begin(own -> reduce(own, tensor));
        }

        @Override
        public void finishAsync(ExecutionContext ctx) {
            finish();
        }

        private void finish() {
            if (communication == null) {
                return;
            }
            try {
                communication.finish();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                abort("a rank was interrupted while it waited for the others");
                check();
            }
        }

        /** Step scalars are F64 on every backend, also where its ops are not. */
        private static void add(ExecutionContext ctx, Tensor sum, Tensor other) {
            if (sum.dtype() == DType.F64 && !ctx.backend().supports(DType.F64)) {
                for (long i = 0; i < sum.count(); i++) {
                    sum.set(i, sum.get(i) + other.get(i));
                }
            } else {
                ctx.backend().add(ctx, sum, sum, other);
            }
        }

        private void reduce(ExecutionContext ctx, Tensor tensor) {
            publish(ctx, tensor);
            long n = tensor.count();
            // Ranges start on cache lines, so that no two ranks write to one.
            long chunk = (n + worldSize - 1) / worldSize + 15 & -16;
            long from = Math.min(n, rank * chunk);
            long to = Math.min(n, from + chunk);
            if (to > from) {
                Tensor sum = slice(published[0], from, to);
                for (int r = 1; r < worldSize; r++) {
                    add(ctx, sum, slice(published[r], from, to));
                }
                for (int r = 1; r < worldSize; r++) {
                    ctx.backend().copy(ctx, slice(published[r], from, to), sum);
                }
            }
            ctx.synchronize();
            await();
        }

        @Override
        public double allReduceSum(double value) {
            finish();
            numbers[rank] = value;
            await();
            double sum = 0;
            for (double n : numbers) {
                sum += n;
            }
            await();
            return sum;
        }

        @Override
        public void broadcast(ExecutionContext ctx, Tensor tensor, int root) {
            finish();
            publish(ctx, tensor);
            if (rank != root) {
                ctx.backend().copy(ctx, tensor, published[root]);
            }
            ctx.synchronize();
            await();
        }

        private void publish(ExecutionContext ctx, Tensor tensor) {
            ctx.synchronize();
            published[rank] = tensor;
            await();
            // All ranks look at all tensors, so that none begins to compute with one that does not fit.
            Tensor first = published[0];
            for (int r = 1; r < worldSize; r++) {
                Tensor other = published[r];
                if (first.dtype() != other.dtype() || !Arrays.equals(first.shape(), other.shape())) {
                    InProcessGroup.this.abort("rank " + r + " brought " + other + " to a collective for which rank 0 brought "
                            + first);
                    check();
                }
            }
        }

        private Tensor slice(Tensor t, long from, long to) {
            return t.reshape(t.count()).slice(t.name(), from, to - from);
        }

        @Override
        public void barrier() {
            finish();
            await();
        }

        @Override
        public void abort(String reason) {
            InProcessGroup.this.abort(reason);
        }

        @Override
        public void close() {
            if (communication == null) {
                return;
            }
            if (communication.isBusy()) {
                abort("rank " + rank + " has left the group");
            }
            communication.close();
            communication = null;
        }
    }
}

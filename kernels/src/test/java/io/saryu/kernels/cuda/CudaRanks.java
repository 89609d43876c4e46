package io.saryu.kernels.cuda;

import io.saryu.backend.ExecutionContext;
import io.saryu.dist.Communicator;
import io.saryu.dist.ProcessGroup;
import io.saryu.dist.RankGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs work on several devices at once, each a rank with a platform thread of its own, as a run does. */
final class CudaRanks {
    private CudaRanks() {
    }

    /** What a rank has. */
    record Rank(int number, CudaBackend backend, ExecutionContext ctx, Communicator communicator) {
    }

    @FunctionalInterface
    interface Work<T> {
        T run(Rank rank) throws Exception;
    }

    /** What work returned or threw. */
    record Outcome<T>(T value, Throwable thrown) {
    }

    /** On all ranks; a rank that throws ends the others, as in a run. */
    static <T> List<Outcome<T>> run(int ranks, Work<T> work) throws InterruptedException {
        RankGroup group = new RankGroup(ProcessGroup.alone(ranks));
        List<Future<T>> running = new ArrayList<>();
        List<Outcome<T>> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(ranks)) {
            for (int r = 0; r < ranks; r++) {
                int number = r;
                running.add(threads.submit(() -> one(group, number, work)));
            }
            for (Future<T> f : running) {
                try {
                    outcomes.add(new Outcome<>(f.get(), null));
                } catch (ExecutionException e) {
                    outcomes.add(new Outcome<>(null, e.getCause()));
                }
            }
        }
        return outcomes;
    }

    /** As {@link #run}, for work that must not throw. */
    static <T> List<T> all(int ranks, Work<T> work) throws InterruptedException {
        List<T> values = new ArrayList<>();
        for (Outcome<T> o : run(ranks, work)) {
            if (o.thrown() != null) {
                throw new AssertionError(o.thrown());
            }
            values.add(o.value());
        }
        return values;
    }

    private static <T> T one(RankGroup group, int number, Work<T> work) throws Exception {
        CudaBackend backend = new CudaBackend(CudaDevice.get(number));
        try (ExecutionContext ctx = backend.newContext(1); Communicator communicator = new NcclCommunicator(group, number)) {
            try {
                return work.run(new Rank(number, backend, ctx, communicator));
            } catch (Throwable e) {
                communicator.abort("rank " + number + " failed: " + e.getMessage());
                throw e;
            }
        }
    }
}

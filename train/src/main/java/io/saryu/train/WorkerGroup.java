package io.saryu.train;

import io.saryu.backend.Backend;
import io.saryu.data.BatchSource;
import io.saryu.dist.CommunicatorAbortedException;
import io.saryu.dist.InProcessGroup;
import io.saryu.dist.SingleProcess;
import io.saryu.nn.Qwen3Weights;
import io.saryu.optim.LossScaler;
import io.saryu.optim.LossWatch;
import io.saryu.optim.TrainingStep;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The ranks of a run in one process, each a {@link Replica} with a platform thread of its own; rank 0's is the caller's. With
 * one rank there is no other thread and nothing to communicate.
 *
 * <p>CPU threads are divided: each rank computes with {@code threads / ranks} of them, with one at least. A rank that fails
 * ends the call on all ranks, with a sentence that names it; the group is of no use afterwards but can be closed.
 */
final class WorkerGroup implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WorkerGroup.class.getName());

    private final int threadsPerRank;
    private final List<Replica> replicas = new ArrayList<>();
    /** Of rank 1 and those after it: always the same thread for a rank, as a GPU's context belongs to one. */
    private final List<ExecutorService> threads = new ArrayList<>();
    private final AtomicReference<RankFailedException> failure = new AtomicReference<>();
    /** Set when a rank failed or rank 0 was asked to stop: those that still compute need not go on. */
    private volatile boolean leaving;

    /**
     * Ranks with equal first weights.
     *
     * @param config        with its {@code model.vocab_size} set; {@code num_devices} says how many ranks
     * @param threadsForAll CPU threads of all ranks together
     */
    WorkerGroup(TrainConfig config, Backend backend, int threadsForAll) {
        int ranks = config.numDevices();
        this.threadsPerRank = Math.max(1, threadsForAll / ranks);
        int useful = Math.min(threadsForAll, Runtime.getRuntime().availableProcessors());
        if (ranks > 1 && ranks > useful) {
            LOG.log(System.Logger.Level.WARNING, "num_devices is {0}, more than the CPU threads of this run that can work at a"
                    + " time ({1}): workers then wait for each other''s turns, and the run is slower, not faster", ranks, useful);
        }
        InProcessGroup group = ranks == 1 ? null : new InProcessGroup(ranks);
        try {
            for (int r = 0; r < ranks; r++) {
                replicas.add(new Replica(config, backend, threadsPerRank, group == null ? new SingleProcess() : group.rank(r)));
                if (r > 0) {
                    String name = "saryu-rank-" + r;
                    threads.add(Executors.newSingleThreadExecutor(work -> Thread.ofPlatform().name(name).unstarted(work)));
                }
            }
            Qwen3Weights.initialize(first().model(), first().context(), config.train().seed());
            followFirst();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Rank 0, which also evaluates and writes checkpoints, between steps. */
    Replica first() {
        return replicas.getFirst();
    }

    int worldSize() {
        return replicas.size();
    }

    /** The part of the reproducibility key that is about ranks and threads. */
    String description() {
        return worldSize() == 1 ? threadsPerRank + " threads" : worldSize() + " ranks of " + threadsPerRank + " threads";
    }

    /** Bytes that all ranks' workspaces hold. */
    long bytesHeld() {
        return replicas.stream().mapToLong(r -> r.context().workspace().bytesHeld()).sum();
    }

    /**
     * One optimizer step on all ranks.
     *
     * @param number   of the step, counted from 1
     * @param position of the step's first window
     * @param stop     asked between micro-batches, by the calling thread only; all ranks do as it says
     * @return what rank 0 saw, which all saw; null when the step was given up
     * @throws RankFailedException when there are several ranks and one of them failed
     */
    TrainingStep.Result step(long number, double learningRate, BatchSource data, long position, BooleanSupplier stop) {
        List<TrainingStep.Result> seen = onAll("at step " + number, rank -> rank.step(number, learningRate, data, position,
                rank == first() ? () -> leaves(stop) : () -> leaving));
        leaving = false;
        for (int r = 1; r < seen.size(); r++) {
            if (!Objects.equals(seen.get(r), seen.getFirst())) {
                throw new IllegalStateException("ranks 0 and " + r + " do not agree on step " + number + " (" + seen.getFirst()
                        + " and " + seen.get(r) + "); their weights have drifted apart, which no run should do: report it, and"
                        + " go on from the last checkpoint with --resume");
            }
        }
        return seen.getFirst();
    }

    private boolean leaves(BooleanSupplier stop) {
        if (!leaving && stop.getAsBoolean()) {
            leaving = true;
        }
        return leaving;
    }

    /** Gives all ranks the weights, moments, loss scale and recent losses of rank 0. */
    void followFirst() {
        LossScaler.State lossScale = first().scaler().state();
        LossWatch.State losses = first().watch().state();
        onAll("when it took over the weights", rank -> {
            rank.follow(lossScale, losses);
            return null;
        });
    }

    /** Runs work on all ranks and returns when all are done, also where one failed. */
    private <T> List<T> onAll(String during, Function<Replica, T> work) {
        if (worldSize() == 1) {
            return Collections.singletonList(work.apply(first()));
        }
        List<Future<T>> others = new ArrayList<>();
        for (int r = 1; r < worldSize(); r++) {
            Replica replica = replicas.get(r);
            others.add(threads.get(r - 1).submit(() -> guarded(replica, during, work)));
        }
        List<T> results = new ArrayList<>();
        results.add(guarded(first(), during, work));
        others.forEach(f -> results.add(join(f)));
        if (failure.get() != null) {
            throw failure.get();
        }
        return results;
    }

    private <T> T guarded(Replica replica, String during, Function<Replica, T> work) {
        try {
            return work.apply(replica);
        } catch (Throwable e) {
            // Of ranks that end because another one failed, none is the first: that one has told why before they could know.
            boolean told = e instanceof CommunicatorAbortedException && failure.get() != null;
            if (!told) {
                failure.compareAndSet(null, new RankFailedException(replica.communicator().rank(), worldSize(), during, e));
            }
            leaving = true;
            replica.communicator().abort(failure.get().getMessage());
            return null;
        }
    }

    /** Waits even when interrupted: nothing may be closed while another rank computes with it. */
    private static <T> T join(Future<T> rank) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return rank.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a rank ended without saying why", e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the threads and gives all memory back. */
    @Override
    public void close() {
        threads.forEach(ExecutorService::close);
        // All ranks' sums end before any rank's memory goes: they read each other's.
        replicas.forEach(r -> r.communicator().close());
        RuntimeException first = null;
        for (Replica replica : replicas) {
            try {
                replica.close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}

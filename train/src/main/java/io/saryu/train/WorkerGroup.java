package io.saryu.train;

import io.saryu.backend.Backend;
import io.saryu.data.BatchSource;
import io.saryu.dist.CommunicatorAbortedException;
import io.saryu.dist.ProcessGroup;
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
 * The ranks that this process has in a run, each a {@link Replica} with a platform thread of its own; the first one's is the
 * caller's. With one rank there is no other thread and nothing to communicate.
 *
 * <p>Ranks that share a CPU divide its threads: each computes with {@code threads / ranks} of them, with one at least. A rank
 * that fails ends the call on all ranks, with a sentence that names it; the group is of no use afterwards but can be closed.
 *
 * <p>Where a run has several processes, process 0 leads: its {@link #step} and {@link #followFirst} tell the others, which
 * {@link #serve}, to do the same.
 */
final class WorkerGroup implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WorkerGroup.class.getName());

    private final RankDevices devices;
    private final ProcessGroup processes;
    private final int threadsPerRank;
    private final List<Replica> replicas = new ArrayList<>();
    /** Of the second rank and those after it: always the same thread for a rank, as a GPU's context belongs to one. */
    private final List<ExecutorService> threads = new ArrayList<>();
    private final AtomicReference<IllegalStateException> failure = new AtomicReference<>();
    /** Set when a rank failed or the first was asked to stop: those that still compute need not go on. */
    private volatile boolean leaving;
    private boolean closed;

    /** Ranks that share a backend, in a run of one process. */
    WorkerGroup(TrainConfig config, Backend backend, int threadsForAll) {
        this(config, RankDevices.sharing(backend, config.numDevices()), threadsForAll);
    }

    /**
     * Ranks with equal first weights; on processes that follow they come with the first command.
     *
     * @param config        with its {@code model.vocab_size} set
     * @param devices       of this process's ranks
     * @param threadsForAll CPU threads of all ranks of this process together
     */
    WorkerGroup(TrainConfig config, RankDevices devices, int threadsForAll) {
        int ranks = devices.backends().size();
        this.devices = devices;
        this.processes = devices.processes();
        this.threadsPerRank = devices.shared() ? Math.max(1, threadsForAll / ranks) : 1;
        int useful = Math.min(threadsForAll, Runtime.getRuntime().availableProcessors());
        if (devices.shared() && ranks > 1 && ranks > useful) {
            LOG.log(System.Logger.Level.WARNING, "num_devices is {0}, more than the CPU threads of this run that can work at a"
                    + " time ({1}): workers then wait for each other''s turns, and the run is slower, not faster", ranks, useful);
        }
        try {
            for (int r = 0; r < ranks; r++) {
                replicas.add(new Replica(config, devices.backends().get(r), threadsPerRank, devices.communicators().get(r)));
                if (r > 0) {
                    String name = "saryu-rank-" + devices.communicators().get(r).rank();
                    threads.add(Executors.newSingleThreadExecutor(work -> Thread.ofPlatform().name(name).unstarted(work)));
                }
            }
            if (config.finetune() != null) {
                onAll("when it read the base model", rank -> {
                    rank.initialize(config, rank == first());
                    return null;
                });
            } else if (processes.isLeader()) {
                first().initialize(config, true);
            }
            if (processes.isLeader()) {
                followFirst();
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** The first of this process: rank 0, which also evaluates and writes checkpoints between steps, on process 0. */
    Replica first() {
        return replicas.getFirst();
    }

    /** Ranks of the run. */
    int worldSize() {
        return first().communicator().worldSize();
    }

    /** The part of the reproducibility key that is about ranks and threads. */
    String description() {
        String each = devices.shared() ? threadsPerRank + " threads" : "one device";
        return worldSize() == 1 ? each : worldSize() + " ranks of " + each;
    }

    /** Bytes that the workspaces of this process's ranks hold. */
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
        try {
            RankCommand.step(number, learningRate, position).tell(processes);
        } catch (CommunicatorAbortedException e) {
            throw goOn(e);
        }
        return localStep(number, learningRate, data, position, stop);
    }

    private TrainingStep.Result localStep(long number, double learningRate, BatchSource data, long position,
            BooleanSupplier stop) {
        List<TrainingStep.Result> seen = onAll("at step " + number, rank -> rank.step(number, learningRate, data, position,
                rank == first() ? () -> leaves(stop) : () -> leaving));
        leaving = false;
        for (int r = 1; r < seen.size(); r++) {
            if (!Objects.equals(seen.get(r), seen.getFirst())) {
                throw new IllegalStateException("ranks " + processes.firstRank() + " and " + replicas.get(r).communicator().rank()
                        + " do not agree on step " + number + " (" + seen.getFirst()
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

    /** On processes other than 0: does what that one tells them until the run has ended. */
    void serve(BatchSource data, BooleanSupplier stop) {
        while (true) {
            RankCommand command;
            try {
                command = RankCommand.await(processes);
            } catch (CommunicatorAbortedException e) {
                throw goOn(e);
            }
            switch (command.kind()) {
                case FOLLOW -> localFollow(command.lossScale(), command.losses());
                case STEP -> localStep(command.number(), command.learningRate(), data, command.position(), stop);
                case END -> {
                    return;
                }
            }
        }
    }

    /** On process 0: tells the others that the run has ended as it should. */
    void end() {
        RankCommand.end().tell(processes);
    }

    /** Gives all ranks the weights, moments, loss scale and recent losses of rank 0. */
    void followFirst() {
        RankCommand.follow(first().scaler().state(), first().watch().state()).tell(processes);
        localFollow(first().scaler().state(), first().watch().state());
    }

    private void localFollow(LossScaler.State lossScale, LossWatch.State losses) {
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
        for (int r = 1; r < replicas.size(); r++) {
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
            failure.compareAndSet(null, e instanceof CommunicatorAbortedException told ? goOn(told)
                    : new RankFailedException(replica.communicator().rank(), worldSize(), during, e));
            leaving = true;
            replica.communicator().abort(failure.get().getMessage());
            return null;
        }
    }

    /** Of a rank of another process, which may have had no time to say how the run can go on. */
    private static IllegalStateException goOn(CommunicatorAbortedException e) {
        return e.getMessage().contains("--resume") ? e : new IllegalStateException(e.getMessage() + "; all ranks have stopped, and"
                + " the run can go on from its last checkpoint with --resume", e);
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
        if (closed) {
            return;
        }
        closed = true;
        // All ranks' sums end before any rank's memory goes, as they read each other's; and they may have to end together.
        List<Future<?>> ending = new ArrayList<>();
        for (int r = 1; r < replicas.size() && r <= threads.size(); r++) {
            Replica replica = replicas.get(r);
            ending.add(threads.get(r - 1).submit(() -> replica.communicator().close()));
        }
        RuntimeException first = null;
        try {
            if (!replicas.isEmpty()) {
                first().communicator().close();
            }
            ending.forEach(WorkerGroup::join);
        } catch (RuntimeException e) {
            first = e;
        }
        threads.forEach(ExecutorService::close);
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

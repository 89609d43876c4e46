package io.saryu.kernels.cuda;

import io.saryu.backend.ExecutionContext;
import io.saryu.bindings.cuda.Cuda;
import io.saryu.bindings.nccl.Nccl;
import io.saryu.dist.Communicator;
import io.saryu.dist.CommunicatorAbortedException;
import io.saryu.dist.RankGroup;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Collectives of one GPU by NCCL, with the GPUs of other threads, processes and hosts. Tensors are summed on a stream of its
 * own beside what the context computes, and that can be recorded into a CUDA graph; single numbers go between the hosts.
 *
 * <p>NCCL adds in an order of its own, which depends on the number of ranks and on how their GPUs are connected: equal
 * runs on equal machines give equal bits, and all ranks get the same ones, but not those of accumulation steps.
 *
 * <p>A rank that waits for its GPU asks every few milliseconds whether the others still live. When one is lost, what NCCL has
 * under way is aborted and the wait ends with an exception that names the rank.
 *
 * <p>The ranks meet at the first collective on a tensor; until then nothing of NCCL is used.
 */
public final class NcclCommunicator implements Communicator {
    /** Seconds that a GPU may wait for the others while all processes live; 1800 when not set. */
    public static final String TIMEOUT = "SARYU_NCCL_TIMEOUT";
    private static final long DEFAULT_TIMEOUT = 1800;
    private static final long POLL_MILLIS = 20;
    /** NCCL notices a lost rank by its own connections, and we by ours, which know its number: give them time. */
    private static final long NAMING_MILLIS = 2000;

    private final RankGroup ranks;
    private final int rank;
    private final long timeoutSeconds = timeout();
    private final Arena life = Arena.ofShared();
    /** Null until the ranks have met. */
    private NcclHandle handle;
    private CudaContext context;
    private MemorySegment stream;
    private MemorySegment issued;
    private MemorySegment summed;
    private boolean begun;
    private boolean closed;
    private volatile long lastCall = System.nanoTime();

    /**
     * The communicator of a rank.
     *
     * @param ranks what its process's ranks exchange beside their GPUs
     * @param rank  one of this process's
     * @throws IllegalStateException when NCCL is not there, saying what to do
     */
    public NcclCommunicator(RankGroup ranks, int rank) {
        String problem = CudaLibraries.nccl().problem();
        if (problem != null) {
            throw new IllegalStateException(problem);
        }
        this.ranks = ranks;
        this.rank = rank;
    }

    private static long timeout() {
        String value = System.getenv(TIMEOUT);
        if (value == null || value.isBlank()) {
            return DEFAULT_TIMEOUT;
        }
        if (!value.strip().matches("[1-9]\\d{0,6}")) {
            throw new IllegalArgumentException(TIMEOUT + " is '" + value + "'; set it to a number of seconds or unset it");
        }
        return Long.parseLong(value.strip());
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int worldSize() {
        return ranks.worldSize();
    }

    @Override
    public void allReduceSum(ExecutionContext ctx, Tensor tensor) {
        allReduceSumAsync(ctx, tensor);
        finishAsync(ctx);
    }

    @Override
    public void allReduceSumAsync(ExecutionContext ctx, Tensor tensor) {
        CudaContext own = begin(ctx, tensor, "summed");
        // A mean of 16-bit values: their sum may overflow where it does not.
        int op = tensor.dtype().isHalf() ? Nccl.ncclAvg() : Nccl.ncclSum();
        int type = type(tensor);
        after(own);
        handle.issue("summing " + tensor.name() + " over all ranks", comm -> Nccl.ncclAllReduce(tensor.segment(), tensor.segment(),
                tensor.count(), type, op, comm, stream));
    }

    @Override
    public void broadcast(ExecutionContext ctx, Tensor tensor, int root) {
        if (root < 0 || root >= worldSize()) {
            throw new IllegalArgumentException("rank " + root + " is not in a group of " + worldSize());
        }
        CudaContext own = begin(ctx, tensor, "sent");
        int type = type(tensor);
        after(own);
        handle.issue("sending " + tensor.name() + " to all ranks", comm -> Nccl.ncclBroadcast(tensor.segment(), tensor.segment(),
                tensor.count(), type, root, comm, stream));
        finishAsync(ctx);
    }

    /** What is issued to our stream comes after what was issued to the context. */
    private void after(CudaContext own) {
        CudaErrors.check(Cuda.cuEventRecord(issued, own.stream()), "ordering a collective");
        CudaErrors.check(Cuda.cuStreamWaitEvent(stream, issued, 0), "ordering a collective");
        begun = true;
    }

    @Override
    public void finishAsync(ExecutionContext ctx) {
        if (begun) {
            CudaContext own = CudaContext.of(ctx);
            CudaErrors.check(Cuda.cuEventRecord(summed, stream), "ordering what follows a collective");
            CudaErrors.check(Cuda.cuStreamWaitEvent(own.stream(), summed, 0), "ordering what follows a collective");
            begun = false;
        }
    }

    @Override
    public double allReduceSum(double value) {
        lastCall = System.nanoTime();
        return ranks.sum(rank, value);
    }

    @Override
    public void barrier() {
        lastCall = System.nanoTime();
        ranks.barrier(rank);
    }

    @Override
    public void abort(String reason) {
        ranks.processes().abort(reason);
    }

    // ---- meeting ----

    private CudaContext begin(ExecutionContext ctx, Tensor tensor, String done) {
        CudaContext own = CudaContext.of(ctx);
        if (!tensor.device().equals(own.device().device()) || !tensor.isContiguous()) {
            throw new IllegalArgumentException(tensor + " cannot be " + done + " over the ranks: it must be contiguous and on "
                    + own.device().device() + ", where rank " + rank + " computes");
        }
        ranks.processes().check();
        lastCall = System.nanoTime();
        if (handle == null) {
            meet(own);
        } else if (context != own) {
            throw new IllegalArgumentException("rank " + rank + " has begun its collectives in another context; a rank has one");
        }
        return own;
    }

    private void meet(CudaContext own) {
        if (closed) {
            throw new IllegalStateException("the communicator of rank " + rank + " was used after it was closed");
        }
        if (own.isCapturing()) {
            throw new IllegalStateException("the first collective cannot be part of a CUDA graph: broadcast the weights before");
        }
        byte[] id = ranks.gather(rank, "NCCL's name of the ranks",
                rank == 0 ? NcclHandle.uniqueId() : new byte[Nccl.NCCL_UNIQUE_ID_BYTES()])[0];
        handle = connect(own.device(), id);
        ranks.processes().onAbort(handle::abort);
        context = own;
        stream = own.newStream(life);
        issued = own.newEvent(life);
        summed = own.newEvent(life);
        own.setWaitCheck(this::check);
    }

    /** On a thread of its own, which is left to itself when another rank is lost meanwhile: NCCL has no way to end it. */
    private NcclHandle connect(CudaDevice device, byte[] id) {
        CompletableFuture<NcclHandle> connecting = new CompletableFuture<>();
        Thread.ofPlatform().name("saryu-nccl-" + rank).daemon().start(() -> {
            try {
                connecting.complete(NcclHandle.meet(device, id, rank, worldSize()));
            } catch (Throwable e) {
                connecting.completeExceptionally(e);
            }
        });
        while (true) {
            try {
                return connecting.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                ranks.processes().check();
                checkTime("connect to the others");
            } catch (ExecutionException e) {
                waitForReason();
                throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                abort("rank " + rank + " was interrupted while it waited for the others");
            }
        }
    }

    // ---- waiting ----

    /** Asked while the GPU is waited for. */
    private void check() {
        if (ranks.processes().aborted() == null) {
            String error = handle.asyncError();
            if (error == null) {
                checkTime("answer");
                return;
            }
            waitForReason();
            abort("rank " + rank + " lost its connection to the others: " + error);
        }
        // Before anybody gives memory back that the GPU still sums.
        handle.abort();
        ranks.processes().check();
    }

    private void checkTime(String what) {
        if (System.nanoTime() - lastCall > TimeUnit.SECONDS.toNanos(timeoutSeconds)) {
            abort("the GPU of rank " + rank + " did not " + what + " within " + timeoutSeconds + " s, though all processes live; see"
                    + " what NCCL_DEBUG=INFO prints and that the GPUs reach each other, or give it more time with " + TIMEOUT
                    + "=SECONDS");
            ranks.processes().check();
        }
    }

    /** @throws CommunicatorAbortedException when it turns out soon that a rank is lost */
    private void waitForReason() {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(NAMING_MILLIS);
        while (worldSize() > 1 && System.nanoTime() < end && ranks.processes().aborted() == null) {
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        if (handle != null && ranks.processes().aborted() != null) {
            handle.abort();
        }
        ranks.processes().check();
    }

    // ---- the rest ----

    private static int type(Tensor tensor) {
        return switch (tensor.dtype()) {
            case F64 -> Nccl.ncclFloat64();
            case F32 -> Nccl.ncclFloat32();
            case F16 -> Nccl.ncclFloat16();
            case BF16 -> Nccl.ncclBfloat16();
            case I64 -> Nccl.ncclInt64();
            case I32 -> Nccl.ncclInt32();
            case I8 -> Nccl.ncclInt8();
            default -> throw new IllegalArgumentException(tensor + " is of a type that NCCL does not sum");
        };
    }

    /**
     * The other ranks should close theirs at the same time, each on its own thread. The context's graphs go with it, as they
     * hold collectives.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (handle != null) {
            if (begun) {
                abort("rank " + rank + " has left the group");
            }
            boolean whole = awaitOwn();
            context.setWaitCheck(() -> { });
            if (!whole) {
                handle.abort();
            }
            context.forgetGraphs();
            handle.destroy();
            // What was aborted has ended: this does not wait for another rank.
            Cuda.cuStreamSynchronize(stream);
        }
        life.close();
    }

    /** Whether all that this rank has issued came to its end. */
    private boolean awaitOwn() {
        if (ranks.processes().aborted() != null) {
            return false;
        }
        try {
            context.synchronize();
            return true;
        } catch (RuntimeException e) {
            // Closing has no better reason to give than what ended the run.
            return false;
        }
    }
}

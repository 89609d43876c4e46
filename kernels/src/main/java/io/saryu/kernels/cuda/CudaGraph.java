package io.saryu.kernels.cuda;

import io.saryu.bindings.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Work of a stream that was recorded once, and is launched whole. */
final class CudaGraph implements AutoCloseable {
    private MemorySegment executable;

    private CudaGraph(MemorySegment executable) {
        this.executable = executable;
    }

    /**
     * Records what {@code work} issues to the stream; nothing of it runs yet. Whatever fails, the stream is afterwards as
     * it was.
     *
     * @throws CudaException when the work cannot be recorded
     */
    static CudaGraph capture(MemorySegment stream, Runnable work) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            CudaErrors.check(Cuda.cuStreamBeginCapture_v2(stream, Cuda.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL()),
                    "beginning to record a CUDA graph");
            Throwable failure = null;
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            out.set(ValueLayout.ADDRESS, 0, MemorySegment.NULL);
            int status = Cuda.cuStreamEndCapture(stream, out);
            MemorySegment graph = out.get(ValueLayout.ADDRESS, 0);
            try {
                // What the work threw says more than that the record is incomplete.
                if (failure instanceof Error error) {
                    throw error;
                }
                if (failure instanceof RuntimeException exception) {
                    throw exception;
                }
                CudaErrors.check(status, "recording a CUDA graph");
                CudaErrors.check(Cuda.cuGraphInstantiateWithFlags(out, graph, 0), "making a CUDA graph ready to launch");
                return new CudaGraph(out.get(ValueLayout.ADDRESS, 0));
            } finally {
                if (!graph.equals(MemorySegment.NULL)) {
                    Cuda.cuGraphDestroy(graph);
                }
            }
        }
    }

    /** Issues all of it to the stream. */
    void launch(MemorySegment stream) {
        CudaErrors.check(Cuda.cuGraphLaunch(executable, stream), "launching a CUDA graph");
    }

    /** A launch that still runs ends first. */
    @Override
    public void close() {
        if (executable != null) {
            Cuda.cuGraphExecDestroy(executable);
            executable = null;
        }
    }
}

package io.saryu.kernels.cuda;

import io.saryu.backend.ExecutionContext.Replay;
import io.saryu.tensor.Workspace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The graphs of one context, by what they compute and where: a graph holds addresses, so work that meets the workspace in
 * another state is other work.
 */
final class CudaGraphs implements AutoCloseable {
    /** Each holds memory on the GPU; a run needs one or two. */
    private static final int MOST = 16;

    /**
     * @param key   the caller's
     * @param held  bytes of the workspace
     * @param state which of them are free
     */
    private record Work(Object key, long held, int state) {
    }

    private final CudaContext context;
    /** Work that ran once has a place here, without a graph; the one used longest ago is first. */
    private final Map<Work, CudaGraph> known = new LinkedHashMap<>(16, 0.75f, true);
    private boolean capturing;

    CudaGraphs(CudaContext context) {
        this.context = context;
    }

    boolean capturing() {
        return capturing;
    }

    /**
     * Runs work: the first time as it is, so that kernels are compiled, the workspace grows and choices are made; the second
     * time it is recorded; from then on the record is launched.
     */
    void replay(Object key, Runnable body) {
        if (capturing) {
            // Part of work that is being recorded.
            body.run();
            return;
        }
        Work work = work(key);
        CudaGraph graph = known.get(work);
        if (graph == null && !known.containsKey(work)) {
            body.run();
            // As the next run will find it, should this one have made the workspace grow.
            remember(work(key), null);
            return;
        }
        if (graph == null) {
            graph = capture(work, body);
        }
        graph.launch(context.stream());
    }

    /** What {@link #replay(Object, Runnable)} would do now. */
    Replay next(Object key) {
        Work work = work(key);
        return known.get(work) != null ? Replay.LAUNCH : known.containsKey(work) ? Replay.RECORD : Replay.RUN;
    }

    /** As {@link #replay(Object, Runnable)}, as far as all ranks can. */
    void replay(Object key, Replay least, Runnable body) {
        if (!capturing && least != Replay.LAUNCH) {
            boolean record = least == Replay.RECORD && next(key) != Replay.RUN;
            Work now = work(key);
            forget(work -> work.key.equals(key));
            if (record) {
                remember(now, null);
            }
        }
        replay(key, body);
    }

    private void forget(Predicate<Work> which) {
        List<Work> all = known.keySet().stream().filter(which).toList();
        if (all.stream().anyMatch(work -> known.get(work) != null)) {
            // One of them may still run.
            context.synchronize();
        }
        for (Work work : all) {
            CudaGraph graph = known.remove(work);
            if (graph != null) {
                graph.close();
            }
        }
    }

    private CudaGraph capture(Work work, Runnable body) {
        capturing = true;
        CudaGraph graph;
        try {
            graph = CudaGraph.capture(context.stream(), body);
        } finally {
            capturing = false;
        }
        if (!work(work.key).equals(work)) {
            graph.close();
            throw new IllegalStateException("work that was recorded into a CUDA graph has kept memory of the workspace, which"
                    + " the next replay would use again; close every tensor in it, or run it without replay");
        }
        remember(work, graph);
        return graph;
    }

    private Work work(Object key) {
        Workspace workspace = context.workspace();
        return new Work(key, workspace.bytesHeld(), workspace.state());
    }

    private void remember(Work work, CudaGraph graph) {
        known.put(work, graph);
        if (known.size() > MOST) {
            Work oldest = known.keySet().iterator().next();
            forget(oldest::equals);
        }
    }

    @Override
    public void close() {
        known.values().forEach(graph -> {
            if (graph != null) {
                graph.close();
            }
        });
        known.clear();
    }
}

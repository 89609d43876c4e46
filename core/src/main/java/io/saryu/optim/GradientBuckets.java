package io.saryu.optim;

import io.saryu.backend.ExecutionContext;
import io.saryu.dist.Communicator;
import io.saryu.nn.FlatParameters;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums the flat gradients over the ranks in buckets that start while backward still computes the gradients of earlier layers
 * (Li et al., PyTorch Distributed, arXiv:2006.15704). The flat buffer is in the order in which backward finishes its groups,
 * so a bucket is a range of it. Buckets start in that order on all ranks, whatever order the groups of a bucket come in.
 *
 * <p>A bucket takes groups until it has as many bytes as it should; a group that is as large by itself is one alone. So a
 * tied embedding, which is complete only at the end, keeps nothing waiting but itself.
 */
public final class GradientBuckets {
    /** PyTorch's {@code bucket_cap_mb}, 25 MiB: large enough to use the bandwidth, small enough to start early. */
    public static final long DEFAULT_BYTES = 25L << 20;

    private final Communicator communicator;
    private final List<Tensor> ranges = new ArrayList<>();
    private final Map<Tensor, Integer> bucketOf = new IdentityHashMap<>();
    private final int[] groups;
    private final int[] missing;
    private int begun;

    /**
     * @param parameters with gradients
     * @param bytes      size at which a bucket is full, at least 1
     */
    public GradientBuckets(FlatParameters parameters, Communicator communicator, long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a bucket needs at least one byte, not " + bytes);
        }
        this.communicator = communicator;
        Tensor grads = parameters.grads();
        List<Integer> counts = new ArrayList<>();
        long from = 0;
        long filled = 0;
        int members = 0;
        for (Tensor group : parameters.groups()) {
            long size = group.grad().count() * grads.dtype().bytes();
            if (members > 0 && (filled >= bytes || size >= bytes)) {
                long to = parameters.offset(group.name());
                ranges.add(grads.slice("gradient bucket " + ranges.size(), from, to - from));
                counts.add(members);
                from = to;
                filled = 0;
                members = 0;
            }
            bucketOf.put(group, ranges.size());
            filled += size;
            members++;
        }
        ranges.add(grads.slice("gradient bucket " + ranges.size(), from, grads.count() - from));
        counts.add(members);
        this.groups = counts.stream().mapToInt(Integer::intValue).toArray();
        this.missing = groups.clone();
    }

    /** The ranges of the flat gradients, in the order in which they are summed; together all of it. */
    public List<Tensor> ranges() {
        return Collections.unmodifiableList(ranges);
    }

    /** Before backward of a step's last micro-batch: nothing is complete yet. */
    public void restart() {
        System.arraycopy(groups, 0, missing, 0, groups.length);
        begun = 0;
    }

    /**
     * Takes note that backward has issued the last op on a parameter's gradient, and begins the sums of buckets that are
     * complete with it; for {@link io.saryu.autograd.Tape#onParameterGradient}.
     */
    public void complete(ExecutionContext ctx, Tensor parameter) {
        missing[bucketOf.get(parameter)]--;
        while (begun < missing.length && missing[begun] == 0) {
            communicator.allReduceSumAsync(ctx, ranges.get(begun++));
        }
    }

    /**
     * After backward: ops issued to {@code ctx} from now on see the sums over all ranks.
     *
     * @throws IllegalStateException when a parameter's gradient was not reported complete
     */
    public void finish(ExecutionContext ctx) {
        if (begun < ranges.size()) {
            throw new IllegalStateException("backward ended and " + missing[begun] + " gradients of " + ranges.get(begun)
                    + " are not complete");
        }
        communicator.finishAsync(ctx);
    }
}

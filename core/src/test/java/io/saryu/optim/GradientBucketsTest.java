package io.saryu.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.ExecutionContext;
import io.saryu.backend.ReferenceBackend;
import io.saryu.dist.SingleProcess;
import io.saryu.nn.FlatParameters;
import io.saryu.nn.FlatParameters.Group;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradientBucketsTest {
    private final ReferenceBackend backend = new ReferenceBackend();

    /** Ten groups of 400 bytes, one that is not a multiple of the alignment, and an embedding of 40,000. */
    private FlatParameters parameters() {
        List<Group> groups = new java.util.ArrayList<>();
        for (int i = 0; i < 10; i++) {
            groups.add(Group.of("layer " + i, true, 100));
        }
        groups.add(Group.of("odd", false, 7));
        groups.add(Group.of("embedding", true, 100, 100));
        FlatParameters parameters = new FlatParameters(backend, DType.F32, groups);
        parameters.enableTraining();
        return parameters;
    }

    private static List<Long> sizes(FlatParameters parameters, long bytes) {
        GradientBuckets buckets = new GradientBuckets(parameters, new SingleProcess(), bytes);
        long from = 0;
        for (Tensor range : buckets.ranges()) {
            assertEquals(parameters.grads().segment().address() + from, range.segment().address());
            from += 4 * range.count();
        }
        assertEquals(4 * parameters.grads().count(), from);
        return buckets.ranges().stream().map(r -> r.count()).toList();
    }

    @Test
    void rangesCoverTheGradientsInOrder() {
        try (FlatParameters parameters = parameters()) {
            // Groups start at multiples of 16 elements, so 100 take 112.
            assertEquals(List.of(112L, 112L, 112L, 112L, 112L, 112L, 112L, 112L, 112L, 112L, 16L, 10000L), sizes(parameters, 1));
            assertEquals(List.of(3 * 112L, 3 * 112L, 3 * 112L, 112L + 16, 10000L), sizes(parameters, 1000));
            assertEquals(List.of(10 * 112L + 16, 10000L), sizes(parameters, 40_000));
            assertEquals(List.of(10 * 112L + 16 + 10000), sizes(parameters, GradientBuckets.DEFAULT_BYTES));
            assertThrows(IllegalArgumentException.class, () -> sizes(parameters, 0));
        }
    }

    @Test
    void aGradientThatNeverComesIsAnError() {
        try (FlatParameters parameters = parameters(); ExecutionContext ctx = backend.newContext(1)) {
            GradientBuckets buckets = new GradientBuckets(parameters, new SingleProcess(), 1000);
            for (int step = 0; step < 2; step++) {
                buckets.restart();
                parameters.groups().forEach(g -> buckets.complete(ctx, g));
                buckets.finish(ctx);
            }
            buckets.restart();
            parameters.groups().forEach(g -> {
                if (!g.name().equals("odd")) {
                    buckets.complete(ctx, g);
                }
            });
            String said = assertThrows(IllegalStateException.class, () -> buckets.finish(ctx)).getMessage();
            assertTrue(said.contains("1 gradients of") && said.contains("gradient bucket 3"), said);
        }
    }
}

package io.saryu.bench;

import java.util.List;
import java.util.Locale;

/**
 * Predicts the tokens/s of data-parallel training from the step time of one GPU and NCCL's cost model; docs/scaling.md holds
 * the formula, the assumptions and the output. Needs nothing else: {@code java Scaling.java [STEP_MS]}.
 */
public final class Scaling {
    /** The 88.5 M seed model: fp32 gradients, of which the tied embedding (V 50,000 by C 512) is complete only at the end. */
    private static final double GRADIENT_BYTES = 4.0 * 88_530_432;
    private static final double LAST_BUCKET_BYTES = 4.0 * 50_000 * 512;
    private static final int TOKENS = 16 * 1024;
    /**
     * Of a step of one GPU: backward of the layers. The output projection's gradients are formed in the forward pass, with the
     * loss. In MFLOP a token: 4 times 62.93 M weights, and 8 L NH HS T of attention, of 682 in all; the update is a small rest.
     */
    private static final double BACKWARD_SHARE = 0.50;

    /**
     * A way in which GPUs are joined.
     *
     * @param perHost     GPUs of a host
     * @param inside      bus bandwidth of NCCL's all-reduce within a host, bytes/s
     * @param between     bus bandwidth between hosts, for all GPUs of a host together, bytes/s
     * @param hopInside   latency of a step of the algorithm within a host, s
     * @param hopBetween  the same between hosts, s
     */
    private record Fabric(String name, int perHost, double inside, double between, double hopInside, double hopBetween) {
    }

    private static final List<Fabric> FABRICS = List.of(
            new Fabric("NVLink, 8 a host, 8 x 400 Gb/s between", 8, 360e9, 8 * 45e9, 3e-6, 8e-6),
            new Fabric("NVLink, 8 a host, 100 Gb/s between", 8, 360e9, 11e9, 3e-6, 20e-6),
            new Fabric("PCIe 4.0, 4 a host, 100 Gb/s between", 4, 12e9, 11e9, 7e-6, 20e-6));

    private Scaling() {
    }

    /** Seconds of one all-reduce over n GPUs. */
    private static double allReduce(Fabric f, double bytes, int n) {
        int inside = Math.min(n, f.perHost);
        int hosts = (n + f.perHost - 1) / f.perHost;
        double ring = 2.0 * (inside - 1) / inside * bytes / f.inside + 2.0 * (inside - 1) * f.hopInside;
        if (hosts == 1) {
            return ring;
        }
        double steps = 2 * Math.ceil(Math.log(hosts) / Math.log(2));
        return ring + 2.0 * (hosts - 1) / hosts * bytes / f.between + steps * f.hopBetween;
    }

    /** Seconds of a step over n GPUs, of which each does what one GPU does in {@code one} seconds. */
    private static double step(Fabric f, double one, int n, int accumulation) {
        if (n == 1) {
            return one * accumulation;
        }
        double early = allReduce(f, GRADIENT_BYTES - LAST_BUCKET_BYTES, n);
        double last = allReduce(f, LAST_BUCKET_BYTES, n);
        return one * accumulation + Math.max(0, early - BACKWARD_SHARE * one) + last;
    }

    /** Prints the tables as Markdown. */
    public static void main(String[] args) {
        double one = (args.length > 0 ? Double.parseDouble(args[0]) : 42) / 1e3;
        for (int accumulation : new int[] {1, 8}) {
            System.out.printf(Locale.ROOT, "%nStep of one GPU %.1f ms, 16 x 1024 tokens, %d accumulation step%s: tokens/s (share of"
                    + " n times one GPU)%n%n| |", one * 1e3, accumulation, accumulation == 1 ? "" : "s");
            int[] counts = {1, 4, 8, 64};
            for (int n : counts) {
                System.out.printf(" %d |", n);
            }
            System.out.print("\n|---|" + "---:|".repeat(counts.length) + "\n");
            for (Fabric f : FABRICS) {
                System.out.printf("| %s |", f.name);
                for (int n : counts) {
                    double rate = (double) n * accumulation * TOKENS / step(f, one, n, accumulation);
                    System.out.printf(Locale.ROOT, " %,.0f (%.0f %%) |", rate, 100 * rate / (n * TOKENS / one));
                }
                System.out.println();
            }
        }
    }
}

package io.saryu.benchmark;

import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The roof of the decoding benchmark: a process that reads memory once, and does little else, when a line on standard input asks
 * for it. A process of its own, so that its memory is nobody else's.
 */
public final class ReadWorker {
    /** Columns and rows of the matrix that is read: 256 MB, beyond any cache. */
    private static final int WIDTH = 1024;
    private static final int ROWS = 1 << 16;

    private ReadWorker() {
    }

    /** usage: THREADS. Answers "read N" with the bytes a second of N reads. */
    public static void main(String[] args) throws IOException {
        Backend backend = Backends.get("cpu");
        try (ExecutionContext ctx = backend.newContext(Integer.parseInt(args[0]))) {
            System.out.println("{\"ready\": \"" + backend.description() + ", " + ctx.threads() + " threads\"}");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println("{\"bandwidth\": " + bandwidth(backend, ctx, Integer.parseInt(line.split(" ")[1])) + "}");
            }
        }
    }

    /**
     * Bytes a second of {@code repeats} products of a matrix by one vector. All of the time counts, not the best of it, as all
     * of a token's does: both take what the machine's neighbours leave of the bandwidth.
     */
    static double bandwidth(Backend backend, ExecutionContext ctx, int repeats) {
        try (Tensor matrix = ctx.acquire("matrix", DType.F32, ROWS, WIDTH);
                Tensor vector = ctx.acquire("vector", DType.F32, 1, WIDTH);
                Tensor out = ctx.acquire("out", DType.F32, 1, ROWS)) {
            backend.fill(ctx, matrix, 0.5);
            backend.fill(ctx, vector, 0.5);
            long start = System.nanoTime();
            for (int i = 0; i < repeats; i++) {
                backend.matmul(ctx, out, vector, false, matrix, true, false);
            }
            return 4.0 * WIDTH * ROWS * repeats * 1e9 / (System.nanoTime() - start);
        }
    }
}

package io.saryu.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Config;
import io.saryu.nn.Qwen3Weights;
import io.saryu.optim.TrainingStep;
import io.saryu.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** One golden folder, copied out of the test jar: the model, its batches, and where the expected values lie. */
final class GoldenCase {
    final Path folder;
    final Qwen3Config config;
    final JsonNode trajectory;
    final int batch;
    final int length;
    private final int[] ids;
    private final int[] labels;

    GoldenCase(String name, Path temp) throws IOException {
        folder = GoldenFiles.copy(name, temp.resolve(name));
        config = Qwen3Config.read(folder.resolve("config.json"));
        trajectory = new ObjectMapper().readTree(folder.resolve("trajectory.json").toFile());
        batch = trajectory.path("case").path("batch").asInt();
        length = trajectory.path("case").path("seq").asInt();
        ids = ints(folder.resolve("input_ids.bin"));
        labels = ints(folder.resolve("labels.bin"));
    }

    Qwen3 model(Backend backend, ExecutionContext ctx, DType dtype, DType compute) throws IOException {
        Qwen3 model = new Qwen3(backend, ctx, config, dtype, compute);
        Qwen3Weights.load(model, ctx, folder);
        return model;
    }

    int steps() {
        return trajectory.path("float64").size();
    }

    TrainingStep.MicroBatch batch(int step) {
        int n = batch * length;
        int[] in = Arrays.copyOfRange(ids, step * n, (step + 1) * n);
        int[] targets = new int[n];
        for (int i = 0; i < n; i++) {
            targets[i] = i % length == length - 1 ? TrainingStep.IGNORED : labels[step * n + i + 1];
        }
        return new TrainingStep.MicroBatch(in, targets);
    }

    private static int[] ints(Path file) throws IOException {
        ByteBuffer b = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int[] out = new int[b.remaining() / 4];
        b.asIntBuffer().get(out);
        return out;
    }
}

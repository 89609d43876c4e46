package io.saryu.nn;

import io.saryu.backend.ExecutionContext;
import io.saryu.files.MalformedFileException;
import io.saryu.files.SafetensorsModel;
import io.saryu.files.SafetensorsWriter;
import io.saryu.files.TensorInfo;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Initial weights of a {@link Qwen3}, and its way from and to a Hugging Face folder. */
public final class Qwen3Weights {
    private Qwen3Weights() {
    }

    /**
     * transformers' initialisation: norms 1, all else normal with deviation {@code initializer_range}. Each tensor has a
     * stream of its own, seeded by its name, so that its values do not depend on the layout.
     */
    public static void initialize(Qwen3 model, ExecutionContext ctx, long seed) {
        double deviation = model.config().initializerRange();
        for (Map.Entry<String, Tensor> e : model.namedWeights().entrySet()) {
            if (e.getValue().rank() == 1) {
                model.backend().fill(ctx, e.getValue(), 1);
                continue;
            }
            RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom")
                    .create(seed * 0x9E3779B97F4A7C15L + hash(e.getKey()));
            try (Tensor host = Tensor.allocate(e.getKey(), model.dtype(), e.getValue().shape())) {
                long n = host.count();
                for (long i = 0; i < n; i++) {
                    host.setAt(i, random.nextGaussian() * deviation);
                }
                put(model, ctx, e.getKey(), e.getValue(), host);
            }
        }
    }

    /** Copies a tensor's values into the model, in the type that it stores them in. */
    private static void put(Qwen3 model, ExecutionContext ctx, String name, Tensor weight, Tensor host) {
        Tensor scales = model.scales(name);
        if (scales == null) {
            model.backend().copyFromHost(ctx, weight, host);
        } else if (host.dtype() == DType.F32 && host.device().equals(model.backend().device())) {
            model.backend().quantize(ctx, weight, scales, host);
        } else {
            // Not from the workspace, which would keep memory of the largest tensor's size.
            try (Tensor wide = model.backend().allocate(name, DType.F32, host.shape())) {
                model.backend().copyFromHost(ctx, wide, host);
                model.backend().quantize(ctx, weight, scales, wide);
                ctx.synchronize();
            }
        }
        ctx.synchronize();
    }

    private static long hash(String name) {
        long h = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ b) * 0x100000001b3L;
        }
        return h;
    }

    /**
     * Reads the weights of a Hugging Face folder, converting to the types that the model stores. Beside the model's own
     * memory it takes that of one tensor at a time.
     *
     * @throws MalformedFileException when a tensor is missing, has another shape, or is not known to Qwen3
     */
    public static void load(Qwen3 model, ExecutionContext ctx, Path folder) throws IOException {
        try (SafetensorsModel file = SafetensorsModel.open(folder)) {
            Map<String, Tensor> weights = model.namedWeights();
            for (String name : file.names()) {
                // A tied model may be saved with its head spelt out; it is the embedding again.
                boolean tiedHead = name.equals(Qwen3Layout.HEAD) && model.config().tieWordEmbeddings();
                if (!weights.containsKey(name) && !tiedHead) {
                    throw new MalformedFileException(folder + " holds a tensor '" + name
                            + "' that a Qwen3 model of this config.json does not have; the folder mixes two models");
                }
            }
            for (Map.Entry<String, Tensor> e : weights.entrySet()) {
                read(model, ctx, file, folder, e.getKey(), e.getValue());
            }
        }
    }

    private static void read(Qwen3 model, ExecutionContext ctx, SafetensorsModel file, Path folder, String name,
            Tensor weight) throws IOException {
        if (!file.names().contains(name)) {
            throw new MalformedFileException(folder + " lacks the tensor '" + name + "' that its config.json calls for");
        }
        TensorInfo info = file.info(name);
        if (!Arrays.equals(info.shape(), weight.shape()) || !info.dtype().isFloating()) {
            throw new MalformedFileException("tensor '" + name + "' in " + folder + " is " + info.dtype()
                    + Arrays.toString(info.shape()) + ", but its config.json calls for a floating type and "
                    + Arrays.toString(weight.shape()));
        }
        try (Tensor host = Tensor.allocate(name, info.dtype(), info.shape())) {
            file.read(name, host.segment());
            put(model, ctx, name, weight, host);
        }
    }

    /**
     * Tensors as F32 on the host, to be written to a file: views of those that are so already, copies of others. The caller
     * closes each and changes nothing meanwhile.
     */
    public static Map<String, Tensor> onHost(Map<String, Tensor> tensors, ExecutionContext ctx) {
        Map<String, Tensor> out = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
            Tensor tensor = e.getValue();
            if (tensor.device().isHost() && tensor.dtype() == DType.F32) {
                out.put(e.getKey(), tensor.named(e.getKey()));
                continue;
            }
            Tensor host = Tensor.allocate(e.getKey(), DType.F32, tensor.shape());
            ctx.backend().copyToHost(ctx, host, tensor);
            out.put(e.getKey(), host);
        }
        ctx.synchronize();
        return out;
    }

    /**
     * Writes {@code config.json} and {@code model.safetensors} (fp32) into an existing folder, each atomically.
     *
     * @throws IllegalStateException for a model whose weights are frozen
     */
    public static void save(Qwen3 model, ExecutionContext ctx, Path folder) throws IOException {
        model.config().write(folder.resolve("config.json"));
        Map<String, Tensor> host = onHost(model.parameters().named(), ctx);
        try {
            SafetensorsWriter.write(folder.resolve("model.safetensors"), host, Map.of("format", "pt"));
        } finally {
            host.values().forEach(Tensor::close);
        }
    }
}

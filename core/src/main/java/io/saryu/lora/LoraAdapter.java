package io.saryu.lora;

import io.saryu.autograd.LowRank;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.Adapter;
import io.saryu.nn.FlatParameters;
import io.saryu.nn.FlatParameters.Group;
import io.saryu.nn.FlatParameters.Part;
import io.saryu.nn.Projection;
import io.saryu.nn.Projection.Module;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Config;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A LoRA adapter: for each adapted module A (r, in features) and B (out features, r), all in one flat buffer, in the order in
 * which backward finishes them, under PEFT's names. Several can be made for one model, which uses one at a time
 * ({@link Qwen3#useAdapter}, {@link Adapters}).
 *
 * <p>Holds memory of its own until it is closed; close the model first, or take the adapter off it.
 */
public final class LoraAdapter implements Adapter, AutoCloseable {
    /** What PEFT puts before the name of a module. */
    static final String PREFIX = "base_model.model.";

    private final LoraConfig config;
    private final Backend backend;
    private final FlatParameters parameters;
    private final Map<String, LowRank.Factors> factors = new LinkedHashMap<>();
    private final List<String> modules = new ArrayList<>();
    /** s A of all products, in the type that products read. */
    private final Tensor scaled;
    private final Tensor scale;

    /**
     * An adapter with zeroed weights; {@link #initialize} or {@link PeftFolder} fill it.
     *
     * @param model   shapes of the model that it is for
     * @param dtype   of its weights: F32, or F64 on the reference backend
     * @param compute of what products read: the model's {@link Qwen3#computeType}
     * @throws IllegalArgumentException when a target is no module of the model
     */
    public LoraAdapter(Backend backend, ExecutionContext ctx, Qwen3Config model, DType dtype, DType compute,
            LoraConfig config) {
        this.config = config;
        this.backend = backend;
        List<Projection> adapted = new ArrayList<>();
        for (Projection p : Projection.of(model)) {
            List<Module> own = p.modules().stream().filter(m -> config.targets(m.name())).toList();
            if (!own.isEmpty()) {
                adapted.add(new Projection(p.group(), p.in(), own));
                own.forEach(m -> modules.add(m.name()));
            }
        }
        requireAll(config, modules);
        this.parameters = new FlatParameters(backend, dtype, compute, groups(adapted, config.r()));
        long most = adapted.stream().mapToLong(p -> p.modules().size()).max().orElseThrow() * config.r();
        this.scale = backend.allocate("LoRA scaling", dtype, most, most);
        this.scaled = backend.allocate("scaled lora_A", compute, adapted.stream().mapToLong(this::scaledCount).sum());
        setScale(ctx, dtype, most);
        long from = 0;
        for (Projection p : adapted) {
            factors.put(p.group(), factors(p, from));
            from += scaledCount(p);
        }
    }

    /** An adapter for a model, on its backend and of its types. */
    public static LoraAdapter of(Qwen3 model, ExecutionContext ctx, LoraConfig config) {
        return new LoraAdapter(model.backend(), ctx, model.config(), model.dtype(), model.computeType(), config);
    }

    private static void requireAll(LoraConfig config, List<String> modules) {
        for (String target : config.targetModules()) {
            if (modules.stream().noneMatch(m -> m.equals(target) || m.endsWith("." + target))) {
                throw new IllegalArgumentException("target_modules names '" + target + "', which the model does not have;"
                        + " a decoder layer has " + String.join(", ", Projection.NAMES));
            }
        }
    }

    private static List<Group> groups(List<Projection> adapted, int r) {
        List<Group> groups = new ArrayList<>();
        for (Projection p : adapted) {
            groups.add(new Group(p.group() + ".lora_A", true,
                    p.modules().stream().map(m -> new Part(nameA(m.name()), r, p.in())).toList()));
            p.modules().forEach(m -> groups.add(Group.of(nameB(m.name()), true, m.out(), r)));
        }
        return groups;
    }

    static String nameA(String module) {
        return PREFIX + module + ".lora_A.weight";
    }

    static String nameB(String module) {
        return PREFIX + module + ".lora_B.weight";
    }

    /** Elements of a product's s A, so that the next one begins at a multiple of 64 bytes. */
    private long scaledCount(Projection p) {
        return (p.modules().size() * config.r() * p.in() + 63) / 64 * 64;
    }

    private LowRank.Factors factors(Projection p, long from) {
        Tensor a = parameters.group(p.group() + ".lora_A");
        List<LowRank.Branch> branches = new ArrayList<>();
        for (Module m : p.modules()) {
            branches.add(new LowRank.Branch(parameters.group(nameB(m.name())), parameters.copy(nameB(m.name())),
                    (long) branches.size() * config.r(), m.from()));
        }
        return new LowRank.Factors(a, scaled.slice("scaled " + a.name(), from, a.shape()),
                scale.rows(0, a.dim(0)).columns(0, a.dim(0)), List.copyOf(branches), config.loraDropout(), factors.size());
    }

    private void setScale(ExecutionContext ctx, DType dtype, long n) {
        try (Tensor host = Tensor.allocate("LoRA scaling", dtype, n, n)) {
            for (long i = 0; i < n; i++) {
                host.setAt(i * n + i, config.scaling());
            }
            backend.copyFromHost(ctx, scale, host);
            ctx.synchronize();
        }
    }

    /**
     * PEFT's initialisation: A uniform in {@code 1 / sqrt(in features)} around 0, B zero, so that nothing is added at first.
     * Each tensor has a stream of its own, seeded by its name.
     */
    public void initialize(ExecutionContext ctx, long seed) {
        for (Map.Entry<String, Tensor> e : parameters.named().entrySet()) {
            Tensor weight = e.getValue();
            if (!e.getKey().contains(".lora_A.")) {
                backend.fill(ctx, weight, 0);
                continue;
            }
            double bound = 1 / Math.sqrt(weight.dim(1));
            RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom")
                    .create(seed * 0x9E3779B97F4A7C15L + hash(e.getKey()));
            try (Tensor host = Tensor.allocate(e.getKey(), weight.dtype(), weight.shape())) {
                for (long i = 0; i < host.count(); i++) {
                    host.setAt(i, random.nextDouble(-bound, bound));
                }
                backend.copyFromHost(ctx, weight, host);
                ctx.synchronize();
            }
        }
    }

    private static long hash(String name) {
        long h = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ b) * 0x100000001b3L;
        }
        return h;
    }

    public LoraConfig config() {
        return config;
    }

    /** Paths of the adapted modules, such as {@code model.layers.0.self_attn.q_proj}. */
    public List<String> modules() {
        return List.copyOf(modules);
    }

    @Override
    public FlatParameters parameters() {
        return parameters;
    }

    @Override
    public LowRank.Factors factors(String group) {
        return factors.get(group);
    }

    @Override
    public void refresh(ExecutionContext ctx) {
        parameters.round(ctx);
        for (LowRank.Factors f : factors.values()) {
            if (f.scaled().dtype() == f.a().dtype()) {
                backend.matmul(ctx, f.scaled(), f.scale(), false, f.a(), false, false);
                continue;
            }
            try (Tensor wide = ctx.acquire("scaled lora_A", f.a().dtype(), f.a().shape())) {
                backend.matmul(ctx, wide, f.scale(), false, f.a(), false, false);
                backend.copy(ctx, f.scaled(), wide);
            }
        }
    }

    /**
     * Adds {@code s B A} of each module to its weight.
     *
     * @param weights by their names in a checkpoint, of this adapter's type
     */
    void addTo(ExecutionContext ctx, Map<String, Tensor> weights) {
        Map<String, Tensor> own = parameters.named();
        int r = config.r();
        for (String module : modules) {
            Tensor a = own.get(nameA(module));
            try (Tensor times = ctx.acquire("scaled lora_A", a.dtype(), a.shape())) {
                backend.matmul(ctx, times, scale.rows(0, r).columns(0, r), false, a, false, false);
                backend.matmul(ctx, weights.get(module + ".weight"), own.get(nameB(module)), false, times, false, true);
            }
        }
    }

    @Override
    public void close() {
        parameters.close();
        scaled.close();
        scale.close();
    }
}

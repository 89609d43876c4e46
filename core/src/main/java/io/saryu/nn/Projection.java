package io.saryu.nn;

import io.saryu.nn.FlatParameters.Group;
import io.saryu.nn.FlatParameters.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * A matrix product of a decoder layer, and the modules of transformers that it is: q_proj, k_proj and v_proj are one, gate_proj
 * and up_proj are one.
 *
 * @param group   name of its parameter in the model
 * @param in      input features, of all modules
 * @param modules in the order of their output features
 */
public record Projection(String group, long in, List<Module> modules) {
    /** The modules that a decoder layer has, by their last names. */
    public static final List<String> NAMES =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");
    private static final String WEIGHT = ".weight";

    /**
     * An {@code nn.Linear} of transformers.
     *
     * @param name for example {@code model.layers.0.self_attn.q_proj}
     * @param from first of the product's output features that are its own
     * @param out  output features
     */
    public record Module(String name, long from, long out) {
        /** The name of its weight in a checkpoint. */
        public String weight() {
            return name + WEIGHT;
        }
    }

    /** All of a model's layers, in the order in which backward finishes them. */
    public static List<Projection> of(Qwen3Config config) {
        List<Projection> all = new ArrayList<>();
        for (Group group : Qwen3Layout.groups(config)) {
            if (!group.parts().getFirst().name().matches("model\\.layers\\..*_proj\\.weight")) {
                continue;
            }
            List<Module> modules = new ArrayList<>();
            long from = 0;
            for (Part part : group.parts()) {
                String name = part.name().substring(0, part.name().length() - WEIGHT.length());
                modules.add(new Module(name, from, part.shape()[0]));
                from += part.shape()[0];
            }
            all.add(new Projection(group.name(), group.parts().getFirst().shape()[1], List.copyOf(modules)));
        }
        return all;
    }
}

package io.saryu.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** What all processes of a run must have in common. */
final class RunFacts {
    /** Where things lie on a host, and how many of its threads are used, is the host's own affair; the files' content is not. */
    private static final Pattern OWN = Pattern.compile("threads|train\\.output_dir|data\\.tokenizer|data\\.train\\..*\\.file"
            + "|data\\.validation\\..*|finetune\\.model|finetune\\.data\\..*\\.(file|validation)");
    static final String WHAT_TO_DO = "start all ranks with the same version, configuration, --set options and data";

    private RunFacts() {
    }

    /**
     * @param config resolved
     * @param data   opened
     */
    static Map<String, String> of(TrainConfig config, TrainingSet data) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("the version of Saryu", SaryuVersion.get());
        try {
            flatten("", new YAMLMapper().readTree(config.toYaml()), facts);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read a configuration that was written here", e);
        }
        facts.put("the tokenizer's SHA-256", data.tokenizerHash());
        facts.put("the model", data.modelIdentity());
        facts.put("the training data's SHA-256", data.dataHash());
        return facts;
    }

    private static void flatten(String path, JsonNode node, Map<String, String> facts) {
        if (node.isObject()) {
            node.fields().forEachRemaining(e -> flatten(path.isEmpty() ? e.getKey() : path + "." + e.getKey(), e.getValue(), facts));
        } else if (!OWN.matcher(path).matches()) {
            facts.put(path, node.isValueNode() ? node.asText() : node.toString());
        }
    }
}

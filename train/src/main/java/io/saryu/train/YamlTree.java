package io.saryu.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * A YAML document that remembers where each key stood, so that a complaint can name the line. Keys are named by their path,
 * joined by dots.
 */
final class YamlTree {
    private final String source;
    private final Map<String, String> places = new HashMap<>();
    private ObjectNode root;

    private YamlTree(String source) {
        this.source = source;
    }

    /**
     * Reads a document whose top is a block of keys.
     *
     * @param source name for messages
     */
    static YamlTree parse(String text, String source) {
        YamlTree tree = new YamlTree(source);
        JsonNode top = tree.read(text, source);
        if (!(top instanceof ObjectNode object)) {
            throw new ConfigException(source + (top.isNull() ? " is empty" : " does not hold a block of keys")
                    + "; start from one of the files in train/configs");
        }
        tree.root = object;
        return tree;
    }

    /** A file beside this class. */
    static YamlTree resource(String name) {
        try (InputStream in = YamlTree.class.getResourceAsStream(name)) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ObjectNode root() {
        return root;
    }

    /** {@code "in FILE line 3"} for a key; for one that is not there, the place of the block it belongs in. */
    String where(String path) {
        for (String p = path; !p.isEmpty(); p = p.contains(".") ? p.substring(0, p.lastIndexOf('.')) : "") {
            String place = places.get(p);
            if (place != null) {
                return "in " + place;
            }
        }
        return "in " + source;
    }

    /** The value at a path; a missing node when there is none. */
    JsonNode at(String path) {
        JsonNode node = root;
        for (String key : path.split("\\.")) {
            node = node.path(key);
        }
        return node;
    }

    /**
     * Puts {@code key.path=value} over what the file says; the value is YAML.
     */
    void set(String assignment) {
        int equals = assignment.indexOf('=');
        String path = equals < 0 ? "" : assignment.substring(0, equals).strip();
        if (path.isEmpty() || List.of(path.split("\\.", -1)).contains("")) {
            throw new ConfigException(
                    "--set " + assignment + " is not of the form key=value; write for example --set train.max_steps=100");
        }
        String place = "--set " + assignment;
        String text = assignment.substring(equals + 1).strip();
        YamlTree value = new YamlTree(place);
        JsonNode node = text.isEmpty() ? JsonNodeFactory.instance.textNode("") : value.read(text, place);
        String[] keys = path.split("\\.");
        ObjectNode block = root;
        StringBuilder done = new StringBuilder();
        for (int i = 0; i < keys.length - 1; i++) {
            done.append(i == 0 ? "" : ".").append(keys[i]);
            if (!(block.get(keys[i]) instanceof ObjectNode)) {
                block.set(keys[i], JsonNodeFactory.instance.objectNode());
                places.put(done.toString(), place);
            }
            block = (ObjectNode) block.get(keys[i]);
        }
        block.set(keys[keys.length - 1], node);
        places.keySet().removeIf(known -> known.startsWith(path + "."));
        places.put(path, place);
    }

    private JsonNode read(String text, String place) {
        // Settings of the parser's own, such as its size limit, stay as they are: a configuration is small.
        try (YAMLParser parser = new YAMLFactory().createParser(text)) {
            if (parser.nextToken() == null) {
                return JsonNodeFactory.instance.nullNode();
            }
            JsonNode node = value(parser, "");
            if (parser.nextToken() != null) {
                throw new ConfigException(place + " holds more than one document; keep one");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new ConfigException(place + " is not valid YAML" + problem(e), e);
        } catch (IOException e) {
            throw new ConfigException(place + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String problem(JsonProcessingException e) {
        if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            return ", line " + (marked.getProblemMark().getLine() + 1) + ": " + marked.getProblem();
        }
        return ": " + e.getOriginalMessage().lines().findFirst().orElse("");
    }

    private JsonNode value(YAMLParser parser, String path) throws IOException {
        JsonNodeFactory make = JsonNodeFactory.instance;
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = make.objectNode();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String key = parser.currentName();
                    String keyPath = path.isEmpty() ? key : path + "." + key;
                    String place = source + " line " + parser.currentTokenLocation().getLineNr();
                    if (object.has(key)) {
                        throw new ConfigException("the key '" + keyPath + "' stands twice, the second time in " + place
                                + "; keep one");
                    }
                    places.put(keyPath, place);
                    parser.nextToken();
                    object.set(key, value(parser, keyPath));
                }
                return object;
            }
            case START_ARRAY -> {
                ArrayNode array = make.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser, path));
                }
                return array;
            }
            case VALUE_NUMBER_INT -> {
                return make.numberNode(parser.getBigIntegerValue());
            }
            case VALUE_NUMBER_FLOAT -> {
                return number(parser);
            }
            case VALUE_TRUE, VALUE_FALSE -> {
                return make.booleanNode(parser.getBooleanValue());
            }
            case VALUE_NULL -> {
                return make.nullNode();
            }
            default -> {
                return make.textNode(parser.getText());
            }
        }
    }

    /** {@code .nan} and {@code .inf} are numbers of YAML's, but none that a setting can have. */
    private static JsonNode number(YAMLParser parser) throws IOException {
        try {
            return JsonNodeFactory.instance.numberNode(parser.getDoubleValue());
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.textNode(parser.getText());
        }
    }
}

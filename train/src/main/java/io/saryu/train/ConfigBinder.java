package io.saryu.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Binds a {@link YamlTree} to records by Jackson, strictly, and turns what Jackson says into one sentence. */
final class ConfigBinder {
    private static final ObjectMapper MAPPER = configure(JsonMapper.builder()).build();
    private static final ObjectMapper YAML = configure(YAMLMapper.builder(YAMLFactory.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES).build())).build();

    private ConfigBinder() {
    }

    private static <M extends ObjectMapper, B extends MapperBuilder<M, B>> B configure(
            B builder) {
        return builder.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                // YAML 1.1 takes 1e-3 (no point) for text, which nobody who writes it means.
                .withCoercionConfig(LogicalType.Float,
                        c -> c.setCoercion(CoercionInputShape.String, CoercionAction.TryConvert));
    }

    /** A record as a tree, with the names of the file. */
    static ObjectNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** A value as a node of such a tree. */
    static JsonNode value(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** The record of a tree that {@link #tree} made, whose values may have been replaced by others of their types. */
    static <T> T bind(ObjectNode tree, Class<T> type) {
        try {
            return MAPPER.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot change the configuration: " + e.getOriginalMessage(), e);
        }
    }

    /** A record as YAML text. */
    static String yaml(Object value) {
        try {
            return YAML.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write the configuration: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Binds the tree.
     *
     * @param defaults values of keys that the tree lacks
     * @throws ConfigException for an unknown key, a wrong type or a missing key
     */
    static <T> T bind(YamlTree tree, ObjectNode defaults, Class<T> type) {
        JsonNode merged = merge(defaults.deepCopy(), tree.root());
        try {
            return MAPPER.treeToValue(merged, type);
        } catch (UnrecognizedPropertyException e) {
            throw unknown(tree, e, defaults);
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof ConfigException own) {
                throw own;
            }
            // A misspelt key also leaves the right one without a value; the misspelling is the better thing to say.
            unknownKey(merged, type).ifPresent(u -> {
                throw unknown(tree, u, defaults);
            });
            throw mismatch(tree, merged, type, e);
        } catch (JsonProcessingException e) {
            throw new ConfigException(tree.where("") + ": " + e.getOriginalMessage(), e);
        }
    }

    /** Keys of {@code over} win; blocks are merged key by key. */
    private static JsonNode merge(ObjectNode base, ObjectNode over) {
        over.properties().forEach(entry -> {
            JsonNode old = base.get(entry.getKey());
            if (old instanceof ObjectNode oldBlock && entry.getValue() instanceof ObjectNode newBlock) {
                merge(oldBlock, newBlock);
            } else {
                base.set(entry.getKey(), entry.getValue());
            }
        });
        return base;
    }

    private static Optional<UnrecognizedPropertyException> unknownKey(JsonNode merged, Class<?> type) {
        try {
            MAPPER.readerFor(type).without(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .without(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).readValue(merged);
            return Optional.empty();
        } catch (UnrecognizedPropertyException e) {
            return Optional.of(e);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static ConfigException unknown(YamlTree tree, UnrecognizedPropertyException e, ObjectNode all) {
        String path = path(e);
        String name = e.getPropertyName();
        String block = path.contains(".") ? path.substring(0, path.lastIndexOf('.') + 1) : "";
        List<String> known = e.getKnownPropertyIds() == null ? List.of()
                : e.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
        String hint = NearestName.of(name, known).map(n -> "; did you mean '" + n + "'?")
                .or(() -> elsewhere(name, all).map(p -> "; did you mean '" + p + "'?"))
                .orElse("; known here: " + String.join(", ", known));
        return new ConfigException("unknown key '" + (block.isEmpty() ? name : block + name) + "' " + tree.where(path)
                + hint, e);
    }

    /** The full path of a known key of that name in another block. */
    private static Optional<String> elsewhere(String name, ObjectNode all) {
        List<String> paths = new ArrayList<>();
        all.properties().forEach(block -> block.getValue().fieldNames()
                .forEachRemaining(key -> paths.add(block.getKey() + "." + key)));
        Collection<String> names = paths.stream().map(p -> p.substring(p.indexOf('.') + 1)).toList();
        return NearestName.of(name, names)
                .flatMap(n -> paths.stream().filter(p -> p.endsWith("." + n)).findFirst());
    }

    private static ConfigException mismatch(YamlTree tree, JsonNode merged, Class<?> type, JsonMappingException e) {
        String path = path(e);
        JsonNode value = merged;
        for (String key : path.split("\\.")) {
            value = value.path(key);
        }
        String expected = expected(MAPPER.constructType(type), path);
        if (value.isMissingNode() || value.isNull()) {
            return new ConfigException("the key '" + path + "' has no value " + tree.where(path) + "; give it " + expected,
                    e);
        }
        String given = value.isContainerNode() ? value.isArray() ? "a list" : "a block of keys" : "'" + value.asText() + "'";
        return new ConfigException("'" + path + "' is " + given + " " + tree.where(path) + "; it must be " + expected, e);
    }

    /** What the records say about the key at a path; Jackson's exceptions do not always know. */
    private static String expected(JavaType root, String path) {
        JavaType type = root;
        for (String key : path.split("\\.")) {
            JavaType block = type;
            type = block.isMapLikeType() ? block.getContentType()
                    : MAPPER.getDeserializationConfig().introspect(block).findProperties().stream()
                            .filter(p -> p.getName().equals(key)).map(BeanPropertyDefinition::getPrimaryType).findFirst()
                            .orElse(block);
        }
        return expected(type.getRawClass());
    }

    private static String expected(Class<?> type) {
        if (type.isEnum()) {
            return "one of " + Arrays.stream(type.getEnumConstants()).map(c -> c.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
        }
        if (type == int.class || type == Integer.class) {
            return "a whole number of at most " + Integer.MAX_VALUE;
        }
        if (type == long.class || type == Long.class) {
            return "a whole number";
        }
        if (type == double.class || type == Double.class) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (List.class.isAssignableFrom(type)) {
            return "a list of texts, such as [one, two]";
        }
        return type.isRecord() || Map.class.isAssignableFrom(type) ? "a block of keys" : "text";
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream().filter(r -> r.getFieldName() != null).map(JsonMappingException.Reference::getFieldName)
                .collect(Collectors.joining("."));
    }
}

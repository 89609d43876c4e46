package io.saryu.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a tokenizer as {@code tokenizer.json} with its companions, so that {@code AutoTokenizer} of transformers gives
 * the same ids and the same text as {@link Tokenizer}.
 *
 * <p>Where SentencePiece and the tokenizers library differ, and what makes them agree: user-defined symbols become
 * added tokens, which are cut out of a text first as SentencePiece's always win; {@code <s>} in a text stays text
 * ({@code split_special_tokens}), and is split, as are the names of bytes, where no learnt piece reaches over: the
 * Unigram model of that library would take the name of a special piece in a text for that piece. One difference is
 * left: bytes that make no UTF-8 decode to U+FFFD each, but there the whole run of bytes does when one of them is
 * wrong.
 */
public final class HuggingFaceTokenizer {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();
    private static final String BLANK = "▁";
    private static final Pattern SPECIAL_NAME = Pattern.compile("(</?)([A-Za-z_]+)>");

    private HuggingFaceTokenizer() {
    }

    /**
     * Writes {@code tokenizer.json}, {@code tokenizer_config.json} and {@code special_tokens_map.json} into a folder.
     *
     * @throws TokenizerException if a file cannot be written
     * @throws IllegalArgumentException if the model does what these files cannot say: puts a blank before a text,
     *                                  removes blanks, changes characters, or lacks byte fallback
     */
    public static void write(Tokenizer tokenizer, Path folder) throws IOException {
        Vocabulary vocabulary = tokenizer.vocabulary();
        if (vocabulary.addDummyPrefix || vocabulary.removeExtraWhitespaces || !vocabulary.escapeWhitespaces
                || vocabulary.changesCharacters || !vocabulary.byteFallback) {
            throw new IllegalArgumentException("this SentencePiece model changes its text or has no byte fallback, "
                    + "which tokenizer.json cannot express exactly; write it for a tokenizer that Saryu trained");
        }
        AtomicBytes.write(folder.resolve("tokenizer.json"), json(tokenizerJson(vocabulary), false));
        AtomicBytes.write(folder.resolve("tokenizer_config.json"), json(config(vocabulary), true));
        AtomicBytes.write(folder.resolve("special_tokens_map.json"), json(specialTokens(vocabulary), true));
    }

    private static byte[] json(ObjectNode node, boolean indent) {
        try {
            String text = (indent ? MAPPER.writer(SerializationFeature.INDENT_OUTPUT) : MAPPER.writer())
                    .writeValueAsString(node);
            return (text + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes is always writable", e);
        }
    }

    private static ObjectNode tokenizerJson(Vocabulary vocabulary) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (int id = 0; id < vocabulary.pieces.length; id++) {
            PieceType type = vocabulary.types[id];
            if (type == PieceType.UNKNOWN || type == PieceType.CONTROL || type == PieceType.USER_DEFINED) {
                added.add(addedToken(id, vocabulary.pieces[id], type != PieceType.USER_DEFINED));
            }
        }
        root.putNull("normalizer");
        ArrayNode steps = root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
        steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false)
                .putObject("pattern").put("Regex", insideNames(vocabulary));
        steps.addObject().put("type", "Metaspace").put("replacement", BLANK).put("prepend_scheme", "never")
                .put("split", false);
        root.putNull("post_processor");
        ArrayNode decoders = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
        decoders.addObject().put("type", "Replace").put("content", " ").putObject("pattern").put("String", BLANK);
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        ObjectNode model = root.putObject("model");
        model.put("type", "Unigram").put("unk_id", vocabulary.unkId);
        ArrayNode pieces = model.putArray("vocab");
        for (int id = 0; id < vocabulary.pieces.length; id++) {
            // As a double: the shortest decimal of a float reads back as another double, and ties would be lost.
            pieces.addArray().add(vocabulary.pieces[id]).add((double) vocabulary.scores[id]);
        }
        model.put("byte_fallback", true);
        return root;
    }

    private static ObjectNode addedToken(int id, String content, boolean special) {
        return MAPPER.createObjectNode().put("id", id).put("content", content).put("single_word", false)
                .put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", special);
    }

    /**
     * Matches the digit in the name of a byte and the letters in that of a special piece. Pieces are learnt with digits
     * apart and scripts unmixed, so parting a text around those does not touch any other piece.
     */
    private static String insideNames(Vocabulary vocabulary) {
        StringBuilder regex = new StringBuilder("(?<=<)0(?=x[0-9A-F]{2}>)");
        for (int id = 0; id < vocabulary.pieces.length; id++) {
            if (vocabulary.types[id] == PieceType.CONTROL || vocabulary.types[id] == PieceType.UNKNOWN) {
                Matcher name = SPECIAL_NAME.matcher(vocabulary.pieces[id]);
                if (name.matches()) {
                    regex.append("|(?<=").append(name.group(1)).append(')').append(name.group(2)).append("(?=>)");
                }
            }
        }
        return regex.toString();
    }

    private static ObjectNode config(Vocabulary vocabulary) {
        ObjectNode config = MAPPER.createObjectNode();
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        config.setAll(specialTokens(vocabulary));
        config.put("clean_up_tokenization_spaces", false);
        config.put("split_special_tokens", true);
        return config;
    }

    private static ObjectNode specialTokens(Vocabulary vocabulary) {
        ObjectNode tokens = MAPPER.createObjectNode();
        put(tokens, "bos_token", vocabulary, vocabulary.bosId);
        put(tokens, "eos_token", vocabulary, vocabulary.eosId);
        put(tokens, "unk_token", vocabulary, vocabulary.unkId);
        put(tokens, "pad_token", vocabulary, vocabulary.padId);
        return tokens;
    }

    private static void put(ObjectNode tokens, String name, Vocabulary vocabulary, int id) {
        if (id >= 0) {
            tokens.put(name, vocabulary.pieces[id]);
        }
    }
}

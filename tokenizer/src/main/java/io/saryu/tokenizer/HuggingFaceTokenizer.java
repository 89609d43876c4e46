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

/**
 * Writes a tokenizer as {@code tokenizer.json} with its companions, so that {@code AutoTokenizer} of transformers gives
 * the same ids and the same text as {@link Tokenizer}.
 *
 * <p>Where SentencePiece and the tokenizers library differ, and what makes them agree: user-defined symbols become added
 * tokens, which are cut out of a text first as SentencePiece's always win; {@code <s>} and the like in a text stay text
 * ({@code split_special_tokens}); and control and byte pieces get a score so low that their names in a text are not taken
 * for them.
 */
public final class HuggingFaceTokenizer {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();
    private static final String BLANK = "▁";
    /** What the tokenizers library puts below the lowest score for a character without a piece. */
    private static final double UNKNOWN_PENALTY = 10;

    private HuggingFaceTokenizer() {
    }

    /**
     * Writes {@code tokenizer.json}, {@code tokenizer_config.json} and {@code special_tokens_map.json} into a folder.
     *
     * @throws TokenizerException if a file cannot be written
     * @throws IllegalArgumentException if the model does what these files cannot say: puts a blank before a text, removes
     *                                  blanks, changes characters, or lacks byte fallback
     */
    public static void write(Tokenizer tokenizer, Path folder) throws IOException {
        Vocabulary vocabulary = tokenizer.vocabulary();
        if (vocabulary.addDummyPrefix || vocabulary.removeExtraWhitespaces || !vocabulary.escapeWhitespaces
                || vocabulary.changesCharacters || !vocabulary.byteFallback) {
            throw new IllegalArgumentException("this SentencePiece model changes its text or has no byte fallback, which "
                    + "tokenizer.json cannot express exactly; write it for a tokenizer that Saryu trained");
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
        root.putObject("pre_tokenizer").put("type", "Metaspace").put("replacement", BLANK)
                .put("prepend_scheme", "never").put("split", false);
        root.putNull("post_processor");
        ArrayNode decoders = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
        decoders.addObject().put("type", "Replace").put("content", " ").putObject("pattern").put("String", BLANK);
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        ObjectNode model = root.putObject("model");
        model.put("type", "Unigram").put("unk_id", vocabulary.unkId);
        ArrayNode pieces = model.putArray("vocab");
        double never = neverChosen(vocabulary);
        for (int id = 0; id < vocabulary.pieces.length; id++) {
            boolean learnt = vocabulary.types[id] == PieceType.NORMAL;
            pieces.addArray().add(vocabulary.pieces[id]).add(learnt ? vocabulary.scores[id] : never);
        }
        model.put("byte_fallback", true);
        return root;
    }

    private static ObjectNode addedToken(int id, String content, boolean special) {
        return MAPPER.createObjectNode().put("id", id).put("content", content).put("single_word", false)
                .put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", special);
    }

    /** Lower than what the characters of any such piece cost one by one, each of them unknown. */
    private static double neverChosen(Vocabulary vocabulary) {
        double lowest = 0;
        int longest = 1;
        for (int id = 0; id < vocabulary.pieces.length; id++) {
            if (vocabulary.types[id] == PieceType.NORMAL) {
                lowest = Math.min(lowest, vocabulary.scores[id]);
            } else {
                longest = Math.max(longest, vocabulary.pieces[id].length());
            }
        }
        return Math.floor((lowest - UNKNOWN_PENALTY) * (longest + 1));
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

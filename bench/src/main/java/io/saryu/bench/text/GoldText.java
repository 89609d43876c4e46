package io.saryu.bench.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tukaani.xz.XZInputStream;

/**
 * A text with the sentence boundaries that people marked.
 *
 * @param language en, hi or awa
 * @param ends     indexes into {@code text} after each sentence, ascending
 * @param signs    the characters of {@code text}
 */
record GoldText(String language, String text, int[] ends, char[] signs) {
    /**
     * The texts of a file of JSON lines with fields {@code lang}, {@code text} and {@code ends} (in code points), compressed
     * with xz if it is named so.
     *
     * @throws IOException when the file cannot be read, or a line is not that, with its number
     */
    static List<GoldText> read(Path file) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<GoldText> texts = new ArrayList<>();
        try (InputStream raw = Files.newInputStream(file);
             InputStream plain = file.toString().endsWith(".xz") ? new XZInputStream(raw) : raw;
             BufferedReader reader = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
            String line;
            while ((line = reader.readLine()) != null) {
                texts.add(of(json.readTree(line), file, texts.size() + 1));
            }
        }
        return texts;
    }

    private static GoldText of(JsonNode node, Path file, int number) throws IOException {
        String text = node.path("text").asText(null);
        JsonNode marks = node.path("ends");
        if (text == null || !marks.isArray() || !node.has("lang")) {
            throw new IOException(file + " line " + number + ": expected an object with lang, text and ends");
        }
        int[] ends = new int[marks.size()];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = text.offsetByCodePoints(0, marks.get(i).asInt());
        }
        return new GoldText(node.get("lang").asText(), text, ends, text.toCharArray());
    }
}

package io.saryu.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What {@link CleanCorpus} should make of files of text, the plain way: all in memory, one thread, strings. */
final class PlainClean {
    private final TextCleaner cleaner = new TextCleaner();
    private final CleanCorpus.Options options;
    private final Set<List<String>> seen = new HashSet<>();
    private final StringBuilder out = new StringBuilder();
    private List<String> document = new ArrayList<>();

    long documents;
    long duplicates;
    long badLines;

    PlainClean(CleanCorpus.Options options) {
        this.options = options;
    }

    String of(List<byte[]> files) {
        for (byte[] file : files) {
            int start = 0;
            boolean first = true;
            while (start < file.length) {
                int end = start;
                while (end < file.length && file[end] != '\n') {
                    end++;
                }
                int textEnd = end < file.length && end > start && file[end - 1] == '\r' ? end - 1 : end;
                String line = decode(Arrays.copyOfRange(file, start, textEnd));
                if (line != null && first && line.startsWith("\uFEFF")) {
                    line = line.substring(1);
                }
                first = false;
                if (line == null || line.indexOf('\0') >= 0) {
                    badLines++;
                } else {
                    line(cleaner.clean(line));
                }
                start = end + 1;
            }
            endDocument();
        }
        return out.toString();
    }

    private static String decode(byte[] line) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private void line(String cleaned) {
        boolean paragraphs = options.unit() == DocumentUnit.PARAGRAPH;
        if (!cleaned.isBlank()) {
            document.add(cleaned);
        }
        if (cleaned.isBlank() || !paragraphs) {
            endDocument();
        }
    }

    private void endDocument() {
        if (document.isEmpty()) {
            return;
        }
        documents++;
        if (options.deduplicate() && !seen.add(document)) {
            duplicates++;
        } else {
            out.append(options.unit() == DocumentUnit.PARAGRAPH && !out.isEmpty() ? "\n" : "");
            for (String line : document) {
                for (String sentence : options.splitter() == null ? List.of(line) : options.splitter().split(line)) {
                    out.append(sentence).append('\n');
                }
            }
        }
        document = new ArrayList<>();
    }
}

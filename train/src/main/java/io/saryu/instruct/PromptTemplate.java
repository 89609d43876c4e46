package io.saryu.instruct;

import io.saryu.files.AtomicFile;
import io.saryu.files.MalformedFileException;
import io.saryu.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How an instruction becomes the text that a model continues. Training and inference take the same template: it is stored with
 * the model or the adapter as {@code chat_template.jinja}, which transformers applies too, and read back from there.
 *
 * <p>Prompt and answer are encoded apart, in training as at inference, so that tokens never span the place between them.
 */
public enum PromptTemplate {
    /** Sections with headings: {@code ### Instruction:}, {@code ### Input:}, {@code ### Response:}; ends with end-of-text. */
    ALPACA("""
            {%- for message in messages -%}
            {%- if message['role'] == 'assistant' -%}
            {{- '### Response:\\n' + message['content'] + eos_token -}}
            {%- else -%}
            {{- '### Instruction:\\n' + message['content'] + '\\n\\n' -}}
            {%- if message['input'] -%}{{- '### Input:\\n' + message['input'] + '\\n\\n' -}}{%- endif -%}
            {%- endif -%}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '### Response:\\n' -}}{%- endif -%}
            """, "### Instruction:", "### Input:", "### Response:") {
        @Override
        public String prompt(String instruction, String input) {
            return "### Instruction:\n" + instruction + "\n\n" + (input.isEmpty() ? "" : "### Input:\n" + input + "\n\n")
                    + "### Response:\n";
        }

        @Override
        public int endMarker(Tokenizer tokenizer) {
            return tokenizer.eosId();
        }
    },
    /** OpenAI's chat markup, as Qwen models have it: turns between {@code <|im_start|>} and {@code <|im_end|>}. */
    CHATML("""
            {%- for message in messages -%}
            {{- '<|im_start|>' + message['role'] + '\\n' + message['content'] -}}
            {%- if message['input'] -%}{{- '\\n\\n' + message['input'] -}}{%- endif -%}
            {{- '<|im_end|>\\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}
            """, "<|im_start|>", "<|im_end|>") {
        @Override
        public String prompt(String instruction, String input) {
            return "<|im_start|>user\n" + instruction + (input.isEmpty() ? "" : "\n\n" + input)
                    + "<|im_end|>\n<|im_start|>assistant\n";
        }

        @Override
        public int endMarker(Tokenizer tokenizer) {
            for (String marker : markers()) {
                if (tokenizer.encode(marker).length != 1) {
                    throw new IllegalArgumentException("the tokenizer has no piece '" + marker + "', which the template chatml"
                            + " needs; take the template alpaca, or a tokenizer that saryu tokenizer train made");
                }
            }
            return tokenizer.encode("<|im_end|>")[0];
        }
    };

    /** The name under which transformers looks for it in a model folder. */
    public static final String FILE_NAME = "chat_template.jinja";
    private static final long MOST_BYTES = 1 << 20;

    private final String jinja;
    private final List<String> markers;

    PromptTemplate(String jinja, String... markers) {
        this.jinja = jinja;
        this.markers = List.of(markers);
    }

    /**
     * An example as tokens.
     *
     * @param ids          prompt, answer and end marker
     * @param promptLength how many of them are the prompt
     * @param positions    of each for its rotation, below the number of ids; null where they count from 0
     */
    public record Encoded(int[] ids, int promptLength, int[] positions) {
        /** With positions that count from 0. */
        public Encoded(int[] ids, int promptLength) {
            this(ids, promptLength, null);
        }
    }

    /**
     * The text that the model continues with its answer.
     *
     * @param input may be empty
     */
    public abstract String prompt(String instruction, String input);

    /**
     * The id that ends an answer.
     *
     * @throws IllegalArgumentException when the tokenizer lacks what this template needs
     */
    public abstract int endMarker(Tokenizer tokenizer);

    /** What the template itself writes; a text that holds one of these could pass for a part of the prompt. */
    public List<String> markers() {
        return markers;
    }

    /** Whether a prompt has a backslash and an n beside a marker, where the template has a line end. */
    public boolean hasLiteralNewline(String prompt) {
        return markers.stream().anyMatch(m -> Pattern.compile(Pattern.quote(m) + "\\w*\\s*\\\\n|\\\\n\\s*" + Pattern.quote(m))
                .matcher(prompt).find());
    }

    /** The template in Jinja, for transformers: messages have a role, a content and, if need be, an input. */
    public String jinja() {
        return jinja;
    }

    /** Its name in configurations. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Encodes an example as it is trained on. */
    public Encoded encode(Tokenizer tokenizer, InstructionExample example) {
        int[] prompt = tokenizer.encode(prompt(example.instruction(), example.input()));
        int[] answer = tokenizer.encode(example.output());
        int[] ids = new int[prompt.length + answer.length + 1];
        System.arraycopy(prompt, 0, ids, 0, prompt.length);
        System.arraycopy(answer, 0, ids, prompt.length, answer.length);
        ids[ids.length - 1] = endMarker(tokenizer);
        return new Encoded(ids, prompt.length);
    }

    /** Writes it into a model's or an adapter's folder. */
    public void write(Path folder) throws IOException {
        AtomicFile.writeString(folder.resolve(FILE_NAME), jinja);
    }

    /**
     * Reads the template of a model's or an adapter's folder.
     *
     * @return null where the folder has none
     * @throws MalformedFileException for one that is not among these
     */
    public static PromptTemplate read(Path folder) throws IOException {
        Path file = folder.resolve(FILE_NAME);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        if (Files.size(file) <= MOST_BYTES) {
            String text = Files.readString(file).strip();
            for (PromptTemplate template : values()) {
                if (template.jinja.strip().equals(text)) {
                    return template;
                }
            }
        }
        throw new MalformedFileException(file + " is not one of the templates that Saryu knows ("
                + List.of(values()).stream().map(PromptTemplate::id).collect(Collectors.joining(", "))
                + "); write the whole prompt yourself with --prompt");
    }
}

package io.saryu.train;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * A text that a model in training wrote.
 *
 * @param name   language that the prompt was taken from; null, and not written, for prompts of the configuration
 * @param prompt how the text begins
 * @param text   what the model wrote after it
 */
public record Sample(@JsonInclude(JsonInclude.Include.NON_NULL) String name, String prompt, String text) {
}

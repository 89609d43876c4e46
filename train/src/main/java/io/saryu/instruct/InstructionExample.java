package io.saryu.instruct;

/**
 * One row of instruction data.
 *
 * @param instruction what to do
 * @param input       what to do it with; may be empty
 * @param output      the answer
 */
public record InstructionExample(String instruction, String input, String output) {
}

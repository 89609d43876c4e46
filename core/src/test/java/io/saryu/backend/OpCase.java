package io.saryu.backend;

import java.util.function.Consumer;

/**
 * One row of the op table: an op at one set of shapes. The data are made anew, from a seed that is the case's name,
 * each time the case is set up.
 *
 * @param op        method of {@link Backend}
 * @param label     what is particular about this case
 * @param tolerance largest relative error, by norm and per output, in F32
 * @param define    declares operands and the call
 */
public record OpCase(String op, String label, double tolerance, Consumer<OpSetup> define) {
    /** Operands with fresh values. */
    public OpSetup setup() {
        OpSetup setup = new OpSetup(op + " " + label);
        define.accept(setup);
        return setup;
    }

    @Override
    public String toString() {
        return op + " " + label;
    }
}

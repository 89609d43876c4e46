package io.saryu.backend;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/**
 * Which element types may meet in one op. Weights, their gradients, the residual stream and statistics are wide (F32, or
 * F64 on a backend that has it); what products and attention read and write is of the wide type too, or of one 16-bit type:
 * never F16 beside BF16, which no kernel and no recipe has.
 *
 * <p>All throw {@link IllegalArgumentException}; null tensors are passed over.
 */
final class TypeChecks {
    private TypeChecks() {
    }

    /** That all wide operands have one wide type. */
    static void wide(String op, String role, Tensor first, Object... rolesAndTensors) {
        if (first.dtype().isHalf()) {
            throw new IllegalArgumentException(op + " needs " + role + " in F32, not " + first
                    + "; only what products read is kept in 16 bits");
        }
        same(op, role, first, rolesAndTensors);
    }

    /** That all operands have the type of the first. */
    static void same(String op, String role, Tensor first, Object... rolesAndTensors) {
        for (int i = 0; i < rolesAndTensors.length; i += 2) {
            Tensor t = (Tensor) rolesAndTensors[i + 1];
            if (t != null && t.dtype() != first.dtype()) {
                throw new IllegalArgumentException(op + " needs " + rolesAndTensors[i] + " of the type of " + role + " "
                        + first + ", not " + t);
            }
        }
    }

    /** That all narrow operands have one type: 16 bits, or the wide operand's own. */
    static void narrow(String op, String wideRole, DType wide, String role, Tensor first, Object... rolesAndTensors) {
        if (first != null && !first.dtype().isHalf() && first.dtype() != wide) {
            throw new IllegalArgumentException(op + " needs " + role + " in " + wide + " like " + wideRole
                    + ", or in BF16 or F16, not " + first);
        }
        if (first != null) {
            same(op, role, first, rolesAndTensors);
        }
    }

    /** That weights are of the wide operand's type, of 16 bits, or I8. */
    static void stored(String op, String wideRole, DType wide, String role, Tensor weights) {
        if (weights.dtype() != DType.I8) {
            narrow(op, wideRole, wide, role, weights);
        }
    }
}

package io.saryu.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where activations lie that use the memory of gradients, and that they are out of it in time. */
class LentGradientsTest {
    private static final int SIZE = 16;
    private final Backend backend = Backends.get("reference");
    private final ExecutionContext ctx = backend.newContext(1);
    private final Tape tape = Tape.training(ctx);
    private final Tensor weight = backend.allocate("weight", DType.F64, SIZE, SIZE);
    private final Tensor gradients = backend.allocate("gradients", DType.F64, SIZE * SIZE);
    private final Tensor x = backend.allocate("x", DType.F64, 4, SIZE);

    LentGradientsTest() {
        weight.withGrad(gradients.reshape(SIZE, SIZE));
    }

    @AfterEach
    void close() {
        ctx.close();
    }

    private boolean liesInGradients(Tensor t) {
        long from = gradients.segment().address();
        return t.segment().address() >= from && t.segment().address() < from + gradients.segment().byteSize();
    }

    private Tensor product() {
        return MatMul.apply(tape, x, weight, weight, DType.F64);
    }

    /** A node that has read what it saved when backward comes to it, and is the last one. */
    private void read(Tensor saved) {
        tape.record(new Tensor[0], saved).save(saved).onBackward(() -> {
            backend.fill(ctx, tape.target(saved).grad(), 1);
            assertEquals(7, tape.value(saved).get(0));
        });
    }

    @Test
    void anActivationLiesThereUntilTheGradientIsWritten() {
        Tensor y = product();
        tape.lend(gradients, 0, SIZE * SIZE);
        Tensor borrowed = tape.activation("activation", DType.F64, 4, SIZE);
        assertTrue(liesInGradients(borrowed));
        assertTrue(!liesInGradients(y));
        backend.fill(ctx, borrowed, 7);
        backend.fill(ctx, x, 2);
        read(borrowed.requireGrad(true));
        tape.free(borrowed);
        tape.record(new Tensor[0], y).onBackward(() -> backend.fill(ctx, tape.target(y).grad(), 1));
        tape.free(y);
        tape.backward(List.of(weight));
        assertEquals(8, gradients.get(SIZE * SIZE - 1));
    }

    @Test
    void anActivationThatIsHeldTooLongIsNamed() {
        Tensor y = product();
        tape.lend(gradients, 0, SIZE * SIZE);
        Tensor forgotten = tape.activation("forgotten", DType.F64, 4, SIZE);
        assertTrue(liesInGradients(forgotten));
        tape.record(new Tensor[0], y).onBackward(() -> backend.fill(ctx, tape.target(y).grad(), 1));
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> tape.backward(List.of(weight)));
        assertTrue(e.getMessage().contains("was not closed"), e.getMessage());
    }

    @Test
    void gradientsThatAreAddedToAreNotLent() {
        tape.accumulateParameterGradients(true);
        tape.lend(gradients, 0, SIZE * SIZE);
        assertTrue(!liesInGradients(tape.activation("activation", DType.F64, 4, SIZE)));
    }

    @Test
    void aPassThatWasGivenUpLeavesNothingLent() {
        tape.lend(gradients, 0, SIZE * SIZE);
        Tensor borrowed = tape.activation("activation", DType.F64, 4, SIZE);
        assertTrue(liesInGradients(borrowed));
        tape.reset();
        Tensor after = tape.activation("activation", DType.F64, 4, SIZE);
        assertTrue(!liesInGradients(after));
        assertNotEquals(borrowed, after);
    }
}

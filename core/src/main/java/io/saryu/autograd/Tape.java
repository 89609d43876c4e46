package io.saryu.autograd;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.LentMemory;
import io.saryu.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Records the ops of a forward pass and runs their gradients in reverse.
 *
 * <p>Memory: every op's output comes from the context's workspace and is held by the module that asked for it. A module
 * calls {@link #free} after its last use of a tensor; ops that need a tensor again in backward {@link Node#save} it. Memory
 * returns to the workspace when nobody holds it any more, so inference keeps two or three activations alive and training
 * keeps exactly what backward reads. What is cheap to compute again from what is kept anyway, an op declares {@link
 * #rebuildable}: its memory goes back when the forward pass is done with it, and {@link #value} computes it again. Until
 * backward needs the memory of gradients for them, activations may lie there ({@link #lend}).
 *
 * <p>Of a part of the forward pass run as a {@link #checkpoint}, only the inputs are kept; backward runs the part again.
 *
 * <p>Gradients of parameters: within one micro-step the first contribution overwrites and later ones add; a micro-step
 * after the first of an accumulation computes into scratch, which is added to the parameter's gradient once, when its last
 * contribution is in. The sum over micro-steps is therefore ((g1 + g2) + g3) + ..., the same additions in the same order as
 * a rank-ordered reduction over as many workers: equal bits.
 *
 * <p>One thread at a time; {@link #reset()} between passes.
 */
public final class Tape {
    /** The gradient step of one op. */
    @FunctionalInterface
    public interface Backward {
        void run();
    }

    /** A part of a forward pass that can be run again: equal inputs give equal bits. */
    @FunctionalInterface
    public interface Segment {
        /**
         * From inputs, which it does not free, to outputs, each held once by the caller.
         *
         * @param again true when backward runs it: the content of its outputs is then not read, and need not be computed
         */
        Tensor[] run(boolean again, Tensor... inputs);
    }

    /** Where an op's backward writes the gradient of an input: overwrite, or add when {@code accumulate}. */
    public record Target(Tensor grad, boolean accumulate) {
    }

    /** One recorded op. */
    public final class Node {
        private final Tensor[] outputs;
        private final Tensor[] inputs;
        private final List<Tensor> saved = new ArrayList<>();
        private Backward backward;

        private Node(Tensor[] outputs, Tensor[] inputs) {
            this.outputs = outputs;
            this.inputs = inputs;
        }

        /** Keeps tensors alive until this node's backward has run; backward reads them through {@link Tape#value}. */
        public Node save(Tensor... tensors) {
            for (Tensor t : tensors) {
                Slot slot = slots.get(t);
                if (slot != null) {
                    if (slot.rebuild != null) {
                        slot.readers++;
                    } else {
                        slot.holders++;
                    }
                    saved.add(t);
                }
            }
            return this;
        }

        /** In backward: ends what {@link #save} began for one tensor, before the rest of the gradient step. */
        void release(Tensor tensor) {
            for (int i = 0; i < saved.size(); i++) {
                if (saved.get(i) == tensor) {
                    saved.remove(i);
                    Tape.this.release(tensor);
                    return;
                }
            }
        }

        /** Sets the gradient step. */
        public void onBackward(Backward step) {
            this.backward = step;
        }
    }

    /** What the tape knows of an activation. */
    private static final class Slot {
        int holders = 1;
        Grad grad;
        /** Computes the content again; null for what is kept. */
        Consumer<Tensor> rebuild;
        /** Nodes whose backward will ask for the content of something rebuildable. */
        int readers;
        /** The content computed again, from the first reader to the last. */
        Tensor rebuilt;
    }

    /** A gradient's memory, possibly shared by several activations. */
    private static final class Grad {
        final Tensor tensor;
        int sharers = 1;

        Grad(Tensor tensor) {
            this.tensor = tensor;
        }
    }

    /** What the tape knows of a parameter within one micro-step. */
    private static final class Leaf {
        int pendingUses;
        Tensor target;
        boolean touched;
    }

    /** A range of gradients whose memory activations may use; its parameters are used by the first {@code recorded} ops. */
    private record Loan(int recorded, long first, long count) {
    }

    private final ExecutionContext ctx;
    private final boolean training;
    private final Map<Tensor, Slot> slots = new IdentityHashMap<>();
    private final Map<Tensor, Leaf> leaves = new IdentityHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Deque<Loan> loans = new ArrayDeque<>();
    /** Null before the first loan. */
    private LentMemory lent;
    private boolean addToParameterGradients;
    /** Whether a segment runs whose activations are not kept. */
    private boolean paused;
    private Consumer<Tensor> onParameterGradient = p -> { };
    /** Null where nothing random is computed. */
    private Tensor randomScalars;
    private long microBatch;

    private Tape(ExecutionContext ctx, boolean training) {
        this.ctx = ctx;
        this.training = training;
    }

    /** A tape that records for backward. */
    public static Tape training(ExecutionContext ctx) {
        return new Tape(ctx, true);
    }

    /** A tape that only manages memory: nothing is recorded, nothing is kept for backward. */
    public static Tape inference(ExecutionContext ctx) {
        return new Tape(ctx, false);
    }

    public ExecutionContext context() {
        return ctx;
    }

    public Backend backend() {
        return ctx.backend();
    }

    /** Whether ops are recorded. */
    public boolean isTraining() {
        return training;
    }

    /**
     * Whether this pass's parameter gradients are added to what is there (a micro-step after the first) or replace it.
     */
    public void accumulateParameterGradients(boolean add) {
        this.addToParameterGradients = add;
    }

    /**
     * What random ops of the next pass draw from: SEED and OFFSET of the step scalars, and which micro-batch of the step it is,
     * over all ranks, so that ranks draw what as many micro-batches of one rank would.
     */
    public void random(Tensor scalars, long microBatchOfStep) {
        this.randomScalars = scalars;
        this.microBatch = microBatchOfStep;
    }

    /**
     * The step scalars for random ops.
     *
     * @throws IllegalStateException without {@link #random}
     */
    Tensor randomScalars() {
        if (randomScalars == null) {
            throw new IllegalStateException("dropout needs step scalars to draw from: call Tape.random before the pass");
        }
        return randomScalars;
    }

    /** The stream of one random op in this pass. */
    long randomStream(int op) {
        return microBatch << 32 | op;
    }

    /** Called during backward with each parameter whose gradient is complete, in the order of completion. */
    public void onParameterGradient(Consumer<Tensor> hook) {
        this.onParameterGradient = hook;
    }

    /**
     * An activation of undefined content from the workspace or from lent memory, held once by the caller until
     * {@link #free}.
     */
    public Tensor activation(String name, DType dtype, long... shape) {
        Tensor t = scratch(name, dtype, shape);
        slots.put(t, new Slot());
        return t;
    }

    /** Memory that an op closes before it returns, from where activations come from. */
    Tensor scratch(String name, DType dtype, long... shape) {
        Tensor borrowed = loans.isEmpty() ? null : lent.borrow(name, dtype, shape);
        return borrowed != null ? borrowed : ctx.acquire(name, dtype, shape);
    }

    /**
     * Lets activations use the memory of gradients that backward will overwrite, until it does: those of parameters that the
     * forward pass has used for the last time. An activation made from now on has its last reader in backward before they
     * are written, because its readers come later in the forward pass than theirs. Does nothing where their content is still
     * needed (a later micro-step adds to it), or without gradients.
     *
     * @param gradients a flat buffer, the same in all calls of a pass; undefined in the range from now until backward
     * @param first     first element of the range
     * @param count     elements of the range
     */
    public void lend(Tensor gradients, long first, long count) {
        if (!training || addToParameterGradients) {
            return;
        }
        if (lent == null || lent.lender() != gradients) {
            takeBack(0);
            lent = new LentMemory(gradients);
        }
        lent.lend(first, count);
        loans.addLast(new Loan(nodes.size(), first, count));
    }

    /** Ends all loans that were made when at least so many ops had been recorded. */
    private void takeBack(int recorded) {
        while (!loans.isEmpty() && loans.getLast().recorded() >= recorded) {
            Loan loan = loans.removeLast();
            lent.takeBack(loan.first(), loan.count());
        }
    }

    /**
     * Declares that an activation can be computed again in backward, from tensors that the node which made it saves. Call
     * it before anyone saves the activation.
     *
     * @param rebuild writes the content into the tensor that it is given; equal bits each time
     */
    public void rebuildable(Tensor activation, Consumer<Tensor> rebuild) {
        if (training) {
            slots.get(activation).rebuild = rebuild;
        }
    }

    /** The content of a saved tensor in backward: the tensor itself, or its content computed again. */
    public Tensor value(Tensor saved) {
        Slot slot = slots.get(saved);
        if (slot == null || slot.rebuild == null || slot.holders > 0) {
            return saved;
        }
        if (slot.rebuilt == null) {
            slot.rebuilt = ctx.acquire(saved.name(), saved.dtype(), saved.shape());
            slot.rebuild.accept(slot.rebuilt);
        }
        return slot.rebuilt;
    }

    /**
     * As {@link #target} for an op that may write the gradient of an input over the input: its own memory where this node is
     * the last to read it.
     *
     * @param saved an input that the node has saved
     */
    public Target targetInPlace(Tensor saved) {
        Slot slot = slots.get(saved);
        boolean last = slot != null && slot.rebuild == null && slot.holders == 1 && slot.grad == null;
        if (!last || !saved.requiresGrad()) {
            return target(saved);
        }
        slot.grad = new Grad(saved);
        return new Target(saved, false);
    }

    /** A node's backward is done with what it saved. */
    private void release(Tensor saved) {
        Slot slot = slots.get(saved);
        if (slot.grad != null && slot.grad.tensor == saved) {
            // Its memory holds its gradient now, and goes back with that.
            slot.holders--;
            return;
        }
        if (slot.rebuild == null) {
            free(saved);
        } else if (--slot.readers == 0 && slot.rebuilt != null) {
            slot.rebuilt.close();
            slot.rebuilt = null;
        }
    }

    /** Ends the caller's hold on activations; parameters, views and foreign tensors are left alone. */
    public void free(Tensor... tensors) {
        for (Tensor t : tensors) {
            Slot slot = slots.get(t);
            if (slot != null && --slot.holders == 0) {
                t.close();
                if (!training || paused) {
                    slots.remove(t);
                }
            }
        }
    }

    /**
     * Whether a gradient flows into any of these; ops record themselves only then.
     */
    public boolean needsGrad(Tensor... inputs) {
        if (!training || paused) {
            return false;
        }
        for (Tensor t : inputs) {
            if (t != null && t.requiresGrad()) {
                return true;
            }
        }
        return false;
    }

    /** Records an op whose outputs then require gradients. Inputs are those that may need one; null entries are skipped. */
    public Node record(Tensor[] outputs, Tensor... inputs) {
        Node node = new Node(outputs, inputs);
        for (Tensor t : outputs) {
            t.requireGrad(true);
        }
        for (Tensor t : inputs) {
            if (t != null && t.grad() != null) {
                leaves.computeIfAbsent(t, k -> new Leaf()).pendingUses++;
            }
        }
        nodes.add(node);
        return node;
    }

    /**
     * Runs a segment without keeping what its ops would save; backward runs it again from its inputs and takes its gradients
     * then (Chen et al., arXiv:1604.06174; PyTorch's {@code torch.utils.checkpoint}). The bits are those of a plain run.
     *
     * <p>Parameters that the segment uses must not be used outside it: their gradients are complete with its backward.
     *
     * @return the segment's outputs
     */
    public Tensor[] checkpoint(Segment segment, Tensor... inputs) {
        if (!needsGrad(inputs)) {
            // Inference, or nothing before the segment trains: what is inside records itself as it is.
            return segment.run(false, inputs);
        }
        paused = true;
        Tensor[] outputs;
        try {
            outputs = segment.run(false, inputs);
        } finally {
            paused = false;
        }
        record(outputs, inputs).save(inputs).onBackward(() -> runAgain(segment, inputs, outputs));
        return outputs;
    }

    private void runAgain(Segment segment, Tensor[] inputs, Tensor[] outputs) {
        int first = nodes.size();
        Tensor[] values = new Tensor[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            values[i] = value(inputs[i]);
            if (values[i] != inputs[i]) {
                // Computed again: it stands in for the input, and its gradient becomes the input's.
                values[i].requireGrad(inputs[i].requiresGrad());
                slots.put(values[i], new Slot());
            }
        }
        Tensor[] again = segment.run(true, values);
        for (int i = 0; i < outputs.length; i++) {
            moveGradient(outputs[i], again[i]);
        }
        free(again);
        backwardTo(first);
        for (int i = 0; i < inputs.length; i++) {
            if (values[i] != inputs[i]) {
                moveGradient(values[i], inputs[i]);
                slots.remove(values[i]);
            }
        }
    }

    private void moveGradient(Tensor from, Tensor to) {
        Slot source = slots.get(from);
        if (slots.get(to).grad != null) {
            throw new IllegalStateException("the input '" + to.name() + "' of a checkpoint has a second consumer; give it a"
                    + " copy");
        }
        slots.get(to).grad = source.grad;
        source.grad = null;
    }

    /** The gradient that has reached an output, or null when none has. */
    public Tensor grad(Tensor output) {
        Slot slot = slots.get(output);
        return slot == null || slot.grad == null ? null : slot.grad.tensor;
    }

    /** Where to write the gradient of an input; null when it needs none. */
    public Target target(Tensor input) {
        if (!input.requiresGrad()) {
            return null;
        }
        if (input.grad() != null) {
            Leaf leaf = leaves.get(input);
            boolean accumulate = leaf.touched;
            if (!leaf.touched) {
                leaf.touched = true;
                leaf.target = addToParameterGradients
                        ? ctx.acquire("gradient of " + input.name(), input.grad().dtype(), input.shape())
                        : input.grad();
            }
            return new Target(leaf.target, accumulate);
        }
        Slot slot = slots.get(input);
        if (slot.grad == null) {
            slot.grad = new Grad(ctx.acquire("gradient of " + input.name(), input.dtype(), input.shape()));
            return new Target(slot.grad.tensor, false);
        }
        if (slot.grad.sharers > 1) {
            Grad own = new Grad(ctx.acquire("gradient of " + input.name(), input.dtype(), input.shape()));
            backend().copy(ctx, own.tensor, slot.grad.tensor);
            slot.grad.sharers--;
            slot.grad = own;
        }
        return new Target(slot.grad.tensor, true);
    }

    /**
     * Makes the gradient of {@code output} the gradient of its inputs too, without a copy where they have none yet and are of
     * its type: what an addition does.
     */
    public void passGradient(Tensor output, Tensor... inputs) {
        Grad shared = slots.get(output).grad;
        for (Tensor input : inputs) {
            Slot slot = slots.get(input);
            if (!input.requiresGrad()) {
                continue;
            }
            if (slot != null && slot.grad == null && input.dtype() == output.dtype()) {
                slot.grad = shared;
                shared.sharers++;
            } else {
                Target t = target(input);
                if (t.accumulate()) {
                    backend().add(ctx, t.grad(), t.grad(), shared.tensor);
                } else {
                    backend().copy(ctx, t.grad(), shared.tensor);
                }
            }
        }
    }

    /**
     * Runs the gradients of all recorded ops, last first. The last op is a loss, which starts by itself: its own backward
     * needs no incoming gradient.
     *
     * @param parameters all parameters that train; those that no op touched get a gradient of 0 in the first micro-step
     */
    public void backward(Iterable<Tensor> parameters) {
        if (!training) {
            throw new IllegalStateException("backward needs a training tape");
        }
        backwardTo(0);
        takeBack(0);
        for (Tensor p : parameters) {
            Leaf leaf = leaves.get(p);
            if (leaf == null || !leaf.touched) {
                if (!addToParameterGradients) {
                    backend().fill(ctx, p.grad(), 0);
                }
                onParameterGradient.accept(p);
            }
        }
        reset();
    }

    /** Runs and forgets the nodes from the last to the one at {@code first}. */
    private void backwardTo(int first) {
        for (int i = nodes.size() - 1; i >= first; i--) {
            Node node = nodes.get(i);
            takeBack(i + 1);
            node.backward.run();
            for (Tensor t : node.outputs) {
                dropGradient(t);
            }
            for (Tensor t : node.saved) {
                release(t);
            }
            for (Tensor t : node.inputs) {
                if (t != null && t.grad() != null) {
                    finishUse(t);
                }
            }
            nodes.remove(i);
        }
    }

    private void finishUse(Tensor parameter) {
        Leaf leaf = leaves.get(parameter);
        if (--leaf.pendingUses == 0 && leaf.touched) {
            if (leaf.target != parameter.grad()) {
                backend().add(ctx, parameter.grad(), parameter.grad(), leaf.target);
                leaf.target.close();
            }
            leaf.target = null;
            onParameterGradient.accept(parameter);
        }
    }

    private void dropGradient(Tensor t) {
        Slot slot = slots.get(t);
        if (slot != null && slot.grad != null) {
            if (--slot.grad.sharers == 0) {
                slot.grad.tensor.close();
            }
            slot.grad = null;
        }
    }

    /** Forgets everything recorded and gives all memory back; tensors still held become invalid. */
    public void reset() {
        for (Map.Entry<Tensor, Slot> e : slots.entrySet()) {
            Slot slot = e.getValue();
            if (slot.grad != null) {
                slot.grad.tensor.close();
            }
            if (slot.rebuilt != null) {
                slot.rebuilt.close();
            }
            e.getKey().close();
        }
        for (Map.Entry<Tensor, Leaf> e : leaves.entrySet()) {
            Tensor target = e.getValue().target;
            if (target != null && target != e.getKey().grad()) {
                target.close();
            }
        }
        slots.clear();
        leaves.clear();
        nodes.clear();
        takeBack(0);
    }

    @Override
    public String toString() {
        return "Tape[" + nodes.size() + " ops, " + slots.size() + " activations, "
                + Arrays.toString(leaves.keySet().stream().map(Tensor::name).toArray()) + "]";
    }
}

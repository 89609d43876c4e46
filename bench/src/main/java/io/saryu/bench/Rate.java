package io.saryu.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What an op moved and computed; JMH divides by the time, so the columns read GB/s, GFLOP/s and the share of the roof. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Rate {
    /** Bytes read and written at least once by the op, in 1e9. */
    public double GB;
    /** Floating-point operations, a multiply-add counting two, in 1e9. */
    public double GFLOP;
    /** Seconds that the same would take at the {@link Roof}. */
    public double ofRoof;

    /** Counts an op that moves bytes. */
    void bytes(double n, Roof roof) {
        GB += n / 1e9;
        ofRoof += n / roof.bytesPerSecond();
    }

    /** Counts an op that multiplies. */
    void flops(double n, Roof roof) {
        GFLOP += n / 1e9;
        ofRoof += n / roof.flopsPerSecond();
    }
}

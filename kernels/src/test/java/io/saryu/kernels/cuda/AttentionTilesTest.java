package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.AttentionLayout;
import io.saryu.backend.Data;
import io.saryu.kernels.cuda.AttentionTiles.Width;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiles that GPUs take, whose sizes are those of CUDA's programming guide. */
class AttentionTilesTest {
    private static final AttentionTiles T4 = new AttentionTiles(75, 40, 65_536, 65_536, Width.FITTING);
    private static final AttentionTiles A100 = new AttentionTiles(80, 108, 166_912, 167_936, Width.FITTING);
    private static final AttentionTiles RTX_3090 = new AttentionTiles(86, 82, 101_376, 102_400, Width.FITTING);
    private static final AttentionTiles H100 = new AttentionTiles(90, 132, 232_448, 233_472, Width.FITTING);

    private static AttentionLayout layout(int sequences, int length, int heads, int kvHeads, int headDim) {
        int[] lengths = new int[sequences];
        Arrays.fill(lengths, length);
        return Data.layout(lengths, lengths, 0, heads, kvHeads, headDim);
    }

    /** Each of these has more blocks of either width than all of these GPUs take at a time. */
    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64, 128})
    void twoBlocksFitAMultiprocessorInTheForwardPass(int head) {
        AttentionLayout large = layout(64, 1024, 8, 4, head);
        for (AttentionTiles t : new AttentionTiles[] {T4, A100, RTX_3090, H100}) {
            int shared = t.forwardShared(head, t.wideForward(head, large)) + (t.target() >= 80 ? 1024 : 0);
            assertTrue(2 * shared <= t.sharedPerMultiprocessor(), head + " on " + t);
        }
    }

    @Test
    void wideTilesAreNotTakenWhereOnlyOneBlockFits() {
        AttentionLayout model = layout(4, 1024, 8, 4, 128);
        assertTrue(A100.wideForward(128, model));
        assertEquals(false, A100.wideBackward(128, model));
        assertEquals(false, RTX_3090.wideForward(128, model));
        assertEquals(false, RTX_3090.wideBackward(128, model));
        assertEquals(false, T4.wideForward(128, model));
        AttentionLayout more = layout(5, 1024, 8, 4, 128);
        assertTrue(H100.wideForward(128, more) && H100.wideBackward(128, more));
    }

    @Test
    void wideTilesAreTakenWhereTheyGiveEachMultiprocessorTwoBlocks() {
        assertTrue(H100.wideForward(64, layout(33, 128, 8, 8, 64)));
        assertEquals(false, H100.wideForward(64, layout(33, 128, 7, 7, 64)));
        assertEquals(false, H100.wideForward(64, layout(100, 64, 8, 8, 64)), "tiles half empty");
    }

    /** 320 tiles of queries for 264 places, but 80 of keys with four times the work. */
    @Test
    void wideTilesOfKeysMustFillTheGpuByThemselves() {
        assertTrue(H100.wideBackward(64, layout(5, 1024, 8, 8, 64)));
        assertTrue(H100.wideForward(64, layout(5, 1024, 8, 2, 64)));
        assertEquals(false, H100.wideBackward(64, layout(5, 1024, 8, 2, 64)));
        assertTrue(H100.wideBackward(128, layout(5, 1024, 8, 2, 128)), "tiles of keys are narrow for this head");
    }

    @Test
    void widthsCanBeAskedFor() {
        AttentionLayout one = layout(1, 130, 1, 1, 64);
        AttentionLayout many = layout(64, 1024, 8, 8, 64);
        AttentionTiles wide = new AttentionTiles(90, 132, 232_448, 233_472, Width.WIDE);
        AttentionTiles narrow = new AttentionTiles(90, 132, 232_448, 233_472, Width.NARROW);
        assertTrue(wide.wideForward(64, one) && wide.wideBackward(64, one));
        assertTrue(!narrow.wideForward(64, many) && !narrow.wideBackward(64, many));
        AttentionTiles little = new AttentionTiles(75, 40, 65_536, 65_536, Width.WIDE);
        assertEquals(false, little.wideBackward(128, many), "82,944 bytes");
    }
}

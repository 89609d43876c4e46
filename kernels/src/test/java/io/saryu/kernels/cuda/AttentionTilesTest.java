package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.AttentionLayout;
import io.saryu.backend.Data;
import io.saryu.kernels.cuda.AttentionTiles.Width;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Tiles that GPUs take, whose sizes are those of CUDA's programming guide. */
class AttentionTilesTest {
    private static final AttentionTiles H100 = new AttentionTiles(90, 132, 232_448, Width.FITTING);

    private static AttentionLayout layout(int sequences, int length, int heads, int kvHeads, int headDim) {
        int[] lengths = new int[sequences];
        Arrays.fill(lengths, length);
        return Data.layout(lengths, lengths, 0, heads, kvHeads, headDim);
    }

    @Test
    void wideTilesAreTakenWhereTheyGiveEachMultiprocessorTwoBlocks() {
        assertTrue(H100.wideForward(64, layout(33, 128, 8, 8, 64)));
        assertEquals(false, H100.wideForward(64, layout(33, 128, 7, 7, 64)));
        assertEquals(false, H100.wideForward(64, layout(100, 64, 8, 8, 64)), "tiles half empty");
    }

    @Test
    void widthsCanBeAskedFor() {
        AttentionLayout one = layout(1, 130, 1, 1, 64);
        AttentionLayout many = layout(64, 1024, 8, 8, 64);
        AttentionTiles wide = new AttentionTiles(90, 132, 232_448, Width.WIDE);
        AttentionTiles narrow = new AttentionTiles(90, 132, 232_448, Width.NARROW);
        assertTrue(wide.wideForward(64, one) && wide.wideBackward(64, one));
        assertTrue(!narrow.wideForward(64, many) && !narrow.wideBackward(64, many));
        AttentionTiles little = new AttentionTiles(75, 40, 65_536, Width.WIDE);
        assertEquals(false, little.wideBackward(128, many), "82,944 bytes");
    }
}

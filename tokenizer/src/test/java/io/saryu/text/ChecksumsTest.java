package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Check digits against published numbers, and that each finds every single wrong digit. */
class ChecksumsTest {
    @Test
    void publishedNumbers() {
        assertTrue(Checksums.luhn("4111111111111111"));
        assertTrue(Checksums.luhn("79927398713"));
        assertTrue(Checksums.luhn("४१११११११११११११११"));
        assertEquals(3, Checksums.verhoeffDigit("236"));
        assertTrue(Checksums.verhoeff("2363"));
        assertEquals(1, Checksums.verhoeffDigit("12345"));
        assertTrue(Checksums.iban("GB29NWBK60161331926819"));
        assertTrue(Checksums.iban("DE89370400440532013000"));
        assertEquals("89", Checksums.ibanDigits("DE", "370400440532013000"));
        assertTrue(Checksums.routingNumber("021000021"));
        assertTrue(Checksums.gstin("27AAPFU0939F1ZV"));
        assertEquals('V', Checksums.gstinCharacter("27AAPFU0939F1Z"));
    }

    @Test
    void whatIsNoNumberIsInvalid() {
        for (String text : new String[] {"", "0", "4111 1111", "abc", "4111111111111112", "½²", "🙂🙂"}) {
            assertFalse(Checksums.luhn(text), text);
            assertFalse(Checksums.verhoeff(text), text);
            assertFalse(Checksums.iban(text), text);
            assertFalse(Checksums.routingNumber(text), text);
            assertFalse(Checksums.gstin(text), text);
        }
        assertThrows(IllegalArgumentException.class, () -> Checksums.luhnDigit("12a"));
        assertThrows(IllegalArgumentException.class, () -> Checksums.verhoeffDigit(""));
    }

    @Test
    void everySingleWrongDigitIsFound() {
        Random random = new Random(4);
        for (int round = 0; round < 300; round++) {
            StringBuilder digits = new StringBuilder();
            random.ints(11, 0, 10).forEach(digits::append);
            String luhn = digits.toString() + Checksums.luhnDigit(digits.toString());
            String verhoeff = digits.toString() + Checksums.verhoeffDigit(digits.toString());
            String routing = digits.substring(0, 8) + Checksums.routingDigit(digits.substring(0, 8));
            assertTrue(Checksums.luhn(luhn));
            assertTrue(Checksums.verhoeff(verhoeff));
            assertTrue(Checksums.routingNumber(routing));
            for (int i = 0; i < 12; i++) {
                int wrong = 1 + random.nextInt(9);
                assertFalse(Checksums.luhn(changed(luhn, i, wrong)));
                assertFalse(Checksums.verhoeff(changed(verhoeff, i, wrong)));
                if (i < 9) {
                    assertFalse(Checksums.routingNumber(changed(routing, i, wrong)));
                }
            }
            for (int i = 0; i < 11; i++) {
                // Verhoeff's finds neighbours that changed places, too.
                if (verhoeff.charAt(i) != verhoeff.charAt(i + 1)) {
                    assertFalse(Checksums.verhoeff(verhoeff.substring(0, i) + verhoeff.charAt(i + 1) + verhoeff.charAt(i)
                            + verhoeff.substring(i + 2)));
                }
            }
        }
    }

    private static String changed(String number, int at, int by) {
        return number.substring(0, at) + (number.charAt(at) - '0' + by) % 10 + number.substring(at + 1);
    }
}

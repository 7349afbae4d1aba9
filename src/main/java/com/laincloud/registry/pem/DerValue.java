package com.laincloud.registry.pem;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A value in ASN.1's distinguished encoding.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-X.690">X.690</a>
 */
final class DerValue {

    private final int tag;
    private final byte[] content;

    private DerValue(int tag, byte[] content) {
        this.tag = tag;
        this.content = content;
    }

    /** @throws IllegalArgumentException if it is not just one value */
    static DerValue parse(byte[] encoded) {
        List<DerValue> values = parseAll(encoded);
        if (values.size() != 1) {
            throw new IllegalArgumentException("it is " + values.size() + " values in DER");
        }
        return values.getFirst();
    }

    int tag() {
        return tag;
    }

    byte[] content() {
        return content;
    }

    List<DerValue> children() {
        return parseAll(content);
    }

    BigInteger integer() {
        return new BigInteger(content);
    }

    /** With dots: {@code 1.2.840.10045.2.1}. */
    String objectIdentifier() {
        StringBuilder text = new StringBuilder();
        long number = 0;
        for (byte octet : content) {
            number = (number << 7) | (octet & 0x7f);
            if (octet >= 0) {
                if (text.isEmpty()) {
                    long first = Math.min(number / 40, 2);
                    text.append(first).append('.').append(number - first * 40);
                } else {
                    text.append('.').append(number);
                }
                number = 0;
            }
        }
        return text.toString();
    }

    private static List<DerValue> parseAll(byte[] encoded) {
        List<DerValue> values = new ArrayList<>();
        try {
            int i = 0;
            while (i < encoded.length) {
                int tag = encoded[i++] & 0xff;
                int length = encoded[i++] & 0xff;
                if (length >= 0x80) {
                    int octets = length - 0x80;
                    length = new BigInteger(1, Arrays.copyOfRange(encoded, i, i + octets)).intValueExact();
                    i += octets;
                }
                if (length > encoded.length - i) {
                    throw new IllegalArgumentException("it ends too early");
                }
                values.add(new DerValue(tag, Arrays.copyOfRange(encoded, i, i + length)));
                i += length;
            }
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw new IllegalArgumentException("it ends too early", e);
        }
        return values;
    }
}

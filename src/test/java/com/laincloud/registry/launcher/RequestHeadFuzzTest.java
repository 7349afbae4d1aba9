package com.laincloud.registry.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A head is read in one way, or refused. */
class RequestHeadFuzzTest {

    private static final String END = "\r\n\r\n";

    @FuzzTest
    void head(byte[] head) {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.isEmpty() || text.indexOf(END) != text.length() - END.length()) {
            return; // no head, which ends where the first empty line does
        }
        try {
            RequestHead read = RequestHead.read(head);
            assertThat(read.contentLength()).isNotNegative();
            assertThat(read.isChunked() && read.contentLength() > 0)
                    .as("two ends of one body")
                    .isFalse();
            assertThat(Arrays.stream(text.split("\r\n")).filter(line -> line.matches("(?i)transfer-encoding:.*")))
                    .hasSize(read.isChunked() ? 1 : 0);
        } catch (MalformedRequestException e) {
            assertThat(e).hasMessageNotContaining("\n");
        }
    }
}

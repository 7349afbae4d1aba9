package com.laincloud.registry.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.storage.Segment;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UploadEntityTest {

    private final UploadEntity upload = new UploadEntity(UUID.randomUUID(), 1, null);

    @Test
    void aWriterGoesOnWithASegmentThatGrows() {
        Lease first = upload.lease(true, true);
        upload.release(first, 10, null);

        Lease second = upload.lease(true, true);

        assertThat(second.goesOnWithSegment()).isTrue();
        assertThat(second.segments()).containsExactly(new Segment(first.writer().toString(), 10));
    }

    @Test
    void whereNoSegmentGrowsEachWriterGetsOneOfItsOwn() {
        Lease first = upload.lease(true, false);
        upload.release(first, 10, null);

        Lease second = upload.lease(true, false);

        assertThat(second.goesOnWithSegment()).isFalse();
        assertThat(second.segments())
                .containsExactly(
                        new Segment(first.writer().toString(), 10),
                        new Segment(second.writer().toString(), 0));
        assertThat(second.size()).isEqualTo(10);
    }

    @Test
    void aLeaseThatWasForgottenHoldsAgainIfNoneWasGivenOutInstead() {
        Lease lost = new UploadEntity(upload.id(), 1, null).lease(true, true);
        assertThat(upload.isHeldBy(lost)).isFalse();

        upload.remember(lost);

        assertThat(upload.isHeldBy(lost)).isTrue();
        upload.release(lost, 10, null);
        assertThat(upload.lease(true, true).segments())
                .containsExactly(new Segment(lost.writer().toString(), 10));
    }

    @Test
    void aWriterThatWasOvertakenIsNotRemembered() {
        Lease first = upload.lease(true, true);
        Lease second = upload.lease(true, true);

        upload.remember(first);

        assertThat(upload.isHeldBy(second)).isTrue();
    }

    @Test
    void aLeaseIsNotRememberedWhereWhatCameBeforeItIsForgottenToo() {
        UploadEntity before = new UploadEntity(upload.id(), 1, null);
        before.release(before.lease(true, true), 10, null);
        Lease lost = before.lease(true, true);

        upload.remember(lost);

        assertThat(upload.isBehind(lost)).isTrue();
        assertThat(upload.isHeldBy(lost)).isFalse();
    }

    @Test
    void oneThatOnlyEndsTheUploadNeedsNone() {
        Lease first = upload.lease(true, false);
        upload.release(first, 10, null);

        assertThat(upload.lease(false, false).segmentsAfter(0))
                .containsExactly(new Segment(first.writer().toString(), 10));
    }

    @Test
    void aForgottenLeaseComesBackWithTheBlobThatTheUploadWasToBecome() {
        Digest digest = Digest.of(DigestAlgorithm.SHA256, new byte[1]);
        Lease lease = upload.becomes(upload.lease(true, true), digest);
        UploadEntity before = new UploadEntity(upload.id(), 1, null);

        before.remember(lease);

        assertThat(before.isHeldBy(lease)).isTrue();
        assertThat(before.lease(false, true).wasToBecome(digest)).isTrue();
    }
}

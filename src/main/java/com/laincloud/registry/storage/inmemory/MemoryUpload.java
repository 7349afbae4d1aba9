package com.laincloud.registry.storage.inmemory;

import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.SegmentWriter;
import com.laincloud.registry.storage.StorageException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The segments of one upload. */
final class MemoryUpload {

    private final Map<String, GrowingBytes> segments = new HashMap<>();
    private final Room room;
    private final Clock clock;
    private Instant lastWritten;
    private boolean dropped;

    MemoryUpload(Room room, Clock clock) {
        this.room = room;
        this.clock = clock;
        this.lastWritten = clock.instant();
    }

    synchronized SegmentWriter append(Segment segment) {
        GrowingBytes bytes = segments.get(segment.name());
        if (bytes == null && segment.length() == 0) {
            bytes = new GrowingBytes();
            segments.put(segment.name(), bytes);
        }
        if (bytes == null || bytes.length() < segment.length()) {
            throw StorageException.lost(segment + " does not hold the bytes to go on after", null);
        }
        room.giveBack(bytes.length() - segment.length());
        bytes.cutTo((int) segment.length());
        return new Writer(bytes);
    }

    synchronized void cut(Segment segment) {
        GrowingBytes held = segments.get(segment.name());
        if (held != null && held.length() > segment.length()) {
            room.giveBack(held.length() - segment.length());
            held.cutTo((int) segment.length());
        }
    }

    /** The bytes of segments one after the other. */
    synchronized byte[] join(List<Segment> list) {
        GrowingBytes joined = new GrowingBytes();
        for (Segment segment : list) {
            GrowingBytes bytes = segments.getOrDefault(segment.name(), new GrowingBytes());
            if (bytes.length() < segment.length()) {
                throw StorageException.lost(segment + " holds " + bytes.length() + " bytes only", null);
            }
            joined.add(bytes.first((int) segment.length()), 0, (int) segment.length());
        }
        return joined.first(joined.length());
    }

    synchronized void drop() {
        segments.values().forEach(segment -> room.giveBack(segment.length()));
        segments.clear();
        dropped = true;
    }

    synchronized Instant lastWritten() {
        return lastWritten;
    }

    private synchronized void write(GrowingBytes segment, byte[] bytes, int offset, int length) {
        if (dropped) {
            return; // like a file that was removed while it is open
        }
        segment.requireRoomFor(length);
        room.take(length);
        segment.add(bytes, offset, length);
        lastWritten = clock.instant();
    }

    private final class Writer implements SegmentWriter {

        private final GrowingBytes segment;

        Writer(GrowingBytes segment) {
            this.segment = segment;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            MemoryUpload.this.write(segment, bytes, offset, length);
        }

        @Override
        public void close() {
            // nothing is held back
        }
    }
}

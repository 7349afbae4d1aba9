package com.laincloud.registry.launcher;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * The requests that come on a connection, one after the other, told apart as strictly as possible: lines end with CRLF, heads
 * are as {@link RequestHead} wants them, chunks have no extensions and no trailers (RFC 9112 §7.1 knows both; no client of a
 * registry sends them, and readers differ about where they end).
 *
 * <p>A head that is not complete is kept back, so that what reads behind this sees none that is refused. Bodies are not kept.
 */
final class RequestStream {

    /** As much as Payara's own buffer for heads takes ({@link ContainerSettings}). */
    static final int LONGEST_HEAD = 65_536;

    private static final int LONGEST_CHUNK_SIZE = 15;

    /** What the next byte belongs to. */
    private enum State {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK_SIZE_LF,
        CHUNK,
        CHUNK_CR,
        CHUNK_LF,
        END_CR,
        END_LF
    }

    private ByteArrayOutputStream head = new ByteArrayOutputStream(0);
    private State state = State.HEAD;
    private byte previous;
    private int emptyLine;
    private long left;
    private int digits;

    /** Whether a part of a head has come, but not all. */
    boolean isInHead() {
        return head.size() > 0;
    }

    /** Whether the reader behind this is in a body where another character than the last would still be wrong. */
    boolean isInBody() {
        return state != State.HEAD && state != State.END_CR && state != State.END_LF;
    }

    /** Whether the end of the line behind a chunk is missing. */
    boolean isBehindChunk() {
        return state == State.CHUNK_CR;
    }

    boolean isBetweenRequests() {
        return state == State.HEAD;
    }

    /** Counts bytes of a body without reading them, if nothing else comes among them. */
    boolean skip(int length) {
        boolean isBody = (state == State.BODY || state == State.CHUNK) && length < left;
        if (isBody) {
            left -= length;
        }
        return isBody;
    }

    /**
     * Reads bytes on, to the end of a request or of the bytes. Those that go on to the next reader are written to
     * {@code accepted}: all that come before what is malformed, but a head only when it is complete.
     *
     * @throws MalformedRequestException at the first byte that cannot be
     */
    void read(ByteBuffer bytes, ByteArrayOutputStream accepted) throws MalformedRequestException {
        boolean isInRequest = true;
        while (isInRequest && bytes.hasRemaining()) {
            if (state == State.HEAD) {
                readHead(bytes.get(), accepted);
            } else if (state == State.BODY || state == State.CHUNK) {
                byte[] content = new byte[(int) Math.min(left, bytes.remaining())];
                bytes.get(content);
                accepted.writeBytes(content);
                left -= content.length;
                if (left == 0) {
                    state = state == State.BODY ? State.HEAD : State.CHUNK_CR;
                }
            } else {
                byte next = bytes.get();
                readChunkSyntax(next);
                accepted.write(next);
            }
            isInRequest = state != State.HEAD || isInHead();
        }
    }

    private void readHead(byte next, ByteArrayOutputStream accepted) throws MalformedRequestException {
        if ((next == '\n') != (previous == '\r')) {
            throw new MalformedRequestException("a line of the head does not end with CRLF");
        }
        if (head.size() >= LONGEST_HEAD) {
            throw new MalformedRequestException("the head is longer than " + LONGEST_HEAD + " bytes");
        }
        head.write(next);
        previous = next;
        boolean continuesEmptyLine = next == (emptyLine % 2 == 0 ? '\r' : '\n');
        emptyLine = continuesEmptyLine ? emptyLine + 1 : 0;
        if (emptyLine == "\r\n\r\n".length()) {
            byte[] whole = head.toByteArray();
            RequestHead read = RequestHead.read(whole);
            accepted.write(whole, 0, whole.length);
            head = new ByteArrayOutputStream(0); // a long one is not kept for the connection's life
            previous = 0;
            emptyLine = 0;
            digits = 0;
            left = read.contentLength();
            state = read.isChunked() ? State.CHUNK_SIZE : left > 0 ? State.BODY : State.HEAD;
        }
    }

    private void readChunkSyntax(byte next) throws MalformedRequestException {
        switch (state) {
            case CHUNK_SIZE -> {
                int digit = Character.digit(next, 16);
                if (digit >= 0 && digits < LONGEST_CHUNK_SIZE) {
                    left = left * 16 + digit;
                    digits++;
                } else {
                    expect(digits > 0 && next == '\r');
                    state = State.CHUNK_SIZE_LF;
                }
            }
            case CHUNK_SIZE_LF -> {
                expect(next == '\n');
                state = left > 0 ? State.CHUNK : State.END_CR;
            }
            case CHUNK_CR -> {
                expect(next == '\r');
                state = State.CHUNK_LF;
            }
            case CHUNK_LF -> {
                expect(next == '\n');
                left = 0;
                digits = 0;
                state = State.CHUNK_SIZE;
            }
            case END_CR -> {
                expect(next == '\r');
                state = State.END_LF;
            }
            case END_LF -> {
                expect(next == '\n');
                state = State.HEAD;
            }
            default -> throw new IllegalStateException(state.name());
        }
    }

    private static void expect(boolean holds) throws MalformedRequestException {
        if (!holds) {
            throw new MalformedRequestException("a chunk is not well-formed");
        }
    }
}

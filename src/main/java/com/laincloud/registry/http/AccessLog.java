package com.laincloud.registry.http;

import com.laincloud.registry.request.Requester;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** One line a request, when it has ended: who, what, which answer, how many bytes, how long. */
final class AccessLog {

    private static final System.Logger LOG = System.getLogger("com.laincloud.registry.access");

    private AccessLog() {}

    static Line begin(HttpServletRequest request) {
        return new Line(request, System.nanoTime());
    }

    /** The line of one request that has begun. */
    record Line(HttpServletRequest request, long began) {

        void end(CountingResponse response) {
            FileBody file = FileBody.of(request);
            write(response.getStatus(), file == null ? response.count() : file.length());
        }

        private void write(int status, long bytes) {
            LOG.log(System.Logger.Level.INFO, () -> line(status, bytes));
        }

        /** Put together by hand: a format string is as expensive as a look-up. */
        private String line(int status, long bytes) {
            Requester requester = CurrentRequester.of(request);
            long tenthsOfMillis = (System.nanoTime() - began) / 100_000;
            return request.getMethod() + ' ' + printable(target())
                    + " status=" + status
                    + " bytes=" + bytes
                    + " ms=" + tenthsOfMillis / 10 + '.' + tenthsOfMillis % 10
                    + " client=" + requester.address()
                    + " user=" + quoted(requester.actor())
                    + " request=" + requester.requestId()
                    + " agent=" + quoted(requester.userAgent());
        }

        private String target() {
            String query = request.getQueryString();
            return query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query;
        }

        private static String quoted(@Nullable String text) {
            return text == null ? "-" : '"' + printable(text) + '"';
        }

        /** What a client sends never breaks a line of the log, nor a terminal that shows it. */
        private static String printable(String text) {
            StringBuilder printable = new StringBuilder(Math.min(text.length(), 1024));
            text.chars().limit(1024).forEach(c -> printable.append(c < ' ' || c == '"' || c > '~' ? '?' : (char) c));
            return printable.toString();
        }
    }
}

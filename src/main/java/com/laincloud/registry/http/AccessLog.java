package com.laincloud.registry.http;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;

/** One line a request, when it has ended: who, what, which answer, how many bytes, how long. */
final class AccessLog {

    private static final System.Logger LOG = System.getLogger("com.laincloud.registry.access");

    private AccessLog() {}

    static Line begin(HttpServletRequest request, Requester requester) {
        return new Line(request, requester, System.nanoTime());
    }

    /** The line of one request that has begun. */
    record Line(HttpServletRequest request, Requester requester, long began) {

        /** Writes the line now, or, if the answer's body is sent later, then. */
        void endWith(CountingResponse response) {
            if (!request.isAsyncStarted()) {
                write(response.getStatus(), response.count());
                return;
            }
            FileBody file = FileBody.of(request);
            long bytes = file == null ? response.count() : file.length();
            request.getAsyncContext().addListener(new WhenComplete(() -> write(response.getStatus(), bytes)));
        }

        private void write(int status, long bytes) {
            LOG.log(
                    System.Logger.Level.INFO,
                    () -> String.format(
                            Locale.ROOT,
                            "%s %s status=%d bytes=%d ms=%.1f client=%s request=%s agent=%s",
                            request.getMethod(),
                            printable(target()),
                            status,
                            bytes,
                            (System.nanoTime() - began) / 1e6,
                            requester.address(),
                            requester.requestId(),
                            requester.userAgent() == null ? "-" : '"' + printable(requester.userAgent()) + '"'));
        }

        private String target() {
            String query = request.getQueryString();
            return query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query;
        }

        /** What a client sends never breaks a line of the log, nor a terminal that shows it. */
        private static String printable(String text) {
            StringBuilder printable = new StringBuilder(Math.min(text.length(), 1024));
            text.chars().limit(1024).forEach(c -> printable.append(c < ' ' || c == '"' || c > '~' ? '?' : (char) c));
            return printable.toString();
        }
    }

    private record WhenComplete(Runnable then) implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {
            then.run();
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}

package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdClient;
import com.laincloud.registry.etcd.EtcdException;
import com.laincloud.registry.etcd.EtcdKeys;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a start goes by: etcd's, if it tells them within its time-out; else the last ones that were good. That etcd
 * does not answer, or has lost what it had, never means that a key is absent: where nothing is known, there is no start.
 *
 * <p>The launcher makes a source, and then the container makes several. They wait for etcd only once: the first one says in
 * the system property {@value #ASKED} how that ended, and within a minute the others take the keys from the file.
 */
final class EtcdStart {

    /** When this process asked etcd last, as milliseconds, and how that ended. */
    static final String ASKED = "registry.etcd.asked";

    private static final Logger LOGGER = Logger.getLogger(EtcdStart.class.getName());
    private static final Duration FRESH = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private static final String ANSWERED = "answered";
    private static final String SILENT = "silent";
    private static final String LOST = "lost";

    private final Etcd etcd;

    EtcdStart(Etcd etcd) {
        this.etcd = etcd;
    }

    /**
     * What there is to go by.
     *
     * @throws InvalidSettingException if etcd does not answer and no keys are kept of the time when it did, or those that are
     *     kept cannot be read
     */
    EtcdState state() {
        Optional<String> asked = asked();
        Optional<EtcdState> kept = kept();
        if (kept.isPresent() && asked.filter(how -> !how.equals(SILENT)).isPresent()) {
            return asked.get().equals(LOST) ? kept.get().ofLostStore() : kept.get();
        }
        String fault = "it did not answer a moment ago";
        if (!asked.equals(Optional.of(SILENT))) {
            try {
                return ask(kept);
            } catch (EtcdLossException e) {
                EtcdState before = kept.orElseThrow();
                LOGGER.severe(() -> e.getMessage() + ", those of " + before.readAt() + " apply");
                note(e.isCertain() ? LOST : ANSWERED);
                return e.isCertain() ? before.ofLostStore() : before;
            } catch (EtcdException e) {
                fault = String.valueOf(e.getMessage());
                note(SILENT);
            }
        }
        return lastKnown(kept, fault);
    }

    private EtcdState lastKnown(Optional<EtcdState> known, String fault) {
        EtcdState kept = known.orElseThrow(() -> new InvalidSettingException(
                "etcd.endpoints: " + etcd.cluster().endpoints() + " tells no settings within "
                        + etcd.timeout().toMillis() / 1000.0 + " s (" + fault
                        + "), and none of an earlier start are kept in " + etcd.stateFile()));
        LOGGER.warning(() -> "etcd tells no settings (" + fault + "): those of " + kept.readAt() + " in "
                + etcd.stateFile() + " apply");
        return kept;
    }

    private EtcdState ask(Optional<EtcdState> kept) {
        Etcd asked = kept.map(before -> etcd.asReadBefore(before.keys())).orElse(etcd);
        Instant end = Instant.now().plus(etcd.timeout());
        @Nullable EtcdException first = null;
        while (true) {
            try (EtcdClient client = asked.cluster().connect(left(end))) {
                EtcdKeys keys = kept.isPresent()
                        ? EtcdLoss.read(asked, client, left(end), kept.get().keys())
                        : client.read(asked.roots(), left(end));
                return new EtcdState(etcd.prefix(), Instant.now(), keys);
            } catch (EtcdLossException e) {
                throw e;
            } catch (EtcdException e) {
                first = first == null ? e : first;
                if (Instant.now().plus(PAUSE).isAfter(end) || !pause()) {
                    throw first; // the last attempt may have had no time for an answer
                }
            }
        }
    }

    private static Duration left(Instant end) {
        Duration left = Duration.between(Instant.now(), end);
        return left.isPositive() ? left : Duration.ofMillis(1);
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Keeps keys that made good settings. That they cannot be kept is no reason to do without them. */
    void keep(EtcdState state) {
        if (isKept(state)) {
            return;
        }
        try {
            state.write(etcd.stateFile());
            note(ANSWERED);
        } catch (IOException e) {
            LOGGER.warning(() -> "the settings of etcd cannot be kept for a start without it: " + e);
        }
    }

    private boolean isKept(EtcdState state) {
        try {
            return EtcdState.read(etcd).equals(Optional.of(state));
        } catch (IOException e) {
            return false; // and is written anew
        }
    }

    /** @throws InvalidSettingException if something is kept but cannot be read: it may be that tokens are asked for */
    private Optional<EtcdState> kept() {
        try {
            return EtcdState.read(etcd);
        } catch (IOException e) {
            throw new InvalidSettingException("etcd.statefile: " + etcd.stateFile() + " cannot be read (" + e
                    + "): it must be mended, or deleted to go by what etcd says now");
        }
    }

    private static void note(String how) {
        System.setProperty(ASKED, System.currentTimeMillis() + " " + how);
    }

    private static Optional<String> asked() {
        String[] words = System.getProperty(ASKED, "").split(" ", -1);
        if (words.length != 2) {
            return Optional.empty();
        }
        Instant when = Instant.ofEpochMilli(Long.parseLong(words[0]));
        return when.plus(FRESH).isAfter(Instant.now()) ? Optional.of(words[1]) : Optional.empty();
    }
}

package com.laincloud.registry.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** The keys of etcd 3, through jetcd. */
final class EtcdV3 implements EtcdClient {

    /** What they have to say ends as an exception here; said twice, it would be told to people who never heard of them. */
    private static final List<Logger> LIBRARIES = Stream.of("io.etcd", "io.grpc", "io.netty", "io.vertx")
            .map(Logger::getLogger)
            .toList();

    private final Client client;
    private final String endpoints;

    EtcdV3(EtcdCluster cluster) {
        LIBRARIES.forEach(logger -> logger.setLevel(Level.OFF));
        ClientBuilder builder = Client.builder().endpoints(cluster.endpoints());
        cluster.login().ifPresent(login -> builder.user(bytes(login.username())).password(bytes(login.password())));
        if (cluster.endpoints().stream().anyMatch(endpoint -> "https".equals(endpoint.getScheme()))) {
            try {
                SslContextBuilder context = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
                cluster.tls().trust().ifPresent(context::trustManager);
                cluster.tls().identity().ifPresent(context::keyManager);
                builder.sslContext(context.build());
            } catch (SSLException e) {
                throw new EtcdException(EtcdException.fault(e), e);
            }
        }
        this.client = builder.build();
        this.endpoints = cluster.endpoints().toString();
    }

    /** One transaction, so that all is of one moment. */
    @Override
    public EtcdKeys read(List<String> roots, Duration limit) {
        Op[] gets = roots.stream()
                .map(root ->
                        Op.get(bytes(root), GetOption.builder().isPrefix(true).build()))
                .toArray(Op[]::new);
        CompletableFuture<TxnResponse> response =
                client.getKVClient().txn().Then(gets).commit();
        try {
            TxnResponse received = response.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            Map<String, String> values = new HashMap<>();
            List<GetResponse> answers = received.getGetResponses();
            for (int i = 0; i < answers.size(); i++) {
                for (KeyValue pair : answers.get(i).getKvs()) {
                    String key = pair.getKey().toString(UTF_8);
                    if (EtcdKeys.isWithin(key, roots.get(i))) {
                        values.put(key, pair.getValue().toString(UTF_8));
                    }
                }
            }
            String cluster = Long.toHexString(received.getHeader().getClusterId());
            return new EtcdKeys(values, received.getHeader().getRevision(), new EtcdStore(EtcdCluster.Api.V3, cluster));
        } catch (TimeoutException e) {
            throw new EtcdException(endpoints + ": no answer within " + limit.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new EtcdException(endpoints + ": " + EtcdException.fault(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EtcdException("interrupted", e);
        } finally {
            response.cancel(true);
        }
    }

    /** A lost connection is jetcd's to mend; that etcd has compacted the index away is as good as a change. */
    @Override
    public boolean awaitChange(List<String> roots, long index, Duration limit) {
        CompletableFuture<Void> change = new CompletableFuture<>();
        WatchOption option =
                WatchOption.builder().isPrefix(true).withRevision(index + 1).build();
        List<Watch.Watcher> watchers = new ArrayList<>();
        try {
            for (String root : roots) {
                Watch.Listener listener = Watch.listener(
                        response -> {
                            if (response.getEvents().stream().anyMatch(event -> isWithin(event, root))) {
                                change.complete(null);
                            }
                        },
                        failure -> {
                            if (failure instanceof CompactedException) {
                                change.complete(null);
                            } else {
                                change.completeExceptionally(failure);
                            }
                        });
                watchers.add(client.getWatchClient().watch(bytes(root), option, listener));
            }
            change.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new EtcdException(endpoints + ": " + EtcdException.fault(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EtcdException("interrupted", e);
        } finally {
            watchers.forEach(Watch.Watcher::close);
        }
    }

    private static boolean isWithin(WatchEvent event, String root) {
        return EtcdKeys.isWithin(event.getKeyValue().getKey().toString(UTF_8), root);
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }

    @Override
    public void close() {
        client.close();
    }
}

package com.laincloud.registry.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.s3.VersityGateway;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A registry whose settings have no keys for its bucket finds them where software in that cloud does. What a cloud gives for a
 * while has a token of a session with it, which the store of these tests refuses; here it is empty.
 */
class S3CredentialsIT {

    private static final String ROLE = "registry-role";

    /** The requests to what stands in for the cloud, their bodies behind them. */
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    /** Pushes to a registry without keys in its settings, and pulls. */
    private static void requireToWork(Map<String, String> environment) {
        VersityGateway store = VersityGateway.ofTheRun();
        String bucket = store.bucket();
        try (RegistryServer server = RegistryServer.installed(store.environment(bucket))) {
            server.unsetEnvironment("REGISTRY_STORAGE_S3_ACCESSKEY");
            server.unsetEnvironment("REGISTRY_STORAGE_S3_SECRETKEY");
            server.setEnvironment("REGISTRY_STORAGE_REDIRECT_DISABLE", "true");
            server.setEnvironment("AWS_EC2_METADATA_DISABLED", "true"); // unless that is what is tried
            environment.forEach(server::setEnvironment);
            server.startAgain();
            RegistryClient client = new RegistryClient(server.uri());
            Digest digest = client.pushBlob("s3/keys", "content".getBytes(UTF_8));
            assertThat(client.pullBlob("s3/keys", digest)).isEqualTo("content".getBytes(UTF_8));
            assertThat(server.logSince(0)).noneMatch(line -> line.contains(VersityGateway.SECRET_KEY));
        }
    }

    @Test
    void inTheEnvironment() {
        requireToWork(Map.of(
                "AWS_ACCESS_KEY_ID", VersityGateway.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", VersityGateway.SECRET_KEY));
    }

    @Test
    void inAProfile(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(
                directory.resolve("credentials"),
                "[of-the-registry]\naws_access_key_id = %s\naws_secret_access_key = %s\n"
                        .formatted(VersityGateway.ACCESS_KEY, VersityGateway.SECRET_KEY));
        requireToWork(Map.of("AWS_SHARED_CREDENTIALS_FILE", file.toString(), "AWS_PROFILE", "of-the-registry"));
    }

    /** As a pod of Kubernetes has it: a token in a file, for which a service gives keys. */
    @Test
    void forAWebIdentity(@TempDir Path directory) throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "who-i-am");
        try (Cloud cloud =
                new Cloud(request -> """
                <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>%s</AccessKeyId>
                <SecretAccessKey>%s</SecretAccessKey><SessionToken></SessionToken>
                <Expiration>%s</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
                <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>
                """.formatted(VersityGateway.ACCESS_KEY, VersityGateway.SECRET_KEY, inAnHour()))) {
            requireToWork(Map.of(
                    "AWS_WEB_IDENTITY_TOKEN_FILE",
                    token.toString(),
                    "AWS_ROLE_ARN",
                    "arn:aws:iam::123456789012:role/" + ROLE,
                    "AWS_REGION",
                    "us-east-1",
                    "AWS_ENDPOINT_URL_STS",
                    cloud.uri()));
        }
        assertThat(asked)
                .isNotEmpty()
                .allMatch(request -> request.startsWith("POST / ")
                        && request.contains("Action=AssumeRoleWithWebIdentity")
                        && request.contains("WebIdentityToken=who-i-am"));
    }

    /** As a machine of EC2 has it, by the second version of its service. */
    @Test
    void forTheRoleOfAnInstance() throws IOException {
        try (Cloud cloud = new Cloud(S3CredentialsIT::metadata)) {
            requireToWork(
                    Map.of("AWS_EC2_METADATA_DISABLED", "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.uri()));
        }
        assertThat(asked)
                .anyMatch(request -> request.startsWith("PUT /latest/api/token "))
                .anyMatch(request -> request.contains(ROLE));
    }

    private static String metadata(String path) {
        if (path.equals("/latest/api/token")) {
            return "a-token";
        }
        if (!path.endsWith("/" + ROLE)) {
            return ROLE;
        }
        return """
                {"Code":"Success","Type":"AWS-HMAC","LastUpdated":"%s","AccessKeyId":"%s","SecretAccessKey":"%s",
                "Expiration":"%s"}""".formatted(
                        Instant.now().truncatedTo(ChronoUnit.SECONDS),
                        VersityGateway.ACCESS_KEY,
                        VersityGateway.SECRET_KEY,
                        inAnHour());
    }

    private static Instant inAnHour() {
        return Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
    }

    /** What a cloud has for its machines to ask. */
    private final class Cloud implements AutoCloseable {

        private final HttpServer http;

        Cloud(Function<String, String> answers) throws IOException {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.createContext("/", exchange -> answer(exchange, answers));
            http.start();
        }

        private void answer(HttpExchange exchange, Function<String, String> answers) throws IOException {
            try (exchange) {
                String path = exchange.getRequestURI().getPath();
                String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
                asked.add(exchange.getRequestMethod() + " " + path + " " + body);
                byte[] answer = answers.apply(path).getBytes(UTF_8);
                exchange.getResponseHeaders().put("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", List.of("21600"));
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
        }

        String uri() {
            return "http://127.0.0.1:" + http.getAddress().getPort();
        }

        @Override
        public void close() {
            http.stop(0);
        }
    }
}

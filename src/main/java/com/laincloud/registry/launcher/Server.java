package com.laincloud.registry.launcher;

import com.laincloud.registry.config.HostAndPort;
import com.laincloud.registry.config.ProcessSettingValues;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.log.LogConfiguration;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Payara Micro with the registry in it, from the settings to the line that says it answers. It goes on until a signal ends
 * it ({@link Shutdown}).
 */
final class Server {

    private final PrintStream output;
    private final String version;

    Server(PrintStream output, String version) {
        this.output = output;
        this.version = version;
    }

    void run(Optional<Path> configuration) {
        configuration.ifPresent(file -> System.setProperty(
                "registry.configuration.path", file.toAbsolutePath().toString()));
        ConnectionLimit.requireToStart();
        ProcessSettingValues values = new ProcessSettingValues();
        Settings settings = Settings.read(values);
        values.keep();
        HostAndPort address = settings.http().addr();
        requireFree(address);
        PayaraRuntime runtime = PayaraRuntime.ofThisProcess();
        Instance instance = Instance.create(runtime, LogConfiguration.of(settings.log()), ContainerSettings.commands());
        HostAndPort doorstep = ContainerSettings.doorstep();
        Shutdown shutdown =
                new Shutdown(settings.http().drainNotice(), settings.http().drainTimeout());
        shutdown.handleSignals();
        runtime.properties().forEach(System::setProperty);
        boot(runtime.arguments(instance, doorstep.port()).toArray(String[]::new));
        ConnectionLimit limit = ConnectionLimit.ofThisProcess();
        HttpListener.filter(limit, new EndingFilter(shutdown));
        new Greeting(doorstep).await();
        HttpListener.moveTo(socketAddress(address));
        new PortWatch(address, shutdown).begin();
        output.printf(
                Locale.ROOT,
                "registry %s answers on http://%s:%d/ after %.1f s%n",
                version,
                address.host().isEmpty() ? "localhost" : address.host(),
                address.port(),
                ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0);
        limit.warning().ifPresent(output::println);
    }

    private static void boot(String[] arguments) {
        String cause = "the server did not deploy the application";
        try {
            // by name: it is in a jar that only the unpacked runtime has
            Class.forName("fish.payara.micro.impl.PayaraMicroImpl")
                    .getMethod("create", String[].class)
                    .invoke(null, (Object) arguments);
        } catch (ReflectiveOperationException e) {
            cause = rootOf(e).toString();
        }
        // a failed deployment leaves Payara Micro running, and an observer that fails is even reported as deployed
        if (!"up".equals(System.getProperty("registry.state"))) {
            throw new LaunchException(System.getProperty("registry.failure", "deployment: " + cause));
        }
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Tells of a port that is taken before the time that a start takes. */
    private static void requireFree(HostAndPort address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(socketAddress(address));
        } catch (IOException e) {
            throw new LaunchException(
                    "http.addr: cannot listen on " + address.host() + ":" + address.port() + ": " + e.getMessage(), e);
        }
    }

    private static InetSocketAddress socketAddress(HostAndPort address) {
        return address.host().isEmpty()
                ? new InetSocketAddress(address.port())
                : new InetSocketAddress(address.host(), address.port());
    }
}

package com.laincloud.registry.launcher;

import java.lang.reflect.Proxy;

/**
 * Signals, instead of shutdown hooks: those run beside the server's own, which cuts connections. The one API there is for
 * them, {@code sun.misc.Signal} of the module {@code jdk.unsupported}, is reached by reflection because the compiler warns of
 * it in a way that nothing turns off.
 */
final class Signals {

    private Signals() {}

    /** Has {@code action} run, on a thread of the JVM's, whenever the signal of that name arrives. */
    static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object actor = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), actor);
        } catch (ReflectiveOperationException e) {
            throw new LaunchException("this JVM does not handle signals: " + e, e);
        }
    }
}

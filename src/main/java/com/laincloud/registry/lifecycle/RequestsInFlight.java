package com.laincloud.registry.lifecycle;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Counts the requests being answered, from the first byte read until the last byte written. The launcher, which lives in
 * another class loader, reads the count through the platform's MBean server under {@value #NAME} before it stops the
 * server. An operator can read it with a JMX console.
 */
@Singleton
public class RequestsInFlight implements RequestsInFlightMXBean {

    /** The object name; the attribute is {@code Count}. */
    public static final String NAME = "com.laincloud.registry:type=RequestsInFlight";

    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong ended = new AtomicLong();

    @PostConstruct
    void register() {
        try {
            unregister(); // what a deployment before this one left, if it ended badly
            ManagementFactory.getPlatformMBeanServer().registerMBean(this, new ObjectName(NAME));
        } catch (JMException e) {
            throw new IllegalStateException(e); // the name is well-formed and now free
        }
    }

    @PreDestroy
    void unregister() {
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(new ObjectName(NAME));
        } catch (JMException e) {
            // it was not registered
        }
    }

    /** A request has arrived. To be followed by {@link #left} when it has ended, however it ends. */
    public void entered() {
        count.incrementAndGet();
    }

    /** A request has ended. */
    public void left() {
        count.decrementAndGet();
        ended.incrementAndGet();
    }

    @Override
    public long getEnded() {
        return ended.get();
    }

    @Override
    public int getCount() {
        return count.get();
    }
}

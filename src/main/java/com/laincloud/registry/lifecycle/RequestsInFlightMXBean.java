package com.laincloud.registry.lifecycle;

/** What the MBean server shows of {@link RequestsInFlight}. */
public interface RequestsInFlightMXBean {

    /** How many requests are being answered at this moment. */
    int getCount();

    /** How many requests have been answered since the start. */
    long getEnded();
}

package com.laincloud.registry.lifecycle;

/** What the MBean server shows of {@link RequestsInFlight}. */
public interface RequestsInFlightMXBean {

    /** How many requests are being answered at this moment. */
    int getCount();
}

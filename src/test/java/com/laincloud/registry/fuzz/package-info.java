/** Input of chance, as hostile as it gets, that a seed can bring back: {@code -Dfuzz.seed=…}, which every failure tells. */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry.fuzz;
